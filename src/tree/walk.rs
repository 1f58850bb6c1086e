//! From the root to the leaves for one call.
//!
//! A walk evaluates each test and looks up each subject at most once. It ends where a test that cannot be computed stands
//! in the way; then [`super::gather`] takes over, with all that is known already.

use smallvec::SmallVec;

use super::condition::Condition;
use super::plan::{Answer, Plan, PolicySteps, merge, merge_leaf, note_limits};
use super::program::{LimitId, LimitIds, OutcomeId, Program};
use super::relation::{Ask, Kind};
use super::residual::{Doubt, DoubtId};
use super::select::{Gated, Group, MAX_GROUPS, Select};
use super::subject_index::Holding;
use super::test_table::TestId;
use super::values::Values;
use crate::cel::function::Cause;
use crate::cel::value::Value;
use crate::pattern::ValueCache;

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

/// Said where a condition that cannot be computed stands in the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct InDoubt;

/// What is known of a test in this decision; an older `decision` means nothing is.
#[derive(Clone, Copy, Debug)]
struct Known {
    decision: u32,
    truth: Truth,
    /// Its number among the tests in doubt, once it has one.
    doubt: Option<DoubtId>,
}

/// What is known of a group's subject in this decision.
#[derive(Clone, Copy, Debug)]
struct LookedUp {
    decision: u32,
    /// Where the places are in the buffer; `None` where the subject is unknown.
    places: Option<(usize, usize)>,
}

/// What walks need of a scratch.
#[derive(Debug)]
pub(crate) struct WalkCache {
    known: Vec<Known>,
    decision: u32,
    /// Why the unknown tests are unknown.
    pub(crate) causes: Vec<(TestId, Cause)>,
    /// Every limit met.
    pub(crate) limits: Vec<LimitId>,
    values: Vec<Option<ValueCache>>,
    looked_up: Vec<LookedUp>,
    /// Of what kind the value of each subject is, and the decision in which that was so.
    kinds: Vec<(u32, Option<Kind>)>,
    buffer: Vec<u32>,
    answered: Vec<bool>,
    /// Whether arms are tried one after the other, without the indexes.
    scan: bool,
    /// What the last decision cost.
    pub(crate) steps: usize,
}

impl WalkCache {
    pub(crate) fn new(program: &Program) -> Self {
        let nothing = Known { decision: 0, truth: Truth::Unknown, doubt: None };
        Self {
            known: vec![nothing; program.tests.len()],
            decision: 0,
            causes: Vec::new(),
            limits: Vec::new(),
            values: (0..program.caches).map(|_| None).collect(),
            looked_up: vec![LookedUp { decision: 0, places: None }; program.caches],
            kinds: vec![(0, None); program.asks.subjects.len()],
            buffer: Vec::new(),
            answered: Vec::new(),
            scan: false,
            steps: 0,
        }
    }

    /// Forgets the last decision. `assumed` is the outcome of one test, whatever the call says; the indexes, which know
    /// nothing of it, are then not asked.
    pub(crate) fn begin(&mut self, assumed: Option<(TestId, bool)>) {
        self.decision = self.decision.wrapping_add(1);
        if self.decision == 0 {
            self.known.iter_mut().for_each(|known| known.decision = 0);
            self.looked_up.iter_mut().for_each(|looked_up| looked_up.decision = 0);
            self.kinds.iter_mut().for_each(|(decision, _)| *decision = 0);
            self.decision = 1;
        }
        self.causes.clear();
        self.limits.clear();
        self.buffer.clear();
        self.steps = 0;
        self.scan = assumed.is_some();
        if let Some((test, outcome)) = assumed {
            self.note(test, outcome.into());
        }
    }

    fn note(&mut self, test: TestId, truth: Truth) {
        if let Some(known) = self.known.get_mut(test.index()) {
            *known = Known { decision: self.decision, truth, doubt: None };
        }
    }

    /// A test's number among those in doubt; `add` gives it one.
    pub(super) fn doubt(&mut self, test: TestId, add: impl FnOnce() -> DoubtId) -> DoubtId {
        match self.known.get_mut(test.index()) {
            Some(known) => *known.doubt.get_or_insert_with(add),
            None => add(),
        }
    }

    /// Why a test is unknown, once [`WalkCache::sort_causes`] was called.
    pub(crate) fn cause(&self, test: TestId) -> Option<Cause> {
        let at = self.causes.binary_search_by_key(&test, |(known, _)| *known).ok()?;
        self.causes.get(at).map(|(_, cause)| *cause)
    }

