//! A path of an entry and one of a command, in whatever spelling and from wherever the command works.
#![cfg(feature = "shell")]
#![allow(clippy::unwrap_used, clippy::panic)]

use std::sync::Arc;

use kruxos_policy::shell::{Form, Invocation, List, Programs, Script, Verdict};

/// Where a command works: what the host says, and what the call says beside it.
type Place = (Option<&'static str>, Option<&'static str>);

const NOWHERE: Place = (None, None);
const WORKSPACE: Place = (Some("/workspace"), None);

fn any(entry: &str, text: &str, (base, directory): Place) -> &'static str {
    let invocation = Invocation { command: Form::Text(text), environment: Vec::new(), directory, input: None };
    let script = Script::of_invocation(&invocation, &Programs::default());
    let script = Script { base: base.map(Arc::from), ..script };
    match List::read([entry]).unwrap().runs_any(&script) {
        Verdict::Yes => "yes",
        Verdict::No => "no",
        Verdict::Unknown(_) => "unknown",
    }
}

/// An entry, a command, where it works, and whether it is one.
const CASES: &[(&str, &str, Place, &str)] = &[
    ("rm -rf /", "rm -rf ..", NOWHERE, "unknown"),
    ("rm -rf /", "rm -rf ../../../..", NOWHERE, "unknown"),
    ("rm -rf /", "rm -rf a/../..", NOWHERE, "unknown"),
    ("rm -rf /", "rm -rf ..", WORKSPACE, "yes"),
    ("rm -rf /", "rm -rf a/../..", WORKSPACE, "yes"),
    ("rm -rf /", "rm -rf .", (None, Some("..")), "unknown"),
    ("rm -rf /", "rm -rf .", (Some("/workspace"), Some("..")), "yes"),
    ("rm -rf /", "rm -rf .", (None, Some("/")), "yes"),
    ("rm -rf /", "rm -rf build", NOWHERE, "no"),
    ("rm -rf /", "rm -rf ../build", NOWHERE, "no"),
    ("rm -rf /", "rm -rf .", WORKSPACE, "no"),
    ("rm -rf /", "rm -rf /proc/self/root", NOWHERE, "yes"),
    ("rm -rf /", "rm -rf /proc/self/root/", NOWHERE, "yes"),
    ("rm -rf /", "rm -rf /proc/1/root", NOWHERE, "unknown"),
    ("rm -rf /", "rm -rf /proc/self/cwd", NOWHERE, "unknown"),
    ("cat /etc/passwd", "cat passwd", NOWHERE, "unknown"),
    ("cat /etc/passwd", "cat ../etc/passwd", NOWHERE, "unknown"),
    ("cat /etc/passwd", "cat ../etc/passwd", WORKSPACE, "yes"),
    ("cat /etc/passwd", "cat passwd", WORKSPACE, "no"),
    ("cat /etc/passwd", "cat passwd", (None, Some("/etc")), "yes"),
    ("cat /etc/passwd", "cat passwd", (None, Some("/tmp")), "no"),
    ("cat /etc/passwd", "cat shadow", NOWHERE, "no"),
    ("cat /etc/passwd", "cat < /etc/passwd", NOWHERE, "yes"),
    ("cat /etc/passwd", "cat < /etc/shadow", NOWHERE, "no"),
    ("cat /etc/passwd", "cat < passwd", NOWHERE, "unknown"),
    ("cat /etc/passwd", "cat < ../etc/passwd", WORKSPACE, "yes"),
    ("cat /etc/passwd", "cd /etc && cat < passwd", WORKSPACE, "yes"),
    ("tee /etc/passwd", "tee x < /etc/passwd", NOWHERE, "no"),
    ("cat .env", "cat /workspace/.env", NOWHERE, "unknown"),
    ("cat .env", "cat /workspace/.env", WORKSPACE, "yes"),
    ("cat .env", "cat /elsewhere/.env", WORKSPACE, "no"),
    ("cat .env", "cat /workspace/.environment", NOWHERE, "no"),
    ("cat .env", "cat < .env", NOWHERE, "yes"),
    ("cat .env", "cd sub && cat ../.env", NOWHERE, "yes"),
    ("cat .env", "cat ../.env", (None, Some("sub")), "yes"),
    ("cat .env", "cat ../.env", NOWHERE, "unknown"),
    ("cat .env", "cat ../.env", WORKSPACE, "no"),
    ("cat .env", "cat ../workspace/.env", NOWHERE, "unknown"),
    ("cat .env", "cat ../workspace/.env", WORKSPACE, "yes"),
    ("cat .env", "cat ../workspace/.env", (Some("/other"), None), "no"),
    ("cat .env", "cat sub/.env", NOWHERE, "no"),
    ("rm -rf .git", "rm -rf /workspace/.git", NOWHERE, "unknown"),
    ("rm -rf .git", "cd sub && rm -rf ../.git", NOWHERE, "yes"),
    ("rm -rf .git", "cd .git && rm -rf .", NOWHERE, "yes"),
    ("rm -rf node_modules", "cd x && rm -rf ../node_modules", NOWHERE, "yes"),
    ("rm -rf node_modules", "rm -rf /workspace/node_modules", NOWHERE, "unknown"),
    ("rm -rf node_modules", "rm -rf dist", NOWHERE, "no"),
    ("rm -rf node_modules", "rm -rf packages/a/node_modules", NOWHERE, "no"),
    ("python manage.py flush", "python /workspace/manage.py flush", NOWHERE, "unknown"),
    ("python manage.py flush", "python /workspace/manage.py flush", WORKSPACE, "yes"),
    ("python manage.py flush", "python ./manage.py flush", NOWHERE, "yes"),
    ("python manage.py flush", "python manage.py migrate", NOWHERE, "no"),
    ("python manage.py flush", "./manage.py flush", NOWHERE, "unknown"),
    ("python manage.py flush", "./manage.py migrate", NOWHERE, "no"),
    ("./deploy.sh", "bash deploy.sh", NOWHERE, "unknown"),
    ("./deploy.sh", "sh ./deploy.sh", NOWHERE, "unknown"),
    ("./deploy.sh", "bash -x deploy.sh", NOWHERE, "unknown"),
    ("./deploy.sh prod", "bash -x deploy.sh prod", NOWHERE, "unknown"),
    ("./deploy.sh prod", "bash -x deploy.sh staging", NOWHERE, "no"),
    ("bash deploy.sh", "./deploy.sh", NOWHERE, "unknown"),
    ("bash deploy.sh", "bash /workspace/deploy.sh", NOWHERE, "unknown"),
    ("bash deploy.sh", "bash test.sh", NOWHERE, "no"),
    ("frobnicate /etc/x", "frobnicate ../etc/x", NOWHERE, "unknown"),
    ("frobnicate a", "frobnicate b", NOWHERE, "no"),
    ("dd of=/dev/sda", "cd /dev && dd of=sda", NOWHERE, "yes"),
    ("dd of=/dev/sda", "dd of=sda", NOWHERE, "unknown"),
    ("tar -xf /etc/a.tar", "tar -C /etc -xf a.tar", NOWHERE, "unknown"),
];

#[test]
fn words_behind_a_script_are_compared_too() {
    let only = |entry: &str, text: &str| List::read([entry]).unwrap().runs_only(&Script::of_text(text));
    assert_eq!(only("python manage.py test", "python manage.py test -v"), Verdict::Yes);
    assert_eq!(only("python manage.py test", "python manage.py flush"), Verdict::No);
    assert_eq!(only("bash deploy.sh staging", "bash deploy.sh prod"), Verdict::No);
}

#[test]
fn paths_are_compared_from_where_the_command_works() {
    let wrong: Vec<String> = CASES
        .iter()
        .filter_map(|(entry, text, place, expected)| {
            let found = any(entry, text, *place);
            (found != *expected).then(|| format!("`{entry}` and `{text}` in {place:?}: {found}, not {expected}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
