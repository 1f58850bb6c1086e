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
    let findings = check(&set);
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
    for policy in shipped::POLICIES {
        let own = [policy.text, baseline];
        let policies = if policy.name == "system-baseline" { &own[..1] } else { &own[..] };
        let (set, findings) = linted(policies, Some(shipped::CATALOG));
        let lines: Vec<_> =
            findings.iter().map(|f| (f.code, set.sources().position(f.span().unwrap()).line, &f.message)).collect();
        assert!(lines.is_empty(), "{}: {lines:#?}", policy.name);
    }
}
