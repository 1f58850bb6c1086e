//! Every option of every row of `commands/*.yaml`, in every spelling: what runs or writes more than its program's name says
//! is never "only that program", and a program that its value names is never "no".
#![cfg(feature = "shell")]
#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice
)]

mod rows;

use std::collections::BTreeMap;

use kruxos_policy::shell::{List, Script, Verdict};
use rows::{Arity, Opt, Row};

/// Effects of options that do more than a program's name says, with a value that does it; whether that runs `rm`.
const EFFECTS: &[(&str, &str, bool)] = &[
    ("runs", "rm x", true),
    ("code", "rm x", true),
    ("shell", "rm x", true),
    ("changes", "rm x", true),
    ("setting", "evil.key=rm x", true),
    ("command", "rm", true),
    ("sed", "1e rm x", true),
    ("awk", "BEGIN{system(\"rm x\")}", true),
    ("sql", ".shell rm x", true),
    ("assignment", "LD_PRELOAD=rm x", true),
    ("plain", "rm x", true),
    ("writes", "out", false),
];

/// An option with its value, and how they were put together.
struct Line {
    words: Vec<String>,
    form: &'static str,
}

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

/// The ways to give an option with this value.
fn spelt(row: &Row, option: &Opt, value: &str) -> Vec<Line> {
    // What a row above brings is spelt in all ways there.
    let most = if option.inherited { 1 } else { usize::MAX };
    let mut lines: Vec<Line> =
        option.spellings.iter().take(most).flat_map(|spelling| spelt_so(row, option, spelling, value)).collect();
    if option.effect == "command" {
        for line in &mut lines {
            line.words.extend(words(&["x", ";"]));
        }
    }
    lines
}

/// The ways to give one spelling with this value.
fn spelt_so(row: &Row, option: &Opt, spelling: &str, value: &str) -> Vec<Line> {
    let line = |form: &'static str, given: &[&str]| Line { words: words(given), form };
    if let Some(stem) = spelling.strip_suffix('*') {
        let sign = if stem.ends_with(|last: char| last.is_ascii_alphanumeric()) { "=" } else { "hook=" };
        return vec![
            line("prefix", &[&format!("{stem}{sign}{value}")]),
            line("prefix without its value", &[&format!("{stem}hook"), "rm", "x"]),
        ];
    }
    if spelling == "-#" {
        return vec![line("a number", &["-7", "rm", "x"])];
    }
    let mut lines = match option.arity {
        Arity::Bare => vec![line("bare", &[spelling, "rm", "x"])],
        Arity::Digits => {
            vec![line("bare", &[spelling, "rm", "x"]), line("digits", &[&format!("{spelling}7"), "rm", "x"])]
        }
        Arity::Two => vec![line("two", &[spelling, "rm", value])],
        Arity::Attached | Arity::Equals => vec![line("without its value", &[spelling, "rm", "x"])],
        Arity::Required => vec![line("separate", &[spelling, value])],
    };
    lines.extend(with_others(row, option, spelling, value));
    if spelling.starts_with("--") || row.is_single() {
        lines.extend(spelt_long(row, option, spelling, value));
    } else if spelling.len() == 2 {
        lines.extend(spelt_short(row, option, spelling, value));
    }
    lines
}

/// An option behind itself with a value that does nothing, and behind another that takes a value.
fn with_others(row: &Row, option: &Opt, spelling: &str, value: &str) -> Vec<Line> {
    if option.arity != Arity::Required || option.inherited {
        return Vec::new();
    }
    let mut lines = Vec::new();
    if option.effect == "writes" {
        lines.push(Line { words: words(&[spelling, "/dev/null", spelling, value]), form: "twice" });
    }
    let other = row.options.iter().find(|other| other.effect == "harmless" && other.arity == Arity::Required);
    if let Some(other) = other {
        lines.push(Line { words: words(&[&other.spellings[0], "v", spelling, value]), form: "behind another option" });
    }
    lines
}

/// `--long=value`, abbreviations, and `-word` with its value in the same word.
fn spelt_long(row: &Row, option: &Opt, spelling: &str, value: &str) -> Vec<Line> {
    let valued = option.takes_value();
    let mut lines = Vec::new();
    if valued {
        lines.push(Line { words: vec![format!("{spelling}={value}")], form: "equals" });
    }
    if valued && row.is_single() && !spelling.starts_with("--") {
        // A reader that does not take the word for the option with its value refuses it.
        lines.push(Line { words: vec![format!("{spelling}{value}")], form: "glued to a word" });
    }
    if row.is_single() || row.has("exact") {
        return lines;
    }
    if let Some(short) = abbreviation(row, spelling) {
        match option.arity {
            Arity::Required => lines.push(Line { words: words(&[&short, value]), form: "abbreviated" }),
            _ => lines.push(Line { words: words(&[&short, "rm", "x"]), form: "abbreviated" }),
        }
        if valued {
            lines.push(Line { words: vec![format!("{short}={value}")], form: "abbreviated with equals" });
        }
    }
    lines
}

