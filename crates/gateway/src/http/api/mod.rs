//! The supervisors' door: JSON over HTTP under `/api`, the counts at `/metrics`, and pages beside them.

mod activity;
mod ask;
mod openapi;
mod queries;
mod reply;
mod route;
mod routes;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Instant;

use axum::Router;
use axum::extract::{FromRef, Request, State};
use axum::http::{Method, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use axum::routing::any;
use tokio::sync::Semaphore;
use tower_http::catch_panic::CatchPanicLayer;

use crate::http::body::Bodies;
use crate::http::flood::Failures;
use crate::http::guard::{self, Hosts};
use crate::http::refusal::Refused;
use crate::{Accounts, Gateway};

/// What stands at the supervisors' door.
#[derive(Clone)]
pub(crate) struct Door {
    gateway: Arc<Gateway>,
    hosts: Arc<Hosts>,
    failures: Arc<Failures>,
    bodies: Bodies,
    streams: Arc<Semaphore>,
}

impl FromRef<Door> for Arc<Accounts> {
    fn from_ref(door: &Door) -> Self {
        door.gateway.accounts.clone()
    }
}

/// The supervisors' door, with these pages behind the same guard.
pub fn supervisors_router(gateway: Arc<Gateway>, pages: Router) -> Router {
    let options = gateway.options();
    let hosts = Hosts::of(&options.supervisors, &options.hosts);
    let streams = Arc::new(Semaphore::new(activity::MOST_STREAMS));
    let (hosts, failures, bodies) = (Arc::new(hosts), Arc::default(), Bodies::default());
    let door = Door { gateway, hosts, failures, bodies, streams };
    let routes = routes::table().into_iter().fold(Router::new(), |router, route| router.route(route.path, route.run));
    let api = routes.method_not_allowed_fallback(other_verb).route("/api", any(other_path));
    api.route("/api/{*rest}", any(other_path))
        .with_state(door.clone())
        .merge(pages)
        .layer(from_fn_with_state(door, admit))
        .layer(CatchPanicLayer::custom(|_| internal()))
}

/// Refuses requests to other names, and holds back who fails to authenticate again and again.
async fn admit(State(door): State<Door>, request: Request, next: Next) -> Response {
    let peer = guard::peer(&request);
    let path = request.uri().path();
    let is_api = path == "/metrics" || path == "/api" || path.starts_with("/api/");
    // A session that has ended is nobody's guess at a token.
    let has_token = request.headers().contains_key(header::AUTHORIZATION) || path == "/sign-in";
    let mut response = match door.hosts.admit(&request) {
        Ok(()) => next.run(request).await,
        Err(why) => Refused::forbidden(why).into_response(),
    };
    if has_token && response.status() == StatusCode::UNAUTHORIZED {
        door.gateway.metrics.authentication_failed("supervisor");
        if let Err(wait) = door.failures.count(peer, Instant::now()) {
            response = flooded(wait.as_secs() + 1);
        }
    }
    guard::protect(&mut response, is_api);
    response
}

fn flooded(seconds: u64) -> Response {
    let message = "too many wrong tokens came from this address";
    let refused = Refused::new(StatusCode::TOO_MANY_REQUESTS, "too_many_requests", message);
    let mut response = refused.help(format!("send the right one, or wait {seconds} seconds")).into_response();
    response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
    response
}

fn internal() -> Response {
    let message = "the gateway failed to answer; its log says more, and the audit trail what was done";
    Refused::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", message).into_response()
}

async fn other_verb(verb: Method) -> Refused {
    let message = format!("`{verb}` is not taken here");
    Refused::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", message)
        .help("`GET /api/openapi.json` describes what is")
}

async fn other_path() -> Refused {
    Refused::not_found("there is nothing here").help("`GET /api/openapi.json` describes what there is")
}
