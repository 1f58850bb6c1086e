//! Questions about patterns, answered by walking their automata together.
//!
//! Breadth first, so the first text found is a shortest one. The machines whose texts are wanted are followed one
//! position at a time, which keeps the walk polynomial; the one that must not match is followed as a set.

use std::collections::VecDeque;

use rustc_hash::FxHashSet;

use super::language::{Class, Language, Mode, holds};
use super::machine::{END, Machine, Position, Test, has, members};

/// The most places a walk may visit where a machine is to be refused: sets of positions can be many. Patterns without
/// many single wildcards behind a run and a literal stay far below.
const MAX_SET_PLACES: usize = 1 << 14;

/// The most places of any other walk, enough for every pair of name patterns.
const MAX_PLACES: usize = 600_000;

/// What a walk found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// A shortest text.
    Witness(String),
    /// There is no such text.
    Nothing,
    /// The walk grew past its budget.
    GaveUp,
}

impl Found {
    pub(super) fn witness(self) -> Option<String> {
        match self {
            Self::Witness(text) => Some(text),
            Self::Nothing | Self::GaveUp => None,
        }
    }
}

/// Which texts are wanted: words of the language that both machines match and `refused` does not.
pub(super) struct Question<'a> {
    pub(super) language: Language,
    pub(super) left: &'a Machine,
    pub(super) right: Option<&'a Machine>,
    pub(super) refused: Option<&'a Machine>,
}

#[derive(Clone, PartialEq, Eq, Hash)]
struct Place {
    left: Position,
    right: Position,
    mode: Mode,
    /// Positions of the refused machine.
    refused: Box<[u64]>,
}

/// A place with the way it was reached.
struct Visit {
    place: Place,
    from: Option<(usize, char)>,
    depth: usize,
}

impl Question<'_> {
    /// A shortest text that answers the question.
    pub(super) fn shortest(&self) -> Found {
        let symbols = self.symbols();
        let most = if self.refused.is_some() { MAX_SET_PLACES } else { MAX_PLACES };
        let mut walk = Walk::default();
        for place in self.starts() {
            walk.add(place, None, 0);
        }
        while let Some(at) = walk.queue.pop_front() {
            let Some((place, depth)) = walk.visits.get(at).map(|visit| (visit.place.clone(), visit.depth)) else {
                break;
            };
            if self.accepts(&place) {
                return Found::Witness(walk.text(at));
            }
            if self.language.longest().is_some_and(|longest| depth >= longest) {
                continue;
            }
            for &symbol in &symbols {
                self.follow(&place, symbol, |next| walk.add(next, Some((at, symbol)), depth + 1));
            }
            if walk.visits.len() > most {
                return Found::GaveUp;
            }
        }
        Found::Nothing
    }

    fn starts(&self) -> Vec<Place> {
        let refused: Box<[u64]> = self.refused.map_or_else(Box::default, |machine| machine.start().into());
        let rights = self.right.map_or_else(|| vec![END], |machine| positions(machine.start()).collect());
        pairs(positions(self.left.start()), &rights)
            .map(|(left, right)| Place { left, right, mode: self.language.start(), refused: refused.clone() })
            .collect()
    }

    fn accepts(&self, place: &Place) -> bool {
        place.left == END && place.right == END && self.language.accepts(place.mode) && !has(&place.refused, 0)
    }

    /// Gives every place one character leads to.
    fn follow(&self, place: &Place, symbol: char, mut give: impl FnMut(Place)) {
        let Some(mode) = self.language.step(place.mode, symbol) else { return };
        let lefts = self.left.after(place.left, symbol);
        let rights = match self.right {
            Some(machine) => positions(machine.after(place.right, symbol)).collect(),
            None => vec![END],
        };
        if lefts.is_empty() || rights.is_empty() {
            return;
        }
        let refused = match self.refused {
            Some(machine) => machine.advanced(&place.refused, symbol),
            None => Box::default(),
        };
        for (left, right) in pairs(positions(lefts), &rights) {
            give(Place { left, right, mode, refused: refused.clone() });
        }
    }

    /// One character, as readable as can be, for each set of characters that no machine and no mark of the language
    /// tells apart, and every character that is tested for by itself.
    fn symbols(&self) -> Vec<char> {
        let (mut alone, mut classes) = (self.language.marks().to_vec(), Vec::new());
        for test in [Some(self.left), self.right, self.refused].into_iter().flatten().flat_map(Machine::tests) {
            match test {
                Test::Character(own) if !alone.contains(own) => alone.push(*own),
                Test::Class(class) if !classes.contains(&class) => classes.push(class),
                _ => {}
            }
        }
        let mut seen = FxHashSet::default();
        let mut symbols = self.candidates(&alone, &classes);
        symbols.retain(|&symbol| {
            let signature =
                classes.iter().take(128).fold(0u128, |bits, class| bits << 1 | u128::from(holds(class, symbol)));
            !alone.contains(&symbol) && (seen.insert(signature) || classes.len() > 128)
        });
        symbols.extend(alone);
        symbols
    }

    /// At least one character of each interval between the borders of all tests, the most readable first.
    fn candidates(&self, alone: &[char], classes: &[&Class]) -> Vec<char> {
        let mut candidates: Vec<char> = READABLE.chars().collect();
        candidates.extend(self.language.alphabet().iter().map(|&(start, _)| start));
        candidates.extend(alone.iter().filter_map(|&character| following(character)));
        for &(start, end) in classes.iter().flat_map(|class| class.iter()) {
            candidates.extend([start].into_iter().chain(following(end)));
        }
        candidates.retain(|&candidate| self.language.holds(candidate));
        candidates
    }
}

/// What a witness is made of where any character would do.
const READABLE: &str = "xabcdefghijklmnopqrstuvwyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_-";

/// The character after this one.
fn following(character: char) -> Option<char> {
    (character..=char::MAX).nth(1)
}

fn positions(set: &[u64]) -> impl Iterator<Item = Position> {
    members(set).filter_map(|position| Position::try_from(position).ok())
}

fn pairs(lefts: impl Iterator<Item = Position>, rights: &[Position]) -> impl Iterator<Item = (Position, Position)> {
    lefts.flat_map(move |left| rights.iter().map(move |&right| (left, right)))
}

/// The places visited so far, in order, and those still to be looked at.
#[derive(Default)]
struct Walk {
    visits: Vec<Visit>,
    seen: FxHashSet<Place>,
    queue: VecDeque<usize>,
}

impl Walk {
    fn add(&mut self, place: Place, from: Option<(usize, char)>, depth: usize) {
        if self.seen.insert(place.clone()) {
            self.queue.push_back(self.visits.len());
            self.visits.push(Visit { place, from, depth });
        }
    }

    /// The characters that lead to a visit.
    fn text(&self, at: usize) -> String {
        let way = std::iter::successors(Some(at), |&at| self.visits.get(at)?.from.map(|(before, _)| before));
        let mut characters: Vec<char> = way.filter_map(|at| self.visits.get(at)?.from.map(|(_, by)| by)).collect();
        characters.reverse();
        characters.into_iter().collect()
    }
}
