//! A request for people: one row of a list, and everything there is to know before deciding.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use kruxos_approvals::audit::Record;
use kruxos_approvals::request::{Execution, Request, State, Verdict};
use kruxos_approvals::summary::{Summary, summary, telling_first};
use kruxos_policy::json::Json;
use kruxos_policy::wire::JsonDocument;
use unicode_width::UnicodeWidthStr;

use super::time::{absolute, age};
use super::{counted, plain_json, visible};

/// One label with what it labels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Field {
    /// `Request`; one that is indented brings its own colon and what follows it.
    pub(crate) label: String,
    /// Safe to show.
    pub(crate) value: String,
    /// Whether it belongs to the field above.
    pub(crate) indented: bool,
}

/// How much of a request is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Detail {
    /// What a decision needs; very long values are cut and say so.
    Usual,
    /// Everything, every value whole.
    Everything,
}

/// The longest value, in characters, that the usual detail shows whole.
const LONGEST: usize = 4000;
/// Where values begin behind their labels.
const LABEL: usize = 12;

/// A request in one line.
pub(crate) fn in_short(request: &Request) -> Summary {
    summary(&request.capability, &request.params)
}

/// `ID`, `Agent`, `Capability`, `Parameters`, `Requested`.
pub(crate) fn row(request: &Request, now: Timestamp) -> [String; 5] {
    [
        request.id.to_string(),
        visible(&request.agent).into_owned(),
        visible(&request.capability).into_owned(),
        in_short(request).text,
        age(request.requested_at, now),
    ]
}

/// What is shown of one request.
pub(crate) struct Page<'r> {
    /// The request.
    pub(crate) request: &'r Request,
    /// What happened to it, oldest first.
    pub(crate) history: &'r [Record],
    /// How much.
    pub(crate) detail: Detail,
    /// The reader's zone.
    pub(crate) zone: &'r TimeZone,
}

impl Page<'_> {
    /// All of it as text, one field a line.
    pub(crate) fn text(&self) -> String {
        self.fields().iter().map(|field| line(field) + "\n").collect()
    }

    /// All of it: first what everybody is shown, then what applies to this request alone.
    pub(crate) fn fields(&self) -> Vec<Field> {
        let request = self.request;
        let decision = &request.decision;
        let mut fields = vec![
            field("Request", &request.id.to_string()),
            field("Agent", &request.agent),
            field("Capability", &request.capability),
        ];
        fields.extend(self.parameters());
        fields.push(field("Requested", &absolute(request.requested_at, self.zone)));
        fields.push(field("Policy", decision.policy_text()));
        fields.push(field("Rule", &decision.rule_text()));
        fields.push(field("Reason", &decision.reason));
        fields.extend(self.unknowns());
        fields.extend(self.terms());
        fields.extend(self.outcome());
        if self.detail == Detail::Everything {
            fields.extend(self.everything());
        }
        fields
    }

    fn parameters(&self) -> Vec<Field> {
        let json = self.request.params.json();
        let Json::Object(object) = &json else { return vec![field("Parameters", "none")] };
        let entries = telling_first(object);
        if entries.is_empty() {
            return vec![field("Parameters", "none")];
        }
        let keys: Vec<String> = entries.iter().map(|(key, _)| key_text(key)).collect();
        let width = keys.iter().map(|key| key.width() + 2).max().unwrap_or(0).min(LABEL * 2);
        let mut fields = vec![field("Parameters", "")];
        for (key, (_, value)) in keys.iter().zip(&entries) {
            let value = self.whole_or_cut(value_text(value));
            fields.push(Field { label: format!("{:<width$}", format!("{key}:")), value, indented: true });
        }
        fields
    }

    /// A value too long to show says so, and how to see it whole.
    fn whole_or_cut(&self, text: String) -> String {
        let cut = text.char_indices().nth(LONGEST).filter(|_| self.detail == Detail::Usual);
        let Some(beginning) = cut.and_then(|(at, _)| text.get(..at)) else { return text };
        let more = text.chars().count() - LONGEST;
        let id = self.request.id;
        format!("{beginning}… [{more} more characters: `kruxos approve show {id} --full`]")
    }

    /// What could not be told, each cause once.
    fn unknowns(&self) -> Vec<Field> {
        let each = self.request.decision.doubts().into_iter().flat_map(|(first, tests)| {
            let more = match tests.len() {
                1 => String::new(),
                count => format!(", and {} more", count - 1),
            };
            [field("Unknown", &format!("{}{more} ({})", first.test, first.cause)), beside("help", &first.help)]
        });
        each.collect()
    }

    /// What the policy asks of a decision.
    fn terms(&self) -> Vec<Field> {
        let request = self.request;
        let mut fields = Vec::new();
        if let Some(expires) = request.expires_at {
            fields.push(field("Expires", &absolute(expires, self.zone)));
        }
        if !request.approvers.is_empty() {
            fields.push(field("Approvers", &request.approvers.join(", ")));
        }
        if request.quorum > 1 || request.votes.len() > 1 {
            let votes = format!("{} of {}", request.votes.len(), counted(request.quorum as usize, "vote", "votes"));
            fields.push(field("Votes", &votes));
            fields.extend(request.votes.iter().map(|vote| {
                let reason = vote.reason.as_ref().map_or_else(String::new, |reason| format!(": {reason}"));
                beside("", &format!("{} at {}{reason}", vote.by, absolute(vote.at, self.zone)))
            }));
        }
        fields
    }

    fn outcome(&self) -> Vec<Field> {
        let request = self.request;
        if request.state == State::Pending {
            return Vec::new();
        }
        let mut fields = vec![field("State", request.state.as_str())];
        fields.extend(request.verdict.iter().flat_map(|verdict| self.verdict(verdict)));
        fields.extend(request.execution.iter().flat_map(|execution| self.execution(execution)));
        fields
    }

    fn verdict(&self, verdict: &Verdict) -> Vec<Field> {
        let mut fields = vec![field("Decided", &decided(verdict, &absolute(verdict.at, self.zone)))];
        fields.extend(verdict.reason.as_ref().map(|reason| field("Because", reason)));
        fields
    }

    fn execution(&self, execution: &Execution) -> Vec<Field> {
        let mut fields = Vec::new();
        fields.extend(execution.started_at.map(|at| field("Started", &absolute(at, self.zone))));
        fields.extend(execution.finished_at.map(|at| field("Finished", &absolute(at, self.zone))));
        fields.extend(execution.reason.as_ref().map(|reason| field("Failure", reason)));
        if let Some(data) = &execution.data {
            let value = self.whole_or_cut(value_text(&data.json()));
            fields.push(Field { value, ..field("Result", "") });
        }
        fields
    }

    fn everything(&self) -> Vec<Field> {
        let request = self.request;
        let mut fields = Vec::new();
        fields.extend(request.session.as_ref().map(|session| field("Session", session)));
        if let Some(rule) = &request.decision.rule {
            fields.push(field("Written at", &format!("{}:{}", rule.file, rule.line)));
            fields.extend(rule.id.as_ref().map(|id| field("Rule id", id)));
        }
        fields.push(field("Policy set", &request.decision.policy_digest));
        fields.push(field("Call digest", &request.digest.to_string()));
        if !self.history.is_empty() {
            fields.push(field("History", ""));
            fields.extend(self.history.iter().map(|record| self.history_line(record)));
        }
        fields
    }

    fn history_line(&self, record: &Record) -> Field {
        let entry = &record.entry;
        let happened = entry.outcome.map_or_else(|| entry.event.as_str().to_owned(), |outcome| outcome.to_string());
        let by = entry.by.as_ref().map_or_else(String::new, |by| format!(" by {by}"));
        let why = [&entry.reason, &entry.result].into_iter().flatten().next();
        let why = why.map_or_else(String::new, |why| format!(": {why}"));
        beside("", &format!("{}  {happened}{by}{why} (record {})", absolute(record.at, self.zone), record.sequence))
    }
}

