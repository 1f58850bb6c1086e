//! Policies that load and do not say what their authors mean: lint warns of each.
#![cfg(all(feature = "shell", feature = "sql", feature = "url"))]
#![allow(clippy::print_stdout, clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use kruxos_policy::diagnostic::Severity;
use kruxos_policy::{Loader, lint, shipped};
use serde_json::Value;

/// The codes of what a policy is warned of.
fn warned(policy: &str, catalog: bool) -> Vec<&'static str> {
    let mut loader = Loader::new().policy("case.yaml", policy);
    if catalog {
        loader = loader.catalog("kruxos.catalog.yaml", shipped::CATALOG);
    }
    let loaded = loader.load();
    let found = loaded.set.as_ref().map(lint::check).unwrap_or_default();
    let all = loaded.diagnostics.iter().chain(&found);
    all.filter(|finding| finding.severity >= Severity::Warning).map(|finding| finding.code).collect()
}

#[test]
fn every_mistake_of_the_corpus_is_warned_of() {
    let path = format!("{}/tests/corpus/careful/lint.jsonl", env!("CARGO_MANIFEST_DIR"));
    let cases: Vec<Value> =
        std::fs::read_to_string(path).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let mut silent = Vec::new();
    for case in &cases {
        let codes = warned(case["file"].as_str().unwrap(), case["catalog"] == true);
        println!("{}: {codes:?}", case["id"]);
        if codes.is_empty() {
            silent.push(case["id"].as_str().unwrap());
        }
    }
    assert!(silent.is_empty(), "lint says nothing of {silent:?}");
}

/// The warnings of a policy of one entry.
fn of_entry(capability: &str, body: &str, catalog: bool) -> Vec<&'static str> {
    let text = format!("name: p\nversion: '1'\ndefaults: {{ tier: notify }}\ncapabilities:\n  {capability}:\n{body}");
    warned(&text, catalog)
}

/// The warnings of a rule with this tier in an entry whose own tier is `approval_required`.
fn of_rule(condition: &str, tier: &str) -> Vec<&'static str> {
    let body = format!("    rules:\n      - {{ condition: {condition}, tier: {tier} }}\n    tier: approval_required\n");
    of_entry("x.y", &body, false)
}

