//! What can be the key of a map: text, once.

use super::builder::Builder;
use super::core_schema::resolve;
use super::node::{Key, Node, NodeKind, Scalar, ScalarValue};
use crate::diagnostic::{Diagnostic, kinds};
use crate::source::Span;

impl Builder<'_> {
    /// Refuses a plain key that YAML reads as something else than text, and the merge key with its value; whether the
    /// key is read.
    pub(super) fn is_plain_key(&mut self, text: &str, span: Span) -> bool {
        if text == "<<" {
            let help =
                "an alias stands for a whole value: write the entries out, or quote the key if it is meant as text";
            self.error(&kinds::YAML_MERGE_KEY, span, "merge keys are not allowed", help);
            self.put_key(None);
            return false;
        }
        if resolve(text) != Ok(ScalarValue::Text) {
            let finding = Diagnostic::of(&kinds::YAML_KEY, span, format!("the key `{text}` is not text"));
            let quoted = format!("\"{text}\"");
            self.findings.push(finding.help(format!("quote it: `{quoted}`")).fix(span, quoted));
        }
        true
    }

    pub(super) fn put_key(&mut self, key: Option<Key>) {
        if let Some(frame) = self.open.last_mut() {
            frame.put_key(key);
        }
    }

    /// A node as the key of the innermost map.
    pub(super) fn key(&mut self, node: Node) -> Option<Key> {
        let NodeKind::Scalar(scalar) = node.kind else {
            self.error(&kinds::YAML_KEY, node.span, "a list or map cannot be a key", "keys are text");
            return None;
        };
        if node.span.start == node.span.end {
            self.error(&kinds::YAML_KEY, node.span, "a key is missing before the `:`", "write the key");
            return None;
        }
        if node.span.alias().is_some() && !self.is_key_by_alias(&scalar, node.span) {
            return None;
        }
        let span = if scalar.exact { scalar.content } else { node.span };
        let name = Key { text: scalar.text, span };
        let Some(first) = self.open.last().and_then(|frame| frame.first_of(&name)) else { return Some(name) };
        let message = format!("the key `{}` is there twice", name.text.escape_debug());
        let finding = Diagnostic::of(&kinds::DUPLICATE_KEY, name.span, message).labelled("again here");
        self.findings.push(finding.also(first, "first here").help("keep one of them: neither takes precedence"));
        None
    }

    /// Whether what an alias stands for can be a key, as it could where it is written.
    fn is_key_by_alias(&mut self, scalar: &Scalar, span: Span) -> bool {
        if scalar.value != ScalarValue::Text {
            let message = format!("the key `{}` is not text", scalar.text);
            self.error(&kinds::YAML_KEY, span, message, "quote the text at the anchor, or write the key out");
        } else if scalar.text == "<<" {
            self.error(&kinds::YAML_MERGE_KEY, span, "merge keys are not allowed", "write the key out, quoted");
        } else {
            return true;
        }
        false
    }
}
