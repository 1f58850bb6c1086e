//! What a route answers with, as it is sent and as the description has it.

use axum::Json;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use schemars::{JsonSchema, SchemaGenerator};
use serde::Serialize;
use serde_json::{Value, json};

/// An answer.
pub(super) trait Reply: IntoResponse {
    /// The status when all goes well.
    const STATUS: StatusCode;
    /// The media type.
    const MEDIA: &'static str;

    /// What the body is.
    fn describe(generator: &mut SchemaGenerator) -> Value;
}

/// A document.
pub(super) struct Document<T>(pub(super) T);

impl<T: Serialize> IntoResponse for Document<T> {
    fn into_response(self) -> Response {
        Json(self.0).into_response()
    }
}

impl<T: Serialize + JsonSchema> Reply for Document<T> {
    const STATUS: StatusCode = StatusCode::OK;
    const MEDIA: &'static str = "application/json";

    fn describe(generator: &mut SchemaGenerator) -> Value {
        generator.subschema_for::<T>().to_value()
    }
}

/// A document about something that was made.
pub(super) struct Created<T>(pub(super) T);

impl<T: Serialize> IntoResponse for Created<T> {
    fn into_response(self) -> Response {
        (StatusCode::CREATED, Json(self.0)).into_response()
    }
}

impl<T: Serialize + JsonSchema> Reply for Created<T> {
    const STATUS: StatusCode = StatusCode::CREATED;
    const MEDIA: &'static str = "application/json";

    fn describe(generator: &mut SchemaGenerator) -> Value {
        generator.subschema_for::<T>().to_value()
    }
}

/// What Prometheus reads.
pub(super) struct Exposition(pub(super) String);

impl IntoResponse for Exposition {
    fn into_response(self) -> Response {
        ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], self.0).into_response()
    }
}

impl Reply for Exposition {
    const STATUS: StatusCode = StatusCode::OK;
    const MEDIA: &'static str = "text/plain";

    fn describe(_: &mut SchemaGenerator) -> Value {
        json!({ "type": "string" })
    }
}
