//! Shell commands: the corpora, and what must hold for any command.
#![cfg(feature = "shell")]
#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice
)]

use kruxos_policy::shell::{List, Script, Verdict};
use kruxos_policy::source::Sources;
use kruxos_policy::yaml::{self, Node, NodeKind};
use kruxos_policy::{CallDocument, Engine, Loader, Tier};
use proptest::prelude::*;

/// At most so many of a hundred ordinary lines may be answered stricter than meant.
const MAX_PERCENT: usize = 2;

fn read(file: &str) -> Node {
    let path = format!("{}/tests/corpus/{file}", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path).unwrap();
    let source = Sources::default().add(file, text.as_str());
    yaml::parse(source, &text).value.unwrap()
}

fn field<'n>(node: &'n Node, name: &str) -> Option<&'n Node> {
    let NodeKind::Map(entries) = &node.kind else { panic!("no map") };
    entries.iter().find(|(key, _)| key.text == name).map(|(_, value)| value)
}

fn text(node: &Node) -> String {
    let NodeKind::Scalar(scalar) = &node.kind else { panic!("no scalar") };
    scalar.text.to_string()
}

fn items(node: &Node) -> &[Node] {
    let NodeKind::List(items) = &node.kind else { panic!("no list") };
    items
}

fn list(node: &Node) -> List {
    let entries: Vec<String> = items(node).iter().map(text).collect();
    List::read(entries.iter().map(String::as_str)).unwrap()
}

fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Yes => "true",
        Verdict::No => "false",
        Verdict::Unknown(_) => "unknown",
    }
}

#[test]
fn every_case_of_the_corpus_comes_to_what_it_says() {
    let corpus = read("shell.yaml");
    let cases = items(field(&corpus, "cases").unwrap());
    let (mut permissive, mut others) = (Vec::new(), Vec::new());
    for case in cases {
        let command = text(field(case, "command").unwrap());
        let expected = text(field(case, "expected").unwrap());
        let script = Script::of_text(&command);
        let (found, loosest) = match field(case, "only") {
            Some(entries) => (list(entries).runs_only(&script), "true"),
            None => (list(field(case, "any").unwrap()).runs_any(&script), "false"),
        };
        if word(found) != expected {
            let said = format!("{command:?} is {found:?}, not {expected}");
            if word(found) == loosest { permissive.push(said) } else { others.push(said) }
        }
    }
    println!("{} cases, {} too permissive, {} stricter or vaguer", cases.len(), permissive.len(), others.len());
    assert!(permissive.is_empty() && others.is_empty(), "{permissive:#?} {others:#?}");
    assert!(cases.len() >= 150);
}

#[test]
fn ordinary_lines_are_answered_as_a_generous_policy_means_them() {
    let corpus = read("shell-everyday.yaml");
    let (allowed, blocked) = (list(field(&corpus, "allowed").unwrap()), List::read(["sudo", "dd", "reboot"]).unwrap());
    let lines: Vec<String> = items(field(&corpus, "lines").unwrap()).iter().map(text).collect();
    let scripts: Vec<(&String, Script)> = lines.iter().map(|line| (line, Script::of_text(line))).collect();
    let stricter: Vec<_> = scripts.iter().filter(|(_, script)| allowed.runs_only(script) != Verdict::Yes).collect();
    let suspected: Vec<_> = scripts.iter().filter(|(_, script)| blocked.runs_any(script) != Verdict::No).collect();
    println!("{} lines, {} not allowed, {} suspected", lines.len(), stricter.len(), suspected.len());
    let most = lines.len() * MAX_PERCENT / 100;
    assert!(lines.len() >= 300);
    assert!(stricter.len() <= most, "{stricter:#?}");
    assert!(suspected.len() <= most, "{suspected:#?}");
}

/// Words of every kind, the first a program.
fn words() -> impl Strategy<Value = Vec<String>> {
    let word = prop_oneof![
        "[a-z-]{0,6}",
        "[a-z '\"\\\\$`*?~{},;|&<>()#!=\\[\\]-]{1,8}",
        Just("-rf".to_owned()),
        Just("status".to_owned()),
        Just("é ü".to_owned()),
    ];
    let program = prop::sample::select(vec!["ls", "rm", "git", "cat", "sort", "foo"]);
    (program, prop::collection::vec(word, 0..4)).prop_map(|(program, mut words)| {
        words.insert(0, program.to_owned());
        words
    })
}

fn argv(words: &[String]) -> Script {
    Script::of_argv(&words.iter().map(String::as_str).collect::<Vec<_>>())
}

