//! A policy file as written.

use schemars::{Schema, json_schema};
use serde_json::json;

use super::condition::ConditionDocument;
use super::shape::{At, Fields, Particular, Required, Shape, mapping};
use super::shapes::{Code, Count, Duration, Filled, JsonMap, List, Name, OneOrMore, Text, Version, inline_schema};
use super::words::Word;
use crate::diagnostic::{Diagnostic, kinds};
use crate::json::Json;
use crate::source::{Span, Spanned};
use crate::tier::{Layer, Tier};
use crate::yaml::{Key, Node, Scalar};

/// Most policies that one policy names under `extends`.
pub(super) const MAX_EXTENDS: usize = 16;
/// Most limits of one entry or rule.
pub(super) const MAX_LIMITS: usize = 8;
/// Most expressions of one limit's key.
pub(super) const MAX_KEYS: usize = 8;

mapping! {
    /// One policy file: which tier each capability's calls get.
    pub struct PolicyDocument is closed "a policy" {
        /// The policy's name, by which decisions and other policies call it: lower-case letters, digits, `-`.
        required name: Spanned<String> => Name,
        /// The policy's own version, a text: `"1.0"`.
        required version: Spanned<String> => Version,
        /// What the policy is for.
        optional description: Option<Spanned<String>> => Text,
        /// Who speaks: `system` over `organization` over `agent`. When absent: `agent` if `agent` is present,
        /// `organization` else.
        optional layer: Option<Spanned<Layer>> => Word<Layer>,
        /// A pattern of agent names; the policy applies to the calls of the agents it matches.
        optional agent: Option<Spanned<String>> => Filled,
        /// The name of the policy whose entries this one takes over, or a list of names; an entry of the same pattern
        /// replaces the base's. What an entry of a base blocks stays blocked.
        several extends: Vec<Spanned<String>> => OneOrMore<Name, MAX_EXTENDS>,
        /// The answer for calls that no entry answers.
        optional defaults: Option<DefaultsDocument> => Keyed,
        /// Patterns of capability names, and what is said of each. The more specific pattern decides; order never
        /// matters.
        required capabilities: Vec<(Spanned<String>, EntryDocument)> => Capabilities,
    }
}

impl Particular for PolicyDocument {
    const OTHER_WORDS: &'static [(&'static str, &'static str)] = &[
        ("tier", "give the tier of calls that no entry answers as `defaults: { tier: … }`"),
        ("rules", "rules belong to an entry: `capabilities: { \"pattern\": { rules: […] } }`"),
        ("default", "did you mean `defaults: { tier: … }`?"),
        ("permissions", "did you mean `capabilities`?"),
        ("agents", "did you mean `agent`? it takes one pattern; `{a,b}` in it means either"),
    ];
    const OTHER_DOCUMENTS: &'static [(&'static str, &'static str)] = &[
        ("tools", "this is a catalog: call it `NAME.catalog.yaml`, or give it by `--catalog FILE`"),
        ("commands", "this is a catalog: call it `NAME.catalog.yaml`, or give it by `--catalog FILE`"),
        ("tests", "these are policy tests: call them `NAME.test.yaml`"),
    ];

    fn check(&mut self, fields: &mut Fields<'_, '_>) {
        for (at, base) in self.extends.iter().enumerate() {
            if let Some(first) = self.extends.iter().take(at).find(|other| other.value == base.value) {
                let message = format!("the base `{}` is named twice", base.value.escape_debug());
                let finding = Diagnostic::of(&kinds::DUPLICATE_BASE, base.span, message).also(first.span, "first here");
                fields.findings.push(finding.help("remove one of the two"));
            }
        }
        let (Some(agent), Some(layer)) = (&self.agent, &self.layer) else { return };
        if layer.value != Layer::Agent {
            let message = format!("a policy for an agent cannot be of the layer `{}`", layer.value);
            let finding = Diagnostic::of(&kinds::AGENT_LAYER, layer.span, message)
                .also(agent.span, "it applies to these agents alone")
                .help("remove `layer:`, or remove `agent:` to make it hold for every agent");
            fields.findings.push(finding.fix(layer.span, Layer::Agent.as_str()));
        }
    }

    fn describe(schema: &mut Schema) {
        let agent = json!({ "properties": { "layer": { "const": "agent" } } });
        schema.insert("dependentSchemas".to_owned(), json!({ "agent": agent }));
    }
}

