//! What documents become, and what is said of those that are refused.

use proptest::prelude::*;

use super::*;
use crate::diagnostic::{Diagnostic, Parsed, has_errors};
use crate::json::Json;
use crate::source::{SourceId, Sources};
use crate::tier::Tier;
use crate::yaml::Limits;

/// The findings of a text, each as `code line:column message`.
fn findings<T>(load: fn(SourceId, &str, Limits) -> Parsed<T>, text: &str) -> Vec<String> {
    let mut sources = Sources::default();
    let source = sources.add("a.yaml", text);
    let parsed = load(source, text, Limits::default());
    let line = |finding: &Diagnostic| {
        let at = sources.position(finding.span().unwrap());
        format!("{} {}:{} {}", finding.code, at.line, at.column, finding.message)
    };
    parsed.diagnostics.iter().map(line).collect()
}

const POLICY: &str = r#"
name: team-moderate
version: "1.0"
description: Reads run.
layer: organization
extends: base-policy
defaults:
  tier: notify
capabilities:
  filesystem.*: { tier: autonomous }
  filesystem.write:
    rules:
      - condition: { content_size_lt: 10KiB, path_within: /workspace }
        tier: autonomous
      - condition: "size(params.content) >= 10240"
        tier: notify
    tier: approval_required
    reason: Large writes
    tags: [a, b]
    annotations: { owner: x, n: 1 }
  email.send:
    tier: notify
    rate_limit: { max: 10, window: 1h, per: agent, on_exceed: approval_required }
    approval: { expires: 24h, approvers: [ops], quorum: 1 }
"#;

#[test]
fn a_policy_is_read_as_written() {
    let mut sources = Sources::default();
    let source = sources.add("a.yaml", POLICY);
    let parsed = load_policy(source, POLICY, Limits::default());
    assert!(!has_errors(&parsed.diagnostics), "{:?}", parsed.diagnostics);
    let policy = parsed.value.unwrap();
    assert_eq!(policy.name.value, "team-moderate");
    assert_eq!(sources.text(policy.version.span), "1.0");
    assert_eq!(sources.text(policy.defaults.unwrap().span), "defaults:\n  tier: notify");
    let (pattern, write) = &policy.capabilities[1];
    assert_eq!(sources.text(pattern.span), "filesystem.write");
    assert_eq!(write.rules.len(), 2);
    assert_eq!(write.annotations.len(), 2);
    let limit = policy.capabilities[2].1.rate_limit.first().unwrap();
    assert_eq!((limit.max.value, limit.window.value), (10, 3_600_000));
    assert_eq!(policy.capabilities[2].1.approval.as_ref().unwrap().expires.as_ref().unwrap().value, 86_400_000);
}

/// What is said of the only mistake in an entry: message, help, what the fix replaces and by what.
fn said(entry: &str) -> (String, String, Option<(String, String)>) {
    let text = format!("name: a\nversion: '1'\ncapabilities:\n  a.b: {entry}\n");
    let mut sources = Sources::default();
    let source = sources.add("a.yaml", text.as_str());
    let parsed = load_policy(source, &text, Limits::default());
    let [finding] = parsed.diagnostics.as_slice() else { panic!("{entry}: {:?}", parsed.diagnostics) };
    let fix = finding.fix.as_ref().map(|fix| (sources.text(fix.span).to_owned(), fix.replacement.clone()));
    (finding.message.clone(), finding.help.clone().unwrap(), fix)
}

/// An entry, the message, the help, the fix.
type Case<'a> = (&'a str, &'a str, &'a str, Option<(&'a str, &'a str)>);

