//! A module of the engine uses only the stages before it.

use super::reading::{File, line_of, shipped_code, shipped_files, words};

/// The modules of the engine, each before all that use it.
const STAGES: &[&str] = &[
    // text and where it stands
    "source",
    "suggest",
    "tier",
    "diagnostic",
    "number",
    "json",
    "literal",
    // documents as written
    "yaml",
    "document",
    // patterns, and the expression language that both spellings of a condition become
    "path",
    "pattern",
    "ip",
    "url",
    "sql",
    "shell",
    "cel",
    "catalog",
    "condition",
    // what a policy can answer
    "outcome",
    "rate_limit",
    "shipped",
    "policy_set",
    // what is asked, and what is answered
    "tree",
    "call",
    "decision",
    "engine",
    "counters",
    // beside the chain
    "wire",
    "explain",
    "lint",
    "suite",
    "schema",
    "files",
];

/// Uses against the order, each with the reason it stands.
const EXCEPTIONS: &[(&str, &str, &str)] = &[];

/// `crate::…` names that are not modules, and the modules they come from.
const REEXPORTS: &[(&str, &str)] = &[
    ("Call", "call"),
    ("CallDocument", "call"),
    ("CallError", "call"),
    ("Decision", "decision"),
    ("Engine", "engine"),
    ("Scratch", "engine"),
    ("Loaded", "policy_set"),
    ("Loader", "policy_set"),
    ("PolicySet", "policy_set"),
    ("Layer", "tier"),
    ("Tier", "tier"),
];

fn stage(module: &str) -> Option<usize> {
    STAGES.iter().position(|stage| *stage == module)
}

/// The module of the engine that a file is of: `src/a.rs` and `src/a/b.rs` are `a`.
fn module(path: &str) -> &str {
    let inner = path.strip_prefix("src/").expect("a file of the engine");
    inner.split('/').next().expect("a path has a part").trim_end_matches(".rs")
}

/// The modules that shipped code names through `crate::`, or `super::` where that is the root, with their lines.
fn uses(file: &File) -> Vec<(usize, String)> {
    let code = shipped_code(&file.text);
    let top = file.path.matches('/').count() == 1;
    let roots = if top { &["crate::", "super::"][..] } else { &["crate::"] };
    let places = roots.iter().flat_map(|root| code.match_indices(root));
    let mut found = Vec::new();
    for (at, root) in places {
        let line = line_of(&code, at);
        found.extend(names(&code[at + root.len()..]).into_iter().map(|name| (line, name)));
    }
    found
}

/// The first names behind `crate::`: one, or those of a group.
fn names(rest: &str) -> Vec<String> {
    let Some(group) = rest.strip_prefix('{') else {
        return words(rest).take(1).map(|(_, word)| word.to_owned()).collect();
    };
    let (mut depth, mut first, mut names) = (1, true, Vec::new());
    for (at, char) in group.char_indices() {
        match char {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 1 => first = true,
            _ if depth == 1 && first && !char.is_whitespace() => {
                names.extend(words(&group[at..]).take(1).map(|(_, word)| word.to_owned()));
                first = false;
            }
            _ => {}
        }
        if depth == 0 {
            break;
        }
    }
    names
}

/// What is against the order in a file.
fn against(file: &File) -> Vec<String> {
    let own = module(&file.path);
    if own == "lib" {
        return Vec::new();
    }
    let Some(own_stage) = stage(own) else { return vec![format!("`{own}` has no place among the stages")] };
    let judge = |(line, name): (usize, String)| {
        let used = REEXPORTS.iter().find(|(export, _)| *export == name).map_or(name.as_str(), |(_, module)| module);
        let allowed = used == own
            || EXCEPTIONS.iter().any(|(user, uses, _)| (*user, *uses) == (own, used))
            || stage(used).is_some_and(|stage| stage < own_stage);
        (!allowed).then(|| format!("{}:{line}: `{own}` uses `{used}`, a later stage", file.path))
    };
    uses(file).into_iter().filter_map(judge).collect()
}

#[test]
fn a_module_uses_only_earlier_stages() {
    let found: Vec<String> = shipped_files(&["src"]).iter().flat_map(against).collect();
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn every_exception_is_needed() {
    let files = shipped_files(&["src"]);
    for (user, used, reason) in EXCEPTIONS {
        let needed = files
            .iter()
            .filter(|file| module(&file.path) == *user)
            .any(|file| uses(file).iter().any(|(_, name)| name == used));
        assert!(needed, "`{user}` does not use `{used}` any more: {reason}");
    }
}

#[test]
fn every_stage_is_a_module() {
    let files = shipped_files(&["src"]);
    let missing: Vec<&&str> =
        STAGES.iter().filter(|stage| !files.iter().any(|file| module(&file.path) == **stage)).collect();
    // stages of later milestones have their place before they are there
    assert!(missing.iter().all(|stage| ["lint", "suite", "schema", "files"].contains(stage)), "{missing:?}");
}

#[test]
fn a_use_of_a_later_stage_is_found() {
    let check = |path: &str, text: &str| against(&File { path: path.to_owned(), text: text.to_owned() });
    for (path, text) in [
        ("src/yaml/parse.rs", "use crate::document::PolicyDocument;"),
        ("src/cel/eval.rs", "fn f(set: &crate::policy_set::PolicySet) {}"),
        ("src/source.rs", "use crate::{json::Json, tier};"),
        ("src/tier.rs", "use super::engine;"),
        ("src/pattern/name.rs", "use crate::Engine;"),
        ("src/forgotten.rs", ""),
    ] {
        assert!(!check(path, text).is_empty(), "{path}: {text}");
    }
    for (path, text) in [
        ("src/document/read.rs", "use crate::yaml::Node;\nuse crate::{json, source::{Span, Source}};"),
        ("src/engine.rs", "use crate::tree;"),
        ("src/yaml/mod.rs", "#[cfg(test)]\nuse crate::engine;"),
    ] {
        assert_eq!(check(path, text), [""; 0]);
    }
}
