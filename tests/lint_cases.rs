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

#[test]
fn tmp() {
    use kruxos_policy::shell::{List, Script};
    let path = format!("{}/tests/corpus/careful/everyday-list.json", env!("CARGO_MANIFEST_DIR"));
    let mut entries: Vec<String> = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    entries.extend(
        [
            "bash",
            "bash -n",
            "sh",
            "eval",
            "exec",
            "perl",
            "sudo",
            "find -exec",
            "env",
            "xargs",
            "watch",
            "ssh",
            "nohup",
            "python3.11",
            "ruby",
            "uvx",
            "bunx",
            "pipx run",
            "docker run",
            "kubectl exec",
            "git bisect run",
            "npm exec",
            "busybox",
            "awk",
            "sed",
            "make",
            "command",
            "builtin",
            "osascript",
            "pwsh",
            "fish -c",
            "bash -c",
            "python -c",
            "node -e",
            "perl -e",
            ".",
        ]
        .map(String::from),
    );
    for entry in &entries {
        let Ok(list) = List::read([entry.as_str()]) else {
            println!("{entry}: no list");
            continue;
        };
        let zzz = List::read(["zzz"]).unwrap();
        let mut line = String::new();
        for behind in ["", " zzz", " zzz y", " ./zzz"] {
            let script = Script::of_text(&format!("{entry}{behind}"));
            let word = |v| match v {
                kruxos_policy::shell::Verdict::Yes => 'Y',
                kruxos_policy::shell::Verdict::No => 'N',
                _ => '?',
            };
            line += &format!(" {}{}", word(list.runs_only(&script)), word(zzz.runs_any(&script)));
        }
        if !line.contains("YN") || line.contains("Y?") || line.contains("YY") {
            println!("OPEN {entry}: {line}");
        }
    }
    let path = format!("{}/tests/corpus/careful/everyday-list.json", env!("CARGO_MANIFEST_DIR"));
    let entries: Vec<String> = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let text = format!(
        "name: p\nversion: '1'\ndefaults: {{ tier: blocked }}\ncapabilities:\n  x.y:\n    rules: [{{ condition: {{ command_runs_only: {} }}, tier: notify }}]\n",
        serde_json::to_string(&entries).unwrap()
    );
    let set = Loader::new().policy("p.yaml", text).load().set.unwrap();
    for finding in lint::check(&set) {
        println!("{}: {}", finding.code, finding.message);
    }
}
