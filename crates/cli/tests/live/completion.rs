//! Ids complete in the shell.

use std::process::Output;

use crate::gateway::{Gateway, kruxos};

fn complete(mut command: std::process::Command, words: &[&str]) -> Output {
    let index = (words.len() - 1).to_string();
    let words = std::iter::once("--").chain(words.iter().copied());
    command.env("COMPLETE", "bash").env("_CLAP_COMPLETE_INDEX", index).env("_CLAP_IFS", "\n");
    command.args(words).output().unwrap()
}

#[test]
fn ids_of_pending_requests_complete() {
    let gateway = Gateway::start(&["--demo"]);
    gateway.says(&["approve", "reject", "ap_001"]);
    let output = complete(gateway.command(&[]), &["kruxos", "approve", "accept", "ap_"]);
    assert_eq!(String::from_utf8(output.stdout).unwrap().trim(), "ap_002");
    let verbs = complete(gateway.command(&[]), &["kruxos", "approve", "re"]);
    assert_eq!(String::from_utf8(verbs.stdout).unwrap().trim(), "reject");
}

#[test]
fn without_a_gateway_nothing_completes_and_nothing_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = kruxos();
    command.env("KRUXOS_DATA_DIR", folder.path()).env("KRUXOS_URL", "http://127.0.0.1:9").env("KRUXOS_TOKEN", "x");
    let output = complete(command, &["kruxos", "approve", "accept", "ap_"]);
    assert_eq!((output.stdout, output.stderr), (Vec::new(), Vec::new()));
}
