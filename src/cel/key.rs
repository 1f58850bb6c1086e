//! The keys of a map in the making: of four types, distinct, with `1` and `1u` one key.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use super::budget::Budget;
use super::function::Cause;
use super::value::{Map, Text, Value};

/// A value as a key; equal keys are equal values.
#[derive(Clone, Debug)]
pub(super) enum Key<'a> {
    Bool(bool),
    Number(i128),
    Text(Text<'a>),
}

impl<'a> Key<'a> {
    /// The key that a value is, if it is of a key's type.
    pub(super) fn of(value: &Value<'a>) -> Result<Self, Cause> {
        match value {
            Value::Bool(value) => Ok(Self::Bool(*value)),
            Value::Int(value) => Ok(Self::Number((*value).into())),
            Value::UInt(value) => Ok(Self::Number((*value).into())),
            Value::Text(text) => Ok(Self::Text(text.clone())),
            other => Err(Cause::wrong_type("string, int, uint or bool as a key", other)),
        }
    }

    /// Something to order by: kinds apart, then by value.
    fn order(&self) -> (u8, i128, &str) {
        match self {
            Self::Bool(value) => (0, i128::from(*value), ""),
            Self::Number(value) => (1, *value, ""),
            Self::Text(text) => (2, 0, text.as_str()),
        }
    }
}

impl PartialEq for Key<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.order() == other.order()
    }
}

impl Eq for Key<'_> {}

impl PartialOrd for Key<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Key<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.order().cmp(&other.order())
    }
}

/// A map in the making.
pub(super) struct Entries<'a, 'e> {
    budget: &'e Budget,
    list: Vec<(Value<'a>, Value<'a>)>,
    keys: BTreeSet<Key<'a>>,
}

impl<'a, 'e> Entries<'a, 'e> {
    pub(super) const fn new(budget: &'e Budget) -> Self {
        Self { budget, list: Vec::new(), keys: BTreeSet::new() }
    }

    /// Adds an entry, whose key must be new.
    pub(super) fn push(&mut self, entry: (Value<'a>, Value<'a>)) -> Result<(), Cause> {
        self.budget.step()?;
        self.budget.build(2 * size_of::<(Value<'_>, Value<'_>)>())?;
        if !self.keys.insert(Key::of(&entry.0)?) {
            return Err(Cause::Arithmetic("repeated key"));
        }
        self.list.push(entry);
        Ok(())
    }

    pub(super) fn finish(self) -> Value<'a> {
        Value::Map(Map::Shared(self.list.into()))
    }
}
