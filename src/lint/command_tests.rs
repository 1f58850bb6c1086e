//! The tests of a policy that ask a list of commands, for lints that look at the list's entries.

use super::typed_sets::{Asks, Programs, Typed};
use super::view::{View, walk};
use crate::cel::expr::{Expr, ExprKind};
use crate::shell::List;
use crate::source::Span;

/// A test that asks a list of commands.
pub(super) struct CommandTest<'v> {
    /// What is asked.
    pub(super) asks: Asks,
    /// The commands listed.
    pub(super) list: List,
    /// What is known of programs.
    pub(super) programs: Programs,
    expr: &'v Expr,
}

/// Gives every such test of the rules that are the policies' own.
pub(super) fn each<'v>(view: &'v View<'_>, mut give: impl FnMut(&CommandTest<'v>)) {
    for rule in view.own_entries().flat_map(|(_, entry)| &entry.rules) {
        walk(&rule.rule.condition, &mut |expr| {
            if let Some((_, Typed::Commands { asks, list, programs })) = Typed::of(expr, &view.programs()) {
                give(&CommandTest { asks, list, programs, expr });
            }
        });
    }
}

impl CommandTest<'_> {
    /// Whether it allows commands: `runs_only`, beside a test of what is written too.
    pub(super) fn allows(&self) -> bool {
        matches!(self.asks, Asks::Only | Asks::Bounded)
    }

    /// Where an entry of the list stands: by itself where the text has it as it is, else the whole list.
    pub(super) fn entry_span(&self, view: &View<'_>, entry: &str) -> Span {
        let list = match &self.expr.kind {
            ExprKind::Call { args, .. } => args.get(1).map_or(self.expr.span, |list| list.span),
            _ => self.expr.span,
        };
        let text = view.text(list);
        let ends = |text: Option<char>| text.is_none_or(|c| matches!(c, ',' | '[' | ']' | '\'' | '"' | '\n' | ' '));
        let mut places = text.match_indices(entry).map(|(at, _)| at).filter(|at| {
            let (before, behind) =
                (text.get(..*at).unwrap_or_default(), text.get(at + entry.len()..).unwrap_or_default());
            let behind = behind.trim_start_matches(' ');
            ends(before.chars().next_back()) && ends(behind.chars().next()) && !behind.starts_with('-')
        });
        match (places.next(), places.next()) {
            (Some(at), None) => {
                let start = list.start as usize + at;
                Span::new(list.source, start, start + entry.len())
            }
            _ => list,
        }
    }
}