#[test]
fn findings_say_what_and_what_to_do() {
    let keys = "`id`, `tier`, `relaxable_to`, `reason`, `rules`, `rate_limit`, `approval`, `tags`, `annotations`";
    let tiers = "`autonomous`, `notify`, `approval_required`, `blocked`";
    let cases: &[Case<'_>] = &[
        ("{ tier: notfy }", "`notfy` is not a tier", "did you mean `notify`?", Some(("notfy", "notify"))),
        (
            "{ tier: 'deny' }",
            "`deny` is not a tier",
            &format!("`blocked` is the word for what never executes; write one of {tiers}"),
            None,
        ),
        ("{ tier: [notify] }", "`tier` must be a tier, not a list", &format!("write one of {tiers}"), None),
        (
            "{ teir: notify, rules: [{ tier: notify, condition: x }] }",
            "an entry has no key `teir`",
            "did you mean `tier`?",
            Some(("teir", "tier")),
        ),
        ("{ tier: notify, owner: me }", "an entry has no key `owner`", &format!("its keys are {keys}"), None),
        (
            "{ tier: notify, when: x }",
            "an entry has no key `when`",
            "a condition belongs to a rule: `rules: [{ condition: …, tier: … }]`",
            None,
        ),
        (
            "{ tier: notify, reason: 42 }",
            "`reason` must be text, not a number",
            "quote it: `\"42\"`",
            Some(("42", "\"42\"")),
        ),
        (
            "{ tier: notify, tags: a }",
            "`tags` must be a list, not text",
            "write `[…]`, or each item on a line of its own after `- `",
            None,
        ),
        (
            "{ tier: notify, tags: [{}] }",
            "an item of `tags` must be text, not a map",
            "write a text, or remove the key",
            None,
        ),
        (
            "{ reason: why }",
            "this entry says nothing",
            "give it a `tier:`, or `rules:` that have one; or remove it",
            None,
        ),
        (
            "{ tier: notify, rate_limit: { max: \"1,000\", window: 1h } }",
            "`max` must be a number, not text",
            "write `1000`, without quotes or separators",
            None,
        ),
        (
            "{ tier: notify, rate_limit: { max: 10, window: 5M } }",
            "the duration `5M` can be read in two ways: 5 minutes and 5 months",
            "write `5m` for minutes; months are written in days",
            None,
        ),
        (
            "{ tier: notify, rate_limit: { max: 10, window: 30 s } }",
            "`30 s` is not a duration",
            "write `30s`",
            Some(("30 s", "30s")),
        ),
        ("{ tier: notify, rate_limit: { max: 10 } }", "`rate_limit` needs the key `window`", "add `window:`", None),
        (
            "{ rules: [{ tier: notify, condition: true }] }",
            "`condition` must be text, not a truth value",
            "quote it: `\"true\"`",
            Some(("true", "\"true\"")),
        ),
        ("notify", "the entry `a.b` must be a map, not text", &format!("an entry has these keys: {keys}"), None),
    ];
    for (entry, message, help, fix) in cases {
        let fix = fix.map(|(of, by)| (of.to_owned(), by.to_owned()));
        assert_eq!(said(entry), ((*message).to_owned(), (*help).to_owned(), fix), "{entry}");
    }
}

#[test]
fn what_only_follows_from_an_error_of_the_text_is_not_told() {
    let cases = [
        ("name: a\nversion: '1'\ncapabilities:\n  a:\n    tier: @x\n", vec!["yaml-syntax"]),
        ("name:a\nversion: '1'\ncapabilities: {a: {tier: notify}}\n", vec!["yaml-syntax"]),
        ("name: a\nversion: '1'\ncapabilities:\n  a: [tier: notify\n  b: {}\n", vec!["yaml-syntax", "silent-entry"]),
        ("name: *a\nversion: '1'\ncapabilities: {a: {tier: *b}}\n", vec!["yaml-alias", "yaml-alias"]),
        ("name: a\nversion: 1e999\ncapabilities: {a: {tier: notify}}\n", vec!["yaml-number"]),
    ];
    for (text, codes) in cases {
        let found = findings(load_policy, text);
        let found: Vec<&str> = found.iter().filter_map(|line| line.split(' ').next()).collect();
        assert_eq!(found, codes, "{text}");
    }
}

fn corpus<T>(load: fn(SourceId, &str, Limits) -> Parsed<Option<T>>, text: &str) -> T {
    let parsed = load(Sources::default().add("a", text), text, Limits::default());
    assert_eq!(parsed.diagnostics, []);
    parsed.value.unwrap()
}

