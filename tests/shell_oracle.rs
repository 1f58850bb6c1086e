//! Texts, read here and run by six real shells: every program that ran in any of them was read.
//!
//! Needs dash, bash, busybox, mksh, ksh93 and zsh. `SHELL_ORACLE_TEXTS` and `SHELL_ORACLE_SEED` ask for more.
#![cfg(all(feature = "shell", unix))]
#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice
)]

#[path = "shell_oracle/generate.rs"]
mod generate;
#[path = "shell_oracle/patterns.rs"]
mod patterns;
#[path = "shell_oracle/shells.rs"]
mod shells;
#[path = "shell_oracle/variables.rs"]
mod variables;

use std::collections::BTreeSet;
use std::io::Write;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use kruxos_policy::shell::{Command, List, Script, Verdict, Word};
use kruxos_policy::source::Sources;
use kruxos_policy::yaml::{self, Node, NodeKind};

use generate::Random;
use shells::{Place, Ran, Shell};

/// How many generated texts are run, if nobody asks for more.
const TEXTS: usize = 3000;

/// Texts of the corpora that would touch more than the folder they run in.
const NOT_RUN: &[&str] =
    &["bin/", "/dev/tcp", "/dev/sd", "kill", "> /", ">/", "/etc", "<<< \"$x\"; $x", "stop", "suspend"];

fn asked(variable: &str, otherwise: usize) -> usize {
    std::env::var(variable).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}

/// Every scalar of a corpus that is a command line.
fn lines(file: &str) -> Vec<String> {
    let path = format!("{}/tests/corpus/{file}", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path).unwrap();
    let source = Sources::default().add(file, text.as_str());
    let mut found = Vec::new();
    scalars(&yaml::parse(source, &text).value.unwrap(), &mut found);
    found.retain(|line| {
        !NOT_RUN.iter().any(|part| line.replace(">/dev/null", "").replace("> /dev/null", "").contains(part))
    });
    found
}

fn scalars(node: &Node, found: &mut Vec<String>) {
    match &node.kind {
        NodeKind::Scalar(scalar) => found.push(scalar.text.to_string()),
        NodeKind::List(items) => items.iter().for_each(|item| scalars(item, found)),
        NodeKind::Map(entries) => entries.iter().for_each(|(_, value)| scalars(value, found)),
    }
}

/// What a reading says that can be wrong: what runs, or that `rm` does not.
fn claims(script: &Script, rm: &List) -> bool {
    explained(script) || rm.runs_any(script) == Verdict::No
}

fn explained(script: &Script) -> bool {
    !script.unread && script.doubts.is_empty()
}

/// Whether a command that was read is what ran.
fn is(command: &Command, (name, args): &Ran) -> bool {
    let mut words = vec![name.clone()];
    words.extend(args.iter().cloned());
    let mut read = command.words.clone();
    if let Some(Word::Literal(program)) = read.first_mut() {
        *program = program.rsplit('/').next().unwrap().into();
    }
    fits(&read, &words)
}

/// Whether words as they were read may become these.
fn fits(read: &[Word], words: &[String]) -> bool {
    let Some((first, rest)) = read.split_first() else { return words.is_empty() };
    match first {
        Word::Literal(text) => words.first().is_some_and(|word| **word == **text) && fits(rest, &words[1..]),
        Word::Dynamic { prefix, splits, below } => {
            let begins = |word: &&String| word.starts_with(&**prefix) && is_below(word, below.as_deref());
            let begun = words.iter().take_while(begins).count();
            let counts = if *splits { 0..=begun } else { 1..=begun.min(1) };
            counts.into_iter().any(|count| fits(rest, &words[count..]))
        }
    }
}

/// Whether a word is a path of a folder, if it was said to be.
fn is_below(word: &str, folder: Option<&str>) -> bool {
    let Some(folder) = folder.filter(|folder| *folder != "/dev/fd") else { return true };
    let named =
        |path: &str| path.split('/').filter(|part| !matches!(*part, "" | ".")).map(str::to_owned).collect::<Vec<_>>();
    let (path, folder) = (named(word), named(folder));
    path.starts_with(&folder) && !path[folder.len()..].contains(&"..".to_owned()) && !word.starts_with('-')
}

/// What one shell ran for a text against what was read.
fn contradiction(text: &str, script: &Script, rm: &List, shell: &Shell, ran: &[Ran]) -> Option<String> {
    let unread = ran.iter().find(|ran| explained(script) && !script.commands.iter().any(|command| is(command, ran)));
    let denied = ran.iter().find(|ran| ran.0 == "rm" && rm.runs_any(script) == Verdict::No);
    let found = unread.or(denied)?;
    Some(format!(
        "{} runs {found:?} for {text:?}, read as {:?}",
        shell.name,
        script.commands.iter().map(ToString::to_string).collect::<Vec<_>>()
    ))
}

