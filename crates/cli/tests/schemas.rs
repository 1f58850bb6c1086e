//! What is stored of the command's output against what it prints: the schemas, and decisions that other validators are
//! shown. With `UPDATE_CORPUS=1` the decisions are written instead.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn printed(args: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kruxos"));
    let output = command.current_dir(root().join("crates/cli/tests/fixtures")).args(args).output().unwrap();
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn schemas_are_printed_byte_for_byte_as_they_are_stored() {
    for kind in ["policy", "test", "decision", "catalog"] {
        let stored = fs::read_to_string(root().join(format!("schemas/{kind}.schema.json"))).unwrap();
        assert!(printed(&["policy", "schema", kind]) == stored, "schemas/{kind}.schema.json is not current");
    }
}

#[test]
fn decisions_are_printed_as_they_are_stored() {
    let decisions = printed(&["policy", "eval", "--policies", "team", "--calls", "decisions.jsonl"]);
    let folder = root().join("tests/corpus/decision-ok");
    assert_eq!(decisions.lines().count(), 6);
    for (number, decision) in decisions.lines().enumerate() {
        let file = folder.join(format!("{}.json", number + 1));
        if std::env::var_os("UPDATE_CORPUS").is_some() {
            fs::write(&file, format!("{decision}\n")).unwrap();
        }
        assert_eq!(fs::read_to_string(&file).unwrap().trim_end(), decision, "{}", file.display());
    }
}
