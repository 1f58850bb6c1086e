//! A supervisor's request, read in one order for every route: who asks, the path, the query, the body. Nothing that was
//! sent is ignored.

use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::{HeaderMap, StatusCode};
use kruxos_approvals::account::Supervisor;
use kruxos_policy::json::Json;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::DeserializeOwned;

use crate::http::api::Door;
use crate::http::body::{Bodies, NoBody, is_json};
use crate::http::refusal::Refused;
use crate::http::supervisor::AuthenticatedSupervisor;

/// A request whose path, query and body are of these types.
pub(super) struct Ask<P, Q, B> {
    pub(super) door: Door,
    pub(super) by: Supervisor,
    pub(super) headers: HeaderMap,
    pub(super) path: P,
    pub(super) query: Q,
    pub(super) body: B,
}

impl<P, Q, B> FromRequest<Door> for Ask<P, Q, B>
where
    P: DeserializeOwned + Send,
    Q: DeserializeOwned + Send,
    B: Content,
{
    type Rejection = Refused;

    async fn from_request(request: Request, door: &Door) -> Result<Self, Refused> {
        let (mut parts, body) = request.into_parts();
        let by = AuthenticatedSupervisor::from_request_parts(&mut parts, door).await?;
        let path = Path::<P>::from_request_parts(&mut parts, door).await;
        let path = path.map_err(|error| Refused::bad_request(plain(&error.body_text())))?;
        let query = Query::<Q>::from_request_parts(&mut parts, door).await;
        let query = query.map_err(|error| Refused::bad_request(plain(&error.body_text())))?;
        let body = B::read(&door.bodies, &parts.headers, body).await?;
        let (headers, by) = (parts.headers, by.supervisor);
        Ok(Self { door: door.clone(), by, headers, path: path.0, query: query.0, body })
    }
}

/// What went wrong with a path or query, without the library's preamble.
fn plain(text: &str) -> String {
    let preambles = ["Failed to deserialize query string: ", "Invalid URL: "];
    let text = preambles.iter().fold(text, |text, preamble| text.strip_prefix(preamble).unwrap_or(text));
    text.to_owned()
}

/// A path or query without anything in it.
#[derive(serde::Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Nothing {}

/// A body, as a route takes it.
pub(super) trait Content: Sized + Send {
    /// Reads it.
    fn read(
        bodies: &Bodies,
        headers: &HeaderMap,
        body: axum::body::Body,
    ) -> impl Future<Output = Result<Self, Refused>> + Send;

    /// Its schema, and whether it has to be there; `None` for routes that take none.
    fn describe(generator: &mut SchemaGenerator) -> Option<(Schema, bool)>;
}

/// No body.
pub(super) struct NoContent;

impl Content for NoContent {
    async fn read(_: &Bodies, _: &HeaderMap, _: axum::body::Body) -> Result<Self, Refused> {
        Ok(Self)
    }

    fn describe(_: &mut SchemaGenerator) -> Option<(Schema, bool)> {
        None
    }
}

/// A body that has to be there.
pub(super) struct Sent<T>(pub(super) T);

impl<T: DeserializeOwned + JsonSchema + Send> Content for Sent<T> {
    async fn read(bodies: &Bodies, headers: &HeaderMap, body: axum::body::Body) -> Result<Self, Refused> {
        document(headers, &bytes(bodies, headers, body).await?.bytes).map(Self)
    }

    fn describe(generator: &mut SchemaGenerator) -> Option<(Schema, bool)> {
        Some((generator.subschema_for::<T>(), true))
    }
}

/// A body that may be left out.
pub(super) struct Maybe<T>(pub(super) T);

impl<T: DeserializeOwned + JsonSchema + Default + Send> Content for Maybe<T> {
    async fn read(bodies: &Bodies, headers: &HeaderMap, body: axum::body::Body) -> Result<Self, Refused> {
        let held = bytes(bodies, headers, body).await?;
        if held.bytes.is_empty() { Ok(Self(T::default())) } else { document(headers, &held.bytes).map(Self) }
    }

    fn describe(generator: &mut SchemaGenerator) -> Option<(Schema, bool)> {
        Some((generator.subschema_for::<T>(), false))
    }
}

async fn bytes(
    bodies: &Bodies,
    headers: &HeaderMap,
    body: axum::body::Body,
) -> Result<crate::http::body::Held, Refused> {
    bodies.read(headers, body).await.map_err(|why| {
        let (status, kind) = match why {
            NoBody::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "too_large"),
            NoBody::TooSlow | NoBody::Broken => (StatusCode::REQUEST_TIMEOUT, "timeout"),
        };
        Refused::new(status, kind, why.message())
    })
}

/// Reads a body, strictly: what a call's JSON may not be, a supervisor's may not either.
fn document<T: DeserializeOwned>(headers: &HeaderMap, text: &[u8]) -> Result<T, Refused> {
    if !is_json(headers) {
        let (status, kind) = (StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type");
        return Err(Refused::new(status, kind, "the body has to be JSON").help("send `Content-Type: application/json`"));
    }
    let wrong = |error: String| Refused::bad_request(format!("the body is not the JSON that belongs there: {error}"));
    let json = Json::parse(text).map_err(|error| wrong(error.to_string()))?;
    // Serde would take a list for a document whose fields are in that order.
    if json.as_object().is_none() {
        return Err(wrong(format!("it is a {}, not an object", json.kind())));
    }
    serde_json::from_slice(text).map_err(|error| wrong(error.to_string()))
}
