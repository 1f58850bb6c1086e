//! The rows of `commands/*.yaml` as their files say, read anew: nothing of the compiled tables is used, so that a mistake in
//! those cannot hide from a test.

#![allow(dead_code, unreachable_pub, reason = "each test uses some of it")]

use std::collections::BTreeMap;

use kruxos_policy::source::Sources;
use kruxos_policy::yaml::{self, Limits, Node, NodeKind};

/// A program or subcommand.
pub struct Row {
    /// The file it stands in.
    pub file: String,
    /// The program and the subcommands on the way, by their main names.
    pub path: Vec<String>,
    /// The words of `style`.
    pub style: Vec<String>,
    /// Its options: its own, and those of rows above that may stand behind its name.
    pub options: Vec<Opt>,
    /// The words of `operands`, if there are any.
    pub operands: Option<Vec<String>>,
    /// Some subcommand's name, if it has any.
    pub subcommand: Option<String>,
    /// What words look like that say options, and which options they say.
    pub means: Vec<(String, Vec<String>)>,
    /// The options, by spelling, on which something depends: those that `with` and `instead` name.
    pub conditions: Vec<String>,
}

/// An option.
#[derive(Clone)]
pub struct Opt {
    /// Its effect's word.
    pub effect: String,
    /// Its spellings.
    pub spellings: Vec<String>,
    /// Whether it takes a value.
    pub arity: Arity,
    /// Whether it is that of a row above.
    pub inherited: bool,
}

impl Opt {
    /// Whether it may have one value in its own word.
    pub fn takes_value(&self) -> bool {
        matches!(self.arity, Arity::Required | Arity::Attached)
    }
}

/// Whether an option takes a value.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Arity {
    Bare,
    Required,
    Attached,
    Equals,
    Digits,
    Two,
}

impl Row {
    /// Whether `style` has a word.
    pub fn has(&self, style: &str) -> bool {
        self.style.iter().any(|word| word == style)
    }

    /// Whether one dash begins a word and not letters.
    pub fn is_single(&self) -> bool {
        self.has("single") || self.has("find")
    }

    /// All spellings of all options.
    pub fn spellings(&self) -> impl Iterator<Item = &str> {
        self.options.iter().flat_map(|option| option.spellings.iter().map(String::as_str))
    }
}

/// All rows, programs before their subcommands.
pub fn all() -> Vec<Row> {
    let folder = format!("{}/commands", env!("CARGO_MANIFEST_DIR"));
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|ending| ending == "yaml"));
    files.sort();
    files.iter().flat_map(|file| rows_of(file)).collect()
}

fn rows_of(path: &std::path::Path) -> Vec<Row> {
    let text = std::fs::read_to_string(path).unwrap();
    let file = path.file_name().unwrap().to_string_lossy().into_owned();
    let source = Sources::default().add(file.as_str(), text.as_str());
    let parsed = yaml::parse_with(source, &text, Limits::CATALOG);
    let root = parsed.value.root.unwrap_or_else(|| panic!("{file}: {:?}", parsed.diagnostics));
    let NodeKind::List(items) = root.kind else { panic!("{file} is no list") };
    let mut reading = Reading { file, groups: BTreeMap::new(), rows: Vec::new() };
    for item in items.iter() {
        match (field(item, "group"), field(item, "program")) {
            (Some(name), _) => drop(reading.groups.insert(text_of(name), item.clone())),
            (None, Some(program)) => {
                let name = words(program).swap_remove(0).replace('#', "3");
                reading.row(item, vec![name], &[], &[], false);
            }
            _ => panic!("{}: an item that is neither group nor program", reading.file),
        }
    }
    reading.rows
}

struct Reading {
    file: String,
    groups: BTreeMap<String, Node>,
    rows: Vec<Row>,
}

