//! An option that an entry names is there for certain only where no word takes it back: every option of every row, with the
//! ways to say the opposite. And the same thing said by another program, or in another spelling, is never "no".
#![cfg(feature = "shell")]
#![allow(clippy::print_stdout, clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod rows;

use std::collections::BTreeSet;

use kruxos_policy::shell::{List, Script, Verdict};
use rows::{Arity, Opt, Row};

/// What stands behind the subcommand in the entry, and in a command that may say the opposite.
struct Undoing {
    entry: Vec<String>,
    command: Vec<String>,
}

/// The ways to take an option back, both words in both orders.
fn undoings(row: &Row, option: &Opt, spelling: &str) -> Vec<Undoing> {
    let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<String>>();
    let mut undoings = Vec::new();
    let mut add = |entry: &[&str], command: &[&str]| {
        undoings.push(Undoing { entry: words(entry), command: words(command) });
    };
    let valued: &[&str] = if option.arity == Arity::Required { &[spelling, "a"] } else { &[spelling] };
    if let Some(name) = spelling.strip_prefix("--") {
        let opposite = match name.strip_prefix("no-") {
            Some(name) => format!("--{name}"),
            None => format!("--no-{name}"),
        };
        add(valued, &[valued, &[&opposite]].concat());
        add(valued, &[&[opposite.as_str()], valued].concat());
    }
    if matches!(option.arity, Arity::Attached | Arity::Bare) {
        // Behind a wrapper's it is a command.
        let wraps = row.operands.iter().flatten().any(|operand| operand.starts_with("command"));
        if !wraps {
            add(&[spelling], &[spelling, "false"]);
        }
        if spelling.len() > 2 {
            for value in ["false", "none"] {
                let denied = format!("{spelling}={value}");
                add(&[spelling], &[&denied]);
                add(&[spelling], &[spelling, &denied]);
            }
        }
    }
    if option.arity == Arity::Required {
        add(&[spelling, "a"], &[spelling, "a", spelling, "b"]);
        add(&[spelling, "a"], &[spelling, "b", spelling, "a"]);
    }
    if row.has("plus") && spelling.starts_with('-') && spelling.len() == 2 {
        let plus = spelling.replacen('-', "+", 1);
        add(valued, &[valued, &[&plus]].concat());
        add(valued, &[valued, &["+o", "name"]].concat());
    }
    undoings
}

/// Whether words behind an option are still the program's own, and the option is one that can be taken back.
fn may_be_undone(row: &Row, option: &Opt) -> bool {
    let handing = row.has("stop") && option.spellings.iter().any(|spelling| row.conditions.contains(spelling));
    let own = !["informs", "command", "script", "code"].contains(&option.effect.as_str());
    own && !handing && !option.inherited && option.arity != Arity::Two
}

/// Lines asked, and those that came out wrong.
#[derive(Default)]
struct Tally {
    count: usize,
    wrong: Vec<String>,
}

impl Tally {
    fn ask(&mut self, row: &Row, spelling: &str, Undoing { entry, command }: &Undoing) {
        let own = row.path.iter().chain(entry).cloned().collect::<Vec<_>>().join(" ");
        let Ok(list) = List::read([own.as_str()]) else { return };
        let words: Vec<&str> = row.path.iter().chain(command).map(String::as_str).collect();
        let script = Script::of_argv(&words);
        self.count += 1;
        // Behind another word it may be that one's value.
        let denied = command[0] == spelling && list.runs_any(&script) == Verdict::No;
        if denied || list.runs_only(&script) == Verdict::Yes {
            self.wrong.push(format!("{}: `{own}`: {words:?}, denied: {denied}", row.file));
        }
    }
}

#[test]
fn no_option_of_an_entry_is_certain_beside_a_word_that_takes_it_back() {
    let (mut tally, mut asked) = (Tally::default(), BTreeSet::new());
    for row in rows::all() {
        for option in row.options.iter().filter(|option| may_be_undone(&row, option)) {
            let plain = |spelling: &&String| !spelling.contains(['*', '#', '(', '!', ',', ')', '=']);
            for spelling in option.spellings.iter().filter(plain) {
                // What many subcommands have is asked of one.
                if asked.insert((row.path[0].clone(), spelling.clone(), option.takes_value())) {
                    for undoing in undoings(&row, option, spelling) {
                        tally.ask(&row, spelling, &undoing);
                    }
                }
            }
        }
    }
    println!("{} lines", tally.count);
    let wrong = tally.wrong.iter().take(60).cloned().collect::<Vec<_>>().join("\n");
    assert!(tally.wrong.is_empty(), "{} of {}\n{wrong}", tally.wrong.len(), tally.count);
    assert!(tally.count > 20_000);
}

