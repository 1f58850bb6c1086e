//! A pattern as a nondeterministic automaton over characters, without empty moves.
//!
//! Each position holds a test of one character; position 0 is the end. Position sets are bitsets on the stack, so
//! matching allocates nothing and takes time linear in the text.

use regex_syntax::hir::ClassUnicode;

use super::language::class;
use super::syntax::Piece;

/// The most positions a machine may have; a bitset of them fits on the stack.
pub(super) const MAX_POSITIONS: usize = 1_088;
const WORDS: usize = MAX_POSITIONS / 64;

/// A set of positions, wide enough for every machine.
type Set = [u64; WORDS];

/// What a position asks of a character.
#[derive(Clone, Debug)]
pub(super) enum Test {
    /// The end: no character passes.
    End,
    /// This character.
    Character(char),
    /// One of a class.
    Class(ClassUnicode),
}

impl Test {
    fn of(class: ClassUnicode) -> Self {
        match class.ranges() {
            [range] if range.start() == range.end() => Self::Character(range.start()),
            _ => Self::Class(class),
        }
    }

    pub(super) fn passes(&self, character: char) -> bool {
        match self {
            Self::End => false,
            Self::Character(own) => *own == character,
            Self::Class(class) => {
                class.ranges().iter().any(|range| range.start() <= character && character <= range.end())
            }
        }
    }
}

/// The automaton of one pattern.
#[derive(Clone, Debug)]
pub(super) struct Machine {
    tests: Vec<Test>,
    /// For each position, the set that follows it.
    after: Vec<Set>,
    start: Set,
    words: usize,
}

/// A position of a machine.
pub(super) type Position = u16;

/// The position a reading must reach.
pub(super) const END: Position = 0;

impl Machine {
    /// The automaton of a sequence; `None` when it would have more than [`MAX_POSITIONS`].
    pub(super) fn new(pieces: &[Piece]) -> Option<Self> {
        let positions = 1 + count(pieces);
        if positions > MAX_POSITIONS {
            return None;
        }
        let mut machine = Self { tests: vec![Test::End], after: vec![[0; WORDS]], start: [0; WORDS], words: 0 };
        machine.start = machine.sequence(pieces, single(0));
        machine.words = positions.div_ceil(64);
        Some(machine)
    }

    /// Adds a sequence that `next` follows and gives the set it begins with. Built from the end, every set is known.
    fn sequence(&mut self, pieces: &[Piece], next: Set) -> Set {
        pieces.iter().rev().fold(next, |next, piece| self.piece(piece, next))
    }

    fn piece(&mut self, piece: &Piece, next: Set) -> Set {
        match piece {
            Piece::One(class) => single(self.position(class.clone(), next)),
            Piece::Run(class) => self.run(class.clone(), next),
            Piece::Components => self.components(next),
            Piece::Below(_) => {
                let rest = self.run(class(&[('\u{1}', char::MAX)]), next);
                single(self.position(component_character(), rest))
            }
            Piece::Either(all) => {
                all.iter().fold([0; WORDS], |entry, pieces| union(entry, self.sequence(pieces, next)))
            }
        }
    }

    fn run(&mut self, class: ClassUnicode, next: Set) -> Set {
        let own = self.position(class, next);
        let entry = union(next, single(own));
        self.set_after(own, entry);
        entry
    }

    fn components(&mut self, next: Set) -> Set {
        let border = self.position(class(&[('/', '/')]), next);
        let rest = self.run(component_character(), single(border));
        let first = self.position(component_character(), rest);
        let entry = union(next, single(first));
        self.set_after(border, entry);
        entry
    }

    fn position(&mut self, class: ClassUnicode, after: Set) -> usize {
        self.tests.push(Test::of(class));
        self.after.push(after);
        self.tests.len() - 1
    }

    fn set_after(&mut self, position: usize, after: Set) {
        if let Some(slot) = self.after.get_mut(position) {
            *slot = after;
        }
    }

    /// Whether the automaton reads the whole text.
    pub(super) fn matches(&self, text: &str) -> bool {
        let mut current = self.start;
        for character in text.chars() {
            if !self.advance(&mut current, character) {
                return false;
            }
        }
        has(&current, 0)
    }

    /// Moves a set on by one character; whether anything is left of it.
    fn advance(&self, current: &mut Set, character: char) -> bool {
        let mut next = [0; WORDS];
        for position in members(current.get(..self.words).unwrap_or_default()) {
            if self.tests.get(position).is_some_and(|test| test.passes(character)) {
                self.join_after(position, &mut next);
            }
        }
        *current = next;
        next.iter().any(|&word| word != 0)
    }

    fn join_after(&self, position: usize, into: &mut Set) {
        let after = self.after.get(position).into_iter().flatten().take(self.words);
        into.iter_mut().zip(after).for_each(|(word, more)| *word |= more);
    }

    /// Every position's test.
    pub(super) fn tests(&self) -> &[Test] {
        &self.tests
    }

    /// The set a reading begins with, as short as this machine needs.
    pub(super) fn start(&self) -> &[u64] {
        self.start.get(..self.words).unwrap_or_default()
    }

    /// The set that follows a position when it passes the character.
    pub(super) fn after(&self, position: Position, character: char) -> &[u64] {
        let position = usize::from(position);
        match self.tests.get(position) {
            Some(test) if test.passes(character) => {
                self.after.get(position).and_then(|set| set.get(..self.words)).unwrap_or_default()
            }
            _ => &[],
        }
    }

    /// A whole set moved on by one character.
    pub(super) fn advanced(&self, current: &[u64], character: char) -> Box<[u64]> {
        let mut set = [0; WORDS];
        set.iter_mut().zip(current).for_each(|(word, own)| *word = *own);
        self.advance(&mut set, character);
        set.get(..self.words).unwrap_or_default().into()
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

fn single(position: usize) -> Set {
    let mut set = [0; WORDS];
    if let Some(word) = set.get_mut(position / 64) {
        *word = 1 << (position % 64);
    }
    set
}

fn union(mut left: Set, right: Set) -> Set {
    left.iter_mut().zip(right).for_each(|(word, more)| *word |= more);
    left
}

pub(super) fn component_character() -> ClassUnicode {
    class(&[('\u{1}', '.'), ('0', char::MAX)])
}

/// How many positions a sequence takes.
fn count(pieces: &[Piece]) -> usize {
    pieces
        .iter()
        .map(|piece| match piece {
            Piece::One(_) | Piece::Run(_) => 1,
            Piece::Below(_) => 2,
            Piece::Components => 3,
            Piece::Either(all) => all.iter().map(|pieces| count(pieces)).sum(),
        })
        .sum()
}
