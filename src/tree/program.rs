//! A whole policy set, compiled: outcomes, tests, limits, and the entries that lead from the one to the other.

use std::sync::Arc;

use super::condition::Condition;
use super::relation::Asks;
use super::select::{Arm, Select};
use super::shared::SharedValues;
use super::test_table::{TestId, TestTable};
use crate::cel::expr::Expr;
use crate::outcome::Outcome;
use crate::policy_set::{Entry, Policy};
use crate::rate_limit::RateLimit;

/// An outcome's number.
pub(crate) type OutcomeId = u32;
/// A rate limit's place in [`Program::limits`].
pub(crate) type LimitId = u32;

/// Limits that stand one after the other in [`Program::limits`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct LimitIds {
    /// The first.
    pub(crate) from: LimitId,
    /// One past the last.
    pub(crate) to: LimitId,
}

impl LimitIds {
    /// Whether there are none.
    pub(crate) const fn is_empty(self) -> bool {
        self.from == self.to
    }
}

/// What compiled entries refer to.
#[derive(Debug, Default)]
pub(crate) struct Program {
    pub(crate) tests: TestTable,
    pub(crate) outcomes: Vec<Arc<Outcome>>,
    pub(crate) limits: Vec<RateLimit>,
    pub(crate) entries: Vec<CompiledEntry>,
    /// How many indexes need a cache of their own in a scratch.
    pub(crate) caches: usize,
    /// Values that several tests are about.
    pub(crate) shared: SharedValues,
    /// What tests of one subject ask of it.
    pub(crate) asks: Asks,
    /// The tests that read shared values, as they are evaluated; by number.
    rewritten: Vec<Option<Expr>>,
}

/// An entry, compiled.
#[derive(Debug)]
pub(crate) struct CompiledEntry {
    /// Its rules, if it has any.
    pub(crate) select: Option<Select>,
    /// Its own answer.
    pub(crate) otherwise: Option<OutcomeId>,
    /// The limits on whatever it answers.
    pub(crate) limits: LimitIds,
}

impl Program {
    /// Compiles an entry and gives its number.
    pub(crate) fn add_entry(&mut self, entry: &Entry) -> u32 {
        self.add(entry, Self::add_limits)
    }

    /// Compiles an entry of a base, which is asked for what it blocks: nothing it limits is counted.
    pub(crate) fn add_base_entry(&mut self, entry: &Entry) -> u32 {
        self.add(entry, |_, _| LimitIds::default())
    }

    fn add(&mut self, entry: &Entry, limits: fn(&mut Self, &[RateLimit]) -> LimitIds) -> u32 {
        let arms: Vec<Arm> = entry
            .rules
            .iter()
            .map(|rule| Arm {
                condition: Condition::of(&rule.condition, &mut self.tests),
                outcome: self.add_outcome(&rule.outcome),
                limits: limits(self, &rule.rate_limits),
            })
            .collect();
        let select = (!arms.is_empty()).then(|| Select::compile(arms, &self.tests, &mut self.caches));
        let otherwise = entry.outcome.as_ref().map(|outcome| self.add_outcome(outcome));
        let limits = limits(self, &entry.rate_limits);
        self.push(CompiledEntry { select, otherwise, limits })
    }

    /// Compiles a policy's `defaults` as an entry without rules.
    pub(crate) fn add_defaults(&mut self, policy: &Policy) -> Option<u32> {
        let outcome = policy.defaults.as_ref()?;
        let otherwise = Some(self.add_outcome(outcome));
        Some(self.push(CompiledEntry { select: None, otherwise, limits: LimitIds::default() }))
    }

    /// Finds what tests have in common, once all entries are there.
    pub(crate) fn finish(&mut self) {
        self.shared = SharedValues::of(&self.tests);
        let shared = &self.shared;
        let rewrite = |expr: &mut Expr| {
            if let Some(rewritten) = shared.rewrite(expr) {
                *expr = rewritten;
            }
        };
        self.rewritten = self.tests.iter().map(|test| shared.rewrite_parts(&test.expr)).collect();
        self.asks = Asks::of(&self.tests);
        self.asks.subjects.iter_mut().for_each(rewrite);
        let selects = self.entries.iter_mut().filter_map(|entry| entry.select.as_mut());
        selects.flat_map(|select| &mut select.groups).for_each(|group| rewrite(&mut group.subject));
    }

    /// A test as it is evaluated.
    pub(crate) fn evaluated(&self, test: TestId) -> Option<&Expr> {
        let rewritten = self.rewritten.get(test.index()).and_then(Option::as_ref);
        rewritten.or_else(|| self.tests.get(test).map(|test| &test.expr))
    }

    fn push(&mut self, entry: CompiledEntry) -> u32 {
        self.entries.push(entry);
        number(self.entries.len())
    }

    fn add_outcome(&mut self, outcome: &Arc<Outcome>) -> OutcomeId {
        self.outcomes.push(outcome.clone());
        number(self.outcomes.len())
    }

    fn add_limits(&mut self, limits: &[RateLimit]) -> LimitIds {
        let place = |limits: &[RateLimit]| u32::try_from(limits.len()).unwrap_or(u32::MAX);
        let from = place(&self.limits);
        self.limits.extend_from_slice(limits);
        LimitIds { from, to: place(&self.limits) }
    }
}

/// The number of the last of `len` things.
fn number(len: usize) -> u32 {
    u32::try_from(len).unwrap_or(u32::MAX).saturating_sub(1)
}
