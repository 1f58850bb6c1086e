//! YAML text to a tree of nodes with spans: the second stage.
//!
//! Knows YAML 1.2 and nothing of policies. Everything that would make one text mean two things is an error here:
//! duplicate keys, anchors, aliases, tags, merge keys, directives, several documents.

mod node;

pub use node::{Key, Node, NodeKind, Scalar, ScalarValue};
