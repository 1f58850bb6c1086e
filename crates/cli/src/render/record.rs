//! A record of the audit trail for people: a row of a table, a line of the activity stream, a row of a CSV file.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use kruxos_approvals::audit::{Entry, Outcome, Record};
use kruxos_approvals::summary::summary;
use kruxos_gateway::wire::RecordDocument;

use super::time::{age, clock};
use super::tree::{arrow, bold, dim, fit};
use super::{plain_json, visible};
use crate::output::Look;

/// `Seq`, `Time`, `Agent`, `Capability`, `Outcome`, `By`, `Parameters`, `Reason`.
pub(crate) fn row(record: &Record, now: Timestamp) -> [String; 8] {
    let entry = &record.entry;
    [
        record.sequence.to_string(),
        age(record.at, now),
        shown(entry.agent.as_deref()),
        shown(entry.capability.as_deref()),
        entry.word().to_owned(),
        shown(entry.by.as_deref()),
        parameters(entry),
        shown(why(entry)),
    ]
}

fn shown(text: Option<&str>) -> String {
    text.map(visible).unwrap_or_default().into_owned()
}

/// What was said about it: the supervisor's reason, the policy's, or what execution gave.
fn why(entry: &Entry) -> Option<&str> {
    let decided =
        || entry.decision.as_ref().map(|decision| decision.reason.as_str()).filter(|reason| !reason.is_empty());
    let asked = matches!(entry.outcome, Some(Outcome::ApprovalRequested | Outcome::Blocked | Outcome::RateLimited));
    let said = entry.reason.as_deref().or(entry.result.as_deref());
    if asked { said.or_else(decided) } else { said }
}

fn parameters(entry: &Entry) -> String {
    let (Some(capability), Some(params)) = (&entry.capability, &entry.params) else { return String::new() };
    summary(capability, params).text
}

/// A line of the activity stream, cut to the terminal's width if it is one. What supervisors are to be told of is marked.
pub(crate) fn activity(record: &Record, zone: &TimeZone, room: Option<usize>, look: Look) -> String {
    let entry = &record.entry;
    let mark = match entry.outcome {
        Some(Outcome::Notified) => "!",
        Some(Outcome::ApprovalRequested) => "?",
        _ => " ",
    };
    let time = clock(record.at, zone);
    let what = format!("{:<18}", entry.word());
    let line = format!("{time} {mark} {what} {}", subject(entry, look));
    let line = room.map_or_else(|| line.clone(), |room| fit(&line, room, look));
    let line = line.trim_end();
    match entry.outcome {
        Some(Outcome::Notified | Outcome::ApprovalRequested) => bold(line, look),
        None if entry.capability.is_some() => dim(line, look),
        _ => line.to_owned(),
    }
}

/// Who did what, and what was said about it.
fn subject(entry: &Entry, look: Look) -> String {
    let mut parts = Vec::new();
    parts.extend(entry.request.map(|id| id.to_string()));
    parts.extend(entry.agent.as_deref().map(|agent| visible(agent).into_owned()));
    parts.extend(entry.capability.as_deref().map(|capability| visible(capability).into_owned()));
    parts.push(parameters(entry));
    parts.extend(entry.by.as_deref().map(|by| format!("by {}", visible(by))));
    parts.retain(|part| !part.is_empty());
    let subject = parts.join("  ");
    match why(entry) {
        Some(why) if subject.is_empty() => visible(why).into_owned(),
        Some(why) => format!("{subject}  {} {}", arrow(look), visible(why)),
        None => subject,
    }
}

/// What stands above the columns of a CSV file.
pub(crate) const CSV_HEADER: [&str; 16] = [
    "sequence",
    "time",
    "event",
    "outcome",
    "agent",
    "session",
    "capability",
    "params",
    "request",
    "by",
    "reason",
    "policy",
    "rule",
    "result",
    "previous",
    "hash",
];

/// A record as cells of a CSV file: whole values, times in UTC. A cell that a spreadsheet would take for a formula begins
/// with an apostrophe.
pub(crate) fn csv_row(document: &RecordDocument) -> [String; 16] {
    let (record, entry) = (&document.record, &document.record.entry);
    let text = |text: Option<&String>| text.map(|text| harmless(&visible(text))).unwrap_or_default();
    let decision = entry.decision.as_ref();
    [
        record.sequence.to_string(),
        record.at.to_string(),
        entry.event.as_str().to_owned(),
        entry.outcome.map(|outcome| outcome.to_string()).unwrap_or_default(),
        text(entry.agent.as_ref()),
        text(entry.session.as_ref()),
        text(entry.capability.as_ref()),
        entry.params.as_ref().and_then(|params| plain_json::line(params).ok()).unwrap_or_default(),
        entry.request.map(|id| id.to_string()).unwrap_or_default(),
        text(entry.by.as_ref()),
        text(entry.reason.as_ref()),
        text(decision.map(|decision| decision.policy_text().to_owned()).as_ref()),
        text(decision.map(|decision| decision.rule_text()).as_ref()),
        text(entry.result.as_ref()),
        record.previous.to_string(),
        document.hash.to_string(),
    ]
}

/// Spreadsheets run what begins like this, <https://owasp.org/www-community/attacks/CSV_Injection>.
fn harmless(text: &str) -> String {
    if text.trim_start().starts_with(['=', '+', '-', '@', '|', '%']) { format!("'{text}") } else { text.to_owned() }
}

#[cfg(test)]
mod unit;
