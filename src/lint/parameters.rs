//! Which parameter a test looks at, and what the catalog says of it.

use super::view::{EntryView, View};
use crate::catalog::{CapabilityFacts, Parameter};
use crate::cel::PARAMS;
use crate::cel::expr::{Expr, ExprKind};
use crate::source::Span;

/// The dotted name of a parameter, for `params.a.b`.
pub(super) fn name(expr: &Expr) -> Option<String> {
    let ExprKind::Select { operand, field } = &expr.kind else { return None };
    match &operand.kind {
        ExprKind::Variable(PARAMS) => Some(field.to_string()),
        _ => Some(format!("{}.{field}", name(operand)?)),
    }
}

/// What the catalog's capabilities under an entry say of a parameter, those that know it.
pub(super) fn known<'s>(
    view: &View<'s>,
    entry: &EntryView<'_>,
    name: &str,
) -> Vec<(&'s CapabilityFacts, &'s Parameter)> {
    let of = |facts: &&'s CapabilityFacts| facts.params.get(name).map(|parameter| (*facts, parameter));
    view.capabilities(entry).iter().filter_map(of).collect()
}

/// Whether an expression's part lies inside of it, as in expression text; in a map condition the operand stands behind
/// the key.
pub(super) const fn inside(outer: Span, inner: Span) -> bool {
    outer.start <= inner.start && inner.end <= outer.end
}
