//! A stricter rule of which a part is answered before.
//!
//! The first rule whose condition holds answers. Behind `runs_only: [git]`, `runs_any: [git push]` is still asked for
//! `ls; git push`, and no more for `git push` alone, the very thing that it names. The same holds for words that an earlier
//! list has too.
//!
//! Put the stricter rule first.

use super::super::facts::Fact;
use super::super::implication::follows;
use super::super::view::{EntryView, RuleView, View, place};
use super::super::{Example, Lint};
use super::unreachable_rule::{comparable, covers};
use crate::diagnostic::{Diagnostic, Severity};

pub(super) const LINT: Lint = Lint {
    code: "answered-before",
    severity: Severity::Warning,
    examples: &[Example::new(
        r#"name: requests
version: "1.0"
defaults: { tier: blocked }
capabilities:
  network.http_request:
    rules:
      - { condition: { method_in: [GET, POST] }, tier: autonomous }
      - { condition: { method_in: [POST, PUT] }, tier: approval_required }
"#,
        8,
        r#"name: requests
version: "1.0"
defaults: { tier: blocked }
capabilities:
  network.http_request:
    rules:
      - { condition: { method_in: [POST, PUT] }, tier: approval_required }
      - { condition: { method_in: [GET, POST] }, tier: autonomous }
"#,
    )],
    source: include_str!("answered_before.rs"),
    check,
};

fn check(view: &View<'_>, findings: &mut Vec<Diagnostic>) {
    for (_, entry) in view.own_entries() {
        for (at, rule) in entry.rules.iter().enumerate().take(comparable()) {
            let earlier = entry.rules.iter().take(at).enumerate();
            findings.extend(earlier.into_iter().find_map(|(at, earlier)| answered(view, entry, (at, earlier), rule)));
        }
    }
}

fn answered(
    view: &View<'_>,
    entry: &EntryView<'_>,
    (at, earlier): (usize, &RuleView<'_>),
    later: &RuleView<'_>,
) -> Option<Diagnostic> {
    if later.rule.outcome.tier <= earlier.rule.outcome.tier || covers(view, entry, earlier, later) {
        return None;
    }
    let (fact, part) = later.cases.iter().flatten().find_map(|case| taken(view, entry, earlier, case))?;
    let span = place(&later.condition, fact).unwrap_or(later.rule.condition.span);
    let message = format!("`{part}` is answered before: rule {} gives it `{}`", at + 1, earlier.rule.outcome.tier);
    Some(
        LINT.finding(span, message)
            .also(earlier.rule.span, format!("rule {} holds for it", at + 1))
            .help(format!("put this rule before rule {}", at + 1)),
    )
}

/// What of one case of the later rule the earlier one answers: all of it, or an element of its list.
fn taken(view: &View<'_>, entry: &EntryView<'_>, earlier: &RuleView<'_>, case: &[Fact]) -> Option<(Fact, String)> {
    let first = *case.iter().find(|fact| fact.holds)?;
    if follows(case, &earlier.condition, true, &entry.tests, &view.effort) {
        let test = entry.tests.table.get(first.test)?;
        return Some((first, test.text.to_string()));
    }
    let part = entry.tests.part_taken(only_fact(earlier)?, single(case)?)?;
    Some((first, part))
}

/// The one test that a rule is.
fn only_fact(rule: &RuleView<'_>) -> Option<Fact> {
    match rule.cases.as_deref()? {
        [case] => single(case),
        _ => None,
    }
}

fn single(case: &[Fact]) -> Option<Fact> {
    match case {
        [fact] if fact.holds => Some(*fact),
        _ => None,
    }
}
