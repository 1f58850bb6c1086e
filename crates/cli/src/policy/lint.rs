//! `kruxos policy lint`: everything that is wrong with policies and their tests, in one run.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::{Args, ValueEnum};
use kruxos_policy::diagnostic::Severity;
use kruxos_policy::files::{self, FileKind};
use kruxos_policy::source::Sources;
use kruxos_policy::yaml::Limits;
use kruxos_policy::{Loader, document, lint};

use super::{CatalogChoice, EMBEDDED_CATALOG, add_catalog};
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
        let chosen = self.catalog.catalog.clone().or_else(|| the_catalog(files));
        let mut findings = policies(of_kind(FileKind::Policy), chosen.as_deref())?;
        for file in of_kind(FileKind::Suite) {
            findings.extend(suite(file)?);
        }
        for file in of_kind(FileKind::Catalog).filter(|file| Some(file.as_path()) != chosen.as_deref()) {
            findings.extend(catalog(file)?);
        }
        finding::sort(&mut findings);
        Ok(findings)
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

/// What is wrong with policies that are in force together.
fn policies<'f>(files: impl Iterator<Item = &'f PathBuf>, catalog: Option<&Path>) -> Result<Vec<Finding>, Failure> {
    let loader = catalog.map_or(Ok(Loader::new()), |catalog| add_catalog(Loader::new(), catalog))?;
    let loaded = loader.policies_at_all(&files.collect::<Vec<_>>())?.load();
    let mut diagnostics = loaded.diagnostics;
    diagnostics.extend(loaded.set.iter().flat_map(lint::check));
    Ok(Finding::all(diagnostics, &loaded.sources))
}

/// The catalog that the files themselves bring: the one among them, else the one that all their tests name. Where there
/// are several, `--catalog` has to say which.
fn the_catalog(files: &[PathBuf]) -> Option<PathBuf> {
    let of_kind = |kind| files.iter().filter(move |file| FileKind::of(file) == kind);
    let given: Vec<PathBuf> = of_kind(FileKind::Catalog).cloned().collect();
    let found =
        if given.is_empty() { of_kind(FileKind::Suite).filter_map(|file| named_by(file)).collect() } else { given };
    let (first, rest) = found.split_first()?;
    rest.iter().all(|other| other == first).then(|| first.clone())
}

/// The catalog that a test file names, where it can be had.
fn named_by(file: &Path) -> Option<PathBuf> {
    let limits = Limits::default();
    let text = files::read(file, limits.bytes).ok()?;
    let id = Sources::default().add(file.to_string_lossy(), text.as_str());
    let document = document::load_suite(id, &text, limits).value?;
    let catalog = super::test::catalog_of(file, &document)?;
    (catalog == Path::new(EMBEDDED_CATALOG) || catalog.is_file()).then_some(catalog)
}

/// What is wrong with a test file by itself.
fn suite(file: &Path) -> Result<Vec<Finding>, Failure> {
    let limits = Limits::default();
    let text = files::read(file, limits.bytes)?;
    let mut sources = Sources::default();
    let id = sources.add(file.to_string_lossy(), text.as_str());
    let parsed = document::load_suite(id, &text, limits);
    Ok(Finding::all(parsed.diagnostics, &Arc::new(sources)))
}

/// What is wrong with a catalog by itself.
fn catalog(file: &Path) -> Result<Vec<Finding>, Failure> {
    let loaded = Loader::new().catalog_at(file)?.load();
    Ok(Finding::all(loaded.diagnostics, &loaded.sources))
}
