//! A rule no call can reach after the rules before it.
//!
//! The first rule whose condition holds answers. When an earlier rule holds wherever a later one does, the later one is
//! never asked: the same condition again, `x < 5` after `x < 10`, `/a/b` after `/a`, a list after a longer list, a narrower
//! pattern after a wider one, a condition with a further test after the same without it, anything after what always holds.
//!
//! Put the narrower rule first, or remove it. Where a test is unknown both of its outcomes count, so such a rule can still
//! make a decision stricter; it never makes the decision its author wrote it for.

use super::super::implication::{cases, follows};
use super::super::view::{EntryView, RuleView, View};
use super::super::{Example, Lint};
use crate::diagnostic::{Diagnostic, Severity};
use crate::tree::condition::Condition;

pub(super) const LINT: Lint = Lint {
    code: "unreachable-rule",
    severity: Severity::Warning,
    examples: &[
        Example::new(
            r#"name: writes
version: "1.0"
defaults: { tier: blocked }
capabilities:
  filesystem.write:
    rules:
      - { condition: { path_within: /workspace }, tier: notify }
      - { condition: { path_within: /workspace/secrets }, tier: blocked }
    tier: approval_required
"#,
            8,
            r#"name: writes
version: "1.0"
defaults: { tier: blocked }
capabilities:
  filesystem.write:
    rules:
      - { condition: { path_within: /workspace/secrets }, tier: blocked }
      - { condition: { path_within: /workspace }, tier: notify }
    tier: approval_required
"#,
        ),
        Example::new(
            r#"name: mail
version: "1.0"
defaults: { tier: blocked }
capabilities:
  email.send:
    rules:
      - { condition: "size(params.to) < 10", tier: notify }
      - { condition: "size(params.to) < 5 && params.subject == 'hi'", tier: autonomous }
    tier: approval_required
"#,
            8,
            r#"name: mail
version: "1.0"
defaults: { tier: blocked }
capabilities:
  email.send:
    rules:
      - { condition: "size(params.to) < 5 && params.subject == 'hi'", tier: autonomous }
      - { condition: "size(params.to) < 10", tier: notify }
    tier: approval_required
"#,
        ),
    ],
    source: include_str!("unreachable_rule.rs"),
    check,
};

/// Most pairs of rules of one entry that are compared.
pub(super) const MAX_PAIRS: usize = 2_000_000;

fn check(view: &View<'_>, findings: &mut Vec<Diagnostic>) {
    for (_, entry) in view.own_entries() {
        let compared = entry.rules.len().min(comparable());
        for (at, rule) in entry.rules.iter().enumerate().take(compared) {
            let earlier = entry.rules.iter().take(at).enumerate();
            let covering = earlier.into_iter().find(|(_, earlier)| covers(view, entry, earlier, rule));
            findings.extend(covering.map(|(at, earlier)| unreachable(rule, earlier, at)));
        }
        findings.extend(unheard_tier(view, entry));
    }
}

/// How many rules of one entry make [`MAX_PAIRS`] pairs.
pub(super) const fn comparable() -> usize {
    (MAX_PAIRS * 2).isqrt()
}

/// Whether the earlier rule holds wherever the later one does.
pub(super) fn covers(view: &View<'_>, entry: &EntryView<'_>, earlier: &RuleView<'_>, later: &RuleView<'_>) -> bool {
    let Some(cases) = later.cases.as_ref().filter(|cases| !cases.is_empty()) else {
        return matches!(earlier.condition, Condition::Constant(true));
    };
    cases.iter().all(|case| follows(case, &earlier.condition, true, &entry.tests, &view.effort))
}

fn unreachable(rule: &RuleView<'_>, earlier: &RuleView<'_>, at: usize) -> Diagnostic {
    let number = at + 1;
    let message = format!("no call reaches this rule: rule {number} holds wherever it does");
    let finding = LINT.finding(rule.rule.span, message).also(earlier.rule.span, format!("rule {number} answers first"));
    if rule.rule.outcome.tier == earlier.rule.outcome.tier {
        return finding.help("remove this rule; it says the same");
    }
    finding.help(format!("put this rule before rule {number}, or remove it"))
}

/// An entry's own tier, behind rules of which one always holds.
fn unheard_tier(view: &View<'_>, entry: &EntryView<'_>) -> Option<Diagnostic> {
    entry.entry.outcome.as_ref()?;
    let always = entry.rules.iter().find(|rule| matches!(rule.condition, Condition::Constant(true)));
    if let Some(always) = always {
        let message = format!("the own tier of `{}` is never asked: a rule of it always holds", entry.entry.pattern);
        let finding = LINT.finding(entry.entry.span, message).also(always.rule.span, "always holds");
        return Some(finding.help("give the entry this rule's tier and remove the rule"));
    }
    let (first, last) = (entry.rules.first()?, entry.rules.last()?);
    leaves_nothing(view, entry).then(|| {
        let message = format!("the own tier of `{}` is never asked: one of its rules always holds", entry.entry.pattern);
        let finding = LINT.finding(entry.entry.span, message);
        let finding = finding.also(first.rule.span.to(last.rule.span), "where these are known, one of them holds");
        finding.help(
            "a test that is unknown does not lead here: the strictest answer of either outcome counts then; remove the tier, \
             or the rule that says what is left",
        )
    })
}

/// Whether no call is left where no rule holds, as far as that is proved.
fn leaves_nothing(view: &View<'_>, entry: &EntryView<'_>) -> bool {
    let conditions = entry.rules.iter().map(|rule| rule.condition.clone()).collect();
    let left = cases(&Condition::Any(conditions), false);
    left.is_some_and(|left| left.iter().all(|case| entry.tests.contradict(case, &view.effort).is_some()))
}
