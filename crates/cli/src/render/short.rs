//! Findings one a line: `file:line:column: severity[code]: message`.

use super::visible;
use crate::finding::{Finding, severity_name};

/// All findings.
pub(crate) fn findings(findings: &[Finding]) -> String {
    findings.iter().map(line).collect()
}

fn line(finding: &Finding) -> String {
    let (diagnostic, at) = (&finding.diagnostic, finding.position());
    let (file, message) = (visible(finding.file()), visible(&diagnostic.message));
    let (severity, code) = (severity_name(diagnostic.severity), diagnostic.code);
    format!("{file}:{}:{}: {severity}[{code}]: {message}\n", at.line, at.column)
}
