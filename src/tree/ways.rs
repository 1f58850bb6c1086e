//! The strictest decision over all outcomes that the tests in doubt could have.
//!
//! The search assumes one test after the other. Under some assumptions the range of possible tiers follows in one pass
//! ([`Residual::range`]), so ways that cannot come to a stricter tier than one already found are not gone. What is assumed
//! of one test says something of others on the same value ([`Ask::implied`]): only outcomes that one value could give are
//! gone through. The search has a limit on its work. Where that is reached, what has not been looked at counts as the
//! strictest it could possibly be: a tier that some rule in doubt gives, never `blocked` for the number of tests alone.

use smallvec::{SmallVec, smallvec};

use super::relation::Ask;
use super::residual::{Assumed, DoubtId, Range, Residual};
use super::verdict::Verdict;

/// Most looks at rules and tests in doubt that the search for the strictest way takes.
pub(crate) const MAX_LOOKS: usize = 500_000;

/// The tests in doubt and what they say of each other.
pub(crate) struct Doubts<'r, 't> {
    residual: &'r Residual,
    /// What each asks, where its subject has no value.
    asks: &'r [Option<&'t Ask>],
    assumed: Assumed,
    /// The tests of which something is assumed, in order.
    trail: SmallVec<[DoubtId; 8]>,
    /// What was found out of pairs of tests, where there are few.
    relations: Relations,
}

/// Most tests in doubt whose relations are kept.
const MAX_KEPT: usize = 16;

/// What the outcome of one test says of another, once it was asked.
#[derive(Debug, Default)]
struct Relations {
    /// How many tests there are; none where there are too many to keep anything.
    count: usize,
    /// By outcome, test and other test.
    known: SmallVec<[Option<Option<bool>>; 32]>,
}

impl Relations {
    fn of(count: usize) -> Self {
        if count > MAX_KEPT { Self::default() } else { Self { count, known: smallvec![None; 2 * count * count] } }
    }

    /// What is known of the pair, else what `ask` finds out.
    fn get(
        &mut self,
        doubt: DoubtId,
        outcome: bool,
        other: DoubtId,
        ask: impl FnOnce() -> Option<bool>,
    ) -> Option<bool> {
        let at = (usize::from(outcome) * self.count + doubt as usize) * self.count + other as usize;
        match self.known.get_mut(at) {
            Some(known) => *known.get_or_insert_with(ask),
            None => ask(),
        }
    }
}

/// The strictest decision.
#[derive(Debug)]
pub(crate) struct Strictest {
    /// What it is.
    pub(crate) verdict: Verdict,
    /// One way that comes to it: an outcome for every test. `None` where the search was broken off.
    pub(crate) way: Option<SmallVec<[bool; 16]>>,
}

/// An assumption that was not made yet, and how strict the ways behind it may be.
struct Open {
    doubt: DoubtId,
    outcome: bool,
    /// How much was assumed before.
    trail: usize,
    most: Verdict,
}