impl Reading {
    /// A row and those below it; `above` are the options that may stand behind its name.
    fn row(&mut self, node: &Node, path: Vec<String>, style: &[String], above: &[Opt], inherits: bool) {
        if field(node, "also").is_some() {
            return;
        }
        let mut bodies = Vec::new();
        self.bodies(node, &mut bodies);
        let last = |key: &str| bodies.iter().rev().find_map(|body| field(body, key));
        let style = last("style").map_or(style.to_vec(), words);
        let own = options(&bodies);
        let brought = above.iter().filter(|option| !has_spelling(&own, option));
        let mut options: Vec<Opt> =
            own.iter().cloned().chain(brought.map(|option| Opt { inherited: true, ..option.clone() })).collect();
        if style.iter().any(|word| word == "plain") {
            options.clear();
        }
        let inherits = last("inherits").map_or(inherits, |node| text_of(node) == "true");
        let handed = if inherits { options.clone() } else { Vec::new() };
        let keys = |key: &str| -> Vec<String> {
            let maps = bodies.iter().filter_map(|body| field(body, key));
            maps.flat_map(entries).map(|(key, _)| key.to_owned()).collect()
        };
        let means = bodies.iter().filter_map(|body| field(body, "means")).flat_map(entries);
        let means = means.map(|(word, says)| (word.to_owned(), words(says))).collect();
        let mut conditions = keys("with");
        conditions.extend(last("instead").map(words).unwrap_or_default());
        let row = Row {
            file: self.file.clone(),
            path: path.clone(),
            style: style.clone(),
            options,
            operands: last("operands")
                .map(words)
                .map(|words| words.into_iter().filter(|word| word != "none").collect()),
            subcommand: keys("subcommands").first().map(|names| main_name(names)),
            means,
            conditions: conditions.iter().flat_map(|words| words.split([' ', '|'])).map(str::to_owned).collect(),
        };
        self.rows.push(row);
        let below: Vec<(String, Node)> = bodies
            .iter()
            .filter_map(|body| field(body, "subcommands"))
            .flat_map(entries)
            .flat_map(|(names, body)| {
                // Subcommands of one row differ by their names alone: a few stand for the hundreds of a cloud.
                names.split('|').take(4).map(|names| (main_name(names), body.clone())).collect::<Vec<_>>()
            })
            .chain(last("others").map(|body| ("some-other".to_owned(), body.clone())))
            .collect();
        for (name, body) in below {
            let path = path.iter().cloned().chain([name]).collect();
            self.row(&body, path, &style, &handed, inherits);
        }
    }

    /// The groups that a body uses, and the body behind them.
    fn bodies(&self, node: &Node, bodies: &mut Vec<Node>) {
        for name in field(node, "use").map(words).unwrap_or_default() {
            self.bodies(&self.groups[&name], bodies);
        }
        bodies.push(node.clone());
    }
}

fn main_name(names: &str) -> String {
    names.split(['=', '|']).next().unwrap().to_owned()
}

fn has_spelling(options: &[Opt], other: &Opt) -> bool {
    options.iter().any(|option| option.spellings.iter().any(|spelling| other.spellings.contains(spelling)))
}

/// The options of some bodies: a later one's spelling takes an earlier one's place.
fn options(bodies: &[Node]) -> Vec<Opt> {
    let mut options: Vec<Opt> = Vec::new();
    for table in bodies.iter().filter_map(|body| field(body, "options")) {
        let from = options.len();
        for (effect, list) in entries(table) {
            options.extend(words(list).iter().map(|token| option(token, effect)));
        }
        let own: Vec<String> = options[from..].iter().flat_map(|option| option.spellings.clone()).collect();
        for option in &mut options[..from] {
            option.spellings.retain(|spelling| !own.contains(spelling));
        }
    }
    options.retain(|option| !option.spellings.is_empty());
    options
}

fn option(token: &str, effect: &str) -> Opt {
    let marks = [
        ("=2", Arity::Two),
        ("?=", Arity::Equals),
        ("=", Arity::Required),
        ("?", Arity::Attached),
        ("#", Arity::Digits),
    ];
    let marked = marks.iter().find_map(|(mark, arity)| Some((token.strip_suffix(mark)?, *arity)));
    let (spellings, arity) =
        marked.filter(|(spellings, _)| !spellings.ends_with(['-', '|'])).unwrap_or((token, Arity::Bare));
    Opt {
        effect: effect.to_owned(),
        spellings: spellings.split('|').map(str::to_owned).collect(),
        arity,
        inherited: false,
    }
}

pub fn field<'n>(node: &'n Node, name: &str) -> Option<&'n Node> {
    entries(node).find(|(key, _)| *key == name).map(|(_, value)| value)
}

fn entries(node: &Node) -> impl Iterator<Item = (&str, &Node)> {
    let entries = match &node.kind {
        NodeKind::Map(entries) => &**entries,
        NodeKind::Scalar(_) | NodeKind::List(_) => &[],
    };
    entries.iter().map(|(key, value)| (key.text.as_str(), value))
}

fn text_of(node: &Node) -> String {
    let NodeKind::Scalar(scalar) = &node.kind else { panic!("a scalar must stand here") };
    scalar.text.to_string()
}

fn words(node: &Node) -> Vec<String> {
    match &node.kind {
        NodeKind::List(items) => items.iter().flat_map(words).collect(),
        _ => text_of(node).split_whitespace().map(str::to_owned).collect(),
    }
}
