//! A decision as JSON: the stable names that gateways, SDKs and auditors read.

use std::borrow::Cow;
use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;
use serde::de::{Deserialize, Deserializer, Error as _};
use serde::ser::{Error as _, SerializeMap, SerializeSeq, Serializer};
use serde_json::value::RawValue;

use crate::decision::{Decision, UnknownTest};
use crate::json::Json;
use crate::number::Number;
use crate::outcome::Origin;
use crate::rate_limit::{Key, LimitUse};
use crate::tier::{Layer, Tier};

/// The engine's answer to one call.
#[derive(Debug, Serialize, JsonSchema)]
pub struct DecisionDocument<'d> {
    /// What happens to the call.
    pub tier: Tier,
    /// Why.
    pub reason: Cow<'d, str>,
    /// Where the answer is written; null when no policy answers or the call is invalid.
    pub decided_by: Option<OriginDocument<'d>>,
    /// What each layer says, in order of authority; a null tier where a layer has no answer.
    pub layers: [LayerDocument; 3],
    /// The limits the call has to be taken from before it is carried out.
    pub rate_limits: Vec<LimitDocument<'d>>,
    /// Tests that could not be computed; the tier is the strictest they allow.
    pub unknowns: Vec<UnknownDocument<'d>>,
    /// What the deciding rule and its entry want handed back.
    pub annotations: BTreeMap<&'d str, JsonDocument<'d>>,
    /// The tags of the deciding rule and its entry.
    pub tags: Vec<&'d str>,
    /// How an approval is to be given; absent where the policy does not say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub approval: Option<ApprovalObligation<'d>>,
    /// The digest of the policy set that decided.
    #[schemars(regex(pattern = "^sha256:[0-9a-f]{64}$"))]
    pub policy_digest: &'d str,
}

/// Where an answer is written.
#[derive(Debug, Serialize, JsonSchema)]
pub struct OriginDocument<'d> {
    /// The policy's name.
    pub policy: &'d str,
    /// The policy's layer.
    pub layer: Layer,
    /// The entry's pattern; null for `defaults`.
    pub capability: Option<&'d str>,
    /// The rule's place in the entry's `rules`, from 1; null for the entry's own tier.
    pub rule: Option<u32>,
    /// The `id` of the rule or entry; absent where it has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<&'d str>,
    /// The policy's file.
    pub file: &'d str,
    /// Line, from 1.
    #[schemars(range(min = 1))]
    pub line: u32,
    /// Column in characters, from 1.
    #[schemars(range(min = 1))]
    pub column: u32,
}

/// One layer's answer.
#[derive(Debug, Serialize, JsonSchema)]
pub struct LayerDocument {
    /// The layer.
    pub layer: Layer,
    /// Its tier; null where it has no answer.
    pub tier: Option<Tier>,
}

/// One limit that applies.
#[derive(Debug, Serialize, JsonSchema)]
pub struct LimitDocument<'d> {
    /// Most admitted calls in any window.
    pub max: u32,
    /// The window in milliseconds.
    pub window_ms: u64,
    /// What the limit says and where, as a digest: the same in every policy set that has it.
    pub limit: &'d str,
    /// Whose calls are counted together, a value as the call has it; absent when it could not be computed, which counts
    /// as spent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<KeyDocument<'d>>,
    /// The tier of a call over the limit, at least.
    pub on_exceed: Tier,
    /// The policy's file.
    pub file: &'d str,
    /// Line, from 1.
    pub line: u32,
}

/// One test that could not be computed.
#[derive(Debug, Serialize, JsonSchema)]
pub struct UnknownDocument<'d> {
    /// The test.
    pub test: &'d str,
    /// The policy's file.
    pub file: &'d str,
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
    /// Why it could not be computed.
    pub cause: String,
    /// What would resolve it.
    pub help: String,
}

/// How an approval is to be given.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ApprovalObligation<'d> {
    /// Milliseconds until the request expires; null: never.
    pub expires_ms: Option<u64>,
    /// Who may decide; empty: any supervisor.
    pub approvers: &'d [String],
    /// How many distinct supervisors must approve.
    pub quorum: u32,
}

/// A key of a limit: a JSON value, or the text of one of another type.
#[derive(Debug)]
pub struct KeyDocument<'d>(pub &'d Key);

/// Any JSON value.
#[derive(Debug)]
pub struct JsonDocument<'d>(pub &'d Json<'d>);

impl<'d> From<&'d Decision<'_>> for DecisionDocument<'d> {
    fn from(decision: &'d Decision<'_>) -> Self {
        let outcome = decision.decided_by;
        Self {
            tier: decision.tier,
            reason: decision.reason(),
            decided_by: outcome.map(|outcome| OriginDocument::from(&outcome.origin)),
            layers: Layer::ALL
                .map(|layer| LayerDocument { layer, tier: decision.layer(layer).map(|answer| answer.tier) }),
            rate_limits: decision.rate_limits.iter().map(LimitDocument::from).collect(),
            unknowns: decision.unknowns.iter().map(UnknownDocument::from).collect(),
            annotations: outcome
                .iter()
                .flat_map(|outcome| &outcome.annotations)
                .map(|(key, value)| (key.as_ref(), JsonDocument(value)))
                .collect(),
            tags: outcome.iter().flat_map(|outcome| &outcome.tags).map(AsRef::as_ref).collect(),
            approval: decision.approval().map(|approval| ApprovalObligation {
                expires_ms: approval.expires,
                approvers: &approval.approvers,
                quorum: approval.quorum,
            }),
            policy_digest: decision.policy_digest,
        }
    }
}

