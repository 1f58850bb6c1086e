//! The language from text to value.

use pest::Parser;
use proptest::prelude::*;

use super::parse::{Grammar, Rule};
use super::*;
use crate::diagnostic::Severity;
use crate::json::Json;
use crate::source::Sources;

struct Call<'a>(&'a Json<'a>);

impl<'a> Variables<'a> for Call<'a> {
    fn value(&self, index: usize) -> Result<Value<'a>, Cause> {
        match index {
            PARAMS => Ok(Value::from(self.0)),
            AGENT => Ok(Value::Text(value::Text::Borrowed("bot"))),
            CAPABILITY => Ok(Value::Text(value::Text::Borrowed("filesystem.write"))),
            NOW => Ok(Value::Timestamp("2026-03-29T14:20:00Z".parse().unwrap())),
            _ => Err(Cause::Missing),
        }
    }
}

fn compiled(text: &str) -> Parsed<Option<Expr>> {
    let id = Sources::default().add("test", text);
    compile(text, &|start, end| Span::new(id, start, end), &Environment::policy())
}

fn expr(text: &str) -> Expr {
    let parsed = compiled(text);
    parsed.value.unwrap_or_else(|| panic!("{text}: {:?}", parsed.diagnostics))
}

/// The value's text, or the cause.
fn evaluated(text: &str, params: &str) -> String {
    let json = Json::parse(params.as_bytes()).unwrap();
    match eval(&expr(text), &Call(&json)) {
        Ok(value) => value.to_string(),
        Err(unknown) => format!("{:?}", unknown.cause),
    }
}

/// The message of each finding with the text it underlines.
fn findings(text: &str) -> Vec<String> {
    let find = |diagnostic: &Diagnostic| {
        let span = diagnostic.span().unwrap();
        format!("{}: {}", &text[span.start as usize..span.end as usize], diagnostic.message)
    };
    compiled(text).diagnostics.iter().map(find).collect()
}

#[test]
fn every_rule_of_the_grammar_has_an_example_it_matches() {
    let examples = include_str!("../../grammar/expression.examples.txt");
    let grammar = include_str!("../../grammar/expression.pest");
    let mut seen = Vec::new();
    for line in examples.lines().filter(|line| !line.starts_with('#')) {
        let (name, text) = line.split_once(' ').unwrap();
        let text = text.trim_start();
        let rule = Rule::all_rules().iter().find(|rule| format!("{rule:?}") == name);
        let pairs = Grammar::parse(*rule.unwrap_or_else(|| panic!("no rule {name}")), text);
        let end = pairs.unwrap_or_else(|error| panic!("{name}: {error}")).map(|pair| pair.as_span().end()).max();
        assert!(end.is_none_or(|end| end == text.len()), "{name} matches a part of {text}");
        seen.push(name);
    }
    let silent =
        |line: &&str| line.contains("= _{") || line.starts_with("//") || line.starts_with(' ') || line.is_empty();
    let rules = grammar.lines().filter(|line| !silent(line) && line.contains('='));
    for rule in rules.map(|line| line.split_whitespace().next().unwrap()) {
        assert!(seen.contains(&rule), "{rule} has no example");
    }
}

#[test]
fn every_example_of_the_function_table_holds() {
    for row in functions::all() {
        for (text, value) in row.examples {
            let outcome = evaluated(text, "{}");
            let known = compiled(text).value.is_some_and(|expr| eval(&expr, &Call(&Json::Null)).is_ok());
            match *value {
                "unknown" => assert!(!known, "{}: {text} is {outcome}", row.name),
                value => assert_eq!(outcome, evaluated(value, "{}"), "{}: {text}", row.name),
            }
        }
    }
}

#[test]
fn every_row_that_text_can_call_has_examples() {
    for row in functions::all().filter(|row| !row.name.starts_with('@')) {
        assert!(!row.examples.is_empty(), "{}", row.name);
        assert!(row.doc.ends_with('.') && !row.doc.is_empty(), "{}", row.name);
    }
}

