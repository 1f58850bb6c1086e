//! Unknown never loosens: what a call does not say, or says in the wrong type, is never better for it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod generate;

use std::sync::LazyLock;

use generate::calls::{PARAMETERS, Parameter};
use generate::policies::policies_of;
use generate::{CallModel, Tests, cases, engine};
use kruxos_policy::{Engine, Scratch, Tier};
use proptest::prelude::*;

fn tier(engine: &Engine, scratch: &mut Scratch, call: &CallModel) -> Tier {
    engine.decide_json(scratch, call.to_string().as_bytes()).expect("the call is one").tier
}

/// The tiers of the call for values of the parameter's own type: those that the policies speak of, and one they do not.
fn present(engine: &Engine, scratch: &mut Scratch, call: &CallModel, parameter: &Parameter) -> Vec<Tier> {
    parameter.values.iter().map(|value| tier(engine, scratch, &call.with(parameter.name, Some(value)))).collect()
}

/// A parameter, a value of it, and ways to hide the value.
type Wrapped = (&'static str, &'static str, [&'static str; 3]);

/// Of the parameters that are one value, each value in a list, in a map, and deeper.
static WRAPPED: LazyLock<Vec<Wrapped>> = LazyLock::new(|| {
    let single = PARAMETERS.iter().filter(|parameter| ["s", "n", "p"].contains(&parameter.name));
    let wrap = |parameter: &Parameter, value: &&'static str| {
        let ways = [format!("[{value}]"), format!("{{\"v\":{value}}}"), format!("[[{value}],{{\"w\":{value}}}]")];
        (parameter.name, *value, ways.map(|text| &*text.leak()))
    };
    single.flat_map(|parameter| parameter.values.iter().map(move |value| wrap(parameter, value))).collect()
});

proptest! {
    #![proptest_config(cases(500))]

    /// Every test of an absent parameter is unknown, so the answer is at least as strict as for every value.
    #[test]
    fn leaving_a_parameter_out_is_as_strict_as_its_strictest_value(
        policies in generate::policies(false),
        call in generate::calls::call(),
    ) {
        let engine = engine(&policies);
        let scratch = &mut engine.scratch();
        for parameter in PARAMETERS {
            let strictest = present(&engine, scratch, &call, parameter).into_iter().max();
            let without = tier(&engine, scratch, &call.with(parameter.name, None));
            prop_assert!(Some(without) >= strictest, "without `{}`: {without}, with: {strictest:?}", parameter.name);
        }
    }

    /// A value of another type is never better than all values of the right type. The policies speak of each parameter in its
    /// own type, in maps and in expressions alike.
    #[test]
    fn nulling_or_retyping_a_parameter_is_never_more_permissive_than_all_its_values(
        policies in generate::policies(false),
        call in generate::calls::call(),
    ) {
        let engine = engine(&policies);
        let scratch = &mut engine.scratch();
        for parameter in PARAMETERS {
            let mildest = present(&engine, scratch, &call, parameter).into_iter().min();
            for value in parameter.retyped.iter().chain(&["null"]) {
                let retyped = tier(&engine, scratch, &call.with(parameter.name, Some(value)));
                prop_assert!(Some(retyped) >= mildest, "`{}`: {value} gives {retyped}, others {mildest:?}", parameter.name);
            }
        }
    }

    /// A value in a list or a map does not slip past a rule on the value: nothing is known of what it is then.
    #[test]
    fn wrapping_a_value_is_as_strict_as_the_value(
        policies in policies_of(Tests::OneType),
        call in generate::calls::call(),
        (parameter, value, wrapped) in prop::sample::select(&**WRAPPED),
    ) {
        let engine = engine(&policies);
        let scratch = &mut engine.scratch();
        let plain = tier(&engine, scratch, &call.with(parameter, Some(value)));
        for wrapped in wrapped {
            let hidden = tier(&engine, scratch, &call.with(parameter, Some(wrapped)));
            prop_assert!(hidden >= plain, "`{parameter}`: {wrapped} gives {hidden}, {value} gives {plain}");
        }
    }

    #[test]
    fn a_decision_that_met_an_unknown_test_says_so(policies in generate::policies(true), call in generate::calls::call()) {
        let engine = engine(&policies);
        let scratch = &mut engine.scratch();
        let text = call.to_string();
        let decision = engine.decide_json(scratch, text.as_bytes()).expect("the call is one");
        for unknown in &decision.unknowns {
            prop_assert!(unknown.position.line > 1 && !unknown.help().is_empty() && !unknown.test.is_empty(), "{unknown:?}");
        }
    }
}

/// The strictest of the decisions for either outcome, whichever of the outcomes that is.
#[test]
fn an_unknown_test_counts_as_whatever_is_stricter() {
    for (first, second, expected) in [
        ("autonomous", "blocked", Tier::Blocked),
        ("blocked", "autonomous", Tier::Blocked),
        ("notify", "notify", Tier::Notify),
        ("autonomous", "approval_required", Tier::ApprovalRequired),
    ] {
        let text = format!(
            "name: p\nversion: '1'\ncapabilities:\n  a.b:\n    rules:\n      - {{ condition: {{ s_eq: a }}, tier: {first} }}\n    tier: {second}\n"
        );
        let engine = generate::engine_of(&[text], None);
        for params in ["{}", r#"{"s":null}"#, r#"{"s":7}"#, r#"{"s":["a"]}"#] {
            let call = format!(r#"{{"agent":"x","capability":"a.b","params":{params}}}"#);
            let decision = engine.decide_json(&mut engine.scratch(), call.as_bytes()).unwrap().tier;
            assert_eq!(decision, expected, "{first} else {second}: {params}");
        }
    }
}
