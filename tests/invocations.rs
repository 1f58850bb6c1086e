//! What is one invocation gets one answer, however a call spells it; what is not known of a program is never "no".
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

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::sync::LazyLock;

use kruxos_policy::shell::{List, Programs, Script, Verdict};
use kruxos_policy::{Engine, Loader, Scratch};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use rows::{Arity, Row};
use serde_json::{Value, json};

static ROWS: LazyLock<Vec<Row>> = LazyLock::new(rows::all);

/// What is forbidden: a program, one with an option, one with a subcommand.
const FORBIDDEN: &[&str] = &["rm", "sudo", "git push --force", "docker run", "shutdown"];

/// The tests of a command.
const QUESTIONS: [&str; 5] = ["only", "any", "exactly", "writes", "reads"];

/// Words that a reader may take for something else.
const WORDS: &[&str] = &[
    "x",
    "rm",
    "rm x",
    "/ws/a",
    "/etc/passwd",
    "a=b",
    "-",
    "--",
    "*.rs",
    "$(rm x)",
    "it's",
    "é",
    "",
    "=x",
    "~/x",
    "+x",
    "{a,b}",
    "a\nb",
    "-rf",
    "--force",
    "run",
    "push",
    ";",
    "|",
    "<(rm)",
    "\\",
    "\"",
    "#",
    "!x",
    "build",
    "-c",
    "-x",
    "1",
];

/// Variables that mean something to some program, and that do not.
const VARIABLES: &[(&str, &str)] = &[
    ("LANG", "C"),
    ("GIT_PAGER", "rm x"),
    ("PATH", "/tmp"),
    ("A", "$x"),
    ("NODE_OPTIONS", "--require ./x"),
    ("LD_PRELOAD", "rm"),
    ("A", ""),
    ("GIT_EDITOR", "true"),
    ("RUST_LOG", "debug"),
    ("IFS", ","),
    ("EDITOR", "it's rm"),
];

/// An invocation, whatever it is spelt in.
#[derive(Debug)]
struct Invocation {
    words: Vec<String>,
    environment: Vec<(String, String)>,
    /// A line of its standard input.
    input: Option<String>,
    /// Where it works, if the call says so; a text would say it by a command of its own.
    directory: Option<&'static str>,
}

/// Chances, each taken once.
struct Dice<'d>(std::slice::Iter<'d, u16>);

impl Dice<'_> {
    fn below(&mut self, count: usize) -> usize {
        usize::from(self.0.next().copied().unwrap_or_default()) % count.max(1)
    }

    fn of<'t, T>(&mut self, items: &'t [T]) -> &'t T {
        &items[self.below(items.len())]
    }
}

/// An invocation of a row, with some of its options and words that it may take for others.
fn invocation(dice: &[u16]) -> Invocation {
    let mut dice = Dice(dice.iter());
    let row = dice.of(&ROWS);
    let mut words = row.path.clone();
    words[0] = match dice.below(12) {
        0 => format!("/usr/bin/{}", words[0]),
        1 => format!("./{}", words[0]),
        2 => words[0].to_uppercase(),
        _ => words[0].clone(),
    };
    for _ in 0..dice.below(4) {
        if dice.below(2) == 0 || row.options.is_empty() {
            words.push((*dice.of(WORDS)).to_owned());
            continue;
        }
        let option = dice.of(&row.options);
        let (spelling, value) = (dice.of(&option.spellings).replace('*', "x"), *dice.of(WORDS));
        match (option.arity, dice.below(2)) {
            (Arity::Bare | Arity::Digits | Arity::Equals, _) => words.push(spelling),
            (_, 0) => words.extend([spelling, value.to_owned()]),
            _ if spelling.starts_with("--") => words.push(format!("{spelling}={value}")),
            _ => words.push(format!("{spelling}{value}")),
        }
    }
    let variable = |dice: &mut Dice<'_>| {
        let (name, value) = dice.of(VARIABLES);
        ((*name).to_owned(), (*value).to_owned())
    };
    let environment = if dice.below(3) == 0 { vec![variable(&mut dice)] } else { Vec::new() };
    let input = (dice.below(4) == 0).then(|| (*dice.of(WORDS)).to_owned());
    let directory = (dice.below(4) == 0).then(|| *dice.of(&["/ws", "/ws/..", "/tmp", "sub"]));
    Invocation { words, environment, input, directory }
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}

