//! Many expressions in one lazily built automaton that reports every one that matches.
//!
//! States are built while texts are read and kept in the caller's cache, which is bounded: when it is full it is cleared
//! and built anew. Where the automaton cannot go on (a Unicode word boundary beside a non-ASCII character), a simulation
//! of the same expressions answers instead, slower and right.

use std::sync::Arc;

use regex_automata::hybrid::dfa::{Cache, DFA};
use regex_automata::hybrid::{self, LazyStateID};
use regex_automata::nfa::thompson::pikevm::{self, PikeVM};
use regex_automata::nfa::thompson::{self, NFA, WhichCaptures};
use regex_automata::{Anchored, Input, MatchKind, PatternSet};
use regex_syntax::hir::Hir;

use super::error::LimitError;
use super::shared;
use super::syntax::Piece;

/// The most bytes the expressions of one automaton may take before any state is built.
const MAX_NFA_BYTES: usize = 256 << 20;

/// The most bytes of states a cache keeps, unless the expressions need more to run at all.
const CACHE_BYTES: usize = 8 << 20;

/// Where in a text an expression must match.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Extent {
    /// The whole text.
    Whole,
    /// Anywhere in it.
    Anywhere,
}

/// Several expressions as one automaton.
#[derive(Debug)]
pub(super) struct LazySet {
    dfa: DFA,
    simulation: PikeVM,
    extent: Extent,
    /// The id of each expression, ascending.
    ids: Vec<u32>,
    /// Tells this set from all others; a cache remembers whose it is.
    identity: Arc<()>,
}

/// What one set changes while it matches.
#[derive(Clone, Debug)]
pub(super) struct LazyCache {
    identity: Arc<()>,
    dfa: Cache,
    /// For each expression, the last search that reported it.
    reported: Vec<u32>,
    search: u32,
    simulation: Option<Box<(pikevm::Cache, PatternSet)>>,
}

/// The automaton cannot answer for this text.
struct Refused;

impl LazySet {
    /// The automaton of these sequences, each to match whole texts, with their ids.
    pub(super) fn of_sequences(sequences: &[(u32, &[Piece])]) -> Result<Self, LimitError> {
        let pieces: Vec<&[Piece]> = sequences.iter().map(|(_, pieces)| *pieces).collect();
        let nfa = shared::automaton(&pieces, MAX_NFA_BYTES).map_err(|_| too_large())?;
        Self::new(nfa, Extent::Whole, sequences.iter().map(|(id, _)| *id).collect())
    }

    /// The automaton of these expressions, each to match anywhere in a text, with their ids.
    pub(super) fn of_expressions(expressions: &[(u32, Hir)]) -> Result<Self, LimitError> {
        let hirs: Vec<&Hir> = expressions.iter().map(|(_, hir)| hir).collect();
        let config =
            thompson::Config::new().which_captures(WhichCaptures::None).utf8(false).nfa_size_limit(Some(MAX_NFA_BYTES));
        let nfa = thompson::Compiler::new().configure(config).build_many_from_hir(&hirs).map_err(|_| too_large())?;
        Self::new(nfa, Extent::Anywhere, expressions.iter().map(|(id, _)| *id).collect())
    }

    fn new(nfa: NFA, extent: Extent, ids: Vec<u32>) -> Result<Self, LimitError> {
        let dfa = DFA::builder().configure(dfa_config()).build_from_nfa(nfa.clone()).map_err(|_| too_large())?;
        let simulation = PikeVM::builder()
            .configure(PikeVM::config().match_kind(MatchKind::All))
            .build_from_nfa(nfa)
            .map_err(|_| too_large())?;
        Ok(Self { dfa, simulation, extent, ids, identity: Arc::new(()) })
    }

    pub(super) fn cache(&self) -> LazyCache {
        LazyCache {
            identity: Arc::clone(&self.identity),
            dfa: self.dfa.create_cache(),
            reported: vec![0; self.ids.len()],
            search: 0,
            simulation: None,
        }
    }

    /// Adds the ids of all expressions that match, in no order. A cache of another set is made this set's own.
    pub(super) fn matches(&self, cache: &mut LazyCache, text: &str, found: &mut Vec<u32>) {
        if !Arc::ptr_eq(&self.identity, &cache.identity) {
            *cache = self.cache();
        }
        let before = found.len();
        let answered = match self.extent {
            Extent::Whole => self.whole(cache, text, found),
            Extent::Anywhere => self.anywhere(cache, text, found),
        };
        if answered.is_err() {
            found.truncate(before);
            self.simulate(cache, text, found);
        }
    }

