//! The expression language: text to a typed tree, and the tree's value for a call.
//!
//! CEL without protobuf messages and enums. Text is scanned, parsed by `grammar/expression.pest` (shapes only), names are
//! looked up in tables, and what remains is an [`Expr`] in which nothing can be unresolved. Knows nothing of policies.

mod ast;
mod budget;
mod cause;
mod check;
pub(crate) mod compare;
#[cfg(feature = "shell")]
pub(crate) mod doubtful;
mod environment;
mod eval;
pub mod expr;
pub mod function;
pub mod functions;
mod key;
mod literal;
mod operators;
mod opposite;
mod parse;
mod place;
pub(crate) mod policy_call;
pub(crate) mod print;
mod reads;
mod scan;
mod time;
pub mod types;
pub mod value;
mod wording;

#[cfg(test)]
mod tests;

pub use budget::{Budget, MAX_BUILT, MAX_STEPS};
pub(crate) use cause::NO_CWD;
pub use check::{MACROS, Macro};
#[cfg(feature = "shell")]
pub(crate) use doubtful::doubtful;
pub use environment::{AGENT, CAPABILITY, CONTEXT, Environment, NOW, PARAMS, Semantics};
pub use eval::{Unknown, Variables, eval, within};
pub use expr::{Comprehension, Expr, ExprKind, Fold};
pub use function::{Cause, Function};
pub use opposite::positive;
pub use place::Step;
pub use reads::reads;
pub(crate) use reads::{Culprit, culprit};
pub use scan::{MAX_BYTES, MAX_NESTING};
pub use types::Type;
pub use value::Value;

use std::cmp::Reverse;

use crate::diagnostic::{Diagnostic, Parsed, has_errors, kinds};
use crate::source::Span;

/// Most findings reported of one expression: the first ones, errors before warnings.
pub const MAX_FINDINGS: usize = 32;

/// Compiles an expression; `locate` gives the source span of bytes `start..end` of `text`.
///
/// The value is there when no finding is an error.
pub fn compile(text: &str, locate: &dyn Fn(usize, usize) -> Span, environment: &Environment) -> Parsed<Option<Expr>> {
    let ast = match parse::parse(text) {
        Ok(ast) => ast,
        Err(faults) => {
            let diagnostics = faults.into_iter().take(MAX_FINDINGS).map(|fault| diagnostic(fault, locate)).collect();
            return Parsed { value: None, diagnostics };
        }
    };
    let Parsed { value, mut diagnostics } = check::check(&ast, locate, environment);
    diagnostics.sort_by_key(Diagnostic::span);
    let value = (!has_errors(&diagnostics)).then_some(value);
    // warnings never push an error out
    diagnostics.sort_by_key(|found| Reverse(found.severity));
    diagnostics.truncate(MAX_FINDINGS);
    diagnostics.sort_by_key(Diagnostic::span);
    Parsed { value, diagnostics }
}

/// Compiles an expression that must be true or false.
pub fn compile_condition(
    text: &str,
    locate: &dyn Fn(usize, usize) -> Span,
    environment: &Environment,
) -> Parsed<Option<Expr>> {
    let mut parsed = compile(text, locate, environment);
    if let Some(expr) = parsed.value.take_if(|expr| !Type::Bool.accepts(&expr.ty)) {
        let message = format!("a condition is true or false; this is of type `{}`", expr.ty);
        let help = "compare it with something, `… == 'value'`";
        parsed.diagnostics.push(Diagnostic::of(&kinds::CONDITION_NOT_BOOL, expr.span, message).help(help));
    }
    parsed
}

/// What of a command is in doubt: nothing, where no command is read.
#[cfg(not(feature = "shell"))]
pub(crate) const fn doubtful(_: &Expr, _: &dyn Variables<'_>, _: Cause) -> Option<String> {
    None
}

fn diagnostic(fault: scan::Fault, locate: &dyn Fn(usize, usize) -> Span) -> Diagnostic {
    let span = locate(fault.start, fault.end);
    let mut diagnostic = Diagnostic::of(fault.kind, span, fault.message);
    diagnostic.help = fault.help;
    match fault.fix {
        Some(fix) if (span.end - span.start) as usize == fault.end - fault.start => diagnostic.fix(span, fix),
        _ => diagnostic,
    }
}
