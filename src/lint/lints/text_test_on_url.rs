//! A test of text on a parameter that is a URL.
//!
//! `startsWith('https://example.com')` holds for `https://example.com.evil.org` and for `https://example.com@evil.org`; a
//! text that is somewhere in a URL may be in its query; and `https://EVIL.com/` is not blocked by what begins with
//! `https://evil.com/`. In a rule that permits, a beginning that ends after the host, with the `/`, is exact and not
//! reported; nor is a list of whole URLs. A parameter is a URL when the catalog says so (`format: uri`), or, where none
//! knows it, by its name (`url`, `uri`).
//!
//! Ask for the host: `url_host_in: api.example.com`, `url_host_within: example.com`, in an expression
//! `url(params.url).host_within('example.com')`.

use super::super::purpose::{self, Says};
use super::super::regex_form::{Simple, simple};
use super::super::view::{EntryView, View, walk_signed};
use super::super::{Example, Lint};
use super::text_test_on_path::{Kind, TextTest};
use crate::cel::expr::{Expr, ExprKind};
use crate::diagnostic::{Diagnostic, Severity};

pub(super) const LINT: Lint = Lint {
    code: "text-test-on-url",
    severity: Severity::Warning,
    examples: &[PERMITS, BLOCKS],
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

const PERMITS: Example = Example::new(
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
.with_catalog(CATALOG);

const BLOCKS: Example = Example::new(
    r#"name: requests
version: "1.0"
defaults: { tier: blocked }
capabilities:
  web.fetch:
    rules:
      - { condition: { url_prefix: 'https://evil.com/' }, tier: blocked }
    tier: notify
"#,
    7,
    r#"name: requests
version: "1.0"
defaults: { tier: blocked }
capabilities:
  web.fetch:
    rules:
      - { condition: { url_host_within: evil.com }, tier: blocked }
    tier: notify
"#,
);

fn check(view: &View<'_>, findings: &mut Vec<Diagnostic>) {
    for (policy, entry) in view.own_entries() {
        for rule in &entry.rules {
            let permits = entry.permits(policy, rule);
            walk_signed(&rule.rule.condition, permits, &mut |expr, permits| {
                findings.extend(on_url(view, entry, expr, permits));
            });
        }
    }
}

/// What is said of a test, if it is one of a URL's text. Where it permits if it holds, what it holds for must be exact;
/// else every spelling of what is meant must be among it.
pub(super) fn on_url(view: &View<'_>, entry: &EntryView<'_>, expr: &Expr, permits: bool) -> Option<Diagnostic> {
    let test = TextTest::of(expr)?;
    let whose = match purpose::url(view, entry, &test.parameter)? {
        Says::Catalog(capability) => format!("is a URL of `{capability}`"),
        Says::Name | Says::DoubtfulName => "is a URL by its name".to_owned(),
    };
    let begins = beginning(expr, &test);
    if test.kind == Kind::Equal || permits && begins.as_deref().is_some_and(names_a_host) {
        return None;
    }
    let message = format!("`{}` {whose}, and this compares its text", test.parameter);
    Some(LINT.finding(expr.span, message).labelled(trap(&test, permits)).help(mend(&test, permits)))
}

/// How a text test is got around.
const fn trap(test: &TextTest, permits: bool) -> &'static str {
    match (test.kind, permits) {
        (Kind::Prefix, true) => "`https://a.com.evil.org` begins with `https://a.com`",
        (Kind::Suffix | Kind::Contains, true) => "a query may hold any text",
        (_, true) => "a host may go on behind what this asks, and a query may hold any text",
        (_, false) => "`https://EVIL.com`, `https://x@evil.com` and `https://evil.com:443` are one host",
    }
}

fn mend(test: &TextTest, permits: bool) -> String {
    let parameter = &test.parameter;
    let Some(host) = test.operands.first().and_then(|operand| host(operand)) else {
        return format!(
            "ask for the part that is meant: `{parameter}_host_in` or `{parameter}_host_within` for a host, \
             in an expression `url(params.{parameter}).path()` or `.scheme()` for those"
        );
    };
    let asks = format!("`{parameter}_host_in: {host}`, or `{parameter}_host_within: {host}` for all below it");
    match (test.kind, permits) {
        (Kind::Prefix, true) => {
            format!("ask for the host, {asks}; or begin with scheme and host up to the `/` after it, `https://{host}/`")
        }
        _ => format!("ask for the host: {asks}"),
    }
}

/// The host that a text seems to mean.
fn host(text: &str) -> Option<&str> {
    let rest = text.split_once("://").map_or(text, |(_, rest)| rest);
    let host = rest.split(['/', ':', '?', '#', '*']).next()?.trim_matches('.');
    let plain = host.chars().all(|char| char.is_ascii_alphanumeric() || ".-".contains(char));
    // `.exe` and `169.254` are parts of something, which the text does not say
    let (dots, begins) = (host.matches('.').count(), !text.contains("://") && text.starts_with(['.', '/']));
    let is_name = host.contains(|char: char| char.is_ascii_alphabetic());
    (plain && dots > 0 && !begins && (is_name || dots == 3)).then_some(host)
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
