//! Calls that a careful author would not let through, or would: each with its policy and the tiers that are meant; and
//! ordinary command lines under a generous list.
#![cfg(all(feature = "shell", feature = "sql", feature = "url"))]
#![allow(clippy::print_stdout, clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use kruxos_policy::shell::{Access, List, Script, Verdict};
use kruxos_policy::{CallDocument, Engine, Loader};
use serde_json::{Value, json};

fn corpus(name: &str) -> String {
    std::fs::read_to_string(format!("{}/tests/corpus/careful/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

fn lines(name: &str) -> Vec<Value> {
    corpus(name).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn policy(name: &str) -> String {
    std::fs::read_to_string(format!("{}/policies/{name}.yaml", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

/// The engines of the shipped policies that cases name, each made once.
type Engines = std::collections::BTreeMap<String, Engine>;

fn engine(case: &Value) -> Result<Engine, String> {
    let mut loader = Loader::new();
    if let Some(text) = case["policy"].as_str() {
        loader = loader.policy("case.yaml", text);
        for base in
            kruxos_policy::shipped::POLICIES.iter().filter(|base| text.contains(&format!("extends: {}", base.name)))
        {
            loader = loader.base(base.file, base.text);
        }
    }
    for name in case["shipped"].as_array().into_iter().flatten() {
        let name = name.as_str().unwrap();
        loader = loader.policy(format!("{name}.yaml"), policy(name));
    }
    if case["catalog"] == true {
        loader = loader.catalog("kruxos.catalog.yaml", policy("kruxos.catalog"));
    }
    let loaded = loader.load();
    let set = loaded.set.ok_or_else(|| format!("{:?}", loaded.diagnostics))?;
    Engine::new(set).map_err(|error| error.to_string())
}

/// The tier of a case's call, or why it has none.
fn tier(case: &Value, engines: &mut Engines) -> Result<(String, String), String> {
    let key = json!([case["policy"], case["shipped"], case["catalog"]]).to_string();
    if !engines.contains_key(&key) {
        engines.insert(key.clone(), engine(case)?);
    }
    let engine = &engines[&key];
    let call = match case["raw"].as_str() {
        Some(raw) => raw.to_owned(),
        None => json!({ "agent": "a", "capability": case["capability"], "params": case["params"] }).to_string(),
    };
    let document = CallDocument::parse(call.as_bytes()).map_err(|error| error.to_string());
    let Ok(document) = document else { return Ok(("blocked".to_owned(), "refused".to_owned())) };
    let mut scratch = engine.scratch();
    let decision = engine.decide(&mut scratch, &document.call());
    Ok((decision.tier.to_string(), decision.reason().to_string()))
}

#[test]
fn careful_authors_get_the_tiers_they_mean() {
    let cases = lines("calls.jsonl");
    let (mut wrong, mut engines) = (Vec::new(), Engines::new());
    for case in &cases {
        let expected: Vec<&str> = case["expect"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
        let (found, reason) = match tier(case, &mut engines) {
            Ok(found) => found,
            Err(why) => ("nothing".to_owned(), why),
        };
        if !expected.contains(&found.as_str()) {
            let call = if case["params"].is_null() { &case["raw"] } else { &case["params"] };
            let call: String = call.to_string().chars().take(120).collect();
            wrong.push(format!("{}: {found} and not {expected:?}: {call} ({reason})", case["id"]));
        }
    }
    println!("{} cases, {} wrong", cases.len(), wrong.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn ordinary_lines_are_answered_as_a_generous_list_means_them() {
    let listed: Vec<String> = serde_json::from_str(&corpus("everyday-list.json")).unwrap();
    let allowed = List::read(listed.iter().map(String::as_str)).unwrap();
    let blocked = List::read(["rm", "sudo", "shutdown", "mkfs"]).unwrap();
    let (mut stricter, mut suspected, mut writing) = (Vec::new(), Vec::new(), 0);
    let lines = lines("everyday.jsonl");
    for line in &lines {
        let text = line["command"].as_str().unwrap();
        let script = Script::of_text(text);
        // A line that writes a file it names waits for a rule that says where.
        let writes = script.files(Access::Write).is_ok_and(|files| !files.is_empty()) && !script.writes.is_empty();
        writing += usize::from(writes);
        let found = allowed.runs_only(&script);
        if found != Verdict::Yes && !writes {
            stricter.push(format!("{text:?}: {found:?}"));
        }
        let found = blocked.runs_any(&script);
        if found != Verdict::No {
            suspected.push(format!("{text:?}: {found:?}"));
        }
    }
    let (count, most, fewest) = (lines.len(), lines.len() * 5 / 100, lines.len() * 2 / 100);
    println!("{count} lines, {writing} write files, {} not allowed, {} suspected", stricter.len(), suspected.len());
    println!("not allowed:\n{}\nsuspected:\n{}", stricter.join("\n"), suspected.join("\n"));
    assert!(stricter.len() <= most && suspected.len() <= fewest);
}
