//! From the root to the leaves for one call.
//!
//! A walk evaluates each test at most once. Where an unknown test matters, the walk goes on as if it were false, and is
//! then repeated as if it were true, until every way through the unknown tests has been gone: the decision is the
//! strictest that was met. All ways share one assignment, so that `x or not x` holds whatever `x` is.

use smallvec::SmallVec;

use super::condition::Condition;
use super::plan::{Answer, Plan, PolicySteps, merge, note_limits};
use super::program::{LimitId, LimitIds, OutcomeId, Program};
use super::select::{Gated, Group, MAX_GROUPS, Select};
use super::subject_index::Holding;
use super::test_table::TestId;
use crate::cel::value::Value;
use crate::cel::{self, Variables};
use crate::pattern::ValueCache;
use crate::source::Span;
use crate::tier::Layer;

/// Most ways through a call's unknown tests that are gone; past that the call is blocked.
pub(crate) const MAX_WAYS: usize = 1024;

/// A test's outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Truth {
    True,
    False,
    Unknown,
}

impl From<bool> for Truth {
    fn from(value: bool) -> Self {
        if value { Self::True } else { Self::False }
    }
}

/// What is known of a test in this decision; an older `decision` means nothing is.
#[derive(Clone, Copy, Debug)]
struct Known {
    decision: u32,
    truth: Truth,
}

/// What walks need of a scratch.
#[derive(Debug)]
pub(crate) struct WalkCache {
    known: Vec<Known>,
    decision: u32,
    /// The unknown tests that mattered on this way, in order, with what they are assumed to be.
    assumptions: Vec<(TestId, bool)>,
    /// How many of them this way has met.
    met: usize,
    /// Every unknown test that mattered on any way, with the place it stands at.
    pub(crate) unknowns: Vec<(TestId, Span)>,
    /// Every limit met on any way.
    pub(crate) limits: Vec<LimitId>,
    values: Vec<Option<ValueCache>>,
    buffer: Vec<u32>,
    answered: Vec<bool>,
    /// Whether arms are tried one after the other, without the indexes.
    scan: bool,
}

impl WalkCache {
    pub(crate) fn new(program: &Program) -> Self {
        let nothing = Known { decision: 0, truth: Truth::Unknown };
        Self {
            known: vec![nothing; program.tests.len()],
            decision: 0,
            assumptions: Vec::new(),
            met: 0,
            unknowns: Vec::new(),
            limits: Vec::new(),
            values: (0..program.caches).map(|_| None).collect(),
            buffer: Vec::new(),
            answered: Vec::new(),
            scan: false,
        }
    }

    /// Forgets the last decision. `assumed` is the outcome of one test, whatever the call says; the indexes, which know
    /// nothing of it, are then not asked.
    pub(crate) fn begin(&mut self, assumed: Option<(TestId, bool)>) {
        self.decision = self.decision.wrapping_add(1);
        if self.decision == 0 {
            self.known.iter_mut().for_each(|known| known.decision = 0);
            self.decision = 1;
        }
        self.assumptions.clear();
        self.met = 0;
        self.unknowns.clear();
        self.limits.clear();
        self.scan = assumed.is_some();
        if let Some((test, outcome)) = assumed
            && let Some(known) = self.known.get_mut(test.index())
        {
            *known = Known { decision: self.decision, truth: outcome.into() };
        }
    }

    /// Prepares the next way through the unknown tests; `false` when all have been gone.
    pub(crate) fn next_way(&mut self) -> bool {
        for (test, _) in &self.assumptions {
            if let Some(known) = self.known.get_mut(test.index()) {
                known.truth = Truth::Unknown;
            }
        }
        self.met = 0;
        while let Some((_, assumed)) = self.assumptions.last_mut() {
            if !*assumed {
                *assumed = true;
                return true;
            }
            self.assumptions.pop();
        }
        false
    }
}

/// One call on its way through the tree.
pub(crate) struct Walk<'w, 't, 'v> {
    pub(crate) program: &'t Program,
    pub(crate) variables: &'w dyn Variables<'v>,
    pub(crate) cache: &'w mut WalkCache,
}

