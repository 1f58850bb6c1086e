//! The checks a JSON Schema compiles to.
//!
//! A schema is an arena of places, each a list of [`Check`]s that must all hold; `$ref` is an index, so schemas may refer
//! to themselves. [`super::keyword`] makes the checks, [`super::validate`] runs them.

use std::collections::BTreeMap;
use std::fmt;

use regex::Regex;

use super::keyword::{self, Read};
use crate::diagnostic::{Diagnostic, Parsed, kinds};
use crate::json::Json;
use crate::number::Number;
use crate::yaml::{Node, NodeKind, ScalarValue};

/// A compiled schema.
#[derive(Clone, Debug)]
pub struct Schema {
    pub(super) places: Vec<Vec<Check>>,
}

/// The index of one (sub)schema.
pub(super) type Place = usize;

/// One thing that must hold of a value.
#[derive(Clone, Debug)]
pub(super) enum Check {
    /// `false`
    Never,
    /// A keyword that is not understood: neither valid nor invalid.
    Unclear(String),
    Types(Types),
    /// `enum`, `const`
    Among(Vec<Json<'static>>),
    Bound(Bound),
    MultipleOf(Number),
    Count(Count),
    Pattern(Regex),
    Items {
        first: Vec<Place>,
        rest: Option<Place>,
    },
    Contains {
        place: Place,
        least: u64,
        most: Option<u64>,
    },
    Unique,
    Properties {
        named: BTreeMap<String, Place>,
        patterns: Vec<(Regex, Place)>,
        others: Option<Place>,
    },
    PropertyNames(Place),
    Required(Vec<String>),
    /// When the key is there, the keys must be too.
    RequiredWith(String, Vec<String>),
    /// When the key is there, the schema must hold.
    SchemaWith(String, Place),
    AllOf(Vec<Place>),
    AnyOf(Vec<Place>),
    OneOf(Vec<Place>),
    Not(Place),
    If {
        test: Place,
        then: Option<Place>,
        otherwise: Option<Place>,
    },
    Reference(Place),
}

/// `minimum`, `maximum` and their exclusive forms.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bound {
    pub(super) limit: Number,
    /// Whether it is a lower bound.
    pub(super) lower: bool,
    pub(super) exclusive: bool,
}

/// How many there may be.
#[derive(Clone, Copy, Debug)]
pub(super) struct Count {
    pub(super) of: Counted,
    pub(super) limit: u64,
    /// Whether it is a lower bound.
    pub(super) lower: bool,
}

/// What a [`Count`] counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Counted {
    Characters,
    Elements,
    Keys,
}

/// A set of JSON Schema's types.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Types(u8);

impl Types {
    /// The words of JSON Schema, each with its bit's place.
    const NAMES: [&'static str; 7] = ["null", "boolean", "integer", "number", "string", "array", "object"];
    /// Every type.
    pub const ANY: Self = Self(0x7f);
    /// No type.
    pub(super) const NONE: Self = Self(0);

    /// The set of the one type of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::NAMES.iter().position(|known| *known == name).map(|at| Self(1 << at))
    }

    /// The types of a value; a number without a fraction is both `integer` and `number`.
    #[must_use]
    pub fn of(json: &Json<'_>) -> Self {
        let name = match json {
            Json::Null => "null",
            Json::Bool(_) => "boolean",
            Json::Int(_) | Json::UInt(_) | Json::Decimal(_) => "number",
            Json::Text(_) => "string",
            Json::List(_) => "array",
            Json::Object(_) => "object",
        };
        let whole = json.as_number().is_some_and(Number::is_whole);
        let integer = if whole { Self::named("integer") } else { None };
        Self::named(name).unwrap_or(Self::NONE).with(integer.unwrap_or(Self::NONE))
    }

    /// Both sets together.
    #[must_use]
    pub const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// With `number`, `integer` too: every integer is a number.
    pub(super) fn with_whole_numbers(self) -> Self {
        let integer = if self.allows("number") { Self::named("integer") } else { None };
        self.with(integer.unwrap_or(Self::NONE))
    }

    /// What is in both sets.
    #[must_use]
    pub const fn intersection(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Whether the sets have a type in common.
    #[must_use]
    pub const fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// Whether a type of this name is allowed.
    #[must_use]
    pub fn allows(self, name: &str) -> bool {
        Self::named(name).is_some_and(|named| self.meets(named))
    }

    /// The words of the types, in a fixed order.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        Self::NAMES.into_iter().enumerate().filter(move |(at, _)| self.0 & (1 << at) != 0).map(|(_, name)| name)
    }

    pub(super) fn known() -> impl Iterator<Item = &'static str> {
        Self::NAMES.into_iter()
    }
}

impl fmt::Display for Types {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, name) in self.names().enumerate() {
            write!(f, "{}{name}", if at == 0 { "" } else { " or " })?;
        }
        Ok(())
    }
}

