//! Text globs: `*` is any run of any characters, `/` and line breaks included.

use std::fmt;
use std::sync::Arc;

use super::error::PatternError;
use super::language::Language;
use super::machine::Machine;
use super::path_glob::MAX_GLOB_BYTES;
use super::product::{Found, Question};
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

    /// Whether every text that `other` matches is matched by this one too. Should the proof grow past its budget, the
    /// answer is `false`.
    #[must_use]
    pub fn contains(&self, other: &Self) -> bool {
        other.search(None, Some(self)) == Found::Nothing
    }

    /// Whether it is proved that no text is matched by both.
    #[must_use]
    pub fn disjoint(&self, other: &Self) -> bool {
        self.search(Some(other), None) == Found::Nothing
    }

    fn search(&self, right: Option<&Self>, refused: Option<&Self>) -> Found {
        let [right, refused] = [right, refused].map(|glob| glob.map(|glob| &*glob.machine));
        Question { language: Language::Text, left: &self.machine, right, refused }.shortest()
    }
}

impl fmt::Debug for TextGlob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("TextGlob").field(&self.text).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_crosses_everything_and_a_backslash_takes_the_meaning_away() {
        let rows: &[(&str, &[&str], &[&str])] = &[
            ("", &[""], &["a"]),
            ("*.txt", &[".txt", "a/b\n.txt"], &["a.txt2"]),
            ("?", &["é", "🔑", "\n"], &["", "ab"]),
            ("*", &["", "a/b"], &[]),
            (r"\*[\]a\-]", &["*]", "*a", "*-"], &["a]", "*b"]),
            ("[!a-y]", &["z", "é"], &["a", "m"]),
            ("{a,b*}c", &["ac", "bc", "bxc"], &["c", "abc"]),
            ("a,b", &["a,b"], &["a"]),
        ];
        for (text, matched, refused) in rows {
            let glob = TextGlob::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
            matched.iter().for_each(|whole| assert!(glob.matches(whole), "{text} matches {whole}"));
            refused.iter().for_each(|whole| assert!(!glob.matches(whole), "{text} does not match {whole}"));
        }
    }

    #[test]
    fn an_unfinished_glob_is_refused_at_its_place() {
        let rows = [
            ("a\\", 1, 2, "nothing follows `\\`"),
            ("a**", 1, 3, "`**` says no more than `*`"),
            ("a[b", 1, 2, "`[` is never closed"),
            ("a{b,", 1, 2, "`{` is never closed"),
            ("a}", 1, 2, "`}` closes nothing"),
            ("[]", 0, 2, "the class is empty"),
            ("{a,}", 3, 4, "an alternative is empty"),
            ("[z-a]", 1, 4, "the range `z-a` is empty"),
        ];
        for (text, start, end, message) in rows {
            let error = TextGlob::parse(text).unwrap_err();
            assert_eq!((error.start, error.end, error.message.as_str()), (start, end, message), "{text}");
        }
    }
}
