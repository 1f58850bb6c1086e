//! An option that a command says in another way, in words that are known in part, by an alias or a setting: never "no".
#![cfg(feature = "shell")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::string_slice)]
#![allow(clippy::print_stderr, reason = "a test tells how much it asked")]

mod rows;

use std::collections::BTreeMap;

use kruxos_policy::shell::{Access, List, Script, Verdict};

fn any(entry: &str, text: &str) -> Verdict {
    List::read([entry]).unwrap().runs_any(&Script::of_text(text))
}

#[test]
fn a_word_that_is_known_in_part_may_say_an_option() {
    for (entry, text) in [
        ("git push --force", "git push origin \"+$B\""),
        ("git push --force", "git push -- origin \"+$B\""),
        ("git push --force", "git push -- origin \"$B\""),
        ("git push --force", "for b in a c; do git push origin \"+$b\"; done"),
        ("git push --delete", "git push o \":$B\""),
        ("git fetch -f", "git fetch o \"+$B\""),
        ("tar -x", "tar \"x$F\""),
        ("tar -x", "tar \"$F\""),
        ("chmod +x", "chmod \"u+$X\" f"),
        ("chmod 777", "chmod \"a+$X\" f"),
    ] {
        assert_ne!(any(entry, text), Verdict::No, "{entry}: {text}");
    }
    for (entry, text) in [
        ("git push --force", "git push origin \"main$B\""),
        ("git push --delete", "git push o \"feature/$B\""),
        ("git push --force", "git push -u origin x"),
    ] {
        assert_eq!(any(entry, text), Verdict::No, "{entry}: {text}");
    }
}

#[test]
fn aliases_and_settings_of_the_same_command_may_say_an_option() {
    for (entry, text) in [
        ("git push --force", "git -c alias.x='push --force' x"),
        ("git push --force", "git -c alias.x=push x -f"),
        ("git push --force", "git --config-env=alias.x=V x -f"),
        ("git push --force", "GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=alias.x GIT_CONFIG_VALUE_0='push --force' git x"),
        ("git push --force", "git -c remote.origin.push=+HEAD:main push origin"),
        ("git push --force", "git -c remote.origin.mirror=true push"),
        ("cargo publish", "cargo --config \"alias.x='publish'\" x"),
    ] {
        assert_ne!(any(entry, text), Verdict::No, "{entry}: {text}");
    }
    for (entry, text) in [
        ("git push --force", "git -c color.ui=never push origin x"),
        ("git push --force", "git -c alias.x=push status"),
        ("git push", "git -c remote.origin.push=+HEAD:main fetch"),
    ] {
        assert_eq!(any(entry, text), Verdict::No, "{entry}: {text}");
    }
}

#[test]
fn a_path_in_a_pair_is_a_path() {
    for text in ["dd of=/dev//sda", "dd of=/dev/./sda", "dd if=x of=/dev/../dev/sda"] {
        assert_eq!(any("dd of=/dev/sda", text), Verdict::Yes, "{text}");
    }
    assert_eq!(any("dd of=/dev/sda", "dd of=/dev/sdb"), Verdict::No);
    assert_ne!(any("dd of=/dev/sda", "cd /dev; dd of=sda"), Verdict::No);
}

#[test]
fn a_variable_that_no_row_calls_harmless_may_move_what_is_read_and_written() {
    for text in [
        "CARGO_TARGET_DIR=/etc/x cargo build",
        "GIT_WORK_TREE=/etc git checkout .",
        "GIT_TRACE=/etc/x git status",
        "GIT_INDEX_FILE=/etc/x git status",
        "UV_PROJECT_ENVIRONMENT=/etc/x uv sync",
        "BASH_ENV=/etc/x bash a.sh",
        "export GIT_TRACE=/etc/x; git status",
        "env GIT_TRACE=/etc/x git status",
        "DEPENDENCIES_OUTPUT=/etc/x cc -c a.c",
        "CARGO_HTTP_CAINFO=/etc/x cargo check",
    ] {
        let script = Script::of_text(text);
        assert!(script.files(Access::Write).is_err() && script.files(Access::Read).is_err(), "{text}");
    }
    for text in ["LANG=C ls", "RUST_LOG=debug ls", "TZ=Europe/Berlin date", "GIT_TRACE=1 git status"] {
        assert!(Script::of_text(text).files(Access::Write).is_ok(), "{text}");
    }
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}

/// Words of one option that are tried; a kind of things in a cluster has dozens.
const MOST_WORDS: usize = 3;
/// Rows of one file in which the same word is tried: groups bring it to many.
const MOST_ROWS: usize = 2;

/// The command lines of a row in which a word says what its `means` says, each with the word left out, the word, and the
/// options that it says.
fn meant(row: &rows::Row) -> Vec<(String, String, &[String])> {
    let path = row.path.iter().map(|word| quoted(word)).collect::<Vec<_>>().join(" ");
    let mut lines = Vec::new();
    let mut tried = BTreeMap::<&[String], usize>::new();
    for (glob, says) in &row.means {
        let count = tried.entry(says).or_default();
        *count += 1;
        if *count > MOST_WORDS {
            continue;
        }
        match glob.split_once(' ').filter(|_| glob.starts_with('-')) {
            Some((option, glob)) => lines.push((format!("{path} {option} "), glob.replace('*', "ab"), says.as_slice())),
            None => {
                for before in ["", "-- ", "x "] {
                    lines.push((format!("{path} {before}"), glob.replace('*', "ab"), says.as_slice()));
                }
            }
        }
    }
    lines
}

/// The entries of a row that ask for one of these options, in every spelling.
fn asked(row: &rows::Row, says: &[String]) -> Vec<List> {
    let path = row.path.iter().map(|word| quoted(word)).collect::<Vec<_>>().join(" ");
    let is_said = |option: &&rows::Opt| option.spellings.iter().any(|spelling| says.contains(spelling));
    let spellings = row.options.iter().filter(is_said).flat_map(|option| &option.spellings);
    spellings.filter_map(|spelling| List::read([format!("{path} {}", quoted(spelling)).as_str()]).ok()).collect()
}

/// Whatever of a word is known: where the whole word says an option, its beginning does not deny it.
#[test]
fn no_beginning_of_a_word_denies_what_the_word_says() {
    let (mut said, all) = (0, rows::all());
    let mut tried = BTreeMap::<(&str, String, &[String]), usize>::new();
    for row in all.iter().filter(|row| !row.means.is_empty()) {
        for (line, word, says) in meant(row) {
            let count = tried.entry((row.file.as_str(), word.clone(), says)).or_default();
            *count += 1;
            // each line has three places for its word
            if *count > 3 * MOST_ROWS {
                continue;
            }
            let whole = Script::of_text(&format!("{line}{}", quoted(&word)));
            let mut lists = asked(row, says);
            lists.retain(|list| list.runs_any(&whole) == Verdict::Yes);
            for at in (0..=word.len()).filter(|at| word.is_char_boundary(*at) && !lists.is_empty()) {
                let text = format!("{line}{}\"$X\"", quoted(&word[..at]));
                let script = Script::of_text(&text);
                for list in &lists {
                    said += 1;
                    assert_ne!(list.runs_any(&script), Verdict::No, "{}: {list:?}: {text} ({word})", row.file);
                }
            }
        }
    }
    eprintln!("{said} beginnings of words");
    assert!(said > 1_000, "{said}");
}
