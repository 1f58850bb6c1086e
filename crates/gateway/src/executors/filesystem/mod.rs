//! `filesystem.*`: files and directories in the workspace. One capability a file.

mod append;
mod delete;
mod list;
mod read;
mod stat;
#[cfg(test)]
mod tests;
mod write;

use std::fs::File;
use std::io;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use cap_std::fs::Dir;
use jiff::Timestamp;
use rustix::fs::OFlags;

use super::arguments::Arguments;
use super::workspace::{Resolved, Workspace, failed, open_file};
use crate::executor::{Executing, ExecutionError, Executor, Output, Work};

/// Most bytes that one call writes.
pub(super) const MAX_WRITTEN: usize = 8 * 1024 * 1024;

/// How one capability is carried out.
type Verb = fn(&Workspace, &Work) -> Result<Output, ExecutionError>;

const VERBS: [(&str, Verb); 6] = [
    ("filesystem.append", append::append),
    ("filesystem.delete", delete::delete),
    ("filesystem.list", list::list),
    ("filesystem.read", read::read),
    ("filesystem.stat", stat::stat),
    ("filesystem.write", write::write),
];

const NAMES: [&str; VERBS.len()] = {
    let mut names = [""; VERBS.len()];
    let mut at = 0;
    while at < VERBS.len() {
        #[expect(clippy::indexing_slicing, reason = "evaluated while compiling; iterators are not const")]
        {
            names[at] = VERBS[at].0;
        }
        at += 1;
    }
    names
};

/// Carries out what concerns files.
pub(super) struct Filesystem {
    workspace: Arc<Workspace>,
}

impl Filesystem {
    pub(super) const fn new(workspace: Arc<Workspace>) -> Self {
        Self { workspace }
    }
}

impl Executor for Filesystem {
    fn capabilities(&self) -> &'static [&'static str] {
        &NAMES
    }

    fn execute(&self, work: Work) -> Executing<'_> {
        let workspace = Arc::clone(&self.workspace);
        Box::pin(async move {
            let carried_out = tokio::task::spawn_blocking(move || carry_out(&workspace, &work)).await;
            carried_out.unwrap_or_else(|_| Err(ExecutionError::new("the call was broken off inside the gateway")))
        })
    }
}

fn carry_out(workspace: &Workspace, work: &Work) -> Result<Output, ExecutionError> {
    match VERBS.iter().find(|(name, _)| *name == work.capability) {
        Some((_, verb)) => verb(workspace, work),
        None => Err(ExecutionError::new(format!("`{}` is not carried out here", work.capability))),
    }
}

/// How content is written in JSON.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Encoding {
    Utf8,
    Base64,
}

impl Encoding {
    fn of(arguments: &Arguments<'_>) -> Result<Self, ExecutionError> {
        match arguments.optional_text("encoding")? {
            None | Some("utf-8") => Ok(Self::Utf8),
            Some("base64") => Ok(Self::Base64),
            Some(_) => Err(ExecutionError::new("`encoding` is `utf-8` or `base64`")),
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "utf-8",
            Self::Base64 => "base64",
        }
    }

    fn decode(self, content: &str) -> Result<Vec<u8>, ExecutionError> {
        let decoded = match self {
            Self::Utf8 => content.as_bytes().to_vec(),
            Self::Base64 => STANDARD
                .decode(content)
                .map_err(|error| ExecutionError::new(format!("`content` is not base64: {error}")))?,
        };
        limited(decoded.len())?;
        Ok(decoded)
    }
}

fn limited(given: usize) -> Result<(), ExecutionError> {
    if given <= MAX_WRITTEN {
        return Ok(());
    }
    Err(ExecutionError::new(format!("`content` has {given} bytes; at most {MAX_WRITTEN} are allowed")))
}

/// The directory that holds a file, and the file's name in it.
fn parent(workspace: &Workspace, resolved: &Resolved, what: &str) -> Result<(Dir, String), ExecutionError> {
    let Some((parent, name)) = resolved.split() else {
        return Err(failed(what, &resolved.path(), "it is the workspace itself"));
    };
    if !parent.exists() {
        return Err(failed(what, &resolved.path(), format!("the directory `{}` is not there", parent.path())));
    }
    Ok((workspace.directory(&parent)?, name.to_owned()))
}

/// Opens what has to be a regular file: anything else could hang, or do something by being opened.
fn open_regular(dir: &Dir, name: &str, flags: OFlags) -> io::Result<File> {
    regular(&dir.symlink_metadata(name)?.file_type())?;
    let file = open_file(dir, name, flags)?;
    // It may have been swapped since.
    if file.metadata()?.is_file() { Ok(file) } else { Err(not_regular("something else")) }
}

fn regular(kind: &cap_std::fs::FileType) -> io::Result<()> {
    if kind.is_file() { Ok(()) } else { Err(not_regular(kind_of(kind))) }
}

fn not_regular(kind: &str) -> io::Error {
    io::Error::other(format!("it is not a regular file but a {kind}"))
}

fn kind_of(kind: &cap_std::fs::FileType) -> &'static str {
    match () {
        () if kind.is_file() => "file",
        () if kind.is_dir() => "directory",
        () if kind.is_symlink() => "link",
        () => "special file",
    }
}

/// When something was changed, as people and programs read it; null where the file system does not say.
fn modified(metadata: &cap_std::fs::Metadata) -> Option<String> {
    let time = metadata.modified().ok()?.into_std();
    Timestamp::try_from(time).ok().map(|time| time.to_string())
}
