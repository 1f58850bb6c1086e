//! The audit trail: searched, exported, checked.

use std::sync::Arc;

use askama::Template;
use axum::Form;
use axum::extract::{Path, Query, State};
use axum::response::Html;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use kruxos_approvals::Supervisor;
use kruxos_approvals::audit::{Head, Outcome};
use serde::{Deserialize, Serialize};

use super::door::SignedIn;
use super::frame::{Frame, frame};
use super::record::RecordRow;
use super::request::pretty;
use super::text::{Markup, shown, size};
use super::trouble::{Trouble, missing, wrong};
use crate::Gateway;
use crate::error::AuditError;
use crate::trail::AuditFilter;
use crate::wire::{StatusDocument, VerifyDocument};

/// Records on one page.
const ON_A_PAGE: u32 = 100;

/// Stretches of time to choose from: word, title, hours.
const SPANS: [(&str, &str, i64); 4] =
    [("1h", "hour", 1), ("24h", "24 hours", 24), ("7d", "7 days", 168), ("30d", "30 days", 720)];

/// What to search for, as the form writes it; empty fields ask nothing.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct Search {
    agent: String,
    capability: String,
    outcome: String,
    last: String,
    since: String,
    until: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    before: Option<u64>,
}

impl Search {
    /// As the service takes it.
    pub(crate) fn filter(&self, limit: u32, now: Timestamp) -> Result<AuditFilter, String> {
        let filled = |text: &String| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        let outcome = filled(&self.outcome).map(|word| word.parse::<Outcome>().map_err(|()| unknown_outcome(&word)));
        let hours = SPANS.iter().find(|(word, ..)| *word == self.last).map(|(.., hours)| *hours);
        let within = hours.and_then(|hours| now.checked_sub(SignedDuration::from_hours(hours)).ok());
        let since = filled(&self.since).map(|text| moment(&text)).transpose()?;
        Ok(AuditFilter {
            agent: filled(&self.agent),
            capability: filled(&self.capability),
            outcome: outcome.transpose()?,
            request: None,
            since: since.max(within),
            until: filled(&self.until).map(|text| moment(&text)).transpose()?,
            before: self.before,
            limit,
        })
    }

    fn query(&self) -> String {
        serde_urlencoded::to_string(self).unwrap_or_default()
    }
}

fn unknown_outcome(word: &str) -> String {
    let known: Vec<&str> = Outcome::ALL.iter().map(|outcome| outcome.as_str()).collect();
    format!("`{}` is no outcome; these are: {}", word.escape_debug(), known.join(", "))
}

/// A time of the form, which is UTC.
fn moment(text: &str) -> Result<Timestamp, String> {
    let wrong = |_| format!("`{}` is no time; write `2026-03-29T14:20`, in UTC", text.escape_debug());
    let civil: DateTime = text.parse().map_err(wrong)?;
    TimeZone::UTC.to_timestamp(civil).map_err(wrong)
}

#[derive(Template)]
#[template(path = "audit.html")]
struct Page {
    frame: Frame,
    filter: Search,
    outcomes: Vec<&'static str>,
    spans: Vec<(&'static str, &'static str)>,
    wrong: Option<Markup>,
    records: Vec<RecordRow>,
    next: Option<String>,
    csv: String,
    json: String,
    head_sequence: u64,
    head_hash: String,
    check: Option<Check>,
}

/// What checking the chain came to.
struct Check {
    intact: bool,
    title: String,
    text: Markup,
}

impl Check {
    fn of(document: &VerifyDocument, expected: Option<Head>) -> Self {
        match (&document.broken, document.head) {
            (Some(broken), _) => Self {
                intact: false,
                title: format!("The chain is broken at record {}.", broken.sequence),
                text: shown(&format!("{}. Keep this database as it is, and compare it with a copy.", broken.problem)),
            },
            (None, head) => Self {
                intact: document.intact,
                title: format!("All {} records are as they were written.", head.map_or(0, |head| head.sequence)),
                text: shown(expected.map_or(
                    "Keep the head below somewhere else: with it, a later check notices that the end was cut off.",
                    |_| "The head that you kept is part of the trail.",
                )),
            },
        }
    }
}

/// `GET /audit`.
pub(crate) async fn page(
    SignedIn(by): SignedIn,
    State(gateway): State<Arc<Gateway>>,
    Query(search): Query<Search>,
) -> Result<Html<String>, Trouble> {
    show(&gateway, &by, search, None).await
}

