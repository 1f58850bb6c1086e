//! The queue: what waits, what was decided, and the two buttons.

use std::sync::Arc;

use askama::Template;
use axum::Form;
use axum::extract::{Path, Query, State as Shared};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{Html, IntoResponse, Redirect, Response};
use jiff::Timestamp;
use kruxos_approvals::Supervisor;
use kruxos_approvals::audit::Outcome;
use kruxos_approvals::request::{Request, RequestId, State};
use kruxos_approvals::store::RequestQuery;
use serde::Deserialize;

use super::card::{Card, Viewing};
use super::door::{SignedIn, is_fragment, local, query};
use super::frame::{Frame, frame};
use super::params::Room;
use super::request;
use super::text::{Markup, shown};
use super::trouble::{Trouble, missing};
use crate::Gateway;
use crate::error::VerdictError;
use crate::trail::AuditFilter;
use crate::wire::RequestDocument;

/// Requests on one page.
const ON_A_PAGE: u32 = 50;

/// A tab: its name, its title, the states in it, and the outcome whose records put requests there, the newest first.
/// Without one, requests are in order of arrival.
struct Tab {
    name: &'static str,
    title: &'static str,
    states: &'static [State],
    by: Option<Outcome>,
}

const TABS: [Tab; 4] = [
    Tab { name: "pending", title: "Pending", states: &[State::Pending], by: None },
    Tab { name: "approved", title: "Approved", states: &State::OF_APPROVED, by: Some(Outcome::Approved) },
    Tab { name: "rejected", title: "Rejected", states: &[State::Rejected], by: Some(Outcome::Rejected) },
    Tab { name: "all", title: "All", states: &[], by: Some(Outcome::ApprovalRequested) },
];

/// Which requests.
#[derive(Default, Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    tab: String,
    /// Of pending requests: behind this id.
    after: Option<RequestId>,
    /// Of others: put there before this record.
    before: Option<u64>,
    /// A request that was just decided.
    done: Option<RequestId>,
}

#[derive(Template)]
#[template(path = "approvals.html")]
struct Page {
    frame: Frame,
    tabs: Vec<TabView>,
    tab: &'static str,
    notice: Option<Markup>,
    /// Whether this is not the first page.
    deeper: bool,
    cards: Vec<Card>,
    next: Option<String>,
    count: u64,
}

struct TabView {
    name: &'static str,
    title: &'static str,
    count: u64,
    here: bool,
}

/// Requests, and the link to more.
struct Listed {
    requests: Vec<RequestDocument>,
    next: Option<String>,
}

/// `GET /approvals`.
pub(crate) async fn page(
    SignedIn(by): SignedIn,
    Shared(gateway): Shared<Arc<Gateway>>,
    Query(asked): Query<Asked>,
) -> Result<Html<String>, Trouble> {
    let [pending, ..] = &TABS;
    let tab = TABS.iter().find(|tab| tab.name == asked.tab).unwrap_or(pending);
    let (mut frame, _) = frame(&gateway, &by, "approvals", "Approvals").await?;
    let listed = list(&gateway, tab, &asked).await?;
    let back = here(tab, &asked);
    frame.refresh.clone_from(&back);
    let viewing = Viewing { by: &by, now: Timestamp::now(), room: Room::LIST, back: &back };
    let tabs = tabs(&gateway, tab).await?;
    let page = Page {
        frame,
        count: tabs.iter().find(|view| view.here).map_or(0, |view| view.count),
        tabs,
        tab: tab.name,
        notice: notice(&gateway, asked.done).await?,
        deeper: asked.after.is_some() || asked.before.is_some(),
        cards: listed.requests.iter().map(|found| Card::of(&found.request, &found.history, viewing)).collect(),
        next: listed.next,
    };
    Ok(Html(page.render()?))
}

/// This page's own address, without what was just done.
fn here(tab: &Tab, asked: &Asked) -> String {
    let mut here = format!("/approvals?{}", query(&[("tab", tab.name)]));
    if let Some(after) = asked.after {
        here.push_str(&format!("&after={after}"));
    }
    if let Some(before) = asked.before {
        here.push_str(&format!("&before={before}"));
    }
    here
}

async fn tabs(gateway: &Arc<Gateway>, here: &Tab) -> Result<Vec<TabView>, Trouble> {
    let mut views = Vec::new();
    for tab in &TABS {
        let query = RequestQuery { states: tab.states.to_vec(), limit: 1, ..RequestQuery::default() };
        let count = gateway.requests.requests(query).await?.total;
        views.push(TabView { name: tab.name, title: tab.title, count, here: tab.name == here.name });
    }
    Ok(views)
}

async fn list(gateway: &Arc<Gateway>, tab: &Tab, asked: &Asked) -> Result<Listed, Trouble> {
    match tab.by {
        None => in_order(gateway, tab, asked.after).await,
        Some(outcome) => newest(gateway, tab, outcome, asked.before).await,
    }
}

