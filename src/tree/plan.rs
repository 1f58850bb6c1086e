//! Which entries can answer a call of one capability, the more specific before the broader ones.

use std::collections::BTreeMap;

use super::program::{LimitId, LimitIds, OutcomeId, Program};
use crate::tier::{Layer, Tier};

/// The entries of a group of policies that match one capability name.
#[derive(Debug)]
pub(crate) enum Plan {
    /// Nothing is left to test: what each layer answers.
    Leaf([Option<Answer>; 3]),
    /// By policy, in order of layers.
    Steps(Box<[PolicySteps]>),
}

/// One layer's tier and bound with the outcomes that give them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Answer {
    pub(crate) tier: Tier,
    pub(crate) tier_by: OutcomeId,
    pub(crate) bound: Tier,
    pub(crate) bound_by: OutcomeId,
}

/// The entries of one policy.
#[derive(Debug)]
pub(crate) struct PolicySteps {
    pub(crate) layer: Layer,
    /// Whether they are a base's, asked for what it blocks and nothing else.
    pub(crate) only_blocks: bool,
    pub(crate) steps: Box<[Step]>,
}

/// One entry of one policy.
#[derive(Debug)]
pub(crate) struct Step {
    /// Its number in the program.
    pub(crate) entry: u32,
    /// The earlier steps, by place, whose answer overrides this one's.
    pub(crate) overridden_by: Box<[u32]>,
}

/// An entry that matches, as the index of capabilities knows it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Matched {
    /// The policy's place in the policy set.
    pub(crate) policy: u32,
    /// The policy's layer.
    pub(crate) layer: Layer,
    /// The place of the base that the entry is of; `None` for the policy's own entries and those it took over.
    pub(crate) base: Option<u32>,
    /// The entry's number in the program.
    pub(crate) entry: u32,
    /// The pattern's number in the index; `None` for `defaults`.
    pub(crate) pattern: Option<u32>,
}

impl Answer {
    /// An outcome on its own.
    pub(crate) const fn of(id: OutcomeId, tier: Tier, bound: Tier) -> Self {
        Self { tier, tier_by: id, bound, bound_by: id }
    }

    /// The strictest of two: tier and bound each on their own; the first where they are equal.
    pub(crate) const fn strictest(self, other: Self) -> Self {
        let mut both = self;
        if other.tier as u8 > both.tier as u8 {
            both.tier = other.tier;
            both.tier_by = other.tier_by;
        }
        if other.bound as u8 > both.bound as u8 {
            both.bound = other.bound;
            both.bound_by = other.bound_by;
        }
        both
    }
}

impl Plan {
    /// Orders the entries that match. `contains(outer, inner)` says whether one pattern strictly contains another.
    pub(crate) fn build(matched: &[Matched], contains: &dyn Fn(u32, u32) -> bool, program: &Program) -> Self {
        let mut by_policy: BTreeMap<(Layer, u32, Option<u32>), Vec<Matched>> = BTreeMap::new();
        for one in matched {
            by_policy.entry((one.layer, one.policy, one.base)).or_default().push(*one);
        }
        let steps: Vec<PolicySteps> = by_policy
            .into_iter()
            .map(|((layer, _, base), entries)| PolicySteps {
                layer,
                only_blocks: base.is_some(),
                steps: steps(entries, contains, program),
            })
            .filter(|policy| policy.matters(program))
            .collect();
        match leaf(&steps, program) {
            Some(answers) => Self::Leaf(answers),
            None => Self::Steps(steps.into_boxed_slice()),
        }
    }
}

impl PolicySteps {
    /// Whether a call can get an answer from them.
    fn matters(&self, program: &Program) -> bool {
        let blocks = |step: &Step| outcomes(step.entry, program).any(|id| is_blocked(id, program));
        !self.steps.is_empty() && (!self.only_blocks || self.steps.iter().any(blocks))
    }

    /// An outcome of one of the steps as an answer, where it counts.
    pub(crate) fn answer(&self, id: OutcomeId, program: &Program) -> Option<Answer> {
        answer(id, program).filter(|answer| !self.only_blocks || answer.tier == Tier::Blocked)
    }
}

