//! The shape of a row of the function table.

use std::fmt;

use super::budget::Budget;
use super::expr::Prepared;
use super::place::Step;
use super::types::Type;
use super::value::{Text, Value};
use crate::path::{self, Unexplained};
#[cfg(feature = "shell")]
use crate::shell::Programs;

/// Why an expression has no value: a condition that meets this is unknown. Holds no text, so making one costs nothing;
/// the words are made from the source when somebody asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// A key or parameter that is not there.
    Missing,
    /// A value of a type that the function does not take.
    WrongType {
        /// What it takes, in words.
        expected: &'static str,
        /// What it got, the name of a type.
        found: &'static str,
    },
    /// A part of what is looked at is of a type that the function does not take.
    WrongPart {
        /// Which part it is.
        part: Part,
        /// What it has to be, in words.
        expected: &'static str,
        /// What it is, the name of a type.
        found: &'static str,
    },
    /// A value that cannot be parsed or fully explained; the words say why: "a relative path without a base".
    Unexplained(&'static str),
    /// A file that a command names, and what is wrong with its name.
    File(&'static str),
    /// An operation without a result; the words are CEL's: "divide by zero", "range error".
    Arithmetic(&'static str),
    /// More work than is allowed.
    Limit(&'static str),
}

/// A part of a value, or of what stands beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// An element of the value itself.
    Element,
    /// What stands beside a command, by the role it plays there: `args`.
    Beside(&'static str),
    /// An element of what stands beside a command.
    ElementBeside(&'static str),
}

impl From<Unexplained> for Cause {
    fn from(Unexplained(why): Unexplained) -> Self {
        Self::Unexplained(why)
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => f.write_str("it is not there"),
            Self::WrongType { expected, found } => write!(f, "a value of type {found}, where {expected} must stand"),
            Self::WrongPart { part: Part::Element, expected, found } => {
                write!(f, "it holds a value of type {found}, where {expected} must stand")
            }
            Self::WrongPart { part: Part::Beside(role), expected, found } => {
                write!(f, "a value of type {found} as the command's {}, where {expected} must stand", spaced(role))
            }
            Self::WrongPart { part: Part::ElementBeside(role), expected, found } => {
                write!(f, "the command's {} hold a value of type {found}, where {expected} must stand", spaced(role))
            }
            Self::File(why) => write!(f, "a file that the command names is {why}"),
            Self::Unexplained(why) | Self::Arithmetic(why) => f.write_str(why),
            Self::Limit(limit) => write!(f, "a limit is reached: {limit}"),
        }
    }
}

/// A role as words.
fn spaced(role: &str) -> String {
    role.replace('_', " ")
}

/// What a function is handed beside its arguments.
#[derive(Clone, Copy)]
pub struct Site<'p> {
    /// What [`Function::prepare`] made of the constant arguments.
    pub prepared: Option<&'p Prepared>,
    /// What is left of the work this evaluation may do.
    pub budget: &'p Budget,
    /// What a relative path in the first argument is meant below.
    pub base: &'p dyn Base,
}

/// What a catalog says of a parameter, where it says of any which part of an invocation it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Declared {
    /// It does not know the parameter, or gives no parts of an invocation.
    Nothing,
    /// It knows the parameter, as none of them.
    Plain,
    /// It is this part: `command`, `args`, `environment`, `working_directory`, `stdin`.
    Role(&'static str),
}

/// What knows the directory that relative paths are meant below.
pub trait Base {
    /// The directory, absolute.
    ///
    /// # Errors
    /// Why there is none.
    fn directory(&self) -> Result<Text<'_>, Cause>;

    /// The directory that commands run in, absolute.
    ///
    /// # Errors
    /// Why there is none.
    fn working_directory(&self) -> Result<Text<'_>, Cause>;

    /// Whether the first argument is the policy's own and not the call's.
    fn is_constant(&self) -> bool;

    /// What a catalog says of a parameter: which part of an invocation it is.
    fn declared(&self, place: &[Step<'_>]) -> Declared;

    /// What is known of programs beside what ships.
    #[cfg(feature = "shell")]
    fn programs(&self) -> Programs;
}

/// Nothing says what relative paths mean.
struct NoBase;

impl Base for NoBase {
    fn directory(&self) -> Result<Text<'_>, Cause> {
        Err(path::RELATIVE.into())
    }

    fn working_directory(&self) -> Result<Text<'_>, Cause> {
        Err(path::RELATIVE.into())
    }

    fn is_constant(&self) -> bool {
        false
    }

    fn declared(&self, _: &[Step<'_>]) -> Declared {
        Declared::Nothing
    }

    #[cfg(feature = "shell")]
    fn programs(&self) -> Programs {
        Programs::default()
    }
}

impl<'p> Site<'p> {
    /// A site where relative paths mean nothing.
    #[must_use]
    pub const fn new(prepared: Option<&'p Prepared>, budget: &'p Budget) -> Self {
        Self { prepared, budget, base: &NoBase }
    }

    /// What was prepared, if it is of this type.
    #[must_use]
    pub fn prepared<T: 'static>(&self) -> Option<&'p T> {
        self.prepared.and_then(|prepared| prepared.downcast_ref())
    }

    /// Text of an evaluation's own making, charged to its budget.
    pub(crate) fn text<'a>(&self, text: String) -> Result<Value<'a>, Cause> {
        self.budget.build(text.len())?;
        Ok(Value::text(text))
    }

    /// A list of an evaluation's own making, charged to its budget.
    pub(crate) fn list<'a>(&self, items: Vec<Value<'a>>) -> Result<Value<'a>, Cause> {
        self.budget.build(items.len().saturating_mul(size_of::<Value<'_>>()))?;
        Ok(Value::list(items))
    }
}

impl Cause {
    /// A value of a type the function does not take.
    #[must_use]
    pub const fn wrong_type(expected: &'static str, found: &Value<'_>) -> Self {
        Self::WrongType { expected, found: found.ty().word() }
    }

    /// An element of a type that the function does not take in a list or a map.
    #[must_use]
    pub const fn wrong_element(expected: &'static str, found: &Value<'_>) -> Self {
        Self::WrongPart { part: Part::Element, expected, found: found.ty().word() }
    }

    /// The cause as one of an element.
    pub(crate) const fn of_element(self) -> Self {
        match self {
            Self::WrongType { expected, found } => Self::WrongPart { part: Part::Element, expected, found },
            other => other,
        }
    }

    /// The cause as one of what stands beside a command.
    #[cfg(feature = "shell")]
    pub(crate) const fn beside(self, role: &'static str) -> Self {
        match self {
            Self::WrongType { expected, found } => Self::WrongPart { part: Part::Beside(role), expected, found },
            Self::WrongPart { part: Part::Element, expected, found } => {
                Self::WrongPart { part: Part::ElementBeside(role), expected, found }
            }
            other => other,
        }
    }
}

/// One name of the language: an operator, a standard function or an extension. The one place a function plugs into.
///
/// Two rows may share a name when their receivers differ in type: `matches` of text and of paths.
pub struct Function {
    /// The name as written; operators have CEL's internal names (`_+_`), our own that no text can call begin with `@`.
    pub name: &'static str,
    /// The ways it can be called.
    pub overloads: &'static [Overload],
    /// One sentence for the language reference.
    pub doc: &'static str,
    /// Expressions with the value they have, run as tests: `("size('ab')", "2")`.
    pub examples: &'static [(&'static str, &'static str)],
    /// Computes something once from constant arguments (`None` where an argument is not constant); an error is a
    /// diagnostic at load.
    pub prepare: Option<Prepare>,
    /// The value for these arguments, the receiver first; their number matches an overload, their types may not.
    pub eval: Eval,
}

/// Makes something of constant arguments, `None` standing for those that are not; nothing where there is nothing to
/// make. An error says why the constants cannot be used.
pub type Prepare = fn(&[Option<&Value<'static>>]) -> Result<Option<Prepared>, String>;

/// Computes a function's value.
pub type Eval = for<'a> fn(Site<'_>, &[Value<'a>]) -> Result<Value<'a>, Cause>;

/// One way to call a function.
pub struct Overload {
    /// Whether the first parameter is a receiver: `x.f(y)`.
    pub method: bool,
    /// The types of the parameters, the receiver first.
    pub params: &'static [Type],
    /// The type of the value.
    pub result: Type,
}

impl Overload {
    /// A way to call it as `x.f(y)`.
    pub(crate) const fn method(params: &'static [Type], result: Type) -> Self {
        Self { method: true, params, result }
    }

    /// A way to call it as `f(x, y)`.
    pub(crate) const fn function(params: &'static [Type], result: Type) -> Self {
        Self { method: false, params, result }
    }
}

impl fmt::Debug for Function {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}
