use super::*;
use crate::policy_set::Loader;
use crate::shipped;

/// The findings on a policy: code and line, in order.
fn found(policies: &[&str], catalog: Option<&str>) -> Vec<(&'static str, u32)> {
    let (set, findings) = linted(policies, catalog);
    findings.iter().map(|finding| (finding.code, set.sources().position(finding.span().unwrap()).line)).collect()
}

fn linted(policies: &[&str], catalog: Option<&str>) -> (PolicySet, Vec<Diagnostic>) {
    let mut loader = Loader::new();
    for (at, text) in policies.iter().enumerate() {
        loader = loader.policy(format!("{at}.yaml"), *text);
    }
    if let Some(catalog) = catalog {
        loader = loader.catalog("catalog.yaml", catalog);
    }
    let loaded = loader.load();
    let set = loaded.set.unwrap_or_else(|| panic!("{:#?}\n{policies:#?}", loaded.diagnostics));
    let mut findings = check(&set);
    findings.retain(|finding| finding.code != "no-catalog");
    (set, findings)
}

#[test]
fn each_bad_example_has_its_finding_and_each_good_one_has_none() {
    for lint in LINTS {
        for example in lint.examples {
            let with =
                |own: &'static str| -> Vec<&str> { [own].into_iter().chain(example.beside.iter().copied()).collect() };
            let bad = found(&with(example.bad), example.catalog);
            assert!(bad.contains(&(lint.code, example.line)), "{}: {bad:?} in\n{}", lint.code, example.bad);
            let good = found(&with(example.good), example.catalog);
            assert!(good.is_empty(), "{}: {good:?} in\n{}", lint.code, example.good);
        }
    }
}

#[test]
fn codes_are_distinct_kebab_case_and_every_page_says_something() {
    for (at, lint) in LINTS.iter().enumerate() {
        assert!(lint.code.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-'), "{}", lint.code);
        assert!(LINTS.iter().skip(at + 1).all(|other| other.code != lint.code), "{}", lint.code);
        assert!(lint.doc().split("\n\n").count() >= 3, "{}", lint.code);
    }
}

#[test]
fn the_page_in_docs_is_current() {
    let stored = include_str!("../../docs/lints.md");
    assert!(stored == page(), "docs/lints.md is not current; run `cargo xtask docs`");
}

#[test]
fn shipped_policies_have_no_findings() {
    let baseline = shipped::policy("system-baseline").unwrap().text;
    let all: Vec<&str> = shipped::POLICIES.iter().map(|policy| policy.text).collect();
    assert_eq!(found(&all, Some(shipped::CATALOG)), []);
    for policy in shipped::POLICIES {
        let own = [policy.text, baseline];
        let policies = if policy.name == "system-baseline" { &own[..1] } else { &own[..] };
        let (set, findings) = linted(policies, Some(shipped::CATALOG));
        let lines: Vec<_> =
            findings.iter().map(|f| (f.code, set.sources().position(f.span().unwrap()).line, &f.message)).collect();
        assert!(lines.is_empty(), "{}: {lines:#?}", policy.name);
    }
}

/// A policy of one entry with these rules, in order, each of another tier.
fn policy_of(conditions: &[&str]) -> String {
    let mut text = "name: p\nversion: '1'\ndefaults: { tier: blocked }\ncapabilities:\n  a.b:\n    rules:\n".to_owned();
    for (condition, tier) in conditions.iter().zip(["autonomous", "notify", "approval_required"]) {
        text.push_str(&format!("      - {{ condition: {condition}, tier: {tier} }}\n"));
    }
    text
}

fn codes(conditions: &[&str]) -> Vec<&'static str> {
    let all = found(&[&policy_of(conditions)], None);
    all.into_iter().map(|(code, _)| code).filter(|code| *code != "needless-regex").collect()
}