impl<'r, 't> Doubts<'r, 't> {
    pub(crate) fn new(residual: &'r Residual, asks: &'r [Option<&'t Ask>]) -> Self {
        let count = residual.doubts.len();
        let relations = Relations::of(count);
        Self { residual, asks, assumed: Assumed::nothing(count), trail: SmallVec::new(), relations }
    }

    /// How much work was done.
    pub(crate) const fn looks(&self) -> usize {
        self.assumed.looks()
    }

    /// The tiers that are possible under what is assumed.
    pub(crate) fn range(&self) -> Range {
        self.residual.range(&self.assumed)
    }

    /// What is assumed of a test.
    pub(crate) fn get(&self, doubt: DoubtId) -> Option<bool> {
        self.assumed.get(doubt)
    }

    /// How many tests something is assumed of.
    pub(crate) fn depth(&self) -> usize {
        self.trail.len()
    }

    /// Takes assumptions back until so many are left.
    pub(crate) fn back_to(&mut self, depth: usize) {
        for doubt in self.trail.drain(depth.min(self.trail.len())..) {
            self.assumed.set(doubt, None);
        }
    }

    /// Assumes an outcome, and what it says of the other tests on that value; `false`, and nothing is assumed, where that
    /// is against what is assumed already.
    pub(crate) fn assume(&mut self, doubt: DoubtId, outcome: bool) -> bool {
        let from = self.trail.len();
        let goes = self.note(doubt, outcome) && self.follow(doubt, outcome);
        if !goes {
            self.back_to(from);
        }
        goes
    }

    /// Assumes an outcome, whatever it says of others.
    pub(crate) fn assume_alone(&mut self, doubt: DoubtId, outcome: bool) {
        self.note(doubt, outcome);
    }

    /// Notes an outcome; `false` where the other one is assumed.
    fn note(&mut self, doubt: DoubtId, outcome: bool) -> bool {
        match self.assumed.get(doubt) {
            Some(known) => known == outcome,
            None => {
                self.assumed.set(doubt, Some(outcome));
                self.trail.push(doubt);
                true
            }
        }
    }

    /// Notes what the outcome of one test says of the others on its value. What those say in turn is not followed: where
    /// it matters, they are assumed themselves.
    fn follow(&mut self, doubt: DoubtId, outcome: bool) -> bool {
        let asks = self.asks;
        let Some(ask) = asks.get(doubt as usize).copied().flatten() else { return true };
        let others = (0..).zip(asks).filter_map(|(at, other)| other.map(|other| (at, other)));
        for (at, other) in others.filter(|(at, other)| *at != doubt && other.subject == ask.subject) {
            self.assumed.look();
            let implied = self.relations.get(doubt, outcome, at, || ask.implied(outcome, other));
            if let Some(implied) = implied
                && !self.note(at, implied)
            {
                return false;
            }
        }
        true
    }

    /// The strictest decision. Nothing is assumed before and after.
    pub(crate) fn strictest(&mut self) -> Strictest {
        let all = self.range();
        let mut best: Option<Strictest> = None;
        let mut open: Vec<Open> = Vec::new();
        let mut here = Some(all);
        loop {
            let worst = |most: Verdict| best.as_ref().is_none_or(|best| most.tier > best.verdict.tier);
            if let Some(range) = here.take().filter(|range| worst(range.most)) {
                match range.undecided.filter(|_| range.least < range.most.tier) {
                    None => best = Some(self.complete(range)),
                    Some(_) if self.looks() > MAX_LOOKS => {
                        open.push(Open { doubt: 0, outcome: false, trail: 0, most: range.most });
                        self.back_to(0);
                        return strictest_of(best, &open, all.most);
                    }
                    Some(doubt) => {
                        here = self.branch(doubt, range, &mut open);
                        continue;
                    }
                }
            }
            match self.next(&mut open, best.as_ref()) {
                Some(range) => here = Some(range),
                None => {
                    self.back_to(0);
                    return strictest_of(best, &open, all.most);
                }
            }
        }
    }

    /// Assumes the outcome that may come to the stricter tier, false where both may, and keeps the other one open.
    fn branch(&mut self, doubt: DoubtId, range: Range, open: &mut Vec<Open>) -> Option<Range> {
        let trail = self.trail.len();
        let without = self.assume(doubt, false).then(|| self.range());
        match without {
            Some(without) if without.most.tier == range.most.tier => {
                open.push(Open { doubt, outcome: true, trail, most: range.most });
                Some(without)
            }
            _ => {
                self.back_to(trail);
                open.extend(without.map(|without| Open { doubt, outcome: false, trail, most: without.most }));
                self.assume(doubt, true).then(|| self.range())
            }
        }
    }

    /// Goes on at the last open assumption that may come to something stricter.
    fn next(&mut self, open: &mut Vec<Open>, best: Option<&Strictest>) -> Option<Range> {
        while let Some(next) = open.pop() {
            self.back_to(next.trail);
            let worth = best.is_none_or(|best| next.most.tier > best.verdict.tier);
            if worth && self.assume(next.doubt, next.outcome) {
                return Some(self.range());
            }
        }
        None
    }

    /// One whole way from here: every test that is open yet is false, or true where it cannot be. All ways from here come
    /// to one tier, so that it is no matter where work runs out and the rest is false.
    fn complete(&mut self, range: Range) -> Strictest {
        let depth = self.trail.len();
        let doubts = u32::try_from(self.residual.doubts.len()).unwrap_or(u32::MAX);
        for doubt in 0..doubts {
            if self.assumed.get(doubt).is_some() {
                continue;
            }
            let tired = self.looks() > MAX_LOOKS;
            if tired || !self.assume(doubt, false) && !self.assume(doubt, true) {
                self.assume_alone(doubt, false);
            }
        }
        let verdict = self.range().most;
        let way = (0..doubts).map(|doubt| self.assumed.get(doubt).unwrap_or(false)).collect();
        self.back_to(depth);
        if verdict.tier == range.most.tier {
            Strictest { verdict, way: Some(way) }
        } else {
            Strictest { verdict: range.most, way: None }
        }
    }
}

/// The strictest of what was found and what was not looked at; `all` where that is nothing.
fn strictest_of(best: Option<Strictest>, open: &[Open], all: Verdict) -> Strictest {
    let unseen = open.iter().map(|open| open.most).reduce(|one, other| if other.tier > one.tier { other } else { one });
    match (best, unseen) {
        (Some(best), Some(unseen)) if unseen.tier > best.verdict.tier => Strictest { verdict: unseen, way: None },
        (Some(best), _) => best,
        (None, unseen) => Strictest { verdict: unseen.unwrap_or(all), way: None },
    }
}
