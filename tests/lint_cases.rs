//! Policies that load and do not say what their authors mean: lint warns of each.
#![cfg(all(feature = "shell", feature = "sql", feature = "url"))]
#![allow(clippy::print_stdout, clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use kruxos_policy::diagnostic::Severity;
use kruxos_policy::{Loader, lint, shipped};
use serde_json::Value;

/// The codes of what a policy is warned of.
fn warned(policy: &str, catalog: bool) -> Vec<&'static str> {
    let mut loader = Loader::new().policy("case.yaml", policy);
    if catalog {
        loader = loader.catalog("kruxos.catalog.yaml", shipped::CATALOG);
    }
    let loaded = loader.load();
    let found = loaded.set.as_ref().map(lint::check).unwrap_or_default();
    let all = loaded.diagnostics.iter().chain(&found);
    all.filter(|finding| finding.severity >= Severity::Warning).map(|finding| finding.code).collect()
}

#[test]
fn every_mistake_of_the_corpus_is_warned_of() {
    let path = format!("{}/tests/corpus/careful/lint.jsonl", env!("CARGO_MANIFEST_DIR"));
    let cases: Vec<Value> =
        std::fs::read_to_string(path).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let mut silent = Vec::new();
    for case in &cases {
        let codes = warned(case["file"].as_str().unwrap(), case["catalog"] == true);
        println!("{}: {codes:?}", case["id"]);
        if codes.is_empty() {
            silent.push(case["id"].as_str().unwrap());
        }
    }
    assert!(silent.is_empty(), "lint says nothing of {silent:?}");
}
