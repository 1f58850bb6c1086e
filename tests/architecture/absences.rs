//! What the engine knows nothing of, and who alone may speak to people.

use super::reading::{File, line_of, shipped_code, shipped_files};

/// Names of the world outside: files, clocks, threads, environment, network, what all callers would share.
const OUTSIDE: &[&str] = &[
    "std::fs",
    "std::env",
    "std::net::TcpStream",
    "std::net::TcpListener",
    "std::net::UdpSocket",
    "std::os",
    "std::process",
    "std::thread",
    "std::io::stdin",
    "std::time::Instant",
    "std::time::SystemTime",
    "Instant::now",
    "SystemTime",
    "Timestamp::now",
    "Zoned::now",
    "File::open",
    "env::var",
    "thread_local!",
    "thread::spawn",
    "static mut",
    "lazy_static",
    "OnceLock",
    "OnceCell",
    "LazyLock",
    "LazyCell",
    "tokio",
    "async fn",
    ".await",
    "reqwest",
    "include_bytes!",
];

/// How programs speak to people and end.
const SPEAKING: &[&str] =
    &["println!", "print!", "eprintln!", "eprint!", "dbg!", "io::stdout", "io::stderr", "process::exit", "ExitCode"];

/// Who may name what, and why.
const EXCEPTIONS: &[(&str, &[&str], &str)] =
    &[("src/files.rs", &["std::fs", "File::open"], "the loader that hosts ask for explicitly")];

/// The places at which shipped code names something it may not.
fn named(file: &File, forbidden: &[&str]) -> Vec<String> {
    let code = shipped_code(&file.text);
    // `use std::{fs, …}` names as much as `use std::fs`
    let groups = grouped(&code);
    let excused = |name: &str| EXCEPTIONS.iter().any(|(path, names, _)| *path == file.path && names.contains(&name));
    let direct =
        forbidden.iter().flat_map(|name| code.match_indices(name)).filter(|(at, name)| !within_word(&code, *at, name));
    let in_groups = groups.iter().filter_map(|(at, name)| Some((*at, *forbidden.iter().find(|known| known == &name)?)));
    direct
        .chain(in_groups)
        .filter(|(_, name)| !excused(name))
        .map(|(at, name)| format!("{}:{} names `{name}`", file.path, line_of(&code, at)))
        .collect()
}

fn within_word(code: &str, at: usize, name: &str) -> bool {
    let is_word = |char: char| char.is_alphanumeric() || char == '_';
    let before = name.starts_with(is_word) && code[..at].ends_with(is_word);
    before || (name.ends_with(is_word) && code[at + name.len()..].starts_with(is_word))
}

/// `std::{a, b::c}` as `std::a` and `std::b::c`, one level deep.
fn grouped(code: &str) -> Vec<(usize, String)> {
    let groups = code.match_indices("std::{").flat_map(|(at, open)| {
        let end = code[at..].find("};").map_or(code.len(), |end| at + end);
        code[at + open.len()..end].split(',').map(move |name| (at, name.trim())).collect::<Vec<_>>()
    });
    groups.map(|(at, name)| (at, format!("std::{}", name.split("::{").next().unwrap_or(name)))).collect()
}

fn all_named(folders: &[&str], forbidden: &[&str]) -> Vec<String> {
    shipped_files(folders).iter().flat_map(|file| named(file, forbidden)).collect()
}

#[test]
fn the_engine_and_the_rules_of_the_workflow_know_no_world_outside() {
    assert_eq!(all_named(&["src", "crates/approvals/src"], OUTSIDE), [""; 0]);
}

#[test]
fn only_the_command_prints_and_exits() {
    let crates: Vec<String> = std::fs::read_dir(super::reading::root().join("crates"))
        .expect("there are crates")
        .map(|entry| format!("crates/{}/src", entry.expect("a crate").file_name().display()))
        .filter(|folder| folder != "crates/cli/src")
        .collect();
    let folders: Vec<&str> = crates.iter().map(String::as_str).chain(["src"]).collect();
    assert_eq!(all_named(&folders, SPEAKING), [""; 0]);
}

#[test]
fn an_engine_that_reads_files_or_clocks_is_found() {
    let found = |text: &str| {
        let file = File { path: "src/engine.rs".to_owned(), text: text.to_owned() };
        !named(&file, OUTSIDE).is_empty() || !named(&file, SPEAKING).is_empty()
    };
    for bad in [
        "use std::fs;",
        "use std::{fmt, fs};",
        "fn f() { let _ = std::fs::read(\"x\"); }",
        "fn f() { Instant::now(); }",
        "use std::time::SystemTime;",
        "fn f() { jiff::Timestamp::now(); }",
        "static X: OnceLock<u8> = OnceLock::new();",
        "static mut X: u8 = 0;",
        "fn f() { println!(\"x\"); }",
        "fn f() { std::process::exit(1) }",
        "fn f() { std::env::var(\"HOME\"); }",
        "use std::net::TcpStream;",
    ] {
        assert!(found(bad), "{bad}");
    }
    for good in [
        "// std::fs is for others",
        "const X: &str = \"std::fs\";",
        "#[cfg(test)]\nmod tests { fn f() { std::fs::read(\"x\"); println!(\"x\"); } }",
        "use std::net::IpAddr;",
    ] {
        assert!(!found(good), "{good}");
    }
}

#[test]
fn the_exception_is_for_the_loader_alone() {
    let file = |path: &str| File { path: path.to_owned(), text: "use std::fs;".to_owned() };
    assert!(named(&file("src/files.rs"), OUTSIDE).is_empty());
    assert!(!named(&file("src/policy_set/files.rs"), OUTSIDE).is_empty());
}

#[test]
fn only_kinds_and_lints_give_a_finding_its_code() {
    let makes = |file: &&File| file.path.starts_with("src/") && shipped_code(&file.text).contains("Diagnostic::coded(");
    let files = shipped_files(&["src"]);
    let makers: Vec<&str> = files.iter().filter(makes).map(|file| file.path.as_str()).collect();
    assert_eq!(makers, ["src/lint/mod.rs"], "a finding is `Diagnostic::of` its kind, which has a page");
}