/// How often somebody who waits is told how far it is.
const SILENCE: Duration = Duration::from_secs(5);

struct Tally {
    what: &'static str,
    run: AtomicUsize,
    late: AtomicUsize,
    said: Mutex<Instant>,
    seen: Mutex<BTreeSet<String>>,
    wrong: Mutex<Vec<String>>,
}

impl Tally {
    fn new(what: &'static str) -> Self {
        Self {
            what,
            run: AtomicUsize::new(0),
            late: AtomicUsize::new(0),
            said: Mutex::new(Instant::now()),
            seen: Mutex::default(),
            wrong: Mutex::default(),
        }
    }

    /// Says now and then how far it is, straight to the error stream: what tests print is kept back until they fail.
    fn progress(&self) {
        let mut said = self.said.lock().unwrap();
        if said.elapsed() >= SILENCE {
            *said = Instant::now();
            let line = format!("progress: {} {} texts run in 6 shells\n", self.run.load(Ordering::Relaxed), self.what);
            let _ = std::io::stderr().write_all(line.as_bytes());
        }
    }

    /// Runs a text in every shell, if anything is said of it.
    fn check(&self, text: &str, shells: &[Shell], place: &mut Place, rm: &List) {
        let script = Script::of_text(text);
        if !claims(&script, rm) || !self.seen.lock().unwrap().insert(text.to_owned()) {
            return;
        }
        self.run.fetch_add(1, Ordering::Relaxed);
        self.progress();
        for shell in shells {
            match place.run(shell, text) {
                Some(ran) => self.wrong.lock().unwrap().extend(contradiction(text, &script, rm, shell, &ran)),
                None => drop(self.late.fetch_add(1, Ordering::Relaxed)),
            }
        }
    }
}

/// Runs texts on every processor, until they are at an end or there are enough.
fn run(what: &'static str, texts: impl Iterator<Item = String> + Send, enough: usize) -> Tally {
    let shells = shells::all();
    let tally = Tally::new(what);
    let texts = Mutex::new(texts);
    std::thread::scope(|scope| {
        for worker in 0..std::thread::available_parallelism().map_or(2, usize::from) {
            let (tally, texts, shells) = (&tally, &texts, &shells);
            scope.spawn(move || {
                let mut place = Place::new(&format!("{what}-{worker}"));
                let rm = List::read(["rm"]).unwrap();
                while tally.run.load(Ordering::Relaxed) < enough {
                    let Some(text) = texts.lock().unwrap().next() else { break };
                    tally.check(&text, shells, &mut place, &rm);
                }
            });
        }
    });
    tally
}

fn nothing_is_wrong(tally: &Tally) {
    let what = tally.what;
    let (run, late) = (tally.run.load(Ordering::Relaxed), tally.late.load(Ordering::Relaxed));
    println!("{run} {what} texts run in 6 shells, {late} runs without an end");
    let wrong = tally.wrong.lock().unwrap();
    let shown: Vec<&String> = wrong.iter().take(20).collect();
    assert!(wrong.is_empty(), "{} of them otherwise than read: {shown:#?}", wrong.len());
}

#[test]
fn what_real_shells_run_was_read_in_generated_texts() {
    let mut random = Random::new(asked("SHELL_ORACLE_SEED", 1) as u64);
    let enough = asked("SHELL_ORACLE_TEXTS", TEXTS);
    let tally =
        run("generated", std::iter::from_fn(move || Some(generate::text(&mut random))).take(enough * 40), enough);
    nothing_is_wrong(&tally);
    assert!(tally.run.load(Ordering::Relaxed) >= enough, "too few texts are explained");
}

/// How many texts with patterns are run, if nobody asks for more.
const WITH_PATTERNS: usize = 600;

#[test]
fn what_patterns_are_said_to_be_below_they_are() {
    let mut random = Random::new(asked("SHELL_ORACLE_SEED", 1) as u64);
    let enough = asked("SHELL_ORACLE_TEXTS", WITH_PATTERNS);
    let texts = std::iter::from_fn(move || Some(patterns::text(&mut random))).take(enough * 40);
    let told = |text: &String| {
        let words = Script::of_text(text).commands.into_iter().flat_map(|command| command.words);
        words.into_iter().any(|word| matches!(word, Word::Dynamic { below: Some(_), .. }))
    };
    let tally = run("patterns", texts.filter(told), enough);
    nothing_is_wrong(&tally);
    assert!(tally.run.load(Ordering::Relaxed) >= enough, "too few patterns are explained");
}

