//! Text of agents that is meant to deceive the person who decides.

use std::process::Output;

use kruxos_approvals::visible::acts;
use serde_json::json;

use crate::process::{Home, Running};
use crate::wire::Agent;

/// Clears the screen, turns text around, hides letters, pushes the rest out of sight, is a program for a browser.
const ANSI: &str = "\u{1b}[2J\u{1b}[31mred\u{9b}0m\u{7}";
const BIDI: &str = "safe\u{202e}gnihtemos\u{2066}x\u{2069}";
const HIDDEN: &str = "a\u{200b}b\u{200d}c\u{feff}d\u{e0041}";
const MARKUP: &str = "<script>alert(1)</script><img src=x onerror=alert(2)>";

fn spaces() -> String {
    format!("rm{}-rf", " ".repeat(10_000))
}

/// Here, without the baseline, paths with control characters wait for a person; the shipped policies block them.
const POLICY: &str = "name: team
version: \"1.0\"
layer: organization
capabilities:
  \"{filesystem.delete,process.run}\": { tier: approval_required, reason: A person looks }
";

/// Requests whose every text is hostile, the names of params included.
fn queue(agent: &Agent) -> Vec<String> {
    let path = |text: &str| json!({ "path": format!("/workspace/{text}") });
    let run = |text: &str| json!({ "command": text, "args": [text, "-x", text] });
    let mut ids = Vec::new();
    for text in [ANSI, BIDI, HIDDEN, MARKUP, &spaces(), "line\nbreak\r\ttab"] {
        ids.push(agent.queue("filesystem.delete", &path(text)));
        ids.push(agent.queue("process.run", &run(text)));
        ids.push(agent.queue("process.run", &json!({ "command": "x", "environment": { text: text } })));
    }
    ids
}

/// What was printed, none of which a terminal acts on.
fn harmless(output: &Output) -> String {
    assert!(output.status.success(), "{output:?}");
    for stream in [&output.stdout, &output.stderr] {
        let text = std::str::from_utf8(stream).unwrap();
        let acting: Vec<char> = text.chars().filter(|letter| *letter != '\n' && acts(*letter)).collect();
        assert!(acting.is_empty(), "{acting:?} in {text}");
    }
    String::from_utf8(output.stdout.clone()).unwrap()
}

#[test]
fn hostile_text_is_harmless_and_visible_wherever_a_person_reads_it() {
    let home = Home::with_policy(POLICY).without_baseline();
    let gateway = home.start();
    let agent = gateway.agent("my-agent");
    let ids = queue(&agent);
    let list = harmless(&home.kruxos(&["approve", "list"]));
    assert!(ids.iter().all(|id| list.contains(id.as_str())), "{list}");
    let mut shown = String::new();
    for id in &ids {
        let text = harmless(&home.kruxos(&["approve", "show", id]));
        assert!(!text.contains(&" ".repeat(200)), "{id}: {text}");
        shown.push_str(&text);
    }
    for visible in ["\\u{1b}[2J", "\\u{9b}0m", "\\u{7}", "\\u{202e}", "\\u{200b}", "\\u{feff}", "\\u{e0041}", "×10000"]
    {
        assert!(shown.contains(visible), "{visible} is not to be seen in {shown}");
    }
    gateway.operator.say("reject", &ids[0], "no");
    let audit = harmless(&home.kruxos(&["audit", "query", "--limit", "100"]));
    assert!(audit.contains("my-agent"), "{audit}");
    harmless(&home.kruxos(&["audit", "query", "--outcome", "rejected"]));
    pages_hold_text_and_no_markup(&gateway, &ids);
}

fn pages_hold_text_and_no_markup(gateway: &Running, ids: &[String]) {
    let requests = ids.iter().map(|id| format!("/approvals/{id}"));
    for page in ["/approvals", "/audit", "/activity"].map(str::to_owned).into_iter().chain(requests) {
        let shown = gateway.operator.page(&page);
        assert_eq!(shown.status, 200, "{page}: {}", shown.text);
        assert!(!shown.text.contains("<script>alert") && !shown.text.contains("<img src=x"), "{page}");
        let acting = shown.text.chars().find(|letter| !matches!(letter, '\n' | '\t' | '\u{a0}') && acts(*letter));
        assert_eq!(acting, None, "{page}");
    }
}
