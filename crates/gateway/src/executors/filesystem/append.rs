//! `filesystem.append`: content at the end of a file, which is made if it is not there.

use std::io::{self, Write};

use cap_std::fs::Dir;
use rustix::fs::OFlags;
use serde_json::json;

use super::{limited, open_regular, parent};
use crate::executor::{ExecutionError, Output, Work};
use crate::executors::arguments::Arguments;
use crate::executors::workspace::{Last, Workspace, failed, open_file};
use crate::executors::{bytes, output};

pub(super) fn append(workspace: &Workspace, work: &Work) -> Result<Output, ExecutionError> {
    let arguments = Arguments::of(work, &["path", "content"])?;
    let content = arguments.text("content")?;
    limited(content.len())?;
    let resolved = workspace.resolve_judged(work, "path", arguments.text("path")?, Last::Followed)?;
    let (dir, name) = parent(workspace, &resolved, "append to")?;
    let path = resolved.path();
    let (created, size) = extend(&dir, &name, content.as_bytes()).map_err(|error| failed("append to", &path, error))?;
    let data = json!({ "path": path, "bytes": content.len(), "size": size, "created": created });
    output(&data, format!("appended {}", bytes(content.len())))
}

/// Whether the file was made, and its size now.
fn extend(dir: &Dir, name: &str, content: &[u8]) -> io::Result<(bool, u64)> {
    let flags = OFlags::WRONLY | OFlags::APPEND;
    let (mut file, created) = match open_regular(dir, name, flags) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            (open_file(dir, name, flags | OFlags::CREATE | OFlags::EXCL)?, true)
        }
        opened => (opened?, false),
    };
    file.write_all(content)?;
    file.sync_all()?;
    Ok((created, file.metadata()?.len()))
}
