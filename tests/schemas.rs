//! The corpus of documents against the loader, and the stored schemas against the code.
//!
//! `tests/corpus/<kind>-ok` must load without a finding. A file of `tests/corpus/<kind>-broken` holds one mistake and
//! says in its comments what is found: `# expect: <code> <line>:<column>`, one line each, in order. `# schema: rejects`
//! says that the JSON Schema refuses it too, which `cargo xtask consumers` holds true with a validator that others use.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

use std::fs;
use std::path::{Path, PathBuf};

use kruxos_policy::diagnostic::{Diagnostic, has_errors};
use kruxos_policy::document::{load_catalog, load_policy, load_suite};
use kruxos_policy::schema::{self, SchemaKind};
use kruxos_policy::source::Sources;
use kruxos_policy::yaml::Limits;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The files of a folder of the corpus, by name.
fn corpus(kind: SchemaKind, which: &str) -> Vec<PathBuf> {
    let folder = root().join(format!("tests/corpus/{}-{which}", kind.name()));
    let mut files: Vec<PathBuf> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert!(!files.is_empty(), "{}", folder.display());
    files
}

/// What the loader finds in a file.
fn load(kind: SchemaKind, path: &Path) -> (Sources, Vec<Diagnostic>) {
    let text = fs::read_to_string(path).unwrap();
    let mut sources = Sources::default();
    let source = sources.add(path.display().to_string(), text.as_str());
    let limits = Limits::default();
    let diagnostics = match kind {
        SchemaKind::Policy => load_policy(source, &text, limits).diagnostics,
        SchemaKind::Test => load_suite(source, &text, limits).diagnostics,
        SchemaKind::Catalog => load_catalog(source, &text, limits).diagnostics,
        SchemaKind::Decision => panic!("nobody writes decisions"),
    };
    (sources, diagnostics)
}

fn place(sources: &Sources, finding: &Diagnostic) -> String {
    let at = sources.position(finding.span().unwrap());
    format!("{} {}:{}", finding.code, at.line, at.column)
}

fn all(which: &str) -> Vec<(SchemaKind, PathBuf)> {
    SchemaKind::written().flat_map(|kind| corpus(kind, which).into_iter().map(move |path| (kind, path))).collect()
}

#[test]
fn good_documents_load_without_a_finding() {
    for (kind, path) in all("ok") {
        assert_eq!(load(kind, &path).1, [], "{}", path.display());
    }
}

/// With `UPDATE_CORPUS=1` the expectations are written instead, for a person to read in the diff.
#[test]
fn each_mistake_is_found_at_its_place_and_nothing_else() {
    let update = std::env::var_os("UPDATE_CORPUS").is_some();
    let mut wrong = Vec::new();
    for (kind, path) in all("broken") {
        if update {
            write_expectations(kind, &path);
        }
        let text = fs::read_to_string(&path).unwrap();
        let expected: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("# expect: ")).collect();
        let (sources, diagnostics) = load(kind, &path);
        let found: Vec<String> = diagnostics.iter().map(|finding| place(&sources, finding)).collect();
        if found != expected || found.is_empty() {
            wrong.push(format!("{}: expected {expected:?}, found {found:?}", path.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Puts one line for each finding at the head of a file. The number of head lines moves the findings down.
fn write_expectations(kind: SchemaKind, path: &Path) {
    let text = fs::read_to_string(path).unwrap();
    let body: String = text.split_inclusive('\n').filter(|line| !line.starts_with("# expect: ")).collect();
    fs::write(path, &body).unwrap();
    let count = load(kind, path).1.len();
    fs::write(path, format!("{}{body}", "# expect: \n".repeat(count))).unwrap();
    let (sources, diagnostics) = load(kind, path);
    let head: String = diagnostics.iter().map(|finding| format!("# expect: {}\n", place(&sources, finding))).collect();
    fs::write(path, format!("{head}{body}")).unwrap();
}

#[test]
fn every_finding_has_a_way_out() {
    for (kind, path) in all("broken") {
        for finding in load(kind, &path).1 {
            assert!(finding.help.is_some(), "{}: {finding:?}", path.display());
        }
    }
}

#[test]
fn fixes_mend() {
    for (kind, path) in all("broken") {
        let (sources, diagnostics) = load(kind, &path);
        for finding in &diagnostics {
            let Some(fix) = &finding.fix else { continue };
            let (_, source) = sources.iter().next().unwrap();
            let mut text = source.text().to_owned();
            text.replace_range(fix.span.start as usize..fix.span.end as usize, &fix.replacement);
            let mended = std::env::temp_dir().join(format!("kruxos-{}-{}.yaml", std::process::id(), finding.code));
            fs::write(&mended, text).unwrap();
            let left = load(kind, &mended).1.len();
            fs::remove_file(&mended).unwrap();
            assert!(left < diagnostics.len(), "{}: the fix of {finding:?} mends nothing", path.display());
        }
    }
}

#[test]
fn what_the_schema_rejects_the_loader_rejects() {
    let mut rejected = 0;
    for (kind, path) in all("broken") {
        if fs::read_to_string(&path).unwrap().lines().any(|line| line == "# schema: rejects") {
            assert!(has_errors(&load(kind, &path).1), "{}", path.display());
            rejected += 1;
        }
    }
    assert!(rejected >= 25, "{rejected}");
}

#[test]
fn the_stored_schemas_are_current() {
    for kind in SchemaKind::all() {
        let path = root().join("schemas").join(kind.file_name());
        let stored = fs::read_to_string(&path).unwrap_or_default();
        assert!(stored == schema::json(kind), "`{}` is stale: run `cargo xtask schemas`", path.display());
    }
}
