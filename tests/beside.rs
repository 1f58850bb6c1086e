//! Whatever a command is made of, and wherever in a call it stands: what stands beside it is judged with it.
#![cfg(feature = "shell")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use kruxos_policy::{Engine, Loader};
use proptest::prelude::*;
use serde_json::{Value, json};

const ONLY: &str = "['git', 'ls', 'find', './deploy.sh']";

/// An engine in which a condition that holds is autonomous, and any other blocked.
fn engine(condition: &str, schema: Option<&Value>) -> Engine {
    let condition = if condition.starts_with('{') { condition.to_owned() } else { json!(condition).to_string() };
    let policy = format!(
        "name: p\nversion: '1'\ncapabilities:\n  process.run:\n    rules: [{{ condition: {condition}, tier: autonomous }}]\n    tier: blocked\n"
    );
    let mut loader = Loader::new().policy("p.yaml", policy);
    if let Some(schema) = schema {
        let catalog = json!({ "tools": [{ "name": "process.run", "inputSchema": schema }] }).to_string();
        loader = loader.catalog("catalog.json", catalog);
    }
    let loaded = loader.load();
    Engine::new(loaded.set.unwrap_or_else(|| panic!("{condition}: {:?}", loaded.diagnostics))).unwrap()
}

fn tier(engine: &Engine, params: &Value) -> String {
    let call = json!({ "agent": "a", "capability": "process.run", "params": params }).to_string();
    engine.decide_json(&mut engine.scratch(), call.as_bytes()).unwrap().tier.to_string()
}

fn role(role: &str, kind: &str) -> Value {
    json!({ "type": kind, "x-kruxos-role": role })
}

#[test]
fn roles_are_read_at_any_depth_of_the_catalog() {
    let properties =
        json!({ "cmd": role("command", "string"), "e": role("environment", "object"), "a": role("args", "array") });
    let schema = json!({ "type": "object", "properties": { "run": { "type": "object", "properties": properties } } });
    for condition in [format!("{{ run.cmd_runs_only: {ONLY} }}"), format!("shell(params.run.cmd).runs_only({ONLY})")] {
        let engine = engine(&condition, Some(&schema));
        for (params, expected) in [
            (json!({ "run": { "cmd": "git status" } }), "autonomous"),
            (json!({ "run": { "cmd": "find", "a": ["-name", "x"] } }), "autonomous"),
            (json!({ "run": { "cmd": "find", "a": ["-delete"] } }), "blocked"),
            (json!({ "run": { "cmd": "git status", "e": { "GIT_PAGER": "./x" } } }), "blocked"),
            (json!({ "run": { "cmd": "git status" }, "env": { "GIT_PAGER": "./x" } }), "blocked"),
        ] {
            assert_eq!(tier(&engine, &params), expected, "{condition} {params}");
        }
    }
}

#[test]
fn a_role_in_another_object_than_the_commands_is_a_doubt() {
    let schema = json!({ "type": "object", "properties": {
        "what": { "type": "object", "properties": { "cmd": role("command", "string") } },
        "how": { "type": "object", "properties": { "e": role("environment", "object") } },
        "then": { "type": "object", "properties": { "cmd": role("command", "string"), "e": role("environment", "object") } },
    } });
    let engine = engine(&format!("{{ what.cmd_runs_only: {ONLY} }}"), Some(&schema));
    for (params, expected) in [
        (json!({ "what": { "cmd": "git status" } }), "autonomous"),
        (json!({ "what": { "cmd": "git status" }, "how": { "e": { "GIT_PAGER": "./x" } } }), "blocked"),
        (
            json!({ "what": { "cmd": "git status" }, "then": { "cmd": "ls", "e": { "GIT_PAGER": "./x" } } }),
            "autonomous",
        ),
    ] {
        assert_eq!(tier(&engine, &params), expected, "{params}");
    }
}

#[test]
fn usual_names_are_read_beside_the_roles_of_a_catalog() {
    let schema = json!({ "type": "object", "properties": {
        "program": role("command", "string"), "vars_": role("environment", "object"), "argz": role("args", "array"),
        "folder": { "type": "string" },
    } });
    let engine = engine(&format!("{{ program_runs_only: {ONLY} }}"), Some(&schema));
    for (params, expected) in [
        (json!({ "program": "git", "argz": ["status"] }), "autonomous"),
        (json!({ "program": "git", "argz": ["status"], "vars_": { "LANG": "C" } }), "autonomous"),
        (json!({ "program": "git status", "environment": { "GIT_PAGER": "./x" } }), "blocked"),
        (json!({ "program": "find", "args": ["-delete"] }), "blocked"),
        (json!({ "program": "find", "argz": ["a"], "args": ["-delete"] }), "blocked"),
        (json!({ "program": "./deploy.sh", "folder": "/evil" }), "blocked"),
        (json!({ "program": "git status", "vars_": {}, "env": { "GIT_PAGER": "./x" } }), "blocked"),
    ] {
        assert_eq!(tier(&engine, &params), expected, "{params}");
    }
}

