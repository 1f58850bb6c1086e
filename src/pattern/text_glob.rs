//! Text globs: `*` is any run of any characters, `/` and line breaks included.

use std::fmt;
use std::sync::Arc;

use super::error::PatternError;
use super::language::Language;
use super::machine::Machine;
use super::path_glob::MAX_GLOB_BYTES;
use super::syntax::{self, Piece};

/// A pattern of whole texts: `*`, `?`, `[a-z]`, `[!a]`, `{a,b}`, and `\` before a character that stands for itself.
#[derive(Clone)]
pub struct TextGlob {
    text: Arc<str>,
    pub(super) pieces: Arc<[Piece]>,
    machine: Arc<Machine>,
}

impl TextGlob {
    /// Reads a glob.
    ///
    /// # Errors
    ///
    /// When the text is no glob.
    pub fn parse(text: &str) -> Result<Self, PatternError> {
        let pieces = match text {
            "" => Vec::new(),
            _ => syntax::flattened(syntax::parse(text, Language::Text, MAX_GLOB_BYTES)?),
        };
        let Some(machine) = Machine::new(&pieces) else {
            return Err(PatternError::new(0, text.len(), "the glob has too many wildcards"));
        };
        Ok(Self { text: text.into(), pieces: pieces.into(), machine: Arc::new(machine) })
    }

    /// The glob as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether it matches the whole of a text.
    #[must_use]
    pub fn matches(&self, text: &str) -> bool {
        self.machine.matches(text)
    }
}

impl fmt::Debug for TextGlob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("TextGlob").field(&self.text).finish()
    }
}
