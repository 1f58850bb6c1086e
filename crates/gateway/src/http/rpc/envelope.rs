//! What stands around a call and its answer: JSON-RPC 2.0, one call in one body.

use std::fmt::Write as _;

use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use kruxos_policy::json::Json;
use serde_json::{Value, json};

use crate::http::body::Held;

/// The longest id that is a text, in bytes.
const LONGEST_ID: usize = 256;
/// Bodies longer than this are read on a thread of their own.
const LONG: usize = 256 * 1024;

/// A call as it came.
#[derive(Debug)]
pub(super) struct Envelope {
    /// Its id, as JSON.
    pub(super) id: Value,
    /// Which method.
    pub(super) method: String,
    /// With what; `None`: nothing was said.
    pub(super) params: Option<Json<'static>>,
}

/// Why there is no result.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Failure {
    /// The status of the HTTP answer.
    pub(super) status: StatusCode,
    /// The JSON-RPC code.
    pub(super) code: i32,
    /// The word for programs.
    pub(super) kind: &'static str,
    /// The sentence for people.
    pub(super) message: String,
    /// What else programs get, an object.
    pub(super) more: Value,
}

impl Failure {
    /// A failure without more to it.
    pub(super) fn new(status: StatusCode, code: i32, kind: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, kind, message: message.into(), more: json!({}) }
    }

    /// A body that is no call.
    pub(super) fn invalid_request(message: impl Into<String>) -> Self {
        Self::new(StatusCode::OK, -32600, "invalid_request", message)
    }

    /// The answer.
    pub(super) fn respond(self, id: &Value) -> Response {
        let mut data = self.more;
        if let Some(fields) = data.as_object_mut() {
            fields.insert("kind".to_owned(), self.kind.into());
        }
        let error = json!({ "code": self.code, "message": self.message, "data": data });
        answer(self.status, json!({ "jsonrpc": "2.0", "id": id, "error": error }).to_string())
    }
}

/// The answer that carries a result, which is JSON text.
pub(super) fn result(id: &Value, result: &str) -> Response {
    let mut body = String::with_capacity(result.len() + 64);
    // Writing to a string does not fail.
    let _ = write!(body, r#"{{"jsonrpc":"2.0","id":{id},"result":{result}}}"#);
    answer(StatusCode::OK, body)
}

fn answer(status: StatusCode, body: String) -> Response {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

/// Reads a body. What is wrong is told with the call's id, as far as it has one.
pub(super) async fn read(body: Held) -> Result<Envelope, (Value, Failure)> {
    if body.bytes.len() <= LONG {
        return parse(&body.bytes);
    }
    let parsing = tokio::task::spawn_blocking(move || parse(&body.bytes));
    parsing.await.unwrap_or_else(|_| {
        Err((Value::Null, Failure::new(StatusCode::OK, -32603, "internal", "the body could not be read")))
    })
}

fn parse(text: &[u8]) -> Result<Envelope, (Value, Failure)> {
    let json = Json::parse(text).map(Json::into_owned);
    let json = json.map_err(|error| {
        let message = format!("the body is not JSON that this gateway takes: {error}");
        (Value::Null, Failure::new(StatusCode::OK, -32700, "parse_error", message))
    })?;
    let without_id = |message: &str| (Value::Null, Failure::invalid_request(message));
    let object = match json {
        Json::Object(object) => object,
        Json::List(_) => return Err(without_id("batches are not taken; send one call in one body")),
        _ => return Err(without_id("a call is an object with `jsonrpc`, `id`, `method` and `params`")),
    };
    let id = id(object.get("id")).map_err(|why| without_id(&why))?;
    open(object.into_entries(), &id).map_err(|why| (id, Failure::invalid_request(why)))
}

/// An id that can be sent back as it came.
fn id(id: Option<&Json<'_>>) -> Result<Value, String> {
    match id {
        Some(Json::Int(number)) => Ok((*number).into()),
        Some(Json::UInt(number)) => Ok((*number).into()),
        Some(Json::Text(text)) if text.len() <= LONGEST_ID => Ok(text.as_ref().into()),
        Some(Json::Text(text)) => Err(format!("`id` has {} bytes; at most {LONGEST_ID} are allowed", text.len())),
        Some(_) => Err("`id` is a string or an integer".to_owned()),
        None => Err("`id` is missing; calls without one would not be answered, so they are not taken".to_owned()),
    }
}

fn open(entries: Vec<(std::borrow::Cow<'static, str>, Json<'static>)>, id: &Value) -> Result<Envelope, String> {
    let (mut version, mut method, mut params) = (None, None, None);
    for (key, value) in entries {
        match key.as_ref() {
            "jsonrpc" => version = Some(value),
            "method" => method = Some(value),
            "params" => params = Some(value),
            "id" => {}
            other => {
                return Err(format!(
                    "`{}` is not a field of a call; known are `jsonrpc`, `id`, `method`, `params`",
                    other.escape_debug()
                ));
            }
        }
    }
    if version.as_ref().and_then(Json::as_text) != Some("2.0") {
        return Err("`jsonrpc` has to be \"2.0\"".to_owned());
    }
    match method {
        Some(Json::Text(method)) => Ok(Envelope { id: id.clone(), method: method.into_owned(), params }),
        Some(other) => Err(format!("`method` is a string, not a {}", other.kind())),
        None => Err("`method` is missing".to_owned()),
    }
}
