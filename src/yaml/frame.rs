//! A list or map whose end has not come yet.

use std::collections::BTreeMap;

use super::anchors::Weight;
use super::node::{Key, Node, NodeKind};
use crate::source::Span;

/// Below this many keys a scan for a duplicate is quicker than an index.
const SCANNED_KEYS: usize = 32;

/// A list or map whose end has not come yet.
pub(super) struct Frame {
    /// Where it begins: the bracket, the first `-`, the first key.
    pub(super) start: Span,
    flow: bool,
    /// Up to the end of what it holds so far.
    end: Span,
    content: Content,
    /// The number of its anchor; zero where it has none.
    pub(super) anchor: usize,
    /// What it and all it holds so far add to the document.
    pub(super) weight: Weight,
}

enum Content {
    List(Vec<Node>),
    Map { entries: Vec<(Key, Node)>, index: BTreeMap<String, usize>, key: PendingKey },
}

/// What a map waits for.
enum PendingKey {
    /// The next node is a key.
    None,
    /// The next node is this key's value.
    Key(Key),
    /// The next node belongs to a key that was refused.
    Refused,
}

impl Frame {
    pub(super) const fn list(start: Span, flow: bool, anchor: usize) -> Self {
        Self::new(start, flow, anchor, Content::List(Vec::new()))
    }

    pub(super) const fn map(start: Span, flow: bool, anchor: usize) -> Self {
        let content = Content::Map { entries: Vec::new(), index: BTreeMap::new(), key: PendingKey::None };
        Self::new(start, flow, anchor, content)
    }

    const fn new(start: Span, flow: bool, anchor: usize, content: Content) -> Self {
        Self { start, flow, end: start, content, anchor, weight: Weight::collection() }
    }

    /// Whether it opened by a bracket that can be pointed at; the map of `[a: b]` has none of its own.
    pub(super) const fn has_bracket(&self) -> bool {
        self.flow && self.start.start != self.start.end
    }

    /// Whether the next node is a key.
    pub(super) const fn awaits_key(&self) -> bool {
        matches!(self.content, Content::Map { key: PendingKey::None, .. })
    }

    /// Where this key stands already.
    pub(super) fn first_of(&self, name: &Key) -> Option<Span> {
        let Content::Map { entries, index, .. } = &self.content else { return None };
        let found = if index.is_empty() {
            entries.iter().find(|(key, _)| key.text == name.text)
        } else {
            index.get(&name.text).and_then(|at| entries.get(*at))
        };
        found.map(|(key, _)| key.span)
    }

    /// Takes a key; its value comes next. `None` refuses it, and its value with it.
    pub(super) fn put_key(&mut self, name: Option<Key>) {
        if let Content::Map { key, .. } = &mut self.content {
            *key = name.map_or(PendingKey::Refused, PendingKey::Key);
        }
    }

    /// Takes an item, or the value of the key that was put last.
    pub(super) fn put_value(&mut self, node: Node) {
        match &mut self.content {
            Content::List(items) => items.push(node),
            Content::Map { entries, index, key } => {
                if let PendingKey::Key(name) = std::mem::replace(key, PendingKey::None) {
                    note(index, entries, &name);
                    entries.push((name, node));
                }
            }
        }
    }

    /// Reaches up to the end of `span`.
    pub(super) fn reach(&mut self, span: Span) {
        self.end = self.end.to(span);
    }

    /// The whole of it, as a node; `end` is its closing bracket, if it has one.
    pub(super) fn close(self, end: Option<Span>) -> Node {
        let end = end.filter(|_| self.flow).unwrap_or(self.end);
        let kind = match self.content {
            Content::List(items) => NodeKind::List(items.into()),
            Content::Map { entries, .. } => NodeKind::Map(entries.into()),
        };
        Node { kind, span: self.start.to(end) }
    }
}

/// Keeps the index of a large map.
fn note(index: &mut BTreeMap<String, usize>, entries: &[(Key, Node)], name: &Key) {
    if entries.len() < SCANNED_KEYS {
        return;
    }
    if index.is_empty() {
        index.extend(entries.iter().enumerate().map(|(at, (key, _))| (key.text.clone(), at)));
    }
    index.insert(name.text.clone(), entries.len());
}
