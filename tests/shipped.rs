//! The shipped policies, read as an attacker would: every credential by every way to it, everything that runs by itself
//! by every way to write it, every directory above credentials, and names that do not exist yet.
#![cfg(all(feature = "shell", feature = "sql", feature = "url"))]
#![allow(clippy::print_stdout, clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use kruxos_policy::document::load_suite;
use kruxos_policy::source::Sources;
use kruxos_policy::yaml::Limits;
use kruxos_policy::{CallDocument, Engine, Loader, Tier, lint, suite};
use serde_json::{Value, json};

const TEMPLATES: [&str; 3] = ["personal-permissive", "team-moderate", "enterprise-restrictive"];

fn file(name: &str) -> String {
    std::fs::read_to_string(format!("{}/policies/{name}.yaml", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

fn lines(corpus: &str) -> Vec<String> {
    let path = format!("{}/tests/corpus/shipped/{corpus}.txt", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path).unwrap();
    text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).map(str::to_owned).collect()
}

fn loader(names: &[&str], catalog: bool) -> Loader {
    let loader = names.iter().fold(Loader::new(), |loader, name| loader.policy(format!("{name}.yaml"), file(name)));
    if catalog { loader.catalog("kruxos.catalog.yaml", file("kruxos.catalog")) } else { loader }
}

fn engine(names: &[&str], catalog: bool) -> Engine {
    let loaded = loader(names, catalog).load();
    Engine::new(loaded.set.unwrap_or_else(|| panic!("{:#?}", loaded.diagnostics))).unwrap()
}

/// The engine of a template under the baseline with the catalog, made once for all tests.
fn shipped(template: &str) -> &'static Engine {
    static ENGINES: LazyLock<[Engine; 3]> =
        LazyLock::new(|| TEMPLATES.map(|template| engine(&["system-baseline", template], true)));
    &ENGINES[TEMPLATES.iter().position(|name| *name == template).unwrap()]
}

fn decide(engine: &Engine, capability: &str, params: &Value) -> (Tier, String) {
    let context = json!({ "cwd": "/workspace" });
    let call = json!({ "agent": "a", "capability": capability, "params": params, "context": context }).to_string();
    let document = CallDocument::parse(call.as_bytes()).unwrap();
    let mut scratch = engine.scratch();
    let decision = engine.decide(&mut scratch, &document.call());
    (decision.tier, decision.reason().to_string())
}

/// The ways to read a path, and all below it where the flag says so.
fn readings(path: &str) -> Vec<(&'static str, bool, Value)> {
    let elsewhere = "/workspace/new/z";
    vec![
        ("filesystem.read", false, json!({ "path": path })),
        ("filesystem.list", false, json!({ "path": path })),
        ("filesystem.stat", false, json!({ "path": path })),
        ("filesystem.search", false, json!({ "path": path, "pattern": "*" })),
        ("filesystem.watch", false, json!({ "path": path })),
        ("filesystem.search_content", true, json!({ "path": path, "query": "x" })),
        ("filesystem.copy", true, json!({ "source": path, "destination": elsewhere, "overwrite": false })),
        ("filesystem.move", true, json!({ "source": path, "destination": elsewhere, "overwrite": false })),
    ]
}

/// The ways to write a path.
fn writings(path: &str) -> Vec<(&'static str, Value)> {
    let source = "/workspace/new/z";
    vec![
        ("filesystem.write", json!({ "path": path, "content": "x" })),
        ("filesystem.edit", json!({ "path": path })),
        ("filesystem.append", json!({ "path": path, "content": "x" })),
        ("filesystem.copy", json!({ "source": source, "destination": path, "overwrite": false })),
        ("filesystem.move", json!({ "source": source, "destination": path, "overwrite": false })),
        ("network.download", json!({ "url": "https://example.com/x", "path": path })),
        ("git.clone", json!({ "url": "https://example.com/x.git", "path": path })),
        ("state.backup.export", json!({ "backup_id": "b", "path": path })),
    ]
}

fn assert_none(wrong: &[String]) {
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

/// The calls that get a more permissive tier than is meant.
fn looser_than<'c>(engine: &Engine, tier: Tier, calls: impl IntoIterator<Item = (&'c str, Value)>) -> Vec<String> {
    let judged =
        calls.into_iter().map(|(capability, params)| (decide(engine, capability, &params), capability, params));
    judged
        .filter(|((found, _), ..)| *found < tier)
        .map(|((found, reason), capability, params)| format!("{capability} {params}: {found} ({reason})"))
        .collect()
}