/// Names under which parts of an invocation stand, each with a value that changes what runs.
fn parts() -> Vec<(&'static str, Value)> {
    let (variables, args, place) = (json!({ "GIT_PAGER": "./x" }), json!(["-delete"]), json!("/evil"));
    let mut parts = Vec::new();
    for name in [
        "env",
        "environment",
        "ENV",
        "environ",
        "envs",
        "env_vars",
        "envVars",
        "environment-variables",
        "variables",
        "vars",
        "extra_env",
        "additionalEnv",
        "processEnv",
        "env_overrides",
        "shell_environment",
    ] {
        parts.push((name, variables.clone()));
    }
    for name in
        ["args", "argv", "arguments", "parameters", "params", "flags", "cmd_args", "extra_args", "moreArgs", "options"]
    {
        parts.push((name, args.clone()));
    }
    for name in ["cwd", "dir", "directory", "current_dir", "folder", "workingDirectory", "working-dir", "run_cwd"] {
        parts.push((name, place.clone()));
    }
    parts
}

/// Command, and the call around it: the first object holds the command.
const COMMANDS: [&str; 3] = ["git status", "find", "./deploy.sh"];

/// Whether a part matters to a command of [`COMMANDS`].
fn matters(command: &str, value: &Value) -> bool {
    match value {
        Value::Object(_) => command == "git status",
        Value::Array(_) => command == "find",
        _ => command == "./deploy.sh",
    }
}

/// Expressions of a command at a place in the call, with the call for what stands around it: `inner` in the command's own
/// object, `outer` in the one around that.
fn shapes(command: &str, inner: &Value, outer: &Value) -> Vec<(&'static str, Value)> {
    let with = |own: Value, more: &Value| {
        let mut all = own.as_object().unwrap().clone();
        all.extend(more.as_object().unwrap().clone());
        Value::Object(all)
    };
    let flat = with(json!({ "command": command }), inner);
    let nested = with(json!({ "run": with(json!({ "command": command }), inner) }), outer);
    let listed = with(json!({ "jobs": [with(json!({ "command": command }), inner)] }), outer);
    let texts = with(json!({ "commands": [command] }), inner);
    let mapped = with(json!({ "jobs": { "a": with(json!({ "command": command }), inner) } }), outer);
    vec![
        ("shell(params.command).runs_only(LIST)", flat.clone()),
        ("shell(params['command']).runs_only(LIST)", flat.clone()),
        ("shell(params.command.trim()).runs_only(LIST)", flat.clone()),
        ("shell(params.command + '').runs_only(LIST)", flat.clone()),
        ("shell(has(params.command) ? params.command : '').runs_only(LIST)", flat.clone()),
        ("shell(string(params.command)).runs_only(LIST)", flat.clone()),
        ("shell(params.command.replace('a', 'a')).runs_only(LIST)", flat.clone()),
        ("[params.command].all(c, shell(c).runs_only(LIST))", flat.clone()),
        ("[params.command].map(c, c.trim()).all(c, shell(c).runs_only(LIST))", flat.clone()),
        ("[params].all(p, shell(p.command).runs_only(LIST))", flat.clone()),
        ("shell([params].map(p, p.command)[0]).runs_only(LIST)", flat.clone()),
        ("shell({'c': params.command}.c).runs_only(LIST)", flat.clone()),
        ("shell(params.command == '' ? 'ls' : params.command).runs_only(LIST)", flat.clone()),
        ("shell(shell(params.command)).runs_only(LIST)", flat),
        ("{ run.command_runs_only: LIST }", nested.clone()),
        ("shell(params.run.command).runs_only(LIST)", nested.clone()),
        ("shell(has(params.run) ? params.run.command : params.command).runs_only(LIST)", nested.clone()),
        ("[params.run].all(r, shell(r.command).runs_only(LIST))", nested),
        ("params.jobs.all(j, shell(j.command).runs_only(LIST))", listed.clone()),
        ("params.jobs.map(j, j.command).all(c, shell(c).runs_only(LIST))", listed.clone()),
        ("shell(params.jobs[0].command).runs_only(LIST)", listed),
        ("params.commands.all(c, shell(c).runs_only(LIST))", texts.clone()),
        ("shell(params.commands[0]).runs_only(LIST)", texts.clone()),
        ("shell(params.commands.join('; ')).runs_only(LIST)", texts),
        ("params.jobs.all(k, j, shell(j.command).runs_only(LIST))", mapped.clone()),
        ("params.jobs.all(k, shell(params.jobs[k].command).runs_only(LIST))", mapped),
    ]
}

