//! A test of text on a parameter that the catalog calls a URL.
//!
//! `startsWith('https://example.com')` holds for `https://example.com.evil.org` and for `https://example.com@evil.org`; a
//! text that is somewhere in a URL may be in its query. A beginning that ends after the host, with the `/`, is exact and
//! not reported, nor is a list of whole URLs.
//!
//! End the beginning with the `/` after the host, or list the URLs.

use super::super::parameters;
use super::super::regex_form::{Simple, simple};
use super::super::view::{EntryView, View, walk};
use super::super::{Example, Lint};
use super::text_test_on_path::{Kind, TextTest};
use crate::cel::expr::{Expr, ExprKind};
use crate::diagnostic::{Diagnostic, Severity};

pub(super) const LINT: Lint = Lint {
    code: "text-test-on-url",
    severity: Severity::Warning,
    examples: &[Example::new(
        r#"name: requests
version: "1.0"
defaults: { tier: blocked }
capabilities:
  network.http_request:
    rules:
      - { condition: { url_prefix: 'https://api.example.com' }, tier: autonomous }
"#,
        7,
        r#"name: requests
version: "1.0"
defaults: { tier: blocked }
capabilities:
  network.http_request:
    rules:
      - { condition: { url_prefix: 'https://api.example.com/' }, tier: autonomous }
"#,
    )
    .with_catalog(CATALOG)],
    source: include_str!("text_test_on_url.rs"),
    check,
};

const CATALOG: &str = r#"tools:
  - name: network.http_request
    inputSchema:
      type: object
      properties: { url: { type: string, format: uri } }
      required: [url]
"#;

fn check(view: &View<'_>, findings: &mut Vec<Diagnostic>) {
    for (_, entry) in view.own_entries() {
        for rule in &entry.rules {
            walk(&rule.rule.condition, &mut |expr| findings.extend(on_url(view, entry, expr)));
        }
    }
}

/// What is said of a test, if it is one of a URL's text.
pub(super) fn on_url(view: &View<'_>, entry: &EntryView<'_>, expr: &Expr) -> Option<Diagnostic> {
    let test = TextTest::of(expr)?;
    let known = parameters::known(view, entry, &test.parameter);
    let (facts, _) = known.iter().find(|(_, parameter)| parameter.is_url())?;
    if test.kind == Kind::Equal || beginning(expr, &test).is_some_and(|text| names_a_host(&text)) {
        return None;
    }
    let message = format!("`{}` is a URL of `{}`, and this compares its text", test.parameter, facts.name);
    Some(
        LINT.finding(expr.span, message)
            .labelled("`https://a.com.evil.org` begins with `https://a.com`, and a query may hold any text")
            .help("begin with scheme and host up to the `/` after it, `https://example.com/`, or list whole URLs"),
    )
}

/// What every text that passes begins with.
fn beginning(expr: &Expr, test: &TextTest) -> Option<String> {
    let operand = test.operands.first()?;
    let ExprKind::Call { function, .. } = &expr.kind else { return None };
    match (test.kind, function.name) {
        (Kind::Prefix, _) => Some(operand.clone()),
        (Kind::Pattern, "matches") => match simple(operand)? {
            Simple::Prefix(text) => Some(text),
            _ => None,
        },
        (Kind::Pattern, _) => Some(operand.chars().take_while(|c| !"*?[{\\".contains(*c)).collect()),
        _ => None,
    }
}

/// Whether a beginning holds a whole scheme and host, so that nothing behind it can change them.
fn names_a_host(text: &str) -> bool {
    text.split_once("://").and_then(|(_, rest)| rest.split_once('/')).is_some_and(|(host, _)| {
        !host.is_empty() && host.chars().all(|c| c.is_ascii_alphanumeric() || ".-:[]".contains(c))
    })
}