#[test]
fn a_rule_behind_one_that_holds_wherever_it_does_is_unreachable() {
    let pairs = [
        ("{ n_lt: 10 }", "{ n_lt: 5 }"),
        ("{ n_lte: 5 }", "{ n_lt: 5 }"),
        ("{ n_gte: 5 }", "{ n_gt: 5, n_lt: 9 }"),
        ("{ not: { n_gte: 10 } }", "{ n_lt: 3 }"),
        ("{ n_lt: 10 }", "\"params.n == 3 && params.n > 1\""),
        ("\"params.n < 10.0\"", "\"params.n <= 9\""),
        ("\"10 > params.n\"", "\"params.n < 10\""),
        ("{ p_within: /a }", "{ p_within: /a/b }"),
        ("{ p_within: / }", "{ p_within: [/a, /b] }"),
        ("{ p_within: $workspace }", "{ p_within: $workspace/secrets }"),
        ("{ p_within: $workspace/a }", "{ p_within: $workspace/./a//b }"),
        ("{ p_within: $workspace }", "{ p_glob: $workspace/**/.env* }"),
        ("{ p_within: $cwd/a }", "{ p_glob: $cwd/a/*.rs }"),
        ("{ p_within: $cwd }", "\"path(params.p).within(context.cwd) && params.x == 1\""),
        ("{ p_within: [/a, /b] }", "{ p_within: /b }"),
        ("{ p_within: /a }", "{ p_prefix: /a/b/ }"),
        ("\"path(params.p).matches('/a/**')\"", "\"path(params.p).matches('/a/*/b')\""),
        ("{ p_within: /a }", "\"path(params.p).matches('/a/**/*.rs')\""),
        (
            "\"path(params.p).matches('/a/b') || path(params.p).matches('/a/b/**')\"",
            "\"path(params.p).matches('/a/b/c')\"",
        ),
        ("{ s_prefix: git }", "{ s_prefix: 'git push' }"),
        ("{ s_prefix: git }", "{ s_in: [git, 'git log'] }"),
        ("{ s_glob: 'a*' }", "{ s_glob: 'ab*c' }"),
        ("{ s_matches: '^git ' }", "{ s_eq: git push }"),
        ("{ s_contains: force }", "{ s_suffix: --force }"),
        ("{ s_in: [a, b, c] }", "{ s_in: [c, a] }"),
        ("{ s_ne: a }", "{ s_eq: b }"),
        ("{ s_not_in: [a, b] }", "{ s_in: [c, d] }"),
        ("{ s_not_in: [a] }", "{ s_not_in: [a, b] }"),
        ("\"params.s != 'a'\"", "\"params.s == 'b'\""),
        ("{ s_exists: true }", "{ s_eq: a }"),
        ("{ s_size_lt: 10KiB }", "{ s_size_lt: 1KiB, t_eq: x }"),
        ("{ s_size_lt: 5 }", "\"size(params.s) < 3\""),
        ("{ n_lt: 5 }", "\"3 > params.n\""),
        ("{ any: [{ s_eq: a }, { t_eq: b }] }", "{ t_eq: b }"),
        ("{ s_eq: a }", "{ any: [{ s_eq: a, t_eq: b }, { s_eq: a, t_eq: c }] }"),
        ("\"true\"", "{ s_eq: a }"),
        ("\"path(params.p).within('/a')\"", "\"params.p == '/a/b/../c'\""),
        ("\"agent.startsWith('ci-')\"", "\"agent == 'ci-1'\""),
    ];
    for (earlier, later) in pairs {
        assert_eq!(codes(&[earlier, later]), ["unreachable-rule"], "{earlier} before {later}");
    }
}

