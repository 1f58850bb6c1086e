//! `filesystem.read`: a part of a file, at most 1 MiB of it at once.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rustix::fs::OFlags;
use serde_json::json;

use super::{Encoding, open_regular, parent};
use crate::executor::{ExecutionError, Output, Work};
use crate::executors::arguments::Arguments;
use crate::executors::text::cut_character;
use crate::executors::workspace::{Last, Workspace, failed};
use crate::executors::{bytes, output};

/// Most bytes that one call gives.
pub(super) const MAX_READ: u64 = 1024 * 1024;

pub(super) fn read(workspace: &Workspace, work: &Work) -> Result<Output, ExecutionError> {
    let arguments = Arguments::of(work, &["path", "encoding", "offset", "limit"])?;
    let encoding = Encoding::of(&arguments)?;
    let offset = arguments.number("offset")?.unwrap_or(0);
    let limit = limit(&arguments)?;
    let resolved = workspace.resolve_judged(work, "path", arguments.text("path")?, Last::Followed)?;
    let (dir, name) = parent(workspace, &resolved, "read")?;
    let path = resolved.path();
    let part = open_regular(&dir, &name, OFlags::RDONLY)
        .and_then(|file| Part::of(file, offset, limit))
        .map_err(|error| failed("read", &path, error))?;
    let (content, taken) = match encoding {
        Encoding::Base64 => (STANDARD.encode(&part.content), part.content.len()),
        Encoding::Utf8 => part.text(offset).map_err(|why| failed("read", &path, why))?,
    };
    let next = offset.saturating_add(taken as u64);
    let data = json!({
        "path": path,
        "content": content,
        "encoding": encoding.name(),
        "offset": offset,
        "bytes": taken,
        "size": part.size,
        "truncated": next < part.size,
    });
    output(&data, format!("read {}", bytes(taken)))
}

fn limit(arguments: &Arguments<'_>) -> Result<u64, ExecutionError> {
    match arguments.number("limit")? {
        Some(given) if given > MAX_READ => Err(ExecutionError::new(format!(
            "`limit` is {given} bytes; at most {MAX_READ} are allowed, so read in parts"
        ))),
        given => Ok(given.unwrap_or(MAX_READ)),
    }
}

/// Some bytes of a file.
struct Part {
    content: Vec<u8>,
    size: u64,
    last: bool,
}

impl Part {
    fn of(mut file: File, offset: u64, limit: u64) -> io::Result<Self> {
        let mut content = Vec::new();
        file.seek(SeekFrom::Start(offset))?;
        file.by_ref().take(limit).read_to_end(&mut content)?;
        // A file that grows or shrinks meanwhile has the size it has now.
        let size = file.metadata()?.len();
        let last = offset.saturating_add(content.len() as u64) >= size;
        Ok(Self { content, size, last })
    }

    /// The text, without a character that the limit cut, and how many bytes it took.
    fn text(&self, offset: u64) -> Result<(String, usize), String> {
        let cut = if self.last { 0 } else { cut_character(&self.content) };
        let whole = self.content.get(..self.content.len() - cut).unwrap_or_default();
        if whole.is_empty() && cut > 0 {
            return Err("`limit` ends inside the first character; give at least 4 bytes".to_owned());
        }
        let text = std::str::from_utf8(whole).map_err(|error| {
            let at = offset.saturating_add(error.valid_up_to() as u64);
            format!("it is not UTF-8 at byte {at}; read it with `encoding` as `base64`")
        })?;
        Ok((text.to_owned(), text.len()))
    }
}
