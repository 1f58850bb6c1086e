//! What aliases stand for, what they cost, and that a document with aliases is the one written out.

use proptest::prelude::*;

use super::tests::codes;
use super::*;
use crate::diagnostic::Parsed;
use crate::source::{Sources, Span};

fn read(text: &str, limits: Limits) -> (Sources, Parsed<Document>) {
    let mut sources = Sources::default();
    let source = sources.add("a.yaml", text);
    (sources, parse_with(source, text, limits))
}

fn root(text: &str) -> (Sources, Node) {
    let (sources, parsed) = read(text, Limits::default());
    assert_eq!(parsed.diagnostics, [], "{text}");
    (sources, parsed.value.root.unwrap())
}

/// The first finding, and the texts its labels are at.
fn first(text: &str, limits: Limits) -> (String, Vec<String>) {
    let (sources, parsed) = read(text, limits);
    let finding = parsed.diagnostics.first().unwrap_or_else(|| panic!("{text} is read"));
    assert!(parsed.value.root.is_none(), "{text}");
    let place = |span: Span| {
        let at = sources.position(span);
        format!("{}:{} {}", at.line, at.column, sources.text(span))
    };
    (finding.message.clone(), finding.labels.iter().map(|label| place(label.span)).collect())
}

#[test]
fn every_mistake_with_anchors_stands_at_its_place() {
    let cases: &[(&str, &[&str])] = &[
        ("a: &x 1\nb: *x\nc: *none\n", &["yaml-alias 3:4"]),
        ("a: &x 1\n", &["unused-anchor 1:4"]),
        ("a: &x 1\nb: &x 2\nc: *x\n", &["yaml-anchor 2:4"]),
        ("a: &x@ 1\nb: *x@\n", &["yaml-anchor 1:4"]),
        ("a: &x [1, *x]\n", &["yaml-alias 1:11"]),
        ("a: *x\nb: &x 1\n", &["yaml-alias 1:4"]),
        ("a: &x {k: 1, k: 2}\nb: *x\n", &["duplicate-key 1:14"]),
        ("a: &x k\nb: {k: 1, *x : 2}\n", &["duplicate-key 1:7"]),
        ("&k a: 1\nb: {*k : 1, a: 2}\n", &["duplicate-key 2:13"]),
        ("a: &x [k]\n*x : 2\n", &["yaml-key 1:7"]),
        ("a: &x 1\n*x : 2\n", &["yaml-key 1:7"]),
        ("a: &x <<\n*x : 2\n", &["yaml-merge-key 1:7"]),
        ("a: &x {k: 1}\nb:\n  <<: *x\n", &["yaml-merge-key 3:3"]),
        ("a: &x k\n*x: 2\n", &["yaml-alias 2:1"]),
        ("a: &x @\nb: *x\n", &["yaml-syntax 1:7"]),
        ("a: {b: &x 1\nc: *x\n", &["yaml-syntax 1:4"]),
        ("a: & b\n", &["yaml-syntax 1:4"]),
    ];
    for (text, expected) in cases {
        assert_eq!(codes(text), *expected, "{text}");
    }
}

#[test]
fn an_alias_is_what_its_anchor_holds() {
    let with =
        "a: &a [1, x, {k: ~}]\nb: *a\nc: &c\n  d: *a\n  e: &e \"*\"\nf: *c\n*e : {? *e : *e}\n&g g: *g\nh: &h\ni: *h\n";
    let without = "a: [1, x, {k: ~}]\nb: [1, x, {k: ~}]\nc:\n  d: [1, x, {k: ~}]\n  e: \"*\"\n\
                   f: {d: [1, x, {k: ~}], e: '*'}\n'*': {'*': '*'}\ng: g\nh:\ni:\n";
    assert_eq!(root(with).1.to_json(), root(without).1.to_json());
}

#[test]
fn what_an_alias_brings_has_the_place_of_its_text_and_knows_the_alias() {
    let (sources, root) = root("a: &a {k: [x]}\nb: &b [*a]\nc: *b\n");
    let of = |key: &str| root.get(key).unwrap();
    let inner = |node: &Node| node.get("k").unwrap().as_list().unwrap()[0].span;
    let written = inner(of("a"));
    let once = inner(&of("b").as_list().unwrap()[0]);
    let twice = inner(&of("c").as_list().unwrap()[0]);
    for span in [written, once, twice] {
        assert_eq!(sources.text(span), "x");
    }
    let site = |span: Span| (sources.position(span.site()).line, sources.text(span.site()));
    assert_eq!([site(written), site(once), site(twice)], [(1, "x"), (2, "*a"), (3, "*b")]);
    assert_eq!(sources.text(of("b").span), "[*a]");
    assert_eq!(sources.text(root.span), "a: &a {k: [x]}\nb: &b [*a]\nc: *b");
    let text = of("c").as_list().unwrap()[0].as_map().unwrap()[0].1.as_list().unwrap()[0].as_scalar().unwrap();
    assert_eq!(sources.text(text.at(0, 1).site()), "*b");
}

