//! The known capabilities and the schemas of their params.
//!
//! A catalog has the shape of an MCP `tools/list` result, so the answer of any MCP server is one. A call whose params
//! break their capability's schema is invalid; an absent optional parameter takes its default; lint learns which
//! parameters there are, of what type, format and range. Knows nothing of policies.

mod ecma;
mod keyword;
mod number;
mod parameter;
mod role;
mod schema;
mod validate;

use std::collections::BTreeMap;

pub use crate::number::Number;
pub use parameter::{Parameter, Parameters};
pub use role::{PathBase, Role};
pub use schema::{Schema, Types};
pub use validate::Violation;

use crate::diagnostic::{Diagnostic, Parsed, kinds};
use crate::document::{CatalogDocument, ToolDocument};
use crate::json::{Json, Object};
use crate::pattern::check_name;
#[cfg(feature = "shell")]
use crate::shell::Programs;
#[cfg(feature = "shell")]
use crate::shell::programs::{Fault, Kind, Tree};
#[cfg(feature = "shell")]
use crate::shell::wrong_cases;
use crate::source::Span;
use crate::suggest::nearest;
#[cfg(feature = "shell")]
use crate::yaml::{Node, NodeKind};

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
    /// The JSON Schema of its params, as the catalog writes it.
    pub input_schema: Json<'static>,
    /// The parameters its schema names.
    pub params: Parameters,
    schema: Schema,
    defaults: Object<'static>,
}

impl CapabilityFacts {
    fn compile(tool: &ToolDocument, diagnostics: &mut Vec<Diagnostic>) -> Self {
        let Parsed { value: schema, diagnostics: found } = Schema::compile(&tool.input_schema);
        diagnostics.extend(found);
        let mut params = Parameters::read(&tool.input_schema);
        params.drop_bad_defaults(&tool.input_schema, &schema, diagnostics);
        params.refuse_repeated_roles(tool.name.span, diagnostics);
        let defaults = params.defaults();
        Self {
            defaults,
            name: tool.name.value.clone(),
            span: tool.name.span,
            description: tool.description.as_ref().map(|text| text.value.clone()),
            annotations: tool.annotations.as_ref().map_or(Json::Null, crate::yaml::Node::to_json),
            input_schema: tool.input_schema.to_json(),
            params,
            schema,
        }
    }

    /// Checks the params of a call.
    ///
    /// # Errors
    /// The first thing that breaks the schema, or cannot be checked.
    pub fn validate(&self, params: &Json<'_>) -> Result<(), Violation> {
        self.schema.validate(params)
    }

    /// The values that optional parameters have when a call leaves them out, by name.
    #[must_use]
    pub const fn defaults(&self) -> &Object<'static> {
        &self.defaults
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
    /// What it says of programs on the command line, whatever capability runs them.
    #[cfg(feature = "shell")]
    pub(crate) programs: Programs,
}

/// What catalogs say of programs.
#[cfg(feature = "shell")]
fn programs(documents: &[&CatalogDocument], diagnostics: &mut Vec<Diagnostic>) -> Programs {
    let nodes = documents.iter().filter_map(|document| document.commands.as_ref()).flatten();
    let mut spans = Vec::new();
    let items: Vec<Tree> = nodes.map(|node| tree(node, &mut spans)).collect();
    if items.is_empty() {
        return Programs::default();
    }
    let read = Programs::read(&Tree { kind: Kind::List(items), line: 0 });
    let (programs, faults) = match read {
        Ok((programs, cases)) => {
            let wrong = wrong_cases(&programs, &cases);
            (programs, wrong)
        }
        Err(faults) => (Programs::default(), faults),
    };
    diagnostics.extend(faults.into_iter().filter_map(|fault| {
        let span = *spans.get(fault.line).or(spans.first())?;
        Some(Diagnostic::of(&kinds::BAD_COMMAND_ROW, span, fault.why.clone()).help(advice(&fault)))
    }));
    programs
}

