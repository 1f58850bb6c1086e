//! Options whose name says a file, a program or a place, and whose row says that the value is data: each was judged.
//!
//! What a row calls data may be a file after all; of a value that is known it is seen whether it leads out, of one that is not
//! (`--ca "$X"`) only the role tells. So a new option with such a name has its role, or its reason in
//! `tests/corpus/careful/options-not-files.txt`.
#![allow(clippy::print_stdout, clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod rows;

use std::collections::BTreeSet;

/// Words in an option's name that say a file, a program, a place.
const TELLING: &[&str] = &[
    "file",
    "files",
    "path",
    "paths",
    "dir",
    "dirs",
    "directory",
    "directories",
    "folder",
    "config",
    "conf",
    "output",
    "out",
    "log",
    "logs",
    "cert",
    "certificate",
    "key",
    "keys",
    "ca",
    "cacert",
    "script",
    "scripts",
    "hook",
    "hooks",
    "exec",
    "cmd",
    "command",
    "commands",
    "editor",
    "pager",
    "plugin",
    "plugins",
    "module",
    "modules",
    "load",
    "include",
    "from",
    "to",
    "filename",
    "filepath",
];

/// What a name ends in that says so though it is one word: `--logfile`.
const ENDINGS: &[&str] = &["file", "filename", "path", "dir", "config", "script", "hook", "plugin"];

/// The words of an option's name: at dashes, dots, `_`, and where a capital begins one.
fn words(spelling: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    for char in spelling.trim_start_matches(['-', '+']).chars() {
        if char == '-' || char == '_' || char == '.' || char.is_uppercase() {
            words.push(String::new());
        }
        if char.is_alphanumeric() {
            words.last_mut().unwrap().push(char.to_ascii_lowercase());
        }
    }
    words
}

fn tells(spelling: &str) -> bool {
    let words = words(spelling);
    words.iter().any(|word| TELLING.contains(&word.as_str()))
        || words.iter().any(|word| ENDINGS.iter().any(|ending| word.len() > ending.len() && word.ends_with(ending)))
}

/// `PROGRAM OPTION` of every option with such a name whose value is data.
fn found() -> BTreeSet<String> {
    let data = ["harmless", "data", "text", "name", "plain", "signal"];
    let mut found = BTreeSet::new();
    for row in rows::all() {
        let own = row.options.iter().filter(|option| !option.inherited && data.contains(&option.effect.as_str()));
        for option in
            own.filter(|option| option.takes_value() || matches!(option.arity, rows::Arity::Two | rows::Arity::Equals))
        {
            let telling = option.spellings.iter().find(|spelling| !spelling.starts_with("--(") && tells(spelling));
            found.extend(telling.map(|spelling| format!("{} {spelling}", row.path[0])));
        }
    }
    found
}

/// Those that were judged: lines of a reason, and below it, indented, programs with their options.
fn judged() -> BTreeSet<String> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/corpus/careful/options-not-files.txt");
    let mut judged = BTreeSet::new();
    for line in std::fs::read_to_string(path).unwrap().lines().filter(|line| line.starts_with(' ')) {
        let mut words = line.split_whitespace();
        let program = words.next().unwrap();
        for option in words {
            assert!(judged.insert(format!("{program} {option}")), "{program} {option} has two reasons");
        }
    }
    judged
}

#[test]
fn an_option_named_like_a_file_is_one_or_was_judged() {
    let (found, judged) = (found(), judged());
    let new: Vec<&String> = found.difference(&judged).collect();
    let gone: Vec<&String> = judged.difference(&found).collect();
    println!("{} judged", judged.len());
    assert!(new.is_empty() && gone.is_empty(), "give each a role or a reason: {new:#?}\nno longer there: {gone:#?}");
}
