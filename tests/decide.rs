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

/// Tests of one unknown value are not independent: only outcomes that one value could give count.
#[test]
fn an_unknown_value_is_one_value() {
    // the tier where both conditions hold is `blocked`, where neither does `notify`, else `autonomous`
    let tier_of = |one: &str, other: &str| {
        let text = format!(
            "name: p\nversion: '1'\ncapabilities:\n  a.b:\n    rules:\n      - {{ condition: {{ all: [{one}, {other}] }}, tier: blocked }}\n      - {{ condition: {{ any: [{one}, {other}] }}, tier: autonomous }}\n    tier: notify\n"
        );
        tier(&engine(&[&text]), &of("a.b", "{}"))
    };
    for (one, other) in [
        ("{ x_eq: a }", "{ x_eq: b }"),
        ("{ x_in: [a, b] }", "{ x_in: [c, d] }"),
        ("{ x_eq: a }", "{ x_prefix: b }"),
        ("{ x_eq: a }", "{ x_matches: '^b' }"),
        ("{ x_eq: a }", "{ x_glob: 'b*' }"),
        ("{ x_prefix: ab }", "{ x_prefix: ba }"),
        ("{ x_suffix: .md }", "{ x_suffix: .rs }"),
        ("{ x_lt: 5 }", "{ x_gt: 5 }"),
        ("{ x_eq: 3 }", "{ x_gte: 4 }"),
        ("{ x_size_lt: 2 }", "{ x_size_gt: 3 }"),
        ("{ p_within: /a }", "{ p_within: /b }"),
    ] {
        assert_eq!(tier_of(one, other), Tier::Notify, "{one} {other}");
    }
    for (one, other) in [
        ("{ x_eq: a }", "{ x_in: [a, b] }"),
        ("{ x_prefix: a }", "{ x_prefix: ab }"),
        ("{ x_prefix: a }", "{ x_suffix: b }"),
        ("{ x_matches: a }", "{ x_matches: b }"),
        ("{ x_lt: 5 }", "{ x_lt: 9 }"),
        ("{ x_eq: a }", "{ y_eq: b }"),
        ("{ p_within: /a }", "{ p_within: /a/b }"),
        // another case, and a link of macOS
        ("{ p_within: /a }", "{ p_within: /A }"),
        ("{ p_within: /private }", "{ p_within: /etc }"),
    ] {
        assert_eq!(tier_of(one, other), Tier::Blocked, "{one} {other}");
    }
}

#[test]
fn what_holds_for_every_value_is_no_doubt() {
    let text = policy(
        "p",
        "organization",
        concat!(
            "capabilities:\n  a.b:\n    rules:\n      - { condition: { x_lt: 5 }, tier: notify }\n",
            "      - { condition: { x_gte: 3 }, tier: autonomous }\n    tier: blocked\n",
        ),
    );
    assert_eq!(tier(&engine(&[&text]), &of("a.b", "{}")), Tier::Notify);
}

/// The tests that a decision lists, by what they are about.
fn unknowns(text: &str, call: &str) -> Vec<String> {
    let engine = engine(&[text]);
    let document = CallDocument::parse(call.as_bytes()).unwrap();
    let mut scratch = engine.scratch();
    let decision = engine.decide(&mut scratch, &document.call());
    decision.unknowns.iter().map(|unknown| unknown.help().replace("send `params.", "").replace('`', "")).collect()
}

