//! Words for what is wrong with anchors and aliases.

use super::syntax;
use crate::diagnostic::{Diagnostic, kinds};
use crate::source::Span;
use crate::suggest::nearest;

/// An anchor whose name could be read as something else.
pub(super) fn anchor_name(place: Span, name: &str) -> Diagnostic {
    let message = format!("`{}` cannot be the name of an anchor", name.escape_debug());
    let help = "write letters, digits, `-`, `_` and `.`; quote a text that begins with `&`: `\"&\"`";
    Diagnostic::of(&kinds::YAML_ANCHOR, place, message).help(help)
}

/// A name that two anchors have.
pub(super) fn anchored_twice(place: Span, name: &str, first: Span) -> Diagnostic {
    Diagnostic::of(&kinds::YAML_ANCHOR, place, format!("the anchor `{name}` is there twice"))
        .labelled("again here")
        .also(first, "first here")
        .help("give one of them another name: a reader of `*` and the name cannot tell which is meant")
}

/// An anchor that no alias names.
pub(super) fn unused_anchor(place: Span) -> Diagnostic {
    Diagnostic::of(&kinds::UNUSED_ANCHOR, place, "no alias names this anchor").help("remove it")
}

/// An alias that would hold itself.
pub(super) fn alias_within(place: Span, anchor: Option<Span>) -> Diagnostic {
    let finding =
        Diagnostic::of(&kinds::YAML_ALIAS, place, "this alias stands within its own anchor, so it has no end");
    also(finding.help("write the value out here"), anchor, "the anchor")
}

/// An alias that comes before its anchor.
pub(super) fn anchor_below(place: Span, name: &str, anchor: Option<Span>) -> Diagnostic {
    let finding = Diagnostic::of(&kinds::YAML_ALIAS, place, format!("the anchor `{name}` comes after this alias"))
        .help("write the value with its anchor where it comes first, and aliases below");
    also(finding, anchor, "the anchor")
}

/// An alias that names no anchor: a name misspelt, or a text that begins with `*`.
pub(super) fn stray_alias<'n>(place: Span, name: &str, known: impl Iterator<Item = &'n str>) -> Diagnostic {
    let Some(near) = nearest(name, known) else { return syntax::alias(place, &format!("*{name}")) };
    let message = format!("no anchor has the name `{}`", name.escape_debug());
    Diagnostic::of(&kinds::YAML_ALIAS, place, message)
        .help(format!("did you mean `*{near}`? Quote a text that begins with `*`"))
        .fix(place, format!("*{near}"))
}

/// An alias as a key, its `:` read as a part of its name.
pub(super) fn alias_as_key(place: Span, name: &str) -> Diagnostic {
    let spaced = format!("{name} ");
    Diagnostic::of(&kinds::YAML_ALIAS, place, "YAML takes the `:` for a part of this alias")
        .help(format!("put a space before the `:`: `{spaced}:`"))
        .fix(place, spaced)
}

/// More values and keys than are allowed, by what an alias stands for.
pub(super) fn alias_too_many(place: Span, nodes: usize, anchor: Option<Span>) -> Diagnostic {
    let message = format!("with what this alias stands for, the file holds more than {nodes} values and keys");
    also(
        Diagnostic::of(&kinds::YAML_LIMIT, place, message).help("name large values less often, or split the file"),
        anchor,
        "stands for this",
    )
}

/// More text than is allowed, by what an alias stands for.
pub(super) fn alias_too_long(place: Span, bytes: usize, anchor: Option<Span>) -> Diagnostic {
    let message = format!("with what this alias stands for, the file has more than {bytes} bytes of text");
    also(
        Diagnostic::of(&kinds::YAML_LIMIT, place, message).help("name large values less often, or split the file"),
        anchor,
        "stands for this",
    )
}

fn also(finding: Diagnostic, anchor: Option<Span>, words: &str) -> Diagnostic {
    match anchor {
        Some(anchor) => finding.also(anchor, words),
        None => finding,
    }
}
