//! From text or nodes to a document.

use super::catalog::CatalogDocument;
use super::policy::PolicyDocument;
use super::shape::{At, Shape};
use super::suite::SuiteDocument;
use crate::diagnostic::{Diagnostic, Parsed};
use crate::source::{SourceId, Span};
use crate::yaml::{self, Document, Limits, Node};

/// Reads a policy from the nodes of its file. A value that stands in for an unreadable one is marked by an error.
#[must_use]
pub fn read_policy(_source: SourceId, root: &Node) -> Parsed<Option<PolicyDocument>> {
    read::<PolicyDocument>(root)
}

/// Reads a policy test document from the nodes of its file.
#[must_use]
pub fn read_suite(_source: SourceId, root: &Node) -> Parsed<Option<SuiteDocument>> {
    read::<SuiteDocument>(root)
}

/// Reads a catalog from the nodes of its file.
#[must_use]
pub fn read_catalog(_source: SourceId, root: &Node) -> Parsed<Option<CatalogDocument>> {
    read::<CatalogDocument>(root)
}

/// Reads a policy from its text: every finding of the text and of the document.
#[must_use]
pub fn load_policy(source: SourceId, text: &str, limits: Limits) -> Parsed<Option<PolicyDocument>> {
    load::<PolicyDocument>(source, text, limits)
}

/// Reads a policy test document from its text.
#[must_use]
pub fn load_suite(source: SourceId, text: &str, limits: Limits) -> Parsed<Option<SuiteDocument>> {
    load::<SuiteDocument>(source, text, limits)
}

/// Reads a catalog from its text, YAML or JSON.
#[must_use]
pub fn load_catalog(source: SourceId, text: &str, limits: Limits) -> Parsed<Option<CatalogDocument>> {
    load::<CatalogDocument>(source, text, limits)
}

fn read<S: Shape>(root: &Node) -> Parsed<Option<S::Value>> {
    let mut diagnostics = Vec::new();
    let value = S::read(&At { node: root, key: None, name: "the file".to_owned() }, &mut diagnostics);
    diagnostics.sort_by_key(Diagnostic::span);
    Parsed { value, diagnostics }
}

fn load<S: Shape>(source: SourceId, text: &str, limits: Limits) -> Parsed<Option<S::Value>> {
    let Parsed { value: yaml, mut diagnostics } = yaml::parse_with(source, text, limits);
    let Some(root) = &yaml.root else { return Parsed { value: None, diagnostics } };
    let mut document = read::<S>(root);
    let refused: Vec<Span> = diagnostics.iter().filter_map(Diagnostic::span).collect();
    document.diagnostics.retain(|finding| !follows(finding, &refused, &yaml, text));
    diagnostics.append(&mut document.diagnostics);
    diagnostics.sort_by_key(Diagnostic::span);
    Parsed { value: document.value, diagnostics }
}

/// Whether a finding only follows from one of the text: it stands at the same place, or misses what a syntax error kept
/// from being read.
fn follows(finding: &Diagnostic, refused: &[Span], yaml: &Document, text: &str) -> bool {
    let Some(span) = finding.span() else { return false };
    let within = |refused: &Span| refused.start <= span.start && span.start < refused.end;
    let same = refused.iter().chain(&yaml.unread).any(within);
    let unread = match finding.code {
        "missing-key" => !yaml.unread.is_empty(),
        code => ABSENCES.contains(&code) && yaml.is_unread_below(text, span),
    };
    same || unread
}

/// Findings about what is not there, beside a missing key.
const ABSENCES: &[&str] =
    &["missing-value", "silent-entry", "empty-capabilities", "empty-condition", "empty-list", "empty-expect"];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::has_errors;
    use crate::source::Sources;

    /// The findings of a text, each as `code line:column message`.
    fn findings<T>(load: fn(SourceId, &str, Limits) -> Parsed<T>, text: &str) -> Vec<String> {
        let mut sources = Sources::default();
        let source = sources.add("a.yaml", text);
        let parsed = load(source, text, Limits::default());
        let line = |finding: &Diagnostic| {
            let at = sources.position(finding.span().unwrap());
            format!("{} {}:{} {}", finding.code, at.line, at.column, finding.message)
        };
        parsed.diagnostics.iter().map(line).collect()
    }

    const POLICY: &str = r#"
name: team-moderate
version: "1.0"
description: Reads run.
layer: organization
extends: base-policy
defaults:
  tier: notify
capabilities:
  filesystem.*: { tier: autonomous }
  filesystem.write:
    rules:
      - condition: { content_size_lt: 10KiB, path_within: /workspace }
        tier: autonomous
      - condition: "size(params.content) >= 10240"
        tier: notify
    tier: approval_required
    reason: Large writes
    tags: [a, b]
    annotations: { owner: x, n: 1 }
  email.send:
    tier: notify
    rate_limit: { max: 10, window: 1h, per: agent, on_exceed: approval_required }
    approval: { expires: 24h, approvers: [ops], quorum: 1 }
"#;

    #[test]
    fn a_policy_is_read_as_written() {
        let mut sources = Sources::default();
        let source = sources.add("a.yaml", POLICY);
        let parsed = load_policy(source, POLICY, Limits::default());
        assert!(!has_errors(&parsed.diagnostics), "{:?}", parsed.diagnostics);
        let policy = parsed.value.unwrap();
        assert_eq!(policy.name.value, "team-moderate");
        assert_eq!(sources.text(policy.version.span), "1.0");
        assert_eq!(sources.text(policy.defaults.unwrap().span), "defaults:\n  tier: notify");
        let (pattern, write) = &policy.capabilities[1];
        assert_eq!(sources.text(pattern.span), "filesystem.write");
        assert_eq!(write.rules.len(), 2);
        assert_eq!(write.annotations.len(), 2);
        let limit = policy.capabilities[2].1.rate_limit.as_ref().unwrap();
        assert_eq!((limit.max.value, limit.window.value), (10, 3_600_000));
        assert_eq!(policy.capabilities[2].1.approval.as_ref().unwrap().expires.as_ref().unwrap().value, 86_400_000);
    }

    #[test]
    fn ten_mistakes_are_ten_findings() {
        let text = "name: Team One\nversion: 1.0\nlayr: system\ndefaults: { tier: notfy }\ncapabilities:\n  a.b: {}\n  \
                    a.b: { tier: notify }\n  c: { tier: deny, rate_limit: { max: 0, window: 5M } }\n  d: { rules: [] }\n  \
                    e: { reason: [] , tier: *x }\n";
        let found = findings(load_policy, text);
        let codes: Vec<&str> = found.iter().map(|line| line.split(' ').next().unwrap()).collect();
        let expected = [
            "invalid-name",
            "wrong-type",
            "unknown-key",
            "unknown-tier",
            "silent-entry",
            "duplicate-key",
            "unknown-tier",
            "out-of-range",
            "invalid-duration",
            "empty-list",
            "wrong-type",
            "yaml-alias",
        ];
        assert_eq!(codes, expected, "{found:#?}");
    }
}
