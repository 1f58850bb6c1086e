//! Several catalogs count together: none is dropped without a word.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use kruxos_policy::{Loader, lint, shipped};

const POLICY: &str = "name: p\nversion: '1'\ndefaults: { tier: blocked }\ncapabilities:\n  x.one: { tier: notify }\n  x.two: { tier: notify }\n";
const ONE: &str = "tools:\n  - { name: x.one, inputSchema: { type: object } }\n";
const TWO: &str = "tools:\n  - { name: x.two, inputSchema: { type: object } }\n";

fn codes(catalogs: &[&str]) -> Vec<&'static str> {
    let loader = Loader::new().policy("p.yaml", POLICY);
    let loader =
        catalogs.iter().enumerate().fold(loader, |loader, (at, text)| loader.catalog(format!("{at}.yaml"), *text));
    let loaded = loader.load();
    let found = loaded.set.as_ref().map(lint::check).unwrap_or_default();
    loaded.diagnostics.iter().chain(&found).map(|one| one.code).collect()
}

#[test]
fn each_catalog_counts_whatever_the_order() {
    assert_eq!(codes(&[ONE]), ["unknown-capability"]);
    assert_eq!(codes(&[TWO]), ["unknown-capability"]);
    assert_eq!(codes(&[ONE, TWO]), [""; 0]);
    assert_eq!(codes(&[TWO, ONE]), [""; 0]);
}

#[test]
fn a_capability_in_two_catalogs_is_an_error_that_shows_both() {
    let loaded = Loader::new().policy("p.yaml", POLICY).catalog("one.yaml", ONE).catalog("two.yaml", ONE).load();
    assert!(loaded.set.is_none());
    let [finding] = loaded.diagnostics.as_slice() else { panic!("{:#?}", loaded.diagnostics) };
    assert_eq!(finding.code, "duplicate-capability");
    let files = finding.labels.iter().map(|label| loaded.sources.get(label.span.source).unwrap().name().to_string());
    assert_eq!(files.collect::<Vec<_>>(), ["two.yaml", "one.yaml"]);
    assert!(finding.help.is_some());
}

#[test]
fn the_digest_says_which_catalogs_there_are() {
    let digest = |catalogs: &[&str]| {
        let loader =
            catalogs.iter().fold(Loader::new().policy("p.yaml", POLICY), |loader, text| loader.catalog("c", *text));
        loader.load().set.unwrap().digest().to_owned()
    };
    assert_ne!(digest(&[ONE]), digest(&[ONE, TWO]));
    assert_ne!(digest(&[TWO]), digest(&[ONE, TWO]));
}

/// A catalog of programs alone stands beside the one of capabilities.
#[cfg(feature = "shell")]
#[test]
fn rows_of_programs_need_no_capabilities_beside_them() {
    const ROWS: &str = "commands:\n  - program: deploy\n    source: its manual\n    options: { harmless: --fast, informs: --help }\n    operands: \
                        data\n    stdin: data\n    cases: { deploy: yes no, deploy --fast x: yes no, deploy --other: unknown no, deploy < f: yes no }\n";
    let policy = "name: p\nversion: '1'\ncapabilities:\n  process.run:\n    rules:\n      - { condition: { command_runs_only: [deploy \
                  --fats] }, tier: notify }\n    tier: blocked\n";
    let loaded = Loader::new()
        .policy("p.yaml", policy)
        .catalog("kruxos.yaml", shipped::CATALOG)
        .catalog("rows.yaml", ROWS)
        .load();
    let set = loaded.set.unwrap_or_else(|| panic!("{:#?}", loaded.diagnostics));
    assert!(lint::check(&set).iter().any(|one| one.code == "unknown-command-word"));
}
