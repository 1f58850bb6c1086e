//! Compiles `commands/*.yaml`, what is known of programs on the command line, into statics; a row that is not well-formed
//! or has not its cases fails the build with the place.
#![allow(
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a build script fails loudly"
)]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use granit_parser::{Event, Parser};

#[path = "src/shell/programs"]
mod programs {
    #[allow(dead_code, unreachable_pub, reason = "the library uses the rest")]
    #[path = "lower.rs"]
    pub mod lower;
    #[allow(dead_code, unreachable_pub, reason = "the library uses the rest")]
    #[path = "model.rs"]
    pub mod model;
    #[allow(dead_code, unreachable_pub, reason = "the library uses the rest")]
    #[path = "pack.rs"]
    pub mod pack;
    #[allow(dead_code, unreachable_pub, reason = "the library uses the rest")]
    #[path = "table.rs"]
    pub mod table;
    #[allow(dead_code, unreachable_pub, reason = "the library uses the rest")]
    #[path = "tree.rs"]
    pub mod tree;
}

use programs::lower::{self, Case, Entry};
use programs::pack::Builder;
use programs::tree::{Fault, Kind, Tree};

fn main() {
    println!("cargo::rerun-if-changed=commands");
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=src/shell/programs/model.rs");
    println!("cargo::rerun-if-changed=src/shell/programs/lower.rs");
    println!("cargo::rerun-if-changed=src/shell/programs/pack.rs");
    println!("cargo::rerun-if-changed=src/shell/programs/relations.rs");
    println!("cargo::rerun-if-changed=src/shell/programs/table.rs");
    println!("cargo::rerun-if-changed=src/shell/programs/tree.rs");
    let mut faults = Vec::new();
    let mut entries: Vec<(PathBuf, Entry)> = Vec::new();
    for file in files(Path::new("commands")) {
        let text = std::fs::read_to_string(&file).unwrap();
        match read(&text).and_then(|tree| lower::rows(&tree)) {
            Ok(rows) => entries.extend(rows.into_iter().map(|row| (file.clone(), row))),
            Err(found) => faults.extend(found.iter().map(|fault| place(&file, fault))),
        }
    }
    faults.extend(checked(&entries));
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
    let out = PathBuf::from(std::env::var_os("OUT_DIR").unwrap());
    std::fs::write(out.join("commands.rs"), tables(&entries)).unwrap();
    std::fs::write(out.join("commands_cases.rs"), cases(&entries)).unwrap();
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("`{}`: {error}", folder.display()));
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|ending| ending == "yaml"));
    files.sort();
    files
}

fn place(file: &Path, fault: &Fault) -> String {
    let choices =
        if fault.choices.is_empty() { String::new() } else { format!("; known are {}", fault.choices.join(", ")) };
    format!("{}:{}: {}{choices}", file.display(), fault.line, fault.why)
}

/// What is wrong between rows: a name in two of them, a row without its cases.
fn checked(entries: &[(PathBuf, Entry)]) -> Vec<String> {
    let mut faults = Vec::new();
    let mut names: BTreeMap<&str, &Path> = BTreeMap::new();
    for (file, entry) in entries {
        let fault = |why: String| place(file, &Fault::new(entry.line, why));
        for name in entry.row.names.iter() {
            if let Some(other) = names.insert(name, file) {
                faults.push(fault(format!("`{name}` has a row in {} too", other.display())));
            }
        }
        let missing = missing_cases(entry);
        if !missing.is_empty() {
            faults.push(fault(format!("`{}` lacks cases of: {}", name_of(entry), missing.join("; "))));
        }
    }
    faults
}

/// A YAML text as a tree.
fn read(text: &str) -> Result<Tree, Vec<Fault>> {
    let fault = |line, why: String| vec![Fault::new(line, why)];
    let mut open: Vec<(usize, bool, Vec<Tree>)> = vec![(1, false, Vec::new())];
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| fault(error.marker().line(), error.to_string()))?;
        let line = span.start.line();
        match event {
            Event::Scalar(text, ..) => {
                let tree = Tree { kind: Kind::Text(text.to_string()), line };
                open.last_mut().unwrap().2.push(tree);
            }
            Event::SequenceStart(..) => open.push((line, false, Vec::new())),
            Event::MappingStart(..) => open.push((line, true, Vec::new())),
            Event::SequenceEnd | Event::MappingEnd => {
                let (line, map, items) = open.pop().unwrap();
                let kind = if map {
                    Kind::Map(pairs(items).map_err(|line| fault(line, "a key stands twice".into()))?)
                } else {
                    Kind::List(items)
                };
                open.last_mut().unwrap().2.push(Tree { kind, line });
            }
            Event::Alias(_) => return Err(fault(line, "aliases are not allowed here".into())),
            _ => {}
        }
    }
    Ok(open.pop().and_then(|(_, _, mut items)| items.pop()).unwrap_or(Tree { kind: Kind::List(Vec::new()), line: 1 }))
}

