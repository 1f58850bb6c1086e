//! A condition that can never hold.
//!
//! Tests that exclude each other make a rule that never answers: `x < 5` and `x > 10`, a text that equals two words, a path
//! within two directories apart from each other, a parameter that is absent and has a value, a list of which another test
//! refuses every element. What reads like a safeguard is none.
//!
//! Mend the test that is wrong, or write the tests as alternatives: `any: [{…}, {…}]`, `a || b`.

use super::super::view::{EntryView, RuleView, View, place};
use super::super::{Example, Lint};
use crate::diagnostic::{Diagnostic, Severity};

pub(super) const LINT: Lint = Lint {
    code: "impossible-condition",
    severity: Severity::Warning,
    examples: &[
        Example::new(
            r#"name: writes
version: "1.0"
defaults: { tier: blocked }
capabilities:
  filesystem.write:
    rules:
      - condition: { path_within: /etc, path_prefix: /root/ }
        tier: blocked
    tier: notify
"#,
            7,
            r#"name: writes
version: "1.0"
defaults: { tier: blocked }
capabilities:
  filesystem.write:
    rules:
      - condition: { any: [{ path_within: /etc }, { path_prefix: /root/ }] }
        tier: blocked
    tier: notify
"#,
        ),
        Example::new(
            r#"name: requests
version: "1.0"
defaults: { tier: blocked }
capabilities:
  network.http_request:
    rules:
      - condition: "params.method in ['GET', 'HEAD'] && params.method == 'POST'"
        tier: autonomous
    tier: approval_required
"#,
            7,
            r#"name: requests
version: "1.0"
defaults: { tier: blocked }
capabilities:
  network.http_request:
    rules:
      - condition: "params.method in ['GET', 'HEAD'] || params.method == 'POST'"
        tier: autonomous
    tier: approval_required
"#,
        ),
    ],
    source: include_str!("impossible_condition.rs"),
    check,
};

fn check(view: &View<'_>, findings: &mut Vec<Diagnostic>) {
    for (_, entry) in view.own_entries() {
        findings.extend(entry.rules.iter().filter_map(|rule| impossible(view, entry, rule)));
    }
}

fn impossible(view: &View<'_>, entry: &EntryView<'_>, rule: &RuleView<'_>) -> Option<Diagnostic> {
    let cases = rule.cases.as_ref()?;
    let mut pair = None;
    for case in cases {
        pair = Some(entry.tests.contradict(case, &view.effort)?);
    }
    let span = rule.rule.condition.span;
    let message = "this condition can never hold";
    let finding = LINT.finding(span, message).help("mend the wrong test, or write the tests as alternatives");
    Some(match pair {
        Some((left, right)) => [left, right].into_iter().fold(finding, |finding, fact| {
            let span = place(&rule.condition, fact).unwrap_or(span);
            finding.also(span, "never goes together with the other test")
        }),
        None => finding.help("it is always false; remove the rule"),
    })
}
