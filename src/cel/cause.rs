//! What would resolve a cause.

use super::function::Cause;

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
