//! Capability and agent names, and patterns of them.
//!
//! What is said of a pattern quantifies over valid names only: `a.*` contains `a.?*`, and `a..b` matches nothing.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use super::error::PatternError;
use super::language::{Language, MAX_NAME_BYTES};
use super::machine::Machine;
use super::product::{Found, Question};
use super::syntax::{self, Piece};

/// The longest name pattern, in bytes.
pub const MAX_PATTERN_BYTES: usize = 512;

/// What [`check_name`] tells bytes apart by.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Word,
    Dot,
    Other,
}

/// Kind of each byte.
const KINDS: [Kind; 256] = {
    let mut kinds = [Kind::Other; 256];
    let mut byte = 0u8;
    while byte < 128 {
        if byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-' {
            #[expect(clippy::indexing_slicing, reason = "evaluated by the compiler; below 128")]
            {
                kinds[byte as usize] = Kind::Word;
            }
        }
        byte += 1;
    }
    #[expect(clippy::indexing_slicing, reason = "evaluated by the compiler")]
    {
        kinds[b'.' as usize] = Kind::Dot;
    }
    kinds
};

/// Whether this is a valid capability name: 1 to 128 bytes of segments `[A-Za-z0-9_-]+` joined by single dots. The
/// error says why not.
///
/// # Errors
///
/// One phrase for each way a name can be invalid.
pub fn check_name(name: &str) -> Result<(), &'static str> {
    let mut before = Kind::Dot;
    for &byte in name.as_bytes() {
        let kind = KINDS.get(usize::from(byte)).copied().unwrap_or(Kind::Other);
        if kind == Kind::Other || (kind == Kind::Dot && before == Kind::Dot) {
            return Err(name_fault(name));
        }
        before = kind;
    }
    if before == Kind::Dot || name.len() > MAX_NAME_BYTES {
        return Err(name_fault(name));
    }
    Ok(())
}

#[cold]
fn name_fault(name: &str) -> &'static str {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    match name {
        "" => "a capability name is not empty",
        _ if name.len() > MAX_NAME_BYTES => "a capability name has at most 128 bytes",
        _ if !name.bytes().all(allowed) => "a capability name is made of letters, digits, `_`, `-` and `.`",
        _ => "a capability name is segments joined by single dots, none of them empty",
    }
}

/// Whether this is a valid agent name: 1 to 128 bytes of `[A-Za-z0-9_.@:/+-]`. The error says why not.
///
/// # Errors
///
/// One phrase for each way a name can be invalid.
pub fn check_agent(name: &str) -> Result<(), &'static str> {
    let allowed =
        |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'@' | b':' | b'/' | b'+' | b'-');
    match name {
        "" => Err("an agent name is not empty"),
        _ if name.len() > MAX_NAME_BYTES => Err("an agent name has at most 128 bytes"),
        _ if !name.bytes().all(allowed) => Err("an agent name is made of letters, digits and `_ - . @ : / +`"),
        _ => Ok(()),
    }
}

/// A pattern of capability or agent names.
#[derive(Clone)]
pub struct NamePattern {
    text: Arc<str>,
    language: Language,
    pub(super) form: Form,
}

/// What a pattern amounts to, the cheapest form that says it.
#[derive(Clone)]
pub(super) enum Form {
    /// One name.
    Exact(Arc<str>),
    /// A literal, then anything.
    Prefix(Arc<str>),
    /// Anything else.
    Glob(Arc<Glob>),
}

pub(super) struct Glob {
    pub(super) pieces: Vec<Piece>,
    pub(super) machine: Machine,
    /// The characters every match begins with.
    literal: String,
    /// A shortest valid name.
    sample: String,
}

impl NamePattern {
    /// Reads a pattern of capability names.
    ///
    /// # Errors
    ///
    /// When the text is no pattern, or a pattern no valid name can match.
    pub fn parse(text: &str) -> Result<Self, PatternError> {
        match check_name(text) {
            Ok(()) => Ok(Self::exact(text, Language::Capability)),
            Err(_) => Self::parse_in(text, Language::Capability),
        }
    }