impl<'t: 'v, 'v> Walk<'_, 't, 'v> {
    /// What each layer answers: `answers` gets the strictest of it and what the plan's policies say.
    pub(crate) fn plan(&mut self, plan: &'t Plan, answers: &mut [Option<Answer>; 3]) {
        match plan {
            Plan::Leaf(leaf) => {
                for (layer, answer) in Layer::ALL.into_iter().zip(leaf) {
                    answer.iter().for_each(|answer| merge(answers, layer, *answer));
                }
            }
            Plan::Steps(policies) => {
                for policy in policies {
                    self.policy(policy, answers);
                }
            }
        }
    }

    fn policy(&mut self, policy: &'t PolicySteps, answers: &mut [Option<Answer>; 3]) {
        self.cache.answered.clear();
        for step in &policy.steps {
            let answered = &self.cache.answered;
            let overridden = step.overridden_by.iter().any(|at| answered.get(*at as usize) == Some(&true));
            let outcome = if overridden { None } else { self.entry(step.entry) };
            self.cache.answered.push(outcome.is_some());
            if let Some(answer) = outcome.and_then(|outcome| policy.answer(outcome, self.program)) {
                merge(answers, policy.layer, answer);
            }
        }
    }

    fn entry(&mut self, entry: u32) -> Option<OutcomeId> {
        let entry = self.program.entries.get(entry as usize)?;
        let by_rule = entry.select.as_ref().and_then(|select| self.select(select));
        let (outcome, limits) = match by_rule {
            Some(gated) => (gated.arm.outcome, gated.arm.limits),
            None => (entry.otherwise?, LimitIds::default()),
        };
        note_limits(&mut self.cache.limits, limits);
        note_limits(&mut self.cache.limits, entry.limits);
        Some(outcome)
    }

