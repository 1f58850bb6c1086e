//! The params of a call, read as one capability takes them. What it does not take is refused: a param that is passed over
//! in silence is a promise broken.

use kruxos_policy::json::{Json, Object};

use crate::executor::{ExecutionError, Work};

/// The params of one call, all of them known by name.
pub(super) struct Arguments<'a>(Object<'a>);

impl<'a> Arguments<'a> {
    /// The params of the work, none of which may have another name than these.
    pub(super) fn of(work: &'a Work, known: &[&str]) -> Result<Self, ExecutionError> {
        let Json::Object(params) = work.params.json() else {
            return Err(ExecutionError::new("`params` is not an object"));
        };
        match params.entries().iter().find(|(name, _)| !known.contains(&name.as_ref())) {
            Some((name, _)) => Err(unknown(name, &work.capability, known)),
            None => Ok(Self(params)),
        }
    }

    /// A text that has to be there.
    pub(super) fn text(&self, name: &str) -> Result<&str, ExecutionError> {
        self.optional_text(name)?.ok_or_else(|| ExecutionError::new(format!("`{name}` is missing")))
    }

    /// A text that may be there.
    pub(super) fn optional_text(&self, name: &str) -> Result<Option<&str>, ExecutionError> {
        self.optional(name, "a string", Json::as_text)
    }

    /// `true` or `false`; `false` when it is not there.
    pub(super) fn flag(&self, name: &str) -> Result<bool, ExecutionError> {
        let flag = self.optional(name, "`true` or `false`", |value| match value {
            Json::Bool(flag) => Some(*flag),
            _ => None,
        })?;
        Ok(flag.unwrap_or(false))
    }

    /// A whole number that is not negative.
    pub(super) fn number(&self, name: &str) -> Result<Option<u64>, ExecutionError> {
        self.optional(name, "a whole number from 0", |value| match value {
            Json::Int(number) => u64::try_from(*number).ok(),
            Json::UInt(number) => Some(*number),
            _ => None,
        })
    }

    /// A list of texts; empty when it is not there.
    pub(super) fn texts(&self, name: &str) -> Result<Vec<&str>, ExecutionError> {
        let texts = self.optional(name, "a list of strings", |value| match value {
            Json::List(items) => items.iter().map(Json::as_text).collect(),
            _ => None,
        })?;
        Ok(texts.unwrap_or_default())
    }

    /// An object whose values are texts; empty when it is not there.
    pub(super) fn named_texts(&self, name: &str) -> Result<Vec<(&str, &str)>, ExecutionError> {
        let texts = self.optional(name, "an object whose values are strings", |value| {
            let entries = value.as_object()?.entries().iter();
            entries.map(|(key, value)| Some((key.as_ref(), value.as_text()?))).collect()
        })?;
        Ok(texts.unwrap_or_default())
    }

    /// Any value that has to be there.
    pub(super) fn value(&self, name: &str) -> Result<&Json<'a>, ExecutionError> {
        self.0.get(name).ok_or_else(|| ExecutionError::new(format!("`{name}` is missing")))
    }

    fn optional<'s, T>(
        &'s self,
        name: &str,
        expected: &str,
        read: impl FnOnce(&'s Json<'a>) -> Option<T>,
    ) -> Result<Option<T>, ExecutionError> {
        let Some(value) = self.0.get(name) else { return Ok(None) };
        let wrong = || ExecutionError::new(format!("`{name}` is {expected}, not {}", shown(value)));
        read(value).map(Some).ok_or_else(wrong)
    }
}

fn unknown(name: &str, capability: &str, known: &[&str]) -> ExecutionError {
    let known: Vec<String> = known.iter().map(|name| format!("`{name}`")).collect();
    let takes = if known.is_empty() { "no params".to_owned() } else { known.join(", ") };
    ExecutionError::new(format!("`{}` is not known; `{capability}` takes {takes}", name.escape_debug()))
}

/// A number as it is, anything else by its kind: texts may be long, and secret.
fn shown(value: &Json<'_>) -> String {
    match value {
        Json::Int(number) => number.to_string(),
        Json::Decimal(number) => number.to_string(),
        Json::Null => "null".to_owned(),
        Json::List(_) => "this list".to_owned(),
        Json::Object(_) => "this object".to_owned(),
        other => format!("a {}", other.kind()),
    }
}
