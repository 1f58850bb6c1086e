//! Loops over lists that a policy writes out: their elements are known when the policy loads.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use kruxos_policy::{CallDocument, Engine, Loaded, Loader};

fn load(condition: &str) -> Loaded {
    let text = format!(
        "name: p\nversion: \"1\"\ncapabilities:\n  a.b:\n    rules:\n      - condition: {condition:?}\n        tier: autonomous\n    tier: blocked\n"
    );
    Loader::new().policy("p.yaml", text).load()
}

/// The tree of a condition, and `true`, `false` or the causes of what is unknown.
fn answer(condition: &str, params: &str) -> (String, String) {
    let loaded = load(condition);
    let Some(set) = loaded.set else { panic!("{condition}: {:#?}", loaded.diagnostics) };
    let canonical = |set: &kruxos_policy::PolicySet| {
        let rule = set.policies().first().and_then(|policy| policy.entries.first()?.rules.first());
        rule.unwrap().condition.canonical()
    };
    let tree = canonical(&set);
    let engine = Engine::new(set).unwrap();
    let call = format!(r#"{{"agent":"a","capability":"a.b","params":{params}}}"#);
    let document = CallDocument::parse(call.as_bytes()).unwrap();
    let mut scratch = engine.scratch();
    let decision = engine.decide(&mut scratch, &document.call());
    let unknowns: Vec<String> = decision.unknowns.iter().map(|unknown| unknown.cause.to_string()).collect();
    let known = decision.tier == kruxos_policy::Tier::Autonomous;
    (tree, if unknowns.is_empty() { known.to_string() } else { unknowns.join("; ") })
}

#[test]
fn a_loop_over_a_written_list_is_its_tests() {
    for (condition, tree) in [
        ("['a', 'b'].exists(x, params.y == x)", "params.y == \"a\" || params.y == \"b\""),
        ("['a', 'b'].all(x, params.y != x)", "params.y != \"a\" && params.y != \"b\""),
        (
            "['/ws', '/tmp'].exists(d, path(params.p).within(d))",
            "path(params.p).within(\"/ws\") || path(params.p).within(\"/tmp\")",
        ),
        ("[1, 2].exists(i, x, params.n == i + x)", "params.n == 1 || params.n == 3"),
        ("['a', 'b'].all(x, ['c'].exists(y, params.m == x + y))", "params.m == \"ac\" && params.m == \"bc\""),
        ("['a'].exists_one(x, params.y == x)", "[\"a\"].existsOne(_0, params.y == _0)"),
        ("params.l.all(v, ['a', 'b'].exists(x, v == x))", "params.l.all(_0, [\"a\", \"b\"].exists(_1, _0 == _1))"),
    ] {
        assert_eq!(answer(condition, "{}").0, tree, "{condition}");
    }
}

#[test]
fn elements_of_a_written_list_compare_as_in_cel_and_values_of_the_call_within_their_type() {
    for (condition, params, expected) in [
        ("['a', 1].exists(x, x == 'b')", "{}", "false"),
        ("['a', 1].all(x, x != 'b')", "{}", "true"),
        ("['a', 1].exists(x, type(x) == int)", "{}", "true"),
        ("[['a'], ['b']].exists(x, 'b' in x)", "{}", "true"),
        ("['a', 'b'].exists(x, params.y == x)", r#"{"y":"b"}"#, "true"),
        ("['a', 1].exists(x, params.y == x)", r#"{"y":1}"#, "true"),
        ("['a', 'b'].all(x, params.l.exists(y, y == x))", r#"{"l":["b","a"]}"#, "true"),
    ] {
        assert_eq!(answer(condition, params).1, expected, "{condition} {params}");
    }
    for (condition, params) in [
        ("['a', 'b'].all(x, params.y != x)", r#"{"y":["a"]}"#),
        ("['a', 'b'].all(x, params.y != x)", "{}"),
        ("['a', 1].all(x, params.y != x)", r#"{"y":"c"}"#),
    ] {
        let found = answer(condition, params).1;
        assert!(found != "true" && found != "false", "{condition} {params}: {found}");
    }
}

/// What is wrong with a condition, as codes.
fn codes(condition: &str) -> Vec<&'static str> {
    load(condition).diagnostics.iter().map(|finding| finding.code).collect()
}

#[test]
fn a_pattern_of_a_written_list_that_does_not_compile_is_an_error_once() {
    let bad = ["['a', '('].exists(r, params.y.matches(r))", "params.l.all(v, ['a', '('].exists(r, v.matches(r)))"];
    for condition in bad {
        assert_eq!(codes(condition).len(), 1, "{condition}: {:?}", load(condition).diagnostics);
        assert!(load(condition).set.is_none(), "{condition}");
    }
    assert_eq!(codes("['a', 'b'].exists(r, parms.y.matches(r))"), ["unknown-variable"]);
    assert_eq!(codes("[].exists(r, parms.y.matches(r))"), ["unknown-variable"]);
}

/// A loop that is too long to be written out, or stands in a loop over the call, answers as its tests do.
#[test]
fn a_loop_is_its_tests_however_long_it_is() {
    let tests = [
        "params.y == x",
        "params.y != x",
        "x in params.l",
        "params.m[x] == 1",
        "params.y.startsWith(x)",
        "size(params.l) > size(x)",
    ];
    let values =
        [r#"{"y":"a"}"#, r#"{"y":7,"l":["a",1],"m":{"a":1}}"#, r#"{"l":["b","a","cc"],"m":{"a":1,"b":1,"c":1}}"#, "{}"];
    let list = |copies: usize| format!("[{}]", vec!["'a', 'b', 'c'"; copies].join(", "));
    for test in tests {
        for fold in ["all", "exists"] {
            for params in values {
                let [short, long] = [1, 30].map(|copies| {
                    let found = answer(&format!("{}.{fold}(x, {test})", list(copies)), params).1;
                    if matches!(found.as_str(), "true" | "false") { found } else { "unknown".to_owned() }
                });
                assert_eq!(short, long, "{fold} {test} {params}");
            }
        }
    }
}
