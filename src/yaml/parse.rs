//! Reading a YAML text, past its syntax errors.

use std::borrow::Cow;

use super::builder::Builder;
use super::limits::Limits;
use super::node::Node;
use super::recover::{self, Mask};
use crate::diagnostic::{Diagnostic, Parsed, kinds};
use crate::source::{SourceId, Span};

/// A comment as written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comment {
    /// What stands after the `#`.
    pub text: String,
    /// The whole of it, the `#` included, the line break not.
    pub span: Span,
}

/// What one YAML text holds.
#[derive(Clone, Debug, Default)]
pub struct Document {
    /// The value; absent for an empty text, and for one that breaks a limit.
    pub root: Option<Node>,
    /// The comments, in order of the text.
    pub comments: Vec<Comment>,
    /// What syntax errors kept from being read: what is missing from `root` may stand there.
    pub unread: Vec<Span>,
}

impl Document {
    /// Whether a syntax error kept something from being read in the block that begins on the line of `span`.
    #[must_use]
    pub fn is_unread_below(&self, text: &str, span: Span) -> bool {
        if self.unread.is_empty() {
            return false;
        }
        let start = recover::line_start(text, span.start as usize);
        let block = start..recover::block_end(text, span.start as usize);
        self.unread.iter().any(|unread| block.contains(&(unread.start as usize)))
    }
}

/// Reads one YAML text under the limits of a policy file.
#[must_use]
pub fn parse(source: SourceId, text: &str) -> Parsed<Option<Node>> {
    let Parsed { value, diagnostics } = parse_with(source, text, Limits::default());
    Parsed { value: value.root, diagnostics }
}

/// Reads one YAML text under limits of the caller's, comments kept.
#[must_use]
pub fn parse_with(source: SourceId, text: &str, limits: Limits) -> Parsed<Document> {
    if text.len() > limits.bytes {
        let message = format!("the file has {} bytes; at most {} are allowed", text.len(), limits.bytes);
        let finding = Diagnostic::of(&kinds::YAML_LIMIT, Span::new(source, 0, 0), message);
        return Parsed { value: Document::default(), diagnostics: vec![finding.help("split it into several files")] };
    }
    let mut masked = Cow::Borrowed(text);
    let mut syntax = Vec::new();
    let mut unread = Vec::new();
    let mut unspaced = false;
    loop {
        let mut builder = Builder::read(source, text, &masked, limits);
        let Some((finding, mask)) = builder.broken.take() else {
            return builder.finish(syntax, unread);
        };
        if unspaced {
            // Once tabs were read as single spaces, the indentation may only look wrong.
            return builder.finish(syntax, unread);
        }
        unspaced = mask == Mask::Tabs;
        syntax.push(finding);
        unread.extend(mask.unread().map(|range| Span::new(source, range.start, range.end)));
        let again = mask.apply(&masked);
        if syntax.len() >= recover::MOST_ERRORS || again == *masked {
            return builder.finish(syntax, unread);
        }
        masked = Cow::Owned(again);
    }
}
