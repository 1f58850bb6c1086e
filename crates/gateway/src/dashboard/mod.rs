//! The dashboard: server-rendered pages for supervisors. Pages work as plain forms and links; a script of ours makes them
//! change in place.
//!
//! Knows the service and its documents, not the store, the engine or the agents' side. What agents or policies wrote gets
//! on a page as [`text::Markup`] or not at all.

mod activity;
mod age;
mod agents;
mod approvals;
mod assets;
mod audit;
mod card;
mod door;
mod export;
mod frame;
mod guard;
mod live;
mod params;
mod policy;
mod record;
mod request;
mod text;
mod trouble;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, map_response};
use axum::response::Redirect;
use axum::routing::{get, post};

use crate::Gateway;

/// The most that a form may send: params to try are the largest.
const LARGEST_FORM: usize = 1 << 20;

/// All pages, with what they are made of.
pub fn router(gateway: Arc<Gateway>) -> Router {
    Router::new()
        .route("/", get(|| async { Redirect::to("/approvals") }))
        .route("/sign-in", get(door::page).post(door::sign_in))
        .route("/sign-out", post(door::sign_out))
        .merge(pages())
        .merge(verbs())
        .layer(DefaultBodyLimit::max(LARGEST_FORM))
        .layer(from_fn(guard::same_origin))
        .layer(map_response(guard::headers))
        .route("/assets/{name}", get(assets::serve))
        .route("/favicon.ico", get(|| async { Redirect::permanent(&assets::all().icon) }))
        .with_state(gateway)
}

fn pages() -> Router<Arc<Gateway>> {
    Router::new()
        .route("/approvals", get(approvals::page))
        .route("/approvals/{id}", get(request::page))
        .route("/approvals/{id}/card", get(approvals::card))
        .route("/approvals/{id}/params.json", get(request::params))
        .route("/approvals/{id}/result.json", get(request::result))
        .route("/activity", get(activity::page))
        .route("/live", get(live::events))
        .route("/audit", get(audit::page))
        .route("/audit/{sequence}", get(audit::record))
        .route("/audit.csv", get(export::csv))
        .route("/audit.json", get(export::json))
        .route("/policy", get(policy::page))
        .route("/agents", get(agents::page))
}

fn verbs() -> Router<Arc<Gateway>> {
    Router::new()
        .route("/approvals/{id}/approve", post(approvals::approve))
        .route("/approvals/{id}/reject", post(approvals::reject))
        .route("/audit/verify", get(|| async { Redirect::to("/audit") }).post(audit::verify))
        .route("/policy/try", get(|| async { Redirect::to("/policy") }).post(policy::try_call))
        .route("/agents", post(agents::create))
        .route("/agents/{name}/rotate", post(agents::rotate))
        .route("/agents/{name}/revoke", post(agents::revoke))
}