/// A code, a rule's tier and a condition that it is found in.
const SIBLINGS: &[(&str, &str, &str)] = &[
    ("text-test-on-command", "blocked", "{ command_eq: 'rm -rf /' }"),
    ("text-test-on-command", "blocked", "{ command_glob: 'rm *' }"),
    ("text-test-on-command", "blocked", "{ cmd_suffix: '| sh' }"),
    ("text-test-on-command", "autonomous", "{ command_prefix: 'git ' }"),
    ("text-test-on-command", "blocked", "\"params.command.lowerAscii().contains('rm')\""),
    ("text-test-on-command", "blocked", "\"params.command.split(' ')[0] == 'rm'\""),
    ("text-test-on-command", "blocked", "\"'rm' in params.command.split(' ')\""),
    ("text-test-on-command", "blocked", "\"params.options.cmd.contains('rm')\""),
    ("dead-path-value", "blocked", "{ path_eq: ~/.netrc }"),
    ("dead-path-value", "blocked", "{ path_in: [/etc/shadow, /etc/ssl/] }"),
    ("dead-path-value", "blocked", "{ file_suffix: '**/.env' }"),
    ("dead-path-value", "blocked", "\"path(params.path).extension() == '.md'\""),
    ("dead-path-value", "blocked", "\"path(params.path).name() in ['a/b', 'c']\""),
    ("dead-path-value", "blocked", "\"params.path == '/etc/../root'\""),
    ("text-test-on-path", "autonomous", "{ path_glob: '/workspace/*' }"),
    ("text-test-on-path", "autonomous", "\"params.path.startsWith('/workspace/')\""),
    ("dead-command", "autonomous", "{ command_runs_only: [ls, source] }"),
    ("dead-command", "autonomous", "{ command_runs_only: [time, ls] }"),
    ("dead-command", "blocked", "{ command_runs_any: ['if', rm] }"),
    ("open-command", "autonomous", "{ command_runs_only: [python3] }"),
    ("open-command", "autonomous", "{ command_runs_only: [bash], command_writes_within: /ws }"),
    ("open-command", "autonomous", "{ command_runs_only: ['node -e'] }"),
    ("open-command", "autonomous", "{ command_runs_only: [psql -c] }"),
    ("open-command", "autonomous", "{ command_runs_only: [mysql -e] }"),
    ("open-command", "autonomous", "{ command_runs_only: [docker exec] }"),
    ("open-command", "autonomous", "{ command_runs_only: [docker exec web] }"),
    ("open-command", "autonomous", "{ command_runs_only: [docker compose exec] }"),
    ("open-command", "autonomous", "{ command_runs_only: [kubectl exec] }"),
    ("open-command", "autonomous", "{ command_runs_only: [ssh] }"),
    ("open-command", "autonomous", "{ command_runs_only: ['sed -e'] }"),
    ("open-command", "autonomous", "{ command_runs_only: ['git -c'] }"),
    ("not-a-parameter", "autonomous", "{ context.labels.team_eq: ops }"),
    ("not-a-parameter", "autonomous", "{ agent_in: [a, b] }"),
    ("not-a-parameter", "autonomous", "{ any: [{ capability_eq: x.y }, { a_eq: 1 }] }"),
    ("permits-by-example", "autonomous", "{ command_runs_any: [ls, git] }"),
    ("permits-by-example", "autonomous", "\"shell(params.command).runs_any(['ls']) && size(params.command) < 9\""),
    ("permits-by-exclusion", "autonomous", "{ not: { path_within: $workspace/secrets } }"),
    ("permits-by-exclusion", "autonomous", "{ not: { url_host_within: internal.example.com } }"),
    ("permits-by-exclusion", "autonomous", "{ not: { command_runs_any: [rm, sudo] } }"),
    ("permits-by-exclusion", "autonomous", "{ not: { any: [{ path_within: /etc }, { path_within: /root }] } }"),
    ("permits-by-names", "autonomous", "\"!('rm' in shell(params.command).programs())\""),
    ("permits-by-names", "notify", "\"!shell(params.command).programs().exists(p, p == 'rm' || p == 'dd')\""),
    ("permits-by-names", "autonomous", "\"shell(params.command).programs().all(p, p != 'rm')\""),
    ("permits-by-names", "autonomous", "\"shell(params.command).programs().all(p, !(p in ['rm', 'dd']))\""),
    ("permits-by-names", "autonomous", "\"shell(params.command).commands().all(words, words[0] != 'rm')\""),
    ("permits-by-names", "autonomous", "\"!shell(params.command).commands().exists(c, c[0] == 'git' && 'push' in c)\""),
    ("permits-by-names", "autonomous", "\"shell(params.command).programs().filter(p, p == 'rm').size() == 0\""),
    ("permits-by-names", "autonomous", "\"shell(params.command).programs() == ['make']\""),
    ("permits-by-names", "autonomous", "\"'git' in shell(params.command).programs()\""),
    ("permits-by-names", "autonomous", "\"shell(params.command).programs().all(p, p in ['git', 'ls'])\""),
    ("permits-by-names", "autonomous", "\"params.a == 'b' && !('rm' in shell(params.command).programs())\""),
    ("wide-host", "autonomous", "{ url_host_within: [example.com, co.uk] }"),
    ("wide-host", "autonomous", "\"url(params.url).host_within('github.io')\""),
    ("blocks-one-spelling", "blocked", "{ branch_eq: main }"),
    ("differs-in-case", "autonomous", "{ method_in: [GET, get] }"),
    ("text-test-on-path", "blocked", "{ path_contains: secret }"),
    ("text-test-on-path", "blocked", "{ path_suffix: .env }"),
    ("text-test-on-path", "blocked", "{ path_matches: 'secrets?' }"),
    ("text-test-on-path", "autonomous", "\"params.options.file_path.endsWith('.md')\""),
    ("text-test-on-url", "autonomous", "{ url_contains: example.com }"),
    ("text-test-on-url", "autonomous", "{ url_prefix: 'https://example.com' }"),
    ("text-test-on-url", "autonomous", "\"params.uri.matches('^https://example.com')\""),
    ("text-test-on-url", "blocked", "{ url_prefix: 'https://evil.com/' }"),
    ("text-test-on-url", "blocked", "{ url_glob: 'https://evil.com/*' }"),
    ("text-test-on-url", "autonomous", "{ not: { url_prefix: 'https://evil.com/' }, a_eq: b }"),
    ("text-test-on-url", "blocked", "\"params.a == 'x' || params.url.contains('evil.com')\""),
    ("unknown-command-word", "blocked", "{ command_runs_any: [git puhs] }"),
    ("unknown-command-word", "blocked", "{ command_runs_any: [rm, git push --froce] }"),
    ("unknown-command-word", "blocked", "{ command_runs_any: [kubectl dlete] }"),
    ("unknown-command-word", "blocked", "{ command_runs_any: [sduo] }"),
    ("unknown-command-word", "blocked", "{ command_runs_any: [sudo git puhs] }"),
    ("unknown-command-word", "autonomous", "{ command_runs_only: [git statsu, ls] }"),
    ("unknown-command-word", "autonomous", "{ command_runs_only: [cargo tset] }"),
    ("unknown-command-word", "autonomous", "\"shell(params.command).runs_exactly(['git statsu'])\""),
    ("impossible-condition", "autonomous", "\"!has(params.a) && params.a.startsWith('x')\""),
    ("value-never-given", "blocked", "\"url(params.url).host() == 'Example.com'\""),
    ("value-never-given", "blocked", "\"url(params.url).host() in ['example.com', 'example.org.']\""),
    ("value-never-given", "blocked", "\"url(params.url).host() == 'example.com:8080'\""),
    ("value-never-given", "blocked", "\"url(params.url).host().endsWith('.Example.com')\""),
    ("value-never-given", "blocked", "\"url(params.url).scheme() != 'https:'\""),
    ("value-never-given", "blocked", "\"params.m.lowerAscii() == 'GET'\""),
    ("value-never-given", "blocked", "\"sql(params.q).statements() == ['SELECT']\""),
    ("value-never-given", "blocked", "\"'Drop' in sql(params.q).statements()\""),
    ("value-never-given", "blocked", "\"sql(params.q).statements().exists(s, s == 'drop table')\""),
    ("value-never-given", "blocked", "\"sql(params.q).statements().exists(s, s in ['drop', 'trunkate'])\""),
    ("value-never-given", "blocked", "\"'Users' in sql(params.q).tables()\""),
    ("value-never-given", "blocked", "\"sql(params.q).tables().exists(t, t.startsWith('HR.'))\""),
    ("value-never-given", "blocked", "\"'rm -rf' in shell(params.command).programs()\""),
    ("value-never-given", "blocked", "\"shell(params.command).programs().exists(p, p == 'git push')\""),
    ("value-never-given", "blocked", "\"url(params.url).port() == 80000\""),
    ("value-never-given", "blocked", "\"url(params.url).port() > 65535\""),
    ("value-never-given", "blocked", "\"now.getDayOfWeek() == 7\""),
    ("value-never-given", "blocked", "\"now.getDayOfWeek('Europe/Berlin') in [6, 7]\""),
    ("value-never-given", "blocked", "\"now.getMonth() == 12\""),
    ("value-never-given", "blocked", "\"now.getHours() >= 24 || now.getHours() < 6\""),
    ("misspelt-context", "autonomous", "\"context.workspce == params.dir\""),
    ("misspelt-context", "autonomous", "\"has(context.lables) && params.a == 'b'\""),
    ("misspelt-context", "autonomous", "\"context.lables.team == 'ops'\""),
    ("unknown-command-word", "blocked", "{ command_runs_any: [kubctl] }"),
    ("unknown-command-word", "blocked", "{ command_runs_any: [pyhton] }"),
    ("unknown-command-word", "blocked", "{ command_runs_any: [gti] }"),
    ("unknown-of-names", "blocked", "\"url(params.url).is_private()\""),
    ("unknown-of-names", "blocked", "\"params.a == 'b' || url(params.url).is_loopback()\""),
    ("unknown-of-names", "autonomous", "\"!url(params.url).is_private()\""),
    ("unknown-of-names", "autonomous", "\"url(params.url).is_global()\""),
];

