//! Policies with anchors decide as written out, and say where a thing stands that an alias brought.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use kruxos_policy::diagnostic::Diagnostic;
use kruxos_policy::{CallDocument, Decision, Engine, Loaded, Loader, lint};

const POLICY: &str = include_str!("corpus/policy-ok/anchors.yaml");

fn load(text: &str) -> Loaded {
    Loader::new().policy("p.yaml", text).load()
}

fn engine(text: &str) -> Engine {
    let loaded = load(text);
    let Some(set) = loaded.set else { panic!("{:#?}", loaded.diagnostics) };
    Engine::new(set).unwrap()
}

fn decided<T>(engine: &Engine, capability: &str, params: &str, read: impl FnOnce(&Decision<'_>) -> T) -> T {
    let call = format!(r#"{{"agent":"a","capability":"{capability}","params":{params}}}"#);
    let document = CallDocument::parse(call.as_bytes()).unwrap();
    read(&engine.decide(&mut engine.scratch(), &document.call()))
}

/// The policy with every alias replaced by the text of its anchor.
fn written_out() -> String {
    let secret = "\n        id: secret\n        condition: { path_within: [/etc/shadow, /root] }\n        tier: blocked\n        reason: Secrets are closed";
    let small = "{ content_size_lt: 10KiB, path_within: /workspace }";
    let texts = [("secret", secret), ("secrets", "[/etc/shadow, /root]"), ("never", "blocked"), ("small", small)];
    let anchors = texts.iter().rev().fold(POLICY.to_owned(), |text, (name, _)| text.replace(&format!("&{name}"), ""));
    texts.iter().rev().fold(anchors, |text, (name, value)| text.replace(&format!("*{name}"), value))
}

#[test]
fn a_policy_with_anchors_decides_as_written_out() {
    let (with, without) = (engine(POLICY), engine(&written_out()));
    assert!(!written_out().contains(['&', '*']));
    let params = [
        r#"{"path":"/etc/shadow","content":"x"}"#,
        r#"{"path":"/workspace/a","content":"x"}"#,
        r#"{"path":"/etc/shadow","content":7}"#,
        r#"{"path":"relative","content":"x"}"#,
        r#"{"source":"/root/x","destination":"/workspace"}"#,
        r#"{"source":"x","destination":"/workspace"}"#,
        r#"{"source":"/a","destination":"/b","path":"/workspace","content":""}"#,
        "{}",
    ];
    for capability in ["filesystem.read", "filesystem.write", "filesystem.copy"] {
        for params in params {
            let told = |decision: &Decision<'_>| {
                let unknowns: Vec<String> = decision.unknowns.iter().map(|unknown| unknown.test.to_owned()).collect();
                let rule = decision.decided_by.and_then(|by| by.origin.rule);
                (decision.tier, decision.reason().into_owned(), rule, unknowns)
            };
            let expected = decided(&without, capability, params, told);
            assert_eq!(decided(&with, capability, params, told), expected, "{capability} {params}");
        }
    }
}

#[test]
fn a_rule_that_an_alias_brings_stands_at_the_alias_and_its_tests_where_they_are_written() {
    let engine = engine(POLICY);
    let at = |capability: &str| {
        decided(&engine, capability, r#"{"path":"a"}"#, |decision| {
            let origin = &decision.decided_by.unwrap().origin;
            let unknown: Vec<u32> = decision.unknowns.iter().map(|unknown| unknown.position.line).collect();
            (origin.id.as_deref().map(str::to_owned), origin.position.line, unknown)
        })
    };
    assert_eq!(at("filesystem.read"), (Some("secret".to_owned()), 7, vec![8, 8]));
    assert_eq!(at("filesystem.write"), (Some("secret".to_owned()), 14, vec![8, 8]));
}

/// What is found, as `code lines of its labels`.
fn findings(text: &str) -> Vec<String> {
    let loaded = load(text);
    let mut diagnostics = loaded.diagnostics.clone();
    diagnostics.extend(loaded.set.iter().flat_map(lint::check));
    let line = |finding: &Diagnostic| {
        let lines = finding.labels.iter().map(|label| loaded.sources.position(label.span).line.to_string());
        format!("{} {}", finding.code, lines.collect::<Vec<_>>().join(" "))
    };
    diagnostics.iter().map(line).collect()
}

#[test]
fn what_is_wrong_with_an_anchors_text_is_said_once() {
    let policy = |condition: &str, tier: &str| {
        format!(
            "name: p\nversion: \"1\"\ncapabilities:\n  a.b:\n    rules:\n      - condition: &c {condition}\n        tier: {tier}\n    tier: notify\n  \
             a.c:\n    rules:\n      - condition: *c\n        tier: blocked\n    tier: notify\n  \
             a.d:\n    rules:\n      - condition: *c\n        tier: blocked\n    tier: notify\n"
        )
    };
    assert_eq!(findings(&policy("\"params.a ==\"", "blocked")), ["expression-syntax 6"]);
    assert_eq!(findings(&policy("{ a_eqq: 1 }", "blocked")), ["unknown-operator 6"]);
}

#[test]
fn what_is_wrong_where_an_alias_stands_names_the_alias() {
    let text = "name: p\nversion: \"1\"\ndescription: &text Some text\ncapabilities:\n  a.b: { tier: *text }\n  a.c: { tier: *text }\n";
    assert_eq!(findings(text), ["unknown-tier 3 5 6"]);
    let fixes: Vec<_> = load(text).diagnostics.into_iter().filter_map(|finding| finding.fix).collect();
    assert_eq!(fixes, [], "a replacement of the text would change the description");
}

#[test]
fn an_anchor_without_an_alias_is_a_warning() {
    let text = "name: p\nversion: \"1\"\ndefaults: &d { tier: notify }\ncapabilities:\n  a.b: { tier: blocked }\n";
    assert_eq!(findings(text), ["unused-anchor 3", "no-catalog 1"]);
    assert!(load(text).set.is_some());
}

#[test]
fn tests_and_catalogs_have_anchors_too() {
    let suite = "policies: [p.yaml]\ntests:\n  - &case { name: a, agent: a, call: a.b, params: &params { x: 1 }, expect: notify }\n  \
                 - { name: b, agent: a, call: a.c, params: *params, expect: notify }\n  - *case\n";
    let mut sources = kruxos_policy::source::Sources::default();
    let id = sources.add("a.test.yaml", suite);
    let parsed = kruxos_policy::document::load_suite(id, suite, kruxos_policy::yaml::Limits::default());
    let tests = parsed.value.unwrap().tests;
    let params: Vec<_> = tests.iter().map(|test| &test.params.as_ref().unwrap().value).collect();
    assert!(params.len() == 3 && params.windows(2).all(|two| two.first() == two.last()), "{:?}", parsed.diagnostics);

    let catalog = "tools:\n  - name: a.b\n    inputSchema: &schema { type: object, properties: { x: { type: string } } }\n  \
                   - name: a.c\n    inputSchema: *schema\n";
    let policy = "name: p\nversion: \"1\"\ncapabilities:\n  a.*: { tier: notify }\n";
    let loaded = Loader::new().policy("p.yaml", policy).catalog("c.yaml", catalog).load();
    let engine = Engine::new(loaded.set.unwrap()).unwrap();
    for capability in ["a.b", "a.c"] {
        let tier = decided(&engine, capability, r#"{"x":1}"#, |decision| decision.tier.to_string());
        assert_eq!(tier, "blocked", "{capability}");
    }
}
