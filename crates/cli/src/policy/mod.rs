//! `kruxos policy …`: one module for each verb, and what the verbs that decide share.

mod eval;
mod explain;
mod lines;
mod lint;
mod schema;
pub(crate) mod test;

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use kruxos_policy::diagnostic::{Severity, has_errors};
use kruxos_policy::files::FileError;
use kruxos_policy::{Engine, Loaded, Loader, shipped};

use crate::exit::{Exit, Failure};
use crate::finding::{self, Finding};
use crate::output::Streams;

/// The verbs.
#[derive(Subcommand)]
pub(crate) enum Verb {
    Lint(lint::Lint),
    Eval(eval::Eval),
    Explain(explain::Explain),
    Test(test::Test),
    Schema(schema::SchemaVerb),
}

/// Carries out a verb.
pub(crate) fn run(verb: &Verb, streams: &mut Streams) -> Result<Exit, Failure> {
    match verb {
        Verb::Lint(lint) => lint.run(streams),
        Verb::Eval(eval) => eval.run(streams),
        Verb::Explain(explain) => explain.run(streams),
        Verb::Test(test) => test.run(streams),
        Verb::Schema(schema) => schema.run(streams),
    }
}

/// The word that names the catalog that comes with the command.
const EMBEDDED_CATALOG: &str = "kruxos";

/// The policies to decide by.
#[derive(Args)]
struct Policies {
    /// A policy file, or a directory of them; may be given several times.
    ///
    /// Of a directory: its `*.yaml` and `*.yml`, without `*.test.yaml` and `*.catalog.yaml`. Without this option the
    /// shipped `system-baseline` and `team-moderate` decide.
    #[arg(long = "policies", value_name = "PATH")]
    paths: Vec<PathBuf>,
    #[command(flatten)]
    catalog: CatalogChoice,
}

/// The catalogs to decide with.
#[derive(Args)]
struct CatalogChoice {
    /// The known capabilities: a file, or `kruxos` for the catalog that comes with this command; may be given several times.
    ///
    /// Several count together. A file that is itself called `kruxos` is written `./kruxos`.
    #[arg(long = "catalog", value_name = "FILE")]
    catalogs: Vec<PathBuf>,
}

impl CatalogChoice {
    fn add_to(&self, loader: Loader) -> Result<Loader, FileError> {
        add_catalogs(loader, &self.catalogs)
    }
}

/// Adds catalogs, each once however often it is named.
fn add_catalogs(loader: Loader, paths: &[PathBuf]) -> Result<Loader, FileError> {
    let mut seen: Vec<PathBuf> = Vec::new();
    paths.iter().try_fold(loader, |loader, path| {
        let real = real(path);
        if seen.contains(&real) {
            return Ok(loader);
        }
        seen.push(real);
        add_catalog(loader, path)
    })
}

/// A catalog's file, by the one name it has; its own where it has none.
fn real(path: &Path) -> PathBuf {
    let embedded = path == Path::new(EMBEDDED_CATALOG);
    std::fs::canonicalize(path).ok().filter(|_| !embedded).unwrap_or_else(|| path.to_owned())
}

/// Adds the catalog of a file, or the embedded one.
fn add_catalog(loader: Loader, path: &Path) -> Result<Loader, FileError> {
    if path == Path::new(EMBEDDED_CATALOG) {
        return Ok(loader.catalog("kruxos.catalog.yaml", shipped::CATALOG));
    }
    loader.catalog_at(path)
}

impl Policies {
    /// The engine of these policies.
    fn engine(&self) -> Result<Engine, Failure> {
        let loader = match self.paths.as_slice() {
            [] => Loader::new().shipped(),
            paths => Loader::new().policies_at_all(paths)?,
        };
        let loader = self.catalog.add_to(loader)?;
        engine_of(loader.load()).map_err(Failure::Policies)?.map_err(|limit| {
            Failure::misuse(
                format!("these policies are too large to decide by: {limit}"),
                "give fewer policies, or fewer patterns with several `*`",
            )
        })
    }
}

/// The engine of what was loaded, or the findings that keep it from being one.
fn engine_of(loaded: Loaded) -> Result<Result<Engine, kruxos_policy::pattern::LimitError>, Vec<Finding>> {
    match loaded.set {
        Some(set) => Ok(Engine::new(set)),
        None => Err(errors(loaded)),
    }
}

/// The errors among what was found on loading.
fn errors(loaded: Loaded) -> Vec<Finding> {
    debug_assert!(has_errors(&loaded.diagnostics), "no set, yet no error");
    let mut findings = Finding::all(loaded.diagnostics, &loaded.sources);
    findings.retain(|finding| finding.diagnostic.severity == Severity::Error);
    finding::sort(&mut findings);
    findings
}
