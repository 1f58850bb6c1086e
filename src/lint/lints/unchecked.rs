//! What lint left out because there was too much of it.
//!
//! Lint's work is bounded: patterns are compared with those that begin and end alike, rules with the rules before them,
//! and proofs about patterns stop after some thousands. Past that, this says what was not looked at, so that silence is
//! not taken for a clean bill.
//!
//! Nothing is wrong with the policies. Splitting them into several sets that are linted on their own looks at more.

use super::super::Lint;
use super::super::view::View;
use super::unreachable_rule::comparable;
use crate::diagnostic::{Diagnostic, Severity};

pub(super) const LINT: Lint =
    Lint { code: "unchecked", severity: Severity::Advice, examples: &[], source: include_str!("unchecked.rs"), check };

fn check(view: &View<'_>, findings: &mut Vec<Diagnostic>) {
    for (_, entry) in view.own_entries().filter(|(_, entry)| entry.rules.len() > comparable()) {
        let message = format!("only the first {} rules of `{}` were compared", comparable(), entry.entry.pattern);
        findings.push(LINT.finding(entry.entry.span, message).help("split the entry"));
    }
    let Some(first) = view.set.policies().first() else { return };
    if !view.patterns.complete {
        let message = "not all pairs of patterns were compared: there are too many that begin alike";
        findings.push(LINT.finding(first.span, message).help("overlaps and entries without effect may be missing"));
    }
    if view.effort.exhausted() {
        let message = "not all proofs about patterns were made: there are too many";
        findings.push(LINT.finding(first.span, message).help("overlaps and unreachable rules may be missing"));
    }
}