#[test]
fn siblings_of_each_mistake_are_warned_of() {
    let silent = SIBLINGS.iter().map(|(code, tier, condition)| (code, of_rule(condition, tier), condition));
    let silent: Vec<_> = silent.filter(|(code, found, _)| !found.contains(code)).collect();
    assert!(silent.is_empty(), "{silent:#?}");
}

#[test]
fn what_is_meant_so_is_not_warned_of() {
    let rules = [
        ("blocked", "{ command_runs_any: [rm, sudo] }"),
        ("autonomous", "{ command_runs_only: [ls], command_writes_within: $workspace }"),
        ("autonomous", "{ command_runs_exactly: [git status] }"),
        ("blocked", "\"'rm' in shell(params.command).programs()\""),
        (
            "autonomous",
            "\"shell(params.command).runs_only(['ls', 'rm']) && !('rm' in shell(params.command).programs())\"",
        ),
        ("autonomous", "\"shell(params.command).runs_only(['ls']) && shell(params.command).programs().size() < 3\""),
        ("autonomous", "{ command_exists: true }"),
        ("autonomous", "{ path_within: $workspace, not: { path_within: $workspace/secrets } }"),
        ("blocked", "{ path_within: [/etc, /root] }"),
        ("blocked", "\"path(params.path).matches('/**/.env')\""),
        ("blocked", "\"path(params.path).extension() == 'md'\""),
        ("blocked", "{ url_host_within: ru }"),
        ("autonomous", "{ url_prefix: 'https://example.com/' }"),
        ("autonomous", "{ source_contains: newsletter }"),
        ("autonomous", "{ title_contains: secret }"),
        ("blocked", "\"sql(params.q).statements() == ['select'] || 'drop' in sql(params.q).statements()\""),
        ("blocked", "\"'Users' in sql(params.q, 'postgres').tables()\""),
        ("blocked", "\"'hr.users' in sql(params.q).tables()\""),
        ("blocked", "\"url(params.url).port() in [80, 443, 8080]\""),
        ("blocked", "\"now.getDayOfWeek() in [0, 6] || now.getHours() < 6 || now.getMonth() == 11\""),
        ("blocked", "\"duration(params.d).getHours() > 48\""),
        ("blocked", "\"context.role == 'admin' && context.labels.team == 'ops'\""),
        ("blocked", "\"url(params.url).is_metadata()\""),
        ("blocked", "\"isIP(url(params.url).host()) && ip(url(params.url).host()).is_private()\""),
        ("blocked", "\"params.a.startsWith('b') && isIP(url(params.url).host()) && url(params.url).is_private()\""),
        ("blocked", "\"url(params.url).host() == 'xn--bcher-kva.example'\""),
        ("blocked", "\"url(params.url).host() in ['::1', '127.0.0.1']\""),
        ("autonomous", "{ url_host_within: [example.com, localhost] }"),
        ("autonomous", "\"agent == 'ops'\""),
        ("autonomous", "{ method_in: [GET, HEAD] }"),
        ("autonomous", "\"size(has(params.a) ? params.a : '') < 5 && !has(params.a)\""),
        ("autonomous", "\"(has(params.a) && params.a == 'x' || params.b == 'y') && !has(params.a)\""),
    ];
    for (tier, condition) in rules {
        assert_eq!(of_rule(condition, tier), [""; 0], "{condition}");
    }
}

