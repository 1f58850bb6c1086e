//! Which texts a pattern speaks about.
//!
//! A language is a small deterministic automaton over characters: statements such as "contains" quantify over its words
//! and over nothing else, so `a.*` and `a.?*` are the same pattern of names.

use std::sync::Arc;

use regex_syntax::hir::{ClassUnicode, ClassUnicodeRange};

/// The longest capability name, in bytes.
pub const MAX_NAME_BYTES: usize = 256;
/// The longest agent name, in bytes.
pub const MAX_AGENT_BYTES: usize = 128;

/// What kind of text a pattern matches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Language {
    /// Runs of `[A-Za-z0-9_-]+` with one `.`, `/` or `:` between two of them.
    Capability,
    /// One or more of `[A-Za-z0-9_.@:/+-]`.
    Agent,
    /// `/`, or components joined and preceded by `/`, none of them `.` or `..`.
    Path,
    /// Anything.
    Text,
}

/// A set of characters: ranges with both ends included, ascending, apart from each other. Cheap to share.
pub(super) type Class = Arc<[(char, char)]>;

/// Where a reading of a text stands; what it means is the language's own business.
pub(super) type Mode = u8;

const START: Mode = 0;
const INSIDE: Mode = 1;
const ROOT: Mode = 2;
const BORDER: Mode = 3;
const ONE_DOT: Mode = 4;
const TWO_DOTS: Mode = 5;

impl Language {
    /// What such a text is called in messages.
    pub(super) const fn noun(self) -> &'static str {
        match self {
            Self::Capability => "capability name",
            Self::Agent => "agent name",
            Self::Path => "normalised path",
            Self::Text => "text",
        }
    }

    /// The characters its words may hold, for messages.
    pub(super) const fn characters(self) -> &'static str {
        match self {
            Self::Capability => "letters, digits and `_ - . / :`",
            Self::Agent => "letters, digits and `_ - . @ : / +`",
            Self::Path => "any characters but NUL",
            Self::Text => "any characters",
        }
    }

    /// The longest word, in characters, where there is a limit.
    pub(super) const fn longest(self) -> Option<usize> {
        match self {
            Self::Capability => Some(MAX_NAME_BYTES),
            Self::Agent => Some(MAX_AGENT_BYTES),
            Self::Path | Self::Text => None,
        }
    }

    /// Whether any word holds this character.
    pub(super) fn holds(self, character: char) -> bool {
        match self {
            Self::Capability => is_word(character) || is_separator(character),
            Self::Agent => is_word(character) || ".@:/+".contains(character),
            Self::Path => character != '\0',
            Self::Text => true,
        }
    }

    /// All characters its words may hold.
    pub(super) fn alphabet(self) -> Class {
        match self {
            Self::Capability => class(&[('A', 'Z'), ('a', 'z'), ('0', ':'), ('_', '_'), ('-', '/')]),
            Self::Agent => class(&[('A', 'Z'), ('a', 'z'), ('0', ':'), ('@', '@'), ('_', '_'), ('+', '+'), ('-', '/')]),
            Self::Path => class(&[('\u{1}', char::MAX)]),
            Self::Text => class(&[('\0', char::MAX)]),
        }
    }

    /// What `*`, `?` and a class may stand for: the alphabet, for paths without the border of components.
    pub(super) fn wild(self) -> Class {
        match self {
            Self::Path => class(&[('\u{1}', '.'), ('0', char::MAX)]),
            _ => self.alphabet(),
        }
    }

    /// Characters that [`Language::step`] tells apart from all others.
    pub(super) const fn marks(self) -> &'static [char] {
        match self {
            Self::Capability => &['.', '/', ':'],
            Self::Path => &['.', '/'],
            Self::Agent | Self::Text => &[],
        }
    }

    pub(super) const fn start(self) -> Mode {
        START
    }

    /// Where a reading stands after one more character; `None` where no word goes on like that.
    pub(super) fn step(self, mode: Mode, character: char) -> Option<Mode> {
        if !self.holds(character) {
            return None;
        }
        match self {
            Self::Capability if is_separator(character) => (mode == INSIDE).then_some(START),
            Self::Path => step_path(mode, character),
            Self::Capability | Self::Agent | Self::Text => Some(INSIDE),
        }
    }

    /// Where a reading of a whole text ends; `None` where no word begins like that.
    pub(super) fn read(self, text: &str) -> Option<Mode> {
        text.chars().try_fold(self.start(), |mode, character| self.step(mode, character))
    }

    /// A shortest word that begins with `start`.
    pub(super) fn word_from(self, start: &str) -> Option<String> {
        let mode = self.read(start)?;
        let word = match self.accepts(mode) {
            true => start.to_owned(),
            false => self.step(mode, 'x').map(|_| format!("{start}x"))?,
        };
        self.longest().is_none_or(|longest| word.len() <= longest).then_some(word)
    }

    /// Whether a text that ends here is a word.
    pub(super) const fn accepts(self, mode: Mode) -> bool {
        match self {
            Self::Capability | Self::Agent => mode == INSIDE,
            Self::Path => matches!(mode, INSIDE | ROOT),
            Self::Text => true,
        }
    }
}