    /// Reads a pattern of agent names.
    ///
    /// # Errors
    ///
    /// When the text is no pattern, or a pattern no valid name can match.
    pub fn parse_agent(text: &str) -> Result<Self, PatternError> {
        match check_agent(text) {
            Ok(()) => Ok(Self::exact(text, Language::Agent)),
            Err(_) => Self::parse_in(text, Language::Agent),
        }
    }

    fn exact(text: &str, language: Language) -> Self {
        let text: Arc<str> = text.into();
        Self { form: Form::Exact(Arc::clone(&text)), text, language }
    }

    fn parse_in(text: &str, language: Language) -> Result<Self, PatternError> {
        let pieces = syntax::flattened(syntax::parse(text, language, MAX_PATTERN_BYTES)?);
        let Some(machine) = Machine::new(&pieces) else {
            return Err(PatternError::new(0, text.len(), "the pattern is too long"));
        };
        match Form::of(pieces, machine, language) {
            Some(form) => Ok(Self { text: text.into(), language, form }),
            None => Err(matches_nothing(text, language)),
        }
    }

    /// The pattern as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether it is one literal name.
    #[must_use]
    pub const fn is_exact(&self) -> bool {
        matches!(self.form, Form::Exact(_))
    }

    /// Whether it matches this name.
    #[must_use]
    pub fn matches(&self, name: &str) -> bool {
        match &self.form {
            Form::Exact(own) => **own == *name,
            Form::Prefix(literal) => name.starts_with(&**literal) && name.chars().all(|c| self.language.holds(c)),
            Form::Glob(glob) => name.starts_with(&glob.literal) && glob.machine.matches(name),
        }
    }

    /// Whether every valid name that `other` matches is matched by this one too. Patterns of different kinds of names
    /// contain nothing of each other. Should the proof grow past its budget, the answer is `false`.
    #[must_use]
    pub fn contains(&self, other: &Self) -> bool {
        self.language == other.language
            && match (&self.form, &other.form) {
                (_, Form::Exact(name)) => self.matches(name),
                (Form::Prefix(wide), Form::Prefix(narrow)) => narrow.starts_with(&**wide),
                (Form::Prefix(wide), Form::Glob(glob)) if glob.literal.starts_with(&**wide) => true,
                _ if self.text == other.text => true,
                _ => other.minus(self) == Found::Nothing,
            }
    }

    /// Whether both match the same valid names.
    #[must_use]
    pub fn equivalent(&self, other: &Self) -> bool {
        self.contains(other) && other.contains(self)
    }

    /// A shortest valid name that both match. `None` when there is none (or, for a pair of patterns of many hundred
    /// wildcards, when the search grows past its budget).
    #[must_use]
    pub fn overlap(&self, other: &Self) -> Option<String> {
        if self.language != other.language {
            return None;
        }
        match (&self.form, &other.form) {
            (Form::Exact(name), _) => other.matches(name).then(|| name.to_string()),
            (_, Form::Exact(name)) => self.matches(name).then(|| name.to_string()),
            _ => self.search(Some(other), None).witness(),
        }
    }

    /// Whether it is proved that no valid name is matched by both.
    #[must_use]
    pub fn disjoint(&self, other: &Self) -> bool {
        match (&self.form, &other.form) {
            _ if self.language != other.language => true,
            (Form::Exact(name), _) => !other.matches(name),
            (_, Form::Exact(name)) => !self.matches(name),
            _ => self.search(Some(other), None) == Found::Nothing,
        }
    }

    /// A shortest valid name that both match and `except` does not. `None` when there is none, or when the search grows
    /// past its budget.
    #[must_use]
    pub fn overlap_except(&self, other: &Self, except: &Self) -> Option<String> {
        if self.language != other.language || self.language != except.language {
            return self.overlap(other);
        }
        self.search(Some(other), Some(except)).witness()
    }