#[test]
fn a_misspelt_alias_is_told_the_name_and_a_pattern_the_quotes() {
    let helps = |text: &str| {
        let (_, parsed) = read(text, Limits::default());
        parsed.diagnostics.into_iter().map(|finding| (finding.help.unwrap(), finding.fix.unwrap().replacement))
    };
    let text = "a: &credentials [x]\nb: *credentals\nc: *.read\nd: *credentials\n";
    let expected = [
        ("did you mean `*credentials`? Quote a text that begins with `*`", "*credentials"),
        ("to write a text that begins with `*`, quote it: `\"*.read\"`", "\"*.read\""),
    ];
    assert_eq!(helps(text).collect::<Vec<_>>(), expected.map(|(help, fix)| (help.to_owned(), fix.to_owned())));
}

#[test]
fn an_anchor_that_a_syntax_error_hides_is_not_missed() {
    let (_, parsed) = read("a: [&x 1\nb: *x\n", Limits::default());
    assert_eq!(parsed.diagnostics.iter().map(|finding| finding.code).collect::<Vec<_>>(), ["yaml-syntax"]);
}

/// Ten lists, each ten times the one before.
fn laughs(levels: usize) -> String {
    let list = |level: usize| format!("l{level}: &l{level} [{}]\n", vec![format!("*l{}", level - 1); 10].join(", "));
    "l0: &l0 [ha]\n".to_owned() + &(1..levels).map(list).collect::<String>()
}

#[test]
fn what_aliases_stand_for_is_counted_before_it_is_made() {
    let (message, labels) = first(&laughs(60), Limits::default());
    assert_eq!(message, "with what this alias stands for, the file holds more than 10000 values and keys");
    assert_eq!(labels, ["5:25 *l3", "4:5 &l3"], "l3 is 2111 values");

    let long = format!("a: &a {}\nb: [{}]\n", "x".repeat(100_000), vec!["*a"; 20].join(", "));
    let (message, labels) = first(&long, Limits::default());
    assert_eq!(message, "with what this alias stands for, the file has more than 1048576 bytes of text");
    assert_eq!(labels.len(), 2);

    let deep = format!("a: &a {}{}\nb: {}*a{}\n", "[".repeat(40), "]".repeat(40), "[".repeat(24), "]".repeat(24));
    assert_eq!(first(&deep, Limits::default()).0, "lists and maps are nested more than 64 levels deep");
    root(&deep.replace("[[*a]]", "[*a]"));
}

#[test]
fn a_hostile_text_is_refused_within_the_limits() {
    // Each is read no more often than there are syntax errors to tell, and stops at the limit on nodes.
    let texts = [
        "[".repeat(100_000),
        "{a: ".repeat(100_000),
        "- ".repeat(100_000),
        "? ".repeat(100_000),
        "a: b: c\n".repeat(50_000),
        "a:\n\tb: \"\n".repeat(50_000),
        "x: &a\n".repeat(100_000),
        format!("a: \"{}", "\n".repeat(100_000)),
        format!("a: [{}", "*b,".repeat(100_000)),
        format!("a: &x [{}]", "[*x],".repeat(20_000)),
        format!("a: [{}]", (0..9_000).map(|at| format!("&a{at} {at},")).collect::<String>()),
        format!("{}x{}", "[&a ".repeat(60), "]".repeat(60)),
    ];
    for text in texts {
        let (_, parsed) = read(&text, Limits::default());
        let count = parsed.diagnostics.len();
        assert!(count > 0 && count <= Limits::default().nodes, "{count} for {}…", text.get(..12).unwrap());
    }
}

/// A value with anchors and aliases in it.
#[derive(Clone, Debug)]
enum Value {
    Word(&'static str),
    List(Vec<Value>),
    Map(Vec<Value>),
    Anchored(Box<Value>),
    /// One of the anchors that have ended, counted from the last.
    Alias(usize),
}

fn value() -> impl Strategy<Value = Value> {
    let words = prop::sample::select(vec!["a", "'b c'", "\"\\u00e9\"", "1", "~", "true", "1.50", "'*x'"]);
    let leaf = prop_oneof![2 => words.prop_map(Value::Word), 2 => (0_usize..6).prop_map(Value::Alias)];
    leaf.prop_recursive(5, 60, 6, |inner| {
        prop_oneof![
            2 => prop::collection::vec(inner.clone(), 0..6).prop_map(Value::List),
            2 => prop::collection::vec(inner.clone(), 0..6).prop_map(Value::Map),
            3 => inner.prop_map(|inner| Value::Anchored(Box::new(inner))),
        ]
    })
}

/// Writes a value twice: with its aliases, and with what they stand for.
#[derive(Default)]
struct Writer {
    with: String,
    out: String,
    /// What each anchor holds, written out.
    anchors: Vec<String>,
    named: usize,
}

impl Writer {
    fn both(&mut self, text: &str) {
        self.with.push_str(text);
        self.out.push_str(text);
    }

