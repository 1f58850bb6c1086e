//! Test results for people: what failed with the text beside it, then how many.

use super::{counted, human};
use crate::finding::Finding;
use crate::output::Look;
use crate::policy::test::SuiteReport;

/// The failures and the count.
pub(crate) fn human(reports: &[SuiteReport], look: Look) -> String {
    let broken: Vec<Finding> = reports.iter().flat_map(|report| &report.findings).cloned().collect();
    let failures = reports.iter().flat_map(|report| &report.cases).filter_map(|case| case.failure.clone());
    let failures: Vec<Finding> = failures.collect();
    let mut text = human::findings(&broken, look);
    text.push_str(&human::findings(&failures, look));
    text.push_str(&summary(reports, failures.len()));
    text
}

fn summary(reports: &[SuiteReport], failed: usize) -> String {
    let total: usize = reports.iter().map(|report| report.cases.len()).sum();
    let broken = reports.iter().filter(|report| !report.findings.is_empty()).count();
    let files = counted(reports.len(), "file", "files");
    let counts = format!("{files}: {} passed, {failed} failed", total - failed);
    if broken == 0 {
        return format!("{counts}\n");
    }
    format!("{counts}; {} could not be run\n", counted(broken, "file", "files"))
}