#[test]
fn credentials_are_closed_to_every_capability() {
    let engine = shipped("personal-permissive");
    let mut wrong = Vec::new();
    for path in lines("credentials") {
        wrong.extend(looser_than(engine, Tier::Blocked, readings(&path).into_iter().map(|(c, _, p)| (c, p))));
        wrong.extend(looser_than(engine, Tier::Blocked, writings(&path)));
    }
    assert_none(&wrong);
}

#[test]
fn what_runs_by_itself_is_written_by_no_capability() {
    let engine = shipped("personal-permissive");
    let mut wrong = Vec::new();
    for path in lines("startup") {
        wrong.extend(looser_than(engine, Tier::Blocked, writings(&path)));
    }
    assert_none(&wrong);
}

#[test]
fn nothing_takes_along_the_credentials_below_it() {
    let engine = shipped("personal-permissive");
    let mut above = BTreeSet::new();
    for path in lines("credentials") {
        above.extend(std::path::Path::new(&path).ancestors().skip(1).map(|path| path.to_str().unwrap().to_owned()));
    }
    // A workspace is searched whole, whatever agents keep in it; and credentials may lie where nobody expects them.
    for unknowable in ["/workspace", "/home/u/backup", "/home/u/docs", "/srv/gateway"] {
        above.remove(unknowable);
    }
    let calls = above.iter().flat_map(|path| readings(path)).filter(|(_, recursive, _)| *recursive);
    assert_none(&looser_than(engine, Tier::ApprovalRequired, calls.map(|(c, _, p)| (c, p))));
}

#[test]
fn ordinary_files_are_read_and_written() {
    let engine = shipped("team-moderate");
    let mut wrong = Vec::new();
    for path in lines("ordinary") {
        for (capability, params) in [
            ("filesystem.read", json!({ "path": path })),
            ("filesystem.write", json!({ "path": path, "content": "x" })),
            ("filesystem.copy", json!({ "source": path, "destination": "/workspace/z", "overwrite": false })),
        ] {
            let (tier, reason) = decide(engine, capability, &params);
            if tier > Tier::Notify {
                wrong.push(format!("{capability} {params}: {tier} ({reason})"));
            }
        }
    }
    assert_none(&wrong);
}

#[test]
fn requests_reach_no_local_target_and_no_other_scheme() {
    let mut wrong = Vec::new();
    for template in TEMPLATES {
        let engine = shipped(template);
        for url in lines("targets") {
            let calls = [
                ("network.http_request", json!({ "url": url })),
                ("network.credentialed_request", json!({ "url": url, "secret_name": "s" })),
                ("network.download", json!({ "url": url, "path": "/workspace/z" })),
            ];
            wrong.extend(looser_than(engine, Tier::ApprovalRequired, calls));
        }
        let named = json!({ "url": "https://api.example.com/", "secret_name": "s", "method": "GET" });
        wrong.extend(looser_than(engine, Tier::ApprovalRequired, [("network.credentialed_request", named)]));
        let lookup = json!({ "hostname": "x.example.com" });
        wrong.extend(looser_than(engine, Tier::Notify, [("network.dns_lookup", lookup)]));
    }
    assert_none(&wrong);
}

#[test]
fn rights_of_others_and_destruction_wait() {
    let mut wrong = Vec::new();
    for template in TEMPLATES {
        let engine = shipped(template);
        for line in lines("commands") {
            let words: Vec<&str> = line.split(' ').collect();
            let calls = [
                ("process.run", json!({ "command": line })),
                ("process.run", json!({ "command": words[0], "args": words[1..] })),
                ("process.run", json!({ "command": format!("ls && {line}") })),
                ("process.run", json!({ "command": "env", "args": words })),
            ];
            wrong.extend(looser_than(engine, Tier::ApprovalRequired, calls));
        }
    }
    assert_none(&wrong);
}

/// Contract: what cannot be taken back waits in every template, whatever program does it.
#[test]
fn what_cannot_be_taken_back_waits() {
    let mut wrong = Vec::new();
    for template in TEMPLATES {
        let engine = shipped(template);
        for line in lines("destruction") {
            let calls = [
                ("process.run", json!({ "command": line })),
                ("process.run", json!({ "command": format!("ls; {line}") })),
                ("process.run", json!({ "command": "sh", "args": ["-c", line] })),
            ];
            wrong.extend(looser_than(engine, Tier::ApprovalRequired, calls));
        }
    }
    assert_none(&wrong);
}

/// The lines of another corpus: what engineers type.
fn everyday() -> Vec<String> {
    let path = format!("{}/tests/corpus/careful/everyday.jsonl", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path).unwrap();
    let command = |line: &str| serde_json::from_str::<Value>(line).unwrap()["command"].as_str().unwrap().to_owned();
    text.lines().map(command).collect()
}