#[test]
fn operators_group_by_precedence_and_from_the_left() {
    for (text, canonical) in [
        ("params.a+params.b*params.c", "params.a + params.b * params.c"),
        ("(params.a+params.b)*params.c", "(params.a + params.b) * params.c"),
        ("params.a-(params.b-params.c)", "params.a - (params.b - params.c)"),
        ("(params.a-params.b)-params.c", "params.a - params.b - params.c"),
        ("params.a && (params.b && params.c)", "params.a && params.b && params.c"),
        ("params.a || params.b && params.c", "params.a || params.b && params.c"),
        ("(params.a || params.b) && params.c", "(params.a || params.b) && params.c"),
        ("!(params.a == 1)", "!(params.a == 1)"),
        ("!!params.a", "params.a"),
        ("params.a ? (params.b ? 1 : 2) : params.c ? 3 : 4", "params.a ? (params.b ? 1 : 2) : params.c ? 3 : 4"),
        ("params['a']", "params.a"),
        ("params['a-b'].`c/d`", "params.`a-b`.`c/d`"),
        ("params.x.size() == size(params.x)", "size(params.x) == size(params.x)"),
        ("-params.a - -1", "-params.a - -1"),
        ("params.l.filter(x, x > 1)", "params.l.map(_0, _0 > 1, _0)"),
    ] {
        assert_eq!(expr(text).canonical(), canonical, "{text}");
    }
}

#[test]
fn constants_are_folded_where_they_have_a_value() {
    for (text, canonical) in [
        ("1 + 2 * 3", "7"),
        ("1 / 0", "1 / 0"),
        ("params.a && true", "true && params.a"),
        ("params.a == 1 && true", "params.a == 1"),
        ("params.a == 1 || true", "true"),
        ("[1, 'a' + 'b'][1]", "\"ab\""),
        ("duration('90m')", "duration(\"5400s\")"),
        ("size('abc') == 3 ? params.a : 1", "params.a"),
    ] {
        assert_eq!(expr(text).canonical(), canonical, "{text}");
    }
}