#[test]
fn a_rule_that_some_call_reaches_is_not_reported() {
    let pairs = [
        ("{ n_lt: 5 }", "{ n_lt: 10 }"),
        ("{ n_lt: 5 }", "{ n_lte: 5 }"),
        ("{ n_lt: 5 }", "{ m_lt: 3 }"),
        ("{ p_within: /a }", "{ p_within: /ab }"),
        ("{ p_within: /a }", "{ q_within: /a/b }"),
        ("{ p_within: /a/b }", "{ p_within: /a }"),
        ("{ p_within: $workspace/a }", "{ p_within: $workspace }"),
        ("{ p_within: $workspace/a }", "{ p_within: $workspace/ab }"),
        ("{ p_within: $workspace }", "{ p_within: $cwd/secrets }"),
        ("{ p_within: $workspace/a }", "{ p_within: $workspace/a/../b }"),
        ("{ p_within: $workspace }", "{ p_within: /a }"),
        ("{ p_within: / }", "{ q_within: $workspace/a }"),
        ("{ p_glob: $workspace/*.rs }", "{ p_glob: $workspace/**/*.rs }"),
        ("\"path(params.p).matches('/a/*')\"", "\"path(params.p).matches('/a/**')\""),
        ("\"path(params.p).matches('/a/**')\"", "{ p_within: /a }"),
        ("{ s_prefix: git p }", "{ s_prefix: git }"),
        ("{ s_in: [a, b] }", "{ s_in: [b, c] }"),
        ("{ s_ne: a }", "{ s_in: [a, b] }"),
        ("{ s_eq: a, t_eq: b }", "{ s_eq: a }"),
        ("{ s_matches: '^a.*b$' }", "{ s_eq: \"a\\nb\" }"),
        ("\"params.s == 'a'\"", "\"params.s_t == 'a'\""),
        ("{ s_exists: true }", "{ s_exists: false }"),
        ("\"path(params.p).within('/a')\"", "\"params.p == '/a/../b'\""),
        ("\"params.n < 5\"", "\"params.n != 7\""),
        ("\"params.l.all(x, x < 5)\"", "\"params.l.all(x, x < 3)\""),
    ];
    for (earlier, later) in pairs {
        let codes: Vec<_> = codes(&[earlier, later]).into_iter().filter(|code| *code != "answered-before").collect();
        assert_eq!(codes, [""; 0], "{earlier} before {later}");
    }
}

#[test]
fn conditions_that_cannot_hold_are_found() {
    let conditions = [
        "{ n_lt: 5, n_gt: 10 }",
        "{ n_lt: 5, n_gte: 5 }",
        "{ n_eq: 5, n_lt: 5 }",
        "{ n_in: [1, 2], n_gt: 0, n_ne: 1, not: { n_eq: 2 } }",
        "{ s_eq: a, s_ne: a }",
        "{ s_eq: a, s_in: [b, c] }",
        "{ s_prefix: a, s_suffix: b, s_eq: ac }",
        "{ s_prefix: a, s_prefix_eq: b, s_matches: '^b' }",
        "{ s_glob: '*.md', s_glob_eq: x, s_suffix: .rs }",
        "{ p_within: /a, p_prefix: /b/ }",
        "{ s_exists: false, s_eq: a }",
        "{ s_lt: 5, s_prefix: a }",
        "\"params.s == 'a' && params.s == 'b'\"",
        "\"params.p == '/etc/x' && path(params.p).within('/ws')\"",
        "\"false\"",
    ];
    for condition in conditions {
        assert_eq!(codes(&[condition]), ["impossible-condition"], "{condition}");
    }
    for condition in
        ["{ n_lt: 5, n_gt: 1 }", "{ any: [{ n_lt: 5, n_gt: 9 }, { n_eq: 7 }] }", "{ s_prefix: a, s_suffix: a }"]
    {
        assert_eq!(codes(&[condition]), [""; 0], "{condition}");
    }
}

