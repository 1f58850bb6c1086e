//! News for open pages, as server-sent events: `change` says which request is to be looked at again (or none: the policies
//! are), `row` is a line of activity.

use std::convert::Infallible;
use std::future::ready;
use std::sync::Arc;
use std::time::Duration;

use askama::Template;
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::Sse;
use axum::response::sse::{Event as Message, KeepAlive};
use futures_util::{Stream, StreamExt};
use jiff::Timestamp;
use kruxos_approvals::audit::{Event, Record};
use serde::Deserialize;

use super::activity::Watch;
use super::door::SignedIn;
use super::record::RecordRow;
use crate::Gateway;

/// How long one stream lasts. The browser comes back by itself, and is let in only if its session still holds.
const LONGEST_STREAM: Duration = Duration::from_secs(300);

/// Which news.
#[derive(Deserialize)]
pub(crate) struct Asked {
    /// What happened behind this record.
    after: Option<u64>,
    /// `activity`: lines as well.
    #[serde(default)]
    view: String,
    #[serde(default)]
    agent: String,
    #[serde(default)]
    only: String,
}

/// `GET /live`. A browser that comes back says in `Last-Event-ID` what it saw last.
pub(crate) async fn events(
    SignedIn(_): SignedIn,
    State(gateway): State<Arc<Gateway>>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Sse<impl Stream<Item = Result<Message, Infallible>>> {
    let last = headers.get("last-event-id").and_then(|id| id.to_str().ok()?.parse().ok());
    let after = last.or(asked.after);
    let watch = (asked.view == "activity").then_some(Watch { agent: asked.agent, only: asked.only });
    let records = gateway.trail.follow(after);
    let messages = records.flat_map(move |sealed| futures_util::stream::iter(news(&sealed.record, watch.as_ref())));
    let messages = messages.filter_map(|message| ready(message.map(Ok)));
    Sse::new(messages.take_until(tokio::time::sleep(LONGEST_STREAM))).keep_alive(KeepAlive::default())
}

/// What a record means for an open page.
fn news(record: &Record, watch: Option<&Watch>) -> [Option<Message>; 2] {
    let id = record.sequence.to_string();
    let row = watch.filter(|watch| watch.takes(&record.entry)).and_then(|_| row(record));
    [change(record).map(|message| message.id(&id)), row.map(|message| message.id(&id))]
}

fn change(record: &Record) -> Option<Message> {
    let concerns = match (record.entry.request, record.entry.event) {
        (Some(request), _) => request.to_string(),
        (None, Event::Policy) => "policy".to_owned(),
        _ => return None,
    };
    Some(Message::default().event("change").data(concerns))
}

fn row(record: &Record) -> Option<Message> {
    let html = RecordRow::of(record, Timestamp::now()).render().ok()?;
    Some(Message::default().event("row").data(html.trim()))
}