#[test]
fn an_order_in_which_a_stricter_rule_comes_too_late_is_warned_of() {
    let late = [
        ("unreachable-rule", "{ command_runs_any: [git] }", "{ command_runs_any: [git push --force] }"),
        ("unreachable-rule", "{ command_runs_only: [git, ls] }", "{ command_runs_only: [git log, ls] }"),
        ("unreachable-rule", "{ url_host_within: example.com }", "{ url_host_within: api.example.com }"),
        ("unreachable-rule", "{ url_host_within: example.com }", "{ url_host_in: example.com }"),
        ("unreachable-rule", "{ host_in_cidr: 10.0.0.0/8 }", "{ host_in_cidr: 10.1.0.0/16 }"),
        ("answered-before", "{ command_runs_only: [git, ls] }", "{ command_runs_any: [git push, rm] }"),
        ("answered-before", "{ command_runs_only: [git] }", "{ command_runs_exactly: [git push] }"),
        ("answered-before", "{ url_host_within: example.com }", "{ url_host_within: [example.org, api.example.com] }"),
    ];
    for (code, earlier, later) in late {
        let body = format!(
            "    rules:\n      - {{ condition: {earlier}, tier: autonomous }}\n      - {{ condition: {later}, tier: blocked }}\n    \
             tier: approval_required\n"
        );
        let found = of_entry("x.y", &body, false);
        assert!(found.contains(&code), "{code}: {found:?} for {earlier} before {later}");
        let body = format!(
            "    rules:\n      - {{ condition: {later}, tier: blocked }}\n      - {{ condition: {earlier}, tier: autonomous }}\n    \
             tier: approval_required\n"
        );
        let found = of_entry("x.y", &body, false);
        assert!(!found.contains(&code), "{code}: {found:?} for {later} before {earlier}");
    }
}

