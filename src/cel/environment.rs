//! The variables an expression may name, and how its operators are read.

use super::types::Type;

/// Index of `params` in [`Environment::policy`]: the map of a call's arguments.
pub const PARAMS: usize = 0;
/// Index of `agent`: the name of who calls.
pub const AGENT: usize = 1;
/// Index of `capability`: the name of what is called.
pub const CAPABILITY: usize = 2;
/// Index of `context`: the map the host vouches for.
pub const CONTEXT: usize = 3;
/// Index of `now`: the time the host gives.
pub const NOW: usize = 4;

/// How operators are read where values of different types, sizes of text and numbers meet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Semantics {
    /// By the letter of CEL: values of different types are not equal, the size of text is its characters, numbers with a
    /// fraction are doubles. What the public conformance data is about.
    Cel,
    /// As policies are read: comparing values of different types is unknown, the size of text is its bytes, and numbers
    /// are what was written, digit for digit.
    Policy,
}

/// The variables an expression may name, by index, and the container their short names are looked up in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Environment {
    /// Names, dotted ones too, and their types.
    pub variables: Vec<(String, Type)>,
    /// A dotted prefix that names may leave out; empty as a rule.
    pub container: String,
    /// How operators are read.
    pub semantics: Semantics,
}

impl Environment {
    /// The variables of a condition over a call.
    #[must_use]
    pub fn policy() -> Self {
        let variables = [
            ("params", Type::Map(Some(&(Type::Text, Type::Dyn)))),
            ("agent", Type::Text),
            ("capability", Type::Text),
            ("context", Type::Map(Some(&(Type::Text, Type::Dyn)))),
            ("now", Type::Timestamp),
        ];
        let variables = variables.into_iter().map(|(name, ty)| (name.to_owned(), ty)).collect();
        Self { variables, container: String::new(), semantics: Semantics::Policy }
    }

    /// An environment of plain CEL in which nothing has a name.
    #[must_use]
    pub const fn empty() -> Self {
        Self { variables: Vec::new(), container: String::new(), semantics: Semantics::Cel }
    }
}