/// One of the shell's ways to write a character.
fn quoted(char: char, way: u8) -> String {
    match (way % 5, char) {
        (0, _) if char.is_ascii_alphanumeric() || "-_./".contains(char) => char.to_string(),
        (0 | 1, '\'') => "\"'\"".to_owned(),
        (0 | 1, _) => format!("\\{char}"),
        (2, '\'') => "\"'\"".to_owned(),
        (2, _) => format!("'{char}'"),
        (3, '"' | '$' | '`' | '\\') => format!("\"\\{char}\""),
        (3, _) => format!("\"{char}\""),
        (_, '\'') => "\\'".to_owned(),
        (_, _) => format!("'{char}'"),
    }
}

fn written(words: &[String], ways: &[u8]) -> String {
    let mut ways = ways.iter().cycle();
    let mut write = |word: &String| -> String {
        let written: String = word.chars().map(|char| quoted(char, *ways.next().unwrap())).collect();
        if written.is_empty() { "''".to_owned() } else { written }
    };
    words.iter().map(&mut write).collect::<Vec<_>>().join(" ")
}

/// The two questions of some lists.
fn answers(script: &Script) -> Vec<&'static str> {
    let lists = [vec!["ls", "cat"], vec!["git status", "foo"], vec!["rm", "git", "sort"], vec!["rm -rf"]];
    let lists = lists.into_iter().map(|entries| List::read(entries).unwrap());
    lists.flat_map(|list| [word(list.runs_only(script)), word(list.runs_any(script))]).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_printed_is_read_again(words in words()) {
        let script = argv(&words);
        let printed = script.commands[0].to_string();
        let read = Script::of_text(&printed);
        prop_assert_eq!(&read.commands, &Script::of_text(&read.commands[0].to_string()).commands);
        let words = |script: &Script| script.commands[0].words.clone();
        prop_assert_eq!(words(&script), words(&read), "{}", printed);
        prop_assert!(!read.unread, "{}", printed);
    }

    #[test]
    fn quoting_never_changes_an_answer(words in words(), ways in prop::collection::vec(any::<u8>(), 1..40)) {
        let text = written(&words, &ways);
        prop_assert_eq!(answers(&Script::of_text(&text)), answers(&argv(&words)), "{}", text);
    }

    #[test]
    fn no_text_makes_it_panic(text in "[a-z0-9 '\"\\\\$`*?~{},;|&<>()#!=\\[\\]\n\t-]{0,60}") {
        let script = Script::of_text(&text);
        prop_assert!(!script.commands.is_empty() || answers(&script).iter().all(|answer| *answer != "true"));
    }
}

/// A command that is put into a line is found wherever it stands, unless it became data that is still there to see.
#[test]
fn a_command_put_anywhere_into_a_line_is_found() {
    let corpus = read("shell-everyday.yaml");
    let blocked = List::read(["rm"]).unwrap();
    let mut put = 0;
    for line in items(field(&corpus, "lines").unwrap()).iter().map(text) {
        let told = !line.contains(['#', '\\']) && !line.contains("<<") && !line.contains("rm ");
        if !told || (line.contains('\'') && line.contains(['$', '`', '*', '"'])) {
            continue;
        }
        for (at, _) in line.char_indices() {
            let runs = ["; rm x;", "\nrm x\n", "$(rm x)", "`rm x`", "&& rm x &&", "| rm x |"];
            for inserted in runs {
                if line[..at].ends_with(['$', '>'])
                    || line.contains(['"', '$', '`']) && !inserted.starts_with(['$', '`'])
                {
                    continue;
                }
                let text = format!("{}{inserted}{}", &line[..at], &line[at..]);
                let script = Script::of_text(&text);
                put += 1;
                let data = script.commands.iter().flat_map(|command| &command.words);
                let data = data.filter_map(|word| word.as_literal()).any(|word| word.contains(inserted));
                assert!(data || blocked.runs_any(&script) != Verdict::No, "{text:?} {script:?}");
            }
        }
    }
    println!("{put} insertions");
    assert!(put > 10_000);
}

/// Most bytes that are built for each byte of a hostile text: what grows with the square of its length builds more.
const MOST_BUILT: u64 = 250;

