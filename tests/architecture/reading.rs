//! Rust source as text: files, code without comments and literals, functions.

use std::fs;
use std::path::{Path, PathBuf};

/// A source file, by its path from the repository's root.
pub(crate) struct File {
    pub(crate) path: String,
    pub(crate) text: String,
}

/// The repository's root.
pub(crate) fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// All Rust files below these folders, in order of their paths.
pub(crate) fn rust_files(folders: &[&str]) -> Vec<File> {
    let mut files = Vec::new();
    folders.iter().for_each(|folder| gather(&root().join(folder), &mut files));
    files.sort_by(|left, right| left.path.cmp(&right.path));
    assert!(!files.is_empty(), "{folders:?} hold no Rust files");
    files
}

/// The Rust files below these folders that are not for tests alone.
pub(crate) fn shipped_files(folders: &[&str]) -> Vec<File> {
    let files = rust_files(folders);
    let for_tests: Vec<String> = files.iter().flat_map(|file| test_modules(&file.path, &file.text)).collect();
    let is_for_tests = |path: &str| for_tests.iter().any(|own| own == path);
    files.into_iter().filter(|file| !is_for_tests(&file.path)).collect()
}

/// The files of the modules that a file declares for tests alone, as paths they may have.
fn test_modules(path: &str, text: &str) -> Vec<String> {
    let folder = module_folder(path);
    let beside = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let code = code(text);
    let behind = code.match_indices("#[cfg(test)]").map(|(at, attribute)| at + attribute.len());
    let found = behind.filter_map(|at| {
        // the name of another file is a literal, which stands in the text alone
        let (item, _) = code[at..].split_once(';')?;
        let other = text[at..at + item.len()].split_once("#[path = \"").and_then(|(_, rest)| rest.split_once('"'));
        let (before, name) = item.split_once("mod ")?;
        let is_declaration = !item.contains('{') && !before.contains("fn ") && !before.contains("use ");
        let name = name.trim();
        is_declaration.then(|| match other {
            Some((file, _)) => vec![format!("{beside}/{file}")],
            None => vec![format!("{folder}/{name}.rs"), format!("{folder}/{name}/mod.rs")],
        })
    });
    found.flatten().collect()
}

/// Where the modules that a file declares have their files.
pub(crate) fn module_folder(path: &str) -> String {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    match name {
        "lib.rs" | "main.rs" | "mod.rs" => folder.to_owned(),
        _ => format!("{folder}/{}", name.trim_end_matches(".rs")),
    }
}

fn gather(folder: &Path, files: &mut Vec<File>) {
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry.expect("a folder can be listed").path();
        if path.is_dir() && !path.ends_with("target") {
            gather(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).expect("a source file is text");
            let path = path.strip_prefix(root()).expect("below the root").display().to_string();
            files.push(File { path, text });
        }
    }
}