#[test]
fn what_would_have_to_be_written_above_is_named_with_its_line() {
    let above = "name: team\nversion: '1'\ndefaults: { tier: blocked }\ncapabilities:\n  process.run:\n    tier: approval_required\n";
    let below = "name: bot\nversion: '1'\nagent: deploy-bot\ncapabilities:\n  process.run: { tier: autonomous }\n";
    let (set, findings) = linted(&[above, below], None);
    let [finding] = findings.as_slice() else { panic!("{findings:#?}") };
    assert_eq!(finding.code, "entry-without-effect");
    assert_eq!(
        finding.message,
        "`autonomous` changes nothing: `team` answers `approval_required`, which is not relaxable"
    );
    assert!(finding.help.as_ref().unwrap().contains("write `relaxable_to: autonomous` beside the `tier` at 0.yaml:5"));
    assert_eq!(set.sources().position(finding.labels[1].span).line, 5);
}

#[test]
fn only_lines_above_that_the_entry_meets_are_named() {
    let named = |above: &str, below: &str| -> Vec<(u32, Vec<(u32, String)>)> {
        let above = format!("name: team\nversion: '1'\ndefaults: {{ tier: blocked }}\ncapabilities:\n{above}");
        let below = format!("name: bot\nversion: '1'\nagent: bot-*\ncapabilities:\n{below}");
        let (set, findings) = linted(&[&above, &below], None);
        let line = |span| set.sources().position(span).line;
        let of_lint = findings.iter().filter(|finding| finding.code == "entry-without-effect");
        let lines = |finding: &Diagnostic| {
            finding.labels[1..].iter().map(|label| (line(label.span), label.text.clone())).collect()
        };
        of_lint.map(|finding| (line(finding.span().unwrap()), lines(finding))).collect()
    };
    let says = |why: &str| format!("{why}would have to say `relaxable_to: autonomous`");
    // a more specific entry beside it answers what line 6 is about
    let above = "  a.*: { tier: notify }\n  a.b: { tier: approval_required }\n";
    assert_eq!(named(above, "  a.*: { tier: autonomous }\n  a.b: { tier: blocked }\n"), [(5, vec![(5, says(""))])]);
    let both = vec![(5, says("")), (6, says("answers for `a.b`; "))];
    assert_eq!(named(above, "  a.*: { tier: autonomous }\n"), [(5, both)]);
    // the rule on line 7 cannot hold together with the one below
    let above = "  a.b:\n    rules:\n      - { condition: { n_lt: 5 }, tier: notify }\n      - { condition: { n_gt: 9 }, tier: notify }\n    tier: approval_required\n";
    let below = "  a.b: { rules: [{ condition: { n_gt: 20 }, tier: autonomous }], tier: blocked }\n";
    assert_eq!(
        named(above, below),
        [(5, vec![(8, says("")), (5, says(""))])].map(|(at, mut lines)| {
            lines.sort_by_key(|(line, _)| *line);
            (at, lines)
        })
    );
}

/// The findings on an agent's `a.b` entry under an organization's policy.
fn under(above: &str, below: &str) -> Vec<(&'static str, u32)> {
    let above = format!("name: team\nversion: '1'\n{above}");
    let below = format!("name: bot\nversion: '1'\nagent: bot-*\ncapabilities:\n{below}");
    found(&[&above, &below], None)
}

