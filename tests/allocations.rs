//! Deciding allocates nothing once the scratch is warm, and does not evaluate more tests because there are more rules.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::hint::black_box;

use kruxos_policy::{Call, CallDocument, Engine, Loader, Scratch, Tier};

/// How often the allocator is asked while this runs, on this thread.
fn allocations(run: impl FnOnce()) -> u64 {
    allocation_counter::measure(run).count_total
}

const SYSTEM: &str = r#"
name: base
version: "1"
layer: system
defaults: { tier: autonomous, relaxable_to: autonomous }
capabilities:
  secrets.read_raw: { tier: blocked }
"#;

const ORGANIZATION: &str = r#"
name: team
version: "1"
defaults: { tier: notify }
capabilities:
  filesystem.*: { tier: autonomous }
  filesystem.delete: { tier: approval_required, relaxable_to: notify }
  filesystem.write:
    rules:
      - condition: { content_size_lt: 1KiB, path_within: /workspace }
        tier: autonomous
      - condition: "size(params.content) >= 1024 && path(params.path).within('/workspace')"
        tier: notify
    tier: approval_required
  git.push:
    rules:
      - condition: { branch_eq: main }
        tier: blocked
      - condition: { branch_in: [release, staging] }
        tier: approval_required
      - condition: { branch_prefix: fix/ }
        tier: notify
      - condition: { branch_glob: 'feature/*' }
        tier: autonomous
    tier: approval_required
  http.get:
    rules:
      - condition: { timeout_lt: 5 }
        tier: autonomous
      - condition: { timeout_lt: 30 }
        tier: notify
      - condition: { timeout_lt: 300 }
        tier: approval_required
    tier: blocked
  '{db,cache}.[a-z]*': { tier: autonomous }
"#;

const AGENT: &str = r#"
name: bots
version: "1"
agent: deploy-*
capabilities:
  filesystem.delete: { tier: notify }
"#;

fn engine(policies: &[&str]) -> Engine {
    let load = |loader: Loader, (at, text): (usize, &&str)| loader.policy(format!("{at}.yaml"), *text);
    let loaded = policies.iter().enumerate().fold(Loader::new(), load).load();
    Engine::new(loaded.set.unwrap_or_else(|| panic!("{:?}", loaded.diagnostics))).unwrap()
}

/// Decides once to warm the scratch, then counts.
fn warm(engine: &Engine, scratch: &mut Scratch, call: &Call<'_>) -> (Tier, u64) {
    let tier = engine.decide(scratch, call).tier;
    let count = allocations(|| {
        for _ in 0..10 {
            black_box(engine.decide(scratch, black_box(call)));
        }
    });
    (tier, count)
}

