//! A catalog as written: the answer of an MCP server's `tools/list`.

use schemars::{Schema, json_schema};
use serde_json::json;

use super::shape::{At, Fields, Particular, Required, Shape, mapping};
use super::shapes::{Filled, List, Text, inline_schema};
use crate::diagnostic::{Diagnostic, kinds};
use crate::source::{Span, Spanned};
use crate::yaml::{Node, NodeKind};

mapping! {
    /// The known capabilities: the shape of an MCP `tools/list` result.
    pub struct CatalogDocument is open "a catalog" {
        /// The capabilities. They may be left out where it is about programs alone.
        several tools: Vec<ToolDocument> => List<ToolDocument, 0>,
        /// What is known of programs on the command line, beside what ships: rows as in `commands/`.
        optional commands: Option<Vec<Node>> => List<Row, 0>,
    }
}

impl Particular for CatalogDocument {
    fn describe(schema: &mut Schema) {
        schema.insert("anyOf".to_owned(), json!([{ "required": ["tools"] }, { "required": ["commands"] }]));
    }

    fn check(&mut self, fields: &mut Fields<'_, '_>) {
        if !fields.is_meant("tools") && !fields.has("commands") {
            let finding = Diagnostic::of(&kinds::MISSING_KEY, fields.heading(), "a catalog needs the key `tools`");
            fields.findings.push(finding.help("add `tools:`, or `commands:` where it is about programs alone"));
        }
        if let Some(result) = fields.key("result").filter(|_| !fields.has("tools")) {
            let finding = Diagnostic::of(&kinds::CATALOG_ENVELOPE, result, "this is a whole response of a server");
            fields.findings.push(finding.help("keep what stands under `result`: the map with `tools`"));
        }
    }
}

mapping! {
    /// One capability.
    pub struct ToolDocument is open "a tool" {
        /// The whole item.
        place span: Span => (),
        /// The capability's name: `filesystem.read`.
        required name: Spanned<String> => Filled,
        /// What it does.
        optional description: Option<Spanned<String>> => Text,
        /// The JSON Schema of its params.
        required input_schema as "inputSchema": Node => Object,
        /// Hints about its behaviour, as MCP has them.
        optional annotations: Option<Node> => Object,
    }
}

impl Particular for ToolDocument {}

/// A map, kept as written.
struct Object;
inline_schema!([] Object, "object", |_| json_schema!({ "type": "object" }));

impl Shape for Object {
    type Value = Node;

    fn read(at: &At<'_>, findings: &mut Vec<Diagnostic>) -> Option<Node> {
        if at.node.as_map().is_none() {
            findings.push(at.wrong_type("a map", "write a JSON Schema: `{ type: object, properties: {…} }`"));
            return None;
        }
        Some(at.node.clone())
    }
}

/// A row of a program, kept as written.
struct Row;
inline_schema!([] Row, "row", |_| json_schema!({ "type": "object" }));

impl Shape for Row {
    type Value = Node;

    fn read(at: &At<'_>, findings: &mut Vec<Diagnostic>) -> Option<Node> {
        if at.node.as_map().is_none() {
            findings.push(at.wrong_type("a map", "write a row for each program: `- program: deploy`"));
            return None;
        }
        Some(at.node.clone())
    }
}

impl Required for Object {
    fn stand_in(span: Span) -> Node {
        Node { kind: NodeKind::Map([].into()), span }
    }
}