#[test]
fn entries_of_programs_that_are_for_something_are_not_warned_of() {
    let entries = [
        "git",
        "git status",
        "git commit",
        "git revert",
        "ls",
        "find",
        "find -exec",
        "xargs",
        "timeout",
        "make",
        "cargo",
        "npm test",
        "npm run build",
        "python -m pytest",
        "python scripts/check.py",
        "sqlite3",
        "curl",
        "docker",
        "kubectl",
        "kubectl krew",
        "git lfs",
        "deploy prdo",
        "cat psuh",
        // What stands behind these is judged itself.
        "sh -c",
        "bash -lc",
        "awk",
        "sed",
        "psql",
        "mysql",
        "python -V",
        "docker ps",
    ];
    let found = entries.map(|entry| (entry, of_rule(&format!("{{ command_runs_only: [{entry:?}] }}"), "autonomous")));
    let found: Vec<_> = found.into_iter().filter(|(_, codes)| !codes.is_empty()).collect();
    assert!(found.is_empty(), "{found:?}");
}

#[test]
fn a_tier_that_no_call_reaches_is_warned_of() {
    let both = [
        ("{ q_reads_only: true }", "{ q_reads_only: false }", true),
        ("{ n_lt: 5 }", "{ n_gte: 3 }", true),
        ("{ n_lt: 5 }", "{ n_gt: 5 }", false),
        ("{ path_within: /ws }", "{ not: { path_within: /ws/a } }", true),
        ("{ path_within: /ws }", "{ not: { path_within: [/ws, /tmp] } }", false),
        ("{ a_exists: true }", "{ a_exists: false }", true),
        ("{ a_exists: true }", "{ b_exists: false }", false),
    ];
    for (first, second, expected) in both {
        let body = format!(
            "    rules:\n      - {{ condition: {first}, tier: autonomous }}\n      - {{ condition: {second}, tier: blocked }}\n    \
             tier: approval_required\n"
        );
        let found = of_entry("x.y", &body, false);
        assert_eq!(found.contains(&"unreachable-rule"), expected, "{found:?} for {first}, {second}");
    }
}

#[test]
fn a_limit_that_another_reaches_first_is_warned_of() {
    let limits = [
        ("{ max: 5, window: 1h }", "{ max: 50, window: 1m }", true),
        ("{ max: 50, window: 1m }", "{ max: 5, window: 1h }", true),
        ("{ max: 5, window: 1m }", "{ max: 50, window: 1h }", false),
        ("{ max: 5, window: 1h }", "{ max: 5, window: 1m, on_exceed: approval_required }", true),
        ("{ max: 5, window: 1h, on_exceed: approval_required }", "{ max: 50, window: 1m }", false),
        ("{ max: 5, window: 1h, per: global }", "{ max: 50, window: 1m }", false),
        ("{ max: 5, window: 1h, per: params.to }", "{ max: 50, window: 1m, per: params.to }", true),
        ("{ max: 5, window: 1h, per: params.to }", "{ max: 50, window: 1m, per: params.from }", false),
    ];
    for (one, other, expected) in limits {
        let body = format!("    tier: notify\n    rate_limit:\n      - {one}\n      - {other}\n");
        let found = of_entry("x.y", &body, false);
        assert_eq!(found.contains(&"limit-without-effect"), expected, "{found:?} for {one}, {other}");
    }
}
