//! Every file belongs to something, and there is one parser of YAML.

use std::collections::BTreeSet;

use super::reading::{code, module_folder, root, rust_files, words};

/// Where Rust code lives, and the files the compiler starts from.
const FOLDERS: &[&str] = &["src", "crates", "xtask", "tests", "benches", "fuzz/fuzz_targets"];

fn is_root(path: &str) -> bool {
    let parts: Vec<&str> = path.split('/').collect();
    matches!(
        parts.as_slice(),
        ["src", "lib.rs"]
            | ["tests" | "benches", _]
            | ["fuzz", "fuzz_targets", _]
            | ["xtask" | "crates", .., "src", "lib.rs" | "main.rs"]
            | ["crates", _, "tests" | "benches", _]
            | ["crates", _, "tests", _, "main.rs"]
            | ["benches", _, "src", "main.rs"]
            | ["benches", _, "benches", _]
    )
}

/// The files that `path` declares as modules, as paths they may have.
fn declared(path: &str, text: &str) -> Vec<String> {
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let inner = if is_root(path) { folder.to_owned() } else { module_folder(path) };
    let explicit = text.match_indices("#[path = \"").filter_map(|(at, open)| {
        let rest = &text[at + open.len()..];
        Some(format!("{folder}/{}", &rest[..rest.find('"')?]))
    });
    let code = code(text);
    let names: Vec<(usize, &str)> = words(&code).collect();
    let modules = names.windows(2).filter(|pair| pair[0].1 == "mod").filter_map(|pair| {
        let (at, name) = pair[1];
        code[at + name.len()..].trim_start().starts_with(';').then_some(name)
    });
    modules.flat_map(|name| [format!("{inner}/{name}.rs"), format!("{inner}/{name}/mod.rs")]).chain(explicit).collect()
}

/// The files nothing leads to.
fn forgotten(files: &[(String, String)]) -> Vec<String> {
    let mut reached: BTreeSet<String> = BTreeSet::new();
    let mut open: Vec<String> = files.iter().map(|(path, _)| path.clone()).filter(|path| is_root(path)).collect();
    while let Some(path) = open.pop() {
        if let Some((_, text)) = files.iter().find(|(own, _)| *own == path)
            && reached.insert(path.clone())
        {
            open.extend(declared(&path, text));
        }
    }
    files.iter().map(|(path, _)| path.clone()).filter(|path| !reached.contains(path)).collect()
}

/// Packages of a lock file that read YAML.
fn yaml_parsers(lock: &str) -> Vec<&str> {
    let names = lock.lines().filter_map(|line| line.strip_prefix("name = \"")?.strip_suffix('"'));
    let reads = |name: &&str| {
        name.contains("yaml") || name.contains("yml") || name.contains("saphyr") || name.contains("granit")
    };
    names.filter(reads).collect()
}

#[test]
fn no_source_file_is_forgotten() {
    let files: Vec<(String, String)> = rust_files(FOLDERS).into_iter().map(|file| (file.path, file.text)).collect();
    assert_eq!(forgotten(&files), [""; 0]);
}

#[test]
fn a_file_that_nothing_declares_is_found() {
    let files = |list: &[(&str, &str)]| {
        list.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect::<Vec<_>>()
    };
    let bad =
        files(&[("src/lib.rs", "mod a;\n// mod c;"), ("src/a/mod.rs", "mod b;"), ("src/a/b.rs", ""), ("src/c.rs", "")]);
    assert_eq!(forgotten(&bad), ["src/c.rs"]);
    let good = files(&[("src/lib.rs", "#[cfg(test)]\npub mod a;"), ("src/a.rs", "mod b;"), ("src/a/b.rs", "")]);
    assert_eq!(forgotten(&good), [""; 0]);
}

#[test]
fn there_is_one_parser_of_yaml() {
    let lock = std::fs::read_to_string(root().join("Cargo.lock")).expect("the lock file is kept");
    assert_eq!(yaml_parsers(&lock), ["granit-parser"]);
}

#[test]
fn a_second_parser_of_yaml_is_found() {
    let lock =
        "[[package]]\nname = \"granit-parser\"\n[[package]]\nname = \"serde_yaml\"\n[[package]]\nname = \"serde\"\n";
    assert_eq!(yaml_parsers(lock), ["granit-parser", "serde_yaml"]);
}
