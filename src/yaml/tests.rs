//! What YAML texts become, and what is said of those that are refused.

use proptest::prelude::*;

use super::*;
use crate::diagnostic::{Diagnostic, Parsed};
use crate::source::Sources;

fn parsed(text: &str) -> (Sources, Parsed<Document>) {
    let mut sources = Sources::default();
    let source = sources.add("a.yaml", text);
    let parsed = parse_with(source, text, Limits::default());
    (sources, parsed)
}

/// Findings as `code line:column`.
pub(super) fn codes(text: &str) -> Vec<String> {
    let (sources, parsed) = parsed(text);
    let line = |finding: &Diagnostic| {
        let at = sources.position(finding.span().unwrap());
        format!("{} {}:{}", finding.code, at.line, at.column)
    };
    parsed.diagnostics.iter().map(line).collect()
}

fn root(text: &str) -> (Sources, Node) {
    let (sources, parsed) = parsed(text);
    assert_eq!(parsed.diagnostics, [], "{text}");
    (sources, parsed.value.root.unwrap())
}

#[test]
fn every_refusal_stands_at_its_place() {
    let cases: &[(&str, &[&str])] = &[
        ("a: {x: 1, x: 2, \"x\": 3}", &["duplicate-key 1:11", "duplicate-key 1:18"]),
        ("a:\n  b: 1\n  c: {d: [{e: 1, e: 2}]}\n  b: 2\n", &["duplicate-key 3:18", "duplicate-key 4:3"]),
        ("\"a\": 1\n\"\\u0061\": 2\n", &["duplicate-key 2:1"]),
        ("a: !x b\nb: !!str 1\nc: ! d\n", &["yaml-tag 1:4", "yaml-tag 2:4", "yaml-tag 3:4"]),
        ("<<: {a: 1}\n\"<<\": 2\n", &["yaml-merge-key 1:1"]),
        ("%YAML 1.2\n%TAG !e! tag:x\n---\na: 1\n", &["yaml-directive 1:1", "yaml-directive 2:1"]),
        ("a: 1\n---\nb: 2\n", &["yaml-documents 2:1"]),
        ("a: 1\n...\nb: 2\n", &["yaml-documents 3:1"]),
        (
            "1: a\nnull: b\ntrue: c\n~: d\n1.5: e\nno: f\n",
            &["yaml-key 1:1", "yaml-key 2:1", "yaml-key 3:1", "yaml-key 4:1", "yaml-key 5:1"],
        ),
        ("? [a]\n: b\n? {c: d}\n: e\n: f\n", &["yaml-key 1:3", "yaml-key 3:3", "yaml-key 5:1"]),
        (
            "a: 99999999999999999999999\nb: -.inf\nc: .NaN\nd: 1e999\n",
            &["yaml-number 1:4", "yaml-number 2:4", "yaml-number 3:4", "yaml-number 4:4"],
        ),
        ("\u{feff}a: 1\n", &["yaml-bom 1:1"]),
        ("", &["empty-file 1:1"]),
        ("# only a comment\n", &["empty-file 1:1"]),
        ("---\n", &["empty-file 1:1"]),
        ("a:\n\tb: 1\n\tc: 2\n", &["yaml-syntax 2:1"]),
        ("a:\n  b: 1\n \tc: 2\n", &["yaml-syntax 3:2"]),
        ("a: |\n\tx\n", &["yaml-syntax 2:1"]),
        ("a: \"foo\nb: 1\n", &["yaml-syntax 1:4"]),
        ("a: [1, 2\nb: 1\n", &["yaml-syntax 1:4"]),
        ("a: {b: 1\n", &["yaml-syntax 1:4"]),
        ("a: {b: c]\n", &["yaml-syntax 1:4"]),
        ("a: ]\n", &["yaml-syntax 1:4"]),
        ("a: [b c: d e: f]\n", &["yaml-syntax 1:13"]),
        ("a:1\nb: 2\n", &["yaml-syntax 1:2"]),
        ("key\nb: 1\n", &["yaml-syntax 1:1"]),
        ("a: b: c\n", &["yaml-syntax 1:5"]),
        ("a: 1\n b: 2\n", &["yaml-syntax 2:3"]),
        ("a:\n    b: 1\n  c: 2\n", &["yaml-syntax 3:3"]),
        ("- a\nb: c\n", &["yaml-syntax 2:1"]),
        ("a: x\n- b\n", &["yaml-syntax 2:1"]),
        ("a: @x\n", &["yaml-syntax 1:4"]),
        ("a: 'it's'\n", &["yaml-syntax 1:8"]),
        ("a: \"xé\\n\\q\"\n", &["yaml-syntax 1:9"]),
        ("a: \"\\ud800\"\n", &["yaml-syntax 1:4"]),
        ("a: >x\n  y\n", &["yaml-syntax 1:4"]),
        ("a\0b: 1\n", &["yaml-syntax 1:2"]),
        ("*.read: {a: 1}\n", &["yaml-alias 1:1"]),
        (
            "a:\n  x: 1\n  *.read: {a: 1}\n  *: {a: 1}\n  b: *\n",
            &["yaml-alias 3:3", "yaml-alias 4:3", "yaml-alias 5:6"],
        ),
    ];
    let wrong = cases.iter().map(|(text, expected)| (*text, codes(text), *expected));
    let wrong: Vec<_> = wrong.filter(|(_, found, expected)| found != expected).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_refusal_has_a_way_out() {
    for text in [
        "a: &x *x",
        "a: &x [*x]",
        "a: *x\nb: &x",
        "a: &x@ 1",
        "a: &x 1\nb: &x 1",
        "&x a: 1\n*x: 2",
        "!t a: b",
        "1: a\n1: b",
        "<<: a",
        "%X\n---\na: b",
        "a: .inf",
        "\u{feff}",
        "a: [",
        "a: b: c",
    ] {
        for finding in parsed(text).1.diagnostics {
            assert!(finding.help.is_some(), "{text}: {finding:?}");
        }
    }
}

#[test]
fn syntax_errors_do_not_hide_each_other() {
    let text = "a: @x\nb: c: d\ne: \"open\nf: [1, 2\ng: 1\ng: 2\nh: {i: ]\nj: `k\n";
    let expected = [
        "yaml-syntax 1:4",
        "yaml-syntax 2:5",
        "yaml-syntax 3:4",
        "yaml-syntax 4:4",
        "duplicate-key 6:1",
        "yaml-syntax 7:4",
        "yaml-syntax 8:4",
    ];
    assert_eq!(codes(text), expected);
    let (_, parsed) = parsed(text);
    assert_eq!(parsed.value.root.unwrap().get("g").unwrap().to_json(), crate::json::Json::Int(1));
}

#[test]
fn a_duplicate_key_names_both_places() {
    let (sources, parsed) = parsed("a.b: 1\nc: 2\n\"a.b\": 3\n");
    let [finding] = parsed.diagnostics.as_slice() else { panic!() };
    let places: Vec<_> = finding.labels.iter().map(|label| sources.position(label.span).line).collect();
    assert_eq!(places, [3, 1]);
    assert_eq!(sources.text(finding.labels[0].span), "a.b");
}

#[test]
fn duplicates_are_found_in_large_maps() {
    for (first, second) in [(0, 999), (31, 32), (32, 33), (500, 999)] {
        let key = |at: usize| if at == second { first } else { at };
        let text: String = (0..1000).map(|at| format!("k{}: 0\n", key(at))).collect();
        assert_eq!(codes(&text), [format!("duplicate-key {}:1", second + 1)]);
    }
}

#[test]
fn spans_are_the_bytes_as_written() {
    let text = "é: \"🔑\"\nlist:\n- x\n- [y, 'z']\nblock: |-\n  one line\nfolded: plain\n  text\nescape: \"a\\tb\"\n";
    let (sources, root) = root(text);
    let span = |key: &str| sources.text(root.get(key).unwrap().span);
    assert_eq!(span("é"), "\"🔑\"");
    assert_eq!(span("list"), "- x\n- [y, 'z']");
    let scalar = |key: &str| root.get(key).unwrap().as_scalar().unwrap();
    let content = |key: &str| sources.text(scalar(key).content);
    assert_eq!((content("é"), scalar("é").exact), ("🔑", true));
    assert_eq!((content("block"), scalar("block").exact), ("one line", true));
    assert_eq!((content("folded"), scalar("folded").exact), ("plain\n  text", false));
    assert_eq!((scalar("escape").text.as_str(), scalar("escape").exact), ("a\tb", false));
    assert_eq!(sources.text(scalar("block").at(4, 8)), "line");
    assert_eq!(sources.text(root.span), text.trim_end());
}

#[test]
fn quoted_scalars_are_text() {
    let (_, root) = root("a: \"1\"\nb: 'true'\nc: \"\"\nd: |\n  null\n");
    for key in ["a", "b", "c", "d"] {
        assert_eq!(root.get(key).unwrap().kind_name(), "text", "{key}");
    }
}

#[test]
fn the_words_of_older_yaml_are_text() {
    let (_, root) = root("a: no\nb: on\nc: 1_000\nd: 1:30\ne: 2026-03-29\nno: x\n");
    for key in ["a", "b", "c", "d", "e", "no"] {
        assert!(root.get(key).unwrap().as_text().is_some(), "{key}");
    }
}

#[test]
fn json_is_yaml() {
    let text = "{\n\t\"a\": [1, -2.5, true, null],\n\t\"b\\u00e9\": {\"c\": \"\\ud83d\\ude00 \\/\"}\n}\n";
    let (_, root) = root(text);
    assert_eq!(root.to_json(), crate::json::Json::parse(text.as_bytes()).unwrap());
}

#[test]
fn comments_are_kept_with_their_places() {
    let (sources, parsed) = parsed("# head\na: 1 # beside\nb: '#no'\n# tail");
    let comments: Vec<_> = parsed.value.comments.iter().map(|comment| comment.text.as_str()).collect();
    assert_eq!(comments, [" head", " beside", " tail"]);
    assert_eq!(sources.text(parsed.value.comments[1].span), "# beside");
}

#[test]
fn limits_say_what_is_allowed() {
    let nested = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
    let says = |text: &str| parsed(text).1.diagnostics.first().map(|finding| finding.message.clone());
    assert_eq!(says(&nested(64)), None);
    assert_eq!(says(&nested(65)).unwrap(), "lists and maps are nested more than 64 levels deep");
    let block: String = (0..65).map(|level| format!("{}a:\n", " ".repeat(level))).collect();
    assert_eq!(says(&block).unwrap(), "lists and maps are nested more than 64 levels deep");
    assert_eq!(says(&"- ".repeat(70)).unwrap(), "lists and maps are nested more than 64 levels deep");
    let items = |count: usize| format!("[{}]", "1,".repeat(count));
    assert_eq!(says(&items(9_999)), None);
    assert_eq!(says(&items(10_000)).unwrap(), "the file holds more than 10000 values and keys");
    let comment = format!("a: 1 #{}", " ".repeat(1024 * 1024));
    assert_eq!(says(&comment).unwrap(), "the file has 1048582 bytes; at most 1048576 are allowed");
}

#[test]
fn limits_can_be_raised() {
    let text = format!("[{}]", "1,".repeat(50_000));
    let source = Sources::default().add("a", "");
    let parsed = parse_with(source, &text, Limits { nodes: 100_000, ..Limits::default() });
    assert_eq!(parsed.diagnostics, []);
    let deep = format!("{}{}", "[".repeat(1000), "]".repeat(1000));
    let parsed = parse_with(source, &deep, Limits { levels: usize::MAX, ..Limits::default() });
    assert_eq!(parsed.diagnostics.len(), 1, "no caller can raise the levels beyond what recursion bears");
}

/// Texts made of what YAML gives a meaning to.
fn yamlish() -> impl Strategy<Value = String> {
    let pieces = prop_oneof![
        Just("a"),
        Just("b: "),
        Just(": "),
        Just("- "),
        Just("\n"),
        Just("\n  "),
        Just("\n\t"),
        Just("["),
        Just("]"),
        Just("{"),
        Just("}"),
        Just(","),
        Just("\""),
        Just("'"),
        Just("|"),
        Just(">-"),
        Just("#"),
        Just(" #x"),
        Just("*"),
        Just("&x "),
        Just("!t "),
        Just("<<: "),
        Just("%"),
        Just("---\n"),
        Just("...\n"),
        Just("? "),
        Just("1"),
        Just("~"),
        Just("é"),
        Just("🔑"),
        Just("\u{feff}"),
        Just("\\"),
        Just("\\u00"),
        Just("\r\n"),
        Just("\0"),
        Just("@"),
        Just("`"),
    ];
    prop::collection::vec(pieces, 0..40).prop_map(|pieces| pieces.concat())
}

fn holds_together(text: &str) {
    let (sources, parsed) = parsed(text);
    for finding in &parsed.diagnostics {
        for label in &finding.labels {
            assert!((label.span.end as usize) <= text.len(), "{text:?}: {finding:?}");
            assert!(text.get(label.span.start as usize..label.span.end as usize).is_some(), "{text:?}: {finding:?}");
        }
        assert!(sources.position(finding.span().unwrap()).line >= 1);
    }
    assert!(parsed.value.root.is_some() || parsed.has_errors(), "{text:?}");
    if let Some(root) = &parsed.value.root {
        nested(text, root);
    }
}

/// Every node lies within its parent, and exact scalars are the bytes they stand for.
fn nested(text: &str, node: &Node) {
    let within = |child: crate::source::Span| {
        // What an alias brings lies in the text of its anchor; the alias lies where it is used.
        let child = if node.span.alias().is_none() { child.site() } else { return };
        assert!(node.span.start <= child.start && child.end <= node.span.end, "{text:?}: {child:?} in {node:?}");
    };
    match &node.kind {
        NodeKind::Scalar(scalar) if scalar.exact && scalar.value != ScalarValue::Null => {
            let written = text.get(scalar.content.start as usize..scalar.content.end as usize);
            assert_eq!(written, Some(scalar.text.as_str()), "{text:?}");
        }
        NodeKind::Scalar(_) => {}
        NodeKind::List(items) => items.iter().for_each(|item| {
            within(item.span);
            nested(text, item);
        }),
        NodeKind::Map(entries) => entries.iter().for_each(|(key, value)| {
            within(key.span);
            within(value.span);
            nested(text, value);
        }),
    }
}

#[test]
fn an_escape_of_a_wide_character_is_pointed_at_by_whole_characters() {
    holds_together("\"\\é");
}

#[test]
fn a_text_that_ends_within_a_masked_character_has_no_place_of_its_own() {
    holds_together("[\0\n>-\n  ---\n🔑");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_read_or_refused(text in "\\PC*") {
        holds_together(&text);
    }

    #[test]
    fn any_yamlish_text_is_read_or_refused(text in yamlish()) {
        holds_together(&text);
    }

    #[test]
    fn a_number_is_what_was_written(number: i64) {
        let (_, root) = root(&format!("[{number}]"));
        prop_assert_eq!(&root.as_list().unwrap()[0].to_json(), &crate::json::Json::Int(number));
    }
}
