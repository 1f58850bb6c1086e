//! The known capabilities and the schemas of their params.
//!
//! A catalog has the shape of an MCP `tools/list` result, so the answer of any MCP server is one. A call whose params
//! break their capability's schema is invalid; an absent optional parameter takes its default; lint learns which
//! parameters there are, of what type, format and range. Knows nothing of policies.

mod ecma;
mod keyword;
mod number;
mod parameter;
mod schema;
mod validate;

use std::collections::BTreeMap;

pub use number::Number;
pub use parameter::{Parameter, Parameters};
pub use schema::{Schema, Types};
pub use validate::Violation;

use crate::json::{Json, Object};
use crate::source::Span;
use crate::suggest::nearest;
use crate::yaml::{Node, NodeKind, ScalarValue};

/// What is known of one capability.
#[derive(Clone, Debug)]
pub struct CapabilityFacts {
    /// Its name.
    pub name: String,
    /// Where the name was written.
    pub span: Span,
    /// For people.
    pub description: Option<String>,
    /// What the catalog's `annotations` say: `readOnlyHint`, `destructiveHint` and others. Hints, never trusted.
    pub annotations: Json<'static>,
    /// The parameters its schema names.
    pub params: Parameters,
    schema: Schema,
}

impl CapabilityFacts {
    /// Checks the params of a call.
    ///
    /// # Errors
    /// The first thing that breaks the schema, or cannot be checked.
    pub fn validate(&self, params: &Json<'_>) -> Result<(), Violation> {
        self.schema.validate(params)
    }

    /// The value an optional parameter has when a call leaves it out.
    #[must_use]
    pub fn default(&self, parameter: &str) -> Option<&Json<'static>> {
        self.params.get(parameter).filter(|parameter| !parameter.required)?.default.as_ref()
    }

    /// Whether the catalog's hint says that the capability only reads.
    #[must_use]
    pub fn read_only(&self) -> Option<bool> {
        self.hint("readOnlyHint")
    }

    /// Whether the catalog's hint says that the capability destroys what was there.
    #[must_use]
    pub fn destructive(&self) -> Option<bool> {
        self.hint("destructiveHint")
    }

    fn hint(&self, name: &str) -> Option<bool> {
        match self.annotations.as_object()?.get(name)? {
            Json::Bool(value) => Some(*value),
            _ => None,
        }
    }
}

/// The known capabilities, by name.
#[derive(Clone, Debug, Default)]
pub struct Catalog {
    capabilities: BTreeMap<String, CapabilityFacts>,
}

impl Catalog {
    /// What is known of a capability.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&CapabilityFacts> {
        self.capabilities.get(name)
    }

    /// All capabilities, in byte order of their names.
    pub fn iter(&self) -> impl Iterator<Item = &CapabilityFacts> {
        self.capabilities.values()
    }

    /// The known name that differs from this one in case only.
    #[must_use]
    pub fn differing_in_case(&self, name: &str) -> Option<&str> {
        self.names().find(|known| *known != name && known.eq_ignore_ascii_case(name))
    }

    /// The known name nearest to a misspelt one.
    #[must_use]
    pub fn nearest(&self, name: &str) -> Option<&str> {
        nearest(name, self.names())
    }

    /// How many capabilities there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.capabilities.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.capabilities.is_empty()
    }

    fn names(&self) -> impl Iterator<Item = &str> {
        self.capabilities.keys().map(String::as_str)
    }
}

/// The JSON value a node stands for. A key's second value is dropped: the YAML reader has refused it before.
pub(crate) fn json_of(node: &Node) -> Json<'static> {
    match &node.kind {
        NodeKind::Scalar(scalar) => match scalar.value {
            ScalarValue::Null => Json::Null,
            ScalarValue::Bool(value) => Json::Bool(value),
            ScalarValue::Int(value) => Json::Int(value),
            ScalarValue::UInt(value) => Json::UInt(value),
            ScalarValue::Double(value) => Json::Double(value),
            ScalarValue::Text => Json::Text(scalar.text.clone().into()),
        },
        NodeKind::List(items) => Json::List(items.iter().map(json_of).collect()),
        NodeKind::Map(entries) => {
            let distinct: BTreeMap<&str, &Node> =
                entries.iter().map(|(key, value)| (key.text.as_str(), value)).collect();
            let entries = distinct.into_iter().map(|(key, value)| (key.to_owned().into(), json_of(value))).collect();
            Json::Object(Object::new(entries).unwrap_or_default())
        }
    }
}

/// A value as JSON text, for messages.
pub(crate) fn text_of(json: &Json<'_>) -> String {
    match json {
        Json::Null => "null".to_owned(),
        Json::Bool(value) => value.to_string(),
        Json::Int(value) => value.to_string(),
        Json::UInt(value) => value.to_string(),
        Json::Double(value) => value.to_string(),
        Json::Text(text) => format!("\"{}\"", text.escape_debug()),
        Json::List(items) => format!("[{}]", items.iter().map(text_of).collect::<Vec<_>>().join(", ")),
        Json::Object(object) => {
            let entries = object.entries().iter();
            let entries = entries.map(|(key, value)| format!("\"{}\": {}", key.escape_debug(), text_of(value)));
            format!("{{{}}}", entries.collect::<Vec<_>>().join(", "))
        }
    }
}
