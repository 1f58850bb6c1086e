//! What conditions say of values that a careless reading would let slip: of another type, of another spelling.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use kruxos_policy::{Engine, Loader, Tier};

fn engine(policy: &str) -> Engine {
    let loaded = Loader::new().policy("p.yaml", policy).load();
    let Some(set) = loaded.set else { panic!("{policy}\n{:#?}", loaded.diagnostics) };
    Engine::new(set).unwrap()
}

/// The engine of one rule: what its condition holds for is blocked, all else autonomous.
fn forbidding(condition: &str) -> Engine {
    engine(&format!(
        "name: p\nversion: '1'\ncapabilities:\n  a.b:\n    rules:\n      - condition: {condition}\n        tier: blocked\n    tier: autonomous\n"
    ))
}

fn tier(engine: &Engine, capability: &str, params: &str) -> Tier {
    let call = format!(r#"{{"agent":"x","capability":"{capability}","params":{params}}}"#);
    engine.decide_json(&mut engine.scratch(), call.as_bytes()).map_or(Tier::Blocked, |decision| decision.tier)
}

fn blocks(condition: &str, params: &str) -> bool {
    match tier(&forbidding(condition), "a.b", params) {
        Tier::Blocked => true,
        Tier::Autonomous => false,
        other => panic!("{condition}: {params} is {other}"),
    }
}

/// Rules on a word, in every spelling, with a value each that is certainly another.
const WORDS: &[&str] = &[
    "{ v_eq: main }",
    "{ v_in: [main] }",
    "{ v_in: [main, a, b, c, d, e, f, g, h, i] }",
    "{ not: { v_ne: main } }",
    "{ not: { v_not_in: [main, z] } }",
    "\"params.v == 'main'\"",
    "\"'main' == params.v\"",
    "\"params.v in ['main']\"",
    "\"params.v in ['main', 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i']\"",
    "\"!(params.v != 'main')\"",
    "\"has(params.v) && params.v == 'main'\"",
    "\"has(params.v) ? params.v == 'main' : false\"",
    "\"[params.v] == ['main']\"",
    "\"{'k': params.v} == {'k': 'main'}\"",
    "\"params.v in {'main': 1}\"",
    "\"[params.v].exists(x, x == 'main')\"",
    "\"[params.v].filter(x, x == 'main').size() == 1\"",
    "\"![params.v].all(x, x != 'main')\"",
    "\"params.v.matches('^main$')\"",
    "\"params.v.startsWith('main')\"",
];

#[test]
fn a_forbidden_word_does_not_slip_past_in_another_type() {
    for condition in WORDS {
        assert!(blocks(condition, r#"{"v":"main"}"#), "{condition}");
        assert!(!blocks(condition, r#"{"v":"other"}"#), "{condition}");
        for value in [r#"["main"]"#, r#"{"v":"main"}"#, r#"[["main"]]"#, "null", "true", "7", "[]", "{}"] {
            assert!(blocks(condition, &format!(r#"{{"v":{value}}}"#)), "{condition}: {value}");
        }
    }
}

#[test]
fn a_forbidden_word_does_not_slip_into_a_list_in_another_type() {
    for condition in
        ["\"'main' in params.v\"", "\"params.v.exists(x, x == 'main')\"", "\"!params.v.all(x, x != 'main')\""]
    {
        assert!(blocks(condition, r#"{"v":["a","main"]}"#), "{condition}");
        assert!(!blocks(condition, r#"{"v":["a"]}"#), "{condition}");
        for value in [r#""main""#, r#"[["main"]]"#, r#"["a",{"b":"main"}]"#, r#"["a",null]"#, r#"["a",7]"#, "null", "7"]
        {
            assert!(blocks(condition, &format!(r#"{{"v":{value}}}"#)), "{condition}: {value}");
        }
    }
}

#[test]
fn two_values_of_the_call_are_compared_within_one_type() {
    let condition = "\"params.a == params.b\"";
    assert!(blocks(condition, r#"{"a":1,"b":1.0}"#) && !blocks(condition, r#"{"a":"x","b":"y"}"#));
    for params in
        [r#"{"a":1,"b":"1"}"#, r#"{"a":["x"],"b":"x"}"#, r#"{"a":["x"],"b":[["x"]]}"#, r#"{"a":"x","b":null}"#]
    {
        assert!(blocks(condition, params), "{params}");
    }
}

#[test]
fn a_number_does_not_slip_past_as_text() {
    for condition in
        ["{ v_eq: 100 }", "\"params.v == 100\"", "{ v_gt: 99 }", "\"params.v > 99\"", "\"100 in [params.v]\""]
    {
        assert!(blocks(condition, r#"{"v":100}"#) && blocks(condition, r#"{"v":100.0}"#), "{condition}");
        assert!(!blocks(condition, r#"{"v":5}"#), "{condition}");
        for value in [r#""100""#, "[100]", "null", r#"{"v":100}"#] {
            assert!(blocks(condition, &format!(r#"{{"v":{value}}}"#)), "{condition}: {value}");
        }
    }
}

#[test]
fn types_presence_and_null_are_asked_on_purpose() {
    for (condition, params, blocked) in [
        ("\"type(params.v) == string\"", r#"{"v":["main"]}"#, false),
        ("\"type(params.v) != string\"", r#"{"v":["main"]}"#, true),
        ("\"params.v == null\"", r#"{"v":"main"}"#, false),
        ("\"params.v == null\"", r#"{"v":null}"#, true),
        ("{ v_eq: null }", r#"{"v":"main"}"#, false),
        ("{ v_eq: null }", r#"{"v":null}"#, true),
        ("\"params.v in ['a', null]\"", r#"{"v":"main"}"#, false),
        ("\"params.v in ['a', null]\"", r#"{"v":null}"#, true),
        ("\"params.v in ['a', null]\"", r#"{"v":["a"]}"#, true),
        ("\"null in params.v\"", r#"{"v":["a"]}"#, false),
        ("\"null in params.v\"", r#"{"v":["a",null]}"#, true),
        ("\"has(params.v)\"", "{}", false),
    ] {
        assert_eq!(blocks(condition, params), blocked, "{condition}: {params}");
    }
}

#[test]
fn a_loop_over_everything_sees_what_stands_deeper() {
    for test in [
        "params.exists(k, v, type(v) == string && v.matches(P))",
        "params.exists(k, v, string == type(v) && v.matches(P))",
        "params.exists(k, v, type(v) in [string, bytes] && v.matches(P))",
        "params.exists(k, type(params[k]) == string && params[k].matches(P))",
        "!params.all(k, v, type(v) != string || !v.matches(P))",
        "params.exists(k, v, type(v) == string ? v.matches(P) : false)",
        "params.transformList(k, v, type(v) == string && v.matches(P), v).size() > 0",
    ] {
        let condition = format!("\"{}\"", test.replace('P', "'[0-9]{3}-[0-9]{2}-[0-9]{4}'"));
        for (params, blocked) in [
            (r#"{"t":"my 123-45-6789"}"#, true),
            (r#"{"t":"hello","n":5,"l":[1,2,{"x":true}],"e":[],"o":{}}"#, false),
            (r#"{"parts":[{"t":"123-45-6789"}]}"#, true),
            (r#"{"a":{"b":"123-45-6789"}}"#, true),
        ] {
            assert_eq!(blocks(&condition, params), blocked, "{condition}: {params}");
        }
    }
}

#[test]
fn the_size_of_text_is_its_bytes_in_both_spellings() {
    for condition in
        ["{ v_size_gte: 10 }", "\"size(params.v) >= 10\"", "\"params.v.size() >= 10\"", "\"!(size(params.v) < 10)\""]
    {
        assert!(blocks(condition, r#"{"v":"ééééé"}"#), "{condition}");
        assert!(!blocks(condition, r#"{"v":"eeeee"}"#), "{condition}");
        assert!(!blocks(condition, r#"{"v":[1,2,3]}"#), "{condition}");
        assert!(blocks(condition, r#"{"v":7}"#) && blocks(condition, "{}"), "{condition}");
    }
}

#[test]
fn tools_of_mcp_servers_have_names() {
    let engine = engine(
        "name: n\nversion: '1'\ndefaults: { tier: notify }\ncapabilities:\n  github/*: { tier: autonomous }\n  github/delete_*: { tier: blocked }\n  context7:get-library-docs: { tier: approval_required }\n",
    );
    for (name, expected) in [
        ("github/create_issue", Tier::Autonomous),
        ("github/delete_repo", Tier::Blocked),
        ("context7:get-library-docs", Tier::ApprovalRequired),
        ("user-profile/update", Tier::Notify),
        ("DATA_EXPORT_v2", Tier::Notify),
        ("Github/create_issue", Tier::Notify),
    ] {
        assert_eq!(tier(&engine, name, "{}"), expected, "{name}");
    }
    for name in ["github//x", "/x", "x/", "x:", "a:/b", "a./b", "a..b", "a b", "a/é", ""] {
        assert_eq!(tier(&engine, name, "{}"), Tier::Blocked, "{name}");
    }
    assert_eq!(tier(&engine, &"a".repeat(256), "{}"), Tier::Notify);
    assert_eq!(tier(&engine, &"a".repeat(257), "{}"), Tier::Blocked);
}

/// Bounds and values of which no double tells the one from the other.
#[test]
fn numbers_compare_as_they_are_written() {
    for (condition, value, blocked) in [
        ("{ v_gt: 100 }", "100.000000000000000000000000000001", true),
        ("\"params.v > 100\"", "100.000000000000000000000000000001", true),
        ("\"params.v > 100.0\"", "100.00000000000000001", true),
        ("{ v_lte: 100 }", "100.00000000000000001", false),
        ("{ v_gt: 100 }", "1e2", false),
        ("{ v_eq: 9007199254740993 }", "9.007199254740993e15", true),
        ("{ v_eq: 9007199254740993 }", "9007199254740992.0", false),
        ("{ v_eq: 9007199254740993.0 }", "9007199254740993", true),
        ("{ v_in: [1, 9007199254740993] }", "9007199254740993.0", true),
        ("\"params.v == 9007199254740993.0\"", "9007199254740992", false),
        ("{ v_eq: 0.1 }", "0.10", true),
        ("{ v_eq: 0.1 }", "0.1000000000000000055511151231257827", false),
        ("\"params.v == 0.3\"", "3e-1", true),
        ("\"params.v + 0.2 == 0.3\"", "0.1", true),
        ("\"params.v * 3.0 > 0.3\"", "0.1", false),
        ("\"params.v + 0.0 > 100.0\"", "100.000000000000000000000000000001", true),
        ("\"double(params.v) == 9007199254740993.0\"", "9007199254740993", true),
        ("\"double(params.v) > 0.1\"", "\"0.10000000000000000000001\"", true),
        ("{ v_gt: 18446744073709551615 }", "18446744073709551616", true),
        ("{ v_lt: 0 }", "-1e-300", true),
        ("{ v_lt: 1500ms }", "1.49999999999999999999999", true),
        ("{ v_lt: 1500ms }", "1.5", false),
        // what has no exact value is unknown
        ("\"params.v / 3.0 < 0.0\"", "1.0", true),
        ("\"params.v + 1e-300 < 0.0\"", "1e300", true),
        // what cannot be kept is no call
        ("{ v_gt: 100 }", "1.00000000000000000000000000000000000000000001", true),
        ("{ v_gt: 100 }", "1e-999", true),
    ] {
        assert_eq!(blocks(condition, &format!(r#"{{"v":{value}}}"#)), blocked, "{condition}: {value}");
    }
}

#[test]
fn a_policy_with_a_number_that_cannot_be_kept_does_not_load() {
    let digits = "1.00000000000000000000000000000000000000000001";
    for condition in [format!("{{ v_gt: {digits} }}"), format!("\"params.v > {digits}\"")] {
        let policy = format!(
            "name: p\nversion: '1'\ncapabilities:\n  a.b:\n    rules:\n      - {{ condition: {condition}, tier: blocked }}\n"
        );
        let loaded = Loader::new().policy("p.yaml", policy.as_str()).load();
        let found: Vec<_> = loaded.diagnostics.iter().map(|found| (found.code, found.message.clone())).collect();
        assert!(
            loaded.set.is_none()
                && found
                    .iter()
                    .any(|(_, message)| message.contains("kept exactly") || message.contains("keep exactly")),
            "{found:?}"
        );
    }
}

#[test]
fn a_catalog_bounds_numbers_as_they_are_written() {
    let catalog = r#"{"tools":[{"name":"a.b","inputSchema":{"type":"object","properties":{"v":{"type":"number","maximum":100,"multipleOf":0.01}}}}]}"#;
    let policy = "name: p\nversion: '1'\ncapabilities:\n  a.b: { tier: autonomous }\n";
    let loaded = Loader::new().policy("p.yaml", policy).catalog("c.json", catalog).load();
    let engine = Engine::new(loaded.set.unwrap()).unwrap();
    for (value, expected) in [
        ("100", Tier::Autonomous),
        ("99.99", Tier::Autonomous),
        ("1e2", Tier::Autonomous),
        ("100.000000000000000000000000000001", Tier::Blocked),
        ("0.005", Tier::Blocked),
    ] {
        assert_eq!(tier(&engine, "a.b", &format!(r#"{{"v":{value}}}"#)), expected, "{value}");
    }
}