#[test]
fn an_entry_below_is_reported_only_when_no_call_lets_it_through() {
    let held: &[(&str, u32)] = &[("entry-without-effect", 5)];
    let autonomous = "  a.b: { tier: autonomous }\n";
    let cases = [
        ("defaults: { tier: notify }\ncapabilities: { x: { tier: notify } }", autonomous, held),
        (
            "defaults: { tier: notify, relaxable_to: autonomous }\ncapabilities: { x: { tier: notify } }",
            autonomous,
            &[][..],
        ),
        (
            "defaults: { tier: notify }\ncapabilities: { a.*: { tier: notify, relaxable_to: autonomous } }",
            autonomous,
            &[][..],
        ),
        (
            "defaults: { tier: notify }\ncapabilities: { a.*: { tier: blocked, relaxable_to: notify } }",
            autonomous,
            held,
        ),
        (
            "defaults: { tier: autonomous }\ncapabilities: { a.b: { rules: [{ condition: 'params.x == 1', tier: blocked }] } }",
            autonomous,
            &[][..],
        ),
        (
            "agent: bot-1\ndefaults: { tier: notify }\ncapabilities: { x: { tier: notify } }",
            autonomous,
            &[("missing-defaults", 1)][..],
        ),
        (
            "defaults: { tier: notify }\ncapabilities: { a.c: { tier: autonomous } }",
            "  a.*: { tier: autonomous }\n",
            &[][..],
        ),
        ("defaults: { tier: notify }\ncapabilities: { a.c: { tier: blocked } }", "  a.*: { tier: autonomous }\n", held),
        ("defaults: { tier: notify }\ncapabilities: { a.*: { tier: blocked } }", "  a.b: { tier: blocked }\n", &[][..]),
        (
            "defaults: { tier: notify }\ncapabilities: { a.*: { tier: notify } }",
            "  a.b: { rules: [{ condition: 'params.x == 1', tier: autonomous }], tier: blocked }\n",
            held,
        ),
    ];
    for (above, below, wanted) in cases {
        assert_eq!(under(above, below), wanted, "{above} over {below}");
    }
}

#[test]
fn a_base_in_force_holds_what_extends_it() {
    let base =
        "name: base\nversion: '1'\ndefaults: { tier: blocked }\ncapabilities:\n  a.b: { tier: approval_required }\n";
    let own = "name: own\nversion: '1'\nextends: base\ncapabilities:\n  a.b: { tier: notify }\n";
    assert_eq!(found(&[base, own], None), [("entry-without-effect", 5)]);
    let set = Loader::new().base("base.yaml", base).policy("own.yaml", own).load().set.unwrap();
    assert!(check(&set).iter().all(|finding| finding.code == "no-catalog"));
}

#[test]
fn an_entry_that_a_base_blocks_is_told_with_both_lines() {
    let cases = [
        ("  a.b: { tier: blocked }", "  a.b: { tier: notify }", true),
        ("  a.*: { tier: blocked }", "  a.b: { tier: notify }", true),
        ("  a.*: { tier: blocked }\n  a.b: { tier: notify }", "  a.b: { tier: autonomous }", false),
        ("  a.*: { tier: blocked }\n  a.b: { tier: notify }", "  a.[bc]: { tier: autonomous }", false),
        (
            "  a.b: { rules: [{ condition: 'true', tier: notify }], tier: blocked }",
            "  a.b: { tier: autonomous }",
            false,
        ),
        ("  a.b: { tier: blocked }", "  a.b: { tier: blocked }", false),
        ("  a.b: { tier: blocked }", "  a.*: { tier: notify }", false),
        ("  a.b: { tier: approval_required }", "  a.b: { tier: notify }", false),
    ];
    for (base, own, told) in cases {
        let base_text = format!("name: base\nversion: '1'\ndefaults: {{ tier: notify }}\ncapabilities:\n{base}\n");
        let own_text = format!("name: own\nversion: '1'\nextends: base\ncapabilities:\n{own}\n");
        let set = Loader::new().base("base.yaml", base_text).policy("own.yaml", own_text).load().set.unwrap();
        let findings = check(&set);
        let told_of: Vec<_> = findings.iter().filter(|finding| finding.code == "blocked-by-base").collect();
        assert_eq!(told_of.len(), usize::from(told), "{base} under {own}: {findings:?}");
        if let [finding] = told_of.as_slice() {
            let lines: Vec<u32> = finding.labels.iter().map(|label| set.sources().position(label.span).line).collect();
            assert_eq!(lines, [5, 5]);
        }
    }
}