#[test]
fn a_warm_decision_allocates_nothing() {
    let engine = engine(&[SYSTEM, ORGANIZATION, AGENT]);
    let mut scratch = engine.scratch();
    for (what, agent, capability, params, tier) in [
        ("exact", "a", "secrets.read_raw", "{}", Tier::Blocked),
        ("prefix pattern", "a", "filesystem.read", "{}", Tier::Autonomous),
        ("glob pattern", "a", "cache.get", "{}", Tier::Autonomous),
        ("defaults", "a", "unheard.of", "{}", Tier::Notify),
        ("size and path", "a", "filesystem.write", r#"{"path":"/workspace/a/b","content":"hi"}"#, Tier::Autonomous),
        ("another path", "a", "filesystem.write", r#"{"path":"/etc/shadow","content":"hi"}"#, Tier::ApprovalRequired),
        ("equality", "a", "git.push", r#"{"branch":"main"}"#, Tier::Blocked),
        ("set", "a", "git.push", r#"{"branch":"staging"}"#, Tier::ApprovalRequired),
        ("prefix", "a", "git.push", r#"{"branch":"fix/typo"}"#, Tier::Notify),
        ("glob", "a", "git.push", r#"{"branch":"feature/x"}"#, Tier::Autonomous),
        ("no rule", "a", "git.push", r#"{"branch":"other"}"#, Tier::ApprovalRequired),
        ("interval", "a", "http.get", r#"{"timeout":29.5}"#, Tier::Notify),
        ("layers", "a", "filesystem.delete", "{}", Tier::ApprovalRequired),
        ("agent policy", "deploy-bot", "filesystem.delete", "{}", Tier::Notify),
    ] {
        let text = format!(r#"{{"agent":"{agent}","capability":"{capability}","params":{params}}}"#);
        let document = CallDocument::parse(text.as_bytes()).unwrap();
        assert_eq!(warm(&engine, &mut scratch, &document.call()), (tier, 0), "{what}");
    }
}

#[test]
fn calls_in_turn_stay_warm() {
    let engine = engine(&[SYSTEM, ORGANIZATION, AGENT]);
    let mut scratch = engine.scratch();
    let texts: Vec<String> = ["secrets.read_raw", "filesystem.read", "git.push", "http.get", "filesystem.write", "x.y"]
        .iter()
        .flat_map(|capability| ["a", "deploy-bot"].map(|agent| (capability, agent)))
        .map(|(capability, agent)| {
            let params = r#"{"path":"/workspace/a","content":"hi","branch":"main","timeout":1}"#;
            format!(r#"{{"agent":"{agent}","capability":"{capability}","params":{params}}}"#)
        })
        .collect();
    let documents: Vec<CallDocument<'_>> =
        texts.iter().map(|text| CallDocument::parse(text.as_bytes()).unwrap()).collect();
    let mut decide_all =
        || documents.iter().for_each(|document| drop(black_box(engine.decide(&mut scratch, &document.call()))));
    decide_all();
    assert_eq!(allocations(decide_all), 0);
}

/// A policy with so many rules on one parameter, none of which holds for the calls below.
fn many_rules(count: usize, condition: impl Fn(usize) -> String) -> Engine {
    let rule =
        |at| format!("      - {{ condition: {{ {} }}, tier: {} }}\n", condition(at), ["notify", "blocked"][at % 2]);
    let rules: String = (0..count).map(rule).collect();
    let text = format!("name: p\nversion: '1'\ncapabilities:\n  a.b:\n    rules:\n{rules}    tier: autonomous\n");
    engine(&[&text])
}

#[test]
fn a_warm_decision_over_many_rules_allocates_nothing() {
    for (what, engine) in [
        ("equality", many_rules(100, |at| format!("s_eq: v{at}"))),
        ("prefix", many_rules(100, |at| format!("s_prefix: v{at}."))),
        ("glob", many_rules(100, |at| format!("s_glob: 'v{at}*z'"))),
        ("within", many_rules(100, |at| format!("p_within: /w/d{at}"))),
        ("interval", many_rules(100, |at| format!("n_gt: {}", 1000 + at))),
    ] {
        let text = r#"{"agent":"a","capability":"a.b","params":{"s":"other","p":"/w/other","n":5}}"#;
        let document = CallDocument::parse(text.as_bytes()).unwrap();
        let mut scratch = engine.scratch();
        assert_eq!(warm(&engine, &mut scratch, &document.call()), (Tier::Autonomous, 0), "{what}");
    }
}

/// The condition of a rule, from its subject and its place.
type Template = fn(&str, usize) -> String;

/// A subject that allocates whenever it is computed tells how often it is.
#[test]
fn a_subject_is_computed_as_often_for_four_hundred_rules_as_for_eight() {
    let subject = "params.s.lowerAscii()";
    let families: [(&str, Template); 6] = [
        ("equality", |subject, at| format!("{subject} == 'v{at}'")),
        ("set", |subject, at| format!("{subject} in ['v{at}', 'w{at}']")),
        ("prefix", |subject, at| format!("{subject}.startsWith('v{at}.')")),
        ("glob", |subject, at| format!("{subject}.glob('v{at}*z')")),
        ("interval", |subject, at| format!("size({subject}) > {}", 10 + at)),
        ("directory", |_, at| format!("path(params.p).within('/w/d{at}')")),
    ];
    for (what, condition) in families {
        let computed = [8, 400].map(|count| {
            let engine = many_expressions(count, |at| condition(subject, at));
            let text = r#"{"agent":"a","capability":"a.b","params":{"s":"OTHER","p":"/w/x/../other"}}"#;
            let document = CallDocument::parse(text.as_bytes()).unwrap();
            let (tier, count) = warm(&engine, &mut engine.scratch(), &document.call());
            assert_eq!(tier, Tier::Autonomous, "{what}");
            count
        });
        assert!(computed[0] > 0, "{what}: the subject was meant to allocate");
        assert_eq!(computed[0], computed[1], "{what}");
    }
}

#[test]
fn a_test_met_in_many_rules_is_evaluated_once() {
    let computed = [1, 2, 300].map(|count| {
        let engine = many_expressions(count, |at| {
            format!("params.l.exists(x, x == {at}) && params.s.lowerAscii() == 'another'")
        });
        let document =
            CallDocument::parse(br#"{"agent":"a","capability":"a.b","params":{"s":"OTHER","l":[0,1,2,3,4,5,6,7]}}"#)
                .unwrap();
        warm(&engine, &mut engine.scratch(), &document.call()).1
    });
    assert!(computed[0] > 0 && computed.iter().all(|count| *count == computed[0]), "{computed:?}");
}

/// As [`many_rules`], with expressions.
fn many_expressions(count: usize, condition: impl Fn(usize) -> String) -> Engine {
    let rule =
        |at| format!("      - {{ condition: \"{}\", tier: {} }}\n", condition(at), ["notify", "blocked"][at % 2]);
    let rules: String = (0..count).map(rule).collect();
    let text = format!("name: p\nversion: '1'\ncapabilities:\n  a.b:\n    rules:\n{rules}    tier: autonomous\n");
    engine(&[&text])
}

/// Whoever asks for the tier alone does not pay for the words of what could not be told.
#[test]
fn a_decision_in_doubt_allocates_a_few_times_and_its_words_are_made_when_they_are_asked_for() {
    let engine = engine(&[SYSTEM, ORGANIZATION, AGENT]);
    let mut scratch = engine.scratch();
    for (capability, params) in [("filesystem.write", r#"{"content":"hi"}"#), ("git.push", "{}"), ("http.get", "{}")] {
        let text = format!(r#"{{"agent":"a","capability":"{capability}","params":{params}}}"#);
        let document = CallDocument::parse(text.as_bytes()).unwrap();
        let (_, ten) = warm(&engine, &mut scratch, &document.call());
        assert!(ten <= 100, "{capability}: {ten} allocations in ten decisions");
        let decision = engine.decide(&mut scratch, &document.call());
        assert!(!decision.unknowns.is_empty(), "{capability}");
        assert!(allocations(|| drop(black_box(decision.reason()))) > 0, "{capability}");
    }
}
