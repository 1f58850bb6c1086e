//! All value patterns of a set that match a text.

use std::fmt;

use regex_syntax::ParserBuilder;
use regex_syntax::hir::{Class, ClassUnicode, Hir, Look, Repetition};

use super::error::LimitError;
use super::lazy::{LazyCache, LazySet};
use super::path_glob::PathGlob;
use super::syntax::Piece;
use super::text_glob::TextGlob;

/// A pattern of a parameter's text.
#[derive(Clone, Debug)]
pub enum ValuePattern {
    /// Matches a whole normalised path.
    Path(PathGlob),
    /// Matches a whole text.
    Text(TextGlob),
    /// Matches anywhere in a text, in the syntax and with the meaning of the `regex` crate.
    Regex(String),
}

/// Why an index could not be built.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ValueIndexError {
    /// A regex is none.
    Regex {
        /// Its place in the list.
        id: u32,
        /// What is wrong with it.
        message: String,
    },
    /// Together the patterns are too much.
    Limit(LimitError),
}

impl fmt::Display for ValueIndexError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Regex { message, .. } => f.write_str(message),
            Self::Limit(limit) => limit.fmt(f),
        }
    }
}

impl std::error::Error for ValueIndexError {}

/// Value patterns, each with its place in the list as id, and the question which of them match a text.
#[derive(Debug)]
pub struct ValueIndex {
    globs: Option<LazySet>,
    regexes: Option<LazySet>,
}

/// What an index changes while it matches: one for each thread and index. Bounded in size. With another index it is
/// emptied first, and the answer is the same.
#[derive(Clone, Debug)]
pub struct ValueCache {
    globs: Option<LazyCache>,
    regexes: Option<LazyCache>,
}

impl ValueIndex {
    /// The index of these patterns.
    ///
    /// # Errors
    ///
    /// When a regex does not parse, or the patterns are too large for one automaton.
    pub fn new(patterns: &[ValuePattern]) -> Result<Self, ValueIndexError> {
        let (mut globs, mut regexes): (Vec<(u32, &[Piece])>, _) = (Vec::new(), Vec::new());
        for (pattern, id) in patterns.iter().zip(0u32..) {
            match pattern {
                ValuePattern::Path(glob) => globs.push((id, &glob.pieces)),
                ValuePattern::Text(glob) => globs.push((id, &glob.pieces)),
                ValuePattern::Regex(text) => regexes.push((id, regex(id, text)?)),
            }
        }
        let globs = (!globs.is_empty()).then(|| LazySet::of_sequences(&globs)).transpose();
        let regexes = (!regexes.is_empty()).then(|| LazySet::of_expressions(&regexes)).transpose();
        Ok(Self { globs: globs.map_err(ValueIndexError::Limit)?, regexes: regexes.map_err(ValueIndexError::Limit)? })
    }

    /// A cache for [`ValueIndex::matches`].
    #[must_use]
    pub fn cache(&self) -> ValueCache {
        let cache = |set: &Option<LazySet>| set.as_ref().map(LazySet::cache);
        ValueCache { globs: cache(&self.globs), regexes: cache(&self.regexes) }
    }

    /// Adds the ids of all patterns that match, ascending. Allocates nothing once the cache has seen such texts and
    /// `found` has room.
    pub fn matches(&self, cache: &mut ValueCache, text: &str, found: &mut Vec<u32>) {
        let before = found.len();
        let pairs = [(&self.globs, &mut cache.globs), (&self.regexes, &mut cache.regexes)];
        for (set, cache) in pairs {
            if let Some(set) = set {
                set.matches(cache.get_or_insert_with(|| set.cache()), text, found);
            }
        }
        if let Some(added) = found.get_mut(before..) {
            added.sort_unstable();
        }
    }
}

/// A regex as an expression.
fn regex(id: u32, text: &str) -> Result<Hir, ValueIndexError> {
    match ParserBuilder::new().build().parse(text) {
        Ok(hir) if matches_inside_characters(&hir) => Ok(Hir::concat(vec![hir, rest_of_text()])),
        Ok(hir) => Ok(hir),
        Err(error) => Err(ValueIndexError::Regex { id, message: error.to_string() }),
    }
}

/// Whether an empty match could lie between the bytes of one character, where the `regex` crate allows none.
fn matches_inside_characters(hir: &Hir) -> bool {
    let looks = hir.properties().look_set();
    hir.properties().minimum_len() == Some(0)
        && [Look::WordAsciiNegate, Look::WordStartHalfAscii, Look::WordEndHalfAscii]
            .into_iter()
            .any(|look| looks.contains(look))
}

