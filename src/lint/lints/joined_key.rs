//! A rate limit's key that joins texts.
//!
//! `agent + params.user` counts the agent `ab` with the user `c` and the agent `a` with the user `bc` together: both keys are
//! `abc`. Whoever chooses the one part spends the other's limit.
//!
//! Write a list, `per: [agent, params.user]`: its values stay apart.

use super::super::view::View;
use super::super::{Example, Lint};
use crate::cel::expr::{Expr, ExprKind};
use crate::cel::types::Type;
use crate::diagnostic::{Diagnostic, Severity};
use crate::rate_limit::{Per, RateLimit};

pub(super) const LINT: Lint = Lint {
    code: "joined-key",
    severity: Severity::Warning,
    examples: &[Example::new(
        r#"name: mail
version: "1.0"
defaults: { tier: blocked }
capabilities:
  email.send:
    tier: notify
    rate_limit: { max: 5, window: 1h, per: agent + params.to }
"#,
        7,
        r#"name: mail
version: "1.0"
defaults: { tier: blocked }
capabilities:
  email.send:
    tier: notify
    rate_limit: { max: 5, window: 1h, per: [agent, params.to] }
"#,
    )],
    source: include_str!("joined_key.rs"),
    check,
};

fn check(view: &View<'_>, findings: &mut Vec<Diagnostic>) {
    for (_, entry) in view.own_entries() {
        let of_rules = entry.rules.iter().flat_map(|rule| &rule.rule.rate_limits);
        findings.extend(entry.entry.rate_limits.iter().chain(of_rules).filter_map(|limit| joined(view, limit)));
    }
}

fn joined(view: &View<'_>, limit: &RateLimit) -> Option<Diagnostic> {
    let Per::Expression(key, _) = &limit.per else { return None };
    let sum = match &key.kind {
        ExprKind::List(items) => items.iter().find(|item| is_sum(item))?,
        _ => Some(key.as_ref()).filter(|key| is_sum(key))?,
    };
    let mut parts = Vec::new();
    addends(sum, &mut parts);
    let parts: Vec<&str> = parts.into_iter().map(|part| view.text(part.span)).collect();
    let message = "joined texts are one key where their parts differ: `a` and `bc` is `ab` and `c`";
    Some(
        LINT.finding(sum.span, message)
            .help(format!("write a list, whose values stay apart: `per: [{}]`", parts.join(", "))),
    )
}

fn is_sum(expr: &Expr) -> bool {
    matches!(&expr.kind, ExprKind::Call { function, .. } if function.name == "_+_")
}

/// What is joined, without the constants between.
fn addends<'e>(expr: &'e Expr, parts: &mut Vec<&'e Expr>) {
    match &expr.kind {
        ExprKind::Call { function, args, .. } if function.name == "_+_" => {
            args.iter().for_each(|arg| addends(arg, parts))
        }
        ExprKind::Const(_) if expr.ty == Type::Text => {}
        _ => parts.push(expr),
    }
}