/// Asserts what both questions answer of a command where an entry names something.
fn check(entry: &str, text: &str, only: Option<Verdict>, any: bool) {
    let list = List::read([entry]).unwrap();
    let script = Script::of_text(text);
    if let Some(only) = only {
        assert_eq!(list.runs_only(&script), only, "runs_only {entry}: {text}");
    }
    assert_eq!(list.runs_any(&script) != Verdict::No, any, "runs_any {entry}: {text}: {:?}", list.runs_any(&script));
}

#[test]
fn a_later_word_takes_back_what_an_entry_names() {
    for (entry, text) in [
        ("git push --dry-run", "git push --dry-run --no-dry-run origin x"),
        ("git push --dry-run", "git push -n --no-dry-run"),
        ("npm publish --dry-run", "npm publish --dry-run=false"),
        ("npm publish --dry-run", "npm publish --dry-run false"),
        ("kubectl apply --dry-run=server", "kubectl apply --dry-run=server --dry-run=none"),
        ("helm upgrade --dry-run", "helm upgrade --dry-run --dry-run=false"),
        ("bash -n", "bash -n +n x.sh"),
        ("bash -n", "bash -n +o noexec x.sh"),
        ("zsh -n", "zsh -n -o exec x.sh"),
        ("prettier --check", "prettier --check --write x"),
        ("rm -i", "rm -i -f x"),
        ("mytool --check", "mytool --check --no-check"),
        ("mytool --check", "mytool --check --check=false"),
        ("mytool --check", "mytool --check $x"),
        ("git push --dry-run", "git push --dry-run $x"),
    ] {
        let list = List::read([entry]).unwrap();
        assert_ne!(list.runs_only(&Script::of_text(text)), Verdict::Yes, "{entry}: {text}");
        assert_ne!(list.runs_any(&Script::of_text(text)), Verdict::No, "{entry}: {text}");
    }
    for (entry, text) in [
        ("git push --dry-run", "git push --dry-run origin x"),
        ("git push --dry-run", "git push -un origin x"),
        ("kubectl apply --dry-run=server", "kubectl apply --dry-run=server -f a.yaml"),
        ("npm publish --dry-run", "npm publish --dry-run --tag next"),
        ("prettier --check", "prettier --check src"),
        ("mytool --check", "mytool --check x --verbose"),
        ("curl -o", "curl -o a https://x"),
    ] {
        check(entry, text, Some(Verdict::Yes), true);
    }
}

#[test]
fn the_same_said_otherwise_is_not_no() {
    for (entry, text, any) in [
        ("docker compose up", "docker-compose up -d", true),
        ("docker compose up", "docker-compose ps", false),
        ("npm exec", "npx cowsay", true),
        ("shutdown", "systemctl reboot", true),
        ("reboot", "systemctl poweroff", true),
        ("reboot", "systemctl status x", false),
        ("terraform destroy", "terraform apply -destroy", true),
        ("terraform destroy", "terraform apply", false),
        ("pip install", "python3 -m pip install x", true),
        ("pip install", "python -mpip install x", true),
        ("pip install", "python3 -m pip list", false),
        ("git push --force", "/usr/lib/git-core/git-push -f", true),
        ("git push --force", "git-push origin x", false),
        ("chmod 777", "chmod 0777 x", true),
        ("chmod 777", "chmod -R a+rwx x", true),
        ("chmod 777", "chmod 755 x", false),
        ("ssh -o StrictHostKeyChecking=no", "ssh -o stricthostkeychecking=no h", true),
        ("ssh -o StrictHostKeyChecking=no", "ssh -o 'StrictHostKeyChecking no' h", true),
        ("ssh -o StrictHostKeyChecking=no", "ssh -o User=x h", false),
        ("git commit --no-verify", "git -c core.hooksPath=/dev/null commit -m x", true),
        ("git commit --no-verify", "git -c color.ui=always commit -m x", false),
        ("shutdown", "init 0", true),
        ("shutdown", "npx prisma migrate dev --name init", false),
        ("rm -rf /etc", "cd / && rm -rf etc", true),
        ("rm -rf /", "cd /etc && rm -rf ..", true),
        ("rm -rf /etc", "cd app && rm -rf node_modules", false),
        ("rm", "sed 's/a/b/;ta e rm x' f", true),
        ("rm", "sed ':a;N;$!ba;s/x/y/' f", false),
        ("rm", "sqlite3 app.db .tables", false),
        ("rm", "psql -c '\\dt+ public.*'", false),
        ("rm", "sqlite3 app.db '.tables | rm x'", true),
        ("rm", "psql -c '\\d t \\! rm x'", true),
    ] {
        check(entry, text, None, any);
    }
}