    /// A shortest valid name that this one matches and `other` does not. `None` when there is none, or when the search
    /// grows past its budget.
    #[must_use]
    pub fn outside(&self, other: &Self) -> Option<String> {
        if self.language != other.language {
            return Some(self.sample().into_owned());
        }
        match &self.form {
            Form::Exact(name) => (!other.matches(name)).then(|| name.to_string()),
            _ => self.minus(other).witness(),
        }
    }

    /// A shortest valid name that it matches.
    #[must_use]
    pub fn sample(&self) -> Cow<'_, str> {
        match &self.form {
            Form::Exact(name) => Cow::Borrowed(name),
            Form::Prefix(literal) => self.language.word_from(literal).map_or(Cow::Borrowed(literal), Cow::Owned),
            Form::Glob(glob) => Cow::Borrowed(&glob.sample),
        }
    }

    /// Whether it matches one valid name and no other.
    pub(super) fn is_single(&self) -> bool {
        match &self.form {
            Form::Exact(_) => true,
            Form::Prefix(literal) if literal.len() + 2 <= MAX_NAME_BYTES => false,
            _ => self.minus(&Self::exact(&self.sample(), self.language)) == Found::Nothing,
        }
    }

    fn minus(&self, other: &Self) -> Found {
        self.search(None, Some(other))
    }

    fn search(&self, right: Option<&Self>, refused: Option<&Self>) -> Found {
        let [left, right, refused] = [Some(self), right, refused].map(|pattern| pattern.and_then(Self::machine));
        let Some(left) = left else { return Found::GaveUp };
        let question =
            Question { language: self.language, left: &left, right: right.as_deref(), refused: refused.as_deref() };
        question.shortest()
    }

    /// The pattern's automaton; every pattern that was parsed has one.
    fn machine(&self) -> Option<Cow<'_, Machine>> {
        match &self.form {
            Form::Glob(glob) => Some(Cow::Borrowed(&glob.machine)),
            form => Machine::new(&form.pieces(self.language)).map(Cow::Owned),
        }
    }
}

impl Form {
    /// The form of a pattern; `None` when no valid name matches.
    fn of(pieces: Vec<Piece>, machine: Machine, language: Language) -> Option<Self> {
        let literal: String = pieces.iter().map_while(Piece::as_literal).collect();
        let rest = pieces.get(literal.chars().count()..).unwrap_or_default();
        match rest {
            [] => language.word_from(&literal).filter(|word| *word == literal).map(|_| Self::Exact(literal.into())),
            [Piece::Run(class)] if *class == language.wild() => {
                language.word_from(&literal).map(|_| Self::Prefix(literal.into()))
            }
            _ => {
                let question = Question { language, left: &machine, right: None, refused: None };
                let sample = question.shortest().witness()?;
                Some(Self::Glob(Arc::new(Glob { pieces, machine, literal, sample })))
            }
        }
    }

    fn pieces(&self, language: Language) -> Cow<'_, [Piece]> {
        let literal = |text: &str| text.chars().map(Piece::Literal).collect::<Vec<_>>();
        match self {
            Self::Exact(name) => Cow::Owned(literal(name)),
            Self::Prefix(start) => {
                let mut pieces = literal(start);
                pieces.push(Piece::Run(language.wild()));
                Cow::Owned(pieces)
            }
            Self::Glob(glob) => Cow::Borrowed(&glob.pieces),
        }
    }
}

fn matches_nothing(text: &str, language: Language) -> PatternError {
    let help = match language {
        Language::Capability => "names are segments joined by single dots, 128 bytes at most: `filesystem.read`",
        _ => "names have 128 bytes at most",
    };
    PatternError::new(0, text.len(), format!("`{text}` matches no valid {}", language.noun())).help(help)
}

impl fmt::Debug for NamePattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("NamePattern").field(&self.text).finish()
    }
}