/// Whole characters to the end.
fn rest_of_text() -> Hir {
    let any = ClassUnicode::new([regex_syntax::hir::ClassUnicodeRange::new('\0', char::MAX)]);
    let sub = Box::new(Hir::class(Class::Unicode(any)));
    Hir::concat(vec![Hir::repetition(Repetition { min: 0, max: None, greedy: true, sub }), Hir::look(Look::End)])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn regexes(texts: &[&str]) -> ValueIndex {
        let patterns: Vec<_> = texts.iter().map(|text| ValuePattern::Regex((*text).to_owned())).collect();
        ValueIndex::new(&patterns).unwrap()
    }

    fn found(index: &ValueIndex, text: &str) -> Vec<u32> {
        let mut found = Vec::new();
        index.matches(&mut index.cache(), text, &mut found);
        found
    }

    #[test]
    fn globs_match_the_whole_and_regexes_anywhere() {
        let index = ValueIndex::new(&[
            ValuePattern::Regex("b+".to_owned()),
            ValuePattern::Path(PathGlob::parse("/a/*").unwrap()),
            ValuePattern::Text(TextGlob::parse("*b").unwrap()),
            ValuePattern::Regex("^a".to_owned()),
        ])
        .unwrap();
        assert_eq!(found(&index, "/a/b"), [0, 1, 2]);
        assert_eq!(found(&index, "/a/b/c"), [0]);
        assert_eq!(found(&index, "ab"), [0, 2, 3]);
    }

    #[test]
    fn every_regex_means_what_it_means_alone() {
        let texts = [
            "",
            "a",
            "a*",
            "^a$",
            "(?m)^a$",
            "$",
            r"\bab",
            r"a\b",
            r"\B",
            r"(?-u:\B)",
            r"(?-u:\b)a",
            r"(?i)k",
            r"\d",
            "[^a]",
            "é|b",
            "(?s).",
            ".",
            r"\b{start}é",
            r"(?-u:\b{start-half})",
            r"(?-u:\b{end-half})$",
            r"\w+ \w+",
            r"(?Rm)^a",
            r"\z",
            r"^(?:ab|é)+$",
            "a.b",
            "(ab){2}",
            r"(?-u:\B)(?-u:\B)é",
            r"a(?-u:\B)",
        ];
        let index = regexes(&texts);
        let alone: Vec<regex::Regex> = texts.iter().map(|text| regex::Regex::new(text).unwrap()).collect();
        let mut cache = index.cache();
        let letters = ["a", "b", "é", "K", "\u{212a}", " ", "\n", "\r", "1", "-", "🔑"];
        let mut words = vec![String::new()];
        for _ in 0..3 {
            words.extend(words.clone().iter().flat_map(|word| letters.map(|letter| format!("{word}{letter}"))));
        }
        words.extend(["abab".into(), "abéab".into(), "xx ab ab\na\nb".into(), "日本語 ab".into()]);
        for word in &words {
            let mut found = Vec::new();
            index.matches(&mut cache, word, &mut found);
            let expected: Vec<u32> =
                (0u32..).zip(&alone).filter(|(_, regex)| regex.is_match(word)).map(|(id, _)| id).collect();
            assert_eq!(found, expected, "{word:?}");
        }
    }

    #[test]
    fn a_regex_that_does_not_parse_is_named() {
        let error = ValueIndex::new(&[ValuePattern::Regex("a".into()), ValuePattern::Regex("(".into())]).unwrap_err();
        assert!(matches!(error, ValueIndexError::Regex { id: 1, .. }), "{error}");
    }

    #[test]
    fn a_regex_past_the_limit_is_refused() {
        let large: Vec<_> = (0..40).map(|_| ValuePattern::Regex(r"\w{1000}".into())).collect();
        assert!(matches!(ValueIndex::new(&large).unwrap_err(), ValueIndexError::Limit(_)));
    }

    #[test]
    fn a_cache_of_another_index_changes_no_answer() {
        let (left, right) = (regexes(&["a", "b"]), regexes(&["b"]));
        let mut cache = left.cache();
        for _ in 0..3 {
            for (index, expected) in [(&left, &[0, 1][..]), (&right, &[0])] {
                let mut found = Vec::new();
                index.matches(&mut cache, "ab", &mut found);
                assert_eq!(found, expected);
            }
        }
    }
}
