//! One request put to the engine.

use std::fmt;

use jiff::Timestamp;

use crate::json::{Json, JsonError, Object};
use crate::suggest;

/// A call, borrowed from wherever its parts live. Build one from JSON with [`CallDocument::parse`].
#[derive(Clone, Copy, Debug)]
pub struct Call<'a> {
    /// Who calls.
    pub agent: &'a str,
    /// What is called.
    pub capability: &'a str,
    /// The arguments, an object; a call with anything else is invalid.
    pub params: &'a Json<'a>,
    /// What the host vouches for, an object.
    pub context: &'a Json<'a>,
    /// The host's time; conditions on time are unknown without it.
    pub now: Option<Timestamp>,
}

/// A call as read from one JSON object: `agent`, `capability`, and optionally `params`, `context`, `now`.
#[derive(Clone, Debug, PartialEq)]
pub struct CallDocument<'a> {
    agent: Json<'a>,
    capability: Json<'a>,
    params: Json<'a>,
    context: Json<'a>,
    now: Option<Timestamp>,
}

/// Why a JSON text is not a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CallError {
    /// Not a JSON text we take; with its position.
    Json(JsonError),
    /// JSON, but not the object a call is.
    Shape(String),
}

impl fmt::Display for CallError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Json(error) => error.fmt(f),
            Self::Shape(message) => f.write_str(message),
        }
    }
}

impl std::error::Error for CallError {}

impl From<JsonError> for CallError {
    fn from(error: JsonError) -> Self {
        Self::Json(error)
    }
}

const FIELDS: [&str; 5] = ["agent", "capability", "params", "context", "now"];

impl<'a> CallDocument<'a> {
    /// Reads a call, strictly: see [`crate::json`] for what is refused in the JSON itself.
    ///
    /// # Errors
    /// When the text is not such JSON, is not an object, lacks `agent` or `capability`, holds a field of the wrong type
    /// or one that is not known.
    pub fn parse(text: &'a [u8]) -> Result<Self, CallError> {
        Self::from_json(Json::parse(text)?)
    }

    /// Takes over a parsed JSON value.
    ///
    /// # Errors
    /// As [`CallDocument::parse`].
    pub fn from_json(json: Json<'a>) -> Result<Self, CallError> {
        let Json::Object(object) = json else {
            return Err(CallError::Shape(format!("a call is a JSON object, not a {}", json.kind())));
        };
        let (mut agent, mut capability, mut now) = (None, None, None);
        let nothing = || Json::Object(Object::default());
        let (mut params, mut context) = (nothing(), nothing());
        for (key, value) in object.into_entries() {
            match key.as_ref() {
                "agent" => agent = Some(text(&key, value)?),
                "capability" => capability = Some(text(&key, value)?),
                "params" => params = map(&key, value)?,
                "context" => context = map(&key, value)?,
                "now" => now = timestamp(&value)?,
                unknown => return Err(CallError::Shape(unknown_field(unknown))),
            }
        }
        let agent = agent.ok_or_else(|| missing("agent"))?;
        let capability = capability.ok_or_else(|| missing("capability"))?;
        Ok(Self { agent, capability, params, context, now })
    }

    /// The call, borrowed from this document.
    #[must_use]
    pub fn call(&'a self) -> Call<'a> {
        Call {
            agent: self.agent.as_text().unwrap_or_default(),
            capability: self.capability.as_text().unwrap_or_default(),
            params: &self.params,
            context: &self.context,
            now: self.now,
        }
    }
}

fn text<'a>(field: &str, value: Json<'a>) -> Result<Json<'a>, CallError> {
    match value {
        Json::Text(_) => Ok(value),
        other => Err(CallError::Shape(format!("`{field}` is a string, not a {}", other.kind()))),
    }
}

fn map<'a>(field: &str, value: Json<'a>) -> Result<Json<'a>, CallError> {
    match value {
        Json::Object(_) => Ok(value),
        other => Err(CallError::Shape(format!("`{field}` is an object, not a {}", other.kind()))),
    }
}

fn timestamp(value: &Json<'_>) -> Result<Option<Timestamp>, CallError> {
    let wrong = || CallError::Shape("`now` is an RFC 3339 time such as `2026-03-29T14:20:00Z`".to_owned());
    value.as_text().and_then(|text| text.parse().ok()).map(Some).ok_or_else(wrong)
}

fn missing(field: &str) -> CallError {
    CallError::Shape(format!("a call needs `{field}`"))
}

fn unknown_field(name: &str) -> String {
    let known = format!("a call has `{}`", FIELDS.join("`, `"));
    let shown = name.escape_debug();
    match suggest::nearest(name, FIELDS) {
        Some(near) => format!("`{shown}` is not a field of a call; did you mean `{near}`?"),
        None => format!("`{shown}` is not a field of a call; {known}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(text: &str) -> String {
        CallDocument::parse(text.as_bytes()).unwrap_err().to_string()
    }

    #[test]
    fn a_whole_call_is_read() {
        let text =
            br#"{"agent":"a","capability":"x.y","params":{"p":1},"context":{"s":"1"},"now":"2026-03-29T14:20:00Z"}"#;
        let document = CallDocument::parse(text).unwrap();
        let call = document.call();
        assert_eq!((call.agent, call.capability), ("a", "x.y"));
        assert_eq!(call.params.as_object().unwrap().get("p"), Some(&Json::Int(1)));
        assert_eq!(call.now.unwrap().to_string(), "2026-03-29T14:20:00Z");
    }

    #[test]
    fn a_misspelt_field_is_refused_with_the_right_one() {
        assert!(refused(r#"{"agent":"a","capability":"x","parms":{}}"#).contains("did you mean `params`"));
    }

    #[test]
    fn params_that_are_no_object_are_refused() {
        assert!(refused(r#"{"agent":"a","capability":"x","params":[1]}"#).contains("not a list"));
        assert!(refused(r#"{"agent":"a","capability":"x","params":null}"#).contains("not a null"));
    }

    #[test]
    fn a_call_without_an_agent_is_refused() {
        assert!(refused(r#"{"capability":"x"}"#).contains("needs `agent`"));
    }

    #[test]
    fn a_time_that_is_none_is_refused() {
        assert!(refused(r#"{"agent":"a","capability":"x","now":"yesterday"}"#).contains("RFC 3339"));
    }
}
