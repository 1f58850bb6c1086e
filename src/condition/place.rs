//! The paths behind the keys of map conditions: absolute, or below a directory that the host vouches for.
//!
//! `$workspace` and `$cwd` at the start of a path stand for `context.workspace` and `context.cwd`, so that one policy serves
//! hosts that keep their files in different places. A call without that part of the context leaves the test unknown.

use super::build::{constant, select, variable};
use super::lower::{Lowering, operand_error};
use super::operand;
use crate::cel::{Expr, Value};
use crate::diagnostic::{Diagnostic, kinds};
use crate::path;
use crate::pattern::PathGlob;
use crate::suggest::nearest;
use crate::yaml::Node;

/// What a path may begin with, and the part of the context that it stands for.
const PLACES: [(&str, &str); 2] = [("$workspace", "workspace"), ("$cwd", "cwd")];

/// A path that begins with a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Placed<'t> {
    /// The key of the context.
    key: &'static str,
    /// What follows the place, without the slash between them.
    rest: &'t str,
}

impl<'t> Placed<'t> {
    fn of(text: &'t str) -> Option<Self> {
        PLACES.iter().find_map(|(place, key)| {
            let rest = text.strip_prefix(place)?;
            (rest.is_empty() || rest.starts_with('/')).then(|| Self { key, rest: rest.trim_start_matches('/') })
        })
    }
}

/// Whether an operand is a path that begins with a place.
pub(super) fn is_placed(node: &Node) -> bool {
    Placed::of(operand::scalar_text(node)).is_some()
}

/// Whether this is text that begins with `/`, or with a place.
pub(super) fn is_path(node: &Node) -> bool {
    operand::scalar_text(node).starts_with('/') || is_placed(node)
}

/// Reads a directory: an absolute path, or one below a place.
pub(super) fn directory(lowering: &mut Lowering<'_>, node: &Node) -> Option<Expr> {
    let text = operand::read(lowering, operand::text, node)?;
    let written = operand::scalar_text(node);
    match Placed::of(written) {
        Some(placed) => below(lowering, placed, node),
        None if written.starts_with('/') => Some(text),
        None => lowering.refuse(not_absolute(node, written)),
    }
}

/// Reads a path to be compared with another one.
pub(super) fn path(lowering: &mut Lowering<'_>, node: &Node) -> Option<Expr> {
    let directory = directory(lowering, node)?;
    lowering.function("path", vec![directory], node)
}

/// Reads a glob over paths below a place.
pub(super) fn glob(lowering: &mut Lowering<'_>, node: &Node) -> Option<Expr> {
    let placed = Placed::of(operand::scalar_text(node))?;
    let glob = format!("/{}", placed.rest);
    if let Err(error) = PathGlob::parse(&glob) {
        return lowering.refuse(operand_error(node, error.to_string()));
    }
    let place = place(lowering, placed, node)?;
    lowering.function("@glob_below", vec![place, constant(Value::text(glob), node.span)], node)
}

fn below(lowering: &mut Lowering<'_>, placed: Placed<'_>, node: &Node) -> Option<Expr> {
    let place = place(lowering, placed, node)?;
    if placed.rest.is_empty() {
        return Some(place);
    }
    if let Err(why) = path::normalize_at(placed.rest, "/") {
        return lowering.refuse(operand_error(node, format!("`{}` is {why}", placed.rest.escape_debug())));
    }
    let rest = constant(Value::text(placed.rest), node.span);
    lowering.function("path", vec![rest, place], node)
}

fn place(lowering: &mut Lowering<'_>, placed: Placed<'_>, node: &Node) -> Option<Expr> {
    match variable(lowering.environment(), "context", node.span) {
        Some(context) => Some(select(context, placed.key, node.span)),
        None => lowering.refuse(Diagnostic::of(&kinds::UNKNOWN_VARIABLE, node.span, "there is no `context` here")),
    }
}

fn not_absolute(node: &Node, written: &str) -> Diagnostic {
    let diagnostic = operand_error(node, format!("`{}` is not an absolute path", written.escape_debug()));
    match (meant(written), written.starts_with('$')) {
        (Some((name, place)), _) => {
            let fixed = written.replacen(name, place, 1);
            diagnostic.help(format!("did you mean `{place}`?")).fix(node.span, fixed)
        }
        (None, true) => diagnostic.help("`$workspace` and `$cwd` stand for directories; write others from the root on"),
        (None, false) => {
            diagnostic.help("write the path from the root on, `/workspace`, or below `$workspace` or `$cwd`")
        }
    }
}

/// The misspelt place that a text begins with, and the one that was probably meant.
fn meant(text: &str) -> Option<(&str, &'static str)> {
    let name = name(text)?;
    let near = nearest(name, PLACES.iter().map(|(place, _)| *place))?;
    Some((name, near))
}

/// The `$NAME` that a text begins with, where `/` or nothing follows it.
fn name(text: &str) -> Option<&str> {
    let name = text.split('/').next()?;
    let bare = name.strip_prefix('$')?;
    let letter = |char: char| char.is_ascii_alphanumeric() || matches!(char, '_' | '{' | '}');
    (bare.starts_with(|char: char| !char.is_ascii_digit()) && bare.chars().all(letter)).then_some(name)
}

/// What a text that begins with a `$NAME` would have it stand for, where that is nothing: the name, and the place that was
/// probably meant.
#[must_use]
pub fn unknown_place(text: &str) -> Option<(&str, Option<&'static str>)> {
    let name = name(text).filter(|_| Placed::of(text).is_none())?;
    Some((name, meant(text).map(|(_, place)| place)))
}
