//! What is left of a call's plans once every test that has an outcome is answered.
//!
//! Rules that cannot hold are gone, what is behind a rule that certainly holds is gone, and a condition is truth over
//! the tests in doubt alone. Nothing here looks at the call: whatever is asked of a residual costs only as much as the
//! residual is large.

use std::cell::Cell;

use smallvec::{SmallVec, smallvec};

use super::plan::Answer;
use super::test_table::TestId;
use super::verdict::{Answers, Verdict, range};
use crate::source::Span;
use crate::tier::{Layer, Tier};

/// A test in doubt, by its place in [`Residual::doubts`].
pub(crate) type DoubtId = u32;

/// Most combinations of entries that have answered, kept apart while one policy is gone through.
const MAX_STATES: usize = 16;

/// Truth over tests in doubt.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Formula {
    /// Holds, or does not.
    Known(bool),
    /// A test in doubt.
    Doubt(DoubtId),
    /// The operand does not hold.
    Not(Box<Self>),
    /// All hold.
    All(Box<[Self]>),
    /// Any holds.
    Any(Box<[Self]>),
}

/// A test in doubt.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Doubt {
    /// The test.
    pub(crate) test: TestId,
    /// Where it stands.
    pub(crate) span: Span,
}

/// A rule that may hold.
#[derive(Debug)]
pub(crate) struct ResidualArm {
    /// When it is taken.
    pub(crate) condition: Formula,
    /// What it answers.
    pub(crate) answer: Answer,
}

/// An entry that may answer.
#[derive(Debug)]
pub(crate) struct ResidualEntry {
    /// The earlier entries, by place, whose answer overrides this one's.
    pub(crate) overridden_by: SmallVec<[u32; 4]>,
    /// Its rules that may hold, in order.
    pub(crate) arms: Vec<ResidualArm>,
    /// What it answers where none of them holds.
    pub(crate) last: Option<Answer>,
}

/// A policy that may answer.
#[derive(Debug)]
pub(crate) struct ResidualPolicy {
    /// Its layer.
    pub(crate) layer: Layer,
    /// Whether it is a base, of which only what it blocks counts.
    pub(crate) only_blocks: bool,
    /// Its entries, the more specific before those they override.
    pub(crate) entries: Vec<ResidualEntry>,
}

/// All that may answer a call.
#[derive(Debug, Default)]
pub(crate) struct Residual {
    /// By policy.
    pub(crate) policies: Vec<ResidualPolicy>,
    /// The tests in doubt, in the order in which they were met.
    pub(crate) doubts: SmallVec<[Doubt; 4]>,
}

/// The tiers that are possible under some assumptions.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Range {
    /// The most permissive.
    pub(crate) least: Tier,
    /// The strictest, with what would give it.
    pub(crate) most: Verdict,
    /// A test without which it is not decided: the first one of a policy that has more than one possible answer.
    pub(crate) undecided: Option<DoubtId>,
}

/// What is assumed of the tests in doubt, and how much looking at them has cost.
#[derive(Debug)]
pub(crate) struct Assumed {
    outcomes: SmallVec<[Option<bool>; 16]>,
    looks: Cell<usize>,
}

impl Assumed {
    /// Nothing is assumed of so many tests.
    pub(crate) fn nothing(doubts: usize) -> Self {
        Self { outcomes: smallvec![None; doubts], looks: Cell::new(0) }
    }

    /// What is assumed of a test.
    pub(crate) fn get(&self, doubt: DoubtId) -> Option<bool> {
        self.outcomes.get(doubt as usize).copied().flatten()
    }

    /// Assumes something, or nothing, of a test.
    pub(crate) fn set(&mut self, doubt: DoubtId, outcome: Option<bool>) {
        if let Some(slot) = self.outcomes.get_mut(doubt as usize) {
            *slot = outcome;
        }
    }

    /// Counts a look.
    pub(crate) fn look(&self) {
        self.looks.set(self.looks.get().saturating_add(1));
    }

    /// How many looks there were.
    pub(crate) const fn looks(&self) -> usize {
        self.looks.get()
    }
}

impl Formula {
    /// Kleene's truth; `None` where the assumptions leave it open.
    fn truth(&self, assumed: &Assumed) -> Option<bool> {
        assumed.look();
        match self {
            Self::Known(value) => Some(*value),
            Self::Doubt(doubt) => assumed.get(*doubt),
            Self::Not(operand) => operand.truth(assumed).map(|value| !value),
            Self::All(operands) => join(operands, false, assumed),
            Self::Any(operands) => join(operands, true, assumed),
        }
    }

    /// The first test that leaves an open formula open.
    fn undecided(&self, assumed: &Assumed) -> Option<DoubtId> {
        match self {
            Self::Known(_) => None,
            Self::Doubt(doubt) => assumed.get(*doubt).is_none().then_some(*doubt),
            Self::Not(operand) => operand.undecided(assumed),
            Self::All(operands) | Self::Any(operands) => {
                let open = |operand: &&Self| operand.truth(assumed).is_none();
                operands.iter().find(open).and_then(|operand| operand.undecided(assumed))
            }
        }
    }
}

/// `All` (decided by false) and `Any` (decided by true).
fn join(operands: &[Formula], deciding: bool, assumed: &Assumed) -> Option<bool> {
    let mut joined = Some(!deciding);
    for operand in operands {
        match operand.truth(assumed) {
            Some(value) if value == deciding => return Some(deciding),
            Some(_) => {}
            None => joined = None,
        }
    }
    joined
}

