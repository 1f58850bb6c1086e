//! A permission by the programs that a command names.
//!
//! `!('rm' in shell(params.command).programs())` permits everything but `rm`: `find -delete`, `dd`, `python -c`, programs that
//! nobody thought of. And a program that runs is not always named: `bash <<< 'rm x'` names `bash`, `git -c core.pager=… log`
//! names `git`. So a command that names only `make` may run more than `make`, too. `commands()` is no better.
//!
//! Say with `runs_only` what may run: it holds only where nothing else does.

use super::super::facts::Fact;
use super::super::view::{EntryView, RuleView, View, place};
use super::super::{Example, Lint};
use crate::cel::expr::{Expr, ExprKind, Fold};
use crate::cel::types::Type;
use crate::cel::value::Value;
use crate::diagnostic::{Diagnostic, Severity};

pub(super) const LINT: Lint = Lint {
    code: "permits-by-names",
    severity: Severity::Warning,
    examples: EXAMPLES,
    source: include_str!("permits_by_names.rs"),
    check,
};

const EXAMPLES: &[Example] = &[
    Example::new(
        r#"name: commands
version: "1.0"
defaults: { tier: blocked }
capabilities:
  process.run:
    rules:
      - { condition: "!('rm' in shell(params.command).programs())", tier: autonomous }
    tier: approval_required
"#,
        7,
        r#"name: commands
version: "1.0"
defaults: { tier: blocked }
capabilities:
  process.run:
    rules:
      - { condition: "shell(params.command).runs_only(['git status', 'ls'])", tier: autonomous }
    tier: approval_required
"#,
    ),
    Example::new(
        r#"name: commands
version: "1.0"
defaults: { tier: blocked }
capabilities:
  process.run:
    rules:
      - condition: "shell(params.command).programs().all(program, program in ['git', 'ls'])"
        tier: autonomous
    tier: approval_required
"#,
        7,
        r#"name: commands
version: "1.0"
defaults: { tier: blocked }
capabilities:
  process.run:
    rules:
      - condition: "shell(params.command).runs_only(['git', 'ls'])"
        tier: autonomous
    tier: approval_required
"#,
    ),
];

fn check(view: &View<'_>, findings: &mut Vec<Diagnostic>) {
    for (policy, entry) in view.own_entries() {
        let permits = entry.rules.iter().filter(|rule| entry.permits(policy, rule));
        findings.extend(permits.filter_map(|rule| finding(entry, rule)));
    }
}

fn finding(entry: &EntryView<'_>, rule: &RuleView<'_>) -> Option<Diagnostic> {
    let tests = &entry.tests;
    let names_of = |fact: &Fact| tests.table.get(fact.test).and_then(|test| Names::of(&test.expr));
    let (fact, names) = rule.cases.iter().flatten().find_map(|case| {
        // Beside a test of all that runs, it can only make the permission less.
        let bounded = case.iter().any(|fact| fact.holds && tests.bounds_a_command(*fact));
        case.iter().find_map(|fact| Some((*fact, names_of(fact)?))).filter(|_| !bounded)
    })?;
    let tier = rule.rule.outcome.tier;
    let command = names.command.canonical();
    let message = match (excludes(names.test, fact.holds), names.listed.as_slice()) {
        (true, [one]) => format!("this permits `{tier}` to every command that does not name `{}`", one.escape_debug()),
        (true, _) => format!("this permits `{tier}` to every command that does not name one of these"),
        (false, _) => format!("this permits `{tier}` by the programs that a command names"),
    };
    let span = place(&rule.condition, fact).unwrap_or(rule.rule.condition.span);
    Some(LINT.finding(span, message).labelled("what may run beside is not told").help(format!(
        "say what may run, `{command}.runs_only([…])`, in a map `…_runs_only: […]`: what programs start by input, options and \
         settings counts there"
    )))
}

/// A test of the programs or the commands that a command names.
struct Names<'e> {
    test: &'e Expr,
    command: &'e Expr,
    /// The texts that they are compared with.
    listed: Vec<String>,
}

impl<'e> Names<'e> {
    fn of(test: &'e Expr) -> Option<Self> {
        let (mut command, mut listed) = (None, Vec::new());
        gather(test, &mut command, &mut listed);
        Some(Self { test, command: command?, listed }).filter(|names| !names.listed.is_empty())
    }
}

/// Gathers the command whose names are asked, and the texts beside it.
fn gather<'e>(expr: &'e Expr, command: &mut Option<&'e Expr>, listed: &mut Vec<String>) {
    match &expr.kind {
        ExprKind::Call { function, args, .. } if matches!(function.name, "programs" | "commands") => {
            *command = args.first().filter(|receiver| receiver.ty == Type::Shell).or(*command);
        }
        ExprKind::Const(value) => texts(value, listed),
        _ if expr.ty == Type::Shell => {}
        _ => expr.children().into_iter().for_each(|inner| gather(inner, command, listed)),
    }
}

fn texts(value: &Value<'_>, listed: &mut Vec<String>) {
    match value {
        Value::Text(text) => listed.push(text.as_str().to_owned()),
        Value::List(list) => list.iter().for_each(|item| texts(&item, listed)),
        _ => {}
    }
}

/// Whether that a test holds, or does not, says only what is not among the names.
fn excludes(test: &Expr, holds: bool) -> bool {
    match &test.kind {
        ExprKind::Not(operand) => excludes(operand, !holds),
        ExprKind::And(operands) | ExprKind::Or(operands) => operands.iter().all(|operand| excludes(operand, holds)),
        ExprKind::Comprehension(loops) => match (loops.fold, &loops.filter) {
            (Fold::All, Some(filter)) if holds => excludes(filter, true),
            (Fold::Exists, Some(filter)) if !holds => excludes(filter, false),
            _ => false,
        },
        ExprKind::Call { function, .. } => matches!(function.name, "@ne" | "_!=_") == holds,
        _ => false,
    }
}
