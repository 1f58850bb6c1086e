//! What a policy takes over from the policies it extends, and what stays blocked.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

use kruxos_policy::diagnostic::Diagnostic;
use kruxos_policy::{CallDocument, Engine, Loaded, Loader, Tier};

fn policy(name: &str, extends: &str, rest: &str) -> String {
    let extends = if extends.is_empty() { String::new() } else { format!("extends: {extends}\n") };
    format!("name: {name}\nversion: \"1\"\n{extends}{rest}")
}

/// Loads the last text as a policy, the others as bases.
fn load(texts: &[String]) -> Loaded {
    let (own, bases) = texts.split_last().unwrap();
    let loader =
        (0..).zip(bases).fold(Loader::new(), |loader, (at, base)| loader.base(format!("b{at}"), base.as_str()));
    loader.policy("own", own.as_str()).load()
}

/// The tier of a call, with the file and line that decided.
fn decided(texts: &[String], capability: &str, params: &str) -> (Tier, String) {
    let loaded = load(texts);
    let Some(set) = loaded.set else { panic!("{:#?}", loaded.diagnostics) };
    let engine = Engine::new(set).unwrap();
    let call = format!(r#"{{"agent":"a","capability":"{capability}","params":{params}}}"#);
    let document = CallDocument::parse(call.as_bytes()).unwrap();
    let mut scratch = engine.scratch();
    let decision = engine.decide(&mut scratch, &document.call());
    let by = decision.decided_by.map(|by| format!("{}:{}", by.origin.file, by.origin.position.line));
    (decision.tier, by.unwrap_or_default())
}

fn tier(base: &str, own: &str, capability: &str, params: &str) -> Tier {
    let texts = [policy("base", "", base), policy("own", "base", own)];
    decided(&texts, capability, params).0
}

#[test]
fn what_an_entry_of_a_base_blocks_stays_blocked() {
    let rules = "capabilities:\n  a.b:\n    rules: [{ condition: { x_gt: 5 }, tier: blocked }]\n    tier: notify\n";
    let some = "capabilities: { a.*: { tier: blocked }, a.c: { tier: notify } }\n";
    for (base, own, capability, params, expected) in [
        ("capabilities: { a.b: { tier: blocked } }", "a.b: { tier: autonomous }", "a.b", "{}", Tier::Blocked),
        ("capabilities: { a.b: { tier: blocked } }", "'*': { tier: autonomous }", "a.b", "{}", Tier::Blocked),
        ("capabilities: { a.*: { tier: blocked } }", "a.b: { tier: autonomous }", "a.b", "{}", Tier::Blocked),
        (
            "capabilities: { a.b: { tier: approval_required } }",
            "a.b: { tier: autonomous }",
            "a.b",
            "{}",
            Tier::Autonomous,
        ),
        (rules, "a.b: { tier: autonomous }", "a.b", r#"{"x":6}"#, Tier::Blocked),
        (rules, "a.b: { tier: autonomous }", "a.b", r#"{"x":5}"#, Tier::Autonomous),
        (rules, "a.b: { tier: autonomous }", "a.b", "{}", Tier::Blocked),
        (some, "a.*: { tier: autonomous }", "a.c", "{}", Tier::Notify),
        (some, "a.c: { tier: autonomous }", "a.c", "{}", Tier::Autonomous),
        (some, "a.c: { tier: autonomous }", "a.d", "{}", Tier::Blocked),
        (
            "defaults: { tier: blocked }\ncapabilities: { a.b: { tier: notify } }",
            "c.d: { tier: autonomous }",
            "c.d",
            "{}",
            Tier::Autonomous,
        ),
        (
            "defaults: { tier: blocked }\ncapabilities: { a.b: { tier: notify } }",
            "c.d: { tier: autonomous }",
            "e.f",
            "{}",
            Tier::Blocked,
        ),
    ] {
        let own = format!("capabilities: {{ {own} }}\n");
        assert_eq!(tier(base, &own, capability, params), expected, "{base} under {own}: {capability} {params}");
    }
}

#[test]
fn what_any_base_however_far_blocks_stays_blocked() {
    let texts = [
        policy("first", "", "capabilities:\n  a.b: { tier: blocked }\n"),
        policy("second", "first", "capabilities:\n  a.b: { tier: notify }\n"),
        policy("other", "", "capabilities:\n  c.d: { tier: blocked, reason: never }\n"),
        policy("own", "[second, other]", "capabilities:\n  a.b: { tier: autonomous }\n  c.d: { tier: autonomous }\n"),
    ];
    assert_eq!(decided(&texts, "a.b", "{}"), (Tier::Blocked, "b0:4".to_owned()));
    assert_eq!(decided(&texts, "c.d", "{}"), (Tier::Blocked, "b2:4".to_owned()));
}

#[test]
fn a_shipped_base_keeps_raw_secrets_closed() {
    let own = policy(
        "own",
        "system-baseline",
        "capabilities:\n  secrets.read_raw: { tier: autonomous }\n  x.y: { tier: notify }\n",
    );
    assert_eq!(decided(std::slice::from_ref(&own), "secrets.read_raw", "{}").0, Tier::Blocked);
    assert_eq!(decided(&[own], "x.y", "{}").0, Tier::Notify);
}

#[test]
fn limits_of_a_base_s_replaced_entry_count_nothing() {
    let base = "capabilities:\n  a.b:\n    rules: [{ condition: { x_gt: 5 }, tier: blocked }]\n    tier: notify\n    rate_limit: { max: 1, window: 1h }\n";
    let texts = [policy("base", "", base), policy("own", "base", "capabilities:\n  a.b: { tier: autonomous }\n")];
    let engine = Engine::new(load(&texts).set.unwrap()).unwrap();
    let document = CallDocument::parse(br#"{"agent":"a","capability":"a.b","params":{"x":1}}"#).unwrap();
    let mut scratch = engine.scratch();
    let decision = engine.decide(&mut scratch, &document.call());
    assert_eq!((decision.tier, decision.rate_limits.len()), (Tier::Autonomous, 0));
}

fn errors(texts: &[String]) -> Vec<Diagnostic> {
    load(texts).diagnostics
}

#[test]
fn two_bases_with_one_pattern_are_an_error_that_names_both() {
    let one = || policy("one", "", "capabilities:\n  a.b: { tier: notify }\n  a.c: { tier: notify }\n");
    let other = || policy("other", "", "capabilities:\n  a.b: { tier: notify }\n");
    let own = |entries: &str| policy("own", "[one, other]", &format!("capabilities: {{ {entries} }}\n"));
    let found = errors(&[one(), other(), own("x.y: { tier: notify }")]);
    let [error] = found.as_slice() else { panic!("{found:#?}") };
    assert_eq!(
        (error.code, error.message.as_str()),
        ("two-bases", "the bases `one` and `other` both have the entry `a.b`")
    );
    assert_eq!(error.labels.len(), 3);
    assert_eq!(errors(&[one(), other(), own("a.b: { tier: blocked }")]), []);
    let defaults =
        |name: &str| policy(name, "", "defaults: { tier: notify }\ncapabilities: { c.d: { tier: notify } }\n");
    let found = errors(&[one(), defaults("other"), own("x.y: { tier: notify }")]);
    assert_eq!(found, []);
    let twice = [defaults("one"), defaults("other"), own("c.d: { tier: notify }")];
    assert_eq!(errors(&twice)[0].message, "`one` and `other` both have `defaults`");
}

#[test]
fn two_bases_that_share_a_base_take_its_entries_over_once() {
    let texts = [
        policy("root", "", "defaults: { tier: notify }\ncapabilities:\n  a.b: { tier: autonomous }\n"),
        policy("left", "root", "capabilities:\n  l.l: { tier: autonomous }\n"),
        policy("right", "root", "capabilities:\n  r.r: { tier: autonomous }\n"),
        policy("own", "[left, right]", "capabilities:\n  o.o: { tier: autonomous }\n"),
    ];
    for (capability, expected) in [("a.b", Tier::Autonomous), ("l.l", Tier::Autonomous), ("x.y", Tier::Notify)] {
        assert_eq!(decided(&texts, capability, "{}").0, expected);
    }
}

#[test]
fn what_is_wrong_with_bases_is_said_once() {
    let cycle = [
        policy("one", "own", "capabilities: { a.b: { tier: notify } }\n"),
        policy("own", "one", "capabilities: { a.c: { tier: notify } }\n"),
    ];
    assert_eq!(errors(&cycle)[0].code, "extends-cycle");
    let broken = policy("base", "", "capabilities:\n  a.b: { rules: [{ condition: 'params.x ==', tier: blocked }] }\n");
    let found = errors(&[
        broken.clone(),
        policy("mid", "base", "capabilities: { a.b: { tier: notify } }\n"),
        policy("own", "[base, mid]", "capabilities: { a.b: { tier: notify } }\n"),
    ]);
    assert_eq!(found.len(), 1, "{found:#?}");
    let twice = errors(&[broken, policy("own", "[base, base]", "capabilities: { a.b: { tier: notify } }\n")]);
    assert!(twice.iter().any(|found| found.code == "duplicate-base"), "{twice:#?}");
    let chain: Vec<String> = (0..20)
        .map(|at| {
            policy(
                &format!("p{at}"),
                &if at == 0 { String::new() } else { format!("p{}", at - 1) },
                &format!("capabilities: {{ a.b{at}: {{ tier: notify }} }}\n"),
            )
        })
        .collect();
    assert_eq!(errors(&chain)[0].code, "too-many-bases");
}
