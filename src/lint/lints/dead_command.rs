//! An entry of a list of commands that allows nothing.
//!
//! In `runs_only` a command is allowed when it is certain what it does. `eval` and `source` do what they are given, so they
//! stay unknown under an entry of their own, and the stricter answer counts. Words of the shell itself, `time`, `!`, `if`,
//! need no entry: the commands behind them are judged.
//!
//! Leave the entry out; where a command inside is meant, list that one.

#[cfg(feature = "shell")]
use super::super::Example;
use super::super::Lint;
#[cfg(feature = "shell")]
use super::super::typed_sets::{Asks, Programs, Typed};
use super::super::view::{View, walk};
use crate::cel::expr::Expr;
use crate::diagnostic::{Diagnostic, Severity};

pub(super) const LINT: Lint = Lint {
    code: "dead-command",
    severity: Severity::Warning,
    #[cfg(feature = "shell")]
    examples: EXAMPLES,
    #[cfg(not(feature = "shell"))]
    examples: &[],
    source: include_str!("dead_command.rs"),
    check,
};

#[cfg(feature = "shell")]
const EXAMPLES: &[Example] = &[
    Example::new(
        r#"name: commands
version: "1.0"
defaults: { tier: blocked }
capabilities:
  process.run:
    rules:
      - { condition: { command_runs_only: [git status, eval] }, tier: notify }
"#,
        7,
        r#"name: commands
version: "1.0"
defaults: { tier: blocked }
capabilities:
  process.run:
    rules:
      - { condition: { command_runs_only: [git status] }, tier: notify }
"#,
    ),
    Example::new(
        r#"name: commands
version: "1.0"
defaults: { tier: blocked }
capabilities:
  process.run:
    rules:
      - { condition: { command_runs_only: [time, git status] }, tier: notify }
"#,
        7,
        r#"name: commands
version: "1.0"
defaults: { tier: blocked }
capabilities:
  process.run:
    rules:
      - { condition: { command_runs_only: [git status] }, tier: notify }
"#,
    ),
];

fn check(view: &View<'_>, findings: &mut Vec<Diagnostic>) {
    for rule in view.own_entries().flat_map(|(_, entry)| &entry.rules) {
        walk(&rule.rule.condition, &mut |expr| findings.extend(dead(view, expr)));
    }
}

#[cfg(not(feature = "shell"))]
fn dead(_: &View<'_>, _: &Expr) -> Vec<Diagnostic> {
    Vec::new()
}

#[cfg(feature = "shell")]
fn dead(view: &View<'_>, expr: &Expr) -> Vec<Diagnostic> {
    use crate::shell::List;

    let Some((_, Typed::Commands { asks, list, programs })) = Typed::of(expr, &view.programs()) else {
        return Vec::new();
    };
    let complaint = |entry: &str| {
        let span = entry_span(view, expr, entry);
        if List::needless(entry) {
            let message = format!("`{entry}` is a word of the shell and no program");
            return Some(LINT.finding(span, message).help("leave it out: what stands behind it is judged by itself"));
        }
        let asked = matches!(asks, Asks::Only | Asks::Bounded);
        // What a program with a row does depends on options and subcommands that are not all tried here.
        let own = asked && !List::has_row(entry, &programs);
        (own && !is_ever_certain(&programs, entry, asks)).then(|| {
            let message = format!("the entry `{entry}` allows nothing: what it would run depends on what it is given");
            LINT.finding(span, message).help("leave it out, or list the commands that are meant")
        })
    };
    list.entries().filter_map(complaint).collect()
}

/// Where an entry of a test's list stands: by itself where the text has it as it is, else the whole list.
#[cfg(feature = "shell")]
pub(super) fn entry_span(view: &View<'_>, expr: &Expr, entry: &str) -> crate::source::Span {
    let list = match &expr.kind {
        crate::cel::expr::ExprKind::Call { args, .. } => args.get(1).map_or(expr.span, |list| list.span),
        _ => expr.span,
    };
    let text = view.text(list);
    let ends = |text: Option<char>| text.is_none_or(|c| matches!(c, ',' | '[' | ']' | '\'' | '"' | '\n' | ' '));
    let mut places = text.match_indices(entry).map(|(at, _)| at).filter(|at| {
        let (before, behind) = (text.get(..*at).unwrap_or_default(), text.get(at + entry.len()..).unwrap_or_default());
        let behind = behind.trim_start_matches(' ');
        ends(before.chars().next_back()) && ends(behind.chars().next()) && !behind.starts_with('-')
    });
    match (places.next(), places.next()) {
        (Some(at), None) => {
            let start = list.start as usize + at;
            crate::source::Span::new(list.source, start, start + entry.len())
        }
        _ => list,
    }
}

/// Words behind an entry that are tried: none, operands, options that need an end.
#[cfg(feature = "shell")]
const BEHIND: &[&str] = &[
    "",
    " x",
    " x y",
    " .",
    " x.txt",
    " -l",
    " x ';'",
    " x {} +",
    " . x",
    " -- x",
    " = x",
    " 1 x",
    " --version",
    " --help",
    " version",
];

/// Whether some command is certain to be of the entry, a plain program beside it allowed.
#[cfg(feature = "shell")]
fn is_ever_certain(programs: &Programs, entry: &str, asks: Asks) -> bool {
    use crate::shell::{List, Verdict};

    let Ok(list) = List::read([entry, "x"]) else { return true };
    BEHIND.iter().any(|behind| asks.of(&list, &format!("{entry}{behind}"), programs) == Verdict::Yes)
}
