//! `filesystem.stat`: what something is, how large, and since when.

use cap_std::fs::MetadataExt;
use serde_json::json;

use super::{kind_of, modified, parent};
use crate::executor::{ExecutionError, Output, Work};
use crate::executors::arguments::Arguments;
use crate::executors::output;
use crate::executors::workspace::{Last, Workspace, failed};

pub(super) fn stat(workspace: &Workspace, work: &Work) -> Result<Output, ExecutionError> {
    let arguments = Arguments::of(work, &["path"])?;
    let resolved = workspace.resolve_judged(work, "path", arguments.text("path")?, Last::Followed)?;
    let path = resolved.path();
    let metadata = if resolved.is_root() {
        workspace.directory(&resolved)?.dir_metadata()
    } else {
        let (dir, name) = parent(workspace, &resolved, "look at")?;
        dir.symlink_metadata(name)
    };
    let metadata = metadata.map_err(|error| failed("look at", &path, error))?;
    let kind = kind_of(&metadata.file_type());
    let data = json!({
        "path": path,
        "kind": kind,
        "size": metadata.len(),
        "modified": modified(&metadata),
        "mode": format!("{:04o}", metadata.mode() & 0o7777),
    });
    output(&data, format!("looked at a {kind}"))
}
