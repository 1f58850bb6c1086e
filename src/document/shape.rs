//! What a value in a document may look like: one type that both reads it and describes it as JSON Schema.
//!
//! Because reading and schema come from one definition, an editor and the loader cannot disagree on a key.

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde_json::{Value, json};

use crate::diagnostic::{Diagnostic, kinds};
use crate::source::Span;
use crate::suggest::nearest;
use crate::yaml::{Key, Node, NodeKind};

/// A value to read, with the words and the place diagnostics call it by.
pub(super) struct At<'n> {
    /// The value.
    pub(super) node: &'n Node,
    /// Where its key stands, if it has one.
    pub(super) key: Option<Span>,
    /// How to call it: "`tier`", "an item of `tags`".
    pub(super) name: String,
}

impl At<'_> {
    /// "`tier` must be text, not a list".
    pub(super) fn wrong_type(&self, wanted: &str, help: impl Into<String>) -> Diagnostic {
        let found = self.node.kind_name();
        if found == "nothing" {
            let message = format!("{} has no value; it must be {wanted}", self.name);
            return Diagnostic::of(&kinds::MISSING_VALUE, self.place(), message).help(help);
        }
        let message = format!("{} must be {wanted}, not {found}", self.name);
        Diagnostic::of(&kinds::WRONG_TYPE, self.place(), message).help(help)
    }

    /// The value's text, or its key where the value is empty.
    pub(super) fn place(&self) -> Span {
        let span = self.node.span;
        if span.start == span.end { self.key.unwrap_or(span) } else { span }
    }
}

/// A kind of value.
pub(super) trait Shape: JsonSchema {
    /// What reading gives.
    type Value;

    /// Reads the value; `None` where no reading is left, with at least one error among the findings.
    fn read(at: &At<'_>, findings: &mut Vec<Diagnostic>) -> Option<Self::Value>;
}

/// A shape that can be required: what stands in for a value that is absent or has no reading, so that the rest of the
/// document is still read. It is never put to use: an error is among the findings.
pub(super) trait Required: Shape {
    /// The value that stands in.
    fn stand_in(span: Span) -> Self::Value;
}

/// One key of a mapping.
pub(super) struct Field {
    /// The key as written.
    pub(super) key: &'static str,
    /// What it is for.
    pub(super) doc: &'static str,
    /// Whether the mapping is refused without it.
    pub(super) required: bool,
    /// The schema of its value.
    pub(super) schema: fn(&mut SchemaGenerator) -> Schema,
}

/// A kind of mapping.
pub(super) trait Mapping: Particular {
    /// What diagnostics call it: "a policy", "an entry".
    const WHAT: &'static str;
    /// Whether keys it does not know are accepted.
    const OPEN: bool;
    /// What it is for.
    const DOC: &'static str;

    /// Its keys, in the order people write them.
    fn fields() -> Vec<Field>;
}

/// What one kind of mapping demands beyond its fields.
pub(super) trait Particular: Sized {
    /// Words people try for its keys, and what to say to them.
    const OTHER_WORDS: &'static [(&'static str, &'static str)] = &[];

    /// Keys that only another kind of document has, and what to say then instead of all that is amiss.
    const OTHER_DOCUMENTS: &'static [(&'static str, &'static str)] = &[];

    /// Checks fields against each other.
    fn check(&mut self, _fields: &mut Fields<'_, '_>) {}

    /// Says the same in the schema.
    fn describe(_schema: &mut Schema) {}
}

/// A mapping that is being read, field by field.
pub(super) struct Fields<'n, 'f> {
    at: &'n At<'n>,
    entries: &'n [(Key, Node)],
    what: &'static str,
    /// The keys that unknown ones were probably meant as.
    meant: Vec<&'static str>,
    /// All findings so far.
    pub(super) findings: &'f mut Vec<Diagnostic>,
}

impl<'n, 'f> Fields<'n, 'f> {
    /// Begins a mapping: refuses what is none, and keys it does not know.
    pub(super) fn open<M: Mapping>(at: &'n At<'n>, findings: &'f mut Vec<Diagnostic>) -> Option<Self> {
        let NodeKind::Map(entries) = &at.node.kind else {
            let keys = names(&M::fields());
            findings.push(at.wrong_type("a map", format!("{} has these keys: {keys}", M::WHAT)));
            return None;
        };
        if let Some(finding) = other_document::<M>(entries) {
            findings.push(finding);
            return None;
        }
        let meant = if M::OPEN { Vec::new() } else { unknown_keys::<M>(entries, findings) };
        Some(Self { at, entries, what: M::WHAT, meant, findings })
    }