#[test]
fn overlaps_with_equal_answers_or_an_entry_of_their_own_are_not_reported() {
    let policy =
        |entries: &str| format!("name: p\nversion: '1'\ndefaults: {{ tier: blocked }}\ncapabilities:\n{entries}");
    let overlap = policy("  a.*: { tier: notify }\n  '*.b': { tier: blocked }\n");
    assert_eq!(found(&[&overlap], None), [("overlapping-entries", 6)]);
    let equal = policy("  a.*: { tier: notify }\n  '*.b': { tier: notify }\n");
    assert_eq!(found(&[&equal], None), []);
    let partly = policy("  a.*: { tier: notify }\n  '*.b': { tier: blocked }\n  a.b: { tier: notify }\n");
    let (_, findings) = linted(&[&partly], None);
    assert!(findings[0].message.contains("both match `a."), "{}", findings[0].message);
    assert!(!findings[0].message.contains("both match `a.b`"), "{}", findings[0].message);
}

#[test]
fn a_regex_is_mended_by_its_fix() {
    let (set, findings) = linted(&[&policy_of(&["{ title_matches: '^git ' }"])], None);
    let fix = findings[0].fix.as_ref().unwrap();
    assert_eq!(
        (set.sources().text(fix.span), fix.replacement.as_str()),
        ("title_matches: '^git '", "title_prefix: 'git '")
    );
}

#[test]
fn ten_thousand_entries_are_compared_within_the_budget() {
    let mut policies = Vec::new();
    for file in 0..8 {
        let mut text = format!("name: p{file}\nversion: '1'\ndefaults: {{ tier: blocked }}\ncapabilities:\n");
        for entry in 0..1_250 {
            let pattern = ["c{}.read", "c{}.*", "c{}.w?", "c{}.{x,y}"][entry % 4].replacen(
                "{}",
                &(file * 1_250 + entry / 4).to_string(),
                1,
            );
            text.push_str(&format!("  \"{pattern}\": {{ tier: notify }}\n"));
        }
        policies.push(text);
    }
    let texts: Vec<&str> = policies.iter().map(String::as_str).collect();
    // More comparisons than the budget allows would be told as `unchecked`.
    assert_eq!(found(&texts, None), []);
}

#[test]
fn a_thousand_rules_of_one_entry_are_compared_as_far_as_the_budget_goes() {
    let mut text = "name: p\nversion: '1'\ndefaults: { tier: blocked }\ncapabilities:\n  a.b:\n    rules:\n".to_owned();
    for rule in 0..1_200 {
        let test = ["s_eq: 'x-{}'", "s_prefix: 'y-{}-'", "p_within: /d/{}", "n_eq: {}"][rule % 4]
            .replace("{}", &rule.to_string());
        text.push_str(&format!("      - {{ condition: {{ {test} }}, tier: notify }}\n"));
    }
    let codes = found(&[&text], None);
    assert!(codes.iter().all(|(code, _)| *code == "unchecked"), "{codes:?}");
}

#[test]
fn what_was_left_out_is_said() {
    let text = policy_of(&["{ s_eq: a }"]);
    let set = Loader::new().policy("p.yaml", text.as_str()).load().set.unwrap();
    let mut view = View::of(&set);
    let unchecked = LINTS.last().unwrap();
    let said = |view: &View<'_>| {
        let mut findings = Vec::new();
        (unchecked.check)(view, &mut findings);
        findings.len()
    };
    assert_eq!(said(&view), 0);
    while view.effort.ask() {}
    assert_eq!(said(&view), 1);
    view.patterns.complete = false;
    assert_eq!(said(&view), 2);
}

#[test]
fn rules_whose_index_would_be_too_large_are_named() {
    let rules: String =
        (0..1_500).map(|n| format!("      - {{ condition: 'params.n < {n}', tier: notify }}\n")).collect();
    let text =
        format!("name: p\nversion: '1'\ndefaults: {{ tier: blocked }}\ncapabilities:\n  a.b:\n    rules:\n{rules}");
    assert_eq!(found(&[&text], None), [("scanned-rules", 5)]);
}
