//! The agents' door: JSON-RPC 2.0 on `POST /rpc`.
//!
//! In order: under which name the gateway was called and that no page sent it, who calls, the body, the call, its method,
//! its params. Nobody who is not authenticated has a body read.

mod answers;
mod envelope;
mod failures;
mod methods;
mod params;
#[cfg(test)]
mod tests;
mod waits;

use std::sync::Arc;
use std::time::Instant;

use axum::extract::{Request, State};
use axum::http::header::HeaderName;
use axum::http::{HeaderMap, HeaderValue, Method as Verb, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};
use tower_http::catch_panic::CatchPanicLayer;

use crate::error::CallError;
use crate::http::body::{Bodies, NoBody, is_json};
use crate::http::flood::Failures;
use crate::http::guard::{self, Hosts};
use crate::http::rpc::envelope::{Envelope, Failure};
use crate::http::rpc::methods::{Call, Method};
use crate::http::rpc::waits::Waits;
use crate::http::supervisor::{bearer, only};
use crate::metrics::Metrics;
use crate::{Accounts, Caller, Calls, Gateway, Requests};

const AGENT: HeaderName = HeaderName::from_static("kruxos-agent");
const SESSION: HeaderName = HeaderName::from_static("kruxos-session");

/// What stands at the agents' door.
pub(crate) struct Door {
    calls: Arc<Calls>,
    requests: Arc<Requests>,
    accounts: Arc<Accounts>,
    metrics: Arc<Metrics>,
    hosts: Hosts,
    failures: Failures,
    bodies: Bodies,
    waits: Waits,
    methods: Vec<Method>,
}

/// The agents' door.
pub fn agents_router(gateway: &Gateway) -> Router {
    let options = gateway.options();
    let door = Arc::new(Door {
        calls: gateway.calls.clone(),
        requests: gateway.requests.clone(),
        accounts: gateway.accounts.clone(),
        metrics: gateway.metrics.clone(),
        hosts: Hosts::of(&options.agents, &options.hosts),
        failures: Failures::default(),
        bodies: Bodies::default(),
        waits: Waits::default(),
        methods: methods::table(),
    });
    Router::new()
        .route("/rpc", post(call).fallback(other_verb))
        .route("/health", get(health))
        .fallback(other_path)
        .layer(from_fn_with_state(door.clone(), admit))
        .layer(CatchPanicLayer::custom(|_| internal()))
        .with_state(door)
}

/// Refuses what no agent sends, and holds back who fails to authenticate again and again.
async fn admit(State(door): State<Arc<Door>>, request: Request, next: Next) -> Response {
    let peer = guard::peer(&request);
    let refused = match door.hosts.admit(&request) {
        Err(why) => Some(why),
        Ok(()) if request.headers().contains_key(header::ORIGIN) => {
            Some("agents are no browsers: requests with an `Origin` are refused".to_owned())
        }
        Ok(()) => None,
    };
    let mut response = match refused {
        Some(why) => unread(StatusCode::FORBIDDEN, why),
        None => next.run(request).await,
    };
    if response.status() == StatusCode::UNAUTHORIZED {
        door.metrics.authentication_failed("agent");
        if let Err(wait) = door.failures.count(peer, Instant::now()) {
            response = flooded(wait.as_secs() + 1);
        }
    }
    guard::protect(&mut response, true);
    response
}

async fn call(State(door): State<Arc<Door>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let caller = match authenticated(&door, &parts.headers).await {
        Ok(caller) => caller,
        Err(error) => return Failure::from(error).respond(&Value::Null),
    };
    if !is_json(&parts.headers) {
        return unread(StatusCode::UNSUPPORTED_MEDIA_TYPE, "send `Content-Type: application/json`");
    }
    let body = match door.bodies.read(&parts.headers, body).await {
        Ok(body) => body,
        Err(why @ NoBody::TooLarge) => return unread(StatusCode::PAYLOAD_TOO_LARGE, why.message()),
        Err(why) => return unread(StatusCode::REQUEST_TIMEOUT, why.message()),
    };
    let envelope = match envelope::read(body).await {
        Ok(envelope) => envelope,
        Err((id, failure)) => return failure.respond(&id),
    };
    let id = envelope.id.clone();
    match answer(door, caller, envelope).await {
        Ok(result) => envelope::result(&id, &result),
        Err(failure) => failure.respond(&id),
    }
}

async fn answer(door: Arc<Door>, caller: Caller, envelope: Envelope) -> Result<String, Failure> {
    let Some(method) = door.methods.iter().find(|method| method.name == envelope.method) else {
        return Err(unknown_method(&door.methods, &envelope.method));
    };
    if let Some(session) = &caller.session {
        door.accounts.session(&caller.agent, session).await?;
    }
    let call = Call { door: door.clone(), caller };
    Ok(method.run(call, envelope.params).await?)
}

/// Who calls, by headers that are each there once.
async fn authenticated(door: &Door, headers: &HeaderMap) -> Result<Caller, CallError> {
    let (Some(agent), Some(key)) = (only(headers, AGENT), bearer(headers)) else {
        return Err(CallError::NotAuthenticated);
    };
    door.accounts.authenticate(agent, key).await?;
    let session = match (headers.contains_key(SESSION), only(headers, SESSION)) {
        (false, _) => None,
        (true, Some(session)) => Some(session.to_owned()),
        (true, None) => return Err(CallError::NotFound { what: "session" }),
    };
    Ok(Caller { agent: agent.to_owned(), session })
}

fn unknown_method(known: &[Method], name: &str) -> Failure {
    let known: Vec<String> = known.iter().map(|method| format!("`{}`", method.name)).collect();
    let message = format!("there is no method `{}`; known are {}", params::shown(name), known.join(", "));
    Failure::new(StatusCode::OK, -32601, "unknown_method", message)
}

/// A refusal of a request whose body was not read.
fn unread(status: StatusCode, message: impl Into<String>) -> Response {
    Failure { status, ..Failure::invalid_request(message) }.respond(&Value::Null)
}

fn flooded(seconds: u64) -> Response {
    let message = format!("too many wrong keys came from this address; send the right one, or wait {seconds} seconds");
    let failure = Failure { status: StatusCode::TOO_MANY_REQUESTS, message, ..failures::not_authenticated() };
    let mut response = failure.respond(&Value::Null);
    response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
    response
}

fn internal() -> Response {
    let message = "the gateway failed to answer; its log says more, and the audit trail what was done";
    Failure::new(StatusCode::INTERNAL_SERVER_ERROR, -32603, "internal", message).respond(&Value::Null)
}

async fn other_verb(verb: Verb) -> Response {
    let mut response = unread(StatusCode::METHOD_NOT_ALLOWED, format!("`{verb}` is not taken here; send `POST`"));
    response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("POST"));
    response
}

async fn other_path() -> Response {
    unread(StatusCode::NOT_FOUND, "agents call `POST /rpc`; supervisors have another port")
}

async fn health() -> Json<Value> {
    Json(json!({ "status": "ok" }))
}