impl Invocation {
    /// Text for a shell.
    fn text(&self) -> Value {
        let mut text = String::new();
        for (name, value) in &self.environment {
            let _ = write!(text, "{name}={} ", quoted(value));
        }
        text.push_str(&self.words.iter().map(|word| quoted(word)).collect::<Vec<_>>().join(" "));
        if let Some(input) = &self.input {
            let _ = write!(text, " <<< {}", quoted(input));
        }
        json!({ "command": text })
    }

    /// A program, and everything else in parameters beside it.
    fn siblings(&self, [command, args, environment, stdin, directory]: [&str; 5]) -> Value {
        let mut params = json!({ command: self.words[0] });
        // An empty list is a text for a shell.
        if self.words.len() > 1 {
            params[args] = json!(self.words[1..]);
        } else {
            params[command] = json!(quoted(&self.words[0]));
        }
        self.around(&mut params, environment, stdin, directory);
        params
    }

    /// A list of program and arguments, the variables a list.
    fn list(&self) -> Value {
        let mut params = json!({ "command": self.words });
        self.around(&mut params, "env", "input", "cwd");
        if let Value::Object(variables) = &params["env"] {
            params["env"] =
                variables.iter().map(|(name, value)| format!("{name}={}", value.as_str().unwrap())).collect();
        }
        params
    }

    fn around(&self, params: &mut Value, environment: &str, stdin: &str, directory: &str) {
        if !self.environment.is_empty() {
            params[environment] = self.environment.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
        }
        if let Some(input) = &self.input {
            params[stdin] = json!(format!("{input}\n"));
        }
        if let Some(place) = self.directory {
            params[directory] = json!(place);
        }
    }
}

/// The questions, each as a map and as an expression.
fn questions() -> Vec<(&'static str, String, String)> {
    let listed: BTreeSet<&str> = ROWS.iter().map(|row| row.path[0].as_str()).collect();
    let listed: Vec<&str> =
        listed.into_iter().filter(|name| List::read([*name]).is_ok() && !List::needless(name)).collect();
    let (listed, forbidden) = (json!(listed), json!(FORBIDDEN));
    let shell = "shell(params.command)";
    let files = |kind: &str| format!("{shell}.{kind}().all(file, path(file).within('/ws'))");
    vec![
        ("only", format!("{{ command_runs_only: {listed} }}"), format!("{shell}.runs_only({listed})")),
        ("any", format!("{{ command_runs_any: {forbidden} }}"), format!("{shell}.runs_any({forbidden})")),
        ("exactly", "{ command_runs_exactly: [ls, rm x] }".to_owned(), format!("{shell}.runs_exactly(['ls', 'rm x'])")),
        ("writes", "{ command_writes_within: /ws }".to_owned(), files("writes")),
        ("reads", "{ command_reads_within: /ws }".to_owned(), files("reads")),
    ]
}

/// Capabilities `map.…`, `text.…` and, with the roles of a catalog, `role.…`.
fn engine() -> Engine {
    let mut policy = "name: p\nversion: '1'\ncapabilities:\n".to_owned();
    let mut tools = Vec::new();
    for (name, map, expression) in questions() {
        let role = map.replace("command_", "program_");
        for (kind, condition) in [("map", map), ("text", json!(expression).to_string()), ("role", role)] {
            let rule = format!("rules: [{{ condition: {condition}, tier: autonomous }}]");
            let _ = writeln!(policy, "  {kind}.{name}: {{ {rule}, tier: notify }}");
        }
        let part = |role: &str, kind: &str| json!({ "type": kind, "x-kruxos-role": role });
        let properties = json!({
            "program": part("command", "string"), "words": part("args", "array"),
            "variables": part("environment", "object"), "feed": part("stdin", "string"), "place": part("working_directory", "string"),
        });
        tools.push(
            json!({ "name": format!("role.{name}"), "inputSchema": { "type": "object", "properties": properties } }),
        );
    }
    let catalog = json!({ "tools": tools }).to_string();
    let loaded = Loader::new().policy("p.yaml", policy).catalog("catalog.json", catalog).load();
    Engine::new(loaded.set.unwrap_or_else(|| panic!("{:?}", loaded.diagnostics))).unwrap()
}

