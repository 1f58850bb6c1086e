//! From the plans of a call to what is left of them when every test that has an outcome is answered.

use super::condition::Condition;
use super::plan::{Answer, Plan, PolicySteps, Step, answer, note_limits};
use super::residual::{Doubt, DoubtId, Formula, Residual, ResidualArm, ResidualEntry, ResidualPolicy};
use super::select::Select;
use super::test_table::TestId;
use super::walk::{Truth, Walk};
use crate::source::Span;
use crate::tier::Layer;

/// A residual in the making.
#[derive(Default)]
pub(crate) struct Gathering {
    residual: Residual,
}

impl Gathering {
    /// What was gathered.
    pub(crate) fn finish(self) -> Residual {
        self.residual
    }

    /// Adds a test in doubt that is met for the first time.
    fn add(&mut self, test: TestId, span: Span) -> DoubtId {
        let number = u32::try_from(self.residual.doubts.len()).unwrap_or(u32::MAX);
        self.residual.doubts.push(Doubt { test, span });
        number
    }
}

impl<'v> Walk<'_, 'v> {
    /// Adds what is left of a plan, and notes the limits of all that may answer.
    pub(crate) fn gather(&mut self, plan: &Plan, into: &mut Gathering) {
        match plan {
            Plan::Leaf(leaf) => {
                let given = Layer::ALL.into_iter().zip(leaf).filter_map(|(layer, answer)| Some((layer, (*answer)?)));
                into.residual.policies.extend(given.map(|(layer, answer)| certain(layer, answer)));
            }
            Plan::Steps(policies) => policies.iter().for_each(|policy| self.gather_policy(policy, into)),
        }
    }

    fn gather_policy(&mut self, policy: &PolicySteps, into: &mut Gathering) {
        let mut entries: Vec<ResidualEntry> = Vec::with_capacity(policy.steps.len());
        for step in &policy.steps {
            let overrides = |at: &u32| entries.get(*at as usize).is_some_and(ResidualEntry::always_answers);
            let entry = if step.overridden_by.iter().any(overrides) {
                ResidualEntry::silent()
            } else {
                self.gather_entry(step, into)
            };
            entries.push(entry);
        }
        into.residual.policies.push(ResidualPolicy { layer: policy.layer, only_blocks: policy.only_blocks, entries });
    }

    fn gather_entry(&mut self, step: &Step, into: &mut Gathering) -> ResidualEntry {
        let mut left = ResidualEntry::silent();
        let Some(entry) = self.program.entries.get(step.entry as usize) else { return left };
        left.overridden_by = step.overridden_by.iter().copied().collect();
        if let Some(select) = &entry.select {
            self.gather_select(select, &mut left, into);
        }
        if left.last.is_none() {
            left.last = entry.otherwise.and_then(|otherwise| answer(otherwise, self.program));
        }
        if !left.is_silent() {
            note_limits(&mut self.cache.limits, entry.limits);
        }
        left
    }

    fn gather_select(&mut self, select: &'v Select, left: &mut ResidualEntry, into: &mut Gathering) {
        let mut candidates = self.candidates(select);
        while let Some((gated, condition)) = self.next(&mut candidates) {
            let condition = self.formula(condition, into);
            let Some(answer) = answer(gated.arm.outcome, self.program) else { continue };
            if condition == Formula::Known(false) {
                continue;
            }
            note_limits(&mut self.cache.limits, gated.arm.limits);
            if condition == Formula::Known(true) {
                left.last = Some(answer);
                return;
            }
            left.arms.push(ResidualArm { condition, answer });
        }
    }

    /// A condition, its known tests answered.
    fn formula(&mut self, condition: &Condition, into: &mut Gathering) -> Formula {
        match condition {
            Condition::Constant(value) => Formula::Known(*value),
            Condition::Test { id, span } => match self.test(*id) {
                Truth::True => Formula::Known(true),
                Truth::False => Formula::Known(false),
                Truth::Unknown => Formula::Doubt(self.cache.doubt(*id, || into.add(*id, *span))),
            },
            Condition::Not(operand) => match self.formula(operand, into) {
                Formula::Known(value) => Formula::Known(!value),
                operand => Formula::Not(Box::new(operand)),
            },
            Condition::All(operands) => self.joined(operands, false, Formula::All, into),
            Condition::Any(operands) => self.joined(operands, true, Formula::Any, into),
        }
    }

    fn joined(
        &mut self,
        operands: &[Condition],
        deciding: bool,
        make: fn(Box<[Formula]>) -> Formula,
        into: &mut Gathering,
    ) -> Formula {
        let mut open = Vec::new();
        for operand in operands {
            match self.formula(operand, into) {
                Formula::Known(value) if value == deciding => return Formula::Known(deciding),
                Formula::Known(_) => {}
                operand => open.push(operand),
            }
        }
        match open.len() {
            0 => Formula::Known(!deciding),
            1 => open.pop().unwrap_or(Formula::Known(!deciding)),
            _ => make(open.into_boxed_slice()),
        }
    }
}

/// A policy that answers whatever is in doubt.
fn certain(layer: Layer, answer: Answer) -> ResidualPolicy {
    let entry = ResidualEntry { last: Some(answer), ..ResidualEntry::silent() };
    ResidualPolicy { layer, only_blocks: false, entries: vec![entry] }
}