/// `rejected by ops at 2026-03-29 14:20:00`.
pub(crate) fn decided(verdict: &Verdict, at: &str) -> String {
    let by = verdict.by.as_ref().map_or_else(String::new, |by| format!(" by {}", visible(by)));
    format!("{}{by} at {at}", verdict.state)
}

fn field(label: &str, value: &str) -> Field {
    Field { label: label.to_owned(), value: visible(value).into_owned(), indented: false }
}

fn beside(label: &str, value: &str) -> Field {
    let label = if label.is_empty() { String::new() } else { format!("{label}: ") };
    Field { label, value: visible(value).into_owned(), indented: true }
}

/// A field as a line: `Request:    ap_001`, `  command: systemctl`.
pub(crate) fn line(field: &Field) -> String {
    let line = match field.indented {
        true => format!("  {}{}", field.label, field.value),
        false => format!("{:<LABEL$}{}", format!("{}: ", field.label), field.value),
    };
    line.trim_end_matches(' ').to_owned()
}

/// A value on one line, safe to show: text as it is, anything else as JSON. Text that would read as another value is
/// quoted, so that `"5"` is no number.
pub(crate) fn value_text(value: &Json<'_>) -> String {
    let json = || plain_json::spaced(&JsonDocument(value)).unwrap_or_default();
    let text = match value {
        Json::Text(text) if !reads_otherwise(text) => text.to_string(),
        _ => json(),
    };
    visible(&text).into_owned()
}

/// Whether bare text could be taken for something it is not.
fn reads_otherwise(text: &str) -> bool {
    text.is_empty() || text.starts_with([' ', '"']) || text.ends_with(' ') || Json::parse(text.as_bytes()).is_ok()
}

/// A parameter's name; one that is no plain word is quoted, so that it cannot pass for a name and a value.
fn key_text(key: &str) -> String {
    let plain = |letter: char| letter.is_alphanumeric() || matches!(letter, '_' | '-' | '.');
    if !key.is_empty() && key.chars().all(plain) {
        return visible(key).into_owned();
    }
    let quoted = plain_json::spaced(&key).unwrap_or_default();
    visible(&quoted).into_owned()
}

#[cfg(test)]
mod unit;
