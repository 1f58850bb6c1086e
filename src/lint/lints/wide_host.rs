//! A permission for every host below a public suffix.
//!
//! `host_within: com` permits all of `.com`; `github.io`, `co.uk` and `s3.amazonaws.com` are places where anybody gets a
//! name. A few such suffixes are known, and a single label that is not one of a private network.
//!
//! Name the hosts that are meant: `host_within: example.com`.

#[cfg(feature = "url")]
use super::super::Example;
use super::super::Lint;
use super::super::facts::Fact;
use super::super::view::{EntryView, PolicyView, RuleView, View, place};
use crate::diagnostic::{Diagnostic, Severity};

pub(super) const LINT: Lint = Lint {
    code: "wide-host",
    severity: Severity::Warning,
    #[cfg(feature = "url")]
    examples: &[EXAMPLE],
    #[cfg(not(feature = "url"))]
    examples: &[],
    source: include_str!("wide_host.rs"),
    check,
};

#[cfg(feature = "url")]
const EXAMPLE: Example = Example::new(
    r#"name: requests
version: "1.0"
defaults: { tier: blocked }
capabilities:
  network.http_request:
    rules:
      - { condition: { url_host_within: com }, tier: autonomous }
    tier: approval_required
"#,
    7,
    r#"name: requests
version: "1.0"
defaults: { tier: blocked }
capabilities:
  network.http_request:
    rules:
      - { condition: { url_host_within: example.com }, tier: autonomous }
    tier: approval_required
"#,
);

/// Single labels of private networks.
const PRIVATE: &[&str] = &["localhost", "local", "internal", "intranet", "lan", "home", "corp", "private", "test"];

/// Suffixes of two and more labels below which anybody gets a name.
const SUFFIXES: &[&str] = &[
    "ac.uk",
    "amazonaws.com",
    "appspot.com",
    "azurewebsites.net",
    "blob.core.windows.net",
    "blogspot.com",
    "cloudfront.net",
    "co.in",
    "co.jp",
    "co.kr",
    "co.nz",
    "co.uk",
    "co.za",
    "com.ar",
    "com.au",
    "com.br",
    "com.cn",
    "com.hk",
    "com.mx",
    "com.sg",
    "com.tr",
    "com.tw",
    "deno.dev",
    "edu.au",
    "firebaseapp.com",
    "fly.dev",
    "github.io",
    "githubusercontent.com",
    "gitlab.io",
    "glitch.me",
    "gov.uk",
    "herokuapp.com",
    "ne.jp",
    "net.au",
    "netlify.app",
    "ngrok-free.app",
    "ngrok.io",
    "onrender.com",
    "or.jp",
    "org.au",
    "org.uk",
    "pages.dev",
    "r2.dev",
    "readthedocs.io",
    "run.app",
    "s3.amazonaws.com",
    "surge.sh",
    "trycloudflare.com",
    "vercel.app",
    "web.app",
    "workers.dev",
];

fn check(view: &View<'_>, findings: &mut Vec<Diagnostic>) {
    for (policy, entry) in view.own_entries() {
        findings.extend(entry.rules.iter().filter_map(|rule| permits(policy, entry, rule)));
    }
}

fn permits(policy: &PolicyView<'_>, entry: &EntryView<'_>, rule: &RuleView<'_>) -> Option<Diagnostic> {
    if rule.rule.outcome.tier >= entry.otherwise(policy) {
        return None;
    }
    let wide = |fact: &Fact| {
        let host = entry.tests.host_within(*fact).filter(|host| fact.holds && is_public(host))?;
        Some((*fact, host))
    };
    let (fact, host) = rule.cases.iter().flatten().flatten().find_map(wide)?;
    let span = place(&rule.condition, fact).unwrap_or(rule.rule.condition.span);
    let message = format!("anybody can have a host below `{host}`");
    Some(LINT.finding(span, message).help("name the hosts that are meant: `host_within: example.com`"))
}

fn is_public(host: &str) -> bool {
    let number = host.chars().all(|char| char.is_ascii_digit());
    let single = !host.contains(['.', ':', '[']) && !host.is_empty() && !number;
    (single && !PRIVATE.contains(&host)) || SUFFIXES.contains(&host)
}