/// Keys with their values; the line of a key that stands twice.
fn pairs(items: Vec<Tree>) -> Result<Vec<(Tree, Tree)>, usize> {
    let mut pairs: Vec<(Tree, Tree)> = Vec::new();
    let mut items = items.into_iter();
    while let (Some(key), Some(value)) = (items.next(), items.next()) {
        let text = |tree: &Tree| if let Kind::Text(text) = &tree.kind { text.clone() } else { String::new() };
        if pairs.iter().any(|(known, _)| text(known) == text(&key)) {
            return Err(key.line);
        }
        pairs.push((key, value));
    }
    Ok(pairs)
}

/// The tables as Rust.
fn tables(entries: &[(PathBuf, Entry)]) -> String {
    let table = Builder::table(entries.iter().map(|(_, entry)| &entry.row)).expect("fewer than 65,536 rows and texts");
    let mut rust = String::from("/// The tables.\npub(super) static TABLE: Table = Table {\n");
    let _ = writeln!(rust, "text: Cow::Borrowed({:?}),", table.text);
    array(&mut rust, "texts", &table.texts);
    array(&mut rust, "lists", &table.lists);
    array(&mut rust, "numbers", &table.numbers);
    array(&mut rust, "rows", &table.rows);
    array(&mut rust, "names", &table.names);
    array(&mut rust, "families", &table.families);
    array(&mut rust, "options", &table.options);
    array(&mut rust, "spellings", &table.spellings);
    array(&mut rust, "operands", &table.operands);
    array(&mut rust, "patches", &table.patches);
    array(&mut rust, "pairs", &table.pairs);
    array(&mut rust, "means", &table.means);
    array(&mut rust, "undoes", &table.undoes);
    array(&mut rust, "stands", &table.stands);
    rust.push_str("};\n");
    rust
}

/// One array; what `Debug` prints of its items is Rust, but for the paths of words.
fn array<T: std::fmt::Debug>(rust: &mut String, name: &str, items: &[T]) {
    let mut text = format!("{items:?}");
    for (word, path) in WORDS {
        text = text.replace(word, path);
    }
    let _ = writeln!(rust, "{name}: Cow::Borrowed(&{text}),");
}

/// Words that need their type's name.
const WORDS: &[(&str, &str)] = &[
    ("Attached", "Arity::Attached"),
    ("Equals", "Arity::Equals"),
    ("Required", "Arity::Required"),
    ("Two", "Arity::Two"),
    ("Digits", "Arity::Digits"),
    ("Bare", "Arity::Bare"),
    ("One", "Many::One"),
    ("Optional", "Many::Optional"),
    ("Any", "Many::Any"),
    ("Ignored", "Stdin::Ignored"),
    ("Data)", "Stdin::Data)"),
    ("Code", "Stdin::Code"),
    ("Words", "Stdin::Words"),
    ("Untold", "Stdin::Untold"),
    ("Typed", "Stdin::Typed"),
    ("Shell", "Absent::Shell"),
    ("Nothing", "Absent::Nothing"),
];

fn cases(entries: &[(PathBuf, Entry)]) -> String {
    let mut rust = String::from("&[\n");
    for (file, entry) in entries {
        for case in &entry.cases {
            let names = entry.row.names.join(" ");
            let file = file.file_name().unwrap_or_default();
            let (writes, reads) = case.within.as_ref().map_or(("", ""), |[writes, reads]| (writes, reads));
            let Case { text, only, any, .. } = case;
            let _ = writeln!(rust, "({file:?}, {names:?}, {text:?}, {only:?}, {any:?}, {writes:?}, {reads:?}),");
        }
    }
    rust.push(']');
    rust
}

/// A row's main name.
fn name_of(entry: &Entry) -> &str {
    entry.row.names.first().map_or("", |name| name)
}

/// Which of the cases that every row needs are missing.
fn missing_cases(entry: &Entry) -> Vec<&'static str> {
    let has = |test: &dyn Fn(&str) -> bool| entry.cases.iter().any(|case| test(&case.text));
    let name = name_of(entry).trim_end_matches('#').to_owned();
    let kinds: [(&'static str, bool); 4] = [
        (
            "the program without options",
            has(&|text| {
                text.split_whitespace().all(|word| !word.starts_with('-')) && text.split_whitespace().count() <= 3
            }),
        ),
        ("an unknown option: `--unknown-option`", has(&|text| text.contains("--unknown-option"))),
        ("a command among its words: `rm x`", has(&|text| text.contains("rm x"))),
        ("something by its input: `<` or `|`", has(&|text| text.contains('<') || text.contains('|'))),
    ];
    let named = has(&|text| text.contains(&name));
    kinds
        .into_iter()
        .filter(|(_, there)| !there)
        .map(|(kind, _)| kind)
        .chain((!named).then_some("the program itself"))
        .collect()
}
