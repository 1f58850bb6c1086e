//! `kruxos policy lint`: everything that is wrong with policies and their tests, in one run.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::{Args, ValueEnum};
use kruxos_policy::diagnostic::{Diagnostic, Severity, kinds};
use kruxos_policy::files::{self, FileKind};
use kruxos_policy::source::{Sources, Span};
use kruxos_policy::yaml::Limits;
use kruxos_policy::{Loader, PolicySet, document, lint};

use super::{CatalogChoice, EMBEDDED_CATALOG, add_catalogs, real};
use crate::exit::{Exit, Failure};
use crate::finding::{self, Finding};
use crate::output::{Output, Streams};
use crate::render::{human, json, short};

/// Find what is wrong with policies and policy tests.
///
/// All policies that are given are looked at together, as they would be in force. The exit code is 1 when a finding is
/// of the level of `--deny` or above.
#[derive(Args)]
pub(crate) struct Lint {
    /// Policy files, policy tests, catalogs, or directories of them.
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    #[command(flatten)]
    catalog: CatalogChoice,
    /// How findings are shown.
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    format: Format,
    /// The least level of a finding that makes the exit code 1.
    #[arg(long, value_enum, default_value_t, value_name = "LEVEL")]
    deny: Level,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum Format {
    /// With excerpts of the text, for people.
    #[default]
    Human,
    /// `file:line:column: level[code]: message`, one a line.
    Short,
    /// One JSON document.
    Json,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum Level {
    /// Errors: what keeps a policy from loading.
    Error,
    /// Warnings too: what loads, but probably does not say what its author means.
    #[default]
    Warning,
    /// Advice too: every finding.
    Advice,
}

impl From<Level> for Severity {
    fn from(level: Level) -> Self {
        match level {
            Level::Error => Self::Error,
            Level::Warning => Self::Warning,
            Level::Advice => Self::Advice,
        }
    }
}

impl Lint {
    /// Shows every finding.
    pub(crate) fn run(&self, streams: &mut Streams) -> Result<Exit, Failure> {
        let files = files::list_all(&self.paths)?;
        if files.is_empty() {
            return Err(Failure::misuse(
                "there is nothing to lint: no `*.yaml` in what was given",
                "name a policy file, or a directory that holds some",
            ));
        }
        let findings = self.findings(&files)?;
        self.show(&findings, files.len(), &mut streams.out)?;
        let denied = |finding: &Finding| finding.diagnostic.severity >= self.deny.into();
        Ok(if findings.iter().any(denied) { Exit::Findings } else { Exit::Clean })
    }

    fn findings(&self, files: &[PathBuf]) -> Result<Vec<Finding>, Failure> {
        let of_kind = |kind| files.iter().filter(move |file| FileKind::of(file) == kind);
        let mut findings = Vec::new();
        let chosen = self.chosen(files, &mut findings);
        let (of_policies, known) = policies(of_kind(FileKind::Policy), &chosen)?;
        findings.extend(of_policies);
        for file in of_kind(FileKind::Suite) {
            findings.extend(suite(file, known.as_ref())?);
        }
        let counted: Vec<PathBuf> = chosen.iter().map(|path| real(path)).collect();
        for file in of_kind(FileKind::Catalog).filter(|file| !counted.contains(&real(file))) {
            findings.extend(catalog(file)?);
        }
        finding::sort(&mut findings);
        Ok(findings)
    }

    /// The catalogs to judge by: those that are given, else those among the files, else the one that all their tests name.
    fn chosen(&self, files: &[PathBuf], findings: &mut Vec<Finding>) -> Vec<PathBuf> {
        if !self.catalog.catalogs.is_empty() {
            return self.catalog.catalogs.clone();
        }
        let of_kind = |kind| files.iter().filter(move |file| FileKind::of(file) == kind).cloned();
        let given: Vec<PathBuf> = of_kind(FileKind::Catalog).collect();
        if !given.is_empty() {
            return given;
        }
        let named: Vec<Named> = of_kind(FileKind::Suite).filter_map(|file| named_by(&file)).collect();
        let Some((first, rest)) = named.split_first() else { return Vec::new() };
        match rest.iter().find(|other| real(&other.path) != real(&first.path)) {
            None => vec![first.path.clone()],
            Some(other) => {
                findings.push(other.differs_from(first));
                Vec::new()
            }
        }
    }

    fn show(&self, findings: &[Finding], files: usize, out: &mut Output) -> std::io::Result<()> {
        match self.format {
            Format::Human => {
                out.text(&human::findings(findings, out.look()))?;
                out.text(&human::summary(findings, files))
            }
            Format::Short => out.text(&short::findings(findings)),
            Format::Json => out.json(&json::findings(findings, files)),
        }
    }
}

/// What is wrong with policies that are in force together, and the policies where they load.
fn policies<'f>(
    files: impl Iterator<Item = &'f PathBuf>,
    catalogs: &[PathBuf],
) -> Result<(Vec<Finding>, Option<PolicySet>), Failure> {
    let loader = add_catalogs(Loader::new(), catalogs)?;
    let loaded = loader.policies_at_all(&files.collect::<Vec<_>>())?.load();
    let mut diagnostics = loaded.diagnostics;
    diagnostics.extend(loaded.set.iter().flat_map(lint::check));
    Ok((Finding::all(diagnostics, &loaded.sources), loaded.set))
}

/// The catalog that a test file names.
struct Named {
    path: PathBuf,
    span: Span,
    sources: Arc<Sources>,
}

impl Named {
    /// What is said where two test files name different catalogs.
    fn differs_from(&self, first: &Self) -> Finding {
        let (own, other) = (self.path.display(), first.path.display());
        let message = format!("tests name different catalogs, `{other}` and `{own}`, so policies are judged by none");
        let finding = Diagnostic::of(&kinds::SEVERAL_CATALOGS, self.span, message);
        let help = format!("say which are meant: `--catalog {other}`, `--catalog {own}`, or both");
        Finding::new(finding.help(help), &self.sources)
    }
}

/// The catalog that a test file names, where it can be had.
fn named_by(file: &Path) -> Option<Named> {
    let limits = Limits::default();
    let text = files::read(file, limits.bytes).ok()?;
    let mut sources = Sources::default();
    let id = sources.add(file.to_string_lossy(), text.as_str());
    let document = document::load_suite(id, &text, limits).value?;
    let path = super::test::catalog_of(file, &document)?;
    let span = document.catalog.as_ref()?.span;
    let there = path == Path::new(EMBEDDED_CATALOG) || path.is_file();
    there.then(|| Named { path, span, sources: Arc::new(sources) })
}

/// What is wrong with a test file by itself, and with the names in it, where it is known which there are.
fn suite(file: &Path, known: Option<&PolicySet>) -> Result<Vec<Finding>, Failure> {
    let limits = Limits::default();
    let text = files::read(file, limits.bytes)?;
    let mut sources = Sources::default();
    let id = sources.add(file.to_string_lossy(), text.as_str());
    let mut parsed = document::load_suite(id, &text, limits);
    let catalog = known.and_then(PolicySet::catalog);
    if let Some((document, catalog)) = parsed.value.as_ref().zip(catalog) {
        parsed.diagnostics.extend(kruxos_policy::suite::misspelt_calls(document, catalog));
    }
    Ok(Finding::all(parsed.diagnostics, &Arc::new(sources)))
}

/// What is wrong with a catalog by itself.
fn catalog(file: &Path) -> Result<Vec<Finding>, Failure> {
    let loaded = Loader::new().catalog_at(file)?.load();
    Ok(Finding::all(loaded.diagnostics, &loaded.sources))
}