impl Schema {
    /// The schema that every value satisfies.
    #[must_use]
    pub fn anything() -> Self {
        Self { places: vec![Vec::new()] }
    }

    /// Compiles a JSON Schema. A malformed one is an error; a keyword that cannot be checked is a warning, and a value
    /// that only it could judge is refused. A keyword that JSON Schema does not have is a warning and checks nothing.
    #[must_use]
    pub fn compile(node: &Node) -> Parsed<Self> {
        let mut compiler = Compiler {
            root: node,
            places: Vec::new(),
            refs: BTreeMap::new(),
            pending: Vec::new(),
            diagnostics: Vec::new(),
        };
        compiler.refs.insert("#".to_owned(), 0);
        compiler.place(node);
        while let Some((place, node)) = compiler.pending.pop() {
            compiler.fill(place, node);
        }
        compiler.diagnostics.sort_by_key(Diagnostic::span);
        Parsed { value: Self { places: compiler.places }, diagnostics: compiler.diagnostics }
    }
}

impl Schema {
    /// The schema of a property that the root names itself.
    pub(super) fn property(&self, name: &str) -> Option<Place> {
        self.places.first()?.iter().find_map(|check| match check {
            Check::Properties { named, .. } => named.get(name).copied(),
            _ => None,
        })
    }
}

/// The state of one compilation.
pub(super) struct Compiler<'n> {
    root: &'n Node,
    places: Vec<Vec<Check>>,
    /// Local references met so far.
    refs: BTreeMap<String, Place>,
    /// Referred to and not compiled yet; a list, because a chain of references may be longer than the stack is deep.
    pending: Vec<(Place, &'n Node)>,
    pub(super) diagnostics: Vec<Diagnostic>,
}

impl<'n> Compiler<'n> {
    /// Compiles one (sub)schema.
    pub(super) fn place(&mut self, node: &'n Node) -> Place {
        let place = self.places.len();
        self.places.push(Vec::new());
        self.fill(place, node);
        place
    }

    /// The place of a local reference; the error says why there is none.
    pub(super) fn reference(&mut self, pointer: &str) -> Result<Place, String> {
        if let Some(place) = self.refs.get(pointer) {
            return Ok(*place);
        }
        let node = resolve(self.root, pointer)?;
        let place = self.places.len();
        self.places.push(Vec::new());
        self.refs.insert(pointer.to_owned(), place);
        self.pending.push((place, node));
        Ok(place)
    }

    fn fill(&mut self, place: Place, node: &'n Node) {
        let checks = match &node.kind {
            NodeKind::Map(entries) => keyword::read_all(self, entries),
            NodeKind::Scalar(scalar) => match scalar.value {
                ScalarValue::Bool(true) => Vec::new(),
                ScalarValue::Bool(false) => vec![Check::Never],
                _ => self.malformed(node, "a schema is an object, `true` or `false`"),
            },
            NodeKind::List(_) => self.malformed(node, "a schema is an object, `true` or `false`"),
        };
        if let Some(slot) = self.places.get_mut(place) {
            *slot = checks;
        }
    }

    fn malformed(&mut self, node: &Node, message: &str) -> Vec<Check> {
        self.diagnostics.push(Diagnostic::of(&kinds::MALFORMED_SCHEMA, node.span, message));
        vec![Check::Never]
    }

    /// Notes what reading one keyword gave.
    pub(super) fn note(&mut self, name: &str, node: &Node, read: Read, checks: &mut Vec<Check>) {
        match read {
            Read::Checks(more) => checks.extend(more),
            Read::Malformed(message) => {
                checks.push(Check::Never);
                self.diagnostics.push(Diagnostic::of(
                    &kinds::MALFORMED_SCHEMA,
                    node.span,
                    format!("`{name}` {message}"),
                ));
            }
            Read::Unclear(why) => {
                checks.push(Check::Unclear(name.to_owned()));
                let message = format!("`{name}` cannot be checked: {why}");
                let help = "calls with a value here are refused, because they might break the schema";
                self.diagnostics.push(Diagnostic::of(&kinds::UNCHECKED_SCHEMA, node.span, message).help(help));
            }
        }
    }
}

/// Follows a local JSON pointer from the root of the schema.
pub(super) fn resolve<'n>(root: &'n Node, pointer: &str) -> Result<&'n Node, String> {
    let path = pointer.strip_prefix('#').ok_or("only references within the same schema are followed")?;
    let steps = path.strip_prefix('/').ok_or("only references by JSON pointer, `#/$defs/name`, are followed")?;
    steps.split('/').try_fold(root, |node, step| {
        let step = step.replace("~1", "/").replace("~0", "~");
        child(node, &step).ok_or_else(|| format!("nothing stands at `{pointer}`"))
    })
}

/// The value of a key or the element of an index.
pub(super) fn child<'n>(node: &'n Node, step: &str) -> Option<&'n Node> {
    node.get(step).or_else(|| node.as_list()?.get(step.parse::<usize>().ok()?))
}
