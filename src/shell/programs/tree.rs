//! Rows as written, whatever they were written in, and what is wrong with them. `build.rs` includes this file.

/// A value as written, with the line it stands in.
#[derive(Clone, Debug)]
pub struct Tree {
    /// What it is.
    pub kind: Kind,
    /// Its line, from 1.
    pub line: usize,
}

/// The kinds of a value.
#[derive(Clone, Debug)]
pub enum Kind {
    /// A scalar.
    Text(String),
    /// A list.
    List(Vec<Tree>),
    /// A map, in the order of writing.
    Map(Vec<(Tree, Tree)>),
}

/// What is wrong with a row, and in which line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong, and what to do.
    pub why: String,
    /// The words that could stand there, where only some can.
    pub choices: Vec<&'static str>,
}

impl Fault {
    /// What is wrong in a line.
    pub fn new(line: usize, why: impl Into<String>) -> Self {
        Self { line, why: why.into(), choices: Vec::new() }
    }
}

/// A scalar's text; nothing of what is none.
pub fn text_of(tree: &Tree) -> String {
    match &tree.kind {
        Kind::Text(text) => text.clone(),
        Kind::List(_) | Kind::Map(_) => String::new(),
    }
}

/// The values of a key in some maps, in their order.
#[must_use]
pub fn values_of(bodies: &[Tree], name: &str) -> Vec<Tree> {
    let maps = bodies.iter().filter_map(|body| match &body.kind {
        Kind::Map(entries) => Some(entries),
        Kind::Text(_) | Kind::List(_) => None,
    });
    let values = maps.flatten().filter(|(key, _)| text_of(key) == name);
    values.map(|(_, value)| value.clone()).collect()
}
