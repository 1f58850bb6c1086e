//! A rule that blocks one spelling of a text, where others pass.
//!
//! `branch == 'main'` blocks `main` and lets `refs/heads/main`, `Main` or `main ` through, where the tool behind may take them
//! for the same. A list of what is forbidden is complete only where the values are known: by a catalog's `enum`, that
//! is.
//!
//! List what is allowed and let the entry's own tier be the stricter one; or bring a catalog that says which values
//! there are.

use super::super::facts::Fact;
use super::super::view::{EntryView, PolicyView, RuleView, View, place};
use super::super::{Example, Lint, parameters, purpose};
use crate::diagnostic::{Diagnostic, Severity};
use crate::tier::Tier;

pub(super) const LINT: Lint = Lint {
    code: "blocks-one-spelling",
    severity: Severity::Warning,
    examples: &[Example::new(
        r#"name: pushes
version: "1.0"
defaults: { tier: blocked }
capabilities:
  git.push:
    rules:
      - { condition: "params.branch in ['main']", tier: blocked }
    tier: notify
"#,
        7,
        r#"name: pushes
version: "1.0"
defaults: { tier: blocked }
capabilities:
  git.push:
    rules:
      - { condition: "params.branch.startsWith('feature/')", tier: notify }
    tier: blocked
"#,
    )],
    source: include_str!("blocks_one_spelling.rs"),
    check,
};

fn check(view: &View<'_>, findings: &mut Vec<Diagnostic>) {
    for (policy, entry) in view.own_entries() {
        findings.extend(entry.rules.iter().filter_map(|rule| blocks(view, policy, entry, rule)));
    }
}

fn blocks(view: &View<'_>, policy: &PolicyView<'_>, entry: &EntryView<'_>, rule: &RuleView<'_>) -> Option<Diagnostic> {
    let otherwise = entry.otherwise(policy);
    if rule.rule.outcome.tier != Tier::Blocked || otherwise == Tier::Blocked {
        return None;
    }
    let (fact, parameter) = rule.cases.iter().flatten().flatten().find_map(|fact| open_words(view, entry, *fact))?;
    let span = place(&rule.condition, fact).unwrap_or(rule.rule.condition.span);
    let message = format!("other spellings of this `{parameter}` get `{otherwise}`");
    Some(
        LINT.finding(span, message)
            .labelled("nothing says which values there are")
            .help("list what is allowed and block the rest, or bring a catalog with the values as an `enum`"),
    )
}

/// A test of words on a parameter whose values nobody knows.
fn open_words(view: &View<'_>, entry: &EntryView<'_>, fact: Fact) -> Option<(Fact, String)> {
    let (subject, words) = entry.tests.words(fact).filter(|_| fact.holds)?;
    let parameter = subject.strip_prefix("params.")?.to_owned();
    let plain = parameter.chars().all(|char| char.is_alphanumeric() || "_.".contains(char));
    let spelt = words.iter().any(|word| word.chars().any(char::is_alphabetic));
    let closed = parameters::known(view, entry, &parameter).iter().any(|(_, known)| known.values.is_some());
    let other = purpose::is_command(view, entry, &parameter) || purpose::is_path(view, entry, &parameter);
    (plain && spelt && !closed && !other).then_some((fact, parameter))
}