async fn show(
    gateway: &Arc<Gateway>,
    by: &Supervisor,
    search: Search,
    check: Option<Check>,
) -> Result<Html<String>, Trouble> {
    let (mut frame, status) = frame(gateway, by, "audit", "Audit trail").await?;
    frame.refresh = format!("/audit?{}", search.query());
    let now = Timestamp::now();
    let found = match search.filter(ON_A_PAGE, now) {
        Ok(filter) => gateway.trail.audit(&filter).await,
        Err(why) => Err(AuditError::BadPattern(why)),
    };
    let page = match found {
        Ok(document) => {
            let records = document.records.iter().map(|document| RecordRow::of(&document.record, now)).collect();
            let next = document.next.map(|before| Search { before: Some(before), ..search.clone() });
            Page { records, next: next.map(|next| format!("/audit?{}", next.query())), ..empty(frame, &status, search) }
        }
        Err(AuditError::BadPattern(why)) => Page { wrong: Some(shown(&why)), ..empty(frame, &status, search) },
        Err(other) => return Err(other.into()),
    };
    Ok(Html(Page { check, ..page }.render()?))
}

/// The page without records.
fn empty(frame: Frame, status: &StatusDocument, search: Search) -> Page {
    let export = Search { before: None, ..search.clone() }.query();
    Page {
        frame,
        outcomes: Outcome::ALL.iter().map(|outcome| outcome.as_str()).collect(),
        spans: SPANS.iter().map(|(word, title, _)| (*word, *title)).collect(),
        wrong: None,
        records: Vec::new(),
        next: None,
        csv: format!("/audit.csv?{export}"),
        json: format!("/audit.json?{export}"),
        head_sequence: status.head.sequence,
        head_hash: status.head.hash.to_string(),
        check: None,
        filter: search,
    }
}

/// A head that somebody kept.
#[derive(Deserialize)]
pub(crate) struct Kept {
    #[serde(default)]
    head: String,
}

/// `POST /audit/verify`.
pub(crate) async fn verify(
    SignedIn(by): SignedIn,
    State(gateway): State<Arc<Gateway>>,
    Form(kept): Form<Kept>,
) -> Result<Html<String>, Trouble> {
    let text = kept.head.trim();
    let expected = if text.is_empty() { None } else { Some(text.parse::<Head>().map_err(wrong)?) };
    let document = gateway.trail.verify(expected).await?;
    show(&gateway, &by, Search::default(), Some(Check::of(&document, expected))).await
}

#[derive(Template)]
#[template(path = "audit_record.html")]
struct RecordPage {
    frame: Frame,
    sequence: u64,
    row: RecordRow,
    hash: String,
    previous: String,
    pretty: Markup,
    complete: bool,
    size: String,
}

/// `GET /audit/{sequence}`.
pub(crate) async fn record(
    SignedIn(by): SignedIn,
    State(gateway): State<Arc<Gateway>>,
    Path(sequence): Path<u64>,
) -> Result<Html<String>, Trouble> {
    let filter = AuditFilter { before: sequence.checked_add(1), limit: 1, ..AuditFilter::default() };
    let found = gateway.trail.audit(&filter).await?.records.into_iter().next();
    let document = found.filter(|document| document.record.sequence == sequence).ok_or_else(|| missing("record"))?;
    let (mut frame, _) = frame(&gateway, &by, "audit", format!("Record {sequence}")).await?;
    frame.refresh = format!("/audit/{sequence}");
    let (text, complete) = pretty(&document.record);
    let page = RecordPage {
        frame,
        sequence,
        row: RecordRow::of(&document.record, Timestamp::now()),
        hash: document.hash.to_string(),
        previous: document.record.previous.to_string(),
        pretty: text,
        complete,
        size: size(document.record.body().len()),
    };
    Ok(Html(page.render()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_fields_ask_nothing() {
        let filter = Search::default().filter(5, Timestamp::UNIX_EPOCH).unwrap();
        assert_eq!(filter, AuditFilter { limit: 5, ..AuditFilter::default() });
    }

    #[test]
    fn times_are_utc_and_the_later_beginning_counts() {
        let now: Timestamp = "2026-03-29T14:20:00Z".parse().unwrap();
        let search = Search { since: "2026-03-01T08:30".to_owned(), last: "7d".to_owned(), ..Search::default() };
        let filter = search.filter(5, now).unwrap();
        assert_eq!(filter.since.unwrap().to_string(), "2026-03-22T14:20:00Z");
        let search = Search { last: String::new(), ..search };
        assert_eq!(search.filter(5, now).unwrap().since.unwrap().to_string(), "2026-03-01T08:30:00Z");
    }

    #[test]
    fn what_is_no_time_or_outcome_is_said() {
        let now = Timestamp::UNIX_EPOCH;
        let search = Search { until: "tomorrow".to_owned(), ..Search::default() };
        assert!(search.filter(5, now).unwrap_err().starts_with("`tomorrow` is no time"));
        let search = Search { outcome: "maybe".to_owned(), ..Search::default() };
        assert!(search.filter(5, now).unwrap_err().contains("approval_requested"));
    }
}