/// How many texts about variables are run, if nobody asks for more.
const ABOUT_VARIABLES: usize = 1000;

#[test]
fn what_a_text_says_of_variables_is_what_shells_make_of_them() {
    let mut random = Random::new(asked("SHELL_ORACLE_SEED", 1) as u64);
    let enough = asked("SHELL_ORACLE_TEXTS", ABOUT_VARIABLES);
    let texts = std::iter::from_fn(move || Some(variables::text(&mut random))).take(enough * 40);
    let tally = run("variables", texts, enough);
    nothing_is_wrong(&tally);
    assert!(tally.run.load(Ordering::Relaxed) >= enough, "too few texts are explained");
}

#[test]
fn what_real_shells_run_was_read_in_written_texts() {
    let files = ["shell.yaml", "shell-everyday.yaml", "shell-hostile.yaml"];
    let tally = run("written", files.into_iter().flat_map(lines), usize::MAX);
    nothing_is_wrong(&tally);
}

/// Words that some shell's own command evaluates, runs or sets, around the name of one.
const HOSTILE: &[&str] = &[
    "NAME 'a[$(rm y)]'",
    "NAME 'a[$(rm y)]=1'",
    "NAME -v 'a[$(rm y)]'",
    "NAME -v 'a[$(rm y)]' x",
    "NAME -p 'a[$(rm y)]' <x.txt",
    "NAME -n 'a[$(rm y)]'",
    "NAME -n -p 'a[$(rm y)]'",
    "NAME -t 'a[$(rm y)]' 'a[$(rm y)]'",
    "NAME 'a[$(rm y)]' -eq 0",
    "NAME 'a[$(rm y)]' -eq 0 ]",
    "NAME %d 'a[$(rm y)]'",
    "NAME -x rm y",
    "NAME rm y",
    "NAME -c 'rm y'",
    "NAME -f 'rm y'",
    "NAME 'rm y'",
    "NAME 'rm y' EXIT",
    "NAME x='rm y'",
    "NAME x=rm; x y",
    "NAME PATH=/nowhere; ls",
    "NAME PATH; ls",
    "NAME -a PATH <x.txt; ls",
    "x='a[$(rm y)]'; NAME \"$x\"",
    "x='a[$(rm y)]'; NAME $x",
    "x='a[$(rm y)]'; NAME \"$x\" \"$x\"",
    "x='a[$(rm y)]'; NAME -i n; n=$x",
    "x='-v a[$(rm y)]'; NAME $x",
    "x=-v; NAME \"$x\" 'a[$(rm y)]'",
    "x=-p; NAME \"$x\" 'a[$(rm y)]' y <x.txt",
    "NAME -k; x=rm ls",
    "NAME -o vi; ls",
    "NAME -s 'rm y'; ls",
    "NAME -e 'rm y'; ls",
    "NAME x.txt",
    "NAME {a,rm} y",
    "NAME *",
];

/// Commands that a shell says are its own, and those of shells that do not say.
fn builtins(shells: &[Shell]) -> BTreeSet<String> {
    let said = [
        ("bash", "compgen -b"),
        ("zsh", "print -l ${(k)builtins} ${(k)reswords} ${(k)aliases}"),
        ("ksh93", "builtin; alias"),
        ("mksh", "alias"),
        ("busybox", "help"),
    ];
    let mut names = BTreeSet::new();
    for (name, text) in said {
        let shell = shells.iter().find(|shell| shell.name == name).unwrap();
        let listed = shell.output(text);
        names.extend(listed.split_whitespace().map(|word| word.split('=').next().unwrap().to_owned()));
    }
    names.extend(
        ["bind", "cat", "global", "let", "mknod", "realpath", "rename", "sleep", "suspend", "whence", "ulimit", "trap"]
            .map(str::to_owned),
    );
    names.retain(|name| !name.contains('/') && !["kill", "\u{1e}"].contains(&name.as_str()));
    names
}

#[test]
fn what_a_shell_does_itself_with_hostile_words_was_read() {
    let names = builtins(&shells::all());
    println!("{} names of shells' own commands", names.len());
    let texts = names
        .into_iter()
        .flat_map(|name| HOSTILE.iter().map(move |text| text.replace("NAME", &name)).collect::<Vec<_>>());
    let tally = run("hostile", texts, usize::MAX);
    nothing_is_wrong(&tally);
}
