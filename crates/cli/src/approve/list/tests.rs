use kruxos_approvals::RequestId;
use unicode_width::UnicodeWidthStr;

use super::*;
use crate::fixture::{HOSTILE, at, is_harmless, page, request};

const LOOK: Look = Look { color: false, unicode: true, width: 80 };

fn list(state: Which) -> List {
    List { state, agent: None, limit: 100, format: Format::Table }
}

fn found(approvals: Vec<Request>) -> RequestsDocument {
    RequestsDocument { total: approvals.len() as u64, approvals, next: None }
}

fn shown(found: &RequestsDocument, room: Option<usize>) -> String {
    list(Which::Pending).text(found, at("2026-03-29T14:22:00Z"), room, LOOK)
}

#[test]
fn the_page_s_list_is_printed_as_on_the_page() {
    let text = shown(&found(page().to_vec()), None);
    let (table, notes) = text.split_once("\n\n").unwrap();
    assert_eq!(
        table,
        "ID       Agent       Capability        Parameters                    Requested\n\
         ap_001   my-agent    process.run       command=systemctl restart     2m ago\n\
         ap_002   deploy-bot  filesystem.delete path=/workspace/old-build/    5m ago"
    );
    assert_eq!(notes, "Parameters are shortened for ap_001; `kruxos approve show ap_001` shows everything.\n");
}

#[test]
fn without_anything_shortened_there_is_only_the_table() {
    let [_, second] = page();
    assert!(shown(&found(vec![second]), None).ends_with("5m ago\n"));
}

#[test]
fn an_empty_queue_says_so() {
    assert_eq!(shown(&found(Vec::new()), None), "No requests are pending.\n");
}

#[test]
fn many_shortened_requests_are_named_in_one_line() {
    let [first, _] = page();
    let many: Vec<Request> = (1..=5).map(|id| Request { id: RequestId(id), ..first.clone() }).collect();
    let note = "shortened for ap_001, ap_002, ap_003 and 2 more; `kruxos approve show ap_001`";
    assert!(shown(&found(many), None).contains(note));
}

#[test]
fn what_is_beyond_the_limit_is_counted() {
    let [_, second] = page();
    let more = RequestsDocument { total: 10_000, next: Some(RequestId(2)), ..found(vec![second]) };
    assert!(shown(&more, None).ends_with("\n\n9999 more are there; `--limit 10000` shows them all.\n"));
}

#[test]
fn a_terminal_s_width_is_kept() {
    let text = shown(&found(page().to_vec()), Some(60));
    let table = text.split("\n\n").next().unwrap();
    assert!(table.lines().all(|line| line.width() <= 60), "{table}");
    assert!(table.contains('…') && table.contains("ap_002") && table.contains("5m ago"), "{table}");
}

#[test]
fn what_an_agent_wrote_cannot_act_on_the_terminal_or_leave_its_row() {
    let value = serde_json::json!({ "path": format!("{HOSTILE}{}end", " ".repeat(10_000)), HOSTILE: HOSTILE });
    let hostile = request(3, HOSTILE, HOSTILE, &value.to_string(), "2026-03-29T14:22:00Z");
    for room in [None, Some(80), Some(40)] {
        let text = shown(&found(vec![hostile.clone()]), room);
        assert!(is_harmless(&text), "{text}");
        assert_eq!(text.split("\n\n").next().unwrap().lines().count(), 2, "{text}");
    }
}

#[test]
fn other_states_have_a_column_that_tells_them_apart() {
    let text = list(Which::All).text(&found(page().to_vec()), at("2026-03-29T14:22:00Z"), None, LOOK);
    assert!(
        text.starts_with("ID       Agent       Capability        Parameters                    Requested  State\n")
    );
    assert!(text.contains("2m ago     pending\n"), "{text}");
}
