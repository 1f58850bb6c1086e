//! The audit trail as a file, all records that a search finds, the newest first. The file is written as it is read: a trail
//! of any length fits, and a store that fails in the middle breaks the download instead of ending it early.

use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::{Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use futures_util::stream::{self, StreamExt};
use jiff::Timestamp;

use super::audit::Search;
use super::door::SignedIn;
use super::trouble::{Trouble, wrong};
use crate::Gateway;
use crate::trail::AuditFilter;
use crate::wire::RecordDocument;

/// Records that are read at once.
const AT_ONCE: u32 = 500;

const COLUMNS: [&str; 17] = [
    "sequence",
    "time",
    "event",
    "agent",
    "session",
    "capability",
    "params",
    "params_digest",
    "outcome",
    "tier",
    "policy",
    "rule",
    "request",
    "by",
    "reason",
    "result",
    "hash",
];

/// `GET /audit.csv`.
pub(crate) async fn csv(
    SignedIn(_): SignedIn,
    State(gateway): State<Arc<Gateway>>,
    Query(search): Query<Search>,
) -> Result<Response, Trouble> {
    let filter = search.filter(AT_ONCE, Timestamp::now()).map_err(wrong)?;
    gateway.trail.audit(&AuditFilter { limit: 1, ..filter.clone() }).await?;
    let head = line(&COLUMNS.map(str::to_owned));
    Ok(file("text/csv; charset=utf-8", "csv", head, records(gateway, filter, |_, record| csv_line(record)), ""))
}

/// `GET /audit.json`.
pub(crate) async fn json(
    SignedIn(_): SignedIn,
    State(gateway): State<Arc<Gateway>>,
    Query(search): Query<Search>,
) -> Result<Response, Trouble> {
    let filter = search.filter(AT_ONCE, Timestamp::now()).map_err(wrong)?;
    gateway.trail.audit(&AuditFilter { limit: 1, ..filter.clone() }).await?;
    let element = |first: bool, record: &RecordDocument| {
        let comma = if first { "" } else { ",\n" };
        format!("{comma}{}", serde_json::to_string(record).unwrap_or_default())
    };
    Ok(file("application/json", "json", "[\n".to_owned(), records(gateway, filter, element), "\n]\n"))
}

/// A piece of a file, or why there is no more.
type Piece = Result<Bytes, std::io::Error>;

fn file(
    kind: &'static str,
    extension: &str,
    head: String,
    records: impl stream::Stream<Item = Piece> + Send + 'static,
    tail: &'static str,
) -> Response {
    let head = stream::iter([Ok(Bytes::from(head))]);
    let body = head.chain(records).chain(stream::iter([Ok(Bytes::from_static(tail.as_bytes()))]));
    let name = format!("attachment; filename=\"kruxos-audit.{extension}\"");
    let about = [(header::CONTENT_TYPE, kind.to_owned()), (header::CONTENT_DISPOSITION, name)];
    (about, Body::from_stream(body)).into_response()
}

/// All records, each written by `write`, which is told whether it is the first. Ends behind the first error.
fn records(
    gateway: Arc<Gateway>,
    filter: AuditFilter,
    write: impl Fn(bool, &RecordDocument) -> String + Send + Sync + 'static,
) -> impl stream::Stream<Item = Piece> + Send {
    let write = Arc::new(write);
    stream::unfold((Some(filter), true), move |(filter, first)| {
        let (gateway, write) = (gateway.clone(), write.clone());
        async move {
            let filter = filter?;
            match gateway.trail.audit(&filter).await {
                Ok(document) => {
                    let texts = document.records.iter().enumerate();
                    let text: String = texts.map(|(at, record)| write(first && at == 0, record)).collect();
                    let next = document.next.map(|before| AuditFilter { before: Some(before), ..filter });
                    Some((Ok(Bytes::from(text)), (next, first && document.records.is_empty())))
                }
                Err(error) => Some((Err(std::io::Error::other(error.to_string())), (None, first))),
            }
        }
    })
}

fn csv_line(document: &RecordDocument) -> String {
    let RecordDocument { record, hash } = document;
    let entry = &record.entry;
    let decision = entry.decision.as_ref();
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    line(&[
        record.sequence.to_string(),
        record.at.to_string(),
        entry.event.as_str().to_owned(),
        text(&entry.agent),
        text(&entry.session),
        text(&entry.capability),
        entry.params.as_ref().map_or_else(String::new, |params| params.as_str().to_owned()),
        entry.params_digest.map_or_else(String::new, |digest| digest.to_string()),
        entry.outcome.map_or("", |outcome| outcome.as_str()).to_owned(),
        decision.map_or_else(String::new, |decision| decision.tier.to_string()),
        decision.map_or("", |decision| decision.policy_text()).to_owned(),
        decision.map_or_else(String::new, |decision| decision.rule_text()),
        entry.request.map_or_else(String::new, |id| id.to_string()),
        text(&entry.by),
        text(&entry.reason),
        text(&entry.result),
        hash.to_string(),
    ])
}

fn line(cells: &[String]) -> String {
    let cells: Vec<String> = cells.iter().map(|text| cell(text)).collect();
    format!("{}\r\n", cells.join(","))
}

/// One cell. What a spreadsheet would take for a formula is made text by an apostrophe in front.
fn cell(text: &str) -> String {
    let acts = text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']);
    let mark = if acts { "'" } else { "" };
    format!("\"{mark}{}\"", text.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula() {
        for formula in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"] {
            assert_eq!(cell(formula), format!("\"'{formula}\""));
        }
        assert_eq!(cell("a=1"), "\"a=1\"");
    }

    #[test]
    fn quotes_commas_and_lines_stay_in_their_cell() {
        assert_eq!(line(&["a,\"b\"".to_owned(), "c\nd".to_owned()]), "\"a,\"\"b\"\"\",\"c\nd\"\r\n");
    }
}
