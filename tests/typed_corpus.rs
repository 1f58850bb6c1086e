//! Typed parameters against corpora of hostile and harmless values: `tests/corpus/{path,url,ip,sql}.yaml`.
//!
//! Each case says what its condition must come to. Beside that it is held that no hostile value is answered too
//! permissively, and that ordinary ones are seldom answered stricter than the author meant.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]

use std::fmt::Write as _;

use kruxos_policy::cel::{self, Cause, Environment, Expr, Value, Variables};
use kruxos_policy::json::Json;
use kruxos_policy::source::{Sources, Span};
use kruxos_policy::yaml::{self, Node, NodeKind};

const FILES: [(&str, &str); 4] = [
    ("path", include_str!("corpus/path.yaml")),
    ("url", include_str!("corpus/url.yaml")),
    ("ip", include_str!("corpus/ip.yaml")),
    ("sql", include_str!("corpus/sql.yaml")),
];

/// Fewest cases of each file, and most harmless ones of a hundred that may be answered stricter than meant.
const FEWEST: usize = 150;
const MOST_STRICTER: usize = 3;

#[derive(Default)]
struct Count {
    hostile: usize,
    harmless: usize,
    too_permissive: usize,
    stricter: usize,
}

#[test]
fn every_value_is_answered_as_its_corpus_says() {
    let mut wrong = String::new();
    for (name, text) in FILES {
        let count = file(name, text, &mut wrong);
        println!(
            "{name}: {} hostile ({} answered too permissively), {} harmless ({} answered stricter than meant)",
            count.hostile, count.too_permissive, count.harmless, count.stricter
        );
        assert!(count.hostile + count.harmless >= FEWEST, "{name} has too few cases");
        assert!(count.stricter * 100 <= count.harmless * MOST_STRICTER, "{name} is too strict\n{wrong}");
        assert_eq!(count.too_permissive, 0, "{name} is too permissive\n{wrong}");
    }
    assert!(wrong.is_empty(), "{wrong}");
}

fn file(name: &str, text: &str, wrong: &mut String) -> Count {
    let mut sources = Sources::default();
    let parsed = yaml::parse(sources.add(name, text), text);
    let root = parsed.value.unwrap_or_else(|| panic!("{name}: {:?}", parsed.diagnostics));
    let mut count = Count::default();
    for group in list(get(&root, "groups")) {
        let condition = word(get(group, "condition"));
        let expr = compiled(condition);
        let opens = word(get(group, "meant_to")) == "open";
        for case in list(get(group, "cases")) {
            let value = word(get(case, "value"));
            let (found, why) = outcome(&expr, value);
            count.add(word(get(case, "kind")) == "hostile", opens, found);
            let expected = word(get(case, "holds"));
            assert!(!word(get(case, "why")).is_empty(), "{value}: a case says why");
            if expected != shown(found) {
                let start: String = value.chars().take(100).collect();
                let (found, told) = (shown(found), word(get(case, "why")));
                _ = writeln!(wrong, "{condition} of {start:?}: {found} ({why}), expected {expected}: {told}");
            }
        }
    }
    count
}

impl Count {
    fn add(&mut self, hostile: bool, opens: bool, found: Option<bool>) {
        if hostile {
            self.hostile += 1;
            self.too_permissive += usize::from(found == Some(opens));
        } else {
            self.harmless += 1;
            self.stricter += usize::from(found != Some(opens));
        }
    }
}

const fn shown(outcome: Option<bool>) -> &'static str {
    match outcome {
        Some(true) => "yes",
        Some(false) => "no",
        None => "unknown",
    }
}

