//! The tests of a condition as their author wrote them.
//!
//! The tree has one spelling for a test and its negation, and none for a list of operands; what is shown to an author is the
//! text at the test's place, cut out of the policy.

use crate::cel;
use crate::cel::expr::{Expr, ExprKind};
use crate::cel::value::Value;
use crate::source::{Source, Sources, Span};

/// A test of a condition.
pub(super) struct Written {
    /// The test as the tree has it.
    pub(super) test: Expr,
    /// Its text there, or the tree's where it has none of its own.
    pub(super) text: String,
    /// Whether the text says the opposite of the test.
    pub(super) negated: bool,
}

/// The tests of a condition, in order, each once.
pub(super) fn tests(condition: &Expr, sources: &Sources) -> Vec<Written> {
    let mut leaves = Vec::new();
    gather(condition, None, &mut leaves);
    let spans: Vec<Span> = leaves.iter().map(|leaf| leaf.expr.span).collect();
    let mut seen: Vec<String> = Vec::new();
    let mut tests = Vec::new();
    for leaf in leaves {
        let alone = spans.iter().filter(|span| **span == leaf.expr.span).count() == 1;
        let positive = cel::positive(leaf.expr);
        let opposite = positive.is_some();
        let test = positive.unwrap_or_else(|| leaf.expr.clone());
        let canonical = test.canonical();
        if seen.contains(&canonical) {
            continue;
        }
        let (text, negated) = match text(leaf.expr, alone, sources) {
            Some(text) => (text, leaf.negated ^ opposite),
            None => (canonical.clone(), false),
        };
        seen.push(canonical);
        tests.push(Written { test, text, negated });
    }
    tests
}

/// A test where it stands; `negated` where its own text says that it does not hold.
struct Leaf<'e> {
    expr: &'e Expr,
    negated: bool,
}

/// `denied` is the place of a negation that says the opposite of what stands at the very same place: `x_not_in`.
fn gather<'e>(expr: &'e Expr, denied: Option<Span>, leaves: &mut Vec<Leaf<'e>>) {
    match &expr.kind {
        ExprKind::Const(Value::Bool(_)) => {}
        ExprKind::And(operands) | ExprKind::Or(operands) => {
            operands.iter().for_each(|operand| gather(operand, denied, leaves));
        }
        ExprKind::Not(operand) if denied == Some(expr.span) => gather(operand, None, leaves),
        ExprKind::Not(operand) => gather(operand, Some(expr.span), leaves),
        _ => leaves.push(Leaf { expr, negated: denied == Some(expr.span) }),
    }
}

/// The text of a test; `alone` where no other test stands at its place.
fn text(expr: &Expr, alone: bool, sources: &Sources) -> Option<String> {
    let source = sources.get(expr.span.source)?;
    let own = source.text().get(expr.span.start as usize..expr.span.end as usize)?;
    let rest = source.text().get(expr.span.end as usize..)?;
    let Some(behind) = rest.trim_start_matches(['"', '\'']).strip_prefix(": ").or_else(|| below(rest)) else {
        return Some(one_line(own)).filter(|text| alone && !text.is_empty());
    };
    let operand = operand(expr, expr.span).and_then(|span| of(source, span));
    let operand = match (alone, operand) {
        (false, operand) => operand?,
        (true, None) => value(behind).to_owned(),
        (true, Some(operand)) if value(behind).is_empty() || value(behind).starts_with('*') => items(&operand),
        (true, Some(_)) => value(behind).to_owned(),
    };
    Some(format!("{own}: {}", one_line(&operand)))
}

/// What follows a key whose value begins on the next line.
fn below(rest: &str) -> Option<&str> {
    rest.trim_start_matches(['"', '\'']).strip_prefix(':').filter(|rest| rest.starts_with(['\n', '\r']))
}

fn of(source: &Source, span: Span) -> Option<String> {
    source.text().get(span.start as usize..span.end as usize).map(str::to_owned)
}

/// Where the operand of a key stands: the first part of the test that is not the key. Where an alias brings it, that is where it
/// is written.
fn operand(expr: &Expr, key: Span) -> Option<Span> {
    if !key.holds(expr.span) {
        return Some(expr.span);
    }
    match &expr.kind {
        ExprKind::Call { args, .. } => args.iter().find_map(|arg| operand(arg, key)),
        ExprKind::Conditional(parts) => parts.iter().find_map(|part| operand(part, key)),
        ExprKind::Not(inner) => operand(inner, key),
        _ => None,
    }
}

