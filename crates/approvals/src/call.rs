//! A call as it is stored: the canonical form that is judged, shown, hashed and executed.
//!
//! Canonical JSON: the keys of every object in byte order, no space between tokens, numbers and strings as `serde_json`
//! writes them. Two texts that the engine reads as one value have one canonical form.

use std::borrow::Cow;
use std::fmt;

use kruxos_policy::json::{Json, JsonError};
use kruxos_policy::number::Number;
use kruxos_policy::wire::JsonDocument;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::digest::Digest;

/// A JSON value as its canonical text.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct JsonText(String);

impl JsonText {
    /// The canonical text of a value.
    #[must_use]
    pub fn of(json: &Json<'_>) -> Self {
        Self(json.text())
    }

    /// Reads any JSON text and brings it into canonical form.
    ///
    /// # Errors
    /// When it is not JSON as [`kruxos_policy::json`] takes it.
    pub fn parse(text: &str) -> Result<Self, JsonError> {
        Json::parse(text.as_bytes()).map(|json| Self::of(&json))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The value. What was canonical is JSON, so this is `Null` only for what no parser wrote.
    #[must_use]
    pub fn json(&self) -> Json<'_> {
        Json::parse(self.0.as_bytes()).unwrap_or(Json::Null)
    }

    /// The digest of the text.
    #[must_use]
    pub fn digest(&self) -> Digest {
        Digest::of(self.0.as_bytes())
    }
}

impl fmt::Debug for JsonText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for JsonText {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        JsonDocument(&self.json()).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for JsonText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = serde_json::Value::deserialize(deserializer)?;
        Json::from_value(&value).map(|json| Self::of(&json)).map_err(serde::de::Error::custom)
    }
}

impl JsonSchema for JsonText {
    fn schema_name() -> Cow<'static, str> {
        "Json".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "description": "Any JSON value." })
    }
}

/// The params of a call, an object, as canonical text.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, JsonSchema)]
#[serde(transparent)]
pub struct Params(JsonText);

/// Why a value is not a call's params.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotParams {
    /// It is no object, but of this kind.
    NotAnObject(&'static str),
    /// It holds a number that whoever reads numbers as doubles would carry out as another than was judged.
    BeyondDoubles(Number),
}

impl fmt::Display for NotParams {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotAnObject(kind) => write!(f, "`params` is an object, not a {kind}"),
            Self::BeyondDoubles(number) => {
                write!(f, "`params` holds {number}, which has more digits than a double keeps; send fewer, or text")
            }
        }
    }
}

impl std::error::Error for NotParams {}

impl Params {
    /// The params of a call.
    ///
    /// # Errors
    /// When they are no object, or hold a number that doubles cannot tell from others.
    pub fn of(json: &Json<'_>) -> Result<Self, NotParams> {
        match (json, json.beyond_doubles()) {
            (Json::Object(_), None) => Ok(Self(JsonText::of(json))),
            (Json::Object(_), Some(number)) => Err(NotParams::BeyondDoubles(number)),
            (other, _) => Err(NotParams::NotAnObject(other.kind())),
        }
    }

    /// The canonical text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// The object.
    #[must_use]
    pub fn json(&self) -> Json<'_> {
        self.0.json()
    }

    /// The digest of the canonical text.
    #[must_use]
    pub fn digest(&self) -> Digest {
        self.0.digest()
    }
}

impl<'de> Deserialize<'de> for Params {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = JsonText::deserialize(deserializer)?;
        Self::of(&text.json()).map_err(serde::de::Error::custom)
    }
}

/// What makes two calls identical: the same agent, capability and params.
#[must_use]
pub fn call_digest(agent: &str, capability: &str, params: &Params) -> Digest {
    Digest::of_parts(&[b"kruxos call 1", agent.as_bytes(), capability.as_bytes(), params.as_str().as_bytes()])
}

/// What is approved: the call, and the policy set that asked for the approval.
#[must_use]
pub fn approval_digest(agent: &str, capability: &str, params: &Params, policy_digest: &str) -> Digest {
    let call = call_digest(agent, capability, params);
    Digest::of_parts(&[b"kruxos approval 1", call.as_bytes(), policy_digest.as_bytes()])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn params(text: &str) -> Params {
        Params::of(&Json::parse(text.as_bytes()).unwrap()).unwrap()
    }

    #[test]
    fn spellings_of_one_value_have_one_canonical_form() {
        let canonical = r#"{"a":[1,1.5,"é\n"],"b":{"c":null,"d":true}}"#;
        assert_eq!(params(canonical).as_str(), canonical);
        let spelt = "{ \"b\": {\"d\":true, \"c\":null},\n \"\\u0061\": [1, 15e-1, \"\\u00e9\\n\"] }";
        assert_eq!(params(spelt).as_str(), canonical);
    }

    #[test]
    fn values_that_differ_have_forms_that_differ() {
        assert_ne!(params(r#"{"a":1}"#), params(r#"{"a":1.0}"#));
        assert_ne!(params(r#"{"a":1}"#), params(r#"{"a":"1"}"#));
        assert_ne!(params(r#"{"a":"é"}"#), params(r#"{"a":"e\u0301"}"#));
        assert_ne!(params(r#"{"a":null}"#), params("{}"));
    }

    #[test]
    fn params_that_are_no_object_are_refused() {
        assert_eq!(Params::of(&Json::Int(1)).unwrap_err().to_string(), "`params` is an object, not a number");
        assert!(serde_json::from_str::<Params>("[1]").is_err());
    }

    #[test]
    fn a_number_that_would_be_carried_out_as_another_is_refused() {
        let json = Json::parse(br#"{"amount":100.00000000000000001}"#).unwrap();
        let why = Params::of(&json).unwrap_err().to_string();
        assert_eq!(
            why,
            "`params` holds 100.00000000000000001, which has more digits than a double keeps; send fewer, or text"
        );
    }

    #[test]
    fn params_survive_being_written_and_read() {
        let own = params(r#"{"big":18446744073709551615,"f":0.1,"neg":-9223372036854775808,"s":"\u0000\u202e"}"#);
        let text = serde_json::to_string(&own).unwrap();
        assert_eq!(serde_json::from_str::<Params>(&text).unwrap(), own);
        assert_eq!(text, own.as_str());
    }

    #[test]
    fn the_digest_covers_every_part() {
        let base = approval_digest("a", "b.c", &params("{}"), "p");
        for other in [
            approval_digest("x", "b.c", &params("{}"), "p"),
            approval_digest("a", "b.x", &params("{}"), "p"),
            approval_digest("a", "b.c", &params(r#"{"x":1}"#), "p"),
            approval_digest("a", "b.c", &params("{}"), "x"),
            approval_digest("ab", ".c", &params("{}"), "p"),
        ] {
            assert_ne!(base, other);
        }
    }

    proptest::proptest! {
        #[test]
        fn every_number_survives_being_kept(number in proptest::num::f64::NORMAL | proptest::num::f64::SUBNORMAL | proptest::num::f64::ZERO) {
            let own = JsonText::of(&Json::Decimal(Number::of_double(number).unwrap()));
            let text = serde_json::to_string(&own).unwrap();
            proptest::prop_assert_eq!(&text, own.as_str());
            proptest::prop_assert_eq!(serde_json::from_str::<JsonText>(&text).unwrap(), own);
        }
    }
}
