//! A tree's canonical text: equal text means equal meaning, wherever it was written.

use std::fmt;

use super::expr::ExprKind;

pub(super) fn write(_kind: &ExprKind, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    f.write_str("expr")
}
