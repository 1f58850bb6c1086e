//! Findings about policies that load but probably do not say what their authors mean.
//!
//! Each lint is one file under `lints/`: its opening comment is its public page, its examples are run as tests. Lint
//! knows everything of a policy set and decides nothing; what it says of conditions is proved from the same tests and
//! shapes that the decision tree is made of.

mod about;
#[cfg(feature = "shell")]
mod command_tests;
mod facts;
mod given;
mod implication;
mod lints;
mod page;
mod parameters;
mod patterns;
mod presence;
mod purpose;
mod regex_form;
mod sets;
mod typed_sets;
mod view;

pub use lints::LINTS;
pub use page::page;

use std::collections::BTreeSet;

use crate::diagnostic::{self, Diagnostic, Severity};
use crate::policy_set::PolicySet;
use crate::source::Span;
use view::View;

/// One kind of finding.
#[derive(Debug)]
pub struct Lint {
    /// Stable kebab-case name, the code of its diagnostics.
    pub code: &'static str,
    /// How much its findings weigh as a rule.
    pub severity: Severity,
    /// A policy that has the finding, and one that says what is meant.
    pub examples: &'static [Example],
    /// The file it stands in; its opening comment is its page.
    source: &'static str,
    check: fn(&View<'_>, &mut Vec<Diagnostic>),
}

/// Policies for a lint's page and tests.
#[derive(Clone, Copy, Debug)]
pub struct Example {
    /// A catalog as YAML, where the lint needs one.
    pub catalog: Option<&'static str>,
    /// Other policies that are in force.
    pub beside: &'static [&'static str],
    /// A policy with the finding.
    pub bad: &'static str,
    /// Where the finding is in it.
    pub line: u32,
    /// The same, mended.
    pub good: &'static str,
}

impl Example {
    /// Policies that stand alone.
    const fn new(bad: &'static str, line: u32, good: &'static str) -> Self {
        Self { catalog: None, beside: &[], bad, line, good }
    }

    const fn with_catalog(self, catalog: &'static str) -> Self {
        Self { catalog: Some(catalog), ..self }
    }

    const fn beside(self, policies: &'static [&'static str]) -> Self {
        Self { beside: policies, ..self }
    }
}

impl Lint {
    /// Its page: what it finds, why it matters, how to mend it. Markdown.
    #[must_use]
    pub fn doc(&self) -> String {
        let lines = self.source.lines().map_while(|line| line.strip_prefix("//!"));
        lines.map(|line| line.strip_prefix(' ').unwrap_or(line)).collect::<Vec<_>>().join("\n")
    }

    /// A finding of this lint.
    fn finding(&self, span: Span, message: impl Into<String>) -> Diagnostic {
        Diagnostic::coded(self.code, self.severity, span, message)
    }

    /// A finding that weighs less than this lint's others.
    fn advice(&self, span: Span, message: impl Into<String>) -> Diagnostic {
        Diagnostic::coded(self.code, Severity::Advice, span, message)
    }
}

/// Runs every lint over a policy set. The findings are in order of file and place, each once.
#[must_use]
pub fn check(set: &PolicySet) -> Vec<Diagnostic> {
    let view = View::of(set);
    let mut findings = Vec::new();
    for lint in LINTS {
        (lint.check)(&view, &mut findings);
    }
    drop_consequences(&mut findings);
    diagnostic::in_order(findings)
}

/// Findings that only follow from another one at the same place, which has to be mended first: the lint whose findings
/// follow, and the lint that they follow from.
const CONSEQUENCES: &[(&str, &str)] = &[("text-test-on-path", "dead-path-value")];

fn drop_consequences(findings: &mut Vec<Diagnostic>) {
    for (follows, from) in CONSEQUENCES {
        let places: BTreeSet<Option<Span>> =
            findings.iter().filter(|finding| finding.code == *from).map(Diagnostic::span).collect();
        findings.retain(|finding| finding.code != *follows || !places.contains(&finding.span()));
    }
}

#[cfg(test)]
mod tests;