impl fmt::Display for NamePattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pattern(text: &str) -> NamePattern {
        NamePattern::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"))
    }

    fn agent(text: &str) -> NamePattern {
        NamePattern::parse_agent(text).unwrap_or_else(|error| panic!("{text}: {error}"))
    }

    #[test]
    fn a_name_is_segments_joined_by_single_dots() {
        let longest = "a".repeat(128);
        for name in ["a", "filesystem.read", "A_-9.x", longest.as_str()] {
            assert_eq!(check_name(name), Ok(()), "{name}");
        }
        let longer = "a".repeat(129);
        let rows = [
            ("", "a capability name is not empty"),
            (longer.as_str(), "a capability name has at most 128 bytes"),
            ("a b", "a capability name is made of letters, digits, `_`, `-` and `.`"),
            ("é", "a capability name is made of letters, digits, `_`, `-` and `.`"),
            (".a", "a capability name is segments joined by single dots, none of them empty"),
            ("a..b", "a capability name is segments joined by single dots, none of them empty"),
            ("a.", "a capability name is segments joined by single dots, none of them empty"),
        ];
        for (name, fault) in rows {
            assert_eq!(check_name(name), Err(fault), "{name}");
        }
    }

    #[test]
    fn an_agent_name_may_look_like_a_url_or_an_address() {
        for name in ["a", "bot@corp.example", "spiffe://ns/sa+1", "..", "a:b"] {
            assert_eq!(check_agent(name), Ok(()), "{name}");
        }
        for name in ["", "a b", "ü", "a*", &"a".repeat(129)] {
            assert!(check_agent(name).is_err(), "{name}");
        }
    }

    #[test]
    fn wildcards_cross_dots() {
        let rows: &[(&str, &[&str], &[&str])] = &[
            ("*", &["a", "a.b"], &["a b", "é"]),
            ("filesystem.*", &["filesystem.read", "filesystem.a.b"], &["filesystem", "filesystems.a", "xfilesystem.a"]),
            ("*.read", &["a.read", "a.b.read"], &["read", "a.read.b"]),
            ("a?c", &["abc", "a.c"], &["ac", "abbc"]),
            ("a.[b-d]", &["a.b", "a.d"], &["a.a", "a.e"]),
            ("a.[!b-d]*", &["a.a", "a.xb"], &["a.b", "a.cx"]),
            ("a.[^b]", &["a.a"], &["a.b"]),
            ("{a,b.{c,d*}}.x", &["a.x", "b.c.x", "b.d1.x"], &["b.x", "b.e.x"]),
            ("a.{b}", &["a.b"], &["a.c"]),
        ];
        for (text, matched, refused) in rows {
            let pattern = pattern(text);
            matched.iter().for_each(|name| assert!(pattern.matches(name), "{text} matches {name}"));
            refused.iter().for_each(|name| assert!(!pattern.matches(name), "{text} does not match {name}"));
        }
    }

    #[test]
    fn a_class_or_alternative_of_one_is_literal() {
        for (text, exact) in [("a.b", true), ("a.[b]", true), ("{a.b}", true), ("a.[bc]", false), ("*", false)] {
            assert_eq!(pattern(text).is_exact(), exact, "{text}");
        }
    }

    #[test]
    fn a_pattern_no_name_can_match_is_refused_at_its_place() {
        let long = "a".repeat(129);
        let deep = "{".repeat(9);
        let rows = [
            ("", 0, 0, "the pattern is empty"),
            ("a b", 1, 2, "no capability name holds a space"),
            ("a/b", 1, 2, "no capability name holds `/`"),
            ("aé*", 1, 3, "no capability name holds `é`"),
            ("a,b", 1, 2, "no capability name holds `,`"),
            ("a\\b", 1, 2, "no capability name holds `\\`"),
            ("a\tb", 1, 2, "no capability name holds U+0009"),
            ("a.**", 2, 4, "`**` says no more than `*`"),
            ("a.[]", 2, 4, "the class is empty"),
            ("a.[b", 2, 3, "`[` is never closed"),
            ("a.[c-a]", 3, 6, "the range `c-a` is empty"),
            ("a.[A-z]", 3, 6, "the range `A-z` takes in characters of different kinds"),
            ("a.{b,}", 5, 6, "an alternative is empty"),
            ("a.{}", 3, 4, "an alternative is empty"),
            ("a.{b", 2, 3, "`{` is never closed"),
            ("a}", 1, 2, "`}` closes nothing"),
            ("a..b", 0, 4, "`a..b` matches no valid capability name"),
            (".a*", 0, 3, "`.a*` matches no valid capability name"),
            ("*..*", 0, 4, "`*..*` matches no valid capability name"),
            ("a[!A-Za-z0-9_.-]", 0, 16, "`a[!A-Za-z0-9_.-]` matches no valid capability name"),
            (&long, 0, 129, &format!("`{long}` matches no valid capability name")),
            (&deep, 8, 9, "alternatives are nested 9 deep, at most 8 are allowed"),
        ];
        for (text, start, end, message) in rows {
            let error = NamePattern::parse(text).unwrap_err();
            assert_eq!((error.start, error.end, error.message.as_str()), (start, end, message), "{text}");
        }
        assert!(NamePattern::parse(&"a*".repeat(257)).unwrap_err().message.contains("514 bytes, at most 512"));
    }

    #[test]
    fn containment_speaks_of_valid_names_only() {
        let rows = [
            ("*", "filesystem.*", true),
            ("filesystem.*", "*", false),
            ("filesystem.*", "filesystem.read", true),
            ("filesystem.*", "filesystem.?*", true),
            ("filesystem.?*", "filesystem.*", true),
            ("?*", "*", true),
            ("a*", "{ab,ac}*", true),
            ("{ab,ac}*", "a*", false),
            ("*.read", "a.*.read", true),
            ("a.*.read", "*.read", false),
            ("a*.*", "a*", false),
            ("[a-z]", "{a,b,c}", true),
            ("*[!.]", "*", true),
        ];
        for (wide, narrow, expected) in rows {
            assert_eq!(pattern(wide).contains(&pattern(narrow)), expected, "{wide} contains {narrow}");
        }
        assert!(pattern("a.*").equivalent(&pattern("a.?*")));
        assert!(!agent("a.*").equivalent(&agent("a.?*")), "an agent may be called `a.`");
    }

    #[test]
    fn length_limits_what_is_contained() {
        let longest = "?".repeat(127) + "*";
        assert!(pattern(&"?".repeat(128)).contains(&pattern(&("?".repeat(128) + "*"))));
        assert!(!pattern(&"?".repeat(128)).contains(&pattern(&longest)));
    }

    #[test]
    fn witnesses_are_short_and_readable() {
        let rows = [
            ("filesystem.*", "*.delete", Some("filesystem.delete")),
            ("*.read", "*.write", None),
            ("a.*", "a.b", Some("a.b")),
            ("*a*", "*b*", Some("ab")),
            ("a?", "[a-c]z", Some("az")),
        ];
        for (left, right, witness) in rows {
            assert_eq!(pattern(left).overlap(&pattern(right)).as_deref(), witness, "{left} and {right}");
        }
        assert_eq!(pattern("filesystem.*").outside(&pattern("*.read")).as_deref(), Some("filesystem.x"));
        assert_eq!(pattern("a.b").outside(&pattern("a.*")), None);
        for (text, sample) in [("*", "x"), ("a.*", "a.x"), ("a*", "a"), ("?.[bc]*", "x.b"), ("a.b", "a.b")] {
            assert_eq!(pattern(text).sample(), sample, "{text}");
        }
    }

    #[test]
    fn patterns_of_different_kinds_share_nothing() {
        assert!(!pattern("*").contains(&agent("*")));
        assert_eq!(agent("a").overlap(&pattern("a")), None);
        assert_eq!(agent("a").outside(&pattern("a")).as_deref(), Some("a"));
    }

    #[test]
    fn a_proof_past_its_budget_is_no_proof() {
        let steep = |last: char| pattern(&format!("*a{}{last}*", "?".repeat(24)));
        assert!(!steep('b').contains(&steep('c')));
        assert!(steep('b').contains(&steep('b')));
        assert!(pattern("*").contains(&steep('b')));
    }
}
