//! A pattern as a nondeterministic automaton over characters, without empty moves.
//!
//! Each position holds a test of one character; position 0 is the end. While a text is matched, the set of positions is
//! a bitset on the stack, so matching allocates nothing and takes time linear in the text.

use super::language::{Class, class, holds};
use super::syntax::Piece;

/// The most positions a machine may have; a bitset of them fits on the stack.
pub(super) const MAX_POSITIONS: usize = 1_088;
const MAX_WORDS: usize = MAX_POSITIONS / 64;

/// A position of a machine.
pub(super) type Position = u16;

/// The position a reading must reach.
pub(super) const END: Position = 0;

/// What a position asks of a character.
#[derive(Clone, Debug)]
pub(super) enum Test {
    /// The end: no character passes.
    End,
    /// This character.
    Character(char),
    /// One of a class.
    Class(Class),
}

impl Test {
    pub(super) fn passes(&self, character: char) -> bool {
        match self {
            Self::End => false,
            Self::Character(own) => *own == character,
            Self::Class(class) => holds(class, character),
        }
    }
}

/// The automaton of one pattern.
#[derive(Clone, Debug)]
pub(super) struct Machine {
    tests: Box<[Test]>,
    /// For each position the set that follows it, one after another.
    after: Box<[u64]>,
    start: Box<[u64]>,
}

impl Machine {
    /// The automaton of a sequence; `None` when it would have more than [`MAX_POSITIONS`].
    pub(super) fn new(pieces: &[Piece]) -> Option<Self> {
        let positions = 1 + count(pieces);
        if positions > MAX_POSITIONS {
            return None;
        }
        let words = positions.div_ceil(64);
        let mut assembly = Assembly { tests: Vec::with_capacity(positions), after: Vec::new(), words };
        let end = assembly.position(Test::End, &vec![0; words]);
        let end = assembly.single(end);
        let start = assembly.sequence(pieces, end);
        Some(Self { tests: assembly.tests.into(), after: assembly.after.into(), start: start.into() })
    }

    /// Whether the automaton reads the whole text.
    pub(super) fn matches(&self, text: &str) -> bool {
        let mut sets = [[0; MAX_WORDS]; 2];
        let [current, next] = &mut sets;
        let words = self.start.len();
        let (Some(mut current), Some(mut next)) = (current.get_mut(..words), next.get_mut(..words)) else {
            return false;
        };
        current.copy_from_slice(&self.start);
        for character in text.chars() {
            if !self.advance(current, next, character) {
                return false;
            }
            std::mem::swap(&mut current, &mut next);
        }
        has(current, 0)
    }

    /// Writes the set that one character leads to; whether anything is in it.
    fn advance(&self, current: &[u64], next: &mut [u64], character: char) -> bool {
        next.fill(0);
        for position in members(current) {
            if self.tests.get(position).is_some_and(|test| test.passes(character)) {
                join(next, self.set_after(position));
            }
        }
        next.iter().any(|&word| word != 0)
    }

    fn set_after(&self, position: usize) -> &[u64] {
        let words = self.start.len();
        self.after.get(position * words..(position + 1) * words).unwrap_or_default()
    }

    /// Every position's test.
    pub(super) fn tests(&self) -> &[Test] {
        &self.tests
    }

    /// The set a reading begins with.
    pub(super) fn start(&self) -> &[u64] {
        &self.start
    }

    /// The set that follows a position when it passes the character.
    pub(super) fn after(&self, position: Position, character: char) -> &[u64] {
        let position = usize::from(position);
        match self.tests.get(position) {
            Some(test) if test.passes(character) => self.set_after(position),
            _ => &[],
        }
    }

    /// A whole set moved on by one character.
    pub(super) fn advanced(&self, current: &[u64], character: char) -> Box<[u64]> {
        let mut next = vec![0; self.start.len()];
        self.advance(current, &mut next, character);
        next.into()
    }
}

