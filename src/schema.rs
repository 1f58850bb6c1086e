//! JSON Schemas of the documents, from the same types the loader uses.
//!
//! What a schema refuses the loader refuses; the loader refuses more, because patterns, expressions and relations between
//! values are beyond a schema.

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema};

use crate::document::{CatalogDocument, PolicyDocument, SuiteDocument};
use crate::wire::DecisionDocument;

/// A kind of document that has a schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SchemaKind {
    /// A policy file.
    Policy,
    /// A policy test document.
    Test,
    /// A decision, as the engine's answer is written.
    Decision,
    /// A catalog of capabilities.
    Catalog,
}

/// One kind with what makes its schema.
struct Row {
    kind: SchemaKind,
    name: &'static str,
    title: &'static str,
    schema: fn() -> Schema,
}

/// All kinds. A new one is a variant and a row.
const ROWS: &[Row] = &[
    Row { kind: SchemaKind::Policy, name: "policy", title: "KruxOS policy", schema: root::<PolicyDocument> },
    Row { kind: SchemaKind::Test, name: "test", title: "KruxOS policy test", schema: root::<SuiteDocument> },
    Row {
        kind: SchemaKind::Decision,
        name: "decision",
        title: "KruxOS policy decision",
        schema: root::<DecisionDocument<'static>>,
    },
    Row {
        kind: SchemaKind::Catalog,
        name: "catalog",
        title: "KruxOS capability catalog",
        schema: root::<CatalogDocument>,
    },
];

impl SchemaKind {
    /// All kinds.
    pub fn all() -> impl Iterator<Item = Self> {
        ROWS.iter().map(|row| row.kind)
    }

    /// The kinds that people write and the loader reads.
    pub fn written() -> impl Iterator<Item = Self> {
        Self::all().filter(|kind| *kind != Self::Decision)
    }

    /// The kind's word, as on the command line: `policy`, `test`, `decision`, `catalog`.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.row().map_or("", |row| row.name)
    }

    /// The kind of this word.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        ROWS.iter().find(|row| row.name == name).map(|row| row.kind)
    }

    /// The name of the file that holds the schema: `policy.schema.json`.
    #[must_use]
    pub fn file_name(self) -> String {
        format!("{}.schema.json", self.name())
    }

    fn row(self) -> Option<&'static Row> {
        ROWS.iter().find(|row| row.kind == self)
    }
}

/// The schema of a kind of document: JSON Schema 2020-12, indented, one text for ever.
#[must_use]
pub fn json(kind: SchemaKind) -> String {
    let Some(row) = kind.row() else { return String::new() };
    let mut schema = (row.schema)();
    schema.insert("$id".to_owned(), format!("urn:kruxos:schema:{}", row.name).into());
    schema.insert("title".to_owned(), row.title.into());
    let mut text = serde_json::to_string_pretty(&schema).unwrap_or_default();
    text.push('\n');
    text
}

fn root<T: JsonSchema>() -> Schema {
    SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<T>()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_a_row_and_finds_itself_by_name() {
        for kind in [SchemaKind::Policy, SchemaKind::Test, SchemaKind::Decision, SchemaKind::Catalog] {
            assert_eq!(SchemaKind::from_name(kind.name()), Some(kind));
        }
        assert_eq!(SchemaKind::from_name(""), None);
    }

    #[test]
    fn every_schema_names_its_draft_and_describes_every_key() {
        for kind in SchemaKind::all() {
            let schema: serde_json::Value = serde_json::from_str(&json(kind)).unwrap();
            assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
            described(&schema, kind.name());
        }
    }

    fn described(schema: &serde_json::Value, at: &str) {
        for (key, value) in schema["properties"].as_object().into_iter().flatten() {
            assert!(value["description"].is_string(), "{at}: `{key}` has no description");
        }
        for (name, definition) in schema["$defs"].as_object().into_iter().flatten() {
            described(definition, name);
        }
    }

    #[test]
    fn no_key_is_open_to_misspelling_in_a_policy() {
        let schema: serde_json::Value = serde_json::from_str(&json(SchemaKind::Policy)).unwrap();
        assert_eq!(schema["additionalProperties"], false);
        for name in ["Defaults", "Entry", "Rule", "RateLimit", "Approval"] {
            assert_eq!(schema["$defs"][name]["additionalProperties"], false, "{name}");
        }
        assert_eq!(schema["properties"]["capabilities"]["minProperties"], 1);
    }
}