impl<'d> From<&'d Origin> for OriginDocument<'d> {
    fn from(origin: &'d Origin) -> Self {
        Self {
            policy: &origin.policy,
            layer: origin.layer,
            capability: origin.capability.as_deref(),
            rule: origin.rule.map(|rule| rule.saturating_add(1)),
            id: origin.id.as_deref(),
            file: &origin.file,
            line: origin.position.line,
            column: origin.position.column,
        }
    }
}

impl<'d> From<&'d LimitUse<'_>> for LimitDocument<'d> {
    fn from(used: &'d LimitUse<'_>) -> Self {
        Self {
            max: used.limit.max,
            window_ms: used.limit.window_ms,
            limit: &used.limit.identity,
            key: used.key.as_ref().map(KeyDocument),
            on_exceed: used.limit.on_exceed,
            file: &used.limit.origin.file,
            line: used.limit.origin.position.line,
        }
    }
}

impl<'d> From<&'d UnknownTest<'_>> for UnknownDocument<'d> {
    fn from(unknown: &'d UnknownTest<'_>) -> Self {
        Self {
            test: unknown.test,
            file: unknown.file,
            line: unknown.position.line,
            column: unknown.position.column,
            cause: unknown.cause.to_string(),
            help: unknown.help(),
        }
    }
}

impl<'de> Deserialize<'de> for Tier {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let word = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        word.parse().map_err(|()| D::Error::custom(format!("`{}` is no tier", word.escape_debug())))
    }
}

impl Serialize for Tier {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl Serialize for Layer {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl Serialize for JsonDocument<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Json::Null => serializer.serialize_unit(),
            Json::Bool(value) => serializer.serialize_bool(*value),
            Json::Int(value) => serializer.serialize_i64(*value),
            Json::UInt(value) => serializer.serialize_u64(*value),
            Json::Decimal(value) => serialize_number(*value, serializer),
            Json::Text(text) => serializer.serialize_str(text),
            Json::List(items) => {
                let mut list = serializer.serialize_seq(Some(items.len()))?;
                items.iter().try_for_each(|item| list.serialize_element(&JsonDocument(item)))?;
                list.end()
            }
            Json::Object(object) => {
                let mut map = serializer.serialize_map(Some(object.len()))?;
                object.entries().iter().try_for_each(|(key, value)| map.serialize_entry(key, &JsonDocument(value)))?;
                map.end()
            }
        }
    }
}

/// A number as a double, or where it has more digits than a double holds, as its text.
fn serialize_number<S: Serializer>(number: Number, serializer: S) -> Result<S::Ok, S::Error> {
    if !number.is_beyond_doubles() {
        return serializer.serialize_f64(number.to_f64());
    }
    RawValue::from_string(number.text()).map_err(S::Error::custom)?.serialize(serializer)
}

impl Serialize for KeyDocument<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Key::Null => serializer.serialize_unit(),
            Key::Bool(value) => serializer.serialize_bool(*value),
            Key::Number(value) => match value.as_whole() {
                Some(whole) => serializer.serialize_i128(whole),
                None => serialize_number(*value, serializer),
            },
            Key::Text(text) => serializer.serialize_str(text),
            Key::List(items) => serializer.collect_seq(items.iter().map(KeyDocument)),
            Key::Map(entries) if entries.iter().all(|(key, _)| matches!(key, Key::Text(_))) => {
                serializer.collect_map(entries.iter().map(|(key, value)| (KeyDocument(key), KeyDocument(value))))
            }
            typed => serializer.collect_str(typed),
        }
    }
}

/// The schema of what may be any JSON value.
macro_rules! any_json_schema {
    ($type:ty, $name:literal) => {
        impl JsonSchema for $type {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                $name.into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!(true)
            }

            fn inline_schema() -> bool {
                true
            }
        }
    };
}

any_json_schema!(JsonDocument<'_>, "Json");
any_json_schema!(KeyDocument<'_>, "Key");

/// The schema of a word of a fixed list.
macro_rules! word_schema {
    ($type:ty, $name:literal, $doc:literal) => {
        impl JsonSchema for $type {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                $name.into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                let words = <$type>::ALL.map(<$type>::as_str);
                schemars::json_schema!({ "type": "string", "enum": words, "description": $doc })
            }
        }
    };
}

word_schema!(Tier, "Tier", "What happens to a call; stricter is later.");
word_schema!(Layer, "Layer", "Who speaks, in order of authority, the highest first.");