#[test]
fn only_tests_that_make_a_difference_are_listed() {
    let rules = |rules: &[&str]| {
        let rules: String = rules.iter().map(|rule| format!("      - {{ {rule} }}\n")).collect();
        format!("name: p\nversion: '1'\ncapabilities:\n  a.b:\n    rules:\n{rules}    tier: autonomous\n")
    };
    for (text, params, listed) in [
        (rules(&["condition: { any: [{ a_eq: x }, { b_eq: x }] }, tier: notify"]), r#"{"b":"x"}"#, vec![]),
        (rules(&["condition: { any: [{ a_eq: x }, { b_eq: x }] }, tier: notify"]), "{}", vec!["a", "b"]),
        (rules(&["condition: { all: [{ a_eq: x }, { b_eq: x }] }, tier: notify"]), r#"{"b":"y"}"#, vec![]),
        // once the first may hold, nothing behind it is stricter
        (rules(&["condition: { a_eq: x }, tier: blocked", "condition: { b_eq: x }, tier: notify"]), "{}", vec!["a"]),
        // but what stands before it may keep it from being reached
        (
            rules(&["condition: { b_eq: x }, tier: notify", "condition: { a_eq: x }, tier: blocked"]),
            "{}",
            vec!["b", "a"],
        ),
        (rules(&["condition: { a_eq: x }, tier: autonomous, reason: one"]), "{}", vec!["a"]),
    ] {
        assert_eq!(unknowns(&text, &of("a.b", params)), listed, "{params} {text}");
    }
}

#[test]
fn a_reason_says_first_what_could_not_be_told_and_what_to_do() {
    let text = policy(
        "p",
        "organization",
        concat!(
            "capabilities:\n  a.b:\n    rules:\n",
            "      - condition: { any: [{ path_within: /etc }, { path_within: /root }] }\n        tier: blocked\n",
            "        reason: credentials are closed\n    tier: autonomous\n",
        ),
    );
    let engine = engine(&[&text]);
    let call = of("a.b", r#"{"path":"secret"}"#);
    let document = CallDocument::parse(call.as_bytes()).unwrap();
    let mut scratch = engine.scratch();
    let decision = engine.decide(&mut scratch, &document.call());
    assert_eq!(
        decision.reason(),
        "`path` is relative; give an absolute path. Until then the strictest answer counts: credentials are closed"
    );
    assert!(decision.unknowns.iter().all(|unknown| unknown.help() == "give an absolute path"));
}

/// The reason for a call of a rule with one condition.
fn reason(condition: &str, params: &str) -> String {
    let rest = format!(
        "capabilities:\n  a.b:\n    rules:\n      - condition: {condition}\n        tier: autonomous\n    tier: notify\n"
    );
    let engine = engine(&[&policy("p", "organization", &rest)]);
    let call = of("a.b", params);
    let document = CallDocument::parse(call.as_bytes()).unwrap();
    engine.decide(&mut engine.scratch(), &document.call()).reason().into_owned()
}

#[test]
fn a_reason_blames_the_value_of_the_call_and_never_the_policys_constant() {
    let typed = "`n` is of type string, not number; send `params.n` as number, not string";
    let comparisons =
        ["params.n < 5", "params.n <= 5", "params.n > 5", "params.n >= 5", "params.n == 5", "params.n != 5"];
    let turned = ["5 < params.n", "5 <= params.n", "5 > params.n", "5 >= params.n", "5 == params.n", "5 != params.n"];
    let maps = [
        "{ n_lt: 5 }",
        "{ n_lte: 5 }",
        "{ n_gt: 5 }",
        "{ n_gte: 5 }",
        "{ n_eq: 5 }",
        "{ n_ne: 5 }",
        "{ n_in: [5, 6] }",
    ];
    let quoted = comparisons.iter().chain(&turned).chain(&["params.n in [5, 6]"]).map(|text| format!("\"{text}\""));
    for condition in quoted.chain(maps.map(str::to_owned)) {
        assert!(
            reason(&condition, r#"{"n":"3"}"#).starts_with(typed),
            "{condition}: {}",
            reason(&condition, r#"{"n":"3"}"#)
        );
        let list = reason(&condition, r#"{"n":[3]}"#);
        assert!(list.starts_with("`n` is of type list, not number; send `params.n` as number, not list"), "{list}");
    }
}

#[test]
fn a_reason_names_the_part_that_is_wrong() {
    for (condition, params, says) in [
        ("\"'x' in params.l\"", r#"{"l":[1]}"#, "`l` holds a value of type int, not string; send string in `params.l`"),
        ("\"params.l == ['a']\"", r#"{"l":[1]}"#, "`l` holds a value of type int, not string"),
        ("\"params.a < params.b\"", r#"{"a":1,"b":[1]}"#, "`b` is of type list, not number"),
        (
            "{ command_runs_only: ls }",
            r#"{"command":"ls","args":"x"}"#,
            "`args` is of type string, not list; send `params.args`",
        ),
        ("{ command_runs_only: ls }", r#"{"command":"ls","argv":[7]}"#, "`argv` holds a value of type int, not string"),
        ("{ command_runs_only: ls }", r#"{"command":["ls",7]}"#, "`command` holds a value of type int, not string"),
        ("{ command_runs_only: ls }", r#"{"command":"ls","cwd":7}"#, "`cwd` is of type int, not string"),
        (
            "{ command_runs_only: ls }",
            r#"{"command":"ls","environment":7}"#,
            "`environment` is of type int, not map or list",
        ),
        ("{ o.command_runs_only: ls }", r#"{"o":{"command":"ls","stdin":7}}"#, "`o.stdin` is of type int, not string"),
        ("{ command_runs_only: ls }", r#"{"command":7,"args":["x"]}"#, "`command` is of type int, not string or list"),
        (
            "{ command_writes_within: /p }",
            r#"{"command":"tee a"}"#,
            "which file `a` in `command` is depends on its working directory, which the host does not give; the host has to",
        ),
        ("{ command_writes_within: /p }", r#"{"command":"tee /p/~x/%2e"}"#, "the file `/p/~x/%2e` in `command` "),
        (
            "{ ip_in_cidr: 10.0.0.0/8 }",
            r#"{"ip":"10.0.0.1:80"}"#,
            "`ip` is an IP address with a port; give the address alone",
        ),
        (
            "{ ip_in_cidr: 10.0.0.0/8 }",
            r#"{"ip":"[::1]:80"}"#,
            "`ip` is an IP address with a port; give the address alone",
        ),
        ("{ ip_in_cidr: 10.0.0.0/8 }", r#"{"ip":"a.b:c"}"#, "`ip` is text that is no IP address; give an IP address"),
        ("{ ip_in_cidr: 10.0.0.0/8 }", r#"{"ip":"::ffff:10.0.0.1"}"#, "`ip` is an IPv4 address inside an IPv6 address"),
    ] {
        let reason = reason(condition, params);
        assert!(reason.starts_with(says), "{condition} {params}: {reason}");
    }
}

#[test]
fn an_entrys_reason_is_not_given_for_a_rule_of_another_tier() {
    let rule =
        |condition: &str, tier: &str| format!("      - {{ condition: {{ n_eq: {condition} }}, tier: {tier} }}\n");
    let rules = [rule("1", "autonomous"), rule("2", "approval_required"), rule("3", "blocked")].concat();
    let rest = format!(
        "capabilities:\n  a.b:\n    rules:\n{rules}    tier: approval_required\n    reason: a person looks at it\n"
    );
    let engine = engine(&[&policy("p", "organization", &rest)]);
    let says = |n: u32| {
        let text = of("a.b", &format!(r#"{{"n":{n}}}"#));
        let document = CallDocument::parse(text.as_bytes()).unwrap();
        engine.decide(&mut engine.scratch(), &document.call()).reason().to_string()
    };
    for (n, reason) in [
        (1, "`a.b` is autonomous in `p`"),
        (2, "a person looks at it"),
        (3, "`a.b` is blocked in `p`"),
        (4, "a person looks at it"),
    ] {
        assert_eq!(says(n), reason, "{n}");
    }
}