#[test]
fn limits_are_unknown_and_what_is_built_is_bounded() {
    let blocked = List::read(["rm"]).unwrap();
    let deep = |open: &str, close: &str, levels: usize| format!("{}ls{}", open.repeat(levels), close.repeat(levels));
    let texts = [
        "ls;".repeat(40_000),
        "a ".repeat(32_000),
        "ls;".repeat(20_000),
        deep("$(", ")", 9_000),
        deep("(", ")", 20_000),
        deep("((", "))", 12),
        deep("{ ", ";}", 10_000),
        deep("\"$(", ")\"", 10),
        deep("${x:-", "}", 20),
        deep("$((", "))", 4),
        deep("if ls;then ", ";fi", 60),
        deep("case a in a) ", " esac", 6),
        "'".repeat(65_000),
        "\\".repeat(65_000),
        "a=".repeat(30_000),
        "<<E\n".repeat(10_000),
        "!".repeat(65_000),
        "{a,".repeat(20_000),
        "[".repeat(65_000),
        "99999999999999999999>x".to_owned(),
        "cat ~+99999999999999999999999".to_owned(),
        "echo {1..99999999999999999999999}".to_owned(),
    ];
    for text in texts {
        let shown: String = text.chars().take(20).collect();
        let judge = || {
            let script = Script::of_text(&text);
            assert_ne!(blocked.runs_any(&script), Verdict::Yes, "{shown}…");
        };
        let built = allocation_counter::measure(judge).bytes_total;
        println!("{built} bytes for {} of {shown}…", text.len());
        assert!(built < MOST_BUILT * text.len() as u64, "{built} bytes for {} of {shown}…", text.len());
    }
}

#[test]
fn findings_say_what_allowed_a_command_and_which_was_not() {
    let findings = kruxos_policy::shell::describe("git status && timeout 5 rm x", &["git status"]).unwrap();
    let said: Vec<String> =
        findings.iter().map(|found| format!("{} {:?} {:?}", found.command, found.listed, found.by)).collect();
    assert_eq!(said, ["git status Yes Some(\"git status\")", "timeout 5 rm x Yes None", "rm x No None"]);
    assert_eq!(&"git status && timeout 5 rm x"[findings[0].span.clone()], "git status");
}

#[test]
fn entries_that_are_no_leading_words_are_refused() {
    for entry in ["", "ls; rm", "ls | wc", "ls $x", "ls > x", "$(ls)", "'", "ls *"] {
        assert!(List::read([entry]).is_err(), "{entry}");
    }
    assert!(List::read([]).is_err());
}

#[test]
fn arguments_are_no_text_for_a_shell() {
    let script = Script::of_argv(&["ls", "$(rm x)", "; rm y"]);
    assert_eq!(List::read(["rm"]).unwrap().runs_any(&script), Verdict::No);
    assert_eq!(List::read(["ls"]).unwrap().runs_only(&script), Verdict::Yes);
    let script = Script::of_argv(&["sh", "-c", "ls; rm y"]);
    assert_eq!(List::read(["rm"]).unwrap().runs_any(&script), Verdict::Yes);
}

const POLICY: &str = "\
name: p
version: '1'
capabilities:
  process.run:
    rules:
      - condition: { command_runs_any: [rm, sudo] }
        tier: blocked
      - condition: shell(params.command).runs_only(['git status', 'ls'])
        tier: autonomous
    tier: approval_required
";

