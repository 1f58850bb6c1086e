//! Words of one parameter that differ in case only.
//!
//! Texts compare by their bytes. Where `GET` stands in one place and `get` in another, one of them is a slip, or the author
//! knows that the case varies, and then `Get` is missing.
//!
//! Write one spelling, or fold the case: `params.method.lowerAscii() == 'get'`.

use std::collections::BTreeMap;

use super::super::facts::Fact;
use super::super::view::{EntryView, View, tests_in};
use super::super::{Example, Lint};
use crate::diagnostic::{Diagnostic, Severity};
use crate::source::Span;

pub(super) const LINT: Lint = Lint {
    code: "differs-in-case",
    severity: Severity::Warning,
    examples: &[Example::new(
        r#"name: requests
version: "1.0"
defaults: { tier: blocked }
capabilities:
  network.http_request:
    rules:
      - { condition: { method_eq: GET }, tier: autonomous }
      - { condition: { method_in: [Get, POST] }, tier: notify }
"#,
        8,
        r#"name: requests
version: "1.0"
defaults: { tier: blocked }
capabilities:
  network.http_request:
    rules:
      - { condition: { method_eq: GET }, tier: autonomous }
      - { condition: { method_in: [PUT, POST] }, tier: notify }
"#,
    )],
    source: include_str!("differs_in_case.rs"),
    check,
};

/// The first spelling of each word of each subject, by its lower case.
type Spellings<'t> = BTreeMap<(&'t str, String), (&'t str, Span)>;

fn check(view: &View<'_>, findings: &mut Vec<Diagnostic>) {
    for (_, entry) in view.own_entries() {
        slips(entry, findings);
    }
}

fn slips(entry: &EntryView<'_>, findings: &mut Vec<Diagnostic>) {
    let mut spellings = Spellings::new();
    for (test, span) in entry.rules.iter().flat_map(|rule| tests_in(&rule.condition)) {
        let Some((subject, words)) = entry.tests.words(Fact { test, holds: true }) else { continue };
        for word in words {
            let key = (subject, word.to_ascii_lowercase());
            let (first, place) = *spellings.entry(key).or_insert((word, span));
            if first != word {
                let message = format!("`{first}` and `{word}` differ in case only");
                let finding = LINT.finding(span, message);
                let finding = if place == span { finding } else { finding.also(place, "the other") };
                findings
                    .push(finding.help(format!("write one spelling, or fold the case: `{subject}.lowerAscii() == …`")));
                return;
            }
        }
    }
}
