//! What a call asks for, and what it takes to start it.

use std::borrow::Cow;
use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use cap_std::fs::Dir;

use super::program::Programs;
use crate::executor::{ExecutionError, Work};
use crate::executors::arguments::Arguments;
use crate::executors::workspace::{Last, ROOT, Resolved, Workspace, failed, inside, with};

/// Seconds a program may run when the call does not say.
const USUAL_TIMEOUT: u64 = 60;
/// Most seconds a program may run.
pub(super) const MAX_TIMEOUT: u64 = 3600;
/// Most bytes of the command.
const MAX_COMMAND: usize = 4096;
/// Most bytes of the standard input.
const MAX_STDIN: usize = 1024 * 1024;
/// Most bytes of the arguments and of the environment.
const MAX_ARGUMENTS: usize = 128 * 1024;

const KNOWN: [&str; 7] = ["command", "args", "working_directory", "environment", "timeout", "stdin", "stdout_lines"];
const UNSUPPORTED: [&str; 3] = ["background", "cpu_limit", "memory_limit"];

/// A call as it was written.
pub(super) struct Request {
    command: String,
    args: Vec<String>,
    working_directory: String,
    environment: Vec<(String, String)>,
    timeout: Duration,
    stdin: String,
    stdout_lines: Option<u64>,
}

/// A program that only has to be started.
pub(super) struct Prepared {
    pub(super) program: PathBuf,
    pub(super) command: String,
    pub(super) args: Vec<String>,
    pub(super) directory: Directory,
    pub(super) environment: Vec<(OsString, OsString)>,
    pub(super) timeout: Duration,
    pub(super) stdin: String,
    pub(super) stdout_lines: Option<u64>,
}

/// A directory to run in: an open one, so that what is swapped meanwhile changes nothing.
pub(super) struct Directory {
    open: Dir,
    host: PathBuf,
}

impl Directory {
    /// A path that leads the program's own process to the open directory.
    pub(super) fn path(&self) -> PathBuf {
        use std::os::fd::AsRawFd;
        let open = format!("/proc/self/fd/{}", self.open.as_raw_fd());
        if cfg!(target_os = "linux") { open.into() } else { self.host.clone() }
    }
}

impl Request {
    pub(super) fn of(work: &Work) -> Result<Self, ExecutionError> {
        let arguments = Arguments::of(work, &[&KNOWN[..], &UNSUPPORTED[..]].concat())?;
        if let Some(name) = UNSUPPORTED.iter().find(|name| arguments.value(name).is_ok()) {
            return Err(ExecutionError::new(format!("`{name}` is not supported by this gateway; leave it out")));
        }
        let owned = |texts: Vec<&str>| texts.into_iter().map(str::to_owned).collect();
        let environment = arguments.named_texts("environment")?;
        let request = Self {
            command: arguments.text("command")?.to_owned(),
            args: owned(arguments.texts("args")?),
            working_directory: arguments.optional_text("working_directory")?.unwrap_or(ROOT).to_owned(),
            environment: environment.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
            timeout: timeout(arguments.number("timeout")?)?,
            stdin: arguments.optional_text("stdin")?.unwrap_or_default().to_owned(),
            stdout_lines: arguments.number("stdout_lines")?,
        };
        request.check()?;
        Ok(request)
    }

    fn check(&self) -> Result<(), ExecutionError> {
        let passed = self.args.iter().chain(self.environment.iter().flat_map(|(name, value)| [name, value]));
        let size = passed.clone().map(String::len).sum();
        allowed("`command` has", self.command.len(), MAX_COMMAND)?;
        allowed("`stdin` has", self.stdin.len(), MAX_STDIN)?;
        allowed("`args` and `environment` together have", size, MAX_ARGUMENTS)?;
        if self.command.is_empty() {
            return Err(ExecutionError::new("`command` is empty"));
        }
        if passed.chain([&self.command]).any(|text| text.contains('\0')) {
            return Err(ExecutionError::new(
                "a NUL character is in `command`, `args` or `environment`, where it cannot be passed on",
            ));
        }
        self.environment.iter().try_for_each(|(name, _)| variable(name))
    }

    /// Finds the program and opens the directory, as far as both may be used.
    pub(super) fn prepare(
        self,
        work: &Work,
        workspace: &Workspace,
        programs: &Programs,
    ) -> Result<Prepared, ExecutionError> {
        let directory = workspace.resolve_judged(work, "working_directory", &self.working_directory, Last::Followed)?;
        if !directory.exists() {
            return Err(failed("run in", &directory.path(), "there is no such directory"));
        }
        let open = workspace.directory(&directory)?;
        let work = at(work, &directory, &self.working_directory)?;
        let program = programs.named(&work, &self.command, &directory.path(), workspace)?;
        let own = [
            ("PATH", programs.path()),
            ("HOME", workspace.host().into()),
            ("LANG", "C.UTF-8".into()),
            ("TERM", "dumb".into()),
        ];
        let own = own.map(|(name, value)| (OsString::from(name), value));
        let given = self.environment.into_iter().map(|(name, value)| (name.into(), value.into()));
        Ok(Prepared {
            program,
            command: self.command,
            args: self.args,
            directory: Directory { open, host: workspace.host_path(&directory) },
            environment: own.into_iter().chain(given).collect(),
            timeout: self.timeout,
            stdin: self.stdin,
            stdout_lines: self.stdout_lines,
        })
    }
}

/// The call as it is judged from here on: in the real directory.
fn at<'w>(work: &'w Work, directory: &Resolved, given: &str) -> Result<Cow<'w, Work>, ExecutionError> {
    let real = directory.path();
    if inside(given)? == real {
        return Ok(Cow::Borrowed(work));
    }
    let params = with(work, "working_directory", &real)?;
    Ok(Cow::Owned(Work { params, ..work.clone() }))
}

fn timeout(given: Option<u64>) -> Result<Duration, ExecutionError> {
    match given.unwrap_or(USUAL_TIMEOUT) {
        0 => Err(ExecutionError::new("`timeout` is 0 seconds; at least 1 is needed")),
        given if given > MAX_TIMEOUT => {
            Err(ExecutionError::new(format!("`timeout` is {given} seconds; at most {MAX_TIMEOUT} are allowed")))
        }
        given => Ok(Duration::from_secs(given)),
    }
}

fn allowed(what: &str, given: usize, allowed: usize) -> Result<(), ExecutionError> {
    if given <= allowed {
        return Ok(());
    }
    Err(ExecutionError::new(format!("{what} {given} bytes; at most {allowed} are allowed")))
}

/// Refuses what is no name of a variable, and what makes another program of the one that was judged.
fn variable(name: &str) -> Result<(), ExecutionError> {
    if name.is_empty() || name.contains('=') {
        return Err(ExecutionError::new(format!("`{}` is no name of an environment variable", name.escape_debug())));
    }
    if ["LD_", "DYLD_"].iter().any(|prefix| name.starts_with(prefix)) || name == "GLIBC_TUNABLES" {
        let text = format!(
            "`{name}` would change which code the program runs; write it into the command, as in `env {name}=… program`"
        );
        return Err(ExecutionError::new(text));
    }
    Ok(())
}