    fn write(&mut self, value: &Value, anchored: bool) {
        match value {
            Value::Word(word) => self.both(word),
            Value::List(items) => {
                self.both("[");
                for item in items {
                    self.write(item, false);
                    self.both(", ");
                }
                self.both("]");
            }
            Value::Map(values) => {
                self.both("{");
                for (at, value) in values.iter().enumerate() {
                    self.both(&format!("k{at}: "));
                    self.write(value, false);
                    self.both(", ");
                }
                self.both("}");
            }
            Value::Anchored(value) if anchored => self.write(value, true),
            Value::Anchored(value) => self.anchor(value),
            Value::Alias(_) if anchored => self.both("x"),
            Value::Alias(back) => self.alias(*back),
        }
    }

    fn anchor(&mut self, value: &Value) {
        let name = self.named;
        self.named += 1;
        self.with.push_str(&format!("&a{name} "));
        let start = self.out.len();
        // The place is kept for the name; what lies in the anchor cannot name it.
        self.anchors.resize(self.named, String::new());
        self.write(value, true);
        let held = self.out.get(start..).unwrap().to_owned();
        *self.anchors.get_mut(name).unwrap() = held;
    }

    fn alias(&mut self, back: usize) {
        let ended = self.anchors.iter().enumerate().rev().filter(|(_, held)| (1..2_000).contains(&held.len()));
        match ended.clone().nth(back).or_else(|| ended.clone().next()) {
            Some((name, held)) => {
                self.with.push_str(&format!("*a{name}"));
                self.out.push_str(&held.clone());
            }
            None => self.both("~"),
        }
    }
}

fn written(value: &Value) -> (String, String) {
    let mut writer = Writer::default();
    writer.both("[");
    writer.write(value, false);
    writer.both("]");
    (writer.with, writer.out)
}

fn same(left: &Node, right: &Node) -> bool {
    match (&left.kind, &right.kind) {
        (NodeKind::Scalar(left), NodeKind::Scalar(right)) => {
            (&left.text, &left.value, left.exact) == (&right.text, &right.value, right.exact)
        }
        (NodeKind::List(left), NodeKind::List(right)) => {
            left.len() == right.len() && left.iter().zip(right.iter()).all(|(left, right)| same(left, right))
        }
        (NodeKind::Map(left), NodeKind::Map(right)) => {
            left.len() == right.len()
                && left
                    .iter()
                    .zip(right.iter())
                    .all(|(left, right)| left.0.text == right.0.text && same(&left.1, &right.1))
        }
        _ => false,
    }
}

/// Values and keys, and levels.
fn size(node: &Node) -> (usize, usize) {
    let inner: Vec<&Node> = match &node.kind {
        NodeKind::Scalar(_) => return (1, 0),
        NodeKind::List(items) => items.iter().collect(),
        NodeKind::Map(entries) => entries.iter().map(|(_, value)| value).collect(),
    };
    let keys = node.as_map().map_or(0, <[_]>::len);
    let sizes: Vec<(usize, usize)> = inner.into_iter().map(size).collect();
    let (nodes, levels) = sizes.iter().fold((1 + keys, 0), |(nodes, levels), of| (nodes + of.0, levels.max(of.1)));
    (nodes, levels + 1)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_document_with_aliases_is_the_one_written_out(value in value()) {
        let (with, out) = written(&value);
        let (aliased, plain) = (read(&with, Limits::default()).1, read(&out, Limits::default()).1);
        let full = plain.value.root.is_none();
        prop_assert_eq!(aliased.value.root.is_none(), full, "{}", with);
        prop_assume!(!full);
        let warnings = aliased.diagnostics.iter().all(|finding| finding.code == "unused-anchor");
        prop_assert!(warnings, "{}: {:?}", with, aliased.diagnostics);
        let (aliased, plain) = (aliased.value.root.unwrap(), plain.value.root.unwrap());
        prop_assert!(same(&aliased, &plain), "{} and {}", with, out);
        let (nodes, levels) = size(&plain);
        for limits in [Limits { nodes, ..Limits::default() }, Limits { levels, ..Limits::default() }] {
            prop_assert!(read(&with, limits).1.value.root.is_some(), "{} under {:?}", with, limits);
        }
        for limits in [Limits { nodes: nodes - 1, ..Limits::default() }, Limits { levels: levels - 1, ..Limits::default() }] {
            prop_assert!(read(&with, limits).1.value.root.is_none(), "{} under {:?}", with, limits);
        }
    }
}
