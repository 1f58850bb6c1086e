use crate::{CallDocument, Engine, Loader};

/// The engine of a policy with this condition.
fn engine(condition: &str) -> Engine {
    let policy = format!(
        "name: p\nversion: '1'\ndefaults: {{ tier: blocked }}\ncapabilities:\n  x.y:\n    rules:\n      - condition: {condition}\n        \
         tier: autonomous\n    tier: approval_required\n"
    );
    Engine::new(Loader::new().policy("p.yaml", policy).load().set.unwrap()).unwrap()
}

/// The first sentence of the reason of a call that this condition is unknown for.
fn first_sentence(condition: &str, params: &str) -> String {
    let engine = engine(condition);
    let call = format!(r#"{{"agent":"a","capability":"x.y","params":{params}}}"#);
    let document = CallDocument::parse(call.as_bytes()).unwrap();
    let mut scratch = engine.scratch();
    let decision = engine.decide(&mut scratch, &document.call());
    let reason = decision.reason().into_owned();
    reason.split(';').next().unwrap_or_default().to_owned()
}

#[test]
fn a_reason_names_the_parameter_and_the_word_in_doubt() {
    for (condition, command, expected) in [
        (
            "{ command_runs_only: [git, ls] }",
            "git -c core.pager=secret log",
            "`-c` of `git` in `command` is in doubt: a setting that may change what is run",
        ),
        (
            "{ cmd_runs_any: [rm] }",
            "ls; npx rm x",
            "`npx` in `cmd` is in doubt: words that mention a command of the list, for a program that may run it",
        ),
        (
            "{ command_runs_only: [ls] }",
            "GIT_PAGER=secret ls",
            "the variable `GIT_PAGER…` of `ls` in `command` is in doubt: a program is given a variable that may change what it runs",
        ),
        (
            "{ command_runs_only: [psql, ls] }",
            "ls | psql",
            "the input of `psql` in `command` is in doubt: a program that takes commands from its input",
        ),
        (
            "{ command_runs_only: [ls] }",
            "ls > out.txt",
            "the redirection to `out.txt` in `command` is in doubt: a redirection that writes a file",
        ),
        (
            "{ command_reads_within: /ws }",
            "cat /ws/a; cat b",
            "which file `b` in `command` is depends on its working directory, which the host does not give",
        ),
        (
            "{ command_reads_within: /ws }",
            "cat /ws/a $x",
            "a word that only a shell puts together in `command` is in doubt: words of which it is not known whether they are read or written",
        ),
        (
            "{ command_runs_only: [ls] }",
            "$x ls",
            "`$x` in `command` is in doubt: a command that may be one of the list",
        ),
    ] {
        let parameter = if condition.contains("cmd") { "cmd" } else { "command" };
        let params = format!(r#"{{"{parameter}":{command:?}}}"#);
        assert_eq!(first_sentence(condition, &params), expected, "{condition} {command}");
    }
}

/// The files that a test of what is written or read looked at, each with whether it is allowed.
fn looked_at(function: &str, command: &str) -> String {
    let engine = engine(&format!("shell(params.command).{function}(['/ws'])"));
    let call = format!(r#"{{"agent":"a","capability":"x.y","params":{{"command":{command:?}}}}}"#);
    let document = CallDocument::parse(call.as_bytes()).unwrap();
    let explained = engine.explain(&mut engine.scratch(), &document.call());
    let organization = &explained.layers[1];
    let test = &organization.policies[0].entries[0].rules[0].tests[0];
    let files = test.files.iter().map(|file| format!("{} {:?}", file.file, file.allowed));
    files.collect::<Vec<_>>().join(", ").replace("True", "true").replace("False", "false").replace("Unknown", "?")
}

#[test]
fn what_is_in_doubt_stands_by_itself() {
    for (function, command, expected) in [
        ("reads_within", "cat /ws/a /etc/x b", "/ws/a true, /etc/x false, b ?"),
        ("reads_within", "cat /ws/a $x; tool y; head /ws/c", "/ws/a true, … ?, tool y ?, /ws/c true"),
        ("reads_within", "cat < /etc/x > $y", "/etc/x false"),
        ("writes_within", "cp /ws/a $x", "… ?"),
        ("writes_within", "cp $x /ws/a", "/ws/a true, … ?"),
        ("writes_within", "tee /etc/x > $y", "… ?, /etc/x false"),
    ] {
        assert_eq!(looked_at(function, command), expected, "{function} {command}");
    }
}

#[test]
fn a_parameter_beside_a_command_is_named() {
    let sentence = first_sentence("{ command_runs_only: [ls] }", r#"{"note":"x","command":"ls","sudo":true}"#);
    assert_eq!(
        sentence,
        "`command` stands beside `sudo`, which may be an argument, a variable, a user or a program of it"
    );
}
