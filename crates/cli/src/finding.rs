//! A diagnostic together with the texts its spans point into, and the order in which findings are shown.

use std::cmp::Reverse;
use std::sync::Arc;

use kruxos_policy::diagnostic::{Diagnostic, Severity};
use kruxos_policy::source::{Position, Source, Sources, Span};

/// One diagnostic, ready to be rendered.
#[derive(Clone, Debug)]
pub(crate) struct Finding {
    /// What is wrong.
    pub(crate) diagnostic: Diagnostic,
    /// The texts that its spans are of.
    pub(crate) sources: Arc<Sources>,
    /// What belongs to it and lies in other texts.
    pub(crate) related: Vec<Finding>,
}

impl Finding {
    /// A finding with nothing related.
    pub(crate) fn new(diagnostic: Diagnostic, sources: &Arc<Sources>) -> Self {
        Self { diagnostic, sources: sources.clone(), related: Vec::new() }
    }

    /// The findings of one set of texts.
    pub(crate) fn all(diagnostics: Vec<Diagnostic>, sources: &Arc<Sources>) -> Vec<Self> {
        diagnostics.into_iter().map(|diagnostic| Self::new(diagnostic, sources)).collect()
    }

    /// The name of the file it is in; empty when it has no place.
    pub(crate) fn file(&self) -> &str {
        self.diagnostic.span().map_or("", |span| self.file_of(span))
    }

    /// The name of the file a span is in.
    pub(crate) fn file_of(&self, span: Span) -> &str {
        self.sources.get(span.source).map(Source::name).map_or("", |name| name.as_ref())
    }

    /// Where it is.
    pub(crate) fn position(&self) -> Position {
        self.diagnostic.span().map_or(Position { line: 1, column: 1 }, |span| self.sources.position(span))
    }
}

/// Puts findings in order of file and place, the graver first at one place, and drops repeated ones.
pub(crate) fn sort(findings: &mut Vec<Finding>) {
    findings.sort_by(|left, right| Rank::of(left).cmp(&Rank::of(right)));
    findings.dedup_by(|left, right| Rank::of(left) == Rank::of(right));
}

/// What findings are put in order by.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Rank<'f> {
    file: &'f str,
    place: Option<(u32, u32)>,
    severity: Reverse<Severity>,
    words: (&'static str, &'f str),
}

impl<'f> Rank<'f> {
    fn of(finding: &'f Finding) -> Self {
        let diagnostic = &finding.diagnostic;
        Self {
            file: finding.file(),
            place: diagnostic.span().map(|span| (span.start, span.end)),
            severity: Reverse(diagnostic.severity),
            words: (diagnostic.code, &diagnostic.message),
        }
    }
}

/// How many findings there are of each severity.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub(crate) struct Counts {
    /// Errors.
    pub(crate) errors: usize,
    /// Warnings.
    pub(crate) warnings: usize,
    /// Advice.
    pub(crate) advice: usize,
}

impl Counts {
    /// Counts them.
    pub(crate) fn of(findings: &[Finding]) -> Self {
        let count = |severity| findings.iter().filter(|finding| finding.diagnostic.severity == severity).count();
        Self { errors: count(Severity::Error), warnings: count(Severity::Warning), advice: count(Severity::Advice) }
    }
}

/// The word for a severity.
pub(crate) const fn severity_name(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Advice => "advice",
    }
}

#[cfg(test)]
mod tests {
    use kruxos_policy::diagnostic::kinds;

    use super::*;

    fn finding(file: &str, at: usize, severity: Severity) -> Finding {
        let mut sources = Sources::default();
        let id = sources.add(file, "0123456789");
        let mut diagnostic = Diagnostic::of(&kinds::FAILING_TEST, Span::new(id, at, at + 1), "m");
        diagnostic.severity = severity;
        Finding::new(diagnostic, &Arc::new(sources))
    }

    #[test]
    fn findings_stand_in_order_of_file_and_place_and_once() {
        let mut findings = vec![
            finding("b", 1, Severity::Error),
            finding("a", 10, Severity::Error),
            finding("a", 9, Severity::Advice),
            finding("a", 9, Severity::Error),
            finding("b", 1, Severity::Error),
        ];
        sort(&mut findings);
        let order: Vec<_> =
            findings.iter().map(|one| (one.file(), one.position().column, one.diagnostic.severity)).collect();
        let expected = [
            ("a", 10, Severity::Error),
            ("a", 10, Severity::Advice),
            ("a", 11, Severity::Error),
            ("b", 2, Severity::Error),
        ];
        assert_eq!(order, expected);
    }
}
