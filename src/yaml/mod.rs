//! YAML text to a tree of nodes with spans: the second stage.
//!
//! Knows YAML 1.2 and nothing of policies. Everything that would make one text mean two things is an error here:
//! duplicate keys, anchors of one name, tags, merge keys, directives, several documents. An alias becomes what it stands
//! for; all limits hold for the document as it would be written out. The parser beneath lives behind this module; nothing
//! else names it.

#[cfg(test)]
mod anchor_tests;
mod anchor_words;
mod anchors;
mod builder;
mod core_schema;
mod frame;
mod keys;
mod limits;
mod node;
mod parse;
mod recover;
mod syntax;
#[cfg(test)]
mod tests;

pub use limits::Limits;
pub use node::{Key, Node, NodeKind, Scalar, ScalarValue};
pub use parse::{Comment, Document, parse, parse_with};