/// `annotations:`, handed back with the decision.
pub type Annotations = Vec<(Spanned<String>, Json<'static>)>;

mapping! {
    /// The answer for calls that no entry answers: an entry wider than every pattern.
    pub struct DefaultsDocument is closed "`defaults`" {
        /// The whole mapping's key and value.
        place span: Span => (),
        /// What happens to the call.
        required tier: Spanned<Tier> => Word<Tier>,
        /// How far lower layers may relax `tier`; absent: not at all.
        optional relaxable_to: Option<Spanned<Tier>> => Word<Tier>,
        /// Why, for the people who meet the answer.
        optional reason: Option<Spanned<String>> => Text,
    }
}

impl Particular for DefaultsDocument {}

/// `defaults:`, spanned from its key on.
struct Keyed;
inline_schema!([] Keyed, "defaults", |generator| generator.subschema_for::<DefaultsDocument>());

impl Shape for Keyed {
    type Value = DefaultsDocument;

    fn read(at: &At<'_>, findings: &mut Vec<Diagnostic>) -> Option<DefaultsDocument> {
        let mut defaults = DefaultsDocument::read(at, findings)?;
        defaults.span = at.key.map_or(defaults.span, |key| key.to(defaults.span));
        Some(defaults)
    }
}

/// `capabilities:`
struct Capabilities;
inline_schema!([] Capabilities, "capabilities", |generator| json_schema!({
    "type": "object",
    "minProperties": 1,
    "propertyNames": {
        "description": "A capability name, or a pattern: `*` any run of characters, `?` one, `[a-z]` a class, \
                        `{a,b}` alternatives.",
        "minLength": 1,
    },
    "additionalProperties": generator.subschema_for::<EntryDocument>(),
}));

impl Shape for Capabilities {
    type Value = Vec<(Spanned<String>, EntryDocument)>;

    fn read(at: &At<'_>, findings: &mut Vec<Diagnostic>) -> Option<Self::Value> {
        let Some(entries) = at.node.as_map() else {
            findings.push(at.wrong_type("a map of patterns", "write `pattern: { tier: … }` pairs"));
            return None;
        };
        if entries.is_empty() {
            let help = "add an entry: `filesystem.read: { tier: autonomous }`";
            findings.push(
                Diagnostic::of(&kinds::EMPTY_CAPABILITIES, at.place(), "`capabilities` holds no entry").help(help),
            );
        }
        let read = |(key, node): &(Key, Node)| {
            if key.text.is_empty() {
                let help = "write a capability name, or a pattern like `filesystem.*`";
                findings.push(Diagnostic::of(&kinds::EMPTY_TEXT, key.span, "the pattern is empty").help(help));
            }
            let name = format!("the entry `{}`", key.text.escape_debug());
            let entry = EntryDocument::read(&At { node, key: Some(key.span), name }, findings)?;
            Some((Spanned::new(key.text.clone(), key.span), entry))
        };
        Some(entries.iter().filter_map(read).collect())
    }
}

impl Required for Capabilities {
    fn stand_in(_: Span) -> Self::Value {
        Vec::new()
    }
}

/// Words other engines use inside an entry or a rule.
const ENTRY_WORDS: &[(&str, &str)] = &[
    ("condition", "a condition belongs to a rule: `rules: [{ condition: …, tier: … }]`"),
    ("when", "a condition belongs to a rule: `rules: [{ condition: …, tier: … }]`"),
    ("effect", "did you mean `tier`?"),
    ("action", "did you mean `tier`?"),
    ("decision", "did you mean `tier`?"),
    ("expires", "it belongs into `approval: { expires: … }`"),
    ("approvers", "it belongs into `approval: { approvers: […] }`"),
    ("max", "it belongs into `rate_limit: { max: …, window: … }`"),
    ("window", "it belongs into `rate_limit: { max: …, window: … }`"),
];

mapping! {
    /// What one pattern says: its rules in order, then its own tier.
    pub struct EntryDocument is closed "an entry" {
        /// The value's span.
        place span: Span => (),
        /// A stable name for tools.
        optional id: Option<Spanned<String>> => Filled,
        /// What happens to the call when no rule's condition holds. Without it, less specific entries are asked.
        optional tier: Option<Spanned<Tier>> => Word<Tier>,
        /// How far lower layers may relax `tier`; absent: not at all.
        optional relaxable_to: Option<Spanned<Tier>> => Word<Tier>,
        /// Why, for the people who meet the answer.
        optional reason: Option<Spanned<String>> => Text,
        /// The first rule whose condition holds answers.
        several rules: Vec<RuleDocument> => List<RuleDocument, 1>,
        /// How many calls are admitted: one limit, or a list of which a call must pass each.
        several rate_limit: Vec<RateLimitDocument> => OneOrMore<RateLimitDocument, MAX_LIMITS>,
        /// How an approval is to be given.
        optional approval: Option<ApprovalDocument> => ApprovalDocument,
        /// Words for tools, handed back with the decision.
        several tags: Vec<Spanned<String>> => List<Filled, 0>,
        /// A map handed back with the decision.
        several annotations: Annotations => JsonMap,
    }
}

impl Particular for EntryDocument {
    const OTHER_WORDS: &'static [(&'static str, &'static str)] = ENTRY_WORDS;

    fn check(&mut self, fields: &mut Fields<'_, '_>) {
        if !fields.is_meant("tier") && !fields.is_meant("rules") {
            let finding = Diagnostic::of(&kinds::SILENT_ENTRY, fields.heading(), "this entry says nothing");
            fields.findings.push(finding.help("give it a `tier:`, or `rules:` that have one; or remove it"));
        }
        if let Some(relaxable) = self.relaxable_to.as_ref().filter(|_| !fields.is_meant("tier")) {
            let finding = Diagnostic::of(
                &kinds::RELAXABLE_WITHOUT_TIER,
                relaxable.span,
                "`relaxable_to` without a `tier` to relax",
            );
            let help = "add a `tier` to this entry, or move `relaxable_to` into the rule it is about";
            fields.findings.push(finding.help(help));
        }
    }

    fn describe(schema: &mut Schema) {
        schema.insert("anyOf".to_owned(), json!([{ "required": ["tier"] }, { "required": ["rules"] }]));
        schema.insert("dependentRequired".to_owned(), json!({ "relaxable_to": ["tier"] }));
    }
}

mapping! {
    /// One rule: a condition and the answer when it holds.
    pub struct RuleDocument is closed "a rule" {
        /// The whole item.
        place span: Span => (),
        /// A stable name for tools.
        optional id: Option<Spanned<String>> => Filled,
        /// When the rule answers: an expression, or a map of tests.
        required condition: ConditionDocument => ConditionDocument,
        /// What happens to the call.
        required tier: Spanned<Tier> => Word<Tier>,
        /// How far lower layers may relax `tier`; absent: not at all.
        optional relaxable_to: Option<Spanned<Tier>> => Word<Tier>,
        /// Why, for the people who meet the answer.
        optional reason: Option<Spanned<String>> => Text,
        /// How many calls are admitted: one limit, or a list of which a call must pass each.
        several rate_limit: Vec<RateLimitDocument> => OneOrMore<RateLimitDocument, MAX_LIMITS>,
        /// How an approval is to be given.
        optional approval: Option<ApprovalDocument> => ApprovalDocument,
        /// Words for tools, handed back with the decision.
        several tags: Vec<Spanned<String>> => List<Filled, 0>,
        /// A map handed back with the decision.
        several annotations: Annotations => JsonMap,
    }
}

impl Particular for RuleDocument {
    const OTHER_WORDS: &'static [(&'static str, &'static str)] = &[
        ("when", "did you mean `condition`?"),
        ("if", "did you mean `condition`?"),
        ("then", "did you mean `tier`?"),
        ("effect", "did you mean `tier`?"),
        ("action", "did you mean `tier`?"),
        ("decision", "did you mean `tier`?"),
    ];
}

