//! From text or nodes to a document.

use super::catalog::CatalogDocument;
use super::policy::PolicyDocument;
use super::shape::{At, Shape};
use super::suite::SuiteDocument;
use crate::diagnostic::{self, Diagnostic, Kind, Parsed, kinds};
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
    Parsed { value: document.value, diagnostics: diagnostic::in_order(diagnostics) }
}

/// Whether a finding only follows from one of the text: it stands at the same place, or misses what a syntax error kept
/// from being read.
fn follows(finding: &Diagnostic, refused: &[Span], yaml: &Document, text: &str) -> bool {
    let Some(span) = finding.span() else { return false };
    let within = |refused: &Span| refused.start <= span.start && span.start < refused.end;
    let same = refused.iter().chain(&yaml.unread).any(within);
    let unread = match finding.code {
        code if code == kinds::MISSING_KEY.code => !yaml.unread.is_empty(),
        code => ABSENCES.iter().any(|kind| kind.code == code) && yaml.is_unread_below(text, span),
    };
    same || unread
}

/// Findings about what is not there, beside a missing key.
static ABSENCES: &[&Kind] = &[
    &kinds::MISSING_VALUE,
    &kinds::SILENT_ENTRY,
    &kinds::EMPTY_CAPABILITIES,
    &kinds::EMPTY_CONDITION,
    &kinds::EMPTY_LIST,
    &kinds::EMPTY_EXPECT,
];