/// A condition, and what texts of 64 KiB for it are made of: a start, a part that is repeated, an end.
type Heavy = (&'static str, &'static [(&'static str, &'static str, &'static str)]);

const HEAVY: &[Heavy] = &[
    (
        "path(params.value, '/').within('/etc') || path(params.value).matches('/**/*a*b*c*/**/d')",
        &[
            ("", "a/", ""),
            ("/", "../", ""),
            ("", "/", ""),
            ("/", "A", ""),
            ("file:///", "%20", ""),
            ("/", "\u{e9}", ""),
        ],
    ),
    (
        "url(params.value).host_within(['example.com', 'b.example']) || url(params.value).path() == '/'",
        &[
            ("http://", "a.", "com/"),
            ("http://", "\u{e9}", ".com/"),
            ("http://a/", "../", ""),
            ("http://a/", "%61", ""),
            ("http://[", "0:", "]/"),
            ("http://", "1.", "/"),
            ("http://xn--", "a", "/"),
        ],
    ),
    (
        "ip(params.value).is_private() || cidr(params.value).contains_ip('::1')",
        &[("", "1.", ""), ("", "0:", ""), ("1", "1", "")],
    ),
    (
        "sql(params.value).reads_only() && 'a' in sql(params.value, 'postgres').tables()",
        &[
            ("SELECT 1", "+1", ""),
            ("SELECT a", ",a", " FROM t"),
            ("SELECT 1 FROM a", ",a", ""),
            ("SELECT ", "(", "1"),
            ("SELECT 1", ",((((((((1))))))))", ""),
            ("SELECT 1", ",f(g(h(i(1))))", ""),
            ("SELECT 1", ",a.b.c(1,(2))", ""),
            ("SELECT a", ".a", ""),
            ("SELECT 1 WHERE a IN (1", ",1", ")"),
            ("SELECT '", "a", "'"),
            ("SELECT '", "''", "'"),
            ("SELECT '", "a", ""),
            ("SELECT ", "'a' ", ""),
            ("/*", "/*", ""),
            ("SELECT 1 ", "/**/", ""),
            ("", "-- a\n", "SELECT 1"),
            ("SELECT 1", ";SELECT 1", ""),
            ("", ";", ""),
            ("INSERT INTO a VALUES (1)", ",(1)", ""),
            ("SELECT 1 FROM ", "(a),", "a"),
            ("SELECT 1 FROM ", "((((((a)))))),", "a"),
            ("SELECT ", "CASE WHEN (", "1"),
            ("SELECT $", "a$", ""),
            ("SELECT ", "x", ""),
            ("SELECT ", "1.", ""),
        ],
    ),
];

/// Most bytes that are built for each byte of a text; what grows with the square of its length builds more.
const MOST_BUILT: u64 = 10_000;

#[test]
fn what_is_built_grows_with_the_text() {
    for (condition, texts) in HEAVY {
        let expr = compiled(condition);
        let mut worst = (0, String::new());
        for (start, part, end) in *texts {
            for bytes in [4_000, 8_100, 65_500] {
                let text = format!("{start}{}{end}", part.repeat(bytes / part.len()));
                let built = allocation_counter::measure(|| _ = outcome(&expr, &text)).bytes_total;
                let each = built / text.len() as u64;
                assert!(each < MOST_BUILT, "{start}{part}{part}…: {built} bytes for {}", text.len());
                if each > worst.0 {
                    worst = (each, format!("{bytes} bytes of {start}{part}{part}…"));
                }
            }
        }
        println!("{condition}: at most {} bytes for one, for {}", worst.0, worst.1);
    }
}

struct Params<'a>(&'a Json<'a>);

impl<'a> Variables<'a> for Params<'a> {
    fn value(&self, index: usize) -> Result<Value<'a>, Cause> {
        if index == cel::PARAMS { Ok(Value::from(self.0)) } else { Err(Cause::Missing) }
    }
}

fn compiled(text: &str) -> Expr {
    let source = Sources::default().add("condition", text);
    let locate = |start, end| Span::new(source, start, end);
    let parsed = cel::compile_condition(text, &locate, &Environment::policy());
    parsed.value.unwrap_or_else(|| panic!("{text}: {:?}", parsed.diagnostics))
}

/// Whether the condition holds, and why it is unknown where it is.
fn outcome(expr: &Expr, value: &str) -> (Option<bool>, String) {
    let params = serde_json::json!({ "value": value }).to_string();
    let params = Json::parse(params.as_bytes()).unwrap();
    match cel::eval(expr, &Params(&params)) {
        Ok(Value::Bool(value)) => (Some(value), String::new()),
        Ok(other) => panic!("{expr} is {other}"),
        Err(unknown) => (None, unknown.cause.to_string()),
    }
}

fn get<'n>(node: &'n Node, key: &str) -> &'n Node {
    let NodeKind::Map(entries) = &node.kind else { panic!("`{key}` is asked of {}", node.kind_name()) };
    entries.iter().find(|(name, _)| name.text == key).map_or_else(|| panic!("no `{key}`"), |(_, value)| value)
}

fn list(node: &Node) -> &[Node] {
    match &node.kind {
        NodeKind::List(items) => items,
        _ => panic!("a list is expected, not {}", node.kind_name()),
    }
}

fn word(node: &Node) -> &str {
    match &node.kind {
        NodeKind::Scalar(scalar) => &scalar.text,
        _ => panic!("text is expected, not {}", node.kind_name()),
    }
}
