//! `filesystem.delete`: a file, a link or a whole tree.
//!
//! A tree is looked through before anything is deleted: each path in it is judged as if it had been named, and one that
//! may not be deleted is found while everything is still there. Then exactly what was found is deleted: what somebody puts
//! there meanwhile stays, with the directories around it. Links are deleted, never followed.

use std::io;

use cap_std::fs::{Dir, DirEntry, MetadataExt};
use serde_json::json;

use super::parent;
use crate::executor::{ExecutionError, Output, Work};
use crate::executors::arguments::Arguments;
use crate::executors::workspace::{Last, Workspace, enter, failed, with};
use crate::executors::{counted, output};

/// Most entries of a tree.
const MAX_ENTRIES: u64 = 100_000;
/// Most directories inside each other.
pub(super) const MAX_DEPTH: usize = 128;

pub(super) fn delete(workspace: &Workspace, work: &Work) -> Result<Output, ExecutionError> {
    let arguments = Arguments::of(work, &["path"])?;
    let resolved = workspace.resolve_judged(work, "path", arguments.text("path")?, Last::Itself)?;
    let (dir, name) = parent(workspace, &resolved, "delete")?;
    let device = dir.dir_metadata().map_err(|error| failed("delete", &resolved.path(), error))?.dev();
    let mut survey = Survey { work, device, entries: 0 };
    let found = survey.entry(&dir, name, &resolved.path(), 0)?;
    found.remove(&dir).map_err(|error| failed("delete all of", &resolved.path(), error))?;
    let data = json!({ "path": resolved.path(), "deleted": true, "entries": survey.entries });
    output(&data, format!("deleted {}", counted(survey.entries, "entry", "entries")))
}

/// What may be deleted.
struct Found {
    name: String,
    /// What is in it; none of what is no directory.
    inside: Option<Vec<Found>>,
}

impl Found {
    fn remove(&self, parent: &Dir) -> io::Result<()> {
        let Some(inside) = &self.inside else { return parent.remove_file(&self.name) };
        let dir = enter(parent, &self.name)?;
        inside.iter().try_for_each(|found| found.remove(&dir))?;
        parent.remove_dir(&self.name)
    }
}

/// Looks at everything that is to be deleted.
struct Survey<'w> {
    work: &'w Work,
    /// The file system of what is deleted: what is mounted in it is not deleted with it.
    device: u64,
    entries: u64,
}

impl Survey<'_> {
    fn entry(&mut self, parent: &Dir, name: String, path: &str, depth: usize) -> Result<Found, ExecutionError> {
        let refused = |why: io::Error| failed("delete", path, why);
        self.count().map_err(refused)?;
        if depth > 0 {
            self.judge(path)?;
        }
        let metadata = parent.symlink_metadata(&name).map_err(refused)?;
        if metadata.dev() != self.device {
            return Err(refused(io::Error::other("another file system is mounted there")));
        }
        if !metadata.is_dir() {
            return Ok(Found { name, inside: None });
        }
        depth_allowed(depth).map_err(refused)?;
        let dir = enter(parent, &name).map_err(refused)?;
        let inside = self.directory(&dir, path, depth + 1)?;
        Ok(Found { name, inside: Some(inside) })
    }

    fn directory(&mut self, dir: &Dir, path: &str, depth: usize) -> Result<Vec<Found>, ExecutionError> {
        let refused = |why: io::Error| failed("delete", path, why);
        let mut found = Vec::new();
        for entry in dir.entries().map_err(refused)? {
            let name = entry.and_then(|entry| name(&entry)).map_err(refused)?;
            let path = format!("{path}/{name}");
            found.push(self.entry(dir, name, &path, depth)?);
        }
        Ok(found)
    }

    /// Whether a path in the tree may be deleted: the tree's own was judged before.
    fn judge(&self, path: &str) -> Result<(), ExecutionError> {
        let params = with(self.work, "path", path)?;
        self.work.judge.allows(self.work, &params).map_err(|why| failed("delete", path, why))
    }

    fn count(&mut self) -> io::Result<()> {
        self.entries += 1;
        if self.entries <= MAX_ENTRIES {
            return Ok(());
        }
        Err(io::Error::other(format!(
            "there are more than {MAX_ENTRIES} entries, and at most so many are deleted by one call"
        )))
    }
}

fn depth_allowed(depth: usize) -> io::Result<()> {
    if depth < MAX_DEPTH {
        return Ok(());
    }
    Err(io::Error::other(format!(
        "more than {MAX_DEPTH} directories are inside each other, and at most so many are deleted by one call"
    )))
}

fn name(entry: &DirEntry) -> io::Result<String> {
    let not_utf8 = |_| io::Error::other("a name in it is not UTF-8, which cannot be judged");
    entry.file_name().into_string().map_err(not_utf8)
}