    fn input<'a>(&self, text: &'a str) -> Input<'a> {
        let anchored = match self.extent {
            Extent::Whole => Anchored::Yes,
            Extent::Anywhere => Anchored::No,
        };
        Input::new(text).anchored(anchored)
    }

    /// Reads to the end; what matches there matches the whole text.
    fn whole(&self, cache: &mut LazyCache, text: &str, found: &mut Vec<u32>) -> Result<(), Refused> {
        let dfa = &mut cache.dfa;
        let mut state = self.dfa.start_state_forward(dfa, &self.input(text)).map_err(|_| Refused)?;
        for &byte in text.as_bytes() {
            state = self.dfa.next_state(dfa, state, byte).map_err(|_| Refused)?;
            if state.is_tagged() && (state.is_dead() || state.is_quit()) {
                return if state.is_quit() { Err(Refused) } else { Ok(()) };
            }
        }
        let state = self.dfa.next_eoi_state(dfa, state).map_err(|_| Refused)?;
        if state.is_match() {
            found.extend(self.expressions(dfa, state).filter_map(|at| self.ids.get(at)));
        }
        Ok(())
    }

    /// Reads to the end and collects on the way. A match is reported one byte after its end.
    fn anywhere(&self, cache: &mut LazyCache, text: &str, found: &mut Vec<u32>) -> Result<(), Refused> {
        cache.begin();
        let mut collected = None;
        let mut state = self.dfa.start_state_forward(&mut cache.dfa, &self.input(text)).map_err(|_| Refused)?;
        for &byte in text.as_bytes() {
            state = self.dfa.next_state(&mut cache.dfa, state, byte).map_err(|_| Refused)?;
            if state.is_tagged() {
                if state.is_dead() {
                    return Ok(());
                }
                if state.is_quit() {
                    return Err(Refused);
                }
                let here = state.is_match().then(|| (state, cache.dfa.clear_count()));
                if here.is_some() && here != collected {
                    self.collect(cache, state, found);
                    collected = here;
                }
            }
        }
        let state = self.dfa.next_eoi_state(&mut cache.dfa, state).map_err(|_| Refused)?;
        if state.is_match() {
            self.collect(cache, state, found);
        }
        Ok(())
    }

    fn collect(&self, cache: &mut LazyCache, state: LazyStateID, found: &mut Vec<u32>) {
        let LazyCache { dfa, reported, search, .. } = cache;
        for at in self.expressions(dfa, state) {
            if let (Some(last), Some(id)) = (reported.get_mut(at), self.ids.get(at))
                && *last != *search
            {
                *last = *search;
                found.push(*id);
            }
        }
    }

    /// The expressions that match in a state.
    fn expressions<'a>(&'a self, cache: &'a Cache, state: LazyStateID) -> impl Iterator<Item = usize> + 'a {
        (0..self.dfa.match_len(cache, state)).map(move |at| self.dfa.match_pattern(cache, state, at).as_usize())
    }

    #[cold]
    fn simulate(&self, cache: &mut LazyCache, text: &str, found: &mut Vec<u32>) {
        let simulation = cache
            .simulation
            .get_or_insert_with(|| Box::new((self.simulation.create_cache(), PatternSet::new(self.ids.len()))));
        let (cache, matched) = &mut **simulation;
        matched.clear();
        self.simulation.which_overlapping_matches(cache, &self.input(text), matched);
        found.extend(matched.iter().filter_map(|expression| self.ids.get(expression.as_usize())));
    }
}

impl LazyCache {
    /// Forgets what earlier searches reported.
    fn begin(&mut self) {
        self.search = self.search.checked_add(1).unwrap_or_else(|| {
            self.reported.fill(0);
            1
        });
    }
}

fn dfa_config() -> hybrid::dfa::Config {
    DFA::config()
        .match_kind(MatchKind::All)
        .unicode_word_boundary(true)
        .cache_capacity(CACHE_BYTES)
        .skip_cache_capacity_check(true)
}

fn too_large() -> LimitError {
    LimitError { what: "bytes of patterns matched together", given: MAX_NFA_BYTES + 1, allowed: MAX_NFA_BYTES }
}
