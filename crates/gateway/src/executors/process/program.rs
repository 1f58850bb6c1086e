//! Which file a command names.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use kruxos_approvals::visible::visible;
use rustix::fs::{Access, access};

use crate::executor::{ExecutionError, Work};
use crate::executors::workspace::{Last, ROOT, Workspace, inside_at, judge};

/// Where a host looks when it does not say where to.
const USUAL: &str = "/usr/local/bin:/usr/bin:/bin";

/// The directories in which programs are found by name.
pub(super) struct Programs {
    directories: Vec<PathBuf>,
}

impl Programs {
    /// Those of the gateway's own `PATH`, without what agents can write to by the workspace: relative entries, which mean
    /// the working directory, and entries inside it.
    pub(super) fn of_host(workspace: &Path) -> Self {
        Self::of(&std::env::var_os("PATH").unwrap_or_else(|| USUAL.into()), workspace)
    }

    pub(super) fn of(path: &OsString, workspace: &Path) -> Self {
        let trusted = |directory: &PathBuf| {
            let real = directory.canonicalize();
            directory.is_absolute() && real.is_ok_and(|real| !real.starts_with(workspace))
        };
        Self { directories: std::env::split_paths(path).filter(trusted).collect() }
    }

    /// As programs are told.
    pub(super) fn path(&self) -> OsString {
        // Entries that hold a separator cannot come from splitting.
        std::env::join_paths(&self.directories).unwrap_or_default()
    }

    fn find(&self, name: &str) -> Option<PathBuf> {
        self.directories.iter().map(|directory| directory.join(name)).find(|program| is_program(program))
    }

    /// The file that a command names, for a program that is to run in this directory of the workspace.
    pub(super) fn named(
        &self,
        work: &Work,
        command: &str,
        directory: &str,
        workspace: &Workspace,
    ) -> Result<PathBuf, ExecutionError> {
        if !command.contains('/') {
            return self.find(command).ok_or_else(|| not_found(command, directory, workspace));
        }
        let of_host = command.starts_with('/') && !kruxos_policy::path::within(command, ROOT);
        let program = if of_host { PathBuf::from(command) } else { in_workspace(work, command, directory, workspace)? };
        match is_program(&program) {
            true => Ok(program),
            false => {
                Err(ExecutionError::new(format!("`{}` is no file that can be run{}", visible(command), hint(command))))
            }
        }
    }
}

/// A program in the workspace: where it really is, if it may be run there.
fn in_workspace(work: &Work, command: &str, directory: &str, workspace: &Workspace) -> Result<PathBuf, ExecutionError> {
    let normal = inside_at(command, directory)?;
    let resolved = workspace.resolve(&normal, Last::Followed)?;
    if resolved.path() != normal {
        judge(work, "command", &normal, &resolved.path())?;
    }
    Ok(workspace.host_path(&resolved))
}

fn is_program(path: &Path) -> bool {
    path.is_file() && access(path, Access::EXEC_OK).is_ok()
}

fn not_found(command: &str, directory: &str, workspace: &Workspace) -> ExecutionError {
    let here = inside_at(&format!("./{command}"), directory)
        .and_then(|normal| workspace.resolve(&normal, Last::Followed))
        .is_ok_and(|resolved| is_program(&workspace.host_path(&resolved)));
    let hint = if here {
        format!("; to run the one in `{directory}` write `./{}`", visible(command))
    } else {
        hint(command).to_owned()
    };
    ExecutionError::new(format!("there is no program `{}`{hint}", visible(command)))
}

fn hint(command: &str) -> &'static str {
    if command.contains(char::is_whitespace) { "; put arguments into `args`, no shell splits a command" } else { "" }
}
