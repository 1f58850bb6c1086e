//! Why a pattern was refused, and which limit was passed.

use std::fmt;

/// A pattern that cannot be used, with the place in its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PatternError {
    /// First byte of the part that is wrong, counted in the pattern's text.
    pub start: usize,
    /// One past its last byte.
    pub end: usize,
    /// What is wrong, lower case, names in backticks.
    pub message: String,
    /// What to write instead.
    pub help: Option<String>,
}

impl PatternError {
    pub(super) fn new(start: usize, end: usize, message: impl Into<String>) -> Self {
        Self { start, end, message: message.into(), help: None }
    }

    pub(super) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

impl fmt::Display for PatternError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        self.help.as_ref().map_or(Ok(()), |help| write!(f, "; {help}"))
    }
}

impl std::error::Error for PatternError {}

/// More of something than the limit allows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LimitError {
    /// What there is too much of, in the plural.
    pub what: &'static str,
    /// How much was given; the first amount over the limit where counting stopped there.
    pub given: usize,
    /// How much is allowed.
    pub allowed: usize,
}

impl fmt::Display for LimitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}, at most {} are allowed", self.given, self.what, self.allowed)
    }
}

impl std::error::Error for LimitError {}