    fn select(&mut self, select: &'t Select) -> Option<&'t Gated> {
        if select.groups.is_empty() || self.cache.scan {
            return select.arms.iter().find(|gated| self.holds(&gated.arm.condition));
        }
        let buffered = self.cache.buffer.len();
        let found = self.candidates(select);
        self.cache.buffer.truncate(buffered);
        found
    }

    /// Takes the candidates of all groups in one order until an arm holds.
    fn candidates(&mut self, select: &'t Select) -> Option<&'t Gated> {
        let mut sources: SmallVec<[Candidates<'t>; MAX_GROUPS]> = SmallVec::new();
        for group in &select.groups {
            sources.push(self.look_up(group));
        }
        let mut from = 0;
        loop {
            let mut next = first_from(&select.always, from).map(|arm| (arm, false));
            for source in &sources {
                let arm = source.first_from(from, &self.cache.buffer);
                if let Some(arm) = arm.filter(|arm| next.is_none_or(|(best, _)| *arm < best)) {
                    next = Some((arm, source.known()));
                }
            }
            let (arm, gate_holds) = next?;
            let gated = select.arms.get(arm as usize)?;
            let condition = if gate_holds { &gated.rest } else { &gated.arm.condition };
            if self.holds(condition) {
                return Some(gated);
            }
            from = arm + 1;
        }
    }

    fn look_up(&mut self, group: &'t Group) -> Candidates<'t> {
        let arms = &group.arms;
        let unknown = Candidates { arms, places: Places::Unknown };
        let Ok(value) = cel::eval(&group.subject, self.variables) else { return unknown };
        let from = self.cache.buffer.len();
        let mut none = None;
        let cache = self.cache.values.get_mut(group.cache).unwrap_or(&mut none);
        match group.index.look_up(group.family, &value, cache, &mut self.cache.buffer) {
            None => unknown,
            Some(Holding::Stored(places)) => Candidates { arms, places: Places::Stored(places) },
            Some(Holding::Buffered) => Candidates { arms, places: Places::Buffered(from, self.cache.buffer.len()) },
        }
    }

    /// Whether a condition holds on this way.
    fn holds(&mut self, condition: &'t Condition) -> bool {
        match self.truth(condition) {
            Truth::True => true,
            Truth::False => false,
            Truth::Unknown => self.assume(condition),
        }
    }

    /// Whether a condition that depends on unknown tests holds under this way's assumptions.
    fn assume(&mut self, condition: &'t Condition) -> bool {
        match condition {
            Condition::Constant(value) => *value,
            Condition::Test { id, span } => self.assumption(*id, *span),
            Condition::Not(operand) => !self.holds(operand),
            Condition::All(operands) => operands.iter().all(|operand| self.holds(operand)),
            Condition::Any(operands) => operands.iter().any(|operand| self.holds(operand)),
        }
    }

    fn assumption(&mut self, test: TestId, span: Span) -> bool {
        let cache = &mut *self.cache;
        let assumed = match cache.assumptions.get(cache.met) {
            Some((_, assumed)) => *assumed,
            None => {
                cache.assumptions.push((test, false));
                if !cache.unknowns.iter().any(|(known, _)| *known == test) {
                    cache.unknowns.push((test, span));
                }
                false
            }
        };
        cache.met += 1;
        if let Some(known) = cache.known.get_mut(test.index()) {
            *known = Known { decision: cache.decision, truth: assumed.into() };
        }
        assumed
    }

    /// A condition's truth as far as the tests are known: Kleene's three values, as CEL's absorption of errors.
    fn truth(&mut self, condition: &'t Condition) -> Truth {
        match condition {
            Condition::Constant(value) => (*value).into(),
            Condition::Test { id, .. } => self.test(*id),
            Condition::Not(operand) => match self.truth(operand) {
                Truth::True => Truth::False,
                Truth::False => Truth::True,
                Truth::Unknown => Truth::Unknown,
            },
            Condition::All(operands) => self.join(operands, Truth::False, Truth::True),
            Condition::Any(operands) => self.join(operands, Truth::True, Truth::False),
        }
    }

    fn join(&mut self, operands: &'t [Condition], absorbing: Truth, neutral: Truth) -> Truth {
        let mut joined = neutral;
        for operand in operands {
            let truth = self.truth(operand);
            if truth == absorbing {
                return absorbing;
            }
            if truth == Truth::Unknown {
                joined = Truth::Unknown;
            }
        }
        joined
    }

    fn test(&mut self, id: TestId) -> Truth {
        if let Some(known) = self.cache.known.get(id.index()).filter(|known| known.decision == self.cache.decision) {
            return known.truth;
        }
        let truth = match self.program.tests.get(id).map(|test| cel::eval(&test.expr, self.variables)) {
            Some(Ok(Value::Bool(value))) => value.into(),
            _ => Truth::Unknown,
        };
        if let Some(known) = self.cache.known.get_mut(id.index()) {
            *known = Known { decision: self.cache.decision, truth };
        }
        truth
    }
}

/// The arms of a group that may answer.
struct Candidates<'t> {
    /// The group's arms.
    arms: &'t [u32],
    /// Which of them.
    places: Places<'t>,
}

/// Places in a group's arms.
enum Places<'t> {
    /// Those whose test holds; stored with the index.
    Stored(&'t [u32]),
    /// Those whose test holds; a range of the buffer.
    Buffered(usize, usize),
    /// All: the subject is unknown.
    Unknown,
}

impl Candidates<'_> {
    const fn known(&self) -> bool {
        !matches!(self.places, Places::Unknown)
    }

    fn first_from(&self, from: u32, buffer: &[u32]) -> Option<u32> {
        let places = match self.places {
            Places::Stored(places) => places,
            Places::Buffered(start, end) => buffer.get(start..end)?,
            Places::Unknown => return first_from(self.arms, from),
        };
        let arm = |place: u32| self.arms.get(place as usize).copied();
        let at = places.partition_point(|place| arm(*place).is_some_and(|arm| arm < from));
        places.get(at).and_then(|place| arm(*place))
    }
}

fn first_from(arms: &[u32], from: u32) -> Option<u32> {
    arms.get(arms.partition_point(|arm| *arm < from)).copied()
}
