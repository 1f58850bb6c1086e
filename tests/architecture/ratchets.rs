//! Sizes that may only shrink, and words that say nothing.

use super::reading::{File, brace_end, code, line_of, rust_files, words};

const MAX_FUNCTION_LINES: usize = 60;
const MAX_FILE_LINES: usize = 600;
const FOLDERS: &[&str] = &["src", "crates", "xtask", "tests"];

/// Functions that are longer, with the reason.
const LONG_FUNCTIONS: &[(&str, &str, &str)] =
    &[("src/document/tests.rs", "findings_say_what_and_what_to_do", "one flat table of texts and findings")];

/// Files that are longer, with the reason.
const LONG_FILES: &[(&str, &str)] = &[("src/condition/operators.rs", "one flat table of operators")];

/// Last words of names that say nothing about what they name.
const EMPTY_NAMES: &[&str] = &["utils", "util", "helpers", "helper", "common", "manager", "misc"];

/// What stands before a name where it is given.
const DECLARING: &[&str] = &["mod", "fn", "struct", "enum", "trait", "type", "const", "static"];

/// Promises in place of work, in two pieces so that this file may be judged too.
const PROMISES: &[&str] = &[concat!("TO", "DO"), concat!("FIX", "ME"), concat!("XX", "X")];

/// Functions with the line they begin at and the lines they take.
fn functions(text: &str) -> Vec<(String, usize, usize)> {
    let code = code(text);
    let names: Vec<(usize, &str)> = words(&code).collect();
    let begins = names.windows(2).filter(|pair| pair[0].1 == "fn");
    let found = begins.filter_map(|pair| {
        let (at, name) = pair[1];
        let body = at + code[at..].find(['{', ';'])?;
        let end = if code[body..].starts_with('{') { brace_end(&code, body) } else { return None };
        let (first, last) = (line_of(&code, pair[0].0), line_of(&code, end));
        Some((name.to_owned(), first, last - first + 1))
    });
    found.collect()
}

fn long_functions(file: &File) -> Vec<String> {
    let excused = |name: &str| LONG_FUNCTIONS.iter().any(|(path, own, _)| *path == file.path && *own == name);
    functions(&file.text)
        .into_iter()
        .filter(|(name, _, lines)| *lines > MAX_FUNCTION_LINES && !excused(name))
        .map(|(name, line, lines)| {
            format!("{}:{line}: `{name}` takes {lines} lines of {MAX_FUNCTION_LINES}", file.path)
        })
        .collect()
}

fn long_file(file: &File) -> Option<String> {
    let lines = file.text.lines().count();
    let excused = LONG_FILES.iter().any(|(path, _)| *path == file.path);
    (lines > MAX_FILE_LINES && !excused).then(|| format!("{} takes {lines} lines of {MAX_FILE_LINES}", file.path))
}

/// Empty names among a file's path and declarations, promises anywhere.
fn banned(file: &File) -> Vec<String> {
    let code = code(&file.text);
    let parts = file.path.trim_end_matches(".rs").split('/').map(|part| (0, part));
    let identifiers: Vec<(usize, &str)> = words(&code).collect();
    let declared = identifiers.windows(2).filter(|pair| DECLARING.contains(&pair[0].1)).map(|pair| pair[1]);
    let empty = parts.chain(declared).filter(|(_, name)| EMPTY_NAMES.contains(&last_word(name).as_str()));
    let promises = words(&file.text).filter(|(_, word)| PROMISES.contains(word));
    empty.chain(promises).map(|(at, word)| format!("{}:{}: `{word}`", file.path, line_of(&file.text, at))).collect()
}

/// `a_b-c` ends with `c`, and `PolicyManager` with `manager`.
fn last_word(name: &str) -> String {
    let part = name.rsplit(['_', '-']).next().unwrap_or(name);
    let begin = part.rfind(char::is_uppercase).filter(|_| part.contains(char::is_lowercase)).unwrap_or(0);
    part[begin..].to_lowercase()
}

fn everywhere(check: impl Fn(&File) -> Vec<String>) -> Vec<String> {
    rust_files(FOLDERS).iter().flat_map(check).collect()
}

#[test]
fn functions_are_short() {
    let found = everywhere(long_functions);
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn files_are_short() {
    let found = everywhere(|file| long_file(file).into_iter().collect());
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn names_say_something_and_nothing_is_promised() {
    let found = everywhere(banned);
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn exceptions_go_when_they_are_no_longer_needed() {
    let files = rust_files(FOLDERS);
    for (path, name, reason) in LONG_FUNCTIONS {
        let long = files.iter().filter(|file| file.path == *path).flat_map(|file| functions(&file.text));
        assert!(
            long.into_iter().any(|(own, _, lines)| own == *name && lines > MAX_FUNCTION_LINES),
            "{path}: {name}: {reason}"
        );
    }
    for (path, reason) in LONG_FILES {
        let long = files.iter().any(|file| file.path == *path && file.text.lines().count() > MAX_FILE_LINES);
        assert!(long, "{path}: {reason}");
    }
}

#[test]
fn what_is_long_or_empty_is_found() {
    let file = |text: String| File { path: "src/a.rs".to_owned(), text };
    let long = file(format!("fn f() {{\n{}}}\n", "    g();\n".repeat(59)));
    assert_eq!(long_functions(&long), ["src/a.rs:1: `f` takes 61 lines of 60"]);
    let short = file(format!("fn f() {{\n{}}}\ntrait T {{ fn g(); }}", "    g();\n".repeat(58)));
    assert_eq!(long_functions(&short), [""; 0]);
    assert!(long_file(&file("\n".repeat(601))).is_some() && long_file(&file("\n".repeat(600))).is_none());
    for word in EMPTY_NAMES {
        assert!(!banned(&file(format!("mod {word};"))).is_empty(), "{word}");
        assert!(!banned(&file(format!("fn path_{word}() {{}}"))).is_empty(), "{word}");
        assert!(!banned(&File { path: format!("src/{word}.rs"), text: String::new() }).is_empty(), "{word}");
        assert!(banned(&file(format!("// the {word} case\nfn {word}_prefix() {{}}"))).is_empty(), "{word}");
    }
    assert!(!banned(&file("struct PolicyManager;".to_owned())).is_empty());
    for word in PROMISES {
        assert!(!banned(&file(format!("// {word}: later"))).is_empty(), "{word}");
    }
}
