//! A comparison with a text that what it is compared with never is.
//!
//! `url(params.url).host()` is in lower case, so it never equals `Example.com`; `params.method.lowerAscii()` never equals
//! `GET`; a scheme stands without its colon. A rule that blocks by such a test blocks nothing.
//!
//! Write the value as the function gives it.

use super::super::view::{View, walk};
use super::super::{Example, Lint};
use crate::cel::expr::{Expr, ExprKind};
use crate::cel::value::Value;
use crate::diagnostic::{Diagnostic, Severity};

pub(super) const LINT: Lint = Lint {
    code: "value-never-given",
    severity: Severity::Warning,
    examples: &[
        Example::new(
            r#"name: requests
version: "1.0"
defaults: { tier: blocked }
capabilities:
  web.fetch:
    rules:
      - { condition: "url(params.url).host() == 'Example.com'", tier: blocked }
    tier: notify
"#,
            7,
            r#"name: requests
version: "1.0"
defaults: { tier: blocked }
capabilities:
  web.fetch:
    rules:
      - { condition: "url(params.url).host() == 'example.com'", tier: blocked }
    tier: notify
"#,
        ),
        Example::new(
            r#"name: requests
version: "1.0"
defaults: { tier: blocked }
capabilities:
  web.fetch:
    rules:
      - { condition: "params.method.lowerAscii() in ['GET', 'HEAD']", tier: notify }
"#,
            7,
            r#"name: requests
version: "1.0"
defaults: { tier: blocked }
capabilities:
  web.fetch:
    rules:
      - { condition: "params.method.lowerAscii() in ['get', 'head']", tier: notify }
"#,
        ),
    ],
    source: include_str!("value_never_given.rs"),
    check,
};

fn check(view: &View<'_>, findings: &mut Vec<Diagnostic>) {
    for rule in view.own_entries().flat_map(|(_, entry)| &entry.rules) {
        walk(&rule.rule.condition, &mut |expr| findings.extend(never(expr)));
    }
}

fn never(expr: &Expr) -> Option<Diagnostic> {
    let ExprKind::Call { function, args, .. } = &expr.kind else { return None };
    let whole = match function.name {
        "@eq" | "@ne" | "@in" => true,
        "startsWith" | "endsWith" | "contains" => false,
        _ => return None,
    };
    let [subject, operand] = args.as_slice() else { return None };
    let ExprKind::Call { function: giver, .. } = &subject.kind else { return None };
    let form = form_of(giver.name)?;
    let texts = texts(operand.constant()?);
    let (text, given) = texts.iter().find_map(|text| Some((text, form(text, whole)?)))?;
    let message = format!("`{}()` never gives `{}`", giver.name, text.escape_debug());
    let finding = LINT.finding(expr.span, message);
    Some(match given {
        Some(given) => finding.help(format!("write it as it is given: `'{}'`", given.escape_debug())),
        None => finding.help("see what the function gives in docs/functions.md"),
    })
}

/// What is wrong with a text that a function never gives: as it would give it, if it would. Nothing where it may give it, or a
/// text with it inside where not the whole is compared.
type Form = fn(&str, bool) -> Option<Option<String>>;

fn form_of(function: &str) -> Option<Form> {
    Some(match function {
        "lowerAscii" => |text, _| changed(text, text.to_ascii_lowercase()),
        "upperAscii" => |text, _| changed(text, text.to_ascii_uppercase()),
        "trim" => |text, whole| changed(text, text.trim().to_owned()).filter(|_| whole),
        #[cfg(feature = "url")]
        "host" => |text, whole| if whole { of_url(text, host) } else { changed(text, text.to_ascii_lowercase()) },
        #[cfg(feature = "url")]
        "scheme" => |text, whole| if whole { of_url(text, scheme) } else { changed(text, text.to_ascii_lowercase()) },
        _ => return None,
    })
}

fn changed(text: &str, given: String) -> Option<Option<String>> {
    (text != given).then_some(Some(given))
}

/// A part of a URL, tried by reading a URL that has it.
#[cfg(feature = "url")]
fn of_url(text: &str, part: fn(&str) -> Option<String>) -> Option<Option<String>> {
    match part(text) {
        Some(given) => changed(text, given),
        None => {
            let bare = text.split_once("://").map_or(text, |(_, rest)| rest);
            let bare = bare.split('/').next().unwrap_or(bare).trim_end_matches(':');
            Some(part(bare).filter(|given| given != text))
        }
    }
}

#[cfg(feature = "url")]
fn host(text: &str) -> Option<String> {
    let bare = text.parse::<std::net::Ipv6Addr>().is_ok();
    let url = if bare { format!("https://[{text}]/") } else { format!("https://{text}/") };
    // With more than a host in it, it is no host.
    let plain = bare || !text.contains(['/', '?', '#', ':', '@']) || text.starts_with('[');
    crate::url::parse(&url).ok().filter(|_| plain).map(|url| url.host().to_string())
}

#[cfg(feature = "url")]
fn scheme(text: &str) -> Option<String> {
    crate::url::parse(&format!("{text}://example.com/")).ok().map(|url| url.scheme().to_owned())
}

fn texts(value: &Value<'_>) -> Vec<String> {
    match value {
        Value::Text(text) => vec![text.as_str().to_owned()],
        Value::List(list) => list.iter().flat_map(|item| texts(&item)).collect(),
        _ => Vec::new(),
    }
}
