//! The audit trail as it grows, as server-sent events.

use std::convert::Infallible;
use std::pin::Pin;
use std::time::Duration;

use axum::http::{HeaderMap, StatusCode};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::{Stream, StreamExt as _, stream};
use kruxos_approvals::audit::{self, SealedRecord};
use schemars::SchemaGenerator;
use serde_json::{Value, json};
use std::sync::Arc;
use tokio::sync::OwnedSemaphorePermit;

use crate::Accounts;
use crate::http::api::ask::{Ask, NoContent, Nothing};
use crate::http::api::reply::Reply;
use crate::http::refusal::Refused;
use crate::http::supervisor::{self, only};
use crate::wire::RecordDocument;

/// How many streams may be open at once.
pub(super) const MOST_STREAMS: usize = 256;
/// How often a stream says that it is still there.
const ALIVE: Duration = Duration::from_secs(15);
/// How long a stream lasts. Browsers and the command resume by themselves, and prove again who they are.
const LONGEST: Duration = Duration::from_secs(3600);

/// A stream of records.
pub(super) struct Activity(Pin<Box<dyn Stream<Item = Event> + Send>>);

impl IntoResponse for Activity {
    fn into_response(self) -> Response {
        let events = self.0.map(Ok::<_, Infallible>);
        Sse::new(events).keep_alive(KeepAlive::new().interval(ALIVE)).into_response()
    }
}

impl Reply for Activity {
    const STATUS: StatusCode = StatusCode::OK;
    const MEDIA: &'static str = "text/event-stream";

    fn describe(generator: &mut SchemaGenerator) -> Value {
        let record = generator.subschema_for::<RecordDocument>().to_value();
        json!({
            "type": "string",
            "description": "Events `record`; `id` is the sequence number, `data` a record. `Last-Event-ID` resumes.",
            "contentMediaType": "application/json",
            "contentSchema": record,
        })
    }
}

/// `GET /api/activity`.
pub(super) async fn follow(ask: Ask<Nothing, Nothing, NoContent>) -> Result<Activity, Refused> {
    let after = last_event(&ask.headers)?;
    let permit = ask.door.streams.clone().try_acquire_owned().map_err(|_| {
        let message = format!("{MOST_STREAMS} activity streams are open, the most that are allowed");
        Refused::new(StatusCode::TOO_MANY_REQUESTS, "too_many_streams", message).help("close one, or try again later")
    })?;
    let records = Box::pin(ask.door.gateway.trail.follow(after));
    let watched =
        Watched { records, accounts: ask.door.gateway.accounts.clone(), headers: ask.headers, _permit: permit };
    let opening = stream::iter([Event::default().comment("follows the audit trail")]);
    let events = opening.chain(stream::unfold(watched, Watched::next));
    Ok(Activity(Box::pin(events.take_until(Box::pin(tokio::time::sleep(LONGEST))))))
}

/// What a client that resumes saw last.
fn last_event(headers: &HeaderMap) -> Result<Option<u64>, Refused> {
    if !headers.contains_key("last-event-id") {
        return Ok(None);
    }
    let id = only(headers, "last-event-id".parse().map_err(|_| Refused::bad_request("a header is none"))?);
    let id = id.and_then(|id| id.parse().ok());
    id.map(Some).ok_or_else(|| Refused::bad_request("`Last-Event-ID` is the sequence number of a record"))
}

/// A stream and who may see it.
struct Watched {
    records: Pin<Box<dyn Stream<Item = Arc<SealedRecord>> + Send>>,
    accounts: Arc<Accounts>,
    headers: HeaderMap,
    _permit: OwnedSemaphorePermit,
}

impl Watched {
    async fn next(mut self) -> Option<(Event, Self)> {
        let sealed = self.records.next().await?;
        // Whoever loses the key to what is shown here is shown nothing more.
        let is_about_accounts = sealed.record.entry.event == audit::Event::Account;
        if is_about_accounts && supervisor::authenticate(&self.accounts, &self.headers).await.is_err() {
            return None;
        }
        let event = Event::default().event("record").id(sealed.record.sequence.to_string());
        Some((event.json_data(RecordDocument::from(&*sealed)).ok()?, self))
    }
}
