//! What the anchors of a text hold, and what an alias costs that brings it to another place.

use std::collections::{BTreeMap, BTreeSet};

use super::anchor_words as words;
use super::node::Node;
use crate::diagnostic::Diagnostic;
use crate::source::Span;

/// How many aliases without an anchor are compared with every anchor's name.
const MOST_GUESSES: usize = 8;

/// What a node adds to a document, what its aliases stand for counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Weight {
    /// Values and keys, itself included.
    pub(super) nodes: usize,
    /// Bytes of the texts in it.
    pub(super) bytes: usize,
    /// Levels of lists and maps, itself included.
    pub(super) levels: usize,
}

impl Weight {
    /// A scalar of so many bytes.
    pub(super) const fn scalar(bytes: usize) -> Self {
        Self { nodes: 1, bytes, levels: 0 }
    }

    /// A list or map that holds nothing yet.
    pub(super) const fn collection() -> Self {
        Self { nodes: 1, bytes: 0, levels: 1 }
    }

    /// Takes in something that lies in it.
    pub(super) fn add(&mut self, inner: Self) {
        self.nodes = self.nodes.saturating_add(inner.nodes);
        self.bytes = self.bytes.saturating_add(inner.bytes);
        self.levels = self.levels.max(inner.levels + 1);
    }
}

/// The anchors of one text so far.
#[derive(Default)]
pub(super) struct Anchors {
    /// By the number the parser gives each.
    list: BTreeMap<usize, Anchor>,
    by_name: BTreeMap<String, usize>,
    /// Aliases that name no anchor above them.
    strays: Vec<(Span, String)>,
}

#[derive(Default)]
struct Anchor {
    /// Where its name stands, the `&` included.
    place: Option<Span>,
    /// What it holds; absent until that has ended, and where it was refused.
    held: Option<(Node, Weight)>,
    used: bool,
}

impl Anchors {
    /// Keeps what an anchor holds. Zero is the number of no anchor.
    pub(super) fn hold(&mut self, id: usize, node: &Node, weight: Weight) {
        if id != 0 {
            self.list.entry(id).or_default().held = Some((node.clone(), weight));
        }
    }

    /// Takes the name of an anchor; what is wrong with it.
    pub(super) fn name(&mut self, id: usize, name: &str, place: Span) -> Option<Diagnostic> {
        self.list.entry(id).or_default().place = Some(place);
        let first = self.by_name.insert(name.to_owned(), id);
        if !name.chars().all(|each| each.is_alphanumeric() || matches!(each, '-' | '_' | '.')) {
            return Some(words::anchor_name(place, name));
        }
        let first = first.and_then(|id| self.list.get(&id)?.place)?;
        Some(words::anchored_twice(place, name, first))
    }

    /// What an alias stands for, and where its anchor is; nothing where that has not ended or was refused.
    pub(super) fn resolve(&mut self, id: usize) -> (Option<(Node, Weight)>, Option<Span>) {
        let Some(anchor) = self.list.get_mut(&id) else { return (None, None) };
        anchor.used = true;
        (anchor.held.clone(), anchor.place)
    }

    /// Whether there is an anchor of this name so far.
    pub(super) fn has(&self, name: &str) -> bool {
        self.by_name.contains_key(name)
    }

    /// Notes an alias that names no anchor above it.
    pub(super) fn stray(&mut self, place: Span, name: &str) {
        self.strays.push((place, name.to_owned()));
    }

    /// What is wrong with aliases that name no anchor. Where the anchor stands in a part of the text that was not read,
    /// nothing is said.
    pub(super) fn strays(&self, unread: Option<&str>) -> Vec<Diagnostic> {
        let names: BTreeSet<&str> = unread.into_iter().flat_map(names_in).collect();
        let unseen = self.strays.iter().filter(|(_, name)| !names.contains(name.as_str()) || self.has(name));
        let findings = unseen.enumerate().map(|(at, (place, name))| {
            if let Some(below) = self.by_name.get(name).and_then(|id| self.list.get(id)) {
                return words::anchor_below(*place, name, below.place);
            }
            let known = self.by_name.keys().map(String::as_str).filter(|_| at < MOST_GUESSES);
            words::stray_alias(*place, name, known)
        });
        findings.collect()
    }

    /// Anchors that no alias names.
    pub(super) fn unused(&self) -> impl Iterator<Item = Diagnostic> {
        self.list.values().filter(|anchor| !anchor.used).filter_map(|anchor| Some(words::unused_anchor(anchor.place?)))
    }
}

/// What may be the names of anchors in a text.
fn names_in(text: &str) -> impl Iterator<Item = &str> {
    let ends = |each: char| each.is_whitespace() || matches!(each, ',' | '[' | ']' | '{' | '}');
    text.split('&').skip(1).filter_map(move |rest| rest.split(ends).next())
}