    /// The span of the whole mapping.
    pub(super) const fn span(&self) -> Span {
        self.at.node.span
    }

    /// Where the mapping is to be underlined as a whole: at its key, else at the first key in it.
    pub(super) fn heading(&self) -> Span {
        let first = self.entries.first().map(|(key, _)| key.span);
        self.at.key.or(first).unwrap_or(self.at.node.span)
    }

    /// Whether a key is there, readable or not.
    pub(super) fn has(&self, key: &str) -> bool {
        self.entries.iter().any(|(name, _)| name.text == key)
    }

    /// Whether a key is there, or an unknown one that was probably meant as it, which is told already.
    pub(super) fn is_meant(&self, key: &str) -> bool {
        self.has(key) || self.meant.contains(&key)
    }

    /// Where a key stands.
    pub(super) fn key(&self, key: &str) -> Option<Span> {
        self.entries.iter().find(|(name, _)| name.text == key).map(|(name, _)| name.span)
    }

    /// Reads a field that may be absent.
    pub(super) fn optional<S: Shape>(&mut self, key: &str) -> Option<S::Value> {
        let (name, node) = self.entries.iter().find(|(name, _)| name.text == key)?;
        S::read(&At { node, key: Some(name.span), name: format!("`{key}`") }, self.findings)
    }

    /// Reads a field that must be there.
    pub(super) fn required<S: Required>(&mut self, key: &str) -> S::Value {
        let heading = self.heading();
        if !self.is_meant(key) {
            let message = format!("{} needs the key `{key}`", self.what);
            self.findings.push(Diagnostic::of(&kinds::MISSING_KEY, heading, message).help(format!("add `{key}:`")));
        }
        self.optional::<S>(key).unwrap_or_else(|| S::stand_in(self.key(key).unwrap_or(heading)))
    }
}

fn names(fields: &[Field]) -> String {
    fields.iter().map(|field| format!("`{}`", field.key)).collect::<Vec<_>>().join(", ")
}

/// What is said of a document of another kind.
fn other_document<M: Mapping>(entries: &[(Key, Node)]) -> Option<Diagnostic> {
    let is_there = |field: &Field| field.required && entries.iter().any(|(key, _)| key.text == field.key);
    if M::OTHER_DOCUMENTS.is_empty() || M::fields().iter().any(is_there) {
        return None;
    }
    entries.iter().find_map(|(key, _)| {
        let (_, help) = M::OTHER_DOCUMENTS.iter().find(|(other, _)| *other == key.text)?;
        let message = format!("{} has no key `{}`", M::WHAT, key.text.escape_debug());
        Some(Diagnostic::of(&kinds::UNKNOWN_KEY, key.span, message).help(*help))
    })
}

/// Refuses the keys that a mapping does not know; gives what they were probably meant as.
fn unknown_keys<M: Mapping>(entries: &[(Key, Node)], findings: &mut Vec<Diagnostic>) -> Vec<&'static str> {
    let fields = M::fields();
    let mut meant = Vec::new();
    for (key, _) in entries {
        if fields.iter().any(|field| field.key == key.text) {
            continue;
        }
        let message = format!("{} has no key `{}`", M::WHAT, key.text.escape_debug());
        let finding = Diagnostic::of(&kinds::UNKNOWN_KEY, key.span, message);
        let other = M::OTHER_WORDS.iter().find(|(word, _)| *word == key.text);
        let near = nearest(&key.text, fields.iter().map(|field| field.key));
        let named =
            |help: &str| fields.iter().map(|field| field.key).filter(|key| help.contains(&format!("`{key}"))).collect();
        meant.extend(other.map_or_else(|| near.into_iter().collect::<Vec<_>>(), |(_, help)| named(help)));
        findings.push(match (other, near) {
            (Some((_, help)), _) => finding.help(*help),
            (None, Some(near)) if entries.iter().any(|(other, _)| other.text == near) => {
                finding.help(format!("remove it: `{near}`, which it is most like, is there too"))
            }
            (None, Some(near)) => finding.help(format!("did you mean `{near}`?")).fix(key.span, near),
            (None, None) => finding.help(format!("its keys are {}", names(&fields))),
        });
    }
    meant
}

