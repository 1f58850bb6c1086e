//! Everything about one request.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderName, header};
use axum::response::{Html, IntoResponse};
use jiff::Timestamp;
use kruxos_approvals::decision::UnknownFacts;
use kruxos_approvals::request::{Execution, Request, RequestId};
use kruxos_approvals::{JsonText, Params, Supervisor, redact};
use serde::Serialize;

use super::age::Age;
use super::card::{Card, Viewing};
use super::door::SignedIn;
use super::frame::{Frame, frame};
use super::params::Room;
use super::record::RecordRow;
use super::text::{Markup, beginning, shown, shown_lines, size};
use super::trouble::{Trouble, missing};
use crate::Gateway;
use crate::wire::RequestDocument;

/// Characters of JSON that are put on the page.
const LONGEST_JSON: usize = 100_000;

#[derive(Template)]
#[template(path = "request.html")]
struct Page {
    frame: Frame,
    id: String,
    notice: Option<Markup>,
    card: Card,
    policy: Markup,
    rule: Markup,
    place: Option<Markup>,
    reason: Markup,
    policy_digest: Markup,
    unknowns: Vec<UnknownView>,
    requested: Age,
    session: Option<Markup>,
    result: Option<ResultView>,
    redacted: bool,
    pretty: Markup,
    pretty_complete: bool,
    canonical: Markup,
    size: String,
    digest: String,
    history: Vec<RecordRow>,
}

/// A cause with the tests that it keeps from being computed.
struct UnknownView {
    tests: Vec<Markup>,
    cause: Markup,
    help: Markup,
}

struct ResultView {
    started: Option<Age>,
    finished: Option<Age>,
    reason: Option<Markup>,
    data: Option<Markup>,
    complete: bool,
    size: String,
}

/// The call as a document.
#[derive(Serialize)]
struct Call<'a> {
    agent: &'a str,
    capability: &'a str,
    params: &'a Params,
}

/// `GET /approvals/{id}`.
pub(crate) async fn page(
    SignedIn(by): SignedIn,
    State(gateway): State<Arc<Gateway>>,
    Path(id): Path<RequestId>,
) -> Result<Html<String>, Trouble> {
    show(&gateway, &by, id, None).await
}

/// The page, with something to say first.
pub(crate) async fn show(
    gateway: &Arc<Gateway>,
    by: &Supervisor,
    id: RequestId,
    notice: Option<Markup>,
) -> Result<Html<String>, Trouble> {
    let document = gateway.requests.request(id).await?.ok_or_else(|| missing("request"))?;
    let (mut frame, _) = frame(gateway, by, "approvals", id.to_string()).await?;
    frame.refresh = format!("/approvals/{id}");
    let page = assemble(frame, by, &document, Timestamp::now(), notice);
    Ok(Html(page.render()?))
}

fn assemble(frame: Frame, by: &Supervisor, document: &RequestDocument, now: Timestamp, notice: Option<Markup>) -> Page {
    let request = &document.request;
    let back = format!("/approvals/{}", request.id);
    let (pretty, pretty_complete) = pretty_call(request);
    let facts = &request.decision;
    let place = facts.rule.as_ref().map(|rule| shown(&format!("{}:{}", rule.file, rule.line)));
    Page {
        frame,
        id: request.id.to_string(),
        notice,
        card: Card::of(request, &document.history, Viewing { by, now, room: Room::DETAIL, back: &back }),
        policy: shown(facts.policy_text()),
        rule: shown(&facts.rule_text()),
        place,
        reason: shown(&facts.reason),
        policy_digest: shown(&facts.policy_digest),
        unknowns: facts.doubts().into_iter().map(UnknownView::of).collect(),
        requested: Age::of(request.requested_at, now),
        session: request.session.as_deref().map(shown),
        result: request.execution.as_ref().map(|execution| ResultView::of(execution, now)),
        redacted: request.params.as_str().contains(redact::MARK),
        pretty,
        pretty_complete,
        canonical: shown(beginning(request.params.as_str(), LONGEST_JSON).0),
        size: size(request.params.as_str().len()),
        digest: request.digest.to_string(),
        history: document.history.iter().map(|record| RecordRow::of(record, now)).collect(),
    }
}

fn pretty_call(request: &Request) -> (Markup, bool) {
    pretty(&Call { agent: &request.agent, capability: &request.capability, params: &request.params })
}

/// A document as indented JSON, as much as there is room for, and whether that is all.
pub(crate) fn pretty(document: &impl Serialize) -> (Markup, bool) {
    let text = serde_json::to_string_pretty(document).unwrap_or_default();
    let (part, complete) = beginning(&text, LONGEST_JSON);
    (json_lines(part), complete)
}

/// Indented JSON: its line breaks are the printer's own, those of values are escaped in it.
fn json_lines(text: &str) -> Markup {
    Markup::lines(text.lines().map(shown))
}

impl UnknownView {
    fn of((first, tests): (&UnknownFacts, Vec<&str>)) -> Self {
        let tests = tests.into_iter().map(shown).collect();
        Self { tests, cause: shown(&first.cause), help: shown(&first.help) }
    }
}

impl ResultView {
    fn of(execution: &Execution, now: Timestamp) -> Self {
        let text = execution.data.as_ref().map(JsonText::as_str);
        let pretty = execution.data.as_ref().map(pretty);
        Self {
            started: execution.started_at.map(|at| Age::of(at, now)),
            finished: execution.finished_at.map(|at| Age::of(at, now)),
            reason: execution.reason.as_deref().map(shown_lines),
            complete: pretty.as_ref().is_none_or(|(_, complete)| *complete),
            data: pretty.map(|(data, _)| data),
            size: size(text.map_or(0, str::len)),
        }
    }
}

/// `GET /approvals/{id}/params.json`.
pub(crate) async fn params(
    SignedIn(_): SignedIn,
    State(gateway): State<Arc<Gateway>>,
    Path(id): Path<RequestId>,
) -> Result<impl IntoResponse, Trouble> {
    let document = gateway.requests.request(id).await?.ok_or_else(|| missing("request"))?;
    Ok((attachment(&format!("{id}-params")), document.request.params.as_str().to_owned()))
}

/// `GET /approvals/{id}/result.json`.
pub(crate) async fn result(
    SignedIn(_): SignedIn,
    State(gateway): State<Arc<Gateway>>,
    Path(id): Path<RequestId>,
) -> Result<impl IntoResponse, Trouble> {
    let document = gateway.requests.request(id).await?.ok_or_else(|| missing("request"))?;
    let data = document.request.execution.and_then(|execution| execution.data).ok_or_else(|| missing("result"))?;
    Ok((attachment(&format!("{id}-result")), data.as_str().to_owned()))
}

/// A file to keep, never a page: browsers show nothing of it.
fn attachment(name: &str) -> [(HeaderName, String); 2] {
    let disposition = format!("attachment; filename=\"{name}.json\"");
    [(header::CONTENT_TYPE, "application/json".to_owned()), (header::CONTENT_DISPOSITION, disposition)]
}