/// A machine that is being built, from the end of the pattern to its start, so that every set is known when needed.
struct Assembly {
    tests: Vec<Test>,
    after: Vec<u64>,
    words: usize,
}

impl Assembly {
    /// Adds a sequence that `next` follows and gives the set it begins with.
    fn sequence(&mut self, pieces: &[Piece], next: Vec<u64>) -> Vec<u64> {
        pieces.iter().rev().fold(next, |next, piece| self.piece(piece, next))
    }

    fn piece(&mut self, piece: &Piece, next: Vec<u64>) -> Vec<u64> {
        match piece {
            Piece::Literal(character) => self.one(Test::Character(*character), &next),
            Piece::One(class) => self.one(Test::Class(Class::clone(class)), &next),
            Piece::Run(class) => self.run(Class::clone(class), next),
            Piece::Components => self.components(next),
            Piece::Below(_) => {
                let rest = self.run(class(&[('\u{1}', char::MAX)]), next);
                self.one(Test::Class(component_character()), &rest)
            }
            Piece::Either(all) => all.iter().fold(vec![0; self.words], |mut entry, pieces| {
                join(&mut entry, &self.sequence(pieces, next.clone()));
                entry
            }),
        }
    }

    fn one(&mut self, test: Test, next: &[u64]) -> Vec<u64> {
        let own = self.position(test, next);
        self.single(own)
    }

    fn run(&mut self, class: Class, mut next: Vec<u64>) -> Vec<u64> {
        let own = self.position(Test::Class(class), &next);
        join(&mut next, &self.single(own));
        self.set_after(own, &next);
        next
    }

    fn components(&mut self, mut next: Vec<u64>) -> Vec<u64> {
        let border = self.position(Test::Character('/'), &next);
        let border_set = self.single(border);
        let rest = self.run(component_character(), border_set);
        join(&mut next, &self.one(Test::Class(component_character()), &rest));
        self.set_after(border, &next);
        next
    }

    fn position(&mut self, test: Test, after: &[u64]) -> usize {
        self.tests.push(test);
        self.after.extend_from_slice(after);
        self.tests.len() - 1
    }

    fn set_after(&mut self, position: usize, after: &[u64]) {
        if let Some(slot) = self.after.get_mut(position * self.words..(position + 1) * self.words) {
            slot.copy_from_slice(after);
        }
    }

    fn single(&self, position: usize) -> Vec<u64> {
        let mut set = vec![0; self.words];
        if let Some(word) = set.get_mut(position / 64) {
            *word = 1 << (position % 64);
        }
        set
    }
}

/// The positions of a set, ascending.
pub(super) fn members(set: &[u64]) -> impl Iterator<Item = usize> {
    set.iter().enumerate().flat_map(|(word, &bits)| {
        let mut bits = bits;
        std::iter::from_fn(move || {
            let bit = (bits != 0).then(|| bits.trailing_zeros() as usize)?;
            bits &= bits - 1;
            Some(word * 64 + bit)
        })
    })
}

/// Whether a set holds a position.
pub(super) fn has(set: &[u64], position: usize) -> bool {
    set.get(position / 64).is_some_and(|word| word >> (position % 64) & 1 == 1)
}

fn join(into: &mut [u64], more: &[u64]) {
    into.iter_mut().zip(more).for_each(|(word, more)| *word |= more);
}

/// What a component of a path is made of.
fn component_character() -> Class {
    class(&[('\u{1}', '.'), ('0', char::MAX)])
}

/// How many positions a sequence takes.
fn count(pieces: &[Piece]) -> usize {
    pieces
        .iter()
        .map(|piece| match piece {
            Piece::Literal(_) | Piece::One(_) | Piece::Run(_) => 1,
            Piece::Below(_) => 2,
            Piece::Components => 3,
            Piece::Either(all) => all.iter().map(|pieces| count(pieces)).sum(),
        })
        .sum()
}
