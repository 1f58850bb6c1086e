//! A record of the audit trail on one line.

use askama::Template;
use jiff::Timestamp;
use kruxos_approvals::audit::{Entry, Event, Outcome, Record};
use kruxos_approvals::summary::summary;
use kruxos_policy::tier::Tier;

use super::age::Age;
use super::text::{Markup, beginning, shown};

/// Characters of a reason or result that one line has room for.
const LONGEST: usize = 300;

/// One record.
#[derive(Template)]
#[template(path = "record.html")]
pub(crate) struct RecordRow {
    pub(crate) sequence: u64,
    pub(crate) at: Age,
    /// `03-29 14:20:00`.
    pub(crate) stamp: String,
    /// What the badge says.
    pub(crate) word: &'static str,
    /// How it looks: `yes`, `no`, `wait`, `tell`, `still`.
    pub(crate) kind: &'static str,
    pub(crate) notify: bool,
    pub(crate) agent: Option<Markup>,
    pub(crate) capability: Option<Markup>,
    pub(crate) params: Option<Markup>,
    pub(crate) request: Option<String>,
    pub(crate) by: Option<Markup>,
    pub(crate) reason: Option<Markup>,
    pub(crate) result: Option<Markup>,
}

impl askama::filters::HtmlSafe for RecordRow {}

impl RecordRow {
    /// The line of a record.
    pub(crate) fn of(record: &Record, now: Timestamp) -> Self {
        let entry = &record.entry;
        let (word, kind) = badge(entry);
        Self {
            sequence: record.sequence,
            at: Age::of(record.at, now),
            stamp: record.at.strftime("%Y-%m-%d %H:%M:%S").to_string(),
            word,
            kind,
            notify: is_notified(entry),
            agent: entry.agent.as_deref().map(shown),
            capability: entry.capability.as_deref().map(shown),
            params: params(entry),
            request: entry.request.map(|id| id.to_string()),
            by: entry.by.as_deref().map(shown),
            reason: reason(entry).map(short),
            result: entry.result.as_deref().map(short),
        }
    }
}

/// Whether supervisors are to be told of this.
pub(crate) fn is_notified(entry: &Entry) -> bool {
    let tier = entry.decision.as_ref().map(|decision| decision.tier);
    entry.outcome == Some(Outcome::Notified) || entry.outcome.is_some() && tier == Some(Tier::Notify)
}

/// Whether something came about that a person may want to see pass by: that a call begins is followed by how it ended.
pub(crate) const fn is_news(entry: &Entry) -> bool {
    entry.outcome.is_some() || !matches!(entry.event, Event::Decision | Event::Execution)
}

fn params(entry: &Entry) -> Option<Markup> {
    let line = summary(entry.capability.as_deref()?, entry.params.as_ref()?);
    let mark = if line.shortened && !line.text.ends_with('…') { " …" } else { "" };
    // What is made visible once stays so when it is shown again: nothing in it acts any more.
    Some(shown(&format!("{}{mark}", line.text)))
}

/// Why, by whoever decided; of the policy where nobody has.
fn reason(entry: &Entry) -> Option<&str> {
    let policy = || entry.decision.as_ref().map(|decision| decision.reason.as_str());
    let waits = matches!(entry.outcome, Some(Outcome::ApprovalRequested | Outcome::Blocked | Outcome::RateLimited));
    entry.reason.as_deref().or_else(|| policy().filter(|_| waits))
}

fn short(text: &str) -> Markup {
    match beginning(text, LONGEST) {
        (all, true) => shown(all),
        (part, false) => shown(&format!("{part}…")),
    }
}

fn badge(entry: &Entry) -> (&'static str, &'static str) {
    let Some(outcome) = entry.outcome else { return (entry.word(), "still") };
    let kind = match outcome {
        Outcome::Executed | Outcome::Approved => "yes",
        Outcome::Notified => "tell",
        Outcome::ApprovalRequested => "wait",
        Outcome::Rejected | Outcome::Blocked | Outcome::Failed | Outcome::Interrupted => "no",
        Outcome::Expired | Outcome::Cancelled | Outcome::RateLimited => "still",
    };
    (words(outcome), kind)
}

const fn words(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::ApprovalRequested => "approval requested",
        Outcome::RateLimited => "rate limited",
        other => other.as_str(),
    }
}