/// What to do about a row that cannot be used.
#[cfg(feature = "shell")]
fn advice(fault: &Fault) -> String {
    const DOCS: &str = "`docs/commands.md` says what a row may hold";
    if fault.choices.is_empty() {
        return DOCS.to_owned();
    }
    let written = fault.why.split('`').nth(1).unwrap_or_default();
    let meant = crate::suggest::nearest(written, fault.choices.iter().copied());
    let meant = meant.map(|meant| format!("did you mean `{meant}`? ")).unwrap_or_default();
    format!("{meant}the words are {}; {DOCS}", fault.choices.join(", "))
}

/// A node as the rows of programs are read from; its number among `spans` stands for its line.
#[cfg(feature = "shell")]
fn tree(node: &Node, spans: &mut Vec<Span>) -> Tree {
    let line = spans.len();
    spans.push(node.span);
    let kind = match &node.kind {
        NodeKind::List(items) => Kind::List(items.iter().map(|item| tree(item, spans)).collect()),
        NodeKind::Map(entries) => {
            let key = |key: &crate::yaml::Key, spans: &mut Vec<Span>| {
                spans.push(key.span);
                Tree { kind: Kind::Text(key.text.clone()), line: spans.len() - 1 }
            };
            Kind::Map(entries.iter().map(|(name, value)| (key(name, spans), tree(value, spans))).collect())
        }
        NodeKind::Scalar(scalar) => Kind::Text(scalar.text.to_string()),
    };
    Tree { kind, line }
}

/// Most capabilities of one catalog.
pub const MAX_CAPABILITIES: usize = 10_000;

impl Catalog {
    /// Puts catalogs together to one. A malformed schema and a name that is there twice are errors. A tool whose name no
    /// call can have is left out with a warning, because an MCP server is free to have one.
    #[must_use]
    pub fn compile<'d>(documents: impl IntoIterator<Item = &'d CatalogDocument>) -> Parsed<Self> {
        let mut catalog = Self::default();
        let mut diagnostics = Vec::new();
        let documents: Vec<&CatalogDocument> = documents.into_iter().collect();
        #[cfg(feature = "shell")]
        {
            catalog.programs = programs(&documents, &mut diagnostics);
        }
        for tool in documents.iter().flat_map(|document| &document.tools) {
            if let Err(diagnostic) = catalog.admits(tool) {
                diagnostics.push(diagnostic);
                continue;
            }
            let facts = CapabilityFacts::compile(tool, &mut diagnostics);
            catalog.capabilities.insert(facts.name.clone(), facts);
        }
        Parsed { value: catalog, diagnostics }
    }

    /// Whether a tool can be taken in.
    fn admits(&self, tool: &ToolDocument) -> Result<(), Diagnostic> {
        let name = &tool.name;
        let shown = name.value.escape_debug();
        if let Err(why) = check_name(&name.value) {
            let message = format!("no call can name `{shown}`, so the capability is left out");
            return Err(Diagnostic::of(&kinds::UNNAMEABLE_CAPABILITY, name.span, message).help(why));
        }
        if let Some(first) = self.get(&name.value) {
            let message = format!("the capability `{shown}` is there twice");
            return Err(Diagnostic::of(&kinds::DUPLICATE_CAPABILITY, name.span, message)
                .also(first.span, "first here")
                .help("remove one of the two, or give lint and the engine the catalog that is meant alone"));
        }
        if self.len() >= MAX_CAPABILITIES {
            let message = format!("there are more than {MAX_CAPABILITIES} capabilities");
            return Err(Diagnostic::of(&kinds::CATALOG_LIMIT, name.span, message));
        }
        Ok(())
    }

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

/// A value as JSON text, for messages.
fn text_of(json: &Json<'_>) -> String {
    match json {
        Json::Null => "null".to_owned(),
        Json::Bool(value) => value.to_string(),
        Json::Int(value) => value.to_string(),
        Json::UInt(value) => value.to_string(),
        Json::Decimal(value) => value.text(),
        Json::Text(text) => format!("\"{}\"", text.escape_debug()),
        Json::List(items) => format!("[{}]", items.iter().map(text_of).collect::<Vec<_>>().join(", ")),
        Json::Object(object) => {
            let entries = object.entries().iter();
            let entries = entries.map(|(key, value)| format!("\"{}\": {}", key.escape_debug(), text_of(value)));
            format!("{{{}}}", entries.collect::<Vec<_>>().join(", "))
        }
    }
}

#[cfg(test)]
mod tests;
