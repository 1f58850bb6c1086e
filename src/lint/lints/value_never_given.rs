//! A comparison with a value that what it is compared with never is.
//!
//! `url(params.url).host()` is in lower case, so it never equals `Example.com`; `params.method.lowerAscii()` never equals
//! `GET`; a scheme stands without its colon; kinds of SQL statements are in lower case, `programs()` are names without their
//! arguments, Sunday is day 0 and there is no day 7. A rule that blocks by such a test blocks nothing.
//!
//! Write the value as the function gives it.

use super::super::given::{self, Comparison, Never, Out};
use super::super::view::View;
use super::super::{Example, Lint};
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
        Example::new(
            r#"name: changes
version: "1.0"
defaults: { tier: notify }
capabilities:
  deploy.start:
    rules:
      - { condition: "now.getDayOfWeek() in [6, 7]", tier: blocked }
"#,
            7,
            r#"name: changes
version: "1.0"
defaults: { tier: notify }
capabilities:
  deploy.start:
    rules:
      - { condition: "now.getDayOfWeek() in [6, 0]", tier: blocked }
"#,
        ),
    ],
    source: include_str!("value_never_given.rs"),
    check,
};

fn check(view: &View<'_>, findings: &mut Vec<Diagnostic>) {
    for rule in view.own_entries().flat_map(|(_, entry)| &entry.rules) {
        given::comparisons(&rule.rule.condition, &mut |comparison| findings.extend(never(comparison)));
    }
}

fn never(comparison: &Comparison<'_>) -> Option<Diagnostic> {
    let giver = comparison.giver.name;
    let (shown, given) = match comparison.texts().iter().find_map(|text| given::text(comparison, text)) {
        Some(Never { text, given }) if giver == "programs" => {
            let message = format!("`programs()` gives names alone; `{text}` would be a program of that very name");
            let finding = LINT.finding(comparison.test.span, message);
            let given = given.unwrap_or_default();
            return Some(
                finding
                    .help(format!("write the name, `'{given}'`; for a command with its words `runs_any(['{text}'])`")),
            );
        }
        Some(Never { text, given }) => (text, given),
        None => return of_number(comparison),
    };
    let finding = LINT.finding(comparison.test.span, format!("`{giver}()` never gives `{shown}`"));
    Some(match given {
        Some(given) => finding.help(format!("write it as it is given: `'{}'`", given.escape_debug())),
        None => finding.help("see what the function gives in docs/functions.md"),
    })
}

/// A number that is out of what a function gives.
fn of_number(comparison: &Comparison<'_>) -> Option<Diagnostic> {
    let (range, meaning) = given::range(comparison)?;
    let giver = comparison.giver.name;
    let (least, most) = (range.start(), range.end());
    let gives = format!("`{giver}()` gives {least} to {most}{meaning}");
    let message = match given::out_of(comparison, &range)? {
        Out::Never(number) => format!("{gives}, never {number}"),
        Out::Always(true) => format!("{gives}, so this always holds"),
        Out::Always(false) => format!("{gives}, so this never holds"),
    };
    Some(LINT.finding(comparison.test.span, message).help("write a number that the function gives"))
}