fn decided(command: &str) -> (Tier, serde_json::Value) {
    let engine = Engine::new(Loader::new().policy("p.yaml", POLICY).load().set.unwrap()).unwrap();
    let command = serde_json::to_string(command).unwrap();
    let call = format!(r#"{{"agent":"bot","capability":"process.run","params":{{"command":{command}}}}}"#);
    let document = CallDocument::parse(call.as_bytes()).unwrap();
    let mut scratch = engine.scratch();
    let tier = engine.decide(&mut scratch, &document.call()).tier;
    let explained = engine.explain(&mut scratch, &document.call());
    (tier, serde_json::to_value(explained).unwrap())
}

#[test]
fn policies_decide_on_what_a_command_runs() {
    assert_eq!(decided("git status -s && ls").0, Tier::Autonomous);
    assert_eq!(decided("git push").0, Tier::ApprovalRequired);
    assert_eq!(decided("ls; /bin/r''m x").0, Tier::Blocked);
    assert_eq!(decided("$x").0, Tier::Blocked);
}

#[test]
fn an_explanation_lists_the_commands_and_what_each_is_to_the_list() {
    let (_, explained) = decided("git status && timeout 5 cargo test");
    let rules = &explained["layers"][1]["policies"][0]["entries"][0]["rules"];
    let commands = &rules[1]["tests"][0]["commands"];
    let expected = serde_json::json!([
        { "command": "git status", "listed": "true", "by": "git status", "cause": null },
        { "command": "timeout 5 cargo test", "listed": "true", "by": null, "cause": null },
        { "command": "cargo test", "listed": "false", "by": null, "cause": null },
    ]);
    assert_eq!(commands, &expected, "{explained:#}");
}

/// The grammar's examples are read, and what stands beside them is refused.
#[test]
fn every_production_of_the_grammar_reads_its_examples_and_refuses_its_neighbours() {
    let examples = include_str!("../grammar/shell.examples.txt");
    let mut wrong = Vec::new();
    for line in examples.lines().filter(|line| !line.starts_with('#')) {
        let (production, text) = line.split_once(' ').unwrap();
        let text = text.trim_start().replace('⏎', "\n").replace('⇥', "\t");
        let script = Script::of_text(&text);
        let refused = production.starts_with('!');
        if script.unread != refused || (!refused && !script.doubts.is_empty()) {
            wrong.push(format!("{production} {text:?}: {:?}", script.doubts));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// What a command's input is, said for each command of a text.
fn inputs(text: &str) -> Vec<String> {
    use kruxos_policy::shell::Input;
    let said = |input: &Input| match input {
        Input::Text(text) => format!("text {text:?}"),
        Input::File(file) => format!("file {file}"),
        Input::Pipe(range) => format!("pipe {range:?}"),
        other => format!("{other:?}").to_lowercase(),
    };
    Script::of_text(text)
        .commands
        .iter()
        .map(|command| format!("{}: {}", command.words[0], said(&command.input)))
        .collect()
}

#[test]
fn a_command_knows_its_input() {
    for (text, expected) in [
        ("ls", vec!["ls: inherited"]),
        ("ls < /dev/null", vec!["ls: empty"]),
        ("ls <a", vec!["ls: file a"]),
        ("ls <a <b", vec!["ls: unknown"]),
        ("ls <<< 'a b'", vec!["ls: text \"a b\\n\""]),
        ("ls <<< \"$x\"", vec!["ls: unknown"]),
        ("ls <<E\na \\$b\nE", vec!["ls: text \"a $b\\n\""]),
        ("ls <<-'E'\n\ta\n\tE", vec!["ls: text \"a\\n\""]),
        ("ls <<E\n$x\nE", vec!["ls: unknown"]),
        ("ls | wc | sh", vec!["ls: inherited", "wc: pipe 0..1", "sh: pipe 1..2"]),
        ("{ ls; wc; } | sh", vec!["ls: inherited", "wc: inherited", "sh: pipe 0..2"]),
        ("ls | { wc; cat < a; }", vec!["ls: inherited", "wc: pipe 0..1", "cat: file a"]),
        ("while read -r x; do ls; done < a", vec!["read: file a", "ls: file a"]),
        ("sh < <(ls)", vec!["ls: unknown", "sh: pipe 0..1"]),
        ("ls $(cat) < a", vec!["cat: inherited", "ls: file a"]),
        ("f() { sh; }; ls | f", vec!["sh: unknown", "ls: inherited", "f: pipe 1..2"]),
        ("ls | timeout 5 sh", vec!["ls: inherited", "timeout: pipe 0..1", "sh: pipe 0..1"]),
        ("ls | sh -c 'cat; wc <a'", vec!["ls: inherited", "sh: pipe 0..1", "cat: pipe 0..1", "wc: file a"]),
        ("ls <&3", vec!["ls: unknown"]),
    ] {
        assert_eq!(inputs(text), expected, "{text}");
    }
}

#[test]
fn a_command_knows_whether_it_works_elsewhere() {
    for (text, expected) in [
        ("./a; cd x; ./b", "./b"),
        ("(cd x; ./a); ./b", "./a"),
        ("cd x && ./a", "./a"),
        ("while ls; do ./a; cd x; done; ./b", "ls ./a cd ./b"),
        ("f() { ./a; }; cd x; f", "./a f"),
        ("ls $(cd x; ./a); ./b", "./a"),
        ("command cd x; ./a", "./a"),
        ("sh -c 'cd x; ./a'; ./b", "./a"),
        ("cd x; timeout 5 ./a", "timeout ./a"),
    ] {
        let commands = Script::of_text(text).commands;
        let moved = commands.iter().filter(|command| command.moved.is_moved());
        let names: Vec<String> = moved.map(|command| command.words[0].to_string()).collect();
        assert_eq!(names.join(" "), expected, "{text}");
    }
}

#[test]
fn a_command_knows_what_it_is_given() {
    let given = |text: &str| -> Vec<String> {
        let commands = Script::of_text(text).commands;
        let last = commands.last().unwrap();
        last.environment.iter().map(|given| format!("{}={}", given.name, given.value)).collect()
    };
    assert_eq!(given("A=b C=\"$x\" ls"), ["A=b", "C=…"]);
    assert_eq!(given("export A=b; ls"), ["A=b"]);
    assert_eq!(given("A=b; ls"), ["A=b"]);
    assert_eq!(given("a=b; ls"), [""; 0]);
    assert_eq!(given("a=b; export a; ls"), ["a=…"]);
    assert_eq!(given("(export A=b); ls"), [""; 0]);
    assert_eq!(given("A=b timeout 5 ls"), ["A=b"]);
    assert_eq!(given("A=b :; ls"), ["A=b"]);
    assert_eq!(given("IFS= read -r x; ls"), [""; 0]);
    assert_eq!(given("for A in b; do ls; done"), ["A=…"]);
}
