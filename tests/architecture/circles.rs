//! Circles: no file or folder of a package's root needs one that needs it.

use std::collections::{BTreeMap, BTreeSet};

use super::reading::{File, shipped_code, shipped_files, words};

/// The packages without circles.
const WITHOUT: [&str; 3] = ["crates/approvals/src", "crates/store/src", "crates/gateway/src"];

/// Which modules of a package's root each of them names.
type Needs = BTreeMap<String, BTreeSet<String>>;

/// The module of the root that a file belongs to.
fn module(path: &str, folder: &str) -> String {
    let own = path.strip_prefix(folder).expect("a file of the package").trim_start_matches('/');
    own.split('/').next().unwrap_or(own).trim_end_matches(".rs").to_owned()
}

/// What stands behind `crate::`, at any depth of braces: the first name of each path.
fn named(code: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for (at, _) in code.match_indices("crate::") {
        let rest = &code[at + "crate::".len()..];
        match rest.strip_prefix('{') {
            Some(list) => names.extend(first_names(list)),
            None => names.extend(words(rest).next().map(|(_, name)| name.to_owned())),
        }
    }
    names
}

/// The first name of each path of a list in braces, up to the brace that closes it.
fn first_names(list: &str) -> Vec<String> {
    let (mut depth, mut piece, mut pieces) = (0, String::new(), Vec::new());
    for char in list.chars() {
        match char {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => pieces.push(std::mem::take(&mut piece)),
            _ => {}
        }
        piece.push(char);
    }
    pieces.push(piece);
    pieces.iter().filter_map(|piece| words(piece).next().map(|(_, name)| name.to_owned())).collect()
}

/// Under which name of the root each item can be had besides: `pub use module::{A, B}` in `lib.rs`.
fn reexports(lib: &str) -> BTreeMap<String, String> {
    let uses = lib.split(';').filter_map(|item| item.trim().rsplit_once("pub use ").map(|(_, path)| path));
    let mut found = BTreeMap::new();
    for (module, items) in uses.filter_map(|path| path.split_once("::")) {
        for (_, item) in words(items) {
            found.insert(item.to_owned(), module.trim().to_owned());
        }
    }
    found
}

fn needs(files: &[File], folder: &str) -> Needs {
    let lib = files.iter().find(|file| file.path == format!("{folder}/lib.rs")).map(|file| shipped_code(&file.text));
    let exported = reexports(&lib.unwrap_or_default());
    let own: BTreeSet<String> = files.iter().map(|file| module(&file.path, folder)).collect();
    let mut needs = Needs::new();
    for file in files.iter().filter(|file| !file.path.ends_with("/lib.rs")) {
        let from = module(&file.path, folder);
        let names = named(&shipped_code(&file.text)).into_iter();
        let modules = names.map(|name| exported.get(&name).cloned().unwrap_or(name));
        let others: Vec<String> = modules.filter(|name| *name != from && own.contains(name)).collect();
        needs.entry(from).or_default().extend(others);
    }
    needs
}

/// The modules that are left when all that need nothing but what was taken away are taken away.
fn in_circles(mut needs: Needs) -> Vec<String> {
    loop {
        let done: BTreeSet<String> =
            needs.iter().filter(|(_, needed)| needed.is_empty()).map(|(name, _)| name.clone()).collect();
        if done.is_empty() {
            return needs.into_iter().map(|(name, needed)| format!("{name} needs {needed:?}")).collect();
        }
        needs.retain(|name, _| !done.contains(name));
        needs.values_mut().for_each(|needed| needed.retain(|name| !done.contains(name)));
    }
}

#[test]
fn no_module_needs_one_that_needs_it() {
    for folder in WITHOUT {
        let files = shipped_files(&[folder]);
        assert_eq!(in_circles(needs(&files, folder)), [""; 0], "{folder}");
    }
}

#[test]
fn a_circle_is_found_by_whatever_name() {
    let file = |name: &str, text: &str| File { path: format!("x/src/{name}"), text: text.to_owned() };
    let files = [
        file("lib.rs", "mod a; mod b; mod c;\npub use b::{Bee, See};"),
        file("a.rs", "use crate::{Bee, c::Cup};"),
        file("b/mod.rs", "fn f() { crate::a::g() }"),
        file("c.rs", "// crate::a\n#[cfg(test)] mod tests { use crate::a; }"),
    ];
    assert_eq!(in_circles(needs(&files, "x/src")), ["a needs {\"b\"}", "b needs {\"a\"}"]);
}
