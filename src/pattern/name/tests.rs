use super::*;

fn pattern(text: &str) -> NamePattern {
    NamePattern::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn agent(text: &str) -> NamePattern {
    NamePattern::parse_agent(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

#[test]
fn a_name_is_words_with_one_separator_between() {
    let longest = "a".repeat(256);
    for name in ["a", "filesystem.read", "A_-9.x", "github/create_issue", "context7:get-library-docs", longest.as_str()]
    {
        assert_eq!(check_name(name), Ok(()), "{name}");
    }
    let longer = "a".repeat(257);
    let rows = [
        ("", "a capability name is not empty"),
        (longer.as_str(), "a capability name has at most 256 bytes"),
        ("a b", "a capability name is made of letters, digits and `_ - . / :`"),
        ("é", "a capability name is made of letters, digits and `_ - . / :`"),
        (".a", "a capability name has one `.`, `/` or `:` between two words, none at its ends"),
        ("a..b", "a capability name has one `.`, `/` or `:` between two words, none at its ends"),
        ("a.", "a capability name has one `.`, `/` or `:` between two words, none at its ends"),
        ("a//b", "a capability name has one `.`, `/` or `:` between two words, none at its ends"),
        ("/a", "a capability name has one `.`, `/` or `:` between two words, none at its ends"),
        ("a/.b", "a capability name has one `.`, `/` or `:` between two words, none at its ends"),
        ("server:", "a capability name has one `.`, `/` or `:` between two words, none at its ends"),
    ];
    for (name, fault) in rows {
        assert_eq!(check_name(name), Err(fault), "{name}");
    }
}

#[test]
fn an_agent_name_may_look_like_a_url_or_an_address() {
    for name in ["a", "bot@corp.example", "spiffe://ns/sa+1", "..", "a:b"] {
        assert_eq!(check_agent(name), Ok(()), "{name}");
    }
    for name in ["", "a b", "ü", "a*", &"a".repeat(129)] {
        assert!(check_agent(name).is_err(), "{name}");
    }
}

#[test]
fn wildcards_cross_dots() {
    let rows: &[(&str, &[&str], &[&str])] = &[
        ("*", &["a", "a.b"], &["a b", "é"]),
        ("filesystem.*", &["filesystem.read", "filesystem.a.b"], &["filesystem", "filesystems.a", "xfilesystem.a"]),
        ("*.read", &["a.read", "a.b.read"], &["read", "a.read.b"]),
        ("a?c", &["abc", "a.c", "a/c", "a:c"], &["ac", "abbc"]),
        ("github/*", &["github/create_issue", "github/a.b"], &["github", "github.a", "githubs/a"]),
        ("server:get_*", &["server:get_x"], &["server:put_x", "server/get_x"]),
        ("a.[b-d]", &["a.b", "a.d"], &["a.a", "a.e"]),
        ("a.[!b-d]*", &["a.a", "a.xb"], &["a.b", "a.cx"]),
        ("a.[^b]", &["a.a"], &["a.b"]),
        ("{a,b.{c,d*}}.x", &["a.x", "b.c.x", "b.d1.x"], &["b.x", "b.e.x"]),
        ("a.{b}", &["a.b"], &["a.c"]),
    ];
    for (text, matched, refused) in rows {
        let pattern = pattern(text);
        matched.iter().for_each(|name| assert!(pattern.matches(name), "{text} matches {name}"));
        refused.iter().for_each(|name| assert!(!pattern.matches(name), "{text} does not match {name}"));
    }
}

#[test]
fn a_class_or_alternative_of_one_is_literal() {
    for (text, exact) in [("a.b", true), ("a.[b]", true), ("{a.b}", true), ("a.[bc]", false), ("*", false)] {
        assert_eq!(pattern(text).is_exact(), exact, "{text}");
    }
}

#[test]
fn a_pattern_no_name_can_match_is_refused_at_its_place() {
    let long = "a".repeat(257);
    let deep = "{".repeat(9);
    let rows = [
        ("", 0, 0, "the pattern is empty"),
        ("a b", 1, 2, "no capability name holds a space"),
        ("a@b", 1, 2, "no capability name holds `@`"),
        ("a//b", 0, 4, "`a//b` matches no valid capability name"),
        ("*:/*", 0, 4, "`*:/*` matches no valid capability name"),
        ("aé*", 1, 3, "no capability name holds `é`"),
        ("a,b", 1, 2, "no capability name holds `,`"),
        ("a\\b", 1, 2, "no capability name holds `\\`"),
        ("a\tb", 1, 2, "no capability name holds U+0009"),
        ("a.**", 2, 4, "`**` says no more than `*`"),
        ("a.[]", 2, 4, "the class is empty"),
        ("a.[b", 2, 3, "`[` is never closed"),
        ("a.[c-a]", 3, 6, "the range `c-a` is empty"),
        ("a.[A-z]", 3, 6, "the range `A-z` takes in characters of different kinds"),
        ("a.{b,}", 5, 6, "an alternative is empty"),
        ("a.{}", 3, 4, "an alternative is empty"),
        ("a.{b", 2, 3, "`{` is never closed"),
        ("a}", 1, 2, "`}` closes nothing"),
        ("a..b", 0, 4, "`a..b` matches no valid capability name"),
        (".a*", 0, 3, "`.a*` matches no valid capability name"),
        ("*..*", 0, 4, "`*..*` matches no valid capability name"),
        ("a[!A-Za-z0-9_.-]", 0, 16, "`a[!A-Za-z0-9_.-]` matches no valid capability name"),
        (&long, 0, 257, &format!("`{long}` matches no valid capability name")),
        (&deep, 8, 9, "alternatives are nested 9 deep, at most 8 are allowed"),
    ];
    for (text, start, end, message) in rows {
        let error = NamePattern::parse(text).unwrap_err();
        assert_eq!((error.start, error.end, error.message.as_str()), (start, end, message), "{text}");
    }
    assert!(NamePattern::parse(&"a*".repeat(257)).unwrap_err().message.contains("514 bytes, at most 512"));
}

#[test]
fn containment_speaks_of_valid_names_only() {
    let rows = [
        ("*", "filesystem.*", true),
        ("filesystem.*", "*", false),
        ("filesystem.*", "filesystem.read", true),
        ("filesystem.*", "filesystem.?*", true),
        ("filesystem.?*", "filesystem.*", true),
        ("?*", "*", true),
        ("a*", "{ab,ac}*", true),
        ("{ab,ac}*", "a*", false),
        ("*.read", "a.*.read", true),
        ("a.*.read", "*.read", false),
        ("a*.*", "a*", false),
        ("[a-z]", "{a,b,c}", true),
        ("*[!./:]", "*", true),
        ("*[!.]", "*", true),
        ("github/*", "github/{get,list}_*", true),
        ("github*", "github/*", true),
        ("github/*", "github*", false),
    ];
    for (wide, narrow, expected) in rows {
        assert_eq!(pattern(wide).contains(&pattern(narrow)), expected, "{wide} contains {narrow}");
    }
    assert!(pattern("a.*").equivalent(&pattern("a.?*")));
    assert!(!agent("a.*").equivalent(&agent("a.?*")), "an agent may be called `a.`");
}

#[test]
fn length_limits_what_is_contained() {
    let longest = "?".repeat(255) + "*";
    assert!(pattern(&"?".repeat(256)).contains(&pattern(&("?".repeat(256) + "*"))));
    assert!(!pattern(&"?".repeat(256)).contains(&pattern(&longest)));
}

#[test]
fn witnesses_are_short_and_readable() {
    let rows = [
        ("filesystem.*", "*.delete", Some("filesystem.delete")),
        ("*.read", "*.write", None),
        ("a.*", "a.b", Some("a.b")),
        ("*a*", "*b*", Some("ab")),
        ("a?", "[a-c]z", Some("az")),
    ];
    for (left, right, witness) in rows {
        assert_eq!(pattern(left).overlap(&pattern(right)).as_deref(), witness, "{left} and {right}");
    }
    assert_eq!(pattern("filesystem.*").outside(&pattern("*.read")).as_deref(), Some("filesystem.x"));
    assert_eq!(pattern("a.b").outside(&pattern("a.*")), None);
    for (text, sample) in [("*", "x"), ("a.*", "a.x"), ("a*", "a"), ("?.[bc]*", "x.b"), ("a.b", "a.b")] {
        assert_eq!(pattern(text).sample(), sample, "{text}");
    }
}

#[test]
fn patterns_of_different_kinds_share_nothing() {
    assert!(!pattern("*").contains(&agent("*")));
    assert_eq!(agent("a").overlap(&pattern("a")), None);
    assert_eq!(agent("a").outside(&pattern("a")).as_deref(), Some("a"));
}

#[test]
fn a_proof_past_its_budget_is_no_proof() {
    let steep = |last: char| pattern(&format!("*a{}{last}*", "?".repeat(24)));
    assert!(!steep('b').contains(&steep('c')));
    assert!(steep('b').contains(&steep('b')));
    assert!(pattern("*").contains(&steep('b')));
}

#[test]
fn names_that_differ_in_case_are_told() {
    assert!(differ_in_case("filesystem.Read", "filesystem.read"));
    assert!(!differ_in_case("filesystem.read", "filesystem.read"));
    assert!(!differ_in_case("filesystem.reads", "filesystem.read"));
}