impl ResidualEntry {
    /// One that has no answer.
    pub(crate) fn silent() -> Self {
        Self { overridden_by: SmallVec::new(), arms: Vec::new(), last: None }
    }

    /// Whether it has an answer whatever the tests in doubt are, if nothing overrides it.
    pub(crate) const fn always_answers(&self) -> bool {
        self.last.is_some()
    }

    /// Whether it has no answer whatever the tests in doubt are.
    pub(crate) const fn is_silent(&self) -> bool {
        self.arms.is_empty() && self.last.is_none()
    }

    /// What it may answer, and the first test that it depends on.
    fn possible(&self, assumed: &Assumed) -> (Answers, Option<DoubtId>) {
        let mut answers = Answers::nothing();
        let mut undecided = None;
        for arm in &self.arms {
            match arm.condition.truth(assumed) {
                Some(false) => continue,
                Some(true) => {
                    answers.or(arm.answer);
                    return (answers, undecided);
                }
                None => answers.or(arm.answer),
            }
            undecided = undecided.or_else(|| arm.condition.undecided(assumed));
        }
        match self.last {
            Some(answer) => answers.or(answer),
            None => answers.or_silent(),
        }
        (answers, undecided)
    }
}

/// One way in which the entries of a policy so far may have answered.
#[derive(Clone, Debug)]
struct State {
    /// The entries that have, in order.
    answered: Places,
    /// The entries of which that is not kept apart, in order.
    perhaps: Places,
    /// The strictest of what they said.
    so_far: Answers,
}

/// Places of entries in their policy, in order.
type Places = SmallVec<[u32; 4]>;

impl State {
    fn overrides(&self, entry: &ResidualEntry) -> bool {
        entry.overridden_by.iter().any(|at| self.answered.binary_search(at).is_ok())
    }

    fn perhaps_overrides(&self, entry: &ResidualEntry) -> bool {
        entry.overridden_by.iter().any(|at| self.perhaps.binary_search(at).is_ok())
    }

    /// The states after an entry with these possible answers, of which some count.
    fn after(self, entry: &ResidualEntry, place: u32, own: &Answers, counted: &Answers) -> SmallVec<[Self; 2]> {
        if self.overrides(entry) {
            return SmallVec::from_iter([self]);
        }
        let mut states = SmallVec::new();
        if own.may_speak() {
            let mut spoken = Self { so_far: self.so_far.strictest(counted), ..self.clone() };
            spoken.answered.push(place);
            states.push(spoken);
        }
        if own.may_be_silent() || self.perhaps_overrides(entry) {
            states.push(self);
        }
        states
    }

    /// Both at once: what they differ in is not kept apart any more.
    fn or(&mut self, other: &Self) {
        let both = |at: &u32| self.answered.contains(at) && other.answered.contains(at);
        let all = self.answered.iter().chain(&other.answered).chain(&self.perhaps).chain(&other.perhaps);
        let mut perhaps: Places = all.filter(|at| !both(at)).copied().collect();
        perhaps.sort_unstable();
        perhaps.dedup();
        self.answered.retain(|at| other.answered.contains(at));
        self.perhaps = perhaps;
        self.so_far.or_any(&other.so_far);
    }
}

impl ResidualPolicy {
    /// What the policy may answer: the strictest of the entries that answer and are not overridden.
    fn possible(&self, assumed: &Assumed) -> (Answers, Option<DoubtId>) {
        let mut speaking = self.entries.iter().filter(|entry| !entry.is_silent());
        match (speaking.next(), speaking.next()) {
            (None, _) => (Answers::silence(), None),
            (Some(only), None) => {
                let (own, undecided) = only.possible(assumed);
                (if self.only_blocks { own.blocks_or_silence() } else { own }, undecided)
            }
            _ => self.possible_of_many(assumed),
        }
    }

    fn possible_of_many(&self, assumed: &Assumed) -> (Answers, Option<DoubtId>) {
        let mut undecided = None;
        let start = State { answered: Places::new(), perhaps: Places::new(), so_far: Answers::silence() };
        let mut states: SmallVec<[State; 2]> = SmallVec::from_iter([start]);
        for (place, entry) in (0..).zip(&self.entries).filter(|(_, entry)| !entry.is_silent()) {
            if states.iter().all(|state| state.overrides(entry)) {
                continue;
            }
            let (own, open) = entry.possible(assumed);
            undecided = undecided.or(open);
            let counted = if self.only_blocks { own.blocks() } else { own.spoken() };
            states = states.into_iter().flat_map(|state| state.after(entry, place, &own, &counted)).collect();
            if states.len() > MAX_STATES {
                merge(&mut states);
            }
        }
        let mut answers = Answers::nothing();
        states.iter().for_each(|state| answers.or_any(&state.so_far));
        (answers, undecided)
    }
}

fn merge(states: &mut SmallVec<[State; 2]>) {
    while states.len() > 1 {
        let last = states.pop();
        if let (Some(first), Some(last)) = (states.first_mut(), last) {
            first.or(&last);
        }
    }
}

impl Residual {
    /// The tiers that are possible, each test for itself.
    pub(crate) fn range(&self, assumed: &Assumed) -> Range {
        let mut layers = [Answers::silence(), Answers::silence(), Answers::silence()];
        let mut undecided = None;
        for policy in &self.policies {
            let (answers, open) = policy.possible(assumed);
            if !answers.is_certain() {
                undecided = undecided.or(open);
            }
            if let Some(layer) = layers.get_mut(policy.layer as usize) {
                layer.join(answers);
            }
        }
        let (least, most) = range(&layers);
        Range { least, most, undecided }
    }
}
