//! What an author is told of a mistake: each kind of finding has an example that has it and nothing else, and one mistake
//! is one finding.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::string_slice)]

use std::collections::BTreeSet;

use kruxos_policy::diagnostic::kinds::{self, Example, Kind, Part};
use kruxos_policy::diagnostic::{Diagnostic, Severity};
use kruxos_policy::source::Sources;
use kruxos_policy::yaml::Limits;
use kruxos_policy::{Loader, document, lint};

/// A finding: code, line in its file, message.
type Found = (&'static str, u32, String);

fn found(diagnostics: &[Diagnostic], sources: &Sources) -> Vec<Found> {
    let line = |one: &Diagnostic| one.span().map_or(0, |span| sources.position(span).line);
    diagnostics.iter().map(|one| (one.code, line(one), one.message.clone())).collect()
}

/// Everything that `lint` says of a policy beside others; what only says that there is no catalog is left out.
fn policy(text: &str, beside: &[&str], catalog: Option<&str>) -> Vec<Found> {
    let mut loader = Loader::new().policy("policy.yaml", text);
    for (at, other) in beside.iter().enumerate() {
        loader = loader.policy(format!("{at}.yaml"), *other);
    }
    if let Some(catalog) = catalog {
        loader = loader.catalog("catalog.yaml", catalog);
    }
    let loaded = loader.load();
    let mut diagnostics = loaded.diagnostics;
    diagnostics.extend(loaded.set.iter().flat_map(lint::check));
    diagnostics.retain(|one| one.code != "no-catalog");
    found(&diagnostics, &loaded.sources)
}

fn suite(text: &str) -> Vec<Found> {
    let mut sources = Sources::default();
    let id = sources.add("policy.test.yaml", text);
    found(&document::load_suite(id, text, Limits::default()).diagnostics, &sources)
}

fn catalog(text: &str) -> Vec<Found> {
    let loaded = Loader::new().catalog("catalog.yaml", text).load();
    found(&loaded.diagnostics, &loaded.sources)
}

/// The findings on a text that is this part of a file, by the lines of the text.
fn findings(part: Part, text: &str, beside: &[&str]) -> Vec<Found> {
    let file = part.file(text);
    let mut found = match part {
        Part::Suite => suite(&file),
        Part::Catalog | Part::Schema => catalog(&file),
        Part::Policy | Part::Entries | Part::Condition => policy(&file, beside, None),
    };
    let before = u32::try_from(part.frame().0.lines().count()).unwrap();
    found.iter_mut().for_each(|(_, line, _)| *line = line.saturating_sub(before));
    found
}

fn check(kind: &Kind, example: &Example) -> Result<(), String> {
    let bad = findings(example.part, example.bad, example.beside);
    let one = matches!(bad.as_slice(), [(code, line, _)] if *code == kind.code && *line == example.line);
    let good = findings(example.part, example.good, example.beside);
    let wrong = format!("{}: {bad:?} in\n{}\n{good:?} in\n{}", kind.code, example.bad, example.good);
    if one && good.is_empty() { Ok(()) } else { Err(wrong) }
}

#[test]
fn each_example_has_its_finding_alone_and_the_mended_one_has_none() {
    let examples = kinds::all().filter_map(|kind| Some((kind, kind.example.as_ref()?)));
    let wrong: Vec<String> = examples.filter_map(|(kind, example)| check(kind, example).err()).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn codes_are_distinct_and_every_kind_has_its_page() {
    let mut codes: BTreeSet<&str> = lint::LINTS.iter().map(|lint| lint.code).collect();
    let page = lint::page();
    for kind in kinds::all() {
        assert!(codes.insert(kind.code), "`{}` is there twice", kind.code);
        assert!(kind.code.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-'), "{}", kind.code);
        assert!(kind.severity != Severity::Advice || kind.example.is_none(), "{}", kind.code);
        assert!(page.contains(&format!("\n## {}\n\nSeverity", kind.code)), "{}", kind.code);
    }
}

/// A mistake, and the code that it is told by. Each is the only one in its text; a name that is misspelt in two places is
/// two findings, because each place has to be mended.
const MISTAKES: &[(Part, &str, &str)] = &[
    (Part::Condition, "{ path_prefix: ~/.ssh }", "dead-path-value"),
    (Part::Condition, "{ path_prefix: $HOME/x }", "dead-path-value"),
    (Part::Condition, "{ path_prefix: $worksapce/x }", "dead-path-value"),
    (Part::Condition, "{ path_within: $HOME/x }", "bad-operand"),
    (Part::Condition, "{ path_within: $worksapce/x }", "bad-operand"),
    (Part::Condition, "{ path_within: ~/x }", "bad-operand"),
    (Part::Condition, "{ path_within: src }", "bad-operand"),
    (Part::Condition, "{ path_within: [/a, src] }", "bad-operand"),
    (Part::Condition, "{ path_eq: ~/.ssh }", "dead-path-value"),
    (Part::Condition, "{ path_eq: $HOME/.ssh }", "dead-path-value"),
    (Part::Condition, "{ path_in: [/etc/passwd, $HOME/.ssh] }", "dead-path-value"),
    (Part::Condition, "{ path_in: [/etc/passwd, ~/.ssh/id] }", "dead-path-value"),
    (Part::Condition, "{ path_glob: ~/.ssh/* }", "dead-path-value"),
    (Part::Condition, "{ path_glob: $HOME/.ssh/* }", "dead-path-value"),
    (Part::Condition, "{ path_glob: \"**/.env\" }", "bad-operand"),
    (Part::Condition, "{ path_prefix: \"**/.env\" }", "dead-path-value"),
    (Part::Condition, "{ path_contains: /.ssh/ }", "text-test-on-path"),
    (Part::Condition, "{ path_matches: \"^/etc\" }", "text-test-on-path"),
    (Part::Condition, "path(params.path).within('~/x')", "bad-argument"),
    (Part::Condition, "path(params.path).within('src')", "bad-argument"),
    (Part::Condition, "path(params.path).within('$HOME/x')", "bad-argument"),
    (Part::Condition, "params.path.startsWith('~/.ssh')", "dead-path-value"),
    (Part::Condition, "params.path.startsWith('/etc')", "text-test-on-path"),
    (Part::Condition, "params.path == '~/.ssh'", "dead-path-value"),
    (Part::Condition, "{ url_host_within: com }", "wide-host"),
    (Part::Condition, "{ url_host_in: [\"https://a.example\"] }", "bad-operand"),
    (Part::Condition, "{ url_host_within: \"*.a.example\" }", "bad-operand"),
    (Part::Condition, "{ ip_in_cidr: 10.0.0.1/8 }", "bad-operand"),
    (Part::Condition, "{ ip_in_cidr: 10.0.0.0/33 }", "bad-operand"),
    (Part::Condition, "{ command_eq: \"rm -rf /\" }", "text-test-on-command"),
    (Part::Condition, "{ command_contains: rm }", "text-test-on-command"),
    (Part::Condition, "{ command_in: [rm, sudo] }", "text-test-on-command"),
    (Part::Condition, "{ command_matches: \"^rm( |$)\" }", "text-test-on-command"),
    (Part::Condition, "{ command_runs_only: [eval] }", "dead-command"),
    (Part::Condition, "{ command_runs_only: [\"git *\"] }", "bad-operand"),
    (Part::Condition, "{ command_runs_any: [rm] }", "permits-by-example"),
    (Part::Condition, "{ not: { path_within: /etc } }", "permits-by-exclusion"),
    (Part::Condition, "{ context.role_eq: admin }", "not-a-parameter"),
    (Part::Condition, "{ agent_eq: deploy-bot }", "not-a-parameter"),
    (Part::Condition, "{ name_matches: \"^abc\" }", "needless-regex"),
    (Part::Condition, "{ name_matches: \"(abc\" }", "bad-operand"),
    (Part::Condition, "{ name_glob: \"[abc\" }", "bad-operand"),
    (Part::Condition, "{ n_lt: 5, n_gt: 5 }", "impossible-condition"),
    (Part::Condition, "{ n_lt: many }", "bad-operand"),
    (Part::Condition, "{ content_size_lt: 10KB }", ""),
    (Part::Condition, "{ content_size_lt: 10 kilo }", "bad-operand"),
    (Part::Condition, "{ content_size_lt: -1 }", "bad-operand"),
    (Part::Condition, "{ a_exists: yes }", "bad-operand"),
    (Part::Condition, "{ a_in: b }", "bad-operand"),
    (Part::Condition, "{ a_in: [] }", "bad-operand"),
    (Part::Condition, "{ any: { a_eq: b } }", "bad-operand"),
    (Part::Condition, "{ any: [] }", "empty-condition"),
    (Part::Condition, "{ not: [{ a_eq: b }] }", "bad-operand"),
    (Part::Condition, "{ or: [{ a_eq: b }] }", "unknown-operator"),
    (Part::Condition, "{ a_equals: b }", "unknown-operator"),
    (Part::Condition, "{ _eq: b }", "unknown-operator"),
    (Part::Condition, "{ options..depth_eq: b }", "bad-parameter"),
    (Part::Condition, "params.a = 3", "expression-syntax"),
    (Part::Condition, "params.a == 3 and params.b == 4", "expression-syntax"),
    (Part::Condition, "params.a == 3 &&", "expression-syntax"),
    (Part::Condition, "(params.a == 3", "expression-syntax"),
    (Part::Condition, "params.a == 'b", "expression-syntax"),
    (Part::Condition, "param.a == 3", "unknown-variable"),
    (Part::Condition, "parms.a == 3 && parms.a != 5", "unknown-variable unknown-variable"),
    (Part::Condition, "params.a.beginsWith('b')", "unknown-function"),
    (Part::Condition, "size(params.a) < '3'", "type-mismatch"),
    (Part::Condition, "size(params.a)", "condition-not-bool"),
    (Part::Condition, "size(params.a) == 3 == true == 4", "type-mismatch"),
    (Part::Condition, "params.a == {'x': 1}", "unknown-operator"),
    (Part::Condition, "params.a == {'x': 1, 'y': 2}", "yaml-syntax"),
    (Part::Condition, "params.a ? params.b : params.c", "unknown-operator"),
    (Part::Entries, "a.b: { tier: deny }", "unknown-tier"),
    (Part::Entries, "a.b: { tier: notfy }", "unknown-tier"),
    (Part::Entries, "a.b: { teir: notify }", "unknown-key"),
    (Part::Entries, "a.b: { effect: allow }", "unknown-key"),
    (Part::Entries, "a.b: { teir: notify, relaxable_to: autonomous }", "unknown-key"),
    (Part::Entries, "a.b: { tier: deny, rate_limit: { max: 5, window: 1h } }", "unknown-tier"),
    (Part::Entries, "a.b: { tier: notify, rules: [{ condtion: { n_gt: 5 }, tier: blocked }] }", "unknown-key"),
    (Part::Entries, "a.b: { tier: notify, rules: [{ when: { n_gt: 5 }, tier: blocked }] }", "unknown-key"),
    (Part::Entries, "a.b: { tier: notify, rate_limit: { limit: 5, window: 1h } }", "unknown-key"),
    (Part::Entries, "a.b: { tier: notify, rate_limit: { max: 5, windw: 1h } }", "unknown-key"),
    (Part::Entries, "a.b: notify", "wrong-type"),
    (Part::Entries, "a.b:", "missing-value"),
    (Part::Entries, "a.b: {}", "silent-entry"),
    (Part::Entries, "a..b: { tier: notify }", "bad-pattern"),
    (Part::Entries, "\"a.[b\": { tier: notify }", "bad-pattern"),
    (Part::Entries, "a.b: { tier: notify, rules: [] }", "empty-list"),
    (Part::Entries, "a.b: { tier: notify, rules: [{ tier: blocked }] }", "missing-key"),
    (Part::Entries, "a.b: { tier: notify, rules: [{ condition: { n_gt: 5 } }] }", "missing-key"),
    (Part::Entries, "a.b: { tier: notify, rules: { condition: { n_gt: 5 }, tier: blocked } }", "wrong-type"),
    (Part::Entries, "a.b: { tier: notify, condition: { n_gt: 5 } }", "unknown-key"),
    (Part::Entries, "a.b: { tier: notify, relaxable_to: blocked }", "relaxable-to-stricter"),
    (Part::Entries, "a.b: { tier: notify, relaxable_to: notify }", "needless-relaxable"),
    (Part::Entries, "a.b: { tier: notify, rate_limit: { max: 5 } }", "missing-key"),
    (Part::Entries, "a.b: { tier: notify, rate_limit: { max: many, window: 1h } }", "wrong-type"),
    (Part::Entries, "a.b: { tier: notify, rate_limit: { max: 5, window: hour } }", "invalid-duration"),
    (
        Part::Entries,
        "a.b: { tier: notify, rate_limit: { max: 5, window: 1h, on_exceed: autonomous } }",
        "on-exceed-not-stricter",
    ),
    (Part::Entries, "a.b: { tier: notify, rate_limit: { max: 5, window: 1h, per: user } }", "unknown-variable"),
    (Part::Entries, "a.b: { tier: notify, rate_limit: { max: 5, window: 1h, per: agent + params.to } }", "joined-key"),
    (Part::Entries, "a.b: { tier: blocked, rate_limit: { max: 5, window: 1h } }", "on-exceed-not-stricter"),
    (Part::Entries, "a.b: { tier: notify, rate_limit: 5 }", "wrong-type"),
    (Part::Entries, "a.b: { tier: notify, approval: { expires: tomorrow } }", "invalid-duration"),
    (Part::Entries, "a.b: { tier: notify\nc.d: { tier: notify }", "yaml-syntax"),
    (Part::Entries, "a.b: { tier: notify }\n c.d: { tier: notify }", "yaml-syntax"),
    (Part::Entries, "a.b: { tier: notify }\n\tc.d: { tier: notify }", "yaml-syntax"),
    (Part::Entries, "a.b: { tier: notify }\nc.d { tier: notify }", "wrong-type"),
    (Part::Entries, "a.b: { tier: notify }\nc.d:{ tier: notify }", "wrong-type"),
    (Part::Suite, "tests: [{ name: n, agent: a, capability: b.c, expect: notify }]", "unknown-key"),
    (Part::Suite, "tests: [{ name: n, agent: a, call: b.c, tier: notify }]", "unknown-key"),
    (Part::Entries, "*: { tier: notify }", "yaml-alias"),
    (Part::Entries, "a.b: { tier: notify, reason: it: is }", "yaml-syntax"),
];

#[test]
fn one_mistake_is_one_finding() {
    let told = |part: Part, text: &str| -> Vec<Found> { findings(part, text, &[]) };
    let mut wrong = Vec::new();
    for (part, text, codes) in MISTAKES {
        let found = told(*part, text);
        let all: Vec<&str> = found.iter().map(|(code, ..)| *code).collect();
        if all.join(" ") != *codes {
            let each: Vec<String> =
                found.iter().map(|(code, line, message)| format!("  {line} {code}: {message}")).collect();
            wrong.push(format!("{text}: expected {codes}\n{}", each.join("\n")));
        }
    }
    assert!(wrong.is_empty(), "{}\n{} of {}", wrong.join("\n"), wrong.len(), MISTAKES.len());
}

/// Parts of a limit, each with a mistake of its own.
const PARTS: [(&str, &str); 4] = [
    ("max: none", "wrong-type"),
    ("window: hour", "invalid-duration"),
    ("per: user", "unknown-variable"),
    ("on_exceed: autonomous", "on-exceed-not-stricter"),
];

#[test]
fn all_mistakes_of_one_limit_are_told_in_one_run() {
    let right = ["max: 5", "window: 1h", "per: agent", "on_exceed: blocked"];
    for wrong in 0..1_u32 << PARTS.len() {
        let chosen = |at: usize| wrong & (1 << at) != 0;
        let parts: Vec<&str> = (0..PARTS.len()).map(|at| if chosen(at) { PARTS[at].0 } else { right[at] }).collect();
        let expected: BTreeSet<&str> = (0..PARTS.len()).filter(|at| chosen(*at)).map(|at| PARTS[at].1).collect();
        let on_entry = format!("a.b: {{ tier: notify, rate_limit: {{ {} }} }}", parts.join(", "));
        let on_rule = format!(
            "a.b: {{ rules: [{{ condition: {{ n_gt: 5 }}, tier: notify, rate_limit: {{ {} }} }}] }}",
            parts.join(", ")
        );
        for text in [on_entry, on_rule] {
            let found = findings(Part::Entries, &text, &[]);
            let codes: BTreeSet<&str> = found.iter().map(|(code, ..)| *code).collect();
            assert_eq!((codes, found.len()), (expected.clone(), expected.len()), "{text}: {found:?}");
        }
    }
}