/// A value on one line, without its anchor, up to what ends it: a comment, or a comma or bracket that is none of its own.
fn value(text: &str) -> &str {
    let line = text.lines().next().unwrap_or_default().trim();
    let line = line.strip_prefix('&').and_then(|rest| rest.split_once(' ')).map_or(line, |(_, value)| value);
    let (mut depth, mut quote, mut before) = (0_usize, None, ' ');
    for (at, letter) in line.char_indices() {
        match (quote, letter) {
            (Some(open), letter) if letter == open => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') if before == ' ' || depth > 0 => quote = Some(letter),
            (None, '[' | '{') => depth += 1,
            (None, ']' | '}') if depth > 0 => depth -= 1,
            (None, ',' | ']' | '}') if depth == 0 => return line.get(..at).unwrap_or(line).trim(),
            (None, '#') if before == ' ' => return line.get(..at).unwrap_or(line).trim(),
            _ => {}
        }
        before = letter;
    }
    line.trim()
}

/// A list of one item a line as a list on one line.
fn items(text: &str) -> String {
    let items: Option<Vec<&str>> = text.lines().map(|line| line.trim().strip_prefix("- ").map(value)).collect();
    items.map_or_else(|| text.to_owned(), |items| format!("[{}]", items.join(", ")))
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod unit {
    use super::*;
    use crate::policy_set::Loader;

    fn written(condition: &str) -> Vec<(String, String, bool)> {
        let text = format!(
            "name: p\nversion: '1'\ncapabilities:\n  a.b:\n    rules:\n      - tier: notify\n        condition: {condition}\n"
        );
        let loaded = Loader::new().policy("p", text).load();
        let set = loaded.set.unwrap_or_else(|| panic!("{condition}: {:#?}", loaded.diagnostics));
        let rule = &set.policies()[0].entries[0].rules[0];
        let tests = tests(&rule.condition, set.sources());
        tests.into_iter().map(|one| (one.text, one.test.canonical(), one.negated)).collect()
    }

    #[test]
    fn a_test_is_said_in_the_words_of_its_author() {
        for (condition, expected) in [
            ("params.a == 'b'", &[("params.a == 'b'", false)][..]),
            ("params.a  !=  'b'", &[("params.a != 'b'", true)]),
            ("\"!(params.a == 'b')\"", &[("(params.a == 'b')", false)]),
            ("\"!(params.a != 'b')\"", &[("(params.a != 'b')", true)]),
            ("\"params.n >= 5 && params.m < 2 + 3\"", &[("params.n >= 5", true), ("params.m < 2 + 3", false)]),
            ("{ n_gte: 5, m_lt: 10KiB }", &[("n_gte: 5", true), ("m_lt: 10KiB", false)]),
            ("{ a_ne: x }", &[("a_ne: x", true)]),
            ("{ a_not_in: [x, 'y, z'] } # why", &[("a_not_in: [x, 'y, z']", true)]),
            ("{ not: { a_not_in: [x] } }", &[("a_not_in: [x]", true)]),
            ("{ not: { a_in: [x] } }", &[("a_in: [x]", false)]),
            ("{ a_exists: false }", &[("a_exists: false", true)]),
            ("{ a_exists: true }", &[("a_exists: true", false)]),
            ("{ path_within: [/a, /b] }", &[("path_within: /a", false), ("path_within: /b", false)]),
            ("{ path_within: $workspace/src }", &[("path_within: $workspace/src", false)]),
            ("{ any: [{ 'a_eq': 1 }, { b_eq: two }] }", &[("a_eq: 1", false), ("b_eq: two", false)]),
            ("{ timeout_gt: 30s }", &[("timeout_gt: 30s", false)]),
            (
                "\n          a_eq: x # no\n          b_in:\n            - y\n            - z\n",
                &[("a_eq: x", false), ("b_in: [y, z]", false)],
            ),
            (
                "|\n          params.a == 'b' ||\n          params.c == 'd'\n",
                &[("params.a == \"b\"", false), ("params.c == \"d\"", false)],
            ),
            (
                "{ all: [{ p_within: &d [/a, /b] }, { q_within: *d }, { r_eq: &w x }, { s_eq: *w }, { t_in: *d }] }",
                &[
                    ("p_within: /a", false),
                    ("p_within: /b", false),
                    ("q_within: /a", false),
                    ("q_within: /b", false),
                    ("r_eq: x", false),
                    ("s_eq: x", false),
                    ("t_in: [/a, /b]", false),
                ],
            ),
            ("\"params.a == 'x' || params.a == 'x'\"", &[("params.a == 'x'", false)]),
        ] {
            let found = written(condition);
            let texts: Vec<(&str, bool)> = found.iter().map(|(text, _, negated)| (text.as_str(), *negated)).collect();
            assert_eq!(texts, expected, "{condition}: {found:?}");
        }
    }
}
