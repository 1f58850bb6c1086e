//! Rules that are tried one after the other, because an index over their tests would be too large.
//!
//! Rules of one entry that test the same parameter are looked up at once, whatever their number. An index has a limit;
//! beyond it the tests are scanned in order. The answers are the same, but a call costs more with every rule.
//!
//! Split the entry by capability, or use tests that need less: a list or a beginning instead of regular expressions.

use super::super::Lint;
use super::super::view::View;
use crate::diagnostic::{Diagnostic, Severity};
use crate::tree::program::Program;

pub(super) const LINT: Lint = Lint {
    code: "scanned-rules",
    severity: Severity::Advice,
    examples: &[],
    source: include_str!("scanned_rules.rs"),
    check,
};

/// Entries of fewer rules are as quick to scan.
const FEWEST: usize = 4;

fn check(view: &View<'_>, findings: &mut Vec<Diagnostic>) {
    for (_, entry) in view.own_entries().filter(|(_, entry)| entry.rules.len() >= FEWEST) {
        let mut program = Program::default();
        program.add_entry(entry.entry);
        let selects = program.entries.iter().filter_map(|compiled| compiled.select.as_ref());
        let scanned: usize = selects.map(|select| select.over_budget).sum();
        if scanned > 0 {
            let message = format!("{scanned} rules of `{}` are tried one after the other", entry.entry.pattern);
            findings.push(
                LINT.finding(entry.entry.span, message)
                    .labelled("an index over their tests would be too large")
                    .help("split the entry by capability, or test lists and beginnings instead of regular expressions"),
            );
        }
    }
}
