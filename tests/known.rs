//! What a text says of its own variables and loops: known where it is certain in every shell, unknown else, and bounded.
#![cfg(feature = "shell")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use kruxos_policy::shell::{Access, List, Script, Verdict};

/// The commands of a text, each in quotes where it needs them.
fn commands(text: &str) -> Vec<String> {
    Script::of_text(text).commands.iter().map(ToString::to_string).collect()
}

#[test]
fn a_variable_is_known_where_nothing_else_can_have_set_it() {
    for (text, last) in [
        ("x=ls; $x a", "ls a"),
        ("x=ls && $x a", "ls a"),
        ("x='a b'; cat \"$x\"", "cat 'a b'"),
        ("x=a; x=$x/b; cat \"$x/c\"", "cat a/b/c"),
        ("x=a; (x=b; ls $x); cat ${x}", "cat a"),
        ("export V=1; cat a$V", "cat a1"),
        ("x=a; if b; then y=c; fi; cat $x", "cat a"),
        ("x=a; while b; do y=c; done; cat $x", "cat a"),
        ("for i in a b; do i=c; cat $i; done", "cat c"),
    ] {
        assert_eq!(commands(text).last().unwrap(), last, "{text}");
    }
}

#[test]
fn a_variable_is_unknown_where_something_else_may_have_set_it() {
    for text in [
        "x=a; false && x=b; cat $x",
        "x=a; true || x=b; cat $x",
        "x=a; true || x=b && cat $x",
        "x=a; x=b & cat $x",
        "x=a; ls | x=b; cat $x",
        "x=a; if ls; then x=b; fi; cat $x",
        "x=a; if ls; then x=b; else cat $x; x=c; fi; cat $x",
        "x=a; case y in y) x=b;; esac; cat $x",
        "x=a; while ls; do x=b; done; cat $x",
        "f() { x=b; }; x=a; f; cat $x",
        "x=a; read -r x; cat $x",
        "x=a; unset x; cat $x",
        "x=a; : ${x:=b}; cat $x",
        "x=a; x+=b; cat $x",
        "x=a; eval \"$y\"; cat $x",
        "x=a; $y; cat $x",
        "x=a; . ./f; cat $x",
        "x=/a/b; cat $x:t",
        "x='a b'; cat $x",
        "x='*'; cat $x",
        "x=; cat $x",
        "for x in a b; do ls; done; cat $x",
        "x=a y=$x; cat $y",
        "LINES=a; cat $LINES",
    ] {
        assert!(commands(text).last().unwrap().contains('…'), "{text}: {:?}", commands(text));
    }
}

#[test]
fn what_a_loop_sets_is_unknown_at_its_beginning_too() {
    for text in [
        "x=a; while ls; do cat $x; x=b; done",
        "x=a; until ls $x; do x=b; done",
        "x=a; for i in 1 2; do for j in 1 2; do cat $x; done; x=b; done",
        "x=a; while ls; do cat $x; $y; done",
    ] {
        let read = commands(text);
        assert!(read.iter().any(|command| command.ends_with('…')), "{text}: {read:?}");
        assert!(!read.iter().any(|command| command.ends_with(" a")), "{text}: {read:?}");
    }
}

#[test]
fn a_loop_is_read_for_each_of_its_words() {
    assert_eq!(commands("for i in 1 2; do cat a$i; done"), ["cat a1", "cat a2"]);
    assert_eq!(
        commands("for i in a b; do for j in c d; do cat $i$j; done; done"),
        ["cat ac", "cat ad", "cat bc", "cat bd"]
    );
    assert_eq!(commands("for f in src/*.rs; do cat \"$f\"; done"), ["cat src/…"]);
    assert_eq!(commands("for i in {1..3}; do cat a$i; done"), ["cat a…"]);
    assert_eq!(commands("for i in a $y; do cat \"$i\"; done"), ["cat a", "cat …"]);
    let text = "for d in api web; do (cd $d && cat a > b); done";
    assert_eq!(Script::of_text(text).files(Access::Write).unwrap(), ["api/b", "web/b"]);
    let any = |text: &str| List::read(["git push --force"]).unwrap().runs_any(&Script::of_text(text));
    assert_eq!(any("for f in -u --force; do git push $f o x; done"), Verdict::Yes);
    assert_eq!(any("for b in main dev; do git push origin $b; done"), Verdict::No);
    assert_ne!(any("for b in $y; do git push origin $b; done"), Verdict::No);
}

