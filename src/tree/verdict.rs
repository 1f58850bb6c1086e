//! What the layers' answers come to, certain ones and possible ones.
//!
//! An [`Answers`] is the set of answers that some part of a policy set could give while tests are in doubt. A set is as
//! small as the language's pairs of tier and bound, whatever the number of rules: of answers that are alike the first
//! stands for all.

use smallvec::SmallVec;

use super::plan::Answer;
use super::program::OutcomeId;
use crate::tier::Tier;

/// What the layers come to together.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Verdict {
    /// The tier.
    pub(crate) tier: Tier,
    /// The outcome that gave it; `None` where no layer has an answer.
    pub(crate) by: Option<OutcomeId>,
    /// The layers' answers.
    pub(crate) layers: [Option<Answer>; 3],
}

/// How the layers' answers make a tier: a lower layer can be stricter, and more permissive only as far as the ones above
/// let it.
pub(crate) fn combine(layers: &[Option<Answer>; 3]) -> Verdict {
    let mut verdict = Verdict { tier: Tier::Blocked, by: None, layers: *layers };
    let mut bound: Option<(Tier, OutcomeId)> = None;
    for answer in layers.iter().flatten() {
        let (least, least_by) = bound.unwrap_or((Tier::Autonomous, answer.tier_by));
        if answer.tier < least {
            (verdict.tier, verdict.by) = (least, Some(least_by));
        } else if verdict.by.is_none() || verdict.tier != answer.tier {
            (verdict.tier, verdict.by) = (answer.tier, Some(answer.tier_by));
        }
        if bound.is_none_or(|(least, _)| answer.bound > least) {
            bound = Some((answer.bound, answer.bound_by));
        }
    }
    verdict
}

/// The answers that are possible.
#[derive(Clone, Debug)]
pub(crate) struct Answers {
    /// Whether there may be none.
    silent: bool,
    /// The answers there may be, each pair of tier and bound once.
    given: SmallVec<[Answer; 4]>,
}

impl Answers {
    /// Certainly none.
    pub(crate) fn silence() -> Self {
        Self { silent: true, given: SmallVec::new() }
    }

    /// Not even none: to be added to.
    pub(crate) fn nothing() -> Self {
        Self { silent: false, given: SmallVec::new() }
    }

    /// Whether there may be none.
    pub(crate) const fn may_be_silent(&self) -> bool {
        self.silent
    }

    /// Whether there may be an answer.
    pub(crate) fn may_speak(&self) -> bool {
        !self.given.is_empty()
    }

    /// Whether only one thing is possible.
    pub(crate) fn is_certain(&self) -> bool {
        self.given.len() + usize::from(self.silent) == 1
    }

    /// The answers without the possibility that there is none.
    pub(crate) fn spoken(&self) -> Self {
        Self { silent: false, given: self.given.clone() }
    }

    /// What counts of the answers of an entry whose other answers are as none.
    pub(crate) fn blocks(&self) -> Self {
        let blocks = |answer: &&Answer| answer.tier == Tier::Blocked;
        let given: SmallVec<[Answer; 4]> = self.given.iter().filter(blocks).copied().collect();
        Self { silent: given.len() < self.given.len(), given }
    }

    /// The same, and none where there may be none.
    pub(crate) fn blocks_or_silence(&self) -> Self {
        let blocks = self.blocks();
        Self { silent: self.silent || blocks.silent, ..blocks }
    }

    /// Adds the possibility that there is none.
    pub(crate) const fn or_silent(&mut self) {
        self.silent = true;
    }

    /// Adds a possible answer.
    pub(crate) fn or(&mut self, answer: Answer) {
        if !self.given.iter().any(|known| (known.tier, known.bound) == (answer.tier, answer.bound)) {
            self.given.push(answer);
        }
    }

    /// Adds all that is possible in another set.
    pub(crate) fn or_any(&mut self, other: &Self) {
        self.silent |= other.silent;
        other.given.iter().for_each(|answer| self.or(*answer));
    }

    /// Speaks beside others, as [`Answers::strictest`] says.
    pub(crate) fn join(&mut self, other: Self) {
        *self = if self.given.is_empty() && self.silent { other } else { self.strictest(&other) };
    }

