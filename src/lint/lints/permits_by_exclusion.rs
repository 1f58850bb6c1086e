//! A permission that says only where something is not.
//!
//! `not: { path_within: /etc }` permits everything but `/etc`: `/root/.ssh`, `/var/lib`, the places that nobody thought of.
//! The same holds for hosts, networks and commands that are only not of a list.
//!
//! Say what is permitted, `path_within: $workspace`, beside it; or forbid the place in a rule of its own and let the entry's
//! own tier be what is meant for the rest.

use super::super::facts::Fact;
use super::super::view::{EntryView, PolicyView, RuleView, View, place};
use super::super::{Example, Lint};
use crate::diagnostic::{Diagnostic, Severity};

pub(super) const LINT: Lint = Lint {
    code: "permits-by-exclusion",
    severity: Severity::Warning,
    examples: &[Example::new(
        r#"name: reads
version: "1.0"
defaults: { tier: blocked }
capabilities:
  filesystem.read:
    rules:
      - { condition: { not: { path_within: /etc } }, tier: autonomous }
    tier: approval_required
"#,
        7,
        r#"name: reads
version: "1.0"
defaults: { tier: blocked }
capabilities:
  filesystem.read:
    rules:
      - { condition: { path_within: /workspace, not: { path_within: /workspace/secrets } }, tier: autonomous }
    tier: approval_required
"#,
    )],
    source: include_str!("permits_by_exclusion.rs"),
    check,
};

fn check(view: &View<'_>, findings: &mut Vec<Diagnostic>) {
    for (policy, entry) in view.own_entries() {
        findings.extend(entry.rules.iter().filter_map(|rule| permits(policy, entry, rule)));
    }
}

fn permits(policy: &PolicyView<'_>, entry: &EntryView<'_>, rule: &RuleView<'_>) -> Option<Diagnostic> {
    if rule.rule.outcome.tier >= entry.otherwise(policy) {
        return None;
    }
    let excluded = |case: &Vec<Fact>| {
        let alone = case.iter().all(|fact| !fact.holds || entry.tests.asks_only_presence(*fact));
        case.iter().find(|fact| !fact.holds && entry.tests.is_of_a_place(**fact)).filter(|_| alone).copied()
    };
    let fact = rule.cases.iter().flatten().find_map(excluded)?;
    let span = place(&rule.condition, fact).unwrap_or(rule.rule.condition.span);
    let message = format!("this permits `{}` everywhere else", rule.rule.outcome.tier);
    Some(LINT.finding(span, message).labelled("only what is not meant is said").help(
        "say beside it what is permitted, or forbid this in a rule of its own and give the entry the tier that is meant \
         for the rest",
    ))
}