/// What loops cost is bounded: past it their variables are unknown, and the text is read once.
#[test]
fn loops_within_loops_are_read_a_bounded_number_of_times() {
    let words: Vec<String> = (0..40).map(|word| format!("w{word}")).collect();
    let words = words.join(" ");
    let mut text = "cat \"$v0\" \"$v1\" \"$v2\" \"$v3\" \"$v4\"".to_owned();
    for level in 0..5 {
        text = format!("for v{level} in {words}; do {text}; done");
    }
    let read = commands(&text);
    assert!(read.len() <= 65 && read[0].contains('…'), "{}", read.len());
    let many = format!("for x in {}; do cat $x; done", "a ".repeat(20_000));
    assert_eq!(commands(&many), ["cat …"]);
    let long = format!("for x in a b; do {}done", "cat $x; ".repeat(100));
    assert_eq!(commands(&long).len(), 100);
    let sets: String = (0..5_000).map(|name| format!("a{name}=$(b=1); ")).collect();
    assert!(Script::of_text(&sets).commands.is_empty());
}

/// What is known of a path by a pattern, or by where `find` searches, denies no path that it may be.
#[test]
fn a_path_of_a_pattern_denies_nothing_below_its_folder() {
    for (entry, text) in [
        ("rm -rf src", "for f in ./*; do rm -rf \"$f\"; done"),
        ("rm -rf ./src/x", "for f in src/*; do rm -rf \"$f\"; done"),
        ("rm -rf /w/src", "for f in ./*; do rm -rf \"$f\"; done"),
        ("rm -rf src", "rm -rf ./*"),
        ("rm -rf /", "find / -exec rm -rf {} +"),
        ("rm -rf /", "find \"$D\" -exec rm -rf {} +"),
        ("rm -rf /", "find a / -exec rm -rf {} +"),
        ("rm -rf src", "find . -exec rm -rf {} +"),
        ("rm -rf src/x", "find ./src -exec rm -rf {} \\;"),
        ("rm -rf src", "find a b src -exec rm -rf {} \\;"),
        ("rm -rf etc", "find x -execdir rm -rf etc \\;"),
    ] {
        let list = List::read([entry]).unwrap();
        assert_ne!(list.runs_any(&Script::of_text(text)), Verdict::No, "{entry}: {text}");
    }
    for (entry, text) in [
        ("rm -rf /", "for f in build/*; do rm -rf \"$f\"; done"),
        ("rm -rf src", "find build -exec rm -rf {} +"),
        ("git push --force", "for f in a/*; do git push o \"$f\"; done"),
    ] {
        let list = List::read([entry]).unwrap();
        let found = list.runs_any(&Script::of_text(text));
        let absolute = entry.contains('/');
        assert_eq!(found == Verdict::No, !absolute, "{entry}: {text}: {found:?}");
    }
}

/// What is read and written by patterns is told by folder, and never as certain.
#[test]
fn what_patterns_stand_for_is_told_by_its_folder() {
    for (text, writes, reads) in [
        ("cat src/*.rs", Verdict::Yes, Verdict::Yes),
        ("cp src/*.js dist/", Verdict::Yes, Verdict::Yes),
        ("find src -name a -exec cat {} +", Verdict::Yes, Verdict::Yes),
        ("for f in src/*; do cat \"$f.x\"; done", Verdict::Yes, Verdict::Yes),
    ] {
        let script = Script::of_text(text);
        assert_eq!((script.stays(Access::Write), script.stays(Access::Read)), (writes, reads), "{text}");
    }
    for text in [
        "cat /etc/*.conf",
        "cat src/*/../../x",
        "cat src/.*",
        "cat src/{a,../../x}",
        "cat *",
        "for f in src/*; do cat \"$f/../../../x\"; done",
        "for f in src/*; do cat \"/etc/$f\"; done",
        "cp src/* /etc/x",
        "find src -execdir cat {} \\;",
        "find /etc -execdir cat a \\;",
        "find -files0-from list -exec cat {} +",
    ] {
        assert_ne!(Script::of_text(text).stays(Access::Read), Verdict::Yes, "{text}");
        assert!(Script::of_text(text).files(Access::Read).is_err(), "{text}");
    }
}