/// A letter with its value in the same word, and behind another letter.
fn spelt_short(row: &Row, option: &Opt, spelling: &str, value: &str) -> Vec<Line> {
    let valued = option.takes_value();
    let mut lines = Vec::new();
    if valued {
        lines.push(Line { words: vec![format!("{spelling}{value}")], form: "attached" });
    }
    let Some(letter) = harmless_letter(row).filter(|_| spelling.starts_with('-')) else { return lines };
    let cluster = format!("-{letter}{}", &spelling[1..]);
    if row.spellings().any(|known| known == cluster) {
        return lines;
    }
    match option.arity {
        Arity::Required => lines.push(Line { words: words(&[&cluster, value]), form: "in a cluster" }),
        _ => lines.push(Line { words: words(&[&cluster, "rm", "x"]), form: "in a cluster" }),
    }
    if valued {
        lines.push(Line { words: vec![format!("{cluster}{value}")], form: "attached in a cluster" });
    }
    lines
}

/// The shortest abbreviation of a long spelling that is no other's.
fn abbreviation(row: &Row, spelling: &str) -> Option<String> {
    let ambiguous = |short: &str| row.spellings().filter(|other| other.starts_with(short)).count() > 1;
    let begun =
        |short: &str| row.spellings().any(|other| other.strip_suffix('*').is_some_and(|stem| short.starts_with(stem)));
    let mut shorter = spelling.char_indices().skip(3).map(|(end, _)| &spelling[..end]);
    shorter.find(|short| !ambiguous(short) && !begun(short)).map(str::to_owned)
}

/// A letter of the row that does nothing and takes no value.
fn harmless_letter(row: &Row) -> Option<char> {
    let plain = row.options.iter().filter(|option| option.effect == "harmless" && option.arity == Arity::Bare);
    plain.flat_map(|option| &option.spellings).find_map(|spelling| {
        let mut chars = spelling.strip_prefix('-')?.chars();
        let letter = chars.next().filter(char::is_ascii_alphabetic)?;
        chars.next().is_none().then_some(letter)
    })
}

/// Whether words may stand before options without ending them, and what: operands that are data or files.
fn operand_before(row: &Row) -> bool {
    let plain = ["data", "reads", "target", "moves", "connects"];
    let ends = ["stop", "plain", "find"].iter().any(|word| row.has(word));
    !ends
        && row.operands.as_ref().is_some_and(|operands| {
            operands.iter().any(|word| word.ends_with(['*', '+']))
                && operands.iter().all(|word| plain.contains(&word.trim_end_matches(['?', '*', '+'])))
        })
}

/// The places of an option: behind the program, before a subcommand, behind an operand.
fn placed(row: &Row, line: &Line) -> Vec<(String, Vec<String>)> {
    let own = |before: &[&str], behind: &[&str]| {
        let whole = row.path.iter().map(String::as_str).chain(before.iter().copied());
        let whole = whole.chain(line.words.iter().map(String::as_str)).chain(behind.iter().copied());
        whole.map(str::to_owned).collect::<Vec<String>>()
    };
    let mut places = vec![(line.form.to_owned(), own(&[], &[]))];
    if let Some(subcommand) = &row.subcommand {
        places.push((format!("{}, before a subcommand", line.form), own(&[], &[subcommand])));
    }
    if operand_before(row) {
        places.push((format!("{}, behind an operand", line.form), own(&["o"], &[])));
    }
    places
}

/// What was asked, and what came out wrong.
#[derive(Default)]
struct Tally {
    wrong: Vec<String>,
    forms: BTreeMap<String, usize>,
    options: usize,
}

impl Tally {
    fn of(rows: &[Row]) -> Self {
        let rm = List::read(["rm"]).unwrap();
        let mut tally = Self::default();
        for row in rows {
            // What is a word of the shell can be listed by no one.
            let Ok(program) = List::read([row.path[0].as_str()]) else { continue };
            for option in &row.options {
                tally.option(row, option, &program, &rm);
            }
        }
        tally
    }

    fn option(&mut self, row: &Row, option: &Opt, program: &List, rm: &List) {
        let Some((effect, value, runs)) = EFFECTS.iter().find(|(effect, ..)| *effect == option.effect) else { return };
        self.options += 1;
        for (form, words) in spelt(row, option, value).iter().flat_map(|line| placed(row, line)) {
            let script = Script::of_argv(&words.iter().map(String::as_str).collect::<Vec<_>>());
            let (only, any) = (program.runs_only(&script), rm.runs_any(&script));
            if only == Verdict::Yes || *runs && any == Verdict::No {
                self.wrong.push(format!("{}: {effect} {form}: {words:?}: {only:?} {any:?}", row.file));
            }
            *self.forms.entry(form).or_default() += 1;
        }
    }

    fn and(mut self, other: Self) -> Self {
        self.wrong.extend(other.wrong);
        for (form, count) in other.forms {
            *self.forms.entry(form).or_default() += count;
        }
        Self { options: self.options + other.options, ..self }
    }
}

#[test]
fn no_spelling_of_an_option_hides_what_it_does() {
    let rows = rows::all();
    let (first, second) = rows.split_at(rows.len() / 2);
    let tally = std::thread::scope(|scope| {
        let second = scope.spawn(|| Tally::of(second));
        Tally::of(first).and(second.join().unwrap())
    });
    let lines: usize = tally.forms.values().sum();
    println!("{} rows, {} options, {lines} lines: {:#?}", rows.len(), tally.options, tally.forms);
    assert!(tally.wrong.is_empty(), "{} of {lines}\n{}", tally.wrong.len(), tally.wrong.join("\n"));
    assert!(rows.len() > 500 && tally.options > 2_000 && lines > 20_000);
}