async fn in_order(gateway: &Arc<Gateway>, tab: &Tab, after: Option<RequestId>) -> Result<Listed, Trouble> {
    let query = RequestQuery { states: tab.states.to_vec(), after, limit: ON_A_PAGE, ..RequestQuery::default() };
    let document = gateway.requests.requests(query).await?;
    let next = document.next.map(|next| format!("/approvals?tab={}&after={next}", tab.name));
    // What waits has no history worth reading.
    let requests = document.approvals.into_iter().map(|request| RequestDocument { request, history: Vec::new() });
    Ok(Listed { requests: requests.collect(), next })
}

/// By the records that put requests where they are.
async fn newest(gateway: &Arc<Gateway>, tab: &Tab, outcome: Outcome, before: Option<u64>) -> Result<Listed, Trouble> {
    let filter = AuditFilter { outcome: Some(outcome), before, limit: ON_A_PAGE, ..AuditFilter::default() };
    let document = gateway.trail.audit(&filter).await?;
    let mut requests = Vec::new();
    for id in document.records.iter().filter_map(|record| record.record.entry.request) {
        requests.extend(gateway.requests.request(id).await?);
    }
    let next = document.next.map(|next| format!("/approvals?tab={}&before={next}", tab.name));
    Ok(Listed { requests, next })
}

/// What was just done, for whoever comes back from a form.
async fn notice(gateway: &Arc<Gateway>, done: Option<RequestId>) -> Result<Option<Markup>, Trouble> {
    let Some(id) = done else { return Ok(None) };
    let request = gateway.requests.request(id).await?.map(|document| document.request);
    Ok(request.map(|request| shown(&format!("{id} is {}.", request.state))))
}

/// `GET /approvals/{id}/card`.
pub(crate) async fn card(
    SignedIn(by): SignedIn,
    Shared(gateway): Shared<Arc<Gateway>>,
    Path(id): Path<RequestId>,
) -> Result<Html<String>, Trouble> {
    let document = gateway.requests.request(id).await?.ok_or_else(|| missing("request"))?;
    Ok(Html(alone(&document, &by, "/approvals")?))
}

fn alone(document: &RequestDocument, by: &Supervisor, back: &str) -> Result<String, Trouble> {
    let viewing = Viewing { by, now: Timestamp::now(), room: Room::LIST, back };
    Ok(Card::of(&document.request, &document.history, viewing).render()?)
}

/// A supervisor's word.
#[derive(Deserialize)]
pub(crate) struct Word {
    #[serde(default)]
    reason: String,
    #[serde(default)]
    back: String,
}

/// `POST /approvals/{id}/approve`.
pub(crate) async fn approve(
    SignedIn(by): SignedIn,
    Shared(gateway): Shared<Arc<Gateway>>,
    Path(id): Path<RequestId>,
    headers: HeaderMap,
    Form(word): Form<Word>,
) -> Result<Response, Trouble> {
    let said = gateway.requests.approve(&by, id, Some(word.reason)).await;
    answer(&gateway, &by, id, said, is_fragment(&headers), local(&word.back)).await
}

/// `POST /approvals/{id}/reject`.
pub(crate) async fn reject(
    SignedIn(by): SignedIn,
    Shared(gateway): Shared<Arc<Gateway>>,
    Path(id): Path<RequestId>,
    headers: HeaderMap,
    Form(word): Form<Word>,
) -> Result<Response, Trouble> {
    let said = gateway.requests.reject(&by, id, Some(word.reason)).await;
    answer(&gateway, &by, id, said, is_fragment(&headers), local(&word.back)).await
}

/// What a supervisor is told: the request as it is now, whoever decided it.
async fn answer(
    gateway: &Arc<Gateway>,
    by: &Supervisor,
    id: RequestId,
    said: Result<Request, VerdictError>,
    fragment: bool,
    back: &str,
) -> Result<Response, Trouble> {
    match (said, fragment) {
        (Ok(request), true) => {
            let document = RequestDocument { request, history: Vec::new() };
            Ok(Html(alone(&document, by, back)?).into_response())
        }
        (Ok(_), false) => Ok(Redirect::to(&with_done(back, id)).into_response()),
        (Err(VerdictError::Refused(refusal)), true) => {
            tracing::debug!(%id, %refusal, "a verdict came too late");
            let document = gateway.requests.request(id).await?.ok_or_else(|| missing("request"))?;
            Ok((StatusCode::CONFLICT, Html(alone(&document, by, back)?)).into_response())
        }
        (Err(VerdictError::Refused(refusal)), false) => {
            let notice = format!("Your word does not count: {refusal}.");
            let page = request::show(gateway, by, id, Some(shown(&notice))).await?;
            Ok((StatusCode::CONFLICT, page).into_response())
        }
        (Err(other), _) => Err(other.into()),
    }
}

fn with_done(back: &str, id: RequestId) -> String {
    let sign = if back.contains('?') { '&' } else { '?' };
    format!("{back}{sign}done={id}")
}
