//! `filesystem.list`: what is in a directory, in order.

use std::cmp::Reverse;
use std::io;

use cap_std::fs::{Dir, DirEntry, Metadata};
use serde_json::{Value, json};

use super::{kind_of, modified};
use crate::executor::{ExecutionError, Output, Work};
use crate::executors::arguments::Arguments;
use crate::executors::workspace::{Last, Workspace, failed};
use crate::executors::{counted, output};

/// Most entries that one call gives.
pub(super) const MAX_LISTED: usize = 10_000;
/// Most entries that are read to put them in order.
const MAX_READ: usize = 100_000;

pub(super) fn list(workspace: &Workspace, work: &Work) -> Result<Output, ExecutionError> {
    let arguments = Arguments::of(work, &["path", "include_hidden", "sort_by"])?;
    let include_hidden = arguments.flag("include_hidden")?;
    let order = Order::of(&arguments)?;
    let resolved = workspace.resolve_judged(work, "path", arguments.text("path")?, Last::Followed)?;
    let path = resolved.path();
    let entries = entries(&workspace.directory(&resolved)?, include_hidden);
    let mut entries = entries.map_err(|error| failed("list", &path, error))?;
    order.sort(&mut entries);
    let listed: Vec<Value> = entries.iter().take(MAX_LISTED).map(Entry::shown).collect();
    let data = json!({
        "path": path,
        "entries": listed,
        "total": entries.len(),
        "truncated": entries.len() > listed.len(),
    });
    output(&data, format!("listed {}", counted(listed.len() as u64, "entry", "entries")))
}

struct Entry {
    name: String,
    /// Whether the name was not UTF-8, and is shown as well as it can be.
    lossy: bool,
    metadata: Option<Metadata>,
}

impl Entry {
    fn of(entry: &DirEntry) -> Self {
        let name = entry.file_name();
        // What was deleted meanwhile has none.
        let metadata = entry.metadata().ok();
        Self { name: name.to_string_lossy().into_owned(), lossy: name.to_str().is_none(), metadata }
    }

    fn shown(&self) -> Value {
        json!({
            "name": self.name,
            "lossy": self.lossy,
            "kind": self.metadata.as_ref().map(|metadata| kind_of(&metadata.file_type())),
            "size": self.metadata.as_ref().map(Metadata::len),
            "modified": self.metadata.as_ref().and_then(modified),
        })
    }
}

fn entries(dir: &Dir, include_hidden: bool) -> io::Result<Vec<Entry>> {
    let mut entries = Vec::new();
    for entry in dir.entries()? {
        let entry = entry?;
        if !include_hidden && entry.file_name().as_encoded_bytes().starts_with(b".") {
            continue;
        }
        if entries.len() == MAX_READ {
            return Err(io::Error::other(format!(
                "it has more than {MAX_READ} entries, and at most so many are allowed"
            )));
        }
        entries.push(Entry::of(&entry));
    }
    Ok(entries)
}

/// What comes first.
#[derive(Clone, Copy)]
enum Order {
    Name,
    Largest,
    Newest,
}

impl Order {
    fn of(arguments: &Arguments<'_>) -> Result<Self, ExecutionError> {
        match arguments.optional_text("sort_by")? {
            None | Some("name") => Ok(Self::Name),
            Some("size") => Ok(Self::Largest),
            Some("modified") => Ok(Self::Newest),
            Some(_) => {
                Err(ExecutionError::new("`sort_by` is `name`, `size` (largest first) or `modified` (newest first)"))
            }
        }
    }

    fn sort(self, entries: &mut [Entry]) {
        entries.sort_by(|left, right| left.name.cmp(&right.name));
        match self {
            Self::Name => {}
            Self::Largest => entries.sort_by_key(|entry| Reverse(entry.metadata.as_ref().map(Metadata::len))),
            Self::Newest => entries.sort_by_key(|entry| Reverse(entry.metadata.as_ref().and_then(changed))),
        }
    }
}

fn changed(metadata: &Metadata) -> Option<std::time::SystemTime> {
    metadata.modified().ok().map(cap_std::time::SystemTime::into_std)
}
