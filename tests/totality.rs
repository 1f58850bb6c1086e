//! There is an answer for every call, and a place for everything that is wrong with a text.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod generate;

use generate::{cases, engine, engine_of};
use kruxos_policy::{Call, CallDocument, Tier, json::Json};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

/// Any JSON, most of it of the names that policies speak of.
fn json() -> impl Strategy<Value = String> {
    let number = prop_oneof![
        any::<i64>().prop_map(|number| number.to_string()),
        any::<f64>().prop_filter("JSON has no such number", |number| number.is_finite()).prop_map(|n| format!("{n:e}")),
        select(
            &[
                "0",
                "-0",
                "-0.0",
                "1.0",
                "1e0",
                "9007199254740993",
                "18446744073709551615",
                "-9223372036854775808",
                "1e308"
            ][..]
        )
        .prop_map(str::to_owned),
    ];
    let text = prop_oneof![
        any::<String>(),
        select(&["a", "ab", "/w/a", "../..", "/w/\0", "~", ""][..]).prop_map(str::to_owned)
    ];
    let text = text.prop_map(|text| serde_json::to_string(&text).unwrap());
    let leaf = prop_oneof![select(&["null", "true", "false"][..]).prop_map(str::to_owned), number, text];
    leaf.prop_recursive(6, 40, 5, |inner| {
        prop_oneof![vec(inner.clone(), 0..5).prop_map(|items| format!("[{}]", items.join(","))), object(inner)]
    })
}

/// An object of these values under keys that are all different.
fn object(values: impl Strategy<Value = String>) -> impl Strategy<Value = String> {
    let key = prop_oneof![select(&["s", "n", "p", "l", "o", "d"][..]).prop_map(str::to_owned), any::<String>()];
    proptest::collection::btree_map(key, values, 0..6).prop_map(|entries| {
        let entry = |(key, value)| format!("{}:{value}", serde_json::to_string(&key).unwrap());
        let entries: Vec<String> = entries.into_iter().map(entry).collect();
        format!("{{{}}}", entries.join(","))
    })
}

fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        select(&["a.b", "a", "b.a", "a..b", ".", "", "bot-1"][..]).prop_map(str::to_owned),
        any::<String>(),
        "[a-b.]{0,140}"
    ]
}

proptest! {
    #![proptest_config(cases(1_000))]

    #[test]
    fn every_call_has_a_decision(
        policies in generate::policies(true),
        calls in vec((name(), name(), object(json()), object(json())), 1..6),
    ) {
        let engine = engine(&policies);
        let scratch = &mut engine.scratch();
        for (agent, capability, params, context) in calls {
            let params = Json::parse(params.as_bytes()).expect("the params are JSON");
            let context = Json::parse(context.as_bytes()).expect("the context is JSON");
            let call = Call { agent: &agent, capability: &capability, params: &params, context: &context, now: None };
            let decision = engine.decide(scratch, &call);
            prop_assert!(!decision.reason().is_empty());
            prop_assert!(decision.decided_by.is_some() || decision.tier == Tier::Blocked);
        }
    }

    #[test]
    fn params_that_are_no_object_are_decided_too(policies in generate::policies(true), params in json()) {
        let engine = engine(&policies);
        let params = Json::parse(params.as_bytes()).expect("the params are JSON");
        let call = Call { agent: "bot-1", capability: "a.b", params: &params, context: &params, now: None };
        engine.decide(&mut engine.scratch(), &call);
    }

    #[test]
    fn a_damaged_call_is_an_error_and_no_panic(call in generate::calls::call(), at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let mut text = call.to_string().into_bytes();
        let at = at.index(text.len());
        text[at] = byte;
        let _ = CallDocument::parse(&text);
        text.truncate(at);
        prop_assert!(CallDocument::parse(&text).is_err(), "half a call is no call");
    }

    #[test]
    fn any_bytes_are_a_call_or_an_error(bytes in vec(any::<u8>(), 0..200)) {
        if let Err(error) = CallDocument::parse(&bytes) {
            prop_assert!(!error.to_string().is_empty());
        }
    }

    #[test]
    fn one_scratch_serves_every_call_and_engine_as_a_new_one_does(
        one in generate::policies(true),
        other in generate::policies(true),
        calls in generate::calls(),
    ) {
        let engines = [engine(&one), engine(&other)];
        let mut scratch = engines[0].scratch();
        for (at, call) in calls.iter().enumerate() {
            let engine = &engines[at % 2];
            let text = call.to_string();
            let shared = engine.decide_json(&mut scratch, text.as_bytes()).unwrap();
            let fresh = engine.decide_json(&mut engine.scratch(), text.as_bytes()).unwrap();
            prop_assert_eq!(shared.tier, fresh.tier);
            prop_assert_eq!(format!("{:?}", shared.unknowns), format!("{:?}", fresh.unknowns));
        }
    }
}

