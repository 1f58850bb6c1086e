//! Command lines as developers and coding agents write them daily, each with what a careful author means: nothing is looser, and
//! little is stricter. Fields that a line leaves out are `only: yes`, `any: no`, `destroys: no`, `writes: yes`, `reads: yes`.
#![cfg(feature = "shell")]
#![allow(clippy::print_stdout, clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use kruxos_policy::shell::{Access, Form, Invocation, List, Programs, Script, Verdict};
use serde_json::Value;

/// Where the lines run.
const WORKING: &str = "/workspace/app";
/// Most lines of a hundred that may come out stricter than is meant, of each question.
const STRICTER: usize = 3;

fn corpus(name: &str) -> String {
    std::fs::read_to_string(format!("{}/tests/corpus/careful/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Yes => "yes",
        Verdict::No => "no",
        Verdict::Unknown(_) => "unknown",
    }
}

/// Whether a path is below `/workspace`, its parts taken as they stand.
fn inside(path: &str) -> bool {
    let mut parts = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    parts.first() == Some(&"workspace")
}

fn within(script: &Script, access: Access) -> &'static str {
    match script.touched(access) {
        Err(_) => "unknown",
        Ok(files) if files.iter().all(|file| inside(&file.path)) => "yes",
        Ok(files) if files.iter().any(|file| file.certain && !inside(&file.path)) => "no",
        Ok(_) => "unknown",
    }
}

#[test]
fn daily_lines_are_answered_as_a_careful_author_means_them() {
    let listed: Vec<String> = serde_json::from_str(&corpus("everyday-list.json")).unwrap();
    let allowed = List::read(listed.iter().map(String::as_str)).unwrap();
    let blocked = List::read(["rm", "sudo", "shutdown", "mkfs"]).unwrap();
    let destroys = List::read(["git push --force", "git reset --hard", "npm publish", "docker system prune"]).unwrap();
    let (mut count, mut looser, mut stricter) = (0, Vec::new(), vec![Vec::new(); 5]);
    for line in corpus("daily.jsonl").lines() {
        let line: Value = serde_json::from_str(line).unwrap();
        let text = line["command"].as_str().unwrap();
        let command = Form::Text(text);
        let invocation = Invocation { command, environment: Vec::new(), directory: Some(WORKING), input: None };
        let script = Script::of_invocation(&invocation, &Programs::default());
        count += 1;
        let found = [
            ("only", "yes", word(allowed.runs_only_bounded(&script))),
            ("any", "no", word(blocked.runs_any(&script))),
            ("destroys", "no", word(destroys.runs_any(&script))),
            ("writes", "yes", within(&script, Access::Write)),
            ("reads", "yes", within(&script, Access::Read)),
        ];
        for (at, (question, permissive, found)) in found.into_iter().enumerate() {
            let meant = line[question].as_str().unwrap_or(permissive);
            if found == meant {
                continue;
            }
            let said = format!("{question} of {text:?}: {found} and not {meant}");
            if found == permissive { looser.push(said) } else { stricter[at].push(said) }
        }
    }
    println!("{count} lines; stricter:\n{}", stricter.concat().join("\n"));
    assert!(looser.is_empty(), "looser:\n{}", looser.join("\n"));
    assert!(count >= 300 && stricter.iter().all(|lines| lines.len() * 100 <= count * STRICTER), "{count}");
}
