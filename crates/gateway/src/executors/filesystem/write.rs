//! `filesystem.write`: a file is replaced as a whole or not at all.
//!
//! The content goes to a new file in the same directory, which then takes the name. Whoever reads meanwhile sees the old
//! content or the new; a hard link elsewhere keeps the old; a link swapped in is replaced, not followed.

use std::fs::{File, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;

use cap_std::fs::Dir;
use rustix::fs::OFlags;
use serde_json::json;

use super::{Encoding, open_regular};
use crate::executor::{ExecutionError, Output, Work};
use crate::executors::arguments::Arguments;
use crate::executors::workspace::{Last, Resolved, Workspace, failed, open_file};
use crate::executors::{bytes, output};

pub(super) fn write(workspace: &Workspace, work: &Work) -> Result<Output, ExecutionError> {
    let arguments = Arguments::of(work, &["path", "content", "encoding", "create_parents"])?;
    let encoding = Encoding::of(&arguments)?;
    let content = encoding.decode(arguments.text("content")?)?;
    let create_parents = arguments.flag("create_parents")?;
    let resolved = workspace.resolve_judged(work, "path", arguments.text("path")?, Last::Followed)?;
    let (dir, name) = parent(workspace, &resolved, create_parents)?;
    let created = replace(&dir, &name, &content).map_err(|error| failed("write", &resolved.path(), error))?;
    let data = json!({ "path": resolved.path(), "bytes": content.len(), "created": created });
    output(&data, format!("wrote {}", bytes(content.len())))
}

fn parent(workspace: &Workspace, resolved: &Resolved, create: bool) -> Result<(Dir, String), ExecutionError> {
    let Some((parent, name)) = resolved.split() else {
        return Err(failed("write", &resolved.path(), "it is the workspace itself"));
    };
    let dir = match (parent.exists(), create) {
        (true, _) => workspace.directory(&parent)?,
        (false, true) => workspace.directory_made(&parent)?,
        (false, false) => {
            let why = format!("the directory `{}` is not there; `create_parents` would make it", parent.path());
            return Err(failed("write", &resolved.path(), why));
        }
    };
    Ok((dir, name.to_owned()))
}

/// Gives the name to a new file of this content; whether there was none of that name.
fn replace(dir: &Dir, name: &str, content: &[u8]) -> io::Result<bool> {
    let mode = replaced_mode(dir, name)?;
    let temporary = temporary_name()?;
    let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL;
    let file = open_file(dir, &temporary, flags)?;
    let taken = fill(&file, content, mode).and_then(|()| dir.rename(&temporary, dir, name));
    if let Err(error) = taken {
        // Whether this works changes nothing of what is to be said.
        drop(dir.remove_file(&temporary));
        return Err(error);
    }
    // The name is in force; that it outlives a loss of power is up to the file system where it cannot be asked for.
    drop(dir.try_clone().and_then(|dir| dir.into_std_file().sync_all()));
    Ok(mode.is_none())
}

fn fill(mut file: &File, content: &[u8], mode: Option<u32>) -> io::Result<()> {
    file.write_all(content)?;
    if let Some(mode) = mode {
        file.set_permissions(Permissions::from_mode(mode))?;
    }
    file.sync_all()
}

/// The mode of the file that is there, which has to be a regular file that may be written to.
fn replaced_mode(dir: &Dir, name: &str) -> io::Result<Option<u32>> {
    match open_regular(dir, name, OFlags::WRONLY) {
        Ok(file) => Ok(Some(file.metadata()?.permissions().mode() & 0o777)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

fn temporary_name() -> io::Result<String> {
    let mut random = [0; 8];
    getrandom::fill(&mut random).map_err(io::Error::other)?;
    Ok(format!(".kruxos-{:016x}.tmp", u64::from_ne_bytes(random)))
}
