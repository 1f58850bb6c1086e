//! Holds documents to the schemas with a validator that others use: `check-jsonschema` from PyPI.
//!
//! Shipped documents and `tests/corpus/*-ok` must pass; files of `tests/corpus/*-broken` that say `# schema: rejects`
//! must fail. The loader's side of the same corpus is `tests/schemas.rs`. Then every small damage to the corpus' documents
//! of every key is shown to both: what the schema rejects the loader must reject, and but for what a schema cannot say
//! the other way round.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use kruxos_policy::schema::SchemaKind;
use serde_json::Value;

use crate::variants::{self, Opinion};
use crate::{root, target};

const VALIDATOR: &str = "check-jsonschema==0.39.0";
const REJECTS: &str = "# schema: rejects";

/// Sets the validator up under the target folder, and runs it over every document.
pub(crate) fn run(_args: &[String]) -> Result<(), String> {
    let validator = install()?;
    for kind in SchemaKind::written() {
        let mut good = files(&root().join(format!("tests/corpus/{}-ok", kind.name())))?;
        good.extend(files(&root().join("policies"))?.into_iter().filter(|path| kind_of(path) == Some(kind)));
        let mut broken = files(&root().join(format!("tests/corpus/{}-broken", kind.name())))?;
        broken.retain(|path| says(path, REJECTS));
        let schema = root().join("schemas").join(kind.file_name());
        accepted(&validator, &schema, &good)?;
        rejected(&validator, &schema, &broken)?;
        let variants = agreed(&validator, &schema, kind)?;
        let (file, good, broken) = (kind.file_name(), good.len(), broken.len());
        println!("{file}: {good} documents accepted, {broken} rejected, {variants} variants agreed on");
    }
    decisions(&validator)
}

/// The validator's program, installed into a virtual environment of its own the first time.
fn install() -> Result<PathBuf, String> {
    let folder = target().join(format!("consumers-{}", VALIDATOR.replace("==", "-")));
    let program = folder.join("bin/check-jsonschema");
    if !program.exists() {
        succeed(Command::new("python3").arg("-m").arg("venv").arg(&folder))?;
        let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", VALIDATOR];
        succeed(Command::new(folder.join("bin/python")).args(pip))?;
    }
    Ok(program)
}

fn run_command(command: &mut Command) -> Result<Output, String> {
    command.output().map_err(|error| format!("`{}`: {error}", command.get_program().display()))
}

fn succeed(command: &mut Command) -> Result<(), String> {
    let output = run_command(command)?;
    if output.status.success() {
        return Ok(());
    }
    let (said, cried) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    Err(format!("`{}` failed\n{said}{cried}", command.get_program().display()))
}

fn check(validator: &Path, schema: &Path, documents: &[PathBuf]) -> Command {
    let mut command = Command::new(validator);
    command.arg("--output-format").arg("json").arg("--schemafile").arg(schema).args(documents);
    command
}

fn accepted(validator: &Path, schema: &Path, documents: &[PathBuf]) -> Result<(), String> {
    succeed(&mut check(validator, schema, documents))
}

/// Every one of the documents must be among those that the validator finds fault with.
fn rejected(validator: &Path, schema: &Path, documents: &[PathBuf]) -> Result<(), String> {
    let faulty = faulty(validator, schema, documents)?;
    let missed: Vec<String> = documents.iter().map(|path| path.display().to_string()).collect();
    let missed: Vec<String> = missed.into_iter().filter(|path| !faulty.contains(path)).collect();
    if missed.is_empty() { Ok(()) } else { Err(format!("the schema accepts:\n{}", missed.join("\n"))) }
}

/// The documents that the validator finds fault with.
fn faulty(validator: &Path, schema: &Path, documents: &[PathBuf]) -> Result<BTreeSet<String>, String> {
    let output = run_command(&mut check(validator, schema, documents))?;
    let report: Value = serde_json::from_slice(&output.stdout)
        .map_err(|error| format!("{error}: {}", String::from_utf8_lossy(&output.stderr)))?;
    let faults = ["errors", "parse_errors"].into_iter().filter_map(|key| report.get(key)?.as_array()).flatten();
    Ok(faults.filter_map(|fault| Some(fault.get("filename")?.as_str()?.to_owned())).collect())
}

/// Shows what the engine answered to the validator.
fn decisions(validator: &Path) -> Result<(), String> {
    let kind = SchemaKind::Decision;
    let good = files(&root().join("tests/corpus/decision-ok"))?;
    accepted(validator, &root().join("schemas").join(kind.file_name()), &good)?;
    println!("{}: {} documents accepted", kind.file_name(), good.len());
    Ok(())
}

/// Shows the variants of the corpus' documents to loader and validator; how many there are.
fn agreed(validator: &Path, schema: &Path, kind: SchemaKind) -> Result<usize, String> {
    let folder = target().join("consumers-variants").join(kind.name());
    fs::create_dir_all(&folder).map_err(|error| format!("`{}`: {error}", folder.display()))?;
    let mut shown = Vec::new();
    for document in files(&root().join(format!("tests/corpus/{}-ok", kind.name())))? {
        for text in variants::of(&document)? {
            let path = folder.join(format!("{}.json", shown.len()));
            fs::write(&path, &text).map_err(|error| format!("`{}`: {error}", path.display()))?;
            shown.push((path, text));
        }
    }
    let paths: Vec<PathBuf> = shown.iter().map(|(path, _)| path.clone()).collect();
    let mut faults = BTreeSet::new();
    for paths in paths.chunks(1000) {
        faults.extend(faulty(validator, schema, paths)?);
    }
    let disagreements = shown.iter().filter_map(|(path, text)| {
        let rejects = faults.contains(&path.display().to_string());
        match (rejects, variants::opinion(kind, text)) {
            (true, Opinion::Good) => Some(format!("the schema rejects, the loader accepts: {}", path.display())),
            (false, Opinion::Bad) => Some(format!("the loader rejects, the schema accepts: {}", path.display())),
            _ => None,
        }
    });
    let disagreements: Vec<String> = disagreements.collect();
    if disagreements.is_empty() { Ok(shown.len()) } else { Err(disagreements.join("\n")) }
}

/// The YAML and JSON files of a folder, by name; none when it does not exist.
fn files(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let Ok(entries) = fs::read_dir(folder) else { return Ok(Vec::new()) };
    let mut paths = Vec::new();
    for entry in entries {
        paths.push(entry.map_err(|error| format!("`{}`: {error}", folder.display()))?.path());
    }
    paths.retain(|path| path.extension().is_some_and(|ending| ending == "yaml" || ending == "json"));
    paths.sort();
    Ok(paths)
}

/// What a shipped document is, by its name: `x.test.yaml`, `catalog.yaml`, or a policy.
fn kind_of(path: &Path) -> Option<SchemaKind> {
    let name = path.file_name()?.to_str()?;
    let kind = match name {
        _ if name.ends_with(".test.yaml") => SchemaKind::Test,
        _ if name.contains("catalog") => SchemaKind::Catalog,
        _ => SchemaKind::Policy,
    };
    Some(kind)
}

fn says(path: &Path, line: &str) -> bool {
    fs::read_to_string(path).is_ok_and(|text| text.lines().any(|each| each == line))
}