/// Everything an entry can answer.
fn outcomes(entry: u32, program: &Program) -> impl Iterator<Item = OutcomeId> {
    let entry = program.entries.get(entry as usize);
    let arms = entry.and_then(|entry| entry.select.as_ref()).into_iter().flat_map(|select| &select.arms);
    arms.map(|gated| gated.arm.outcome).chain(entry.and_then(|entry| entry.otherwise))
}

fn is_blocked(id: OutcomeId, program: &Program) -> bool {
    program.outcomes.get(id as usize).is_some_and(|outcome| outcome.tier == Tier::Blocked)
}

fn steps(entries: Vec<Matched>, contains: &dyn Fn(u32, u32) -> bool, program: &Program) -> Box<[Step]> {
    let wider = |outer: &Matched, inner: &Matched| match (outer.pattern, inner.pattern) {
        (None, inner) => inner.is_some(),
        (Some(_), None) => false,
        (Some(outer), Some(inner)) => contains(outer, inner),
    };
    let ordered = specific_first(entries, &wider);
    let mut kept: Vec<Matched> = Vec::new();
    let mut steps: Vec<Step> = Vec::new();
    for entry in ordered {
        let narrower: Vec<u32> = (0..).zip(&kept).filter(|(_, inner)| wider(&entry, inner)).map(|(at, _)| at).collect();
        let always = |at: &u32| kept.get(*at as usize).is_some_and(|inner| always_answers(inner.entry, program));
        if !narrower.iter().any(always) {
            kept.push(entry);
            steps.push(Step { entry: entry.entry, overridden_by: narrower.into_boxed_slice() });
        }
    }
    steps.into_boxed_slice()
}

/// Each entry after all that it strictly contains, else in order of the text: what contains another contains all that
/// the other contains, and one more.
fn specific_first(entries: Vec<Matched>, wider: &dyn Fn(&Matched, &Matched) -> bool) -> Vec<Matched> {
    let contained = |outer: &Matched| entries.iter().filter(|inner| wider(outer, inner)).count();
    let mut counted: Vec<(usize, Matched)> = entries.iter().map(|entry| (contained(entry), *entry)).collect();
    counted.sort_by_key(|(count, _)| *count);
    counted.into_iter().map(|(_, entry)| entry).collect()
}

fn always_answers(entry: u32, program: &Program) -> bool {
    program.entries.get(entry as usize).is_some_and(|entry| entry.otherwise.is_some())
}

/// The answers of policies in which nothing is left to test and nothing is counted.
fn leaf(policies: &[PolicySteps], program: &Program) -> Option<[Option<Answer>; 3]> {
    let mut answers = [None; 3];
    for policy in policies {
        for step in &policy.steps {
            let entry = program.entries.get(step.entry as usize)?;
            if entry.select.is_some() || !entry.limits.is_empty() {
                return None;
            }
            if let Some(answer) = policy.answer(entry.otherwise?, program) {
                merge(&mut answers, policy.layer, answer);
            }
        }
    }
    Some(answers)
}

/// Makes a layer's answer the strictest of what it was and another one.
pub(crate) fn merge(answers: &mut [Option<Answer>; 3], layer: Layer, answer: Answer) {
    if let Some(slot) = answers.get_mut(layer as usize) {
        *slot = Some(slot.map_or(answer, |so_far| so_far.strictest(answer)));
    }
}

/// The same with what a leaf says of every layer.
pub(crate) fn merge_leaf(answers: &mut [Option<Answer>; 3], leaf: &[Option<Answer>; 3]) {
    for (layer, answer) in Layer::ALL.into_iter().zip(leaf) {
        answer.iter().for_each(|answer| merge(answers, layer, *answer));
    }
}

/// An outcome as an answer.
pub(crate) fn answer(id: OutcomeId, program: &Program) -> Option<Answer> {
    program.outcomes.get(id as usize).map(|outcome| Answer::of(id, outcome.tier, outcome.relaxable_to))
}

/// Limits that a run meets, each once.
pub(crate) fn note_limits(limits: &mut Vec<LimitId>, met: LimitIds) {
    for limit in met.from..met.to {
        if !limits.contains(&limit) {
            limits.push(limit);
        }
    }
}
