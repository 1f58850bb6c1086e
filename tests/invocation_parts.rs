//! What stands beside a command and changes what it runs, or where: no spelling of it is overlooked.
#![cfg(feature = "shell")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::print_stdout)]

mod rows;

use kruxos_policy::shell::{Access, Form, Invocation, List, Programs, Script, Verdict};
use kruxos_policy::{CallDocument, Engine, Loader};

/// The tier of `autonomous` where a condition holds, `blocked` where it does not, for parameters.
fn tier(condition: &str, params: &str) -> String {
    let policy = format!(
        "name: p\nversion: \"1\"\ncapabilities:\n  process.run:\n    rules:\n      - condition: {condition}\n        tier: autonomous\n    tier: blocked\n"
    );
    let loaded = Loader::new().policy("p.yaml", policy).load();
    let engine = Engine::new(loaded.set.unwrap()).unwrap();
    let call = format!(r#"{{"agent":"a","capability":"process.run","params":{params}}}"#);
    let document = CallDocument::parse(call.as_bytes()).unwrap();
    engine.decide(&mut engine.scratch(), &document.call()).tier.to_string()
}

#[test]
fn parts_in_other_spellings_are_not_overlooked() {
    let only = "{ command_runs_only: [ls, git, npm, ./deploy.sh] }";
    for (params, expected) in [
        (r#"{"command":"ls","args":["-l"],"shell":true}"#, "autonomous"),
        (r#"{"command":"npm","args":["run","build"],"shell":true}"#, "autonomous"),
        (r#"{"command":"ls","args":["; rm x"],"shell":true}"#, "blocked"),
        (r#"{"command":"ls","args":["x","&&","rm","y"],"shell":"/bin/sh"}"#, "blocked"),
        (r#"{"command":"ls","args":["$(rm)"],"shell":true}"#, "blocked"),
        (r#"{"command":"git diff","environ":{"GIT_EXTERNAL_DIFF":"./x"}}"#, "blocked"),
        (r#"{"command":"git diff","envs":{"GIT_EXTERNAL_DIFF":"./x"}}"#, "blocked"),
        (r#"{"command":"git diff","Env":{"GIT_EXTERNAL_DIFF":"./x"}}"#, "blocked"),
        (r#"{"command":"ls","executable":"/bin/rm"}"#, "blocked"),
        (r#"{"command":"ls","options":{"env":{"LD_PRELOAD":"x"}}}"#, "blocked"),
        (r#"{"command":"ls","options":{"depth":1}}"#, "autonomous"),
        (r#"{"command":"./deploy.sh","workingDirectory":"/evil"}"#, "blocked"),
        (r#"{"command":"ls","timeout":5}"#, "autonomous"),
    ] {
        assert_eq!(tier(only, params), expected, "{params}");
    }
}

/// With `shell: true` some hosts put command and arguments together to a text (Node), others hand the arguments to the shell,
/// which runs the command's text alone (Python).
#[test]
fn arguments_beside_a_shell_count_only_where_all_hosts_run_the_same() {
    let params = |command: &str, args: &str| format!(r#"{{"command":"{command}","args":[{args}],"shell":true}}"#);
    for (condition, command, args, expected) in [
        ("{ command_runs_only: [ls] }", "ls", r#""-l""#, "autonomous"),
        ("{ command_runs_only: [git status] }", "git", r#""status""#, "blocked"),
        ("{ command_runs_only: [git] }", "git", r#""status""#, "autonomous"),
        ("{ not: { command_runs_any: [git push --force] } }", "git", r#""push","--force""#, "blocked"),
        ("{ not: { command_runs_any: [git push --force] } }", "git", r#""push","origin""#, "autonomous"),
        ("{ command_runs_any: [npm publish --dry-run] }", "npm", r#""publish","--dry-run""#, "blocked"),
        ("{ command_runs_exactly: [git status] }", "git", r#""status""#, "blocked"),
        ("{ command_runs_only: [bash] }", "bash", r#""x.sh""#, "blocked"),
        ("{ command_runs_only: [git status] }", "git status", "", "autonomous"),
        ("\"shell(params.command).programs() == ['git']\"", "git", r#""status""#, "autonomous"),
        ("\"shell(params.command).commands() == [['git', 'status']]\"", "git", r#""status""#, "blocked"),
        ("\"shell(params.command).reads_within(['/ws'])\"", "cat", r#""/ws/a""#, "autonomous"),
        ("\"!shell(params.command).reads_within(['/ws'])\"", "cat", r#""/etc/passwd""#, "blocked"),
    ] {
        assert_eq!(tier(condition, &params(command, args)), expected, "{condition}: {command} {args}");
    }
}

/// A text in a directory.
fn script(text: &str, directory: &str) -> Script {
    let invocation =
        Invocation { command: Form::Text(text), environment: Vec::new(), directory: Some(directory), input: None };
    Script::of_invocation(&invocation, &Programs::default())
}

#[test]
fn paths_of_an_entry_are_seen_from_where_a_command_works() {
    for (entry, text, directory, expected) in [
        ("rm -rf /etc", "rm -rf etc", "/", Verdict::Yes),
        ("rm -rf /", "rm -rf .", "/", Verdict::Yes),
        ("rm -rf /etc", "rm -rf etc", "/ws", Verdict::No),
        ("rm -rf /", "rm -rf ..", "/ws", Verdict::Yes),
    ] {
        let found = List::read([entry]).unwrap().runs_any(&script(text, directory));
        assert_eq!(found, expected, "{entry}: {text} in {directory}");
    }
}

#[test]
fn files_are_where_directories_lead_one_after_another() {
    for (text, access, expected) in [
        ("tar xf a -C /etc", Access::Write, Some(vec!["/ws/a", "/etc/."])),
        ("curl -s u | tar xz -C /etc", Access::Write, Some(vec!["/etc/."])),
        ("tar -C /etc -C x -cf /ws/a f", Access::Read, Some(vec!["/etc/x/f"])),
        ("tar -C a -cf /ws/b f", Access::Read, Some(vec!["/ws/a/f"])),
        ("sqlite3 db \"attach '/etc/x' as y; create table y.t(a)\"", Access::Write, None),
        ("sqlite3 db \"vacuum into '/etc/x'\"", Access::Write, None),
        ("sqlite3 db \"select readfile('/etc/shadow')\"", Access::Read, None),
        ("duckdb db \"select * from '/etc/x.csv'\"", Access::Read, None),
        ("duckdb db \"copy t to '/etc/x'\"", Access::Write, None),
        ("duckdb db \"select * from read_text('/etc/x')\"", Access::Read, None),
        ("sqlite3 db 'select a from t'", Access::Write, Some(vec!["/ws/db"])),
    ] {
        let found = script(text, "/ws").files(access);
        match expected {
            None => assert!(found.is_err(), "{text}: {found:?}"),
            Some(files) => assert_eq!(found.unwrap(), files, "{text}"),
        }
    }
}

/// Whether all files are below a directory; nothing where that is not told.
fn is_within(script: &Script, access: Access, directory: &str) -> Option<bool> {
    let files = script.touched(access).ok()?;
    let below = |path: &str| path == directory || path.starts_with(&format!("{directory}/"));
    let outside: Vec<_> = files.iter().filter(|file| !below(&file.path)).collect();
    match outside.iter().any(|file| file.certain) {
        true => Some(false),
        false => outside.is_empty().then_some(true),
    }
}

/// Programs of which an option's directory is more than where they work: `tar -C` is that of what is packed, `cmake --install` writes
/// elsewhere, `mktemp` makes its file in another place without one.
const APART: &[&str] = &["cmake", "mktemp", "tar"];

/// Where a program works may be said by an option or by the call: what it reads and writes is within a directory alike.
#[test]
fn a_directory_in_an_option_is_judged_as_the_calls() {
    let (mut asked, mut wrong) = (0, Vec::new());
    for row in rows::all() {
        let program = row.path.join(" ");
        if APART.iter().any(|name| row.path[0] == *name) || row.has("tar") {
            continue;
        }
        let places = row
            .options
            .iter()
            .filter(|option| ["directory", "subdirectory"].contains(&option.effect.as_str()) && option.takes_value());
        for option in places {
            let spelling = option.spellings.last().unwrap();
            for (place, tail) in [("/etc", ""), ("/workspace/a", ""), ("/etc", " x"), ("/workspace/a", " x")] {
                let glue = if spelling.starts_with("--") { "=" } else { " " };
                let by_option = of(&format!("{program} {spelling}{glue}{place}{tail}"), "/workspace");
                let by_call = of(&format!("{program}{tail}"), place);
                for access in [Access::Read, Access::Write] {
                    asked += 1;
                    let found = [&by_option, &by_call].map(|script| is_within(script, access, "/workspace"));
                    if found[0] != found[1] {
                        wrong.push(format!("{program} {spelling} {place}{tail} {access:?}: {found:?}"));
                    }
                }
            }
        }
    }
    println!("{asked} pairs");
    assert!(asked > 100 && wrong.is_empty(), "{} of {asked}:\n{}", wrong.len(), wrong.join("\n"));
}

fn of(text: &str, directory: &str) -> Script {
    let invocation =
        Invocation { command: Form::Text(text), environment: Vec::new(), directory: Some(directory), input: None };
    Script::of_invocation(&invocation, &Programs::default())
}
