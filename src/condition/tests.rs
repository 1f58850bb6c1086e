use super::operators::{OPERATORS, OperandKind, Operator};
use super::*;
use crate::catalog::Catalog;
use crate::cel::{Cause, ExprKind, PARAMS, Value, Variables, eval};
use crate::diagnostic::Diagnostic;
use crate::document::{RuleDocument, SuiteDocument, load_catalog, load_policy, load_suite};
use crate::json::{Json, Object};
use crate::pattern::NamePattern;
use crate::source::Sources;
use crate::yaml::{self, Limits, Node, NodeKind};

struct Params<'a>(&'a Json<'a>);

impl<'a> Variables<'a> for Params<'a> {
    fn value(&self, index: usize) -> Result<Value<'a>, Cause> {
        if index == PARAMS { Ok(Value::from(self.0)) } else { Err(Cause::Missing) }
    }
}

fn lowered(text: &str, catalog: Option<&CapabilityFacts>) -> (Parsed<Option<Expr>>, Sources) {
    let mut sources = Sources::default();
    let source = sources.add("policy.yaml", text);
    let node = yaml::parse(source, text).value.unwrap();
    (lower(&ConditionDocument::Map(node), &Environment::policy(), catalog), sources)
}

fn compiled(text: &str) -> Expr {
    let (parsed, _) = lowered(text, None);
    assert!(parsed.diagnostics.is_empty(), "{text}: {:?}", parsed.diagnostics);
    parsed.value.unwrap()
}

/// Whether a condition holds; `None` is unknown.
fn holds(condition: &str, params: &str) -> Option<bool> {
    let expr = compiled(condition);
    let params = Json::parse(params.as_bytes()).unwrap();
    match eval(&expr, &Params(&params)) {
        Ok(Value::Bool(value)) => Some(value),
        Ok(other) => panic!("{condition} is {other:?}"),
        Err(_) => None,
    }
}

/// The one finding of a condition that does not load: code, the text it underlines, message, help.
fn refused(text: &str) -> String {
    let (parsed, sources) = lowered(text, None);
    assert!(parsed.value.is_none(), "{text} loads");
    said(&parsed.diagnostics, &sources)
}

fn said(diagnostics: &[Diagnostic], sources: &Sources) -> String {
    let [only] = diagnostics else { panic!("{diagnostics:?}") };
    let help = only.help.as_deref().unwrap_or("-");
    format!("{} at `{}`: {} | {help}", only.code, sources.text(only.span().unwrap()), only.message)
}

#[test]
fn examples_of_the_table_hold() {
    for Operator { name, examples, .. } in OPERATORS {
        assert!(!examples.is_empty(), "{name}");
        for example in *examples {
            let found = holds(example.condition, example.params);
            assert_eq!(found, example.holds, "{name}: {} of {}", example.condition, example.params);
        }
    }
}

#[test]
fn every_operator_is_unknown_for_a_parameter_that_is_not_there() {
    for operator in OPERATORS.iter().filter(|operator| operator.name != "exists") {
        for example in operator.examples {
            assert_eq!(holds(example.condition, "{}"), None, "{}", example.condition);
        }
    }
}

#[test]
fn every_operator_is_unknown_for_a_parameter_that_is_null() {
    for operator in OPERATORS.iter().filter(|operator| operator.name != "exists") {
        for example in operator.examples.iter().filter(|example| !example.condition.contains("null")) {
            let nulled = match Json::parse(example.params.as_bytes()).unwrap() {
                Json::Object(object) => object.into_entries().into_iter().map(|(key, _)| format!("\"{key}\":null")),
                other => panic!("{other:?}"),
            };
            let nulled = format!("{{{}}}", nulled.collect::<Vec<_>>().join(","));
            assert_eq!(holds(example.condition, &nulled), None, "{}", example.condition);
        }
    }
}

#[test]
fn names_of_operators_are_distinct_and_no_combinator_is_one() {
    let mut names: Vec<&str> = OPERATORS.iter().map(|operator| operator.name).collect();
    names.extend(crate::cel::functions::absent_operators());
    names.extend(key::COMBINATORS);
    let count = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), count);
}