#[test]
fn most_of_what_engineers_type_is_only_announced_on_a_machine_of_ones_own() {
    let engine = shipped("personal-permissive");
    let all = everyday();
    let tiers = all.iter().map(|line| decide(engine, "process.run", &json!({ "command": line })).0);
    let announced = tiers.filter(|tier| *tier <= Tier::Notify).count();
    println!("{announced} of {} everyday lines are only announced", all.len());
    assert!(announced * 100 >= all.len() * 78, "{announced} of {}", all.len());
}

/// The names of the baseline's two rules on other users: in the first as a list and as an expression, in the second as a list.
fn other_users() -> [Vec<String>; 3] {
    let text = file("system-baseline");
    let names = |from: &str, to: &str, split: char| {
        let list = text.split(from).nth(1).unwrap().split(to).next().unwrap();
        list.split(split).map(|name| name.trim().trim_matches('\'').to_owned()).collect()
    };
    [
        names("exists(program, [", "]", ','),
        names("matches('\\\\b(", ")", '|'),
        names("command_runs_any:\n            [", "]", ','),
    ]
}

#[test]
fn the_programs_of_other_users_are_one_list() {
    let [first, second, third] = other_users();
    assert!(first.len() > 30 && first == second && first == third, "{first:?} {second:?} {third:?}");
}

/// What certainly runs as somebody else is blocked, and what only may waits: against the plain test, which says `true` for
/// the one and unknown for the other.
#[test]
fn other_users_are_blocked_where_certain_and_wait_where_not() {
    let names = other_users()[2].clone();
    let plain = format!(
        "name: plain\nversion: '1'\nlayer: system\ncapabilities:\n  process.run:\n    rules:\n      - {{ condition: {{ \
         command_runs_any: [{}] }}, tier: blocked }}\n    tier: autonomous\n",
        names.join(", ")
    );
    let open = "name: open\nversion: '1'\ncapabilities:\n  process.run: { tier: autonomous }\n";
    let load = |loader: Loader| {
        let loader = loader.policy("open.yaml", open).catalog("kruxos.catalog.yaml", file("kruxos.catalog"));
        Engine::new(loader.load().set.unwrap()).unwrap()
    };
    let plain = load(Loader::new().policy("plain.yaml", plain));
    let baseline = load(Loader::new().policy("system-baseline.yaml", file("system-baseline")));
    let (mut wrong, mut certain, mut doubtful) = (Vec::new(), 0, 0);
    for params in invocations(&names) {
        let call = json!({ "agent": "a", "capability": "process.run", "params": params }).to_string();
        let document = CallDocument::parse(call.as_bytes()).unwrap();
        let (mut one, mut other) = (plain.scratch(), baseline.scratch());
        let (told, got) = (plain.decide(&mut one, &document.call()), baseline.decide(&mut other, &document.call()));
        let least = match (told.tier, told.unknowns.is_empty()) {
            (Tier::Autonomous, _) => Tier::Autonomous,
            (_, true) => Tier::Blocked,
            (_, false) => Tier::ApprovalRequired,
        };
        certain += usize::from(least == Tier::Blocked);
        doubtful += usize::from(least == Tier::ApprovalRequired);
        if got.tier < least {
            wrong.push(format!("{params}: {} for {least}", got.tier));
        }
    }
    println!("{certain} certain, {doubtful} doubtful");
    assert!(certain > 300 && doubtful > 100);
    assert_none(&wrong);
}

/// Everyday lines with the names in every place and spelling.
fn invocations(names: &[String]) -> Vec<Value> {
    let mut all = Vec::new();
    for (at, line) in everyday().into_iter().enumerate() {
        let name = &names[at % names.len()];
        let (head, tail) = name.split_at(1);
        let spelled = [
            name.clone(),
            format!("{head}''{tail}"),
            format!("{head}\\{tail}"),
            format!("{head}\\\n{tail}"),
            format!("\"{head}\"{tail}"),
            format!("/opt/x/{name}"),
        ];
        let spelled = &spelled[at % 6];
        let shapes = [
            line.clone(),
            format!("{line}; {spelled} ls"),
            format!("{spelled} {line}"),
            format!("$({spelled} ls) $x; {line}"),
            format!("source x; {line} | xargs {spelled}"),
            format!("docker exec c {spelled} ls && {line}"),
        ];
        all.extend(shapes.iter().map(|text| json!({ "command": text })));
        all.push(json!({ "command": "sh", "args": ["-c", shapes[1]] }));
        all.push(json!({ "command": "env", "args": [name, line] }));
        all.push(json!({ "command": "$x", "args": [name], "environment": { "x": name } }));
    }
    all
}

