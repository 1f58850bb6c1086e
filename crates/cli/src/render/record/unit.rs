use kruxos_approvals::audit::Event;
use kruxos_approvals::request::RequestId;

use super::*;
use crate::fixture::{HOSTILE, REQUESTED, at, decision, is_harmless, params, record};

const LOOK: Look = Look { color: false, unicode: true, width: 80 };

fn approved() -> RecordDocument {
    record(12, Event::Verdict, |entry| {
        entry.agent = Some("my-agent".to_owned());
        entry.capability = Some("process.run".to_owned());
        entry.params = Some(params(r#"{"command":"systemctl","args":["restart","myapp"]}"#));
        entry.decision = Some(decision("process.run", "Service management commands require supervisor approval"));
        entry.outcome = Some(Outcome::Approved);
        entry.request = Some(RequestId(1));
        entry.by = Some("operator".to_owned());
        entry.reason = Some("Scheduled maintenance window".to_owned());
    })
}

fn hostile() -> RecordDocument {
    record(13, Event::Decision, |entry| {
        entry.agent = Some(HOSTILE.to_owned());
        entry.capability = Some(HOSTILE.to_owned());
        entry.params = Some(params(&serde_json::json!({ HOSTILE: HOSTILE }).to_string()));
        entry.outcome = Some(Outcome::Notified);
        entry.by = Some(HOSTILE.to_owned());
        entry.reason = Some(HOSTILE.to_owned());
        entry.result = Some(HOSTILE.to_owned());
    })
}

#[test]
fn a_decision_s_row_says_who_when_why_and_about_what() {
    let row = row(&approved().record, at("2026-03-29T14:22:00Z"));
    let expected = [
        "12",
        "2m ago",
        "my-agent",
        "process.run",
        "approved",
        "operator",
        "command=systemctl restart",
        "Scheduled maintenance window",
    ];
    assert_eq!(row, expected);
}

#[test]
fn a_line_of_activity_says_what_happened() {
    let line = activity(&approved().record, &TimeZone::UTC, None, LOOK);
    let expected = "14:20:00   approved           ap_001  my-agent  process.run  command=systemctl restart  \
                    by operator  → Scheduled maintenance window";
    assert_eq!(line, expected);
}

#[test]
fn what_supervisors_are_to_be_told_of_is_marked() {
    let line = |outcome| {
        let document = record(1, Event::Execution, |entry| entry.outcome = Some(outcome));
        activity(&document.record, &TimeZone::UTC, None, LOOK)
    };
    assert_eq!(line(Outcome::Notified), "14:20:00 ! notified");
    assert_eq!(line(Outcome::ApprovalRequested), "14:20:00 ? approval_requested");
    assert_eq!(line(Outcome::Executed), "14:20:00   executed");
}

#[test]
fn a_line_of_activity_keeps_the_terminal_s_width_and_is_harmless() {
    let line = activity(&hostile().record, &TimeZone::UTC, Some(60), LOOK);
    assert!(is_harmless(&line) && !line.contains('\n'), "{line}");
    assert!(unicode_width::UnicodeWidthStr::width(line.as_str()) <= 60, "{line}");
}

#[test]
fn csv_cells_are_whole_and_harmless() {
    let cells = csv_row(&approved());
    assert_eq!(CSV_HEADER.len(), cells.len());
    assert_eq!(cells[1], REQUESTED);
    assert_eq!(cells[7], r#"{"args":["restart","myapp"],"command":"systemctl"}"#);
    assert!(csv_row(&hostile()).iter().all(|cell| is_harmless(cell) && !cell.contains('\n')));
}

#[test]
fn a_cell_is_never_a_formula() {
    for formula in ["=1+1", "+1", "-1", "@SUM(A1)", "  =1", "|cmd", "%x"] {
        let document = record(1, Event::Verdict, |entry| entry.reason = Some(formula.to_owned()));
        assert_eq!(csv_row(&document)[10], format!("'{formula}"));
    }
    let document = record(1, Event::Verdict, |entry| entry.reason = Some("\t=1".to_owned()));
    assert_eq!(csv_row(&document)[10], r"\t=1");
}