    /// What is possible where two speak at once: the strictest of one of each.
    pub(crate) fn strictest(&self, other: &Self) -> Self {
        let mut both = Self { silent: self.silent && other.silent, given: SmallVec::new() };
        for one in self.choices() {
            for another in other.choices() {
                match (one, another) {
                    (Some(one), Some(another)) => both.or(one.strictest(another)),
                    (Some(only), None) | (None, Some(only)) => both.or(only),
                    (None, None) => {}
                }
            }
        }
        both
    }

    fn choices(&self) -> impl Iterator<Item = Option<Answer>> + '_ {
        let silence = self.silent.then_some(None);
        self.given.iter().copied().map(Some).chain(silence)
    }
}

/// The least tier that layers of these possible answers come to, and the strictest verdict; the first of equal ones.
pub(crate) fn range(layers: &[Answers; 3]) -> (Tier, Verdict) {
    let [system, organization, agent] = layers;
    let mut least = Tier::Blocked;
    let mut most: Option<Verdict> = None;
    for first in system.choices() {
        for second in organization.choices() {
            for third in agent.choices() {
                let verdict = combine(&[first, second, third]);
                least = least.min(verdict.tier);
                if most.is_none_or(|most| verdict.tier > most.tier) {
                    most = Some(verdict);
                }
            }
        }
    }
    (least, most.unwrap_or_else(|| combine(&[None; 3])))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn every_answer() -> Vec<Option<Answer>> {
        let pairs = Tier::ALL.into_iter().flat_map(|tier| Tier::ALL.map(|bound| (tier, bound)));
        let answers = pairs.filter(|(tier, bound)| bound <= tier).map(|(tier, bound)| Answer::of(0, tier, bound));
        std::iter::once(None).chain(answers.map(Some)).collect()
    }

    fn set(answers: &[Option<Answer>]) -> Answers {
        let mut set = Answers::nothing();
        for answer in answers {
            match answer {
                Some(answer) => set.or(*answer),
                None => set.or_silent(),
            }
        }
        set
    }

    /// What the contract says of the layers, word for word.
    fn by_the_letter(layers: [Option<Answer>; 3]) -> Tier {
        let (mut bound, mut tier) = (Tier::Autonomous, None);
        for answer in layers.into_iter().flatten() {
            tier = Some(answer.tier.max(bound));
            bound = bound.max(answer.bound);
        }
        tier.unwrap_or(Tier::Blocked)
    }

    #[test]
    fn all_triples_of_answers_combine_as_the_language_says() {
        let all = every_answer();
        for system in &all {
            for organization in &all {
                for agent in &all {
                    let layers = [*system, *organization, *agent];
                    assert_eq!(combine(&layers).tier, by_the_letter(layers), "{layers:?}");
                }
            }
        }
    }

    #[test]
    fn the_range_of_sets_is_that_of_their_members() {
        let all = every_answer();
        let pairs: Vec<[Option<Answer>; 2]> =
            all.iter().flat_map(|one| all.iter().map(|other| [*one, *other])).collect();
        for pair in &pairs {
            let others = [pairs[pairs.len() / 3], pairs[pairs.len() / 2]];
            let (least, most) = range(&[set(pair), set(&others[0]), set(&others[1])]);
            let mut tiers: Vec<Tier> = Vec::new();
            for first in pair {
                for second in others[0] {
                    tiers.extend(others[1].iter().map(|third| by_the_letter([*first, second, *third])));
                }
            }
            assert_eq!((Some(least), Some(most.tier)), (tiers.iter().min().copied(), tiers.iter().max().copied()));
        }
    }

    #[test]
    fn a_set_holds_an_answer_once_and_the_strictest_of_two_sets_is_that_of_their_members() {
        let all = set(&every_answer());
        assert_eq!(all.choices().count(), 11);
        assert_eq!(all.strictest(&all).choices().count(), 11);
        let one = set(&[None, Some(Answer::of(1, Tier::Notify, Tier::Autonomous))]);
        let other = set(&[Some(Answer::of(2, Tier::Blocked, Tier::Notify))]);
        assert!(one.strictest(&other).is_certain() && !one.is_certain());
    }
}
