//! A test of a URL's address that is unknown of every host name.
//!
//! `url(params.url).is_private()` is known of addresses; where a name leads, no text tells. So the test is unknown of
//! `https://example.com/`, and the stricter answer counts: a rule that blocks by it blocks every URL with a host name, and one
//! that permits by its negation permits none.
//!
//! Ask of addresses alone, `isIP(url(params.url).host()) && ip(url(params.url).host()).is_private()`, and leave names to the
//! one who resolves them; or name the hosts that are meant by `host_within`.

use super::super::facts::decided;
use super::super::view::{View, walk_signed};
use super::super::{Example, Lint};
use crate::cel::expr::{Expr, ExprKind};
use crate::cel::types::Type;
use crate::cel::value::Value;
use crate::diagnostic::{Diagnostic, Severity};

pub(super) const LINT: Lint = Lint {
    code: "unknown-of-names",
    severity: Severity::Warning,
    examples: &[Example::new(
        r#"name: requests
version: "1.0"
defaults: { tier: blocked }
capabilities:
  web.fetch:
    rules:
      - { condition: "url(params.url).is_private()", tier: blocked }
    tier: notify
"#,
        7,
        r#"name: requests
version: "1.0"
defaults: { tier: blocked }
capabilities:
  web.fetch:
    rules:
      - condition: "isIP(url(params.url).host()) && ip(url(params.url).host()).is_private()"
        tier: blocked
    tier: notify
"#,
    )],
    source: include_str!("unknown_of_names.rs"),
    check,
};

/// A name of which nothing is known.
const NAME: &str = "https://www.example.com/";

fn check(view: &View<'_>, findings: &mut Vec<Diagnostic>) {
    for (policy, entry) in view.own_entries() {
        for rule in &entry.rules {
            let (own, otherwise) = (rule.rule.outcome.tier, entry.otherwise(policy));
            if own == otherwise {
                continue;
            }
            walk_signed(&rule.rule.condition, own < otherwise, &mut |expr, permits| {
                findings.extend(unknown(expr, permits, &rule.rule.condition, own.max(otherwise).to_string()));
            });
        }
    }
}

fn unknown(expr: &Expr, permits: bool, condition: &Expr, stricter: String) -> Option<Diagnostic> {
    let ExprKind::Call { function, args, .. } = &expr.kind else { return None };
    // To ask for the public is to permit, for all else to forbid: the other way round no name was expected to pass.
    if permits != (function.name == "is_global") || !function.name.starts_with("is_") {
        return None;
    }
    let [url] = args.as_slice() else { return None };
    let ExprKind::Call { args: read, .. } = &url.kind else { return None };
    let subject = read.first().filter(|subject| url.ty == Type::Url && subject.constant().is_none())?.canonical();
    let of_a_name = |expr: &Expr| decided(expr, &subject, &Value::text(NAME));
    if of_a_name(expr).is_some() || of_a_name(condition).is_some() {
        return None;
    }
    let message = format!("`{}()` is unknown of host names, so each gets `{stricter}`", function.name);
    let host = format!("url({subject}).host()");
    let help = match function.name {
        "is_global" => {
            format!("name the hosts by `host_within`; `!isIP({host}) || ip({host}).is_global()` lets every name pass")
        }
        name => format!(
            "where names may pass, write `isIP({host}) && ip({host}).{name}()`, which is false of every name, `localhost` too"
        ),
    };
    Some(LINT.finding(expr.span, message).labelled("where a name leads, no text tells").help(help))
}
