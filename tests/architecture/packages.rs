//! The packages: dependencies point one way, and each knows only the libraries of its place.

use super::reading::root;

/// The packages of the product, each before all that use it.
const ORDER: &[(&str, &str)] = &[
    ("kruxos-policy", "Cargo.toml"),
    ("kruxos-approvals", "crates/approvals/Cargo.toml"),
    ("kruxos-store", "crates/store/Cargo.toml"),
    ("kruxos-gateway", "crates/gateway/Cargo.toml"),
    ("kruxos", "crates/cli/Cargo.toml"),
];

/// Libraries, and the packages that may use them.
const PLACES: &[(&str, &[&str])] = &[
    ("tokio", &["kruxos-store", "kruxos-gateway", "kruxos"]),
    ("rusqlite", &["kruxos-store"]),
    ("axum", &["kruxos-gateway"]),
    ("askama", &["kruxos-gateway"]),
    ("granit-parser", &["kruxos-policy"]),
    ("clap", &["kruxos"]),
    ("miette", &["kruxos"]),
    ("ratatui", &["kruxos"]),
];

/// The names that stand before ` =` in `[dependencies]`.
fn dependencies(manifest: &str) -> Vec<&str> {
    let section = manifest.split("\n[").find(|section| section.starts_with("dependencies]")).unwrap_or_default();
    section.lines().filter_map(|line| line.split_once(" = ").map(|(name, _)| name.trim())).collect()
}

/// What a package depends on and should not.
fn misplaced(package: &str, manifest: &str) -> Vec<String> {
    let place = |name: &str| ORDER.iter().position(|(own, _)| *own == name);
    dependencies(manifest)
        .into_iter()
        .filter(|name| {
            let is_later = place(name).is_some_and(|at| Some(at) >= place(package));
            let is_elsewhere = PLACES.iter().any(|(library, users)| library == name && !users.contains(&package));
            is_later || is_elsewhere
        })
        .map(|name| format!("{package} depends on {name}"))
        .collect()
}

#[test]
fn packages_depend_one_way_and_on_libraries_of_their_place() {
    let read = |path: &str| std::fs::read_to_string(root().join(path)).expect("a package has a manifest");
    let found: Vec<String> = ORDER.iter().flat_map(|(package, path)| misplaced(package, &read(path))).collect();
    assert_eq!(found, [""; 0]);
}

#[test]
fn a_dependency_that_points_back_or_stands_elsewhere_is_found() {
    let manifest = "[package]\nname = \"x\"\n\n[dependencies]\nkruxos-store = { path = \"../store\" }\ntokio = \"1\"\nserde = \"1\"\n";
    let found = misplaced("kruxos-approvals", manifest);
    assert_eq!(found, ["kruxos-approvals depends on kruxos-store", "kruxos-approvals depends on tokio"]);
}