/// `autonomous` where the test holds, `notify` where it does not, `unknown`.
fn answer(engine: &Engine, scratch: &mut Scratch, capability: &str, params: &Value) -> String {
    let call = json!({ "agent": "a", "capability": capability, "params": params }).to_string();
    let decision = engine.decide_json(scratch, call.as_bytes()).unwrap();
    if decision.unknowns.is_empty() { decision.tier.to_string() } else { "unknown".to_owned() }
}

static ENGINE: LazyLock<Engine> = LazyLock::new(engine);

/// The answers to a question of every spelling: text, a program with siblings, a list with siblings, each as a map and as
/// an expression, and the roles of a catalog.
fn answers(scratch: &mut Scratch, invocation: &Invocation, question: &str) -> Vec<(String, String)> {
    let usual = invocation.siblings(["command", "args", "environment", "stdin", "working_directory"]);
    let mut spelt =
        vec![(format!("role.{question}"), invocation.siblings(["program", "words", "variables", "feed", "place"]))];
    let text = invocation.directory.is_none().then(|| invocation.text());
    for params in text.into_iter().chain([usual, invocation.list()]) {
        spelt.extend(["map", "text"].map(|kind| (format!("{kind}.{question}"), params.clone())));
    }
    let answered = |(capability, params): (String, Value)| {
        let answer = answer(&ENGINE, scratch, &capability, &params);
        (format!("{capability} {params}"), answer)
    };
    spelt.into_iter().map(answered).collect()
}

#[test]
fn an_invocation_gets_one_answer_in_every_spelling() {
    let counts = RefCell::new(BTreeMap::<(&str, String), usize>::new());
    let scratch = RefCell::new(ENGINE.scratch());
    let config = ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() };
    let dice = prop::collection::vec(any::<u16>(), 24);
    let run = TestRunner::new(config).run(&dice, |dice| {
        let invocation = invocation(&dice);
        for question in QUESTIONS {
            let mut answers = answers(&mut scratch.borrow_mut(), &invocation, question);
            // A list of files names no folder in which git may read and write.
            let in_a_folder = ["reads", "writes"].contains(&question)
                && invocation.directory.is_some()
                && invocation.words.iter().any(|word| word.ends_with("git"));
            answers.retain(|(asked, answer)| !(in_a_folder && asked.starts_with("text") && answer == "unknown"));
            let one = &answers[0].1;
            *counts.borrow_mut().entry((question, one.clone())).or_default() += 1;
            prop_assert!(answers.iter().all(|(_, answer)| answer == one), "{:#?}", answers);
        }
        Ok(())
    });
    println!("{:#?}", counts.borrow());
    run.unwrap();
    for question in ["only", "any", "writes", "reads"] {
        let answered: Vec<_> = counts.borrow().keys().filter(|(own, _)| *own == question).cloned().collect();
        assert!(answered.len() > 1, "{answered:?}");
    }
}

#[test]
fn a_variable_of_the_shell_is_one_doubt_in_every_spelling() {
    let invocation = Invocation {
        words: vec!["echo".to_owned(), "x".to_owned()],
        environment: vec![("PATH".to_owned(), "/tmp".to_owned())],
        input: None,
        directory: None,
    };
    let found = answers(&mut ENGINE.scratch(), &invocation, "any");
    assert!(found.iter().all(|(_, answer)| answer == "unknown"), "{found:#?}");
}

/// Names that stand for no program with a row, and for no command of a shell's own.
fn unknown_name() -> impl Strategy<Value = String> {
    let known: BTreeSet<&str> = Programs::shipped().flatten().collect();
    "[a-z]{4,9}(-[a-z]{2,5})?".prop_filter("a program without a row", move |name| {
        !known.contains(name.as_str())
            && !known.contains(format!("{name}#").as_str())
            && !kruxos_policy::shell::List::needless(name)
    })
}