mapping! {
    /// Never more than `max` admitted calls in any `window`.
    pub struct RateLimitDocument is closed "`rate_limit`" {
        /// The whole mapping.
        place span: Span => (),
        /// Most admitted calls in any window, 1 to 100,000.
        required max: Spanned<u32> => Count<1, 100_000>,
        /// The window: `30s`, `15m`, `1h`, `7d`.
        required window: Spanned<u64> => Duration,
        /// Whose calls are counted together: `agent` (when absent), `global`, or an expression over the call; a list of
        /// expressions counts those together that agree in each.
        several per: Vec<Scalar> => OneOrMore<Code, MAX_KEYS>,
        /// The tier of a call over the limit, at least; stricter than the tier beside it; absent: `blocked`.
        optional on_exceed: Option<Spanned<Tier>> => Word<Tier>,
    }
}

impl Particular for RateLimitDocument {
    const OTHER_WORDS: &'static [(&'static str, &'static str)] =
        &[("limit", "did you mean `max`?"), ("period", "did you mean `window`?"), ("key", "did you mean `per`?")];
}

mapping! {
    /// How an approval is to be given.
    pub struct ApprovalDocument is closed "`approval`" {
        /// The whole mapping.
        place span: Span => (),
        /// How long the request stays open: `30s`, `24h`, `7d`; absent: for ever.
        optional expires: Option<Spanned<u64>> => Duration,
        /// The only supervisors who may decide, by their own names or those of their groups; absent: any.
        several approvers: Vec<Spanned<String>> => List<Filled, 1>,
        /// How many distinct supervisors must approve; absent: one.
        optional quorum: Option<Spanned<u32>> => Count<1, 100>,
    }
}

impl Particular for ApprovalDocument {
    fn check(&mut self, fields: &mut Fields<'_, '_>) {
        let mut seen: Vec<&Spanned<String>> = Vec::new();
        for approver in &self.approvers {
            if let Some(first) = seen.iter().find(|other| other.value == approver.value) {
                let message = format!("the approver `{}` is named twice", approver.value.escape_debug());
                let finding = Diagnostic::of(&kinds::DUPLICATE_APPROVER, approver.span, message);
                fields.findings.push(finding.also(first.span, "first here").help("votes of one supervisor count once"));
            } else {
                seen.push(approver);
            }
        }
    }
}
