//! What a program is given to read, and what is kept of what it writes.

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::process::ChildStdin;

use crate::executors::text::cut_character;

/// Most bytes that are kept of one stream.
pub(super) const MAX_KEPT: usize = 1024 * 1024;

/// The beginning of a stream.
#[derive(Default)]
pub(super) struct Kept {
    bytes: Vec<u8>,
    truncated: bool,
}

/// The beginning of a stream as text.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Shown {
    pub(super) text: String,
    /// Whether there was more.
    pub(super) truncated: bool,
    /// Whether there were bytes that are not UTF-8, shown as `U+FFFD`.
    pub(super) lossy: bool,
}

/// Writes the standard input, and closes it. A program that does not want it all is free to end.
pub(super) async fn feed(stdin: Option<ChildStdin>, text: &[u8]) {
    if let Some(mut stdin) = stdin {
        drop(stdin.write_all(text).await);
    }
}

/// Reads a stream to its end and keeps its beginning: a program that writes without end is not held up, and takes no
/// memory here.
pub(super) async fn keep(stream: Option<impl AsyncRead + Unpin>, kept: &mut Kept) {
    let Some(mut stream) = stream else { return };
    // Until the end is seen there may be more.
    kept.truncated = true;
    let mut dropped = false;
    let mut buffer = vec![0; 16 * 1024];
    while let Ok(count @ 1..) = stream.read(&mut buffer).await {
        dropped |= !kept.take(buffer.get(..count).unwrap_or_default());
    }
    kept.truncated = dropped;
}

impl Kept {
    /// Whether there was room for all of it.
    fn take(&mut self, more: &[u8]) -> bool {
        let room = MAX_KEPT.saturating_sub(self.bytes.len());
        let (kept, rest) = more.split_at_checked(room).unwrap_or((more, &[]));
        self.bytes.extend_from_slice(kept);
        rest.is_empty()
    }

    /// The text, at most so many lines of it.
    pub(super) fn shown(mut self, lines: Option<u64>) -> Shown {
        if let Some(end) = lines.and_then(|lines| end_of_lines(&self.bytes, lines)) {
            self.truncated |= end < self.bytes.len();
            self.bytes.truncate(end);
        } else if self.truncated {
            self.bytes.truncate(self.bytes.len() - cut_character(&self.bytes));
        }
        let text = String::from_utf8_lossy(&self.bytes).into_owned();
        let lossy = std::str::from_utf8(&self.bytes).is_err();
        Shown { text, truncated: self.truncated, lossy }
    }
}

/// Where so many lines end, if there are as many.
fn end_of_lines(bytes: &[u8], lines: u64) -> Option<usize> {
    let Some(last) = lines.checked_sub(1) else { return Some(0) };
    let mut ends = bytes.iter().enumerate().filter(|(_, byte)| **byte == b'\n').map(|(at, _)| at + 1);
    ends.nth(usize::try_from(last).ok()?)
}