/// Ways in which a word holds another.
fn holding(word: &str, way: usize) -> String {
    match way % 8 {
        0 => word.to_owned(),
        1 => format!("--exec={word} x"),
        2 => format!("true; {word} x"),
        3 => format!("'{word}' x"),
        4 => format!("/usr/bin/{word}"),
        5 => format!("r''{}", &word[1..]).replace("r''", &format!("{}''", &word[..1])),
        6 => format!("({word})"),
        _ => format!("x|{word}"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, failure_persistence: None, ..ProptestConfig::default() })]

    /// A program without a row may start whatever its words, words inside its words, or its input mention.
    #[test]
    fn a_program_without_a_row_never_makes_it_no_where_a_listed_one_is_mentioned(
        name in unknown_name(),
        words in prop::collection::vec(prop::sample::select(WORDS), 0..4),
        (forbidden, at, way) in (prop::sample::select(FORBIDDEN), any::<prop::sample::Index>(), 0usize..8),
        by_input in any::<bool>(),
    ) {
        let list = List::read([forbidden]).unwrap();
        let mut mentioned: Vec<String> = forbidden.split(' ').map(str::to_owned).collect();
        mentioned[0] = holding(&mentioned[0], way);
        let mut all: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        if by_input {
            let text = format!("{name} <<< {}", quoted(&mentioned.join(" ")));
            prop_assert_ne!(list.runs_any(&Script::of_text(&text)), Verdict::No, "{}", text);
        } else {
            let at = at.index(all.len() + 1);
            all.splice(at..at, mentioned);
            all.insert(0, name);
            let script = Script::of_argv(&all.iter().map(String::as_str).collect::<Vec<_>>());
            prop_assert_ne!(list.runs_any(&script), Verdict::No, "{:?}", all);
        }
    }

    /// The order of a list's entries, and an entry that stands twice, mean nothing.
    #[test]
    fn the_order_of_a_list_changes_nothing(
        dice in prop::collection::vec(any::<u16>(), 24),
        entries in prop::collection::vec((any::<u16>(), any::<u16>()), 1..6),
    ) {
        let invocation = invocation(&dice);
        let script = Script::of_argv(&invocation.words.iter().map(String::as_str).collect::<Vec<_>>());
        let mut entries: Vec<String> = entries.iter().map(|(row, word)| entry(&ROWS[usize::from(*row) % ROWS.len()], *word)).collect();
        entries.push(invocation.words[..invocation.words.len().min(2)].iter().map(|word| quoted(word)).collect::<Vec<_>>().join(" "));
        entries.retain(|entry| List::read([entry.as_str()]).is_ok());
        prop_assume!(!entries.is_empty());
        let written = List::read(entries.iter().map(String::as_str)).unwrap();
        let turned = List::read(entries.iter().rev().chain(&entries).map(String::as_str)).unwrap();
        prop_assert_eq!(kind(written.runs_only(&script)), kind(turned.runs_only(&script)), "{:?}", entries);
        prop_assert_eq!(kind(written.runs_any(&script)), kind(turned.runs_any(&script)), "{:?}", entries);
        prop_assert_eq!(kind(written.runs_exactly(&script)), kind(turned.runs_exactly(&script)), "{:?}", entries);
    }
}

/// An entry of a row, perhaps with an option.
fn entry(row: &Row, chance: u16) -> String {
    let mut words = row.path.clone();
    if chance.is_multiple_of(2) && !row.options.is_empty() {
        let option = &row.options[usize::from(chance) % row.options.len()];
        words.extend(option.spellings.first().cloned());
    }
    words.iter().map(|word| quoted(word)).collect::<Vec<_>>().join(" ")
}

/// The answer without its reason, which is that of the first entry.
fn kind(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Yes => "yes",
        Verdict::No => "no",
        Verdict::Unknown(_) => "unknown",
    }
}