#[test]
fn work_of_every_day_runs_on_a_machine_of_ones_own() {
    let engine = shipped("personal-permissive");
    let mut wrong = Vec::new();
    for line in lines("work") {
        let (tier, reason) = decide(engine, "process.run", &json!({ "command": line }));
        if tier > Tier::Notify {
            wrong.push(format!("{line}: {tier} ({reason})"));
        }
    }
    assert_none(&wrong);
}

/// A name that no catalog has is opened by no pattern, in whatever category it is.
#[test]
fn names_that_do_not_exist_yet_are_not_opened() {
    let catalog: BTreeSet<String> =
        file("kruxos.catalog").lines().filter_map(|line| line.strip_prefix("  - name: ").map(str::to_owned)).collect();
    let mut categories: BTreeSet<String> = ["robot", "process", "memory"].map(str::to_owned).into();
    for name in &catalog {
        let mut category = name.as_str();
        while let Some((shorter, _)) = category.rsplit_once('.') {
            categories.insert(shorter.to_owned());
            category = shorter;
        }
    }
    let mut wrong = Vec::new();
    for template in TEMPLATES {
        let endings = ["shutdown", "exec", "create", "list_all", "readx", "delete.all"];
        let names = categories.iter().flat_map(|category| endings.map(|ending| format!("{category}.{ending}")));
        let names: Vec<String> = names.filter(|name| !catalog.contains(name)).collect();
        let calls = names.iter().map(|name| (name.as_str(), json!({})));
        wrong.extend(looser_than(shipped(template), Tier::ApprovalRequired, calls));
    }
    assert_none(&wrong);
}

/// Each of the three lists of the baseline is written once for each parameter it is asked of, and is the same for all.
#[test]
fn each_list_of_the_baseline_is_one_list() {
    let text = file("system-baseline");
    let mut lists: BTreeMap<Vec<String>, Vec<String>> = BTreeMap::new();
    let mut current = Vec::new();
    for line in text.lines().chain([""]) {
        let test = line.trim().trim_start_matches("|| ");
        let test = test.strip_prefix("path(params.").filter(|_| line.starts_with("            "));
        if let Some((parameter, test)) = test.and_then(|test| test.split_once(").")) {
            current.push((parameter.to_owned(), test.to_owned()));
        } else if !current.is_empty() {
            let (parameters, tests): (BTreeSet<String>, Vec<String>) = std::mem::take(&mut current).into_iter().unzip();
            lists.entry(tests).or_default().extend(parameters);
        }
    }
    let uses: Vec<String> = lists.values().map(|parameters| parameters.join(" ")).collect();
    println!("uses of the lists: {uses:?}");
    let expected: BTreeSet<&str> = ["path source destination", "path source", "path destination"].into();
    assert_eq!(uses.iter().map(String::as_str).collect::<BTreeSet<_>>(), expected, "credentials, above them, startup");
    assert_eq!(uses.len(), 3);
}

#[test]
fn the_tests_beside_the_policies_pass() {
    let mut wrong = Vec::new();
    for name in ["system-baseline", "personal-permissive", "team-moderate", "enterprise-restrictive"] {
        let text = file(&format!("{name}.test"));
        let mut sources = Sources::default();
        let id = sources.add(name, text.as_str());
        let parsed = load_suite(id, &text, Limits::default());
        let document = parsed.value.unwrap_or_else(|| panic!("{:#?}", parsed.diagnostics));
        let mut named: Vec<&str> = document.policies.iter().map(|p| p.value.trim_end_matches(".yaml")).collect();
        if named.is_empty() {
            named.push(name);
        }
        let engine = engine(&named, document.catalog.is_some());
        for result in suite::run(&document, &engine).iter().filter(|result| !result.passed()) {
            let line = sources.position(result.test.name.span).line;
            let missed: Vec<_> = result.mismatches.iter().map(|m| (m.field, &m.expected, &m.got)).collect();
            wrong.push(format!("{name}:{line} {}: {missed:?} ({})", result.test.name.value, result.reason));
        }
    }
    assert_none(&wrong);
}

#[test]
fn lint_says_nothing_of_them() {
    let all = ["system-baseline", "personal-permissive", "team-moderate", "enterprise-restrictive"];
    let loaded = loader(&all, true).load();
    let set = loaded.set.unwrap_or_else(|| panic!("{:#?}", loaded.diagnostics));
    let findings = lint::check(&set);
    let lines: Vec<String> = findings
        .iter()
        .map(|f| format!("{}: {:?}: {}", f.code, f.span().map(|s| set.sources().position(s).line), f.message))
        .collect();
    assert_none(&lines);
}
