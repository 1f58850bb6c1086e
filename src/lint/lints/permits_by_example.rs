//! A permission for commands of which some is listed.
//!
//! `runs_any: [git]` holds for `git status; curl x | sh` as well: some command is of the list, and the others are not looked
//! at. It is the test of what is forbidden.
//!
//! Write `runs_only` in a rule that permits.

#[cfg(feature = "shell")]
use super::super::Example;
use super::super::Lint;
use super::super::view::{EntryView, PolicyView, RuleView, View, place};
use crate::Tier;
use crate::diagnostic::{Diagnostic, Severity};

pub(super) const LINT: Lint = Lint {
    code: "permits-by-example",
    severity: Severity::Warning,
    #[cfg(feature = "shell")]
    examples: &[EXAMPLE],
    #[cfg(not(feature = "shell"))]
    examples: &[],
    source: include_str!("permits_by_example.rs"),
    check,
};

#[cfg(feature = "shell")]
const EXAMPLE: Example = Example::new(
    r#"name: commands
version: "1.0"
defaults: { tier: blocked }
capabilities:
  process.run:
    rules:
      - { condition: { command_runs_any: [git] }, tier: autonomous }
    tier: approval_required
"#,
    7,
    r#"name: commands
version: "1.0"
defaults: { tier: blocked }
capabilities:
  process.run:
    rules:
      - { condition: { command_runs_only: [git] }, tier: autonomous }
    tier: approval_required
"#,
);

fn check(view: &View<'_>, findings: &mut Vec<Diagnostic>) {
    for (policy, entry) in view.own_entries() {
        findings.extend(entry.rules.iter().filter_map(|rule| permits(policy, entry, rule)));
    }
}

/// The answer where no rule holds. An entry without one leaves the call to other policies, and a rule of it that asks a
/// person permits nothing.
fn otherwise(policy: &PolicyView<'_>, entry: &EntryView<'_>) -> Tier {
    let silent = entry.entry.outcome.is_none() && policy.policy.defaults.is_none();
    if silent { Tier::ApprovalRequired } else { entry.otherwise(policy) }
}

fn permits(policy: &PolicyView<'_>, entry: &EntryView<'_>, rule: &RuleView<'_>) -> Option<Diagnostic> {
    if rule.rule.outcome.tier >= otherwise(policy, entry) {
        return None;
    }
    let tests = &entry.tests;
    let loose = rule.cases.iter().flatten().find_map(|case| {
        let bounded = case.iter().any(|fact| fact.holds && tests.bounds_a_command(*fact));
        case.iter().find(|fact| fact.holds && tests.names_a_command(**fact)).filter(|_| !bounded)
    })?;
    let span = place(&rule.condition, *loose).unwrap_or(rule.rule.condition.span);
    let message = format!("this permits `{}` to whatever runs one command of the list", rule.rule.outcome.tier);
    Some(
        LINT.finding(span, message)
            .labelled("the other commands are not looked at")
            .help("write `runs_only`, which holds when all commands are of the list"),
    )
}
