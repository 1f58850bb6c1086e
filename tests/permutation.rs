//! What is written in another order and means the same is decided the same.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod generate;

use generate::policies::{EntryModel, RuleModel};
use generate::{PolicyModel, cases, engine_of};
use kruxos_policy::{CallDocument, Decision, Engine, Tier};
use proptest::prelude::*;

/// Rules beside each other that answer alike, the other way round.
fn rules_of_one_answer_turned(policies: &[PolicyModel]) -> Vec<String> {
    let turned = |entry: &EntryModel| {
        let alike = |one: &RuleModel, other: &RuleModel| one.answer == other.answer;
        let rules = entry.rules.chunk_by(alike).flat_map(|rules| rules.iter().rev().cloned()).collect();
        EntryModel { rules, answer: entry.answer.clone() }
    };
    let turned = |policy: &PolicyModel| {
        let entries = policy.entries.iter().map(|(pattern, entry)| (pattern.clone(), turned(entry)));
        PolicyModel { entries: entries.collect(), ..policy.clone() }.to_string()
    };
    policies.iter().map(turned).collect()
}

/// The files in another order, their entries from the last to the first.
fn files_and_entries_turned(policies: &[PolicyModel]) -> Vec<String> {
    let turned = |policy: &PolicyModel| {
        let text = policy.to_string();
        let (head, entries) = text.split_once("capabilities:\n").expect("every policy has entries");
        let mut blocks: Vec<String> = Vec::new();
        for line in entries.lines() {
            match blocks.last_mut() {
                Some(block) if !line.starts_with("  \"") => block.push_str(&format!("{line}\n")),
                _ => blocks.push(format!("{line}\n")),
            }
        }
        blocks.reverse();
        format!("{head}capabilities:\n{}", blocks.concat())
    };
    policies.iter().rev().map(turned).collect()
}

/// What has to be the same: the tier, the layers where nothing is unknown, and which tests mattered for the tier.
fn said(decision: &Decision<'_>) -> (Tier, Option<Vec<Option<Tier>>>) {
    let layers = decision.layers.iter().map(|layer| layer.map(|answer| answer.tier)).collect();
    (decision.tier, decision.unknowns.is_empty().then_some(layers))
}

fn same(one: &Engine, other: &Engine, text: &str) -> Result<(), TestCaseError> {
    let document = CallDocument::parse(text.as_bytes()).expect("the call is one");
    let (mut scratch, mut second) = (one.scratch(), other.scratch());
    let (left, right) = (one.decide(&mut scratch, &document.call()), other.decide(&mut second, &document.call()));
    prop_assert_eq!(left.tier, right.tier, "{:?}\n{:?}", left, right);
    if left.unknowns.is_empty() && right.unknowns.is_empty() {
        prop_assert_eq!(said(&left), said(&right));
    }
    Ok(())
}

proptest! {
    #![proptest_config(cases(500))]

    #[test]
    fn order_that_means_nothing_changes_nothing(policies in generate::policies(true), calls in generate::calls()) {
        let texts: Vec<String> = policies.iter().map(ToString::to_string).collect();
        let written = engine_of(&texts, None);
        let rules = engine_of(&rules_of_one_answer_turned(&policies), None);
        let files = engine_of(&files_and_entries_turned(&policies), None);
        for call in calls {
            let text = call.to_string();
            same(&written, &rules, &text)?;
            same(&written, &files, &text)?;
        }
    }
}
