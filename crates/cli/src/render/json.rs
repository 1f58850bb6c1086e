//! Findings and test results for machines. Field names are stable; positions stand as lines and columns, from 1, and as
//! byte offsets, from 0.

use kruxos_policy::diagnostic::Fix;
use kruxos_policy::source::Span;
use kruxos_policy::suite::CaseResult;
use kruxos_policy::wire::OriginDocument;
use serde::Serialize;
use serde_json::{Value, json};

use crate::finding::{Counts, Finding, severity_name};
use crate::policy::test::{CaseReport, SuiteReport};

#[derive(Serialize)]
struct Place {
    line: u32,
    column: u32,
    offset: u32,
}

#[derive(Serialize)]
struct Range<'f> {
    file: &'f str,
    start: Place,
    end: Place,
}

#[derive(Serialize)]
struct LabelJson<'f> {
    #[serde(flatten)]
    range: Range<'f>,
    text: &'f str,
}

#[derive(Serialize)]
struct FixJson<'f> {
    #[serde(flatten)]
    range: Range<'f>,
    replacement: &'f str,
}

#[derive(Serialize)]
struct FindingJson<'f> {
    code: &'static str,
    severity: &'static str,
    message: &'f str,
    file: &'f str,
    line: u32,
    column: u32,
    labels: Vec<LabelJson<'f>>,
    help: Option<&'f str>,
    fix: Option<FixJson<'f>>,
}

/// What `lint` found.
#[derive(Serialize)]
pub(crate) struct Findings<'f> {
    diagnostics: Vec<FindingJson<'f>>,
    summary: Summary,
}

#[derive(Serialize)]
struct Summary {
    files: usize,
    #[serde(flatten)]
    counts: Counts,
}

/// The findings in `files` files.
pub(crate) fn findings(findings: &[Finding], files: usize) -> Findings<'_> {
    let counts = Counts::of(findings);
    Findings { diagnostics: findings.iter().map(finding).collect(), summary: Summary { files, counts } }
}

fn finding(finding: &Finding) -> FindingJson<'_> {
    let diagnostic = &finding.diagnostic;
    let at = finding.position();
    let label = |label: &'_ kruxos_policy::diagnostic::Label| range(finding, label.span);
    FindingJson {
        code: diagnostic.code,
        severity: severity_name(diagnostic.severity),
        message: &diagnostic.message,
        file: finding.file(),
        line: at.line,
        column: at.column,
        labels: diagnostic.labels.iter().map(|one| LabelJson { range: label(one), text: &one.text }).collect(),
        help: diagnostic.help.as_deref(),
        fix: diagnostic.fix.as_ref().map(|one| fix(finding, one)),
    }
}

fn fix<'f>(finding: &'f Finding, fix: &'f Fix) -> FixJson<'f> {
    FixJson { range: range(finding, fix.span), replacement: &fix.replacement }
}

fn range(finding: &Finding, span: Span) -> Range<'_> {
    let place = |offset| {
        let at = finding.sources.position(Span::new(span.source, offset as usize, offset as usize));
        Place { line: at.line, column: at.column, offset }
    };
    Range { file: finding.file_of(span), start: place(span.start), end: place(span.end) }
}

/// One case's result.
#[derive(Serialize)]
pub(crate) struct CaseJson {
    name: String,
    line: u32,
    column: u32,
    passed: bool,
    tier: &'static str,
    reason: String,
    decided_by: Value,
    failures: Vec<Value>,
}

/// A case's result, with its place.
pub(crate) fn case(result: &CaseResult<'_>, place: &Finding) -> CaseJson {
    let at = place.position();
    let failure = |mismatch: &kruxos_policy::suite::Mismatch| {
        let at = place.sources.position(mismatch.span);
        let (field, expected, got) = (mismatch.field, &mismatch.expected, &mismatch.got);
        json!({ "field": field, "expected": expected, "got": got, "line": at.line, "column": at.column })
    };
    CaseJson {
        name: result.test.name.value.clone(),
        line: at.line,
        column: at.column,
        passed: result.passed(),
        tier: result.tier.as_str(),
        reason: result.reason.clone(),
        decided_by: json!(result.decided_by.as_ref().map(OriginDocument::from)),
        failures: result.mismatches.iter().map(failure).collect(),
    }
}

/// What the tests of all files came to.
#[derive(Serialize)]
pub(crate) struct Suites<'r> {
    suites: Vec<SuiteJson<'r>>,
    summary: Value,
}

#[derive(Serialize)]
struct SuiteJson<'r> {
    file: &'r str,
    diagnostics: Vec<FindingJson<'r>>,
    tests: Vec<&'r CaseJson>,
}

/// The results of all files.
pub(crate) fn suites(reports: &[SuiteReport]) -> Suites<'_> {
    let total: usize = reports.iter().map(|report| report.cases.len()).sum();
    let failed = reports.iter().flat_map(|report| &report.cases).filter(|case| case.failed()).count();
    let broken = reports.iter().filter(|report| !report.findings.is_empty()).count();
    Suites {
        suites: reports.iter().map(suite_json).collect(),
        summary: json!({ "passed": total - failed, "failed": failed, "broken_files": broken }),
    }
}

fn suite_json(report: &SuiteReport) -> SuiteJson<'_> {
    SuiteJson {
        file: &report.file,
        diagnostics: report.findings.iter().map(finding).collect(),
        tests: report.cases.iter().map(|case: &CaseReport| &case.result).collect(),
    }
}