#[test]
fn whatever_a_command_is_made_of_its_siblings_are_judged_with_it() {
    let nothing = json!({});
    for (at, (condition, _)) in shapes("", &nothing, &nothing).into_iter().enumerate() {
        let engine = engine(&condition.replace("LIST", ONLY), None);
        let mut held = 0;
        for command in COMMANDS {
            let plain = shapes(command, &nothing, &nothing)[at].1.clone();
            held += usize::from(tier(&engine, &plain) == "autonomous");
            for (name, value) in parts().into_iter().filter(|(_, value)| matters(command, value)) {
                let part = json!({ name: value });
                let mut around =
                    vec![part.clone(), json!({ "spawn_options": part }), json!({ "config": { "deep": part } })];
                if !value.is_string() && name != "options" && name != "params" && name != "parameters" {
                    around.push(json!({ "anything": part }));
                }
                for part in around {
                    for (inner, outer) in [(&part, &nothing), (&nothing, &part)] {
                        let params = shapes(command, inner, outer)[at].1.clone();
                        // Nothing stands around the object of a call that is flat.
                        if params != plain {
                            assert_eq!(tier(&engine, &params), "blocked", "{condition} {params}");
                        }
                    }
                }
            }
        }
        // What cannot be traced is unknown, beside nothing too.
        assert!(held == 3 || condition.contains("map(") || condition.contains("[params"), "{condition}: {held}");
    }
}

