//! What a decision costs at most: counted in steps, not timed. `docs/policies.md` states the bounds.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::fmt::Write;

use kruxos_policy::{CallDocument, Engine, Loader, Tier};

/// Steps after which no evaluation begins, and what the last one may take.
const STEPS: usize = 1_000_000 + 100_000;
/// Looks of the search and of finding out what mattered.
const LOOKS: usize = 2 * 500_000;
const MIB: usize = 1024 * 1024;
/// The steps of reading a text of a mebibyte once.
const ONE_READING: usize = 1024;

fn engine(rules: &str, tier: &str) -> Engine {
    let text = format!("name: p\nversion: '1'\ncapabilities:\n  a.b:\n    rules:\n{rules}    tier: {tier}\n");
    let loaded = Loader::new().policy("p.yaml", text.as_str()).load();
    let Some(set) = loaded.set else { panic!("{:#?}", loaded.diagnostics.first()) };
    Engine::new(set).unwrap()
}

/// Rules with these conditions and tiers.
fn rules(rules: impl Iterator<Item = (String, &'static str)>) -> String {
    rules.fold(String::new(), |mut text, (condition, tier)| {
        writeln!(text, "      - {{ condition: {condition}, tier: {tier} }}").unwrap();
        text
    })
}

/// The tier, the steps, and how many tests are unknown.
fn decide(engine: &Engine, params: &str) -> (Tier, usize, usize) {
    let text = format!(r#"{{"agent":"a","capability":"a.b","params":{params}}}"#);
    let document = CallDocument::parse(text.as_bytes()).unwrap();
    let mut scratch = engine.scratch();
    let decision = engine.decide(&mut scratch, &document.call());
    (decision.tier, scratch.steps(), decision.unknowns.len())
}

fn large() -> String {
    format!(r#"{{"content":"{}"}}"#, "lorem ipsum ".repeat(MIB / 12))
}

#[test]
fn a_large_value_is_read_once_for_each_test_however_many_ways_there_are() {
    for count in [1, 8, 16] {
        let rule = |at| (format!("{{ u{at}_eq: x, content_matches: 'z{at}[0-9]+q' }}"), "notify");
        let each = engine(&rules((0..count).map(rule)), "autonomous");
        let (tier, steps, _) = decide(&each, &large());
        assert_eq!(tier, Tier::Autonomous);
        assert!(steps < count * (ONE_READING + 100) + 2_000, "{count} tests: {steps} steps");
        let rule = |at| (format!("{{ u{at}_eq: x, content_contains: lorem }}"), "notify");
        let all = engine(&rules((0..count).map(rule)), "autonomous");
        let (tier, steps, unknowns) = decide(&all, &large());
        assert_eq!((tier, unknowns), (Tier::Notify, count));
        assert!(steps < ONE_READING + count * 2_000, "{count} tests: {steps} steps");
    }
}

#[test]
fn a_value_that_many_tests_are_about_is_computed_once() {
    let steps = [8, 64].map(|count| {
        let rule = |at| (format!("\"params.content.lowerAscii().endsWith('z{at}') && params.u == 'x'\""), "notify");
        decide(&engine(&rules((0..count).map(rule)), "autonomous"), &large()).1
    });
    // what grows is a look at each test, not a reading of the text for each
    assert!(steps[1] < steps[0] + 64 * (ONE_READING + 100), "{steps:?}");
}

#[test]
fn five_regexes_read_a_large_value_five_times_at_most() {
    let regexes = ["^a.*b$", "[a-z]+[0-9]{3}x", "(?i)password", "\\\\bipsum\\\\s\\\\d", "(lorem|ipsum)x"];
    let rule = |regex: &&str| (format!("{{ content_matches: \"{regex}\" }}"), "notify");
    let (tier, steps, unknowns) = decide(&engine(&rules(regexes.iter().map(rule)), "autonomous"), &large());
    assert_eq!((tier, unknowns), (Tier::Autonomous, 0));
    assert!(steps < 5 * (ONE_READING + 100), "{steps}");
}

#[test]
fn past_the_bound_tests_are_unknown_and_the_strictest_answer_counts() {
    // different subjects, so that no index answers for all of them at once
    let rule = |at| (format!("\"(params.content + '{at}').matches('q{at}$')\""), "approval_required");
    let (tier, steps, unknowns) = decide(&engine(&rules((0..1_500).map(rule)), "autonomous"), &large());
    assert_eq!(tier, Tier::ApprovalRequired);
    assert!(unknowns > 0 && steps <= STEPS + LOOKS, "{steps} steps, {unknowns} unknown");
}

#[test]
fn many_unknown_tests_never_block_by_themselves() {
    for count in [10, 60, 400, 1_000] {
        let condition = |at: usize| match at % 4 {
            0 => format!("{{ u{at}_eq: x }}"),
            1 => format!("{{ p_within: /d{at} }}"),
            2 => format!("{{ s_matches: 'x{at}' }}"),
            _ => format!("{{ n_lt: {at} }}"),
        };
        let tier = |at: usize| if at.is_multiple_of(3) { "notify" } else { "autonomous" };
        let many = engine(&rules((0..count).map(|at| (condition(at), tier(at)))), "autonomous");
        let (tier, steps, unknowns) = decide(&many, "{}");
        assert_eq!(tier, Tier::Notify, "{count}");
        assert!(unknowns > 0 && steps <= STEPS + LOOKS, "{count}: {steps} steps");
    }
}

/// Rules that between them leave nothing open, over and over: no test alone tells, so that every way has to be gone.
#[test]
fn where_the_search_is_broken_off_the_work_is_bounded_and_the_answer_one_that_a_rule_gives() {
    let group = |at: usize| {
        [
            (format!("{{ a{at}_eq: x, b{at}_eq: x, c{at}_eq: x }}"), "notify"),
            (format!("{{ a{at}_eq: x, b{at}_eq: x, not: {{ c{at}_eq: x }} }}"), "notify"),
        ]
    };
    let (tier, steps, _) = decide(&engine(&rules((0..40).flat_map(group)), "approval_required"), "{}");
    assert_eq!(tier, Tier::ApprovalRequired);
    assert!(steps <= STEPS + LOOKS, "{steps}");
}
