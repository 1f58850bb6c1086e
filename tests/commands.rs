//! The cases that stand beside the rows of `commands/*.yaml`: each row's answers to the two questions.
#![cfg(feature = "shell")]
#![allow(clippy::print_stdout, clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use kruxos_policy::shell::programs::{Kind, Tree};
use kruxos_policy::shell::{Access, Form, Invocation, List, Programs, Script, Verdict};
use kruxos_policy::source::Sources;
use kruxos_policy::yaml::{self, Limits, Node, NodeKind};

/// File, the program's names, text, the answer of `runs_only` of the program, the answer of `runs_any` of `rm`, and whether
/// what is written and read stays below where it works, empty where the case does not say.
type Row = (&'static str, &'static str, &'static str, &'static str, &'static str, &'static str, &'static str);

const CASES: &[Row] = include!(concat!(env!("OUT_DIR"), "/commands_cases.rs"));

fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Yes => "yes",
        Verdict::No => "no",
        Verdict::Unknown(_) => "unknown",
    }
}

fn why(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Unknown(why) => why,
        _ => "",
    }
}

/// Whether a word is a version of one of a program's names: `python3.11` of `python#`.
fn is_version(names: &str, word: &str) -> bool {
    let stem = word.trim_end_matches(|char: char| char.is_ascii_digit() || ".-".contains(char));
    names.split(' ').any(|name| name.strip_suffix('#') == Some(stem))
}

/// The cases that do not come to what they say, by these rows.
fn wrong<'c>(cases: impl Iterator<Item = &'c Row>, programs: &Programs) -> Vec<String> {
    let rm = List::read(["rm"]).unwrap();
    let mut wrong = Vec::new();
    for (file, names, text, only, any, writes, reads) in cases {
        let invocation =
            Invocation { command: Form::Text(text), environment: Vec::new(), directory: None, input: None };
        let script = Script::of_invocation(&invocation, programs);
        // What feeds a program's input is not what the case is about.
        let mut listed: Vec<&str> = vec!["echo", "printf", "cat"];
        listed.extend(names.split(' ').map(|name| name.trim_end_matches('#')));
        listed.extend(text.split_whitespace().filter(|word| is_version(names, word)));
        listed.retain(|name| List::read([*name]).is_ok());
        let list = List::read(listed).unwrap();
        let (found_only, found_any) = (list.runs_only(&script), rm.runs_any(&script));
        if word(found_only) != *only || word(found_any) != *any {
            wrong.push(format!(
                "{file}: `{}`: {} {} and not {only} {any} ({}; {})",
                text.escape_debug(),
                word(found_only),
                word(found_any),
                why(found_only),
                why(found_any)
            ));
        }
        let places = [(Access::Write, writes), (Access::Read, reads)];
        for (access, said) in places.into_iter().filter(|(_, said)| !said.is_empty()) {
            let found = script.stays(access);
            if word(found) != *said {
                let text = text.escape_debug();
                wrong.push(format!("{file}: `{text}`: {access:?} {} and not {said} ({})", word(found), why(found)));
            }
        }
    }
    wrong
}

#[test]
fn every_case_of_a_row_comes_to_what_it_says() {
    let wrong = wrong(CASES.iter(), &Programs::default());
    println!("{} cases of {} rows", CASES.len(), Programs::shipped().count());
    assert!(wrong.is_empty(), "{} of {} cases\n{}", wrong.len(), CASES.len(), wrong.join("\n"));
}

/// Rows of a file as a catalog would bring them.
fn tree(node: &Node) -> Tree {
    let kind = match &node.kind {
        NodeKind::Scalar(scalar) => Kind::Text(scalar.text.to_string()),
        NodeKind::List(items) => Kind::List(items.iter().map(tree).collect()),
        NodeKind::Map(entries) => {
            let key = |text: &str| Tree { kind: Kind::Text(text.to_owned()), line: 1 };
            Kind::Map(entries.iter().map(|(name, value)| (key(&name.text), tree(value))).collect())
        }
    };
    Tree { kind, line: 1 }
}

/// Keys under which the order of the items means something: operands and patches.
const ORDERED: &[&str] = &["operands", "with", "use", "names", "also", "stands_for"];

/// The same rows from the last to the first, groups aside, and what stands in them the other way round.
fn turned(tree: Tree) -> Tree {
    let Kind::List(items) = tree.kind else { panic!("no list") };
    let is_group =
        |item: &Tree| matches!(&item.kind, Kind::Map(entries) if entries.iter().any(|(key, _)| text(key) == "group"));
    let (groups, programs): (Vec<Tree>, Vec<Tree>) = items.into_iter().partition(is_group);
    let items = groups.into_iter().chain(programs.into_iter().rev()).map(|item| turned_within(item, ""));
    Tree { kind: Kind::List(items.collect()), line: tree.line }
}

fn turned_within(tree: Tree, key: &str) -> Tree {
    let line = tree.line;
    let kind = match tree.kind {
        kind if ORDERED.contains(&key) => kind,
        Kind::Text(text) if text.contains('|') || text.split_whitespace().count() > 1 => {
            Kind::Text(text.split_whitespace().rev().collect::<Vec<_>>().join(" "))
        }
        Kind::List(items) => Kind::List(items.into_iter().rev().map(|item| turned_within(item, key)).collect()),
        Kind::Map(entries) => {
            let turned = entries.into_iter().rev().map(|(key, value)| {
                let name = text(&key);
                (key, turned_within(value, &name))
            });
            Kind::Map(turned.collect())
        }
        kind @ Kind::Text(_) => kind,
    };
    Tree { kind, line }
}

fn text(tree: &Tree) -> String {
    let Kind::Text(text) = &tree.kind else { panic!("no text") };
    text.clone()
}

/// Rows that say that they take the place of those that ship.
fn replacing(mut rows: Tree) -> Tree {
    let word = |text: &str| Tree { kind: Kind::Text(text.to_owned()), line: 1 };
    let Kind::List(items) = &mut rows.kind else { panic!("no list") };
    for item in items {
        let Kind::Map(entries) = &mut item.kind else { panic!("no map") };
        if entries.iter().any(|(key, _)| text(key) == "program") {
            entries.push((word("replaces"), word("true")));
        }
    }
    rows
}

/// The rows of each file, brought by a catalog, in the order of writing and turned round: every case comes to the same.
#[test]
fn the_order_of_rows_and_of_what_stands_in_them_changes_nothing() {
    let mut all = Vec::new();
    let files: std::collections::BTreeSet<&str> = CASES.iter().map(|(file, ..)| *file).collect();
    for file in &files {
        let path = format!("{}/commands/{file}", env!("CARGO_MANIFEST_DIR"));
        let text = std::fs::read_to_string(path).unwrap();
        let source = Sources::default().add(*file, text.as_str());
        let root = yaml::parse_with(source, &text, Limits::CATALOG).value.root.unwrap();
        for rows in [tree(&root), turned(tree(&root))] {
            let rows = replacing(rows);
            let (programs, _) = Programs::read(&rows).unwrap_or_else(|faults| panic!("{file}: {faults:?}"));
            all.extend(wrong(CASES.iter().filter(|case| case.0 == *file), &programs));
        }
    }
    println!("{} files, each read twice", files.len());
    assert!(all.is_empty(), "{}", all.join("\n"));
}
