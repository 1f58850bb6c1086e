//! Tests that are another test's negation, so that both count as one.

use super::expr::{Expr, ExprKind};
use super::functions;

/// For each row that is a negation, the row it negates. Both are unknown for the same values; orderings of CEL itself are
/// not here, because of NaN.
const OPPOSITES: [(&str, &str); 4] = [("_!=_", "_==_"), ("@ne", "@eq"), ("@gte", "@lt"), ("@gt", "@lte")];

/// The test that this one is the negation of, if there is one: for `x != y` it is `x == y`.
#[must_use]
pub fn positive(expr: &Expr) -> Option<Expr> {
    let ExprKind::Call { function, args, prepared } = &expr.kind else { return None };
    let (_, name) = OPPOSITES.iter().find(|(negative, _)| *negative == function.name)?;
    let function = functions::named(name).next()?;
    let kind = ExprKind::Call { function, args: args.clone(), prepared: prepared.clone() };
    Some(Expr { kind, ty: expr.ty.clone(), span: expr.span })
}
