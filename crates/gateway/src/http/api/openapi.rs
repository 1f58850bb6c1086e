//! The description of the supervisors' API, made of the table that runs it.

use schemars::SchemaGenerator;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

use crate::http::api::route::{Route, Schemas};
use crate::http::api::routes;

/// Where OpenAPI keeps schemas.
const SCHEMAS: &str = "/components/schemas";

/// The OpenAPI 3.1 document.
pub(super) fn document() -> Value {
    let mut schemas = Schemas { read: generator(false), written: generator(true) };
    let mut paths = Map::new();
    for route in routes::table() {
        let operation = operation(&route, &mut schemas);
        let path = paths.entry(route.path).or_insert_with(|| json!({}));
        if let Some(operations) = path.as_object_mut() {
            operations.insert(route.verb.as_str().to_owned(), operation);
        }
    }
    let mut named = schemas.read.take_definitions(true);
    named.extend(schemas.written.take_definitions(true));
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "KruxOS: the supervisors' API",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "What supervisors read and decide. Times are RFC 3339 in UTC. Unknown fields and query \
                            parameters are refused.",
        },
        "paths": paths,
        "security": [{ "token": [] }, { "session": [] }],
        "components": {
            "schemas": named,
            "securitySchemes": {
                "token": { "type": "http", "scheme": "bearer", "description": "A supervisor's token." },
                "session": {
                    "type": "apiKey",
                    "in": "cookie",
                    "name": crate::http::session::COOKIE,
                    "description": "The dashboard's session, for requests of its own pages.",
                },
            },
        },
    })
}

fn generator(written: bool) -> SchemaGenerator {
    let settings = SchemaSettings::draft2020_12().with(|settings| {
        settings.definitions_path = SCHEMAS.into();
        settings.meta_schema = None;
    });
    if written { settings.for_serialize().into_generator() } else { settings.into_generator() }
}

fn operation(route: &Route, schemas: &mut Schemas) -> Value {
    let mut operation = (route.describe)(schemas);
    if let Some(fields) = operation.as_object_mut() {
        fields.insert("operationId".to_owned(), route.name.into());
        fields.insert("summary".to_owned(), route.summary.into());
        if !route.closed {
            fields.insert("security".to_owned(), json!([]));
        }
    }
    operation
}