/// The text with comments and the insides of literals blanked, byte for byte at the same place.
pub(crate) fn code(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = bytes.to_vec();
    let mut at = 0;
    while at < bytes.len() {
        let rest = &bytes[at..];
        let (skip, end) = match rest {
            [b'/', b'/', ..] => (0, line_end(rest)),
            [b'/', b'*', ..] => (0, block_end(rest)),
            [b'"', ..] => (1, text_end(rest)),
            [b'r', b'"' | b'#', ..] if !word_before(bytes, at) => raw_end(rest),
            [b'\'', ..] => char_end(rest),
            _ => (1, 1),
        };
        blank(&mut out[at..at + end], skip);
        at += end;
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// Blanks a piece but for so many bytes at its beginning, and what closes them at its end.
fn blank(piece: &mut [u8], keep: usize) {
    let raw = keep > 1;
    let end = piece.len().saturating_sub(if raw { keep - 1 } else { keep });
    for byte in piece.iter_mut().take(end).skip(keep) {
        if *byte != b'\n' {
            *byte = b' ';
        }
    }
}

fn word_before(bytes: &[u8], at: usize) -> bool {
    at > 0 && (bytes[at - 1].is_ascii_alphanumeric() || matches!(bytes[at - 1], b'_' | b'"'))
}

fn line_end(rest: &[u8]) -> usize {
    rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len())
}

fn block_end(rest: &[u8]) -> usize {
    let (mut depth, mut at) = (0, 0);
    while at + 1 < rest.len() {
        match &rest[at..at + 2] {
            b"/*" => (depth, at) = (depth + 1, at + 2),
            b"*/" => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
        if depth == 0 {
            return at;
        }
    }
    rest.len()
}

fn text_end(rest: &[u8]) -> usize {
    let mut at = 1;
    while at < rest.len() && rest[at] != b'"' {
        at += if rest[at] == b'\\' { 2 } else { 1 };
    }
    (at + 1).min(rest.len())
}

/// `r"…"`, `r#"…"#`; a raw identifier is passed over.
fn raw_end(rest: &[u8]) -> (usize, usize) {
    let hashes = rest[1..].iter().take_while(|byte| **byte == b'#').count();
    if rest.get(1 + hashes) != Some(&b'"') {
        return (1, 1);
    }
    let close = [&b"\""[..], &vec![b'#'; hashes]].concat();
    let begin = 2 + hashes;
    let end = rest[begin..].windows(close.len()).position(|window| window == close);
    (begin, end.map_or(rest.len(), |end| begin + end + close.len()))
}

/// A character literal; a lifetime is passed over.
fn char_end(rest: &[u8]) -> (usize, usize) {
    match rest {
        [_, b'\\', ..] => (1, rest[3..].iter().position(|byte| *byte == b'\'').map_or(1, |end| end + 4)),
        _ => {
            let width = rest.get(1).map_or(1, |byte| match byte {
                0..0x80 => 1,
                0x80..0xE0 => 2,
                0xE0..0xF0 => 3,
                _ => 4,
            });
            if rest.get(1 + width) == Some(&b'\'') { (1, 2 + width) } else { (1, 1) }
        }
    }
}

/// Code without what stands behind `#[cfg(test)]`.
pub(crate) fn shipped_code(text: &str) -> String {
    let mut code = code(text);
    while let Some(begin) = code.find("#[cfg(test)]") {
        let end = item_end(&code, begin + "#[cfg(test)]".len());
        let blanked: String = code[begin..end].chars().map(|char| if char == '\n' { '\n' } else { ' ' }).collect();
        // a character of several bytes becomes one space; only lines matter from here on
        code.replace_range(begin..end, &blanked);
    }
    code
}

/// The end of the item that begins at `from`: its closing brace, or its semicolon.
fn item_end(code: &str, from: usize) -> usize {
    match code[from..].find(['{', ';']) {
        Some(at) if code[from + at..].starts_with('{') => brace_end(code, from + at),
        Some(at) => from + at + 1,
        None => code.len(),
    }
}

/// One past the brace that closes the one at `open`.
pub(crate) fn brace_end(code: &str, open: usize) -> usize {
    let mut depth = 0;
    for (at, byte) in code.bytes().enumerate().skip(open) {
        match byte {
            b'{' => depth += 1,
            b'}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return at + 1;
        }
    }
    code.len()
}

pub(crate) fn line_of(text: &str, at: usize) -> usize {
    text[..at].matches('\n').count() + 1
}

/// Identifiers with their places.
pub(crate) fn words(code: &str) -> impl Iterator<Item = (usize, &str)> {
    let is_word = |char: char| char.is_alphanumeric() || char == '_';
    let mut at = 0;
    std::iter::from_fn(move || {
        let begin = at + code[at..].find(is_word)?;
        let end = code[begin..].find(|char| !is_word(char)).map_or(code.len(), |end| begin + end);
        at = end;
        Some((begin, &code[begin..end]))
    })
}

#[test]
fn comments_and_literals_are_no_code() {
    let text = "a /* b /* c */ d */ \"e \\\" f\" r#\"g\"h\"# 'i' '\\'' &'j k // l\nm 'é' n";
    let words: Vec<&str> = words(&code(text))
        .map(|(_, word)| word)
        .collect::<Vec<_>>()
        .iter()
        .map(|w| match *w {
            "a" => "a",
            "j" => "j",
            "k" => "k",
            "m" => "m",
            "n" => "n",
            "r" => "r",
            other => panic!("`{other}` is no code"),
        })
        .collect();
    assert_eq!(words, ["a", "r", "j", "k", "m", "n"]);
    assert_eq!(code(text).len(), text.len());
}

#[test]
fn what_is_for_tests_is_not_shipped() {
    let text = "fn a() { b() }\n#[cfg(test)]\nmod tests { fn c() { d() } }\n#[cfg(test)]\nmod e;\nfn f() {}";
    assert_eq!(
        words(&shipped_code(text)).map(|(_, word)| word.to_owned()).collect::<Vec<_>>(),
        ["fn", "a", "b", "fn", "f"]
    );
}