/// Expressions of text over `params.command`, each step around the one before.
fn derived(steps: &[u8]) -> String {
    steps.iter().fold("params.command".to_owned(), |inner, step| match step % 14 {
        0 => format!("{inner}.trim()"),
        1 => format!("({inner} + '')"),
        2 => format!("('' + {inner})"),
        3 => format!("(has(params.command) ? {inner} : '')"),
        4 => format!("[{inner}][0]"),
        5 => format!("[{inner}].join('')"),
        6 => format!("{{'a': {inner}}}.a"),
        7 => format!("[{inner}].map(x, x)[0]"),
        8 => format!("string({inner})"),
        9 => format!("{inner}.replace('|', '|')"),
        10 => format!("[{inner}].filter(x, x != '')[0]"),
        11 => format!("({inner} == 'x' ? 'git diff' : {inner})"),
        12 => format!("[[{inner}]].map(x, x[0])[0]"),
        _ => format!("[{{'c': {inner}}}].map(x, x.c)[0]"),
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_derived_command_never_loses_its_siblings(steps in prop::collection::vec(any::<u8>(), 0..6), around in 0u8..3) {
        let text = derived(&steps);
        let condition = match around {
            0 => format!("shell({text}).runs_only({ONLY})"),
            1 => format!("[{text}].all(c, shell(c).runs_only({ONLY}))"),
            _ => format!("[[{text}]].all(l, l.all(c, shell(c).runs_only({ONLY})))"),
        };
        let engine = engine(&condition, None);
        for (name, value) in parts().into_iter().filter(|(_, value)| value.is_object()) {
            let params = json!({ "command": "git status", name: value });
            prop_assert_eq!(tier(&engine, &params), "blocked", "{} {}", condition, params);
        }
        let traced = !text.contains("x.c") && !text.contains("x[0]");
        if traced {
            prop_assert_eq!(tier(&engine, &json!({ "command": "git status" })), "autonomous", "{}", condition);
        }
    }
}

#[test]
fn what_is_no_part_of_an_invocation_is_left_alone() {
    let engine = engine(&format!("{{ command_runs_only: {ONLY} }}"), None);
    for more in [
        json!({ "timeout": 5 }),
        json!({ "options": { "depth": 1 } }),
        json!({ "metadata": { "ticket": "A-1", "labels": ["x"] } }),
        json!({ "description": "look" }),
        json!({ "target_environment": "prod" }),
        json!({ "other": { "command": "ls", "args": ["-l"] } }),
        json!({ "limits": { "memory": 5, "nested": { "cpu": 1 } } }),
    ] {
        let mut params = more.as_object().unwrap().clone();
        params.insert("command".to_owned(), json!("git status"));
        assert_eq!(tier(&engine, &Value::Object(params)), "autonomous", "{more}");
    }
}

/// What is no usual name may be a part of the invocation by its shape, or say more than the command does.
#[test]
fn what_may_be_a_part_under_another_name_is_a_doubt() {
    let engine = engine(&format!("{{ command_runs_only: {ONLY} }}"), None);
    for beside in [
        json!({ "args": { "a": "-delete" } }),
        json!({ "argv": { "0": "-delete" } }),
        json!({ "flags": { "delete": true } }),
        json!({ "operands": ["-delete"] }),
        json!({ "positional": ["push"] }),
        json!({ "rest": "-delete" }),
        json!({ "set": { "GIT_PAGER": "./x" } }),
        json!({ "x": [{ "env": { "GIT_PAGER": "./x" } }] }),
        json!({ "x": [[{ "args": ["-delete"] }]] }),
        json!({ "subcommand": "push" }),
        json!({ "program": "rm" }),
        json!({ "wrapper": "sudo" }),
        json!({ "sudo": true }),
        json!({ "user": "root" }),
        json!({ "Command": "rm x" }),
        json!({ "COMMAND": "rm x" }),
        json!({ "cmd": "rm x" }),
        json!({ "PATH": "/tmp/evil" }),
        json!({ "env": { "LANG": "C\nGIT_PAGER=./x" } }),
        json!({ "env": { "LANG": "C\u{0}" } }),
        json!({ "env": { "A=B": "C" } }),
        json!({ "cmds": "rm x" }),
        json!({ "raw_command": "rm x" }),
        json!({ "command2": "rm x" }),
        json!({ "on_failure": "rm x" }),
        json!({ "pre": "./x.sh" }),
        json!({ "append": "; rm x" }),
        json!({ "anything": "&& x" }),
        json!({ "anything": "/bin/rm x" }),
        json!({ "anything": "rm -rf x" }),
    ] {
        let mut params = beside.clone();
        params["command"] = json!("git status");
        assert_eq!(tier(&engine, &params), "blocked", "{params}");
    }
    for beside in [
        json!({ "sudo": false }),
        json!({ "user": null }),
        json!({ "tags": ["ci"] }),
        json!({ "description": "says what changed - briefly" }),
        json!({ "timeout": 5 }),
        json!({ "run_in_background": true }),
        json!({ "operands": [] }),
        json!({ "metadata": { "session": "a", "files": ["a"] } }),
        json!({ "task_description": "find what is wrong" }),
        json!({ "reason": "make the tests pass" }),
        json!({ "format": "json" }),
    ] {
        let mut params = beside.clone();
        params["command"] = json!("git status");
        assert_eq!(tier(&engine, &params), "autonomous", "{params}");
    }
}

/// A parameter that decides which command runs may say another user or program all the same.
#[test]
fn what_is_read_for_a_command_is_still_judged_beside_it() {
    let engine =
        engine(&format!("shell(has(params.sudo) && params.sudo ? 'ls' : params.command).runs_only({ONLY})"), None);
    for (params, expected) in [
        (json!({ "command": "ls", "sudo": false }), "autonomous"),
        (json!({ "command": "ls", "sudo": true }), "blocked"),
    ] {
        assert_eq!(tier(&engine, &params), expected, "{params}");
    }
}

/// What comes by the input, or runs by another word, may read and write anything.
#[test]
fn lists_of_files_know_no_more_than_the_tests_do() {
    for command in [
        "bash <<< 'rm x'",
        "sh -s < x",
        "git -c core.pager='rm x' log",
        "perl -e 'system q(rm)'",
        "GIT_PAGER=./x git log",
    ] {
        for test in [
            "shell(params.command).writes() == []",
            "shell(params.command).reads() == []",
            "shell(params.command).writes_within(['/ws'])",
        ] {
            assert_eq!(tier(&engine(test, None), &json!({ "command": command })), "blocked", "{test}: {command}");
        }
    }
    for (command, test) in [
        ("timeout 5 ls -a; find . -name x", "shell(params.command).programs() == ['timeout', 'ls', 'find']"),
        ("make test", "shell(params.command).programs() == ['make']"),
        ("cp a b", "shell(params.command).writes() == ['b']"),
    ] {
        assert_eq!(tier(&engine(test, None), &json!({ "command": command })), "autonomous", "{test}: {command}");
    }
}