    /// Brings the causes into the order that they are found by.
    pub(crate) fn sort_causes(&mut self) {
        self.causes.sort_unstable_by_key(|(test, _)| *test);
    }
}

/// One call on its way through the tree.
pub(crate) struct Walk<'w, 'v> {
    pub(crate) program: &'v Program,
    pub(crate) values: &'w Values<'w, 'v>,
    pub(crate) cache: &'w mut WalkCache,
}

impl<'v> Walk<'_, 'v> {
    /// What each layer answers: `answers` gets the strictest of it and what the plan's policies say.
    pub(crate) fn plan(&mut self, plan: &Plan, answers: &mut [Option<Answer>; 3]) -> Result<(), InDoubt> {
        match plan {
            Plan::Leaf(leaf) => {
                merge_leaf(answers, leaf);
                Ok(())
            }
            Plan::Steps(policies) => policies.iter().try_for_each(|policy| self.policy(policy, answers)),
        }
    }

    fn policy(&mut self, policy: &PolicySteps, answers: &mut [Option<Answer>; 3]) -> Result<(), InDoubt> {
        self.cache.answered.clear();
        for step in &policy.steps {
            let answered = &self.cache.answered;
            let overridden = step.overridden_by.iter().any(|at| answered.get(*at as usize) == Some(&true));
            let outcome = if overridden { None } else { self.entry(step.entry)? };
            self.cache.answered.push(outcome.is_some());
            if let Some(answer) = outcome.and_then(|outcome| policy.answer(outcome, self.program)) {
                merge(answers, policy.layer, answer);
            }
        }
        Ok(())
    }

    fn entry(&mut self, entry: u32) -> Result<Option<OutcomeId>, InDoubt> {
        let Some(entry) = self.program.entries.get(entry as usize) else { return Ok(None) };
        let by_rule = match &entry.select {
            Some(select) => self.select(select)?,
            None => None,
        };
        let (outcome, limits) = match (by_rule, entry.otherwise) {
            (Some(gated), _) => (gated.arm.outcome, gated.arm.limits),
            (None, Some(otherwise)) => (otherwise, LimitIds::default()),
            (None, None) => return Ok(None),
        };
        note_limits(&mut self.cache.limits, limits);
        note_limits(&mut self.cache.limits, entry.limits);
        Ok(Some(outcome))
    }

    /// The first arm that holds.
    fn select(&mut self, select: &'v Select) -> Result<Option<&'v Gated>, InDoubt> {
        let mut candidates = self.candidates(select);
        while let Some((gated, condition)) = self.next(&mut candidates) {
            match self.truth(condition) {
                Truth::True => return Ok(Some(gated)),
                Truth::False => {}
                Truth::Unknown => return Err(InDoubt),
            }
        }
        Ok(None)
    }

    /// The arms of an entry that may answer.
    pub(super) fn candidates(&mut self, select: &'v Select) -> Candidates<'v> {
        let all = select.groups.is_empty() || self.cache.scan;
        let mut candidates = Candidates { select, groups: SmallVec::new(), all, from: 0 };
        if !all {
            for group in &select.groups {
                candidates.groups.push(self.look_up(group));
            }
        }
        candidates
    }

    /// The next of them, and what is left to be tested of it.
    pub(super) fn next(&self, candidates: &mut Candidates<'v>) -> Option<(&'v Gated, &'v Condition)> {
        let (arm, gate_holds) = candidates.next(&self.cache.buffer)?;
        candidates.from = arm + 1;
        let gated = candidates.select.arms.get(arm as usize)?;
        Some((gated, if gate_holds { &gated.rest } else { &gated.arm.condition }))
    }

    fn look_up(&mut self, group: &'v Group) -> Members<'v> {
        let arms = &group.arms;
        let decision = self.cache.decision;
        if let Some(known) = self.cache.looked_up.get(group.cache).filter(|known| known.decision == decision) {
            let places = known.places.map_or(Places::Unknown, |(from, to)| Places::Buffered(from, to));
            return Members { arms, places };
        }
        let from = self.cache.buffer.len();
        let holding = self.holding(group);
        let places = match holding {
            None => Places::Unknown,
            // what is stored costs as little to look up again as to remember
            Some(Holding::Stored(places)) => return Members { arms, places: Places::Stored(places) },
            Some(Holding::Buffered) => Places::Buffered(from, self.cache.buffer.len()),
        };
        if let Some(looked_up) = self.cache.looked_up.get_mut(group.cache) {
            let to = self.cache.buffer.len();
            *looked_up = LookedUp { decision, places: holding.map(|_| (from, to)) };
        }
        Members { arms, places }
    }

    /// The members of a group whose test holds; `None` where the subject is unknown.
    fn holding(&mut self, group: &'v Group) -> Option<Holding<'v>> {
        let value = self.values.eval(&group.subject).ok()?;
        if let Value::Text(text) = &value {
            self.values.charge(text.len() / 1024).ok()?;
        }
        let mut none = None;
        let cache = self.cache.values.get_mut(group.cache).unwrap_or(&mut none);
        group.index.look_up(group.family, &value, cache, &mut self.cache.buffer)
    }

    /// A condition's truth: Kleene's three values, as CEL's absorption of errors.
    fn truth(&mut self, condition: &Condition) -> Truth {
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

    fn join(&mut self, operands: &[Condition], absorbing: Truth, neutral: Truth) -> Truth {
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

    /// A test's outcome.
    pub(super) fn test(&mut self, id: TestId) -> Truth {
        if let Some(known) = self.cache.known.get(id.index()).filter(|known| known.decision == self.cache.decision) {
            return known.truth;
        }
        let value = self.program.evaluated(id).ok_or(Cause::Missing).and_then(|expr| self.values.eval(expr));
        let truth = match value {
            Ok(Value::Bool(value)) => value.into(),
            Ok(other) => self.unknown(id, Cause::wrong_type("bool", &other)),
            Err(cause) => self.unknown(id, cause),
        };
        self.cache.note(id, truth);
        truth
    }

    /// What each test asks of a subject that has no value, or none of the kind that the test is about. Nothing of a subject
    /// that has one: then only the test knows why it is in doubt.
    pub(crate) fn asks(&mut self, doubts: &[Doubt]) -> SmallVec<[Option<&'v Ask>; 8]> {
        let mut of = |doubt: &Doubt| {
            let ask = self.program.asks.get(doubt.test.index())?;
            self.kind(ask.subject).is_none_or(|kind| ask.is_about_another(kind)).then_some(ask)
        };
        doubts.iter().map(&mut of).collect()
    }

    /// Of what kind the value of a subject is, if it has one.
    fn kind(&mut self, subject: u32) -> Option<Kind> {
        let decision = self.cache.decision;
        if let Some((_, kind)) = self.cache.kinds.get(subject as usize).filter(|(at, _)| *at == decision) {
            return *kind;
        }
        let expr = self.program.asks.subjects.get(subject as usize)?;
        let kind = self.values.eval(expr).ok().map(|value| Kind::of(&value));
        if let Some(slot) = self.cache.kinds.get_mut(subject as usize) {
            *slot = (decision, kind);
        }
        kind
    }

    fn unknown(&mut self, id: TestId, cause: Cause) -> Truth {
        self.cache.causes.push((id, cause));
        Truth::Unknown
    }
}

/// The arms of an entry that may answer, one after the other.
pub(super) struct Candidates<'v> {
    select: &'v Select,
    /// The groups' members.
    groups: SmallVec<[Members<'v>; MAX_GROUPS]>,
    /// Whether every arm is one.
    all: bool,
    /// The first arm that was not given yet.
    from: u32,
}

impl Candidates<'_> {
    /// The next arm, and whether its gate is known to hold.
    fn next(&self, buffer: &[u32]) -> Option<(u32, bool)> {
        if self.all {
            return ((self.from as usize) < self.select.arms.len()).then_some((self.from, false));
        }
        let mut next = first_from(&self.select.always, self.from).map(|arm| (arm, false));
        for members in &self.groups {
            let arm = members.first_from(self.from, buffer);
            if let Some(arm) = arm.filter(|arm| next.is_none_or(|(best, _)| *arm < best)) {
                next = Some((arm, members.known()));
            }
        }
        next
    }
}

/// The arms of a group that may answer.
struct Members<'v> {
    /// The group's arms.
    arms: &'v [u32],
    /// Which of them.
    places: Places<'v>,
}

/// Places in a group's arms.
enum Places<'v> {
    /// Those whose test holds; stored with the index.
    Stored(&'v [u32]),
    /// Those whose test holds; a range of the buffer.
    Buffered(usize, usize),
    /// All: the subject is unknown.
    Unknown,
}

impl Members<'_> {
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
