//! The params of each method: read field by field, nothing ignored.

use kruxos_approvals::request::RequestId;
use kruxos_policy::json::{Json, Object};

/// How a method's params are read. The error says what is wrong and what is known.
pub(super) trait ReadParams: Sized + Send + 'static {
    /// Takes the fields it knows.
    fn read(fields: &mut Fields) -> Result<Self, String>;
}

/// The params of a call; `None` where it has none.
pub(super) fn read<P: ReadParams>(params: Option<Json<'static>>) -> Result<P, String> {
    let mut fields = Fields::of(params)?;
    let own = P::read(&mut fields)?;
    fields.end().map(|()| own)
}

/// Fields that are still to be read.
pub(super) struct Fields {
    open: Vec<(String, Json<'static>)>,
    known: Vec<&'static str>,
}

impl Fields {
    fn of(params: Option<Json<'static>>) -> Result<Self, String> {
        let entries = match params {
            None => Vec::new(),
            Some(Json::Object(object)) => object.into_entries(),
            Some(other) => return Err(format!("`params` is an object with named fields, not a {}", other.kind())),
        };
        let open = entries.into_iter().map(|(key, value)| (key.into_owned(), value)).collect();
        Ok(Self { open, known: Vec::new() })
    }

    fn optional(&mut self, name: &'static str) -> Option<Json<'static>> {
        self.known.push(name);
        let at = self.open.iter().position(|(key, _)| key == name)?;
        Some(self.open.swap_remove(at).1)
    }

    fn value(&mut self, name: &'static str) -> Result<Json<'static>, String> {
        self.optional(name).ok_or_else(|| format!("`{name}` is missing"))
    }

    fn text(&mut self, name: &'static str) -> Result<String, String> {
        match self.value(name)? {
            Json::Text(text) => Ok(text.into_owned()),
            other => Err(format!("`{name}` is a string, not a {}", other.kind())),
        }
    }

    fn request_id(&mut self) -> Result<RequestId, String> {
        let text = self.text("request_id")?;
        text.parse().map_err(|error| format!("`request_id`: {error}, not like `{}`", shown(&text)))
    }

    fn end(self) -> Result<(), String> {
        let Some((unknown, _)) = self.open.first() else { return Ok(()) };
        let known: Vec<String> = self.known.iter().map(|name| format!("`{name}`")).collect();
        let known =
            if known.is_empty() { "there are none".to_owned() } else { format!("known are {}", known.join(", ")) };
        Err(format!("`{}` is not a param of this method; {known}", shown(unknown)))
    }
}

/// As much of what was sent as an error repeats.
pub(super) fn shown(text: &str) -> String {
    let mut shown: String = text.chars().take(60).flat_map(char::escape_debug).collect();
    if text.chars().nth(60).is_some() {
        shown.push('…');
    }
    shown
}

/// No params at all.
pub(super) struct Nothing;

impl ReadParams for Nothing {
    fn read(_: &mut Fields) -> Result<Self, String> {
        Ok(Self)
    }
}

/// A capability's name.
pub(super) struct Named {
    pub(super) capability: String,
}

impl ReadParams for Named {
    fn read(fields: &mut Fields) -> Result<Self, String> {
        Ok(Self { capability: fields.text("capability")? })
    }
}

/// A call of a capability.
pub(super) struct Invoke {
    pub(super) capability: String,
    pub(super) params: Json<'static>,
}

impl ReadParams for Invoke {
    fn read(fields: &mut Fields) -> Result<Self, String> {
        let capability = fields.text("capability")?;
        match fields.optional("params") {
            None => Ok(Self { capability, params: Json::Object(Object::default()) }),
            Some(params @ Json::Object(_)) => Ok(Self { capability, params }),
            Some(other) => Err(format!("`params` of a capability is an object, not a {}", other.kind())),
        }
    }
}

/// One of the agent's requests.
pub(super) struct OneRequest {
    pub(super) id: RequestId,
}

impl ReadParams for OneRequest {
    fn read(fields: &mut Fields) -> Result<Self, String> {
        Ok(Self { id: fields.request_id()? })
    }
}

/// For which request to wait, and how long.
pub(super) struct Wait {
    pub(super) id: RequestId,
    pub(super) timeout_ms: Option<u64>,
}

impl ReadParams for Wait {
    fn read(fields: &mut Fields) -> Result<Self, String> {
        let id = fields.request_id()?;
        let timeout_ms = match fields.optional("timeout_ms") {
            None => None,
            Some(Json::Int(number)) => {
                Some(u64::try_from(number).map_err(|_| format!("`timeout_ms` is {number}; it cannot be negative"))?)
            }
            Some(Json::UInt(number)) => Some(number),
            Some(Json::Decimal(_)) => return Err("`timeout_ms` is a whole number of milliseconds".to_owned()),
            Some(other) => return Err(format!("`timeout_ms` is a number, not a {}", other.kind())),
        };
        Ok(Self { id, timeout_ms })
    }
}

/// A key of the agent's memory.
pub(super) struct Key {
    pub(super) key: String,
}

impl ReadParams for Key {
    fn read(fields: &mut Fields) -> Result<Self, String> {
        Ok(Self { key: fields.text("key")? })
    }
}

/// A key and what to keep there.
pub(super) struct KeyAndValue {
    pub(super) key: String,
    pub(super) value: Json<'static>,
}

impl ReadParams for KeyAndValue {
    fn read(fields: &mut Fields) -> Result<Self, String> {
        Ok(Self { key: fields.text("key")?, value: fields.value("value")? })
    }
}

/// How the keys begin that are asked for.
pub(super) struct Prefix {
    pub(super) prefix: Option<String>,
}

impl ReadParams for Prefix {
    fn read(fields: &mut Fields) -> Result<Self, String> {
        match fields.optional("prefix") {
            None => Ok(Self { prefix: None }),
            Some(Json::Text(text)) => Ok(Self { prefix: Some(text.into_owned()) }),
            Some(other) => Err(format!("`prefix` is a string, not a {}", other.kind())),
        }
    }
}
