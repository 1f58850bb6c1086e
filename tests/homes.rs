//! What is kept below the home directory: no subcommand of any row that by its name makes, changes or prints credentials or a cache is
//! said to stay below where it works.
#![cfg(feature = "shell")]
#![allow(clippy::print_stdout, clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod rows;

use kruxos_policy::shell::{Access, Form, Invocation, Programs, Script, Verdict};
use kruxos_policy::source::Sources;
use kruxos_policy::yaml::{self, Limits, Node, NodeKind};

/// What subcommands are named that write below the home directory, by the words they end in, with an operand where they take one.
const WRITE: &[&str] = &[
    "login",
    "logout",
    "signin",
    "signout",
    "cache clean",
    "cache clear",
    "cache purge",
    "cache prune",
    "self update",
    "self upgrade",
    "auth revoke",
    "auth switch",
    "auth refresh",
    "box add x",
    "config set x",
    "config unset x",
    "config use-context x",
    "configure sso",
    "context use x",
    "global x",
    "plugin install x",
    "profile install x",
    "repo add x",
];

/// The same of those that print what is kept there.
const READ: &[&str] = &[
    "auth token",
    "auth:token",
    "print-access-token",
    "get-access-token",
    "config list",
    "config view",
    "config get x",
    "configure get x",
    "configure list",
];

/// Commands of these names that do not, and why.
const ELSEWHERE: &[(&str, &str)] = &[
    ("aws signin", "the name of a service"),
    ("aws2 signin", "the name of a service"),
    ("git config", "what is read by name, and set without --global, is the repository's first"),
    ("gcloud config get", "a setting by its name is no secret"),
];

fn text(node: &Node) -> &str {
    match &node.kind {
        NodeKind::Scalar(scalar) => &scalar.text,
        _ => "",
    }
}

/// The command lines of a row's subcommands, without options and operands.
fn commands(words: &str, row: &Node, found: &mut Vec<String>) {
    let NodeKind::Map(entries) = &row.kind else { return };
    for (_, below) in entries.iter().filter(|(key, _)| *key.text == *"subcommands") {
        let NodeKind::Map(subcommands) = &below.kind else { continue };
        for (names, subcommand) in subcommands.iter() {
            for name in names.text.split('|').flat_map(|name| name.split('=')) {
                let words = format!("{words} {name}");
                commands(&words, subcommand, found);
                found.push(words);
            }
        }
    }
}

fn all_commands() -> Vec<String> {
    let mut found = Vec::new();
    let mut files: Vec<_> = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/commands")).unwrap().collect();
    files.sort_by_key(|file| file.as_ref().unwrap().path());
    for file in files {
        let text_of_file = std::fs::read_to_string(file.unwrap().path()).unwrap();
        let source = Sources::default().add("commands", text_of_file.as_str());
        let root = yaml::parse_with(source, &text_of_file, Limits::CATALOG).value.root.unwrap();
        let NodeKind::List(rows) = &root.kind else { continue };
        for row in rows.iter() {
            let NodeKind::Map(entries) = &row.kind else { continue };
            let Some((_, names)) = entries.iter().find(|(key, _)| *key.text == *"program") else { continue };
            let names: Vec<&str> = match &names.kind {
                NodeKind::List(names) => names.iter().map(text).collect(),
                _ => vec![text(names)],
            };
            for name in names {
                commands(name.trim_end_matches('#'), row, &mut found);
            }
        }
    }
    found
}

fn stays(command: &str, access: Access) -> bool {
    let command = Form::Text(command);
    let invocation = Invocation { command, environment: Vec::new(), directory: None, input: None };
    Script::of_invocation(&invocation, &Programs::default()).stays(access) == Verdict::Yes
}

#[test]
fn what_is_kept_below_the_home_directory_is_no_file_below_where_a_program_works() {
    let commands = all_commands();
    let said_otherwise = |command: &str| ELSEWHERE.iter().any(|(known, _)| command.starts_with(known));
    let (mut asked, mut wrong) = (0, Vec::new());
    for (access, name) in
        WRITE.iter().map(|name| (Access::Write, name)).chain(READ.iter().map(|name| (Access::Read, name)))
    {
        let (name, operand) = name.strip_suffix(" x").map_or((*name, ""), |name| (name, " x"));
        let named = |command: &&String| {
            command.strip_suffix(name).is_some_and(|before| before.ends_with([' ', ':', '-']))
                && !said_otherwise(command)
        };
        for command in commands.iter().filter(named) {
            asked += 1;
            let command = format!("{command}{operand}");
            if stays(&command, access) {
                wrong.push(format!("{access:?} {command}"));
            }
        }
    }
    println!("{asked} of {} subcommands", commands.len());
    assert!(asked > 40 && wrong.is_empty(), "{asked}\n{}", wrong.join("\n"));
}

