//! The decision tree and a naive evaluator written from the text of the policy language come to the same decisions.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod generate;
mod naive;

use generate::{CallModel, PolicyModel, cases, engine};
use kruxos_policy::{Call, CallDocument, Engine, Layer, Scratch};
use proptest::prelude::*;

/// Decides a call both ways and holds the one to the other.
fn agree(
    engine: &Engine,
    policies: &naive::Policies,
    scratch: &mut Scratch,
    call: &Call<'_>,
) -> Result<(), TestCaseError> {
    let Some(expected) = policies.decide(call) else { return Ok(()) };
    let decision = engine.decide(scratch, call);
    // tests of one unknown value allow no more than what each of them allows for itself
    prop_assert!(decision.tier <= expected.tier, "{expected:?}\n{decision:?}");
    if expected.independent {
        prop_assert_eq!(decision.tier, expected.tier, "{:?}\n{:?}", expected, decision);
    }
    if let Some(layers) = expected.layers {
        let found = Layer::ALL.map(|layer| decision.layer(layer).map(|answer| answer.tier));
        prop_assert_eq!(found, layers, "{:?}", decision);
        prop_assert!(decision.unknowns.is_empty(), "{:?}", decision.unknowns);
    }
    for unknown in &decision.unknowns {
        prop_assert!(expected.unknown.iter().any(|test| test == unknown.test), "{:?}: {:?}", unknown, expected);
    }
    if let Some(by) = decision.decided_by {
        prop_assert!([by.tier, by.relaxable_to].contains(&decision.tier), "{:?}", decision);
    }
    Ok(())
}

fn all_agree(policies: &[PolicyModel], calls: &[CallModel]) -> Result<(), TestCaseError> {
    let engine = engine(policies);
    let policies = naive::Policies::read(engine.policy_set());
    let mut scratch = engine.scratch();
    for call in calls {
        let text = call.to_string();
        let document = CallDocument::parse(text.as_bytes()).expect("the call is one");
        agree(&engine, &policies, &mut scratch, &document.call())?;
    }
    Ok(())
}

proptest! {
    #![proptest_config(cases(2_000))]

    #[test]
    fn tree_and_oracle_come_to_the_same_decision(policies in generate::policies(true), calls in generate::calls()) {
        all_agree(&policies, &calls)?;
    }

    /// One entry whose rules all ask of one subject, so that every call meets the look-up.
    #[test]
    fn rules_that_are_looked_up_answer_as_rules_that_are_tried_in_turn(
        entry in generate::policies::burst_entry(),
        calls in generate::calls(),
    ) {
        let entries = [("*".to_owned(), entry)].into();
        let policy = PolicyModel { name: "p".into(), layer: None, agent: None, extends: Vec::new(), defaults: None, entries };
        all_agree(&[policy], &calls)?;
    }
}
