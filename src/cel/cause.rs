//! Causes in words: why something is unknown, and what would resolve it.

use std::fmt;

use super::eval::Unknown;
use super::function::Cause;
use super::value::Value;
use crate::source::Span;

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => f.write_str("it is not there"),
            Self::WrongType { expected, found } => write!(f, "it takes {expected}, and got {found}"),
            Self::Unexplained(what) | Self::Arithmetic(what) => f.write_str(what),
            Self::Limit(what) => write!(f, "more than is allowed: {what}"),
        }
    }
}

impl Cause {
    /// What would resolve it, for the part of a condition that is written as `what`.
    #[must_use]
    pub fn help(&self, what: &str) -> String {
        match self {
            Self::Missing => format!("send what `{what}` reads"),
            Self::WrongType { expected, .. } => format!("send {expected} where `{what}` reads it"),
            Self::Unexplained(_) => format!("send a value that `{what}` can fully explain"),
            Self::Arithmetic(_) => format!("send a value for which `{what}` has a result"),
            Self::Limit(_) => format!("send a smaller value to `{what}`"),
        }
    }
}

impl Unknown {
    /// A condition whose value is neither true nor false.
    #[must_use]
    pub const fn not_a_truth_value(value: &Value<'_>, span: Span) -> Self {
        Self { cause: Cause::wrong_type("bool", value), span }
    }
}
