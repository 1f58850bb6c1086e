//! A key of a map condition that reads a parameter with the name of something else.
//!
//! Keys name parameters, which the agent itself writes. `agent_eq: ops` asks for a parameter `agent` of the call, not for the
//! agent who calls; `context.labels.team_eq` for a parameter `context`. An agent that sends such a parameter passes the
//! test.
//!
//! Write an expression: `agent == 'ops'`, `context.labels.team == 'web'`; or give the policy `agent: ops`.

use super::super::parameters;
use super::super::view::{EntryView, View, walk};
use super::super::{Example, Lint};
use crate::cel::expr::{Expr, ExprKind};
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::ConditionDocument;

pub(super) const LINT: Lint = Lint {
    code: "not-a-parameter",
    severity: Severity::Warning,
    examples: &[Example::new(
        r#"name: deploys
version: "1.0"
defaults: { tier: blocked }
capabilities:
  deploy.start:
    rules:
      - { condition: { agent_eq: ops }, tier: autonomous }
"#,
        7,
        r#"name: deploys
version: "1.0"
defaults: { tier: blocked }
capabilities:
  deploy.start:
    rules:
      - { condition: "agent == 'ops'", tier: autonomous }
"#,
    )],
    source: include_str!("not_a_parameter.rs"),
    check,
};

/// The variables of expressions that are no parameters.
const VARIABLES: &[&str] = &["agent", "context", "capability", "now", "params"];

fn check(view: &View<'_>, findings: &mut Vec<Diagnostic>) {
    for (_, entry) in view.own_entries() {
        for (at, rule) in entry.rules.iter().enumerate() {
            let written = view.rule_document(entry.entry, at).map(|document| &document.condition);
            if matches!(written, Some(ConditionDocument::Map(_))) {
                walk(&rule.rule.condition, &mut |expr| findings.extend(misread(view, entry, expr)));
            }
        }
    }
}

fn misread(view: &View<'_>, entry: &EntryView<'_>, expr: &Expr) -> Option<Diagnostic> {
    let (ExprKind::Select { field, .. } | ExprKind::Has { field, .. }) = &expr.kind else { return None };
    let name = match &expr.kind {
        ExprKind::Has { operand, .. } if is_params(operand) => field.to_string(),
        _ => parameters::name(expr)?,
    };
    let variable = VARIABLES.iter().find(|variable| **variable == name)?;
    if !parameters::known(view, entry, &name).is_empty() {
        return None;
    }
    let message = format!("this reads a parameter `{variable}` of the call, which the agent writes");
    Some(LINT.finding(expr.span, message).help(match *variable {
        "agent" => "for the agent who calls, write an expression, `agent == '…'`, or `agent: …` for the whole policy; for a parameter \
                    of that name, `params.agent == '…'`",
        "params" => "keys name parameters already; leave out `params.`",
        "context" => "for what the host vouches for, write an expression: `context.… == '…'`; for a parameter of that name, \
                      `params.context.… == '…'`",
        "capability" => "for the capability that is called, write an expression, `capability == '…'`; for a parameter of that \
                        name, `params.capability == '…'`",
        _ => "for the time of the call, write an expression: `now < timestamp('…')`; for a parameter of that name, `params.now`",
    }))
}

const fn is_params(expr: &Expr) -> bool {
    matches!(expr.kind, ExprKind::Variable(crate::cel::PARAMS))
}
