//! A policy test document as written: `<name>.test.yaml`.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::shape::{At, Particular, Required, Shape, mapping};
use super::shapes::{Count, Filled, JsonMap, List, Name, Text, inline_schema};
use super::words::Word;
use crate::diagnostic::{Diagnostic, kinds};
use crate::json::{Json, Object};
use crate::source::{Span, Spanned};
use crate::tier::{Layer, Tier};
use crate::yaml::{NodeKind, ScalarValue};

mapping! {
    /// Calls with the decisions that policies are to make of them.
    pub struct SuiteDocument is closed "a test document" {
        /// What the tests are about.
        optional description: Option<Spanned<String>> => Text,
        /// The policy files under test, relative to this file; absent: the policy beside it, `<name>.yaml` of
        /// `<name>.test.yaml`.
        several policies: Vec<Spanned<String>> => List<Filled, 1>,
        /// The catalog to decide with, relative to this file; absent: none.
        optional catalog: Option<Spanned<String>> => Filled,
        /// The cases.
        required tests: Vec<TestDocument> => List<TestDocument, 1>,
    }
}

impl Particular for SuiteDocument {
    const OTHER_WORDS: &'static [(&'static str, &'static str)] =
        &[("cases", "did you mean `tests`?"), ("policy", "did you mean `policies`? it is a list")];
    const OTHER_DOCUMENTS: &'static [(&'static str, &'static str)] =
        &[("capabilities", "this is a policy; its tests stand beside it, in `NAME.test.yaml`")];
}

mapping! {
    /// One call and what is expected of its decision.
    pub struct TestDocument is closed "a test" {
        /// The whole item.
        place span: Span => (),
        /// What the test shows, as a fact.
        required name: Spanned<String> => Filled,
        /// Who calls.
        required agent: Spanned<String> => Filled,
        /// The capability that is called: `filesystem.read`.
        required call: Spanned<String> => Filled,
        /// The arguments; absent: none.
        optional params: Option<Spanned<Json<'static>>> => JsonObject,
        /// What the host vouches for; absent: nothing.
        optional context: Option<Spanned<Json<'static>>> => JsonObject,
        /// The time of the call, RFC 3339: `2026-03-29T14:20:00Z`; absent: unknown.
        optional now: Option<Spanned<jiff::Timestamp>> => Time,
        /// The decision: a tier, or a map.
        required expect: ExpectDocument => Expectation,
    }
}

impl Particular for TestDocument {
    const OTHER_WORDS: &'static [(&'static str, &'static str)] = &[
        ("capability", "did you mean `call`?"),
        ("args", "did you mean `params`?"),
        ("tier", "write it as `expect:`"),
        ("expected", "did you mean `expect`?"),
    ];
}

mapping! {
    /// What is expected of a decision; what is not named may be anything.
    pub struct ExpectDocument is closed "`expect`" {
        /// The whole of it.
        place span: Span => (),
        /// The tier.
        optional tier: Option<Spanned<Tier>> => Word<Tier>,
        /// What decided: the pattern of the deciding entry, or a map.
        optional decided_by: Option<ExpectedDecider> => Decider,
        /// The reason, word for word.
        optional reason: Option<Spanned<String>> => Text,
        /// The unknowns: their number, or texts each of which one of them must hold.
        optional unknowns: Option<ExpectedUnknowns> => ExpectedUnknowns,
    }
}

impl Particular for ExpectDocument {
    fn describe(schema: &mut Schema) {
        schema.insert("minProperties".to_owned(), 1.into());
    }
}

/// `expect:` in either spelling.
struct Expectation;
inline_schema!([] Expectation, "expectation", |generator| json_schema!({
    "oneOf": [generator.subschema_for::<Word<Tier>>(), generator.subschema_for::<ExpectDocument>()],
}));

impl Shape for Expectation {
    type Value = ExpectDocument;

    fn read(at: &At<'_>, findings: &mut Vec<Diagnostic>) -> Option<ExpectDocument> {
        match &at.node.kind {
            NodeKind::Map(entries) if entries.is_empty() => {
                let finding = Diagnostic::of(&kinds::EMPTY_EXPECT, at.place(), "`expect` expects nothing");
                findings.push(finding.help("write a tier, or a map with `tier`, `decided_by`, `reason` or `unknowns`"));
                None
            }
            NodeKind::Map(_) => ExpectDocument::read(at, findings),
            _ => {
                let tier = Some(Word::<Tier>::read(at, findings)?);
                Some(ExpectDocument { tier, ..Self::stand_in(at.node.span) })
            }
        }
    }
}

impl Required for Expectation {
    fn stand_in(span: Span) -> ExpectDocument {
        ExpectDocument { span, tier: None, decided_by: None, reason: None, unknowns: None }
    }
}

mapping! {
    /// What is expected to have decided; what is not named may be anything.
    pub struct ExpectedDecider is closed "`decided_by`" {
        /// The whole of it.
        place span: Span => (),
        /// The policy's name.
        optional policy: Option<Spanned<String>> => Name,
        /// The policy's layer.
        optional layer: Option<Spanned<Layer>> => Word<Layer>,
        /// The pattern of the entry, as written in the policy.
        optional capability: Option<Spanned<String>> => Filled,
        /// The rule of the entry: its `id`, its number from 1, or null for the entry's own tier.
        optional rule: Option<ExpectedRule> => ExpectedRule,
        /// The line of the entry or rule in its file, from 1.
        optional line: Option<Spanned<u32>> => Count<1, 1_000_000>,
    }
}