fn step_path(mode: Mode, character: char) -> Option<Mode> {
    match (mode, character) {
        (START, '/') => Some(ROOT),
        (INSIDE, '/') => Some(BORDER),
        (_, '/') | (START, _) => None,
        (ROOT | BORDER, '.') => Some(ONE_DOT),
        (ONE_DOT, '.') => Some(TWO_DOTS),
        _ => Some(INSIDE),
    }
}

const fn is_word(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '_' | '-')
}

/// What may stand between two runs of a capability name.
const fn is_separator(character: char) -> bool {
    matches!(character, '.' | '/' | ':')
}

/// The class of these ranges, which may come in any order and overlap.
pub(super) fn class(ranges: &[(char, char)]) -> Class {
    shared(&unicode(ranges))
}

/// Whether a class holds a character.
pub(super) fn holds(class: &[(char, char)], character: char) -> bool {
    class.iter().any(|&(start, end)| start <= character && character <= end)
}

/// What is in the one class and not in the other.
pub(super) fn difference(all: &[(char, char)], but: &[(char, char)]) -> Class {
    let mut rest = unicode(all);
    rest.difference(&unicode(but));
    shared(&rest)
}

fn unicode(ranges: &[(char, char)]) -> ClassUnicode {
    ClassUnicode::new(ranges.iter().map(|&(start, end)| ClassUnicodeRange::new(start, end)))
}

fn shared(class: &ClassUnicode) -> Class {
    class.iter().map(|range| (range.start(), range.end())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reads(language: Language, text: &str) -> bool {
        language.read(text).is_some_and(|mode| language.accepts(mode))
    }

    #[test]
    fn a_capability_is_runs_with_one_separator_between() {
        for name in ["a", "a.b", "A-1_.x.y", "-", "github/create_issue", "a:b", "a/b:c.d"] {
            assert!(reads(Language::Capability, name), "{name}");
        }
        for name in ["", ".", "a.", ".a", "a..b", "a b", "é", "/a", "a/", "a//b", "a/.b", "a:/b", ":a", "a:"] {
            assert!(!reads(Language::Capability, name), "{name}");
        }
    }

    #[test]
    fn a_normalised_path_has_no_dots_and_no_empty_components() {
        for path in ["/", "/a", "/a/b", "/.a", "/...", "/a/..b", "/a.", "/é ü"] {
            assert!(reads(Language::Path, path), "{path}");
        }
        for path in ["", "a", "//", "/a/", "/a//b", "/.", "/..", "/a/../b", "/a/./b", "/a\0"] {
            assert!(!reads(Language::Path, path), "{path}");
        }
    }

    #[test]
    fn the_alphabet_is_what_words_hold() {
        for language in [Language::Capability, Language::Agent, Language::Path, Language::Text] {
            let alphabet = language.alphabet();
            for character in ('\0'..='\u{2ff}').chain(['\u{d7ff}', '\u{e000}', char::MAX]) {
                let listed = holds(&alphabet, character);
                assert_eq!(listed, language.holds(character), "{language:?} {character:?}");
            }
        }
    }
}