#[test]
fn all_keys_must_hold() {
    let both = "{ a_eq: 1, b_eq: 2 }";
    assert_eq!(holds(both, r#"{"a":1,"b":2}"#), Some(true));
    assert_eq!(holds(both, r#"{"a":1,"b":3}"#), Some(false));
    assert_eq!(holds(both, r#"{"b":3}"#), Some(false));
    assert_eq!(holds(both, r#"{"b":2}"#), None);
}

#[test]
fn combinators_join_maps() {
    let any = "{ any: [{ a_eq: 1 }, { b_eq: 2, c_eq: 3 }] }";
    assert_eq!(holds(any, r#"{"a":1}"#), Some(true));
    assert_eq!(holds(any, r#"{"a":0,"b":2,"c":3}"#), Some(true));
    assert_eq!(holds(any, r#"{"a":0,"b":2,"c":4}"#), Some(false));
    assert_eq!(holds(any, r#"{"a":0}"#), None);
    assert_eq!(holds("{ all: [{ a_eq: 1 }, { a_lt: 2 }] }", r#"{"a":1}"#), Some(true));
    assert_eq!(holds("{ not: { a_eq: 1 } }", r#"{"a":2}"#), Some(true));
    assert_eq!(holds("{ not: { a_eq: 1 } }", r#"{"a":"1"}"#), None);
    assert_eq!(holds("{ not: { any: [{ a_eq: 1 }, { a_eq: 2 }] }, b_exists: false }", r#"{"a":3}"#), Some(true));
}

/// Items that no list of this kind takes, and one that it does.
fn items_of(kind: OperandKind) -> Option<(&'static [&'static str], &'static str)> {
    Some(match kind {
        OperandKind::Values => (&["[x]", "{ y: 1 }", "7"], "a"),
        OperandKind::Paths => (&["src", "$home/x", "[/x]", "7"], "/a"),
        OperandKind::Networks => (&["10.0.0.1/8", "x", "[::1]", "7"], "10.0.0.0/8"),
        #[cfg(feature = "url")]
        OperandKind::Hosts => (&["a/b", "https://x.org", "[x.org]", "7"], "example.com"),
        OperandKind::Commands => (&["'ls | cat'", "'a;b'", "$X", "'ls > f'", "[ls]", "7"], "git"),
        _ => return None,
    })
}

#[test]
fn every_wrong_item_of_every_list_is_said_at_its_own_place() {
    let lists = OPERATORS.iter().filter_map(|operator| Some((operator.name, items_of(operator.operand)?)));
    for (name, (wrong, right)) in lists {
        let condition = format!("{{ p_{name}: [{right}, {}, {right}] }}", wrong.join(", "));
        let (parsed, sources) = lowered(&condition, None);
        let places: Vec<&str> = parsed.diagnostics.iter().map(|found| sources.text(found.span().unwrap())).collect();
        assert!(parsed.value.is_none(), "{condition}");
        assert_eq!(places, wrong, "{condition}");
    }
}

#[test]
fn expressions_say_what_is_wrong_with_an_item_at_its_place_too() {
    for (text, places) in [
        ("shell(params.c).runs_only(['ls', 'a;b', 'ls | cat'])", ["'a;b'", "'ls | cat'"]),
        ("shell(params.c).runs_any(['$x', 'rm', 'ls > f'])", ["'$x'", "'ls > f'"]),
        ("params.m in [1, 'a', 2.5, true]", ["'a'", "true"]),
        ("!(params.m in ['a', null, [1], 2])", ["[1]", "2"]),
    ] {
        let document = format!("condition: \"{text}\"\n");
        let mut sources = Sources::default();
        let source = sources.add("policy.yaml", document.as_str());
        let node = yaml::parse(source, &document).value.unwrap();
        let NodeKind::Map(entries) = &node.kind else { panic!("{text}") };
        let Some((_, Node { kind: NodeKind::Scalar(scalar), .. })) = entries.first() else { panic!("{text}") };
        let document = ConditionDocument::Expression(scalar.clone());
        let parsed = lower(&document, &Environment::policy(), None);
        let found: Vec<&str> = parsed.diagnostics.iter().map(|found| sources.text(found.span().unwrap())).collect();
        assert_eq!(found, places, "{text}");
    }
}

#[test]
fn nested_conjunctions_and_disjunctions_are_flat() {
    let conjunction = compiled("{ a_eq: 1, all: [{ b_eq: 1, c_eq: 1 }, { d_eq: 1 }] }");
    assert!(matches!(&conjunction.kind, ExprKind::And(operands) if operands.len() == 4), "{conjunction}");
    let disjunction = compiled("{ any: [{ a_eq: 1 }, { any: [{ b_eq: 1 }, { c_within: [/a, /b] }] }] }");
    assert!(matches!(&disjunction.kind, ExprKind::Or(operands) if operands.len() == 4), "{disjunction}");
}

#[test]
fn a_map_and_an_expression_become_one_tree() {
    for (map, text) in [
        ("{ path_within: /workspace }", "path(params.path).within('/workspace')"),
        ("{ path_prefix: /workspace }", "path(params.path).within('/workspace')"),
        ("{ name_glob: '*.txt' }", "params.name.glob('*.txt')"),
        ("{ name_matches: '^a+$' }", "params.name.matches('^a+$')"),
        ("{ name_exists: true }", "has(params.name)"),
        ("{ options.depth_exists: true }", "has(params.options) && has(params.options.depth)"),
        ("{ name_exists: false }", "!has(params.name)"),
        ("{ name_eq: a }", "params.name == 'a'"),
        ("{ name_eq: a }", "'a' == params.name"),
        ("{ name_ne: a }", "params.name != 'a'"),
        ("{ name_eq: null }", "null == params.name"),
        ("{ name_ne: null }", "params.name != null"),
        ("{ name_eq: true }", "params.name == true"),
        ("{ name_in: [a, b] }", "params.name in ['a', 'b']"),
        ("{ name_not_in: [a, b] }", "!(params.name in ['a', 'b'])"),
        ("{ name_prefix: a }", "params.name.startsWith('a')"),
        ("{ name_suffix: a }", "params.name.endsWith('a')"),
        ("{ name_contains: a }", "params.name.contains('a')"),
        ("{ n_eq: 1 }", "params.n == 1.0"),
        ("{ n_eq: 1.0 }", "1u == params.n"),
        ("{ n_eq: 0.1 }", "params.n == 0.10"),
        ("{ n_in: [1.0, 2.5] }", "params.n in [1, 25e-1]"),
        ("{ n_lt: 3 }", "params.n < 3"),
        ("{ n_lt: 3 }", "3 > params.n"),
        ("{ n_lte: 3 }", "3.0 >= params.n"),
        ("{ n_gt: 3 }", "params.n > 3"),
        ("{ n_gte: 1KiB }", "1024 <= params.n"),
        ("{ options.depth_lt: 3 }", "params.options.depth < 3"),
        ("{ options.depth_lt: 3 }", "params['options']['depth'] < 3"),
        ("{ content_size_lt: 10KiB }", "size(params.content) < 10240"),
        ("{ content_size_lt: 10KiB }", "params.content.size() < 10240"),
        ("{ content_size_gte: 10KiB }", "size(params.content) >= 10240"),
        ("{ content_size_eq: 2 }", "2 == size(params.content)"),
        ("{ content_size_ne: 2 }", "size(params.content) != 2"),
        ("{ since_lt: 2026-03-29T14:20:00Z }", "timestamp(params.since) < timestamp('2026-03-29T14:20:00Z')"),
        ("{ path_within: [/a, /b] }", "path(params.path).within('/a') || path(params.path).within('/b')"),
        ("{ host_in_cidr: 10.0.0.0/8 }", "cidr('10.0.0.0/8').contains_ip(ip(params.host))"),
        ("{ all: [{ a_eq: 1 }, { not: { b_lt: 2 } }] }", "params.a == 1 && !(params.b < 2)"),
        ("{ any: [{ a_eq: 1 }, { a_in: [2, 3] }] }", "params.a == 1 || params.a in [2, 3]"),
    ] {
        let source = Sources::default().add("a", text);
        let locate = |start, end| crate::source::Span::new(source, start, end);
        let expression = cel::compile_condition(text, &locate, &Environment::policy());
        assert!(expression.diagnostics.is_empty(), "{text}: {:?}", expression.diagnostics);
        assert_eq!(compiled(map).canonical(), expression.value.unwrap().canonical());
    }
}

#[test]
fn a_test_is_located_at_its_key() {
    let (parsed, sources) = lowered("{ path_within: /workspace }", None);
    assert_eq!(sources.text(parsed.value.unwrap().span), "path_within");
}

#[test]
fn the_longest_operator_binds() {
    assert_eq!(holds("{ file_size_lt: 3 }", r#"{"file":"ab"}"#), Some(true));
    assert_eq!(holds("{ size_lt: 3 }", r#"{"size":2}"#), Some(true));
    assert_eq!(holds("{ branch_not_in: [main] }", r#"{"branch":"main"}"#), Some(false));
    assert_eq!(holds("{ my_param_eq: 1 }", r#"{"my_param":1}"#), Some(true));
}

fn facts(properties: &str) -> Catalog {
    let text = format!("{{tools: [{{name: a, inputSchema: {{properties: {properties}}}}}]}}");
    let source = Sources::default().add("catalog", text.as_str());
    Catalog::compile(&load_catalog(source, &text, Limits::CATALOG).value).value
}

#[test]
fn the_catalog_settles_how_a_key_is_read() {
    let holds_knowing = |properties: &str, params: &str| {
        let catalog = facts(properties);
        let expr = lowered("{ file_size_lt: 3 }", catalog.get("a")).0.value.unwrap();
        let params = Json::parse(params.as_bytes()).unwrap();
        matches!(eval(&expr, &Params(&params)), Ok(Value::Bool(true)))
    };
    assert!(holds_knowing("{file_size: {type: integer}}", r#"{"file_size":2}"#));
    assert!(!holds_knowing("{file_size: {type: integer}}", r#"{"file":"ab"}"#));
    assert!(holds_knowing("{file: {type: string}}", r#"{"file":"ab"}"#));
    assert!(holds_knowing("{other: {type: string}}", r#"{"file":"ab"}"#));
}

#[test]
fn a_key_with_two_known_readings_is_refused() {
    let catalog = facts("{file: {type: string}, file_size: {type: integer}}");
    let (parsed, sources) = lowered("{ file_size_lt: 3 }", catalog.get("a"));
    assert!(parsed.value.is_none());
    assert_eq!(
        said(&parsed.diagnostics, &sources),
        "ambiguous-condition-key at `file_size_lt`: `file_size_lt` can be read as `size_lt` of `file` and as `lt` of \
         `file_size` | write the condition as an expression: `size(params.file) < …` or `params.file_size < …`"
    );
}

#[test]
fn dotted_parameters_are_known_to_the_catalog() {
    let catalog = facts("{options: {type: object, properties: {file: {}, file_size: {}}}}");
    let (parsed, _) = lowered("{ options.file_size_lt: 3 }", catalog.get("a"));
    assert_eq!(parsed.diagnostics[0].code, "ambiguous-condition-key");
}

#[test]
fn keys_that_cannot_be_read_say_what_to_write() {
    for (text, said) in [
        (
            "{ path_witihn: /a }",
            "unknown-operator at `path_witihn`: `path_witihn` does not end with an operator | did you mean `path_within`?",
        ),
        (
            "{ file_path_witihn: /a }",
            "unknown-operator at `file_path_witihn`: `file_path_witihn` does not end with an operator | did you mean `file_path_within`?",
        ),
        (
            "{ content_sizelt: 3 }",
            "unknown-operator at `content_sizelt`: `content_sizelt` does not end with an operator | did you mean `content_size_lt`?",
        ),
        ("{ al: [{ a_eq: 1 }] }", "unknown-operator at `al`: `al` does not end with an operator | did you mean `all`?"),
        (
            "{ within: /a }",
            "unknown-operator at `within`: the operator `within` has no parameter before it | put the parameter's name in front: `path_within`",
        ),
        (
            "{ _eq: 1 }",
            "unknown-operator at `_eq`: the operator `eq` has no parameter before it | put the parameter's name in front: `path_eq`",
        ),
        (
            "{ .a_eq: 1 }",
            "bad-parameter at `.a_eq`: `.a` is not a parameter's name | dots stand between names: `options.depth_eq`",
        ),
    ] {
        assert_eq!(refused(text), said);
    }
    assert!(refused("{ path: /a }").contains("`path_eq` compares for equality"), "{}", refused("{ path: /a }"));
}

#[cfg(not(feature = "shell"))]
#[test]
fn an_operator_that_a_feature_brings_names_the_feature() {
    let said = refused("{ command_runs_only: [ls] }");
    assert!(said.contains("build with the feature `shell`"), "{said}");
}

#[test]
fn an_operator_of_a_feature_that_is_left_out_names_the_feature() {
    for operator in crate::cel::functions::absent_operators() {
        let said = refused(&format!("{{ a_{operator}: [x] }}"));
        assert!(said.starts_with(&format!("unavailable-operator at `a_{operator}`")), "{said}");
        assert!(said.contains("needs the feature `"), "{said}");
    }
}

#[test]
fn a_key_of_any_length_is_read_or_refused() {
    assert!(refused(&format!("{{ {}: 1 }}", "a_".repeat(400))).contains("unknown-operator"));
    let deep = |levels: usize| format!("{{ {}_eq: 1 }}", vec!["a"; levels].join("."));
    assert!(refused(&deep(400)).contains("the parameter stands 400 levels deep; at most 64 are allowed"));
    assert_eq!(holds(&deep(64), "{}"), None);
}

#[test]
fn empty_conditions_and_combinators_are_refused() {
    for (text, said) in [
        ("{}", "empty-condition at `{}`"),
        ("{ any: [] }", "empty-condition at `[]`"),
        ("{ all: [] }", "empty-condition at `[]`"),
        ("{ not: {} }", "empty-condition at `{}`"),
        ("{ any: [{}] }", "empty-condition at `{}`"),
        (
            "{ any: { a_eq: 1 } }",
            "bad-operand at `{ a_eq: 1 }`: `any` takes a list of maps of tests | write `any: [{ … }",
        ),
        ("{ or: [{ a_eq: 1 }] }", "unknown-operator at `or`: `or` does not end with an operator | `any` is the word"),
        ("{ not: [{ a_eq: 1 }] }", "bad-operand at `[{ a_eq: 1 }]`"),
        ("{ any: [a_eq] }", "bad-operand at `a_eq`"),
    ] {
        assert!(refused(text).starts_with(said), "{text}: {}", refused(text));
    }
}

/// Operands that are refused, and what is said of each.
const REFUSED: &[(&str, &str)] = &[
    (
        "{ a_eq: [1] }",
        "bad-operand at `[1]`: the value must be one value, not a list | to compare with each value of a list, use `_in` or `_not_in`",
    ),
    ("{ a_eq: { b: 1 } }", "bad-operand at `{ b: 1 }`: the value must be one value, not a map"),
    ("{ a_in: main }", "bad-operand at `main`: the value must be a list, not text"),
    ("{ a_in: [] }", "bad-operand at `[]`: the list is empty"),
    ("{ a_in: [x, 1] }", "bad-operand at `1`: the values of the list are of different types"),
    ("{ a_lt: many }", "bad-operand at `many`: the text `many` is no number, size, duration or timestamp"),
    ("{ a_lt: '3' }", "bad-operand at `'3'`: the text `3` is no number, size, duration or timestamp | write a number"),
    ("{ a_lt: 5M }", "bad-operand at `5M`: the text `5M` is no number, size, duration or timestamp"),
    (
        "{ a_lt: 10kib }",
        "bad-operand at `10kib`: the text `10kib` is no number, size, duration or timestamp | did you mean `10KiB`?",
    ),
    ("{ a_lt: true }", "bad-operand at `true`: the value must be a number, a size, a duration or a timestamp"),
    ("{ a_lt: .inf }", "bad-operand at `.inf`"),
    ("{ a_size_lt: -1 }", "bad-operand at `-1`"),
    ("{ a_size_lt: 1.5 }", "bad-operand at `1.5`"),
    ("{ a_size_lt: 30s }", "bad-operand at `30s`"),
    ("{ a_size_lt: 10 KiB }", "bad-operand at `10 KiB`: `10 KiB` is not a size | write `10KiB`"),
    ("{ a_prefix: '' }", "bad-operand at `''`: the text is empty"),
    (
        "{ a_suffix: 7 }",
        "bad-operand at `7`: the value must be text, not a number | put it in quotes if text is meant: `\"7\"`",
    ),
    ("{ a_contains: }", "bad-operand at ``: the value must be text, not nothing"),
    ("{ a_matches: '(' }", "bad-operand at `'('`"),
    ("{ a_glob: '[a' }", "bad-operand at `'[a'`"),
    ("{ a_exists: 'true' }", "bad-operand at `'true'`: the value must be `true` or `false`, not text | write `true`"),
    (
        "{ a_size_lt: [10] }",
        "bad-operand at `[10]`: the value must be a whole number or a size such as `10KiB`, not a list | write the one value without brackets: `10`",
    ),
    (
        "{ a_glob: '/a/**/*.rs' }",
        "bad-operand at `'/a/**/*.rs'`: `/a/**/*.rs` is a glob over paths, and `glob` compares text | write the expression `path(params.a).matches('/a/**/*.rs')`",
    ),
    (
        "{ a_glob: '/a/**' }",
        "bad-operand at `'/a/**'`: `/a/**` is a glob over paths, and `glob` compares text | write `a_within: /a`",
    ),
    ("{ a_runs_only: [] }", "bad-operand at `[]`: the list is empty, so the test never holds | list at least one"),
    ("{ a_runs_only: [''] }", "bad-operand at `''`: the text is empty"),
    ("{ a_runs_only: { a: b } }", "bad-operand at `{ a: b }`: the value must be text, not a map | write one text"),
    (
        "{ a_runs_any: ['sudo *'] }",
        "bad-operand at `'sudo *'`: `sudo *` holds what a shell would expand; leave that out: `sudo` stands for every `sudo …`",
    ),
    (
        "{ a_lt: 5min }",
        "bad-operand at `5min`: the text `5min` is no number, size, duration or timestamp | did you mean `5m`?",
    ),
    ("{ a_exists: yes }", "bad-operand at `yes`: the value must be `true` or `false`, not text"),
    ("{ a_within: workspace }", "bad-operand at `workspace`: `workspace` is not an absolute path"),
    ("{ a_within: [/a, b] }", "bad-operand at `b`: `b` is not an absolute path"),
    ("{ a_within: [] }", "bad-operand at `[]`: the list is empty"),
    ("{ a_in_cidr: 10.0.0.0 }", "bad-operand at `10.0.0.0`: `10.0.0.0` is not a network in CIDR notation"),
    (
        "{ a_in_cidr: 10.1.0.0/8 }",
        "bad-operand at `10.1.0.0/8`: `10.1.0.0/8` has bits set beyond its prefix | did you mean `10.0.0.0/8`?",
    ),
];

#[test]
fn words_of_other_languages_name_the_operator_that_is_meant() {
    for (text, help) in [
        (
            "{ path_startswith: /workspace }",
            "`path_prefix` is the word here, or `path_within` for a path below a directory",
        ),
        ("{ name_ends_with: x }", "`name_suffix` is the word here"),
        ("{ name_regex: x }", "`name_matches` is the word here"),
    ] {
        assert!(refused(text).ends_with(help), "{text}: {}", refused(text));
    }
}

#[test]
fn operands_are_checked_when_the_policy_loads() {
    for (text, said) in REFUSED {
        assert!(refused(text).starts_with(said), "{text}: {}", refused(text));
        assert!(refused(text).contains(" | ") || refused(text).contains("; "), "no way out: {}", refused(text));
    }
}

#[test]
fn all_mistakes_of_a_map_are_reported() {
    let (parsed, _) = lowered("{ a_witihn: 1, b_in: [], any: [{ c_lt: x }, { d_within: e }] }", None);
    assert_eq!(parsed.diagnostics.len(), 4);
}

#[test]
fn an_expression_is_compiled_in_place() {
    let text = "condition: \"size(params.a) < nothing\"";
    let mut sources = Sources::default();
    let source = sources.add("policy.yaml", text);
    let node = yaml::parse(source, text).value.unwrap();
    let scalar = node.get("condition").unwrap().as_scalar().unwrap().clone();
    let parsed = lower(&ConditionDocument::Expression(scalar), &Environment::policy(), None);
    assert!(parsed.value.is_none());
    assert_eq!(sources.text(parsed.diagnostics[0].span().unwrap()), "nothing");
}

/// The shipped policies, each with its tests.
const SHIPPED: &[(&str, &str)] = &[
    (include_str!("../../policies/system-baseline.yaml"), include_str!("../../policies/system-baseline.test.yaml")),
    (
        include_str!("../../policies/personal-permissive.yaml"),
        include_str!("../../policies/personal-permissive.test.yaml"),
    ),
    (include_str!("../../policies/team-moderate.yaml"), include_str!("../../policies/team-moderate.test.yaml")),
    (
        include_str!("../../policies/enterprise-restrictive.yaml"),
        include_str!("../../policies/enterprise-restrictive.test.yaml"),
    ),
];

fn document<T>(load: fn(crate::source::SourceId, &str, Limits) -> Parsed<Option<T>>, text: &str) -> T {
    let source = Sources::default().add("shipped", text);
    let parsed = load(source, text, Limits::default());
    assert!(parsed.diagnostics.is_empty(), "{:?}", parsed.diagnostics);
    parsed.value.unwrap()
}

/// What a rule's condition comes to over the calls of a suite that its entry matches.
fn outcomes(pattern: &NamePattern, rule: &RuleDocument, suite: &SuiteDocument) -> Vec<Option<bool>> {
    let parsed = lower(&rule.condition, &Environment::policy(), None);
    assert!(parsed.diagnostics.is_empty(), "{:?}", parsed.diagnostics);
    let expr = parsed.value.unwrap();
    let empty = Json::Object(Object::default());
    let calls = suite.tests.iter().filter(|test| pattern.matches(&test.call.value));
    let outcome = |params| match eval(&expr, &Params(params)) {
        Ok(Value::Bool(value)) => Some(value),
        _ => None,
    };
    calls.map(|test| outcome(test.params.as_ref().map_or(&empty, |params| &params.value))).collect()
}

#[test]
fn shipped_suites_reach_every_outcome_of_every_condition() {
    let mut missing = Vec::new();
    for (policy, suite) in SHIPPED {
        let (policy, suite) = (document(load_policy, policy), document(load_suite, suite));
        for (pattern, entry) in &policy.capabilities {
            let matcher = NamePattern::parse(&pattern.value).unwrap();
            for rule in &entry.rules {
                let outcomes = outcomes(&matcher, rule, &suite);
                // Whether a parameter is there is never unknown.
                let existence =
                    matches!(&rule.condition, ConditionDocument::Map(node) if node.get("bcc_exists").is_some());
                for outcome in [Some(true), Some(false), None] {
                    let reached = outcomes.contains(&outcome) || (existence && outcome.is_none());
                    if !reached {
                        missing.push(format!("{}: {}: {outcome:?}", policy.name.value, pattern.value));
                    }
                }
            }
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
}

#[test]
fn the_catalog_knows_every_capability_that_shipped_suites_call() {
    let text = include_str!("../../policies/kruxos.catalog.yaml");
    let source = Sources::default().add("catalog", text);
    let catalog = Catalog::compile(&load_catalog(source, text, Limits::CATALOG).value).value;
    // Names that do not exist yet, which no policy may open.
    let invented = [
        "robot.arm.move",
        "secrets.read_raw",
        "system.shutdown",
        "process.exec",
        "agent.create",
        "filesystem.chmod",
        "state.session.export",
    ];
    for (_, suite) in SHIPPED {
        for test in document(load_suite, suite).tests {
            let known = catalog.get(&test.call.value).is_some();
            assert!(known || invented.contains(&test.call.value.as_str()), "{}", test.call.value);
        }
    }
}
