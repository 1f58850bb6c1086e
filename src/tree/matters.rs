//! Which of the tests in doubt a decision depends on.
//!
//! A test matters where its outcome makes a difference on a way that comes to the decision: with it the other way round,
//! the tier or what decides is another. Two tests of which either suffices matter both, though neither alone would change
//! anything; a test behind a rule that is stricter anyway does not. Where finding out would take too long, a test counts as
//! one that matters.

use super::residual::{DoubtId, Range};
use super::verdict::Verdict;
use super::ways::{Doubts, Strictest};
use crate::tier::Tier;

/// Most sets of assumptions that are tried for one test.
const MAX_TRIED: usize = 128;
/// Most looks that are taken for all tests of a decision.
const MAX_LOOKS: usize = 500_000;

/// The tests that matter for the strictest decision, in order.
pub(crate) fn matter(doubts: &mut Doubts<'_, '_>, count: u32, strictest: &Strictest) -> Vec<DoubtId> {
    let Some(way) = &strictest.way else { return (0..count).collect() };
    let all = doubts.range();
    let settled = all.least == all.most.tier;
    let enough = doubts.looks().saturating_add(MAX_LOOKS);
    // one test in doubt has no others that could leave it to this one
    let alone = count == 1;
    let mut mattering: Vec<DoubtId> = Vec::new();
    for (doubt, outcome) in (0..).zip(way) {
        let tired = doubts.looks() > enough;
        let matters = tired
            || differs(&turned(doubts, way, doubt, !outcome), &strictest.verdict)
            || !settled && !alone && is_pivot(doubts, doubt, strictest.verdict.tier, enough);
        if matters {
            mattering.push(doubt);
        }
    }
    if mattering.is_empty() && !settled { (0..count).collect() } else { mattering }
}

fn differs(one: &Verdict, other: &Verdict) -> bool {
    (one.tier, one.by) != (other.tier, other.by)
}

/// The verdict on the way that is nearest to this one with one test the other way round: the tests on its value follow it.
fn turned(doubts: &mut Doubts<'_, '_>, way: &[bool], doubt: DoubtId, outcome: bool) -> Verdict {
    doubts.assume(doubt, outcome);
    for (other, outcome) in (0..).zip(way) {
        if doubts.get(other).is_none() {
            doubts.assume_alone(other, *outcome);
        }
    }
    let verdict = doubts.range().most;
    doubts.back_to(0);
    verdict
}

/// Whether some outcomes of the other tests leave it to this one whether the tier is `strictest`.
fn is_pivot(doubts: &mut Doubts<'_, '_>, doubt: DoubtId, strictest: Tier, enough: usize) -> bool {
    let mut open: Vec<(usize, DoubtId, bool)> = Vec::new();
    let mut tried = 0;
    let found = loop {
        tried += 1;
        if tried > MAX_TRIED || doubts.looks() > enough {
            break true;
        }
        match both_ways(doubts, doubt) {
            Some((with, without)) if is_settled(&with) && is_settled(&without) => {
                let tiers = (with.most.tier, without.most.tier);
                if tiers.0 != tiers.1 && tiers.0.max(tiers.1) == strictest {
                    break true;
                }
            }
            Some((with, without)) if with.most.tier.max(without.most.tier) == strictest => {
                if let Some(next) = with.undecided.or(without.undecided) {
                    open.push((doubts.depth(), next, true));
                    open.push((doubts.depth(), next, false));
                }
            }
            _ => {}
        }
        if !go_on(doubts, &mut open) {
            break false;
        }
    };
    doubts.back_to(0);
    found
}

fn is_settled(range: &Range) -> bool {
    range.least == range.most.tier
}

/// Makes the last assumption that is open and can be made; `false` when there is none.
fn go_on(doubts: &mut Doubts<'_, '_>, open: &mut Vec<(usize, DoubtId, bool)>) -> bool {
    while let Some((depth, next, outcome)) = open.pop() {
        doubts.back_to(depth);
        if doubts.assume(next, outcome) {
            return true;
        }
    }
    false
}

/// What is possible with either outcome of a test; nothing where only one can be.
fn both_ways(doubts: &mut Doubts<'_, '_>, doubt: DoubtId) -> Option<(Range, Range)> {
    let depth = doubts.depth();
    let mut range = |outcome: bool| {
        let range = doubts.assume(doubt, outcome).then(|| doubts.range());
        doubts.back_to(depth);
        range
    };
    range(true).zip(range(false))
}
