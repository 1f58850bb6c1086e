//! A condition in one of its two spellings, not yet compiled.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::shape::{At, Required, Shape};
use super::shapes::Code;
use crate::diagnostic::{Diagnostic, kinds};
use crate::source::Span;
use crate::yaml::{Node, NodeKind, Scalar, ScalarValue};

/// A condition in one of its two spellings.
#[derive(Clone, Debug)]
pub enum ConditionDocument {
    /// Text of the expression language.
    Expression(Scalar),
    /// A map of tests; every key must hold.
    Map(Node),
}

impl ConditionDocument {
    /// The map of tests, in that spelling.
    pub(crate) const fn map(&self) -> Option<&Node> {
        match self {
            Self::Map(node) => Some(node),
            Self::Expression(_) => None,
        }
    }
}

impl Shape for ConditionDocument {
    type Value = Self;

    fn read(at: &At<'_>, findings: &mut Vec<Diagnostic>) -> Option<Self> {
        match &at.node.kind {
            NodeKind::Map(entries) if entries.is_empty() => {
                let message = format!("{} holds no test, so it would always hold", at.name);
                let help = "add a test, or give the tier as the entry's own `tier:` instead of a rule";
                findings.push(Diagnostic::of(&kinds::EMPTY_CONDITION, at.place(), message).help(help));
                None
            }
            NodeKind::Map(_) => Some(Self::Map(at.node.clone())),
            NodeKind::Scalar(Scalar { value: ScalarValue::Text | ScalarValue::Bool(_), .. }) => {
                Code::read(at, findings).map(Self::Expression)
            }
            _ => {
                let help = "write an expression like `\"size(params.content) < 1024\"`, or a map like `{ path_within: /workspace }`";
                findings.push(at.wrong_type("an expression or a map of tests", help));
                None
            }
        }
    }
}

impl Required for ConditionDocument {
    fn stand_in(span: Span) -> Self {
        let text = "true".to_owned();
        Self::Expression(Scalar { text, value: ScalarValue::Text, content: span, exact: false })
    }
}

impl JsonSchema for ConditionDocument {
    fn schema_name() -> Cow<'static, str> {
        "Condition".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "When the rule answers: an expression (CEL), or a map of tests that must all hold.",
            "oneOf": [
                {
                    "description": "An expression over `params`, `agent`, `capability`, `context` and `now`.",
                    "type": "string",
                    "pattern": "\\S",
                    "examples": ["size(params.content) < 1024", "path(params.path).within('/workspace')"],
                },
                generator.subschema_for::<Tests>(),
            ],
        })
    }
}

/// The map spelling; here for its schema alone.
struct Tests;

impl JsonSchema for Tests {
    fn schema_name() -> Cow<'static, str> {
        "Tests".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let tests = generator.subschema_for::<Self>();
        let list = json_schema!({ "type": "array", "items": tests, "minItems": 1 });
        let described = |mut schema: Schema, text: &str| {
            schema.insert("description".to_owned(), text.into());
            schema
        };
        json_schema!({
            "description": TESTS,
            "type": "object",
            "minProperties": 1,
            "properties": {
                "all": described(list.clone(), "Every one of these maps of tests holds."),
                "any": described(list, "At least one of these maps of tests holds."),
                "not": described(tests, "This map of tests does not hold."),
            },
            "examples": [
                { "path_within": "/workspace", "content_size_lt": "10KiB" },
                { "any": [{ "method_in": ["GET", "HEAD"] }, { "dry_run_eq": true }] },
            ],
        })
    }
}

const TESTS: &str = "A map of tests; all must hold. A key is a parameter name and an operator, `path_within`: \
    `_eq`, `_ne`, `_in`, `_not_in`, `_lt`, `_lte`, `_gt`, `_gte`, `_prefix`, `_suffix`, `_contains`, `_matches`, \
    `_glob`, `_exists`; `_size_` with a comparison (bytes of a text, elements of a list); `_within` (path). \
    Nested parameters are dotted: `options.depth_lt`. Combinators: `any`, `all`, `not`.";
