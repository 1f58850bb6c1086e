//! The cases that stand beside the rows of `commands/*.yaml`: each row's answers to the two questions.
#![cfg(feature = "shell")]
#![allow(clippy::print_stdout, clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use kruxos_policy::shell::{List, Script, Verdict};

/// File, the program's names, text, the answer of `runs_only` of the program, the answer of `runs_any` of `rm`.
const CASES: &[(&str, &str, &str, &str, &str)] = include!(concat!(env!("OUT_DIR"), "/commands_cases.rs"));

fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Yes => "yes",
        Verdict::No => "no",
        Verdict::Unknown(_) => "unknown",
    }
}

fn why(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Unknown(why) => why,
        _ => "",
    }
}

/// Whether a word is a version of one of a program's names: `python3.11` of `python#`.
fn is_version(names: &str, word: &str) -> bool {
    let stem = word.trim_end_matches(|char: char| char.is_ascii_digit() || ".-".contains(char));
    names.split(' ').any(|name| name.strip_suffix('#') == Some(stem))
}

#[test]
fn every_case_of_a_row_comes_to_what_it_says() {
    let rm = List::read(["rm"]).unwrap();
    let mut wrong = Vec::new();
    for (file, names, text, only, any) in CASES {
        let script = Script::of_text(text);
        // What feeds a program's input is not what the case is about.
        let mut listed: Vec<&str> = vec!["echo", "printf", "cat"];
        listed.extend(names.split(' ').map(|name| name.trim_end_matches('#')));
        listed.extend(text.split_whitespace().filter(|word| is_version(names, word)));
        listed.retain(|name| List::read([*name]).is_ok());
        let list = List::read(listed).unwrap();
        let (found_only, found_any) = (list.runs_only(&script), rm.runs_any(&script));
        if word(found_only) != *only || word(found_any) != *any {
            wrong.push(format!(
                "{file}: `{}`: {} {} and not {only} {any} ({}; {})",
                text.escape_debug(),
                word(found_only),
                word(found_any),
                why(found_only),
                why(found_any)
            ));
        }
    }
    println!("{} cases of {} rows", CASES.len(), kruxos_policy::shell::Programs::shipped().count());
    assert!(wrong.is_empty(), "{} of {} cases\n{}", wrong.len(), CASES.len(), wrong.join("\n"));
}