#[test]
fn unknown_is_absorbed_by_what_decides() {
    for (text, value) in [
        ("params.x && false", "false"),
        ("false && params.x", "false"),
        ("params.x == 1 && params.a == 2", "false"),
        ("params.a == 2 || params.x == 1 || params.a == 1", "true"),
        ("params.x || params.a == 1", "true"),
        ("params.x == 1 && params.a == 1", "Missing"),
        ("!params.x", "Missing"),
        ("params.l.exists(x, x / 0 == 1 || x == 2)", "true"),
        ("params.l.all(x, x != 2 && params.x)", "false"),
        ("params.l.all(x, x == params.x)", "Missing"),
        ("params.l.exists_one(x, x == params.x)", "Missing"),
        ("has(params.x) && params.x == 1", "false"),
        ("params.x ? 1 : 2", "Missing"),
    ] {
        assert_eq!(evaluated(text, r#"{"a": 1, "l": [1, 2]}"#), value, "{text}");
    }
}

#[test]
fn values_of_the_wrong_type_are_unknown() {
    let params = r#"{"n": 1, "s": "a", "l": [1], "z": null}"#;
    for text in [
        "params.s < 1",
        "params.n.x",
        "has(params.l.x)",
        "params.n.startsWith('a')",
        "params.z && true",
        "params.n.all(x, true)",
        "size(params.n)",
        "params.s in params.n",
        "params.s + params.n",
        "-params.s",
    ] {
        assert!(evaluated(text, params).starts_with("WrongType"), "{text}: {}", evaluated(text, params));
    }
}

#[test]
fn loop_variables_shadow_and_end_with_their_loop() {
    assert_eq!(evaluated("[1, 2].map(x, [10].map(y, x + y)[0])", "{}"), "[11, 12]");
    assert_eq!(evaluated("[1].map(x, [2].map(x, x)[0] + x)", "{}"), "[3]");
    assert_eq!(evaluated("[7].all(params, params == 7)", "{}"), "true");
    assert_eq!(findings("[1].all(x, true) && x == 1"), ["x: unknown variable `x`"]);
}

#[test]
fn all_mistakes_of_a_text_are_reported_in_one_run() {
    let text =
        "parms.a == 1 && starsWith(agent, 'x') && size(1) > 'a' && agent == 3 && capability.x && agent.matches()";
    assert_eq!(
        findings(text),
        [
            "parms: unknown variable `parms`",
            "starsWith: unknown function `starsWith`",
            "size(1): there is no `size(int)`",
            "agent == 3: `string` never equals `int`",
            "capability.x: `string` has no fields; `x` is asked of it",
            "matches: `matches` is not called as `x.matches(…)` with 0 arguments",
        ]
    );
    assert_eq!(findings("_in_(1, [1])"), ["_in_: unknown function `_in_`"]);
    let parsed = compiled("parms.a == 1");
    let fix = parsed.diagnostics[0].fix.as_ref().unwrap();
    assert_eq!((fix.replacement.as_str(), fix.span.end), ("params", 5));
}

#[test]
fn syntax_errors_say_what_to_write() {
    for (text, found, help) in [
        ("params.a = 1", "=: `=` is not part of the language", "write `==`"),
        ("params.a and params.b", "and: expected the end or an operator, found `and`", "`and` is written `&&`"),
        ("(params.a", "(: `(` is not closed", "add `)`"),
        ("params.a & params.b", "&: `&` is not part of the language", "write `&&`"),
        ("not params.a", "params: expected the end or an operator, found `params`", "`not` is written `!`"),
        ("x ? 1", ": the expression ends where `:` or an operator must follow", ""),
        ("params.a in ('a', 'b')", ",: expected an operator, found `,`", "a list is written `['a', 'b']`"),
        ("params.a > 10KiB", "10KiB: expected a value, found `10KiB`", "a number has no unit: `size(x) < 10240`"),
        ("params.a == True", "True: unknown variable `True`", "did you mean `true`?"),
        (
            "now > 'x'",
            "now > 'x': there is no `timestamp > string`",
            "it is called as `string > string`, `timestamp > timestamp`",
        ),
        ("if == 1", "if: `if` is a reserved word", "a field is read as `x.if`"),
        ("{'a': 1, 'a': 2}", "'a': the key `\"a\"` is there twice", ""),
    ] {
        let parsed = compiled(text);
        assert_eq!(findings(text), [found], "{text}");
        assert_eq!(parsed.diagnostics[0].help.as_deref().unwrap_or_default(), help, "{text}");
    }
    assert_eq!(findings("params.a == "), [": the expression ends where a value must follow"]);
    assert_eq!(findings(""), [": the expression ends where a value must follow"]);
}

#[test]
fn a_condition_must_be_true_or_false() {
    let id = Sources::default().add("test", "");
    let condition =
        |text: &str| compile_condition(text, &|start, end| Span::new(id, start, end), &Environment::policy());
    assert_eq!(condition("size(agent)").diagnostics[0].message, "a condition is true or false; this is of type `int`");
    assert!(condition("size(agent)").value.is_none());
    assert!(condition("params.flag").value.is_some());
    assert!(condition("agent == 'a'").value.is_some());
}

#[test]
fn the_tree_is_bounded_however_it_is_written() {
    for text in [
        "1+".repeat(20_000) + "1",
        "params".to_owned() + &".a".repeat(20_000),
        "params.a".to_owned() + &"[0]".repeat(2000),
        format!("{}1{}", "(".repeat(100), ")".repeat(100)),
        "true ? 1 : ".repeat(100) + "1",
        "-".repeat(60_000) + "x",
    ] {
        let parsed = compiled(&text);
        assert!(parsed.value.is_none());
        assert!(parsed.diagnostics.iter().all(|found| found.severity == Severity::Error));
    }
    assert!(compiled(&("params.a || ".repeat(5000) + "params.b")).value.is_some());
    assert!(compiled(&format!("{}1{}", "(".repeat(64), ")".repeat(64))).value.is_some());
    assert!(compiled(&format!("{}1{}", "[".repeat(64), "]".repeat(64))).value.is_some());
    assert!(compiled(&format!("{}true{}", "!(".repeat(64), ")".repeat(64))).value.is_some());
}

#[test]
fn work_is_bounded() {
    let numbers: Vec<String> = (0..400).map(|n| n.to_string()).collect();
    let params = format!("{{\"l\": [{}]}}", numbers.join(","));
    assert_eq!(
        evaluated("params.l.all(a, params.l.all(b, a + b >= 0))", &params),
        "Limit(\"more than 100,000 steps\")"
    );
    let doubled = format!("[{}].map(s, s + s + s + s).all(t, (t + t + t + t).size() > 0)", "params.s");
    let long = format!("{{\"s\": \"{}\"}}", "x".repeat(2 * 1024 * 1024));
    assert_eq!(evaluated(&doubled, &long), "Limit(\"more than 16 MiB built\")");
}

#[test]
fn constants_show_their_types_in_the_canonical_text() {
    let texts = ["1", "1u", "1.0", "'1'", "b'1'", "true", "null", "[1]", "{1: 1}", "int", "duration('1s')"];
    for (at, left) in texts.iter().enumerate() {
        for right in texts.iter().skip(at + 1) {
            assert_ne!(expr(left).canonical(), expr(right).canonical());
        }
    }
    assert_eq!(expr("'\\u200ba\\n'").canonical(), "\"\\u200ba\\n\"");
}

#[test]
fn findings_are_counted_and_limited() {
    assert_eq!(findings(&("zz || ".repeat(100) + "zz")).len(), MAX_FINDINGS);
    assert_eq!(findings(&"(".repeat(5000)), ["(: more than 64 levels of brackets and conditionals"]);
    assert_eq!(findings(&"]".repeat(5000)).len(), MAX_FINDINGS);
}

#[test]
fn deep_trees_compile_evaluate_and_print() {
    let sum = "params.a + ".repeat(250) + "1";
    assert_eq!(evaluated(&sum, r#"{"a": 2}"#), "501");
    let loops: String = (0..60).map(|n| format!("[{n}, params.a].exists(x{n}, x{n} == 2 && ")).collect();
    let loops = format!("{loops}true{}", ")".repeat(60));
    assert_eq!(evaluated(&loops, r#"{"a": 2}"#), "true");
    assert_eq!(expr(&expr(&loops).canonical()), expr(&loops));
}

#[test]
fn constants_without_a_value_are_worth_a_warning() {
    assert_eq!(findings("params.a == 1 / 0"), ["1 / 0: `1 / 0` never has a value: divide by zero"]);
    assert_eq!(findings("cidr('10.0.0.0').containsIP(params.ip)").len(), 1);
    assert!(compiled("params.a == 1 / 0").value.is_some());
}

#[test]
fn a_parameter_is_made_a_path_before_it_is_asked_as_one() {
    let parsed = compiled("params.path.within('/ws')");
    assert_eq!(
        findings("params.path.within('/ws')"),
        ["params.path: `within` takes `path`, which a field of JSON never is"]
    );
    assert_eq!(parsed.diagnostics[0].help.as_deref(), Some("write `path(params.path)`"));
    assert!(compiled("path(params.path).within('/ws')").value.is_some());
    assert!(compiled("params.list[0].isLoopback()").value.is_none());
    assert!(compiled("now - timestamp(context.since) > duration('1h')").value.is_some());
}

#[test]
fn bad_patterns_are_errors_when_they_are_constant() {
    assert_eq!(findings("params.a.matches('(')").len(), 1);
    assert!(findings("params.a.glob('[')")[0].starts_with("'[': "));
    assert!(findings("path(params.a).matches('ws')")[0].contains("not absolute"));
    assert!(findings("path(params.a).within('ws')")[0].contains("a relative path without a base"));
    assert!(findings("now.getHours('Mars')")[0].contains("no time zone"));
    assert_eq!(
        evaluated("'a'.matches(params.a)", r#"{"a": "("}"#),
        "Unexplained(\"a regular expression that is none\")"
    );
}

#[test]
fn paths_of_parameters_see_through_detours() {
    for (path, within) in [
        ("/workspace/a", "true"),
        ("/workspace/../etc/shadow", "false"),
        ("/workspace2/a", "false"),
        ("/workspace/%2e%2e/etc", "Unexplained"),
        ("workspace/a", "Unexplained"),
    ] {
        let found = evaluated("path(params.path).within('/workspace')", &format!(r#"{{"path": "{path}"}}"#));
        assert!(found.starts_with(within), "{path}: {found}");
    }
    for params in ["{}", r#"{"path": 7}"#, r#"{"path": ["/workspace/a"]}"#, r#"{"path": null}"#] {
        let found = evaluated("path(params.path).within('/workspace')", params);
        assert!(found.starts_with("Missing") || found.starts_with("WrongType"), "{params}: {found}");
    }
}

/// Expressions that compile as a rule, nested a few levels.
fn texts() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("params.a".to_owned()),
        Just("params.`b-c`".to_owned()),
        Just("agent".to_owned()),
        Just("now".to_owned()),
        any::<i64>().prop_map(|n| n.to_string()),
        any::<u64>().prop_map(|n| format!("{n}u")),
        any::<f64>().prop_filter("finite", |n| n.is_finite()).prop_map(|n| format!("{n:?}")),
        any::<String>().prop_map(|text| Value::text(text).to_string()),
        any::<Vec<u8>>().prop_map(|bytes| Value::Bytes(bytes.into()).to_string()),
    ];
    leaf.prop_recursive(4, 24, 3, |inner| {
        let two = (inner.clone(), inner.clone());
        prop_oneof![
            (two.clone(), prop::sample::select(vec!["+", "-", "*", "==", "!=", "<", ">=", "&&", "||", "in"]))
                .prop_map(|((left, right), operator)| format!("({left}) {operator} ({right})")),
            inner.clone().prop_map(|operand| format!("!({operand})")),
            inner.clone().prop_map(|operand| format!("-({operand})")),
            inner.clone().prop_map(|operand| format!("({operand}).f.g")),
            inner.clone().prop_map(|operand| format!("has(params.{operand})")),
            two.clone().prop_map(|(list, test)| format!("[{list}].exists(x, x == {test})")),
            two.clone().prop_map(|(map, value)| format!("{{{map}: 1}}.transformMap(k, v, {value})")),
            two.clone().prop_map(|(index, list)| format!("[{list}][{index}]")),
            (two, inner).prop_map(|((a, b), c)| format!("({a}) ? ({b}) : ({c})")),
        ]
    })
}

proptest! {
    #[test]
    fn no_text_panics(text in any::<String>()) {
        compiled(&text);
    }

    #[test]
    fn no_text_of_our_tokens_panics(parts in prop::collection::vec(prop::sample::select(vec![
        "(", ")", "[", "]", "{", "}", "?", ":", ",", ".", "'", "\"", "'''", "r'", "b\"", "\\", "a", "has", "all", "x",
        "1", "0x", "1.", "e5", "u", "&&", "||", "!", "-", "+", "in", "==", "//", "\n", " ", "`", "params", "é", "=", "&",
    ]), 0..40)) {
        compiled(&parts.concat());
    }

    #[test]
    fn no_evaluation_panics(text in texts(), number in any::<i64>(), word in any::<String>()) {
        if let Some(expr) = compiled(&text).value {
            let json = Json::Object(crate::json::Object::new(vec![
                ("a".into(), Json::Int(number)),
                ("b-c".into(), Json::List(vec![Json::Text(word.into()), Json::Null])),
            ]).unwrap());
            let _ = eval(&expr, &Call(&json));
        }
    }

    #[test]
    fn the_canonical_text_compiles_to_itself(text in texts()) {
        if let Some(expr) = compiled(&text).value {
            let canonical = expr.canonical();
            let again = compiled(&canonical);
            prop_assert!(again.value.is_some(), "{canonical}: {:?}", again.diagnostics);
            prop_assert_eq!(again.value.unwrap().canonical(), canonical);
        }
    }
}