#[test]
fn what_is_wrong_with_json_is_said_with_its_place() {
    for (text, place) in [
        (&b"{\"agent\":\"a\",\n\"capability\":}"[..], "line 2"),
        (b"{\"agent\":\"a\",\"capability\":\"x\",\"params\":{\"p\":1,\"p\":2}}", "line 1"),
        (b"{\n\n\"agent\":\"\\ud800\"}", "line 3"),
        (b"{\"agent\":\"\xff\"}", "line 1"),
        (b"{\"n\":\nNaN}", "line 2"),
        (b"", "line 1"),
        (b"{\"agent\":\"a\"} x", "line 1"),
    ] {
        let error = CallDocument::parse(text).unwrap_err().to_string();
        assert!(error.contains(place) && error.contains("column"), "{}: {error}", String::from_utf8_lossy(text));
    }
}

fn decides(condition: &str, params: &str) -> Tier {
    let text = format!(
        "name: p\nversion: '1'\ncapabilities:\n  a.b:\n    rules:\n      - {{ condition: {condition}, tier: notify }}\n    tier: blocked\n"
    );
    let call = format!(r#"{{"agent":"x","capability":"a.b","params":{params}}}"#);
    let engine = engine_of(&[text], None);
    engine.decide_json(&mut engine.scratch(), call.as_bytes()).unwrap().tier
}

#[test]
fn numbers_compare_exactly() {
    for (condition, number, holds) in [
        ("{ n_eq: 1 }", "1.0", true),
        ("{ n_eq: 1.0 }", "1", true),
        ("{ n_in: [1, 2] }", "2.0", true),
        ("{ n_eq: 9007199254740993 }", "9007199254740993", true),
        ("{ n_eq: 9007199254740993 }", "9007199254740992", false),
        ("{ n_eq: 9007199254740993 }", "9007199254740992.0", false),
        ("{ n_gt: 9007199254740992 }", "9007199254740993", true),
        ("{ n_gt: 9007199254740992.0 }", "9007199254740993", true),
        ("{ n_gt: 9007199254740992 }", "9007199254740992", false),
        ("{ n_lt: 9007199254740993 }", "9007199254740992.0", true),
        ("{ n_lte: 18446744073709551615 }", "18446744073709551615", true),
        ("{ n_lt: 18446744073709551615 }", "18446744073709551615", false),
        ("{ n_lt: 0 }", "-0.0", false),
        ("{ n_eq: 0 }", "-0.0", true),
        ("\"params.n == 1.0\"", "1", true),
        ("\"params.n == 9007199254740993\"", "9007199254740992", false),
        ("\"params.n < 9007199254740993\"", "9007199254740992.0", true),
    ] {
        let expected = if holds { Tier::Notify } else { Tier::Blocked };
        assert_eq!(decides(condition, &format!(r#"{{"n":{number}}}"#)), expected, "{condition} of {number}");
    }
}

#[test]
fn many_rules_compare_numbers_exactly_too() {
    let numbers =
        ["9007199254740992", "9007199254740993", "9007199254740994", "1", "1.5", "-1", "18446744073709551615"];
    let rules = numbers.iter().enumerate().map(|(at, number)| {
        let tier = ["autonomous", "notify", "approval_required"][at % 3];
        format!("      - {{ id: \"{number}\", condition: {{ n_eq: {number} }}, tier: {tier} }}\n")
    });
    let rules: String = rules.collect();
    let text = format!("name: p\nversion: '1'\ncapabilities:\n  a.b:\n    rules:\n{rules}    tier: blocked\n");
    let engine = engine_of(&[text], None);
    for number in numbers {
        let call = format!(r#"{{"agent":"x","capability":"a.b","params":{{"n":{number}}}}}"#);
        let decision = engine.decide_json(&mut engine.scratch(), call.as_bytes()).unwrap().decided_by.unwrap();
        assert_eq!(decision.origin.id.as_deref(), Some(number));
    }
}