#[test]
fn a_test_document_is_read_as_written() {
    let suite = corpus(load_suite, include_str!("../../tests/corpus/test-ok/every-key.yaml"));
    let policies: Vec<&str> = suite.policies.iter().map(|path| path.value.as_str()).collect();
    assert_eq!(policies, ["team-moderate.yaml", "../system-baseline.yaml"]);
    let [short, long, unknown, by_number, by_id] = suite.tests.as_slice() else { panic!("{:?}", suite.tests) };
    assert_eq!(short.expect.tier.as_ref().unwrap().value, Tier::Notify);
    let params = Json::parse(br#"{"path":"/workspace/a","content":"hi","mode":null,"nested":{"n":[1,2.5]}}"#).unwrap();
    assert_eq!(short.params.as_ref().unwrap().value, params);
    assert_eq!(long.now.as_ref().unwrap().value.to_string(), "2026-03-29T12:20:00.5Z");
    let decider = long.expect.decided_by.as_ref().unwrap();
    assert_eq!(decider.capability.as_ref().unwrap().value, "filesystem.delete");
    assert!(matches!(&long.expect.unknowns, Some(ExpectedUnknowns::Count(count)) if count.value == 0));
    let rule = |test: &TestDocument| test.expect.decided_by.clone().unwrap().rule.unwrap();
    assert!(matches!(rule(unknown), ExpectedRule::None(_)));
    assert!(matches!(rule(by_number), ExpectedRule::Number(number) if number.value == 2));
    assert!(matches!(rule(by_id), ExpectedRule::Id(id) if id.value == "tiny"));
    assert!(matches!(&unknown.expect.unknowns, Some(ExpectedUnknowns::Texts(texts)) if texts.len() == 2));
}

#[test]
fn the_answer_of_a_server_is_a_catalog() {
    let catalog = corpus(load_catalog, include_str!("../../tests/corpus/catalog-ok/mcp.yaml"));
    let names: Vec<&str> = catalog.tools.iter().map(|tool| tool.name.value.as_str()).collect();
    assert_eq!(names, ["filesystem.read", "agent.whoami"]);
    assert!(catalog.tools[0].input_schema.get("properties").unwrap().get("path").is_some());
}

#[test]
fn ten_thousand_entries_load_when_the_limits_allow() {
    let entries = (0..10_000).map(|at| format!("  a.b{at}: {{ tier: notify, reason: r{at} }}\n"));
    let text = format!("name: a\nversion: '1'\ncapabilities:\n{}", entries.collect::<String>());
    let limits = Limits { nodes: 100_000, ..Limits::default() };
    let parsed = load_policy(Sources::default().add("a", ""), &text, limits);
    assert_eq!(parsed.diagnostics, []);
    assert_eq!(parsed.value.unwrap().capabilities.len(), 10_000);
    let refused = findings(load_policy, &text);
    assert_eq!(refused.len(), 1, "{refused:?}");
}

/// Texts that look like documents, right and wrong.
fn documentish() -> impl Strategy<Value = String> {
    let pieces = [
        "name: a\n",
        "version: '1'\n",
        "capabilities:\n",
        "  a.b:\n",
        "    tier: notify\n",
        "    tier: 7\n",
        "    rules:\n",
        "      - condition: x\n",
        "        tier: blocked\n",
        "      - {}\n",
        "  '*': { tier: notify }\n",
        "  *: x\n",
        "tests:\n",
        "  - name: x\n",
        "    call: a.b\n",
        "    expect: { decided_by: { rule: ~ } }\n",
        "    now: 2026\n",
        "tools: [{ name: a, inputSchema: {} }]\n",
        "    rate_limit: { max: 1, window: 1h }\n",
        "    tags: [a, 1, [b]]\n",
        "    approval: { approvers: [a, a], quorum: 9 }\n",
        "defaults: { tier: x }\n",
        "agent: é🔑\n",
        "    reason: |\n      x\n",
        "&a ",
        "\t",
        "- ",
        "}",
        "\"",
    ];
    prop::collection::vec(prop::sample::select(pieces.to_vec()), 0..25).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_loaded_or_refused(text in prop_oneof![documentish(), "\\PC*"]) {
        let source = Sources::default().add("a", "");
        let limits = Limits::default();
        let policy = load_policy(source, &text, limits);
        let suite = load_suite(source, &text, limits);
        let catalog = load_catalog(source, &text, limits);
        let all = [policy.diagnostics, suite.diagnostics, catalog.diagnostics];
        for finding in all.iter().flatten() {
            prop_assert!(finding.help.is_some(), "{:?}", finding);
            for label in &finding.labels {
                prop_assert!(text.get(label.span.start as usize..label.span.end as usize).is_some(), "{:?}", finding);
            }
        }
        prop_assert!(policy.value.is_some() || !all[0].is_empty());
    }
}
