//! `kruxos policy test`: the cases beside the policies, run.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::{Args, ValueEnum};
use kruxos_policy::diagnostic::{Diagnostic, has_errors, kinds};
use kruxos_policy::document::{self, SuiteDocument};
use kruxos_policy::files::{self, FileKind};
use kruxos_policy::source::{Sources, Span, Spanned};
use kruxos_policy::suite::{self, CaseResult};
use kruxos_policy::yaml::Limits;
use kruxos_policy::{Engine, Loader};

use super::{EMBEDDED_CATALOG, add_catalog, engine_of};
use crate::exit::{Exit, Failure};
use crate::finding::Finding;
use crate::output::Streams;
use crate::render::{json, phrase, tests as render};

/// Run policy tests.
///
/// Each case of a `*.test.yaml` is a call and the decision it is to get. The exit code is 1 when a case fails.
#[derive(Args)]
#[command(name = "test")]
pub(crate) struct Test {
    /// Test files, or directories that hold some.
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// How results are shown.
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    format: Format,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum Format {
    /// Failures with excerpts of the text, for people.
    #[default]
    Human,
    /// One JSON document.
    Json,
}

/// What the cases of one file came to.
pub(crate) struct SuiteReport {
    /// The file.
    pub(crate) file: String,
    /// Whether a file it names cannot be read.
    pub(crate) unreadable: bool,
    /// What keeps its cases from being run.
    pub(crate) findings: Vec<Finding>,
    /// Its cases, when they were run.
    pub(crate) cases: Vec<CaseReport>,
}

/// What one case came to.
pub(crate) struct CaseReport {
    /// Its result as data.
    pub(crate) result: json::CaseJson,
    /// What to show when it failed.
    pub(crate) failure: Option<Finding>,
}

impl Test {
    /// Runs every case of every file.
    pub(crate) fn run(&self, streams: &mut Streams) -> Result<Exit, Failure> {
        let named = |file: &PathBuf| FileKind::of(file) == FileKind::Suite || self.paths.contains(file);
        let files: Vec<PathBuf> = files::list_all(&self.paths)?.into_iter().filter(named).collect();
        if files.is_empty() {
            return Err(Failure::misuse(
                "there is nothing to test: no `*.test.yaml` in what was given",
                "put `<name>.test.yaml` beside `<name>.yaml`",
            ));
        }
        let reports = files.iter().map(|file| run_file(file)).collect::<Result<Vec<_>, _>>()?;
        match self.format {
            Format::Human => {
                let look = streams.out.look();
                streams.out.text(&render::human(&reports, look))?;
            }
            Format::Json => streams.out.json(&json::suites(&reports))?,
        }
        Ok(reports.iter().map(SuiteReport::exit).max().unwrap_or(Exit::Clean))
    }
}

impl SuiteReport {
    fn exit(&self) -> Exit {
        match self {
            Self { unreadable: true, .. } => Exit::Misuse,
            report if !report.findings.is_empty() || report.cases.iter().any(CaseReport::failed) => Exit::Findings,
            _ => Exit::Clean,
        }
    }
}

impl CaseReport {
    /// Whether an expectation was not met.
    pub(crate) const fn failed(&self) -> bool {
        self.failure.is_some()
    }
}

fn run_file(file: &Path) -> Result<SuiteReport, Failure> {
    let name = file.to_string_lossy().into_owned();
    let limits = Limits::default();
    let text = files::read(file, limits.bytes)?;
    let mut sources = Sources::default();
    let id = sources.add(name.as_str(), text.as_str());
    let sources = Arc::new(sources);
    let parsed = document::load_suite(id, &text, limits);
    let report = |unreadable, findings, cases| SuiteReport { file: name.clone(), unreadable, findings, cases };
    let document = match parsed.value {
        Some(document) if !has_errors(&parsed.diagnostics) => document,
        _ => return Ok(report(false, Finding::all(parsed.diagnostics, &sources), Vec::new())),
    };
    let beginning = Span::new(id, 0, 0);
    Ok(match engine(file, &document, beginning) {
        Err(Unusable::Diagnostic(diagnostic)) => report(true, vec![Finding::new(*diagnostic, &sources)], Vec::new()),
        Err(Unusable::Findings(findings)) => report(false, findings, Vec::new()),
        Ok(engine) => {
            let results = suite::run(&document, &engine);
            let cases = results.iter().map(|result| case(result, &engine, &sources)).collect();
            report(false, Vec::new(), cases)
        }
    })
}

/// Why there is no engine for a test file.
enum Unusable {
    /// The test file names something that cannot be had.
    Diagnostic(Box<Diagnostic>),
    /// The policies do not load.
    Findings(Vec<Finding>),
}

/// The engine of the policies that a test file is about.
fn engine(file: &Path, document: &SuiteDocument, beginning: Span) -> Result<Engine, Unusable> {
    let mut loader = Loader::new();
    if let Some((catalog, path)) = document.catalog.as_ref().zip(catalog_of(file, document)) {
        loader = add_catalog(loader, &path).map_err(|error| unreadable(catalog.span, &error))?;
    }
    for policy in policies(file, document, beginning) {
        loader = loader.policies_at(&policy.value).map_err(|error| unreadable(policy.span, &error))?;
    }
    let engine = engine_of(loader.load()).map_err(Unusable::Findings)?;
    engine.map_err(|limit| {
        let message = format!("these policies are too large to decide by: {limit}");
        Unusable::Diagnostic(Box::new(Diagnostic::of(&kinds::POLICIES_TOO_LARGE, beginning, message)))
    })
}

/// The catalog that a test file names, as `--catalog` takes it.
pub(super) fn catalog_of(file: &Path, document: &SuiteDocument) -> Option<PathBuf> {
    let named = &document.catalog.as_ref()?.value;
    Some(if named == EMBEDDED_CATALOG { PathBuf::from(EMBEDDED_CATALOG) } else { beside(file, named) })
}

/// The policy files a test file names, or the one beside it.
fn policies(file: &Path, document: &SuiteDocument, beginning: Span) -> Vec<Spanned<PathBuf>> {
    if !document.policies.is_empty() {
        let place = |path: &Spanned<String>| Spanned::new(beside(file, &path.value), path.span);
        return document.policies.iter().map(place).collect();
    }
    let stem = file.file_stem().map(Path::new).unwrap_or(file);
    let mut name = stem.file_stem().unwrap_or_default().to_owned();
    name.push(".");
    name.push(file.extension().unwrap_or_default());
    vec![Spanned::new(file.with_file_name(name), beginning)]
}

/// A path that a file names, relative to that file.
fn beside(file: &Path, path: &str) -> PathBuf {
    file.parent().unwrap_or(Path::new("")).join(path)
}

fn unreadable(span: Span, error: &files::FileError) -> Unusable {
    let finding = Diagnostic::of(&kinds::UNREADABLE_POLICY, span, error.to_string())
        .help("`policies:` and `catalog:` name files relative to this one; without `policies:` it is about `<name>.yaml` beside `<name>.test.yaml`");
    Unusable::Diagnostic(Box::new(finding))
}

fn case(result: &CaseResult<'_>, engine: &Engine, sources: &Arc<Sources>) -> CaseReport {
    let place = Diagnostic::of(&kinds::FAILING_TEST, result.test.name.span, "");
    let place = Finding::new(place, sources);
    let failure = (!result.passed()).then(|| failure(result, engine, sources));
    let result = json::case(result, &place);
    CaseReport { result, failure }
}

/// A failing case as a finding: each unmet expectation at its place, and what decided beside it.
fn failure(result: &CaseResult<'_>, engine: &Engine, sources: &Arc<Sources>) -> Finding {
    let message = format!("`{}` fails", result.test.name.value);
    let mut mismatches = result.mismatches.iter();
    let label = |mismatch: &suite::Mismatch| match mismatch.field {
        "unknowns" => format!("got {}: see below", mismatch.got),
        _ => format!("got {}", mismatch.got),
    };
    let first = mismatches.next();
    let span = first.map_or(result.test.name.span, |mismatch| mismatch.span);
    let mut diagnostic = Diagnostic::of(&kinds::FAILING_TEST, span, message);
    if let Some(first) = first {
        diagnostic = diagnostic.labelled(label(first));
    }
    for mismatch in mismatches {
        diagnostic = diagnostic.also(mismatch.span, label(mismatch));
    }
    let mut finding = Finding::new(diagnostic, sources);
    finding.related = decider(result, engine).into_iter().collect();
    finding.diagnostic.help = unknowns(result);
    finding
}

/// The tests that were unknown, each with what would resolve it: a usual reason for a tier nobody expected.
fn unknowns(result: &CaseResult<'_>) -> Option<String> {
    let lines = result.unknowns.iter().map(|(test, help)| format!("`{}` is unknown: {help}", phrase::of(test)));
    let lines: Vec<String> = lines.collect();
    (!lines.is_empty()).then(|| lines.join("\n"))
}

/// Where the answer that a case got is written.
fn decider(result: &CaseResult<'_>, engine: &Engine) -> Option<Finding> {
    let Some(origin) = &result.decided_by else { return None };
    let sources = Arc::new(engine.policy_set().sources().clone());
    let message = format!("{} comes from here: {}", result.tier, result.reason);
    let diagnostic = Diagnostic::of(&kinds::DECIDED_BY, origin.span, message);
    Some(Finding::new(diagnostic, &sources))
}