/// A wrapper whose command works elsewhere: a relative file of that is not below where the whole works.
#[test]
fn what_works_elsewhere_writes_elsewhere() {
    for command in [
        "sudo -i touch x",
        "sudo --login touch x",
        "su -l bob -c 'touch x'",
        "runuser -l bob -c 'touch x'",
        "chroot / touch etc/x",
        "pkexec touch x",
        "systemd-run touch x",
        "systemd-run --user touch x",
        "nsenter -t 1 -m touch x",
        "nsenter -a touch x",
        "machinectl shell .host /bin/touch x",
        "machinectl shell root@ /bin/touch x",
        "tmux new -c /etc 'touch x'",
        "tmux split-window -c /etc 'touch x'",
        "tmux new-window 'touch x'",
        "cd sub && git rebase -x 'touch ../x' m",
        "cd sub && git bisect run touch ../x",
    ] {
        assert!(!stays(command, Access::Write), "{command}");
    }
    for command in [
        "sudo touch x",
        "su bob -c 'touch x'",
        "nice touch x",
        "pkexec --keep-cwd touch x",
        "systemd-run --user --scope touch x",
        "nsenter -t 1 -n touch x",
        "tmux new -d 'touch x'",
        "git rebase main",
    ] {
        assert!(stays(command, Access::Write), "{command}");
    }
}

/// Wrappers, by their words up to the command, that run it where they are called themselves: each was looked at.
const KEEP_THE_PLACE: &str = "netlify dev:exec, meson devenv, go tool test2json, asdf exec, op run, doppler run, aws-vault exec x, infisical run, \
    dotenv, dotenvx run, flatpak-spawn, ip netns exec x, ip vrf exec x, corepack, pnpm exec, yarn exec, poetry run, poetry shell, \
    pipenv run, pipenv shell, pdm run, hatch shell, conda run, bundle exec, rustup run x, uv run, unshare, nsenter, setpriv, \
    prlimit, choom, cgexec, numactl, cpulimit, trickle, eatmydata, torsocks, proxychains, fakeroot, chronic, dumb-init, \
    gosu x, runcon x, systemd-inhibit, xvfb-run, ssh-agent, dbus-launch, faketime x, firejail, bwrap, ld.so, qemu-x86_64, \
    busybox, perf stat, perf record, valgrind, rlwrap, entr, watchexec, cross-env, cross-env-shell, screen, tmux new-session, \
    tmux run-shell, env, sudo, doas, timeout x, nice, ionice, nohup, setsid, stdbuf, time, flock x, command, exec, strace, \
    ltrace, taskset x, linux32, arch, caffeinate, watch";

/// Of a wrapper that nobody looked at it is not said that its command works where it does.
#[test]
fn whether_a_wrapper_keeps_the_place_is_known_of_each() {
    let known: Vec<&str> = KEEP_THE_PLACE.split(", ").map(str::trim).collect();
    let (mut asked, mut wrong) = (0, Vec::new());
    for row in rows::all() {
        let Some(operands) = &row.operands else { continue };
        let Some(at) =
            operands.iter().position(|role| matches!(role.trim_end_matches(['?', '*', '+']), "command" | "line"))
        else {
            continue;
        };
        let before = operands.iter().take(at).filter(|role| !role.ends_with(['?', '*'])).map(|_| "x");
        let words: Vec<&str> = row.path.iter().map(String::as_str).chain(before).collect();
        let words = words.join(" ").replace('#', "");
        asked += 1;
        if stays(&format!("{words} touch y"), Access::Write) && !known.contains(&words.as_str()) {
            wrong.push(words);
        }
    }
    println!("{asked} wrappers");
    assert!(asked > 50 && wrong.is_empty(), "{asked}\n{}", wrong.join(", "));
}
