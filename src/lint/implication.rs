//! Which condition follows from which, and which can never hold.
//!
//! A condition is taken apart into cases, each a list of tests that hold or do not. What follows is proved case by case;
//! a condition of too many cases is left alone. "Never" and "always" speak of calls whose tests can be computed: an
//! unknown test has both outcomes.

use super::facts::{Fact, Tests};
use super::sets::Effort;
use crate::tree::condition::Condition;

/// Most cases of one condition.
const MAX_CASES: usize = 64;

/// The ways in which a condition can hold, or not hold; `None` when there are too many to look at.
pub(super) fn cases(condition: &Condition, holds: bool) -> Option<Vec<Vec<Fact>>> {
    match condition {
        Condition::Constant(value) if *value == holds => Some(vec![Vec::new()]),
        Condition::Constant(_) => Some(Vec::new()),
        Condition::Test { id, .. } => Some(vec![vec![Fact { test: *id, holds }]]),
        Condition::Not(operand) => cases(operand, !holds),
        Condition::All(operands) if holds => product(operands, holds),
        Condition::Any(operands) if !holds => product(operands, holds),
        Condition::All(operands) | Condition::Any(operands) => sum(operands, holds),
    }
}

fn sum(operands: &[Condition], holds: bool) -> Option<Vec<Vec<Fact>>> {
    let mut all = Vec::new();
    for operand in operands {
        all.extend(cases(operand, holds)?);
    }
    (all.len() <= MAX_CASES).then_some(all)
}

fn product(operands: &[Condition], holds: bool) -> Option<Vec<Vec<Fact>>> {
    let mut all = vec![Vec::new()];
    for operand in operands {
        let further = cases(operand, holds)?;
        if all.len().saturating_mul(further.len()) > MAX_CASES {
            return None;
        }
        let joined = |case: &Vec<Fact>, more: &Vec<Fact>| case.iter().chain(more).copied().collect();
        all = all.iter().flat_map(|case| further.iter().map(move |more| joined(case, more))).collect();
    }
    Some(all)
}

/// Whether a condition holds, or does not, wherever all of the facts are so.
pub(super) fn follows(facts: &[Fact], condition: &Condition, holds: bool, tests: &Tests, effort: &Effort) -> bool {
    let one = |operand: &Condition| follows(facts, operand, holds, tests, effort);
    match condition {
        Condition::Constant(value) => *value == holds,
        Condition::Test { id, .. } => {
            let wanted = Fact { test: *id, holds };
            facts.iter().any(|fact| tests.implies(*fact, wanted, effort))
        }
        Condition::Not(operand) => follows(facts, operand, !holds, tests, effort),
        Condition::All(operands) if holds => operands.iter().all(one),
        Condition::Any(operands) if !holds => operands.iter().all(one),
        Condition::All(operands) | Condition::Any(operands) => operands.iter().any(one),
    }
}