/// The schema of a mapping.
pub(super) fn object_schema<M: Mapping>(generator: &mut SchemaGenerator) -> Schema {
    let fields = M::fields();
    let mut properties = serde_json::Map::new();
    for field in &fields {
        let mut schema = (field.schema)(generator);
        schema.insert("description".to_owned(), Value::String(prose(field.doc)));
        properties.insert(field.key.to_owned(), schema.to_value());
    }
    let mut schema = Schema::default();
    schema.insert("description".to_owned(), Value::String(prose(M::DOC)));
    schema.insert("type".to_owned(), json!("object"));
    schema.insert("properties".to_owned(), Value::Object(properties));
    let required: Vec<&str> = fields.iter().filter(|field| field.required).map(|field| field.key).collect();
    if !required.is_empty() {
        schema.insert("required".to_owned(), json!(required));
    }
    if !M::OPEN {
        schema.insert("additionalProperties".to_owned(), json!(false));
    }
    M::describe(&mut schema);
    schema
}

/// A doc comment as one text: lines of a paragraph joined, the leading space of each dropped.
pub(super) fn prose(doc: &str) -> String {
    let lines: Vec<&str> = doc.lines().map(|line| line.strip_prefix(' ').unwrap_or(line)).collect();
    let paragraphs: Vec<String> = lines.split(|line| line.is_empty()).map(|lines| lines.join(" ")).collect();
    paragraphs.join("\n\n").trim().to_owned()
}

/// Declares a mapping once: its struct, its reading, its schema.
///
/// Each field is `required`, `optional` (an `Option`), `several` (empty when absent) or the `place` of the mapping
/// itself; behind `=>` stands the shape of its value.
macro_rules! mapping {
    (
        $(#[doc = $doc:literal])*
        pub struct $name:ident is $openness:ident $what:literal {
            $(
                $(#[doc = $field_doc:literal])*
                $presence:ident $field:ident $(as $key:literal)?: $ty:ty => $shape:ty,
            )*
        }
    ) => {
        $(#[doc = $doc])*
        #[derive(Clone, Debug)]
        pub struct $name {
            $( $(#[doc = $field_doc])* pub $field: $ty, )*
        }

        impl $crate::document::shape::Mapping for $name {
            const WHAT: &'static str = $what;
            const OPEN: bool = $crate::document::shape::mapping!(@open $openness);
            const DOC: &'static str = concat!($($doc, "\n"),*);

            fn fields() -> Vec<$crate::document::shape::Field> {
                vec![$(
                    $crate::document::shape::mapping!(
                        @field $presence,
                        $crate::document::shape::mapping!(@key $field $($key)?),
                        concat!($($field_doc, "\n"),*),
                        $shape
                    ),
                )*].into_iter().flatten().collect()
            }
        }

        impl $crate::document::shape::Shape for $name {
            type Value = Self;

            fn read(
                at: &$crate::document::shape::At<'_>,
                findings: &mut Vec<$crate::diagnostic::Diagnostic>,
            ) -> Option<Self> {
                let mut fields = $crate::document::shape::Fields::open::<Self>(at, findings)?;
                $( let $field = $crate::document::shape::mapping!(
                    @read $presence, fields, $crate::document::shape::mapping!(@key $field $($key)?), $shape
                ); )*
                let mut value = Self { $($field),* };
                $crate::document::shape::Particular::check(&mut value, &mut fields);
                Some(value)
            }
        }

        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).trim_end_matches("Document").into()
            }

            fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
                $crate::document::shape::object_schema::<Self>(generator)
            }
        }
    };
    (@open open) => { true };
    (@open closed) => { false };
    (@key $field:ident) => { stringify!($field) };
    (@key $field:ident $key:literal) => { $key };
    (@field place, $key:expr, $doc:expr, $shape:ty) => { None };
    (@field required, $key:expr, $doc:expr, $shape:ty) => {
        $crate::document::shape::mapping!(@row $key, $doc, true, $shape)
    };
    (@field $presence:ident, $key:expr, $doc:expr, $shape:ty) => {
        $crate::document::shape::mapping!(@row $key, $doc, false, $shape)
    };
    (@row $key:expr, $doc:expr, $required:literal, $shape:ty) => {
        Some($crate::document::shape::Field {
            key: $key,
            doc: $doc,
            required: $required,
            schema: |generator| generator.subschema_for::<$shape>(),
        })
    };
    (@read place, $fields:ident, $key:expr, $shape:ty) => { $fields.span() };
    (@read required, $fields:ident, $key:expr, $shape:ty) => { $fields.required::<$shape>($key) };
    (@read optional, $fields:ident, $key:expr, $shape:ty) => { $fields.optional::<$shape>($key) };
    (@read several, $fields:ident, $key:expr, $shape:ty) => { $fields.optional::<$shape>($key).unwrap_or_default() };
}

pub(super) use mapping;
