//! Many sequences of pieces as one automaton over bytes that shares their beginnings.
//!
//! Sequences are laid into a tree: what two of them begin with exists once. So however many patterns there are, only
//! those that still agree with the text are followed, and a state of the lazily built automaton stays small.
//!
//! Texts are valid UTF-8. A run of a class that holds every non-ASCII character may therefore go on byte by byte: what
//! follows it begins with a whole character.

use regex_automata::nfa::thompson::{BuildError, Builder, NFA, Transition};
use regex_automata::util::primitives::StateID;
use regex_syntax::utf8::Utf8Sequences;
use rustc_hash::FxHashMap;

use super::syntax::Piece;

/// The automaton would pass its limit.
pub(super) struct TooLarge;

impl From<BuildError> for TooLarge {
    fn from(_: BuildError) -> Self {
        Self
    }
}

/// The automaton of these sequences, each a pattern of its own, in order; anchored at the start.
pub(super) fn automaton(sequences: &[&[Piece]], most_bytes: usize) -> Result<NFA, TooLarge> {
    let mut tree = Tree::new(most_bytes)?;
    for pieces in sequences {
        tree.add(pieces)?;
    }
    Ok(tree.builder.build(tree.root, tree.root)?)
}

struct Tree {
    builder: Builder,
    root: StateID,
    literals: FxHashMap<(StateID, char), StateID>,
    others: FxHashMap<(StateID, Piece), StateID>,
}

type Added = Result<StateID, TooLarge>;

impl Tree {
    fn new(most_bytes: usize) -> Result<Self, TooLarge> {
        let mut builder = Builder::new();
        builder.set_size_limit(Some(most_bytes))?;
        let root = builder.add_union(Vec::new())?;
        Ok(Self { builder, root, literals: FxHashMap::default(), others: FxHashMap::default() })
    }

    /// Adds one pattern along the branches that are there already.
    fn add(&mut self, pieces: &[Piece]) -> Result<(), TooLarge> {
        self.builder.start_pattern()?;
        let mut at = self.root;
        for piece in pieces {
            at = self.branch(at, piece)?;
        }
        let end = self.builder.add_match()?;
        self.builder.patch(at, end)?;
        self.builder.finish_pattern(self.root)?;
        Ok(())
    }

    fn branch(&mut self, from: StateID, piece: &Piece) -> Added {
        let known = match piece {
            Piece::Literal(character) => self.literals.get(&(from, *character)),
            piece => self.others.get(&(from, piece.clone())),
        };
        if let Some(&to) = known {
            return Ok(to);
        }
        let to = self.grow(from, piece)?;
        match piece {
            Piece::Literal(character) => self.literals.insert((from, *character), to),
            piece => self.others.insert((from, piece.clone()), to),
        };
        Ok(to)
    }

    /// Adds a piece after a node and gives the node after the piece.
    fn grow(&mut self, from: StateID, piece: &Piece) -> Added {
        let to = self.node()?;
        match piece {
            Piece::Literal(character) => self.characters(from, &[(*character, *character)], to)?,
            Piece::One(class) => self.characters(from, class, to)?,
            Piece::Run(class) => {
                self.builder.patch(from, to)?;
                match byte_ranges(class) {
                    Some(ranges) => self.bytes(to, &ranges, to)?,
                    None => self.characters(to, class, to)?,
                }
            }
            Piece::Components => {
                let component = self.node()?;
                self.builder.patch(from, to)?;
                self.bytes(to, COMPONENT, component)?;
                self.bytes(component, COMPONENT, component)?;
                self.bytes(component, &[(b'/', b'/')], to)?;
            }
            Piece::Below(_) => {
                self.bytes(from, COMPONENT, to)?;
                self.bytes(to, &[(1, 0xff)], to)?;
            }
            Piece::Either(all) => self.alternatives(from, all, to)?,
        }
        Ok(to)
    }

    fn alternatives(&mut self, from: StateID, all: &[Vec<Piece>], to: StateID) -> Result<(), TooLarge> {
        for pieces in all {
            let mut at = from;
            for piece in pieces {
                at = self.grow(at, piece)?;
            }
            self.builder.patch(at, to)?;
        }
        Ok(())
    }

    fn node(&mut self) -> Added {
        Ok(self.builder.add_union(Vec::new())?)
    }

    /// Leads from one node to another by one byte of the ranges.
    fn bytes(&mut self, from: StateID, ranges: &[(u8, u8)], to: StateID) -> Result<(), TooLarge> {
        let transitions = ranges.iter().map(|&(start, end)| Transition { start, end, next: to }).collect();
        let state = self.builder.add_sparse(transitions)?;
        Ok(self.builder.patch(from, state)?)
    }

    /// Leads from one node to another by one character of the ranges.
    fn characters(&mut self, from: StateID, ranges: &[(char, char)], to: StateID) -> Result<(), TooLarge> {
        let mut single = Vec::new();
        for sequence in ranges.iter().flat_map(|&(start, end)| Utf8Sequences::new(start, end)) {
            match sequence.as_slice() {
                [only] => single.push((only.start, only.end)),
                longer => {
                    let mut at = to;
                    for range in longer.iter().rev() {
                        at = self.builder.add_range(Transition { start: range.start, end: range.end, next: at })?;
                    }
                    self.builder.patch(from, at)?;
                }
            }
        }
        if single.is_empty() { Ok(()) } else { self.bytes(from, &single, to) }
    }
}

/// The bytes a path component is made of.
const COMPONENT: &[(u8, u8)] = &[(1, b'.'), (b'0', 0xff)];

/// The class as bytes, where it holds no character beyond ASCII or all of them.
fn byte_ranges(class: &[(char, char)]) -> Option<Vec<(u8, u8)>> {
    let byte = |character: char| u8::try_from(character).ok().filter(u8::is_ascii);
    class
        .iter()
        .map(|&(start, end)| match (byte(start), byte(end)) {
            (Some(start), Some(end)) => Some((start, end)),
            (Some(start), None) if end == char::MAX => Some((start, 0xff)),
            (None, None) if start == '\u{80}' && end == char::MAX => Some((0x80, 0xff)),
            _ => None,
        })
        .collect()
}
