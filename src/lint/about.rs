//! What the tests of an entry are about, for lints that look at permissions.

use super::facts::{Fact, Tests};
use super::sets::Set;
use super::typed_sets::Typed;
use crate::cel::expr::ExprKind;
use crate::cel::types::Type;

impl Tests {
    /// Whether it says that all commands are of a list.
    pub(super) fn bounds_a_command(&self, fact: Fact) -> bool {
        self.typed(fact).is_some_and(Typed::bounds_a_command)
    }

    /// Whether it says that some command is of a list.
    pub(super) fn names_a_command(&self, fact: Fact) -> bool {
        self.typed(fact).is_some_and(Typed::names_a_command)
    }

    /// The host below which it permits all.
    pub(super) fn host_within(&self, fact: Fact) -> Option<&str> {
        match self.typed(fact)? {
            Typed::Host { host, below: true } => Some(host),
            _ => None,
        }
    }

    /// Whether it asks where something is: a path, a host, an address, a command.
    pub(super) fn is_of_a_place(&self, fact: Fact) -> bool {
        let of_path = self.table.get(fact.test).is_some_and(|test| match &test.expr.kind {
            ExprKind::Call { args, .. } => args.first().is_some_and(|subject| subject.ty == Type::Path),
            _ => false,
        });
        of_path || self.typed(fact).is_some()
    }

    /// Whether it asks only whether something is there.
    pub(super) fn asks_only_presence(&self, fact: Fact) -> bool {
        self.table.get(fact.test).is_some_and(|test| matches!(test.expr.kind, ExprKind::Has { .. }))
    }

    /// An element of the later test's list that the earlier test holds for.
    pub(super) fn part_taken(&self, earlier: Fact, later: Fact) -> Option<String> {
        if let (Some((subject, taken)), Some((other, words))) = (self.words(earlier), self.words(later)) {
            let first = words.iter().find(|word| taken.contains(word)).filter(|_| subject == other);
            return first.cloned();
        }
        self.command_taken(earlier, later)
    }

    #[cfg(feature = "shell")]
    fn command_taken(&self, earlier: Fact, later: Fact) -> Option<String> {
        use crate::shell::Verdict;

        let (Typed::Commands { asks: first, list: taken, programs }, Typed::Commands { asks, list, .. }) =
            (self.typed(earlier)?, self.typed(later)?)
        else {
            return None;
        };
        if !self.same_subject(earlier, later) {
            return None;
        }
        let holds = |entry: &&str| {
            first.of(taken, entry, programs) == Verdict::Yes && asks.of(list, entry, programs) == Verdict::Yes
        };
        list.entries().find(holds).map(str::to_owned)
    }

    #[cfg(not(feature = "shell"))]
    const fn command_taken(&self, _: Fact, _: Fact) -> Option<String> {
        None
    }

    fn typed(&self, fact: Fact) -> Option<&Typed> {
        match self.positive(fact)? {
            Set::Typed(typed) => Some(typed),
            _ => None,
        }
    }
}
