//! Causes in words: why something is unknown, and what would resolve it.

use std::fmt;

use super::function::Cause;

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
    /// What would resolve it, where `what` is the part of the call that is read: `params.path`.
    #[must_use]
    pub fn help(&self, what: &str) -> String {
        match self {
            Self::Missing => format!("send `{what}`"),
            Self::WrongType { expected, found } => format!("send `{what}` as {expected}, not {found}"),
            Self::Unexplained(_) => format!("send `{what}` in a form that can be fully explained"),
            Self::Arithmetic(_) => format!("send a `{what}` for which the test has a result"),
            Self::Limit(_) => format!("send a smaller `{what}`"),
        }
    }
}
