//! Decisions, one fact a test.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use kruxos_policy::{CallDocument, Engine, Loader, Tier};

fn engine(policies: &[&str]) -> Engine {
    let loader =
        (0..).zip(policies).fold(Loader::new(), |loader, (at, text)| loader.policy(format!("{at}.yaml"), *text));
    let loaded = loader.load();
    let Some(set) = loaded.set else { panic!("{:#?}", loaded.diagnostics) };
    Engine::new(set).unwrap()
}

fn policy(name: &str, layer: &str, rest: &str) -> String {
    format!("name: {name}\nversion: \"1\"\nlayer: {layer}\n{rest}")
}

fn tier(engine: &Engine, call: &str) -> Tier {
    let document = CallDocument::parse(call.as_bytes()).unwrap();
    engine.decide(&mut engine.scratch(), &document.call()).tier
}

fn of(capability: &str, params: &str) -> String {
    format!(r#"{{"agent":"bot","capability":"{capability}","params":{params}}}"#)
}

fn shipped(names: &[&str]) -> Engine {
    let texts: Vec<&str> = names.iter().map(|name| kruxos_policy::shipped::policy(name).unwrap().text).collect();
    engine(&texts)
}

#[test]
fn the_users_page_holds_of_the_shipped_policies() {
    for template in ["team-moderate", "enterprise-restrictive", "personal-permissive"] {
        let engine = shipped(&["system-baseline", template]);
        assert_eq!(tier(&engine, &of("secrets.read_raw", "{}")), Tier::Blocked, "{template}");
    }
    for template in ["team-moderate", "enterprise-restrictive"] {
        let engine = shipped(&["system-baseline", template]);
        assert_eq!(tier(&engine, &of("process.run", r#"{"command":"systemctl"}"#)), Tier::ApprovalRequired);
        assert_eq!(tier(&engine, &of("filesystem.delete", r#"{"path":"/workspace/a"}"#)), Tier::ApprovalRequired);
    }
    let engine = shipped(&["system-baseline", "team-moderate"]);
    assert_eq!(tier(&engine, &of("filesystem.read", r#"{"path":"/workspace/a"}"#)), Tier::Autonomous);
    assert_eq!(tier(&engine, &of("filesystem.list", r#"{"path":"/workspace"}"#)), Tier::Autonomous);
    assert_eq!(tier(&engine, &of("filesystem.write", r#"{"path":"/workspace/a","content":"hi"}"#)), Tier::Notify);
}

#[test]
fn a_path_that_leaves_the_workspace_is_not_opened() {
    let text = policy(
        "p",
        "organization",
        concat!(
            "capabilities:\n  filesystem.write:\n    rules:\n      - condition: { path_within: /workspace }\n        tier: autonomous\n",
            "    tier: approval_required\n",
        ),
    );
    let engine = engine(&[&text]);
    assert_eq!(tier(&engine, &of("filesystem.write", r#"{"path":"/workspace/a"}"#)), Tier::Autonomous);
    for params in [
        r#"{"path":"/workspace/../etc/shadow"}"#,
        "{}",
        r#"{"path":7}"#,
        r#"{"path":["/workspace/a"]}"#,
        r#"{"path":null}"#,
        r#"{"path":"workspace/a"}"#,
        r#"{"path":"/workspace2/a"}"#,
    ] {
        assert_eq!(tier(&engine, &of("filesystem.write", params)), Tier::ApprovalRequired, "{params}");
    }
}

#[test]
fn a_lower_layer_relaxes_only_as_far_as_the_one_above_says() {
    let organization = |relaxable: &str| {
        policy(
            "org",
            "organization",
            &format!("capabilities:\n  process.run: {{ tier: approval_required{relaxable} }}\n"),
        )
    };
    let agent = "name: a\nversion: \"1\"\nagent: bot\ncapabilities:\n  process.run: { tier: autonomous }\n";
    let with = |relaxable: &str| tier(&engine(&[&organization(relaxable), agent]), &of("process.run", "{}"));
    assert_eq!(with(""), Tier::ApprovalRequired);
    assert_eq!(with(", relaxable_to: notify"), Tier::Notify);
    assert_eq!(with(", relaxable_to: autonomous"), Tier::Autonomous);
}

#[test]
fn what_no_policy_answers_is_blocked() {
    let text = policy("p", "organization", "capabilities:\n  a.b: { tier: autonomous }\n");
    assert_eq!(tier(&engine(&[&text]), &of("a.c", "{}")), Tier::Blocked);
}

#[test]
fn a_test_and_its_negation_are_one_unknown() {
    let text = policy(
        "p",
        "organization",
        concat!(
            "capabilities:\n  a.b:\n    rules:\n      - { condition: { x_lt: 5 }, tier: notify }\n",
            "      - { condition: { x_gte: 5 }, tier: autonomous }\n    tier: blocked\n",
        ),
    );
    assert_eq!(tier(&engine(&[&text]), &of("a.b", "{}")), Tier::Notify);
}

#[test]
fn many_rules_on_one_parameter_answer_as_the_first_that_holds() {
    let rules: String = (0..200)
        .map(|n| {
            format!(
                "      - {{ condition: {{ x_eq: v{} }}, tier: {} }}\n",
                n,
                if n < 100 { "notify" } else { "blocked" }
            )
        })
        .collect();
    let text =
        policy("p", "organization", &format!("capabilities:\n  a.b:\n    rules:\n{rules}    tier: autonomous\n"));
    let engine = engine(&[&text]);
    assert_eq!(tier(&engine, &of("a.b", r#"{"x":"v42"}"#)), Tier::Notify);
    assert_eq!(tier(&engine, &of("a.b", r#"{"x":"other"}"#)), Tier::Autonomous);
    assert_eq!(tier(&engine, &of("a.b", r#"{"x":7}"#)), Tier::Blocked);
}

/// The policy of the README and what it says of it.
#[test]
fn the_readme_says_what_its_ten_lines_do() {
    let readme = include_str!("../README.md");
    let text = readme.split("```yaml\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    assert_eq!(text.lines().count(), 10);
    let engine = engine(&[text]);
    let write = |params| tier(&engine, &of("filesystem.write", params));
    assert_eq!(tier(&engine, &of("filesystem.read", r#"{"path":"/etc/hosts"}"#)), Tier::Autonomous);
    assert_eq!(write(r#"{"path":"/workspace/a","content":"hi"}"#), Tier::Notify);
    assert_eq!(write(r#"{"path":"/workspace/../etc/shadow","content":"hi"}"#), Tier::ApprovalRequired);
    assert_eq!(write(r#"{"path":"workspace/a","content":"hi"}"#), Tier::ApprovalRequired);
    assert_eq!(tier(&engine, &of("email.send", "{}")), Tier::ApprovalRequired);
}

/// The policy and the tests of the language's reference.
#[test]
fn the_reference_shows_what_loads_and_holds() {
    let reference = include_str!("../docs/policies.md");
    let samples = || reference.split("```yaml\n").skip(1).filter_map(|rest| rest.split("```").next());
    let of = |first: &str| samples().find(|sample| sample.starts_with(first)).unwrap();
    let engine = engine(&[of("# yaml-language-server")]);
    let mut sources = kruxos_policy::source::Sources::default();
    let source = sources.add("team.test.yaml", of("tests:"));
    let suite = kruxos_policy::document::load_suite(source, of("tests:"), kruxos_policy::yaml::Limits::default());
    assert_eq!(suite.diagnostics, []);
    for case in kruxos_policy::suite::run(&suite.value.unwrap(), &engine) {
        assert!(case.mismatches.is_empty(), "{case:?}");
    }
}
