//! A row of the table of routes: what it is called, how it is run, and how it is described. Both come of the same types.

use axum::extract::State;
use axum::routing::{self, MethodRouter};
use schemars::{JsonSchema, SchemaGenerator};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use crate::http::api::Door;
use crate::http::api::ask::{Ask, Content, NoContent, Nothing};
use crate::http::api::reply::Reply;
use crate::http::refusal::Refused;
use crate::wire::ErrorDocument;

/// How a route is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verb {
    Get,
    Post,
}

impl Verb {
    /// The word that OpenAPI uses.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "get",
            Self::Post => "post",
        }
    }
}

/// What writes a route's schemas: bodies are read, answers are written, and both share one set of names.
pub(super) struct Schemas {
    pub(super) read: SchemaGenerator,
    pub(super) written: SchemaGenerator,
}

type Describe = fn(&mut Schemas) -> Value;

/// One route.
pub(super) struct Route {
    pub(super) verb: Verb,
    pub(super) path: &'static str,
    pub(super) name: &'static str,
    pub(super) summary: &'static str,
    /// Whether a token is needed.
    pub(super) closed: bool,
    pub(super) describe: Describe,
    pub(super) run: MethodRouter<Door>,
}

/// What is read of a route.
pub(super) fn get<P, Q, A, F, W>(path: &'static str, name: &'static str, summary: &'static str, handler: F) -> Route
where
    P: DeserializeOwned + JsonSchema + Send + 'static,
    Q: DeserializeOwned + JsonSchema + Send + 'static,
    A: Reply + 'static,
    F: Fn(Ask<P, Q, NoContent>) -> W + Clone + Send + Sync + 'static,
    W: Future<Output = Result<A, Refused>> + Send + 'static,
{
    let run = routing::get(move |ask: Ask<P, Q, NoContent>| handler(ask));
    Route { verb: Verb::Get, path, name, summary, closed: true, describe: describe::<P, Q, NoContent, A>, run }
}

/// What is changed by a route.
pub(super) fn post<P, B, A, F, W>(path: &'static str, name: &'static str, summary: &'static str, handler: F) -> Route
where
    P: DeserializeOwned + JsonSchema + Send + 'static,
    B: Content + 'static,
    A: Reply + 'static,
    F: Fn(Ask<P, Nothing, B>) -> W + Clone + Send + Sync + 'static,
    W: Future<Output = Result<A, Refused>> + Send + 'static,
{
    let run = routing::post(move |ask: Ask<P, Nothing, B>| handler(ask));
    let describe = describe::<P, Nothing, B, A>;
    Route { verb: Verb::Post, path, name, summary, closed: true, describe, run }
}

/// What anybody may read.
pub(super) fn open<A, F, W>(path: &'static str, name: &'static str, summary: &'static str, handler: F) -> Route
where
    A: Reply + 'static,
    F: Fn(Door) -> W + Clone + Send + Sync + 'static,
    W: Future<Output = Result<A, Refused>> + Send + 'static,
{
    let run = routing::get(move |State(door): State<Door>| handler(door));
    let describe = describe::<Nothing, Nothing, NoContent, A>;
    Route { verb: Verb::Get, path, name, summary, closed: false, describe, run }
}

/// What the types of a route say, as an OpenAPI operation.
fn describe<P: JsonSchema, Q: JsonSchema, B: Content, A: Reply>(schemas: &mut Schemas) -> Value {
    let mut parameters = parameters_of::<P>("path", &mut schemas.read);
    parameters.extend(parameters_of::<Q>("query", &mut schemas.read));
    let answer = A::describe(&mut schemas.written);
    let error = schemas.written.subschema_for::<ErrorDocument>().to_value();
    let status = A::STATUS.as_str();
    let mut operation = json!({
        "parameters": parameters,
        "responses": {
            status: { "description": "what was asked for", "content": { A::MEDIA: { "schema": answer } } },
            "default": { "description": "why not", "content": { "application/json": { "schema": error } } },
        },
    });
    if let (Some((schema, required)), Some(fields)) = (B::describe(&mut schemas.read), operation.as_object_mut()) {
        let content = json!({ "application/json": { "schema": schema.to_value() } });
        fields.insert("requestBody".to_owned(), json!({ "required": required, "content": content }));
    }
    operation
}

/// The fields of a struct as parameters: each has its doc comment for a description.
fn parameters_of<T: JsonSchema>(place: &str, generator: &mut SchemaGenerator) -> Vec<Value> {
    let schema = T::json_schema(generator);
    let fields = schema.get("properties").and_then(Value::as_object).cloned().unwrap_or_else(Map::new);
    fields.into_iter().map(|(name, schema)| parameter(place, &name, schema)).collect()
}

fn parameter(place: &str, name: &str, mut schema: Value) -> Value {
    let mut take = |key: &str| schema.as_object_mut().and_then(|fields| fields.remove(key));
    let description = take("description").unwrap_or_else(|| name.into());
    // What is left out has no value; null would be one.
    take("default");
    json!({
        "name": name,
        "in": place,
        "required": place == "path",
        "description": description,
        "schema": never_null(schema),
    })
}

/// A parameter that may be left out is not one that may be null: there is no null in an address.
fn never_null(mut schema: Value) -> Value {
    let is_null = |part: &Value| part.get("type").is_some_and(|kind| kind == "null");
    if let Some([one, other]) = schema.get("anyOf").and_then(Value::as_array).map(Vec::as_slice)
        && is_null(other)
    {
        return one.clone();
    }
    if let Some(Value::Array(kinds)) = schema.get_mut("type") {
        kinds.retain(|kind| kind != "null");
        if let [kind] = kinds.as_slice() {
            let kind = kind.clone();
            if let Some(fields) = schema.as_object_mut() {
                fields.insert("type".to_owned(), kind);
            }
        }
    }
    schema
}
