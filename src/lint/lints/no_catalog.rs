//! Names that nothing was compared with.
//!
//! Without a catalog nobody knows which capabilities and parameters there are, so a misspelt name passes unseen: the entry
//! matches no call, the test is unknown at every call. The answer of any MCP server's `tools/list` is a catalog.
//!
//! Give lint a catalog, `--catalog FILE`; `--catalog kruxos` is the one that ships.

use super::super::Lint;
use super::super::view::View;
use crate::diagnostic::{Diagnostic, Severity};

pub(super) const LINT: Lint = Lint {
    code: "no-catalog",
    severity: Severity::Advice,
    examples: &[],
    source: include_str!("no_catalog.rs"),
    check,
};

fn check(view: &View<'_>, findings: &mut Vec<Diagnostic>) {
    let Some(first) = view.set.policies().first().filter(|_| view.set.catalog().is_none_or(|known| known.is_empty()))
    else {
        return;
    };
    let message = "the names of capabilities and parameters were not checked: no catalog says which there are";
    findings.push(
        LINT.finding(first.span, message)
            .help("give lint a catalog: `--catalog FILE`, `--catalog kruxos`, or a `*.catalog.yaml` among the files"),
    );
}