impl Particular for ExpectedDecider {}

/// `decided_by:` in either spelling.
struct Decider;
inline_schema!([] Decider, "decider", |generator| json_schema!({
    "oneOf": [generator.subschema_for::<Filled>(), generator.subschema_for::<ExpectedDecider>()],
}));

impl Shape for Decider {
    type Value = ExpectedDecider;

    fn read(at: &At<'_>, findings: &mut Vec<Diagnostic>) -> Option<ExpectedDecider> {
        if at.node.as_map().is_some() {
            return ExpectedDecider::read(at, findings);
        }
        let capability = Some(Filled::read(at, findings)?);
        let span = at.node.span;
        Some(ExpectedDecider { span, policy: None, layer: None, capability, rule: None, line: None })
    }
}

/// Which rule of an entry is expected to have decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExpectedRule {
    /// No rule: the entry's own tier.
    None(Span),
    /// The rule of this number, from 1.
    Number(Spanned<u32>),
    /// The rule of this `id`.
    Id(Spanned<String>),
}

impl Shape for ExpectedRule {
    type Value = Self;

    fn read(at: &At<'_>, findings: &mut Vec<Diagnostic>) -> Option<Self> {
        match at.node.as_scalar().map(|scalar| &scalar.value) {
            Some(ScalarValue::Null) => Some(Self::None(at.place())),
            Some(ScalarValue::Int(_) | ScalarValue::UInt(_)) => {
                Count::<1, 10_000>::read(at, findings).map(Self::Number)
            }
            _ => Filled::read(at, findings).map(Self::Id),
        }
    }
}

inline_schema!([] ExpectedRule, "rule", |_| json_schema!({
    "oneOf": [
        { "type": "null" },
        { "type": "integer", "minimum": 1, "maximum": 10_000 },
        { "type": "string", "pattern": "\\S" },
    ],
}));

/// The unknowns that a decision is expected to list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExpectedUnknowns {
    /// So many.
    Count(Spanned<u32>),
    /// Each of these texts occurs in one of them.
    Texts(Vec<Spanned<String>>),
}

impl Shape for ExpectedUnknowns {
    type Value = Self;

    fn read(at: &At<'_>, findings: &mut Vec<Diagnostic>) -> Option<Self> {
        match &at.node.kind {
            NodeKind::List(items) if items.is_empty() => Some(Self::Count(Spanned::new(0, at.node.span))),
            NodeKind::List(_) => List::<Filled, 0>::read(at, findings).map(Self::Texts),
            _ => Count::<0, 10_000>::read(at, findings).map(Self::Count),
        }
    }
}

inline_schema!([] ExpectedUnknowns, "unknowns", |_| json_schema!({
    "oneOf": [
        { "type": "integer", "minimum": 0, "maximum": 10_000 },
        { "type": "array", "items": { "type": "string", "pattern": "\\S" } },
    ],
}));

/// A map handed on as JSON.
struct JsonObject;

impl JsonSchema for JsonObject {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "json object".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        generator.subschema_for::<JsonMap>()
    }
}

impl Shape for JsonObject {
    type Value = Spanned<Json<'static>>;

    fn read(at: &At<'_>, findings: &mut Vec<Diagnostic>) -> Option<Self::Value> {
        if at.node.as_map().is_none() {
            findings.push(at.wrong_type("a map", "write `{ name: value }`"));
            return None;
        }
        let json = at.node.to_json();
        let json = if json.as_object().is_some() { json } else { Json::Object(Object::default()) };
        Some(Spanned::new(json, at.node.span))
    }
}

/// A point in time, RFC 3339.
struct Time;
inline_schema!([] Time, "time", |_| json_schema!({
    "type": "string",
    "format": "date-time",
    "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]{1,9})?(Z|[+-][0-9]{2}:[0-9]{2})$",
    "examples": ["2026-03-29T14:20:00Z"],
}));

impl Shape for Time {
    type Value = Spanned<jiff::Timestamp>;

    fn read(at: &At<'_>, findings: &mut Vec<Diagnostic>) -> Option<Self::Value> {
        let text = Filled::read(at, findings)?;
        if let Some(time) = text.value.parse().ok().filter(|_| is_rfc3339(&text.value)) {
            return Some(Spanned::new(time, text.span));
        }
        let message = format!("`{}` is not a point in time", text.value.escape_debug());
        let finding = Diagnostic::of(&kinds::INVALID_TIME, text.span, message);
        findings.push(finding.help("write RFC 3339 with an offset: `2026-03-29T14:20:00Z`"));
        None
    }
}

/// Whether a text has the form of RFC 3339, upper case; parsers take more.
fn is_rfc3339(text: &str) -> bool {
    let form: String = text.chars().map(|each| if each.is_ascii_digit() { '0' } else { each }).collect();
    let Some(rest) = form.strip_prefix("0000-00-00T00:00:00") else { return false };
    let offset = match rest.strip_prefix('.') {
        Some(fraction) => {
            let offset = fraction.trim_start_matches('0');
            if !(1..=9).contains(&(fraction.len() - offset.len())) {
                return false;
            }
            offset
        }
        None => rest,
    };
    matches!(offset, "Z" | "+00:00" | "-00:00")
}
