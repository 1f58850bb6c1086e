use kruxos_approvals::audit::Event;
use kruxos_approvals::request::{RequestId, Vote};
use kruxos_approvals::{JsonText, UnknownFacts};

use super::*;
use crate::fixture::{HOSTILE, REQUESTED, at, is_harmless, page, record, request};

fn text(request: &Request, detail: Detail) -> String {
    Page { request, history: &[], detail, zone: &TimeZone::UTC }.text()
}

fn usual(request: &Request) -> String {
    text(request, Detail::Usual)
}

#[test]
fn the_page_s_request_is_printed_as_on_the_page() {
    let [first, _] = page();
    assert_eq!(
        usual(&first),
        "Request:    ap_001\n\
         Agent:      my-agent\n\
         Capability: process.run\n\
         Parameters:\n\
         \x20 command: systemctl\n\
         \x20 args:    [\"restart\", \"myapp\"]\n\
         Requested:  2026-03-29 14:20:00\n\
         Policy:     team-moderate\n\
         Rule:       process.run → approval_required\n\
         Reason:     Service management commands require supervisor approval\n"
    );
}

#[test]
fn times_are_those_of_the_reader() {
    let [first, _] = page();
    let zone = TimeZone::fixed(jiff::tz::offset(-7));
    let text = Page { request: &first, history: &[], detail: Detail::Usual, zone: &zone }.text();
    assert!(text.contains("Requested:  2026-03-29 07:20:00\n"), "{text}");
}

#[test]
fn a_decided_request_says_by_whom_when_and_why() {
    let [mut request, _] = page();
    request.state = State::Succeeded;
    request.verdict = Some(Verdict {
        state: State::Approved,
        by: Some("operator".to_owned()),
        at: at("2026-03-29T14:25:00Z"),
        reason: Some("Scheduled maintenance window".to_owned()),
    });
    request.execution = Some(Execution {
        started_at: Some(at("2026-03-29T14:25:01Z")),
        finished_at: Some(at("2026-03-29T14:25:02Z")),
        data: Some(JsonText::parse(r#"{"exit_code":0}"#).unwrap()),
        reason: None,
    });
    let added = "State:      succeeded\n\
                 Decided:    approved by operator at 2026-03-29 14:25:00\n\
                 Because:    Scheduled maintenance window\n\
                 Started:    2026-03-29 14:25:01\n\
                 Finished:   2026-03-29 14:25:02\n\
                 Result:     {\"exit_code\": 0}\n";
    assert!(usual(&request).ends_with(added), "{}", usual(&request));
}

#[test]
fn what_the_policy_asks_of_a_decision_is_shown_when_it_asks() {
    let [mut request, _] = page();
    request.quorum = 2;
    request.approvers = vec!["ops".to_owned()];
    request.expires_at = Some(at("2026-03-30T14:20:00Z"));
    request.votes = vec![Vote { by: "alice".to_owned(), at: at(REQUESTED), reason: Some("fine".to_owned()) }];
    let added = "Expires:    2026-03-30 14:20:00\n\
                 Approvers:  ops\n\
                 Votes:      1 of 2 votes\n\
                 \x20 alice at 2026-03-29 14:20:00: fine\n";
    assert!(usual(&request).ends_with(added), "{}", usual(&request));
}

#[test]
fn tests_that_could_not_be_computed_are_shown() {
    let [mut request, _] = page();
    let unknown = UnknownFacts {
        test: "params.path within /workspace".to_owned(),
        cause: "it is no path".to_owned(),
        help: "write it absolute".to_owned(),
    };
    request.decision.unknowns = vec![unknown];
    let added = "Unknown:    params.path within /workspace (it is no path)\n  help: write it absolute\n";
    assert!(usual(&request).ends_with(added), "{}", usual(&request));
}

#[test]
fn everything_has_the_line_of_the_policy_and_the_history() {
    let [first, _] = page();
    let asked = record(7, Event::Decision, |entry| {
        entry.outcome = Some(kruxos_approvals::Outcome::ApprovalRequested);
        entry.request = Some(RequestId(1));
    });
    let history = [asked.record];
    let text = Page { request: &first, history: &history, detail: Detail::Everything, zone: &TimeZone::UTC }.text();
    for part in [
        "Session:    s_1\n",
        "Written at: team-moderate.yaml:92\n",
        "Rule id:    service-management\n",
        "Policy set: sha256:",
        "History:\n  2026-03-29 14:20:00  approval_requested (record 7)\n",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
}

#[test]
fn a_value_too_long_to_show_says_so_and_can_be_shown_whole() {
    let long = "x".repeat(LONGEST + 5);
    let content = format!(r#"{{"content":"{long}","path":"/a"}}"#);
    let request = request(3, "my-agent", "filesystem.write", &content, REQUESTED);
    let cut = usual(&request);
    assert!(cut.contains("… [5 more characters: `kruxos approve show ap_003 --full`]\n"), "{cut}");
    assert!(!cut.contains(&long));
    assert!(text(&request, Detail::Everything).contains(&format!("  content: {long}\n")));
}

#[test]
fn what_an_agent_wrote_cannot_act_on_the_terminal_or_pass_for_a_field() {
    let value = serde_json::json!({
        "path": format!("/a\nPolicy:     team-open{HOSTILE}"),
        "a: b\nReason": HOSTILE,
        "list": [HOSTILE, { "k\u{202e}": "\u{1b}" }],
    });
    let request = request(3, HOSTILE, HOSTILE, &value.to_string(), REQUESTED);
    let (usual, full) = (usual(&request), text(&request, Detail::Everything));
    assert!(is_harmless(&usual) && is_harmless(&full), "{full}");
    let policies = usual.lines().filter(|line| line.starts_with("Policy:")).collect::<Vec<_>>();
    assert_eq!(policies, ["Policy:     team-moderate"]);
    assert!(usual.contains(r#"  "a: b\nReason": "#), "{usual}");
}

#[test]
fn text_that_would_read_as_another_value_is_quoted() {
    let shown = |json: &str| value_text(&Json::parse(json.as_bytes()).unwrap());
    for (json, text) in [
        (r#""systemctl""#, "systemctl"),
        (r#""5""#, r#""5""#),
        ("5", "5"),
        (r#""true""#, r#""true""#),
        (r#""[\"a\"]""#, r#""[\"a\"]""#),
        (r#"["a",null]"#, r#"["a", null]"#),
        (r#""""#, r#""""#),
        (r#"" x""#, r#"" x""#),
        (r#""x ""#, r#""x ""#),
    ] {
        assert_eq!(shown(json), text, "{json}");
    }
}

#[test]
fn a_call_without_params_says_so() {
    let request = request(3, "my-agent", "system.info", "{}", REQUESTED);
    assert!(usual(&request).contains("Parameters: none\n"));
}
