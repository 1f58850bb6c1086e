//! Capability and agent names, and patterns of them.
//!
//! What is said of a pattern quantifies over valid names only: `a.*` contains `a.?*`, and `a..b` matches nothing.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use super::error::PatternError;
use super::language::{Language, MAX_AGENT_BYTES, MAX_NAME_BYTES};
use super::machine::Machine;
use super::product::{Found, Question};
use super::syntax::{self, Piece};

/// The longest name pattern, in bytes.
pub const MAX_PATTERN_BYTES: usize = 512;

/// What [`check_name`] tells bytes apart by.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Word,
    /// `.`, `/` or `:`
    Separator,
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
        kinds[b'.' as usize] = Kind::Separator;
        kinds[b'/' as usize] = Kind::Separator;
        kinds[b':' as usize] = Kind::Separator;
    }
    kinds
};

/// Which bytes an agent name may hold.
const AGENT_BYTES: [bool; 256] = {
    let mut allowed = [false; 256];
    let mut byte = 0u8;
    while byte < 128 {
        #[expect(clippy::indexing_slicing, reason = "evaluated by the compiler; below 128")]
        {
            allowed[byte as usize] =
                byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'@' | b':' | b'/' | b'+' | b'-');
        }
        byte += 1;
    }
    allowed
};

/// Whether this is a valid capability name: 1 to 256 bytes of runs `[A-Za-z0-9_-]+`, between two of them one `.`, or one
/// `/` or `:` inside a segment, as MCP servers name their tools. The error says why not.
///
/// # Errors
///
/// One phrase for each way a name can be invalid.
pub fn check_name(name: &str) -> Result<(), &'static str> {
    let mut before = Kind::Separator;
    for &byte in name.as_bytes() {
        let kind = KINDS.get(usize::from(byte)).copied().unwrap_or(Kind::Other);
        if kind == Kind::Other || (kind == Kind::Separator && before == Kind::Separator) {
            return Err(name_fault(name));
        }
        before = kind;
    }
    if before == Kind::Separator || name.len() > MAX_NAME_BYTES {
        return Err(name_fault(name));
    }
    Ok(())
}

#[cold]
fn name_fault(name: &str) -> &'static str {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'/' | b':');
    match name {
        "" => "a capability name is not empty",
        _ if name.len() > MAX_NAME_BYTES => "a capability name has at most 256 bytes",
        _ if !name.bytes().all(allowed) => "a capability name is made of letters, digits and `_ - . / :`",
        _ => "a capability name has one `.`, `/` or `:` between two words, none at its ends",
    }
}

/// Whether this is a valid agent name: 1 to 128 bytes of `[A-Za-z0-9_.@:/+-]`. The error says why not.
///
/// # Errors
///
/// One phrase for each way a name can be invalid.
pub fn check_agent(name: &str) -> Result<(), &'static str> {
    let allowed = |byte: u8| AGENT_BYTES.get(usize::from(byte)) == Some(&true);
    match name {
        "" => Err("an agent name is not empty"),
        _ if name.len() > MAX_AGENT_BYTES => Err("an agent name has at most 128 bytes"),
        _ if !name.bytes().all(allowed) => Err("an agent name is made of letters, digits and `_ - . @ : / +`"),
        _ => Ok(()),
    }
}

/// Whether two names are one but for the case of their letters. Names are case-sensitive, so one of them is probably a
/// slip.
#[must_use]
pub fn differ_in_case(left: &str, right: &str) -> bool {
    left != right && left.eq_ignore_ascii_case(right)
}

/// A pattern of capability or agent names.
#[derive(Clone)]
pub struct NamePattern {
    text: Arc<str>,
    language: Language,
    pub(super) form: Form,
}

/// How an attempt to prove a statement ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Proof {
    Holds,
    Fails,
    /// It grew past its budget.
    GaveUp,
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

    /// The name, where it is one literal name: `a.b` of `a.[b]` too.
    #[must_use]
    pub fn exact_name(&self) -> Option<&str> {
        match &self.form {
            Form::Exact(name) => Some(name),
            _ => None,
        }
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
        self.proves_to_contain(other) == Proof::Holds
    }

    /// [`NamePattern::contains`], with giving up told apart.
    pub(super) fn proves_to_contain(&self, other: &Self) -> Proof {
        if self.language != other.language {
            return Proof::Fails;
        }
        let holds = match (&self.form, &other.form) {
            (_, Form::Exact(name)) => self.matches(name),
            (Form::Prefix(wide), Form::Prefix(narrow)) => narrow.starts_with(&**wide),
            (Form::Prefix(wide), Form::Glob(glob)) if glob.literal.starts_with(&**wide) => true,
            _ if self.text == other.text => true,
            _ => {
                return match other.minus(self) {
                    Found::Nothing => Proof::Holds,
                    Found::Witness(_) => Proof::Fails,
                    Found::GaveUp => Proof::GaveUp,
                };
            }
        };
        if holds { Proof::Holds } else { Proof::Fails }
    }

    /// Whether both match the same valid names.
    #[must_use]
    pub fn equivalent(&self, other: &Self) -> bool {
        self.contains(other) && other.contains(self)
    }

    /// A shortest valid name that both match. `None` when there is none.
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
            Form::Prefix(literal) if self.language.longest().is_none_or(|longest| literal.len() + 2 <= longest) => {
                false
            }
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
        Language::Capability => {
            "names are words with one `.`, `/` or `:` between two of them, 256 bytes at most: `filesystem.read`"
        }
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
mod tests;
