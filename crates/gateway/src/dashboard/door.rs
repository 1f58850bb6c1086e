//! Signing in with a supervisor's token, signing out, and who is signed in.

use std::sync::Arc;

use askama::Template;
use axum::Form;
use axum::extract::{FromRequestParts, Query, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use kruxos_approvals::Supervisor;
use serde::Deserialize;

use super::assets::{self, Assets};
use super::trouble::{self, Trouble};
use crate::Gateway;
use crate::http::session;

/// The header by which the dashboard's script asks for parts of pages.
pub(crate) const FRAGMENT: &str = "kruxos-fragment";

/// The supervisor whose session this is. Whoever has none is sent to sign in, and back.
pub(crate) struct SignedIn(pub(crate) Supervisor);

impl FromRequestParts<Arc<Gateway>> for SignedIn {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, gateway: &Arc<Gateway>) -> Result<Self, Response> {
        match session::verify(&gateway.accounts, &parts.headers).await {
            Some(supervisor) => Ok(Self(supervisor)),
            None => Err(to_the_door(parts)),
        }
    }
}

/// A page's visitor is sent to sign in; a script is told.
fn to_the_door(parts: &Parts) -> Response {
    let reads = parts.method.is_safe();
    if parts.headers.contains_key(FRAGMENT) || parts.uri.path() == "/live" {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let back = parts.uri.path_and_query().filter(|_| reads).map_or("/approvals", |path| path.as_str());
    Redirect::to(&format!("/sign-in?{}", query(&[("back", back)]))).into_response()
}

/// Pairs as a query.
pub(crate) fn query(pairs: &[(&str, &str)]) -> String {
    serde_urlencoded::to_string(pairs).unwrap_or_default()
}

/// A path on this dashboard to go to, and nothing else: not `//elsewhere`, not `/\elsewhere`.
pub(crate) fn local(path: &str) -> &str {
    let is_local = path.starts_with('/')
        && !path.starts_with("//")
        && path.chars().all(|letter| letter.is_ascii_graphic() && letter != '\\')
        && !path.starts_with("/sign-");
    if is_local { path } else { "/approvals" }
}

#[derive(Template)]
#[template(path = "sign_in.html")]
struct Page<'a> {
    assets: &'static Assets,
    back: &'a str,
    wrong: bool,
    signed_out: bool,
}

/// Where to go once signed in.
#[derive(Deserialize)]
pub(crate) struct Visit {
    #[serde(default)]
    back: String,
    #[serde(default)]
    out: bool,
}

/// `GET /sign-in`.
pub(crate) async fn page(Query(visit): Query<Visit>) -> Result<Html<String>, Trouble> {
    let page = Page { assets: assets::all(), back: local(&visit.back), wrong: false, signed_out: visit.out };
    Ok(Html(page.render()?))
}

/// A token, typed or taken from a link.
#[derive(Deserialize)]
pub(crate) struct Attempt {
    token: String,
    #[serde(default)]
    back: String,
}

/// `POST /sign-in`.
pub(crate) async fn sign_in(
    State(gateway): State<Arc<Gateway>>,
    Form(attempt): Form<Attempt>,
) -> Result<Response, Trouble> {
    let back = local(&attempt.back);
    let Some(supervisor) = gateway.accounts.supervisor(attempt.token.trim()).await? else {
        let page = Page { assets: assets::all(), back, wrong: true, signed_out: false };
        return Ok((StatusCode::UNAUTHORIZED, Html(page.render()?)).into_response());
    };
    let cookie = session::sign(&gateway.accounts, &supervisor.name).await.and_then(|value| session::set_cookie(&value));
    let cookie = cookie.ok_or_else(|| trouble::wrong("The session could not be opened. Try again."))?;
    Ok(([(header::SET_COOKIE, cookie)], Redirect::to(back)).into_response())
}

/// `POST /sign-out`.
pub(crate) async fn sign_out() -> Response {
    ([(header::SET_COOKIE, session::clear_cookie())], Redirect::to("/sign-in?out=true")).into_response()
}

/// Whether the dashboard's script asks.
pub(crate) fn is_fragment(headers: &HeaderMap) -> bool {
    headers.contains_key(FRAGMENT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_back_stays_on_the_dashboard() {
        assert_eq!(local("/approvals?tab=all"), "/approvals?tab=all");
        for elsewhere in
            ["//evil.test", "/\\evil.test", "https://evil.test", "", "/a\r\nb", "/\t/evil.test", "/sign-out"]
        {
            assert_eq!(local(elsewhere), "/approvals", "{elsewhere:?}");
        }
    }
}
