//! The values that a decision looks at: the call's, and those that several tests share.
//!
//! A shared value is computed when it is first asked for and kept as long as the decision lasts. What all evaluations of
//! a decision cost is counted here, and bounded.

use std::cell::{Cell, RefCell};

use smallvec::SmallVec;

use super::shared;
use crate::cel::expr::Expr;
use crate::cel::function::{Cause, Declared};
use crate::cel::value::{Text, Value};
use crate::cel::{self, Budget, MAX_BUILT, MAX_STEPS, Step, Variables};
#[cfg(feature = "shell")]
use crate::shell::Programs;

/// Steps after which a decision evaluates nothing more; a single evaluation takes at most [`MAX_STEPS`].
pub(crate) const MAX_DECISION_STEPS: usize = 1_000_000;
/// Bytes built after which a decision evaluates nothing more; a single evaluation builds at most [`MAX_BUILT`].
pub(crate) const MAX_DECISION_BUILT: usize = 4 * MAX_BUILT;

/// What is said of a test that is not evaluated any more.
const SPENT: Cause = Cause::Limit("more than 1,000,000 steps for one decision");
/// What is said where too much was built.
const BUILT: Cause = Cause::Limit("more than 64 MiB built for one decision");

/// Shared values that were computed, by number.
type Known<'v> = SmallVec<[(usize, Result<Value<'v>, Cause>); 2]>;

/// A call's values and the shared ones.
pub(crate) struct Values<'w, 'v> {
    call: &'w dyn Variables<'v>,
    shared: &'v [Expr],
    known: RefCell<Known<'v>>,
    steps: Cell<usize>,
    built: Cell<usize>,
}

impl<'w, 'v> Values<'w, 'v> {
    /// Nothing is known yet.
    pub(crate) fn new(call: &'w dyn Variables<'v>, shared: &'v [Expr]) -> Self {
        Self { call, shared, known: RefCell::new(SmallVec::new()), steps: Cell::new(0), built: Cell::new(0) }
    }

    /// How many steps were taken.
    pub(crate) const fn steps(&self) -> usize {
        self.steps.get()
    }

    /// Takes steps for something that was looked up; an error where none are left.
    pub(crate) fn charge(&self, steps: usize) -> Result<(), Cause> {
        if self.steps.get() >= MAX_DECISION_STEPS {
            return Err(SPENT);
        }
        self.steps.set(self.steps.get().saturating_add(steps));
        Ok(())
    }

    /// The value of an expression.
    pub(crate) fn eval(&self, expr: &'v Expr) -> Result<Value<'v>, Cause> {
        self.charge(0)?;
        if self.built.get() >= MAX_DECISION_BUILT {
            return Err(BUILT);
        }
        let budget = Budget::default();
        let value = cel::within(expr, self, &budget);
        self.steps.set(self.steps.get().saturating_add(MAX_STEPS.saturating_sub(budget.steps_left())));
        self.built.set(self.built.get().saturating_add(MAX_BUILT.saturating_sub(budget.bytes_left())));
        value.map_err(|unknown| unknown.cause)
    }

    fn shared(&self, number: usize) -> Result<Value<'v>, Cause> {
        let known = self.known.borrow().iter().find(|(at, _)| *at == number).map(|(_, value)| value.clone());
        if let Some(known) = known {
            return known;
        }
        let expr = self.shared.get(number).ok_or(Cause::Missing)?;
        let value = self.eval(expr);
        self.known.borrow_mut().push((number, value.clone()));
        value
    }
}

impl<'v> Variables<'v> for Values<'_, 'v> {
    fn value(&self, index: usize) -> Result<Value<'v>, Cause> {
        match index.checked_sub(shared::FIRST) {
            None => self.call.value(index),
            Some(number) => self.shared(number),
        }
    }

    // everything else is the call's: what is left out here would be forgotten without a word

    fn base(&self, place: &[Step<'_>]) -> Result<Text<'v>, Cause> {
        self.call.base(place)
    }

    fn working_directory(&self) -> Result<Text<'v>, Cause> {
        self.call.working_directory()
    }

    fn declared(&self, place: &[Step<'_>]) -> Declared {
        self.call.declared(place)
    }

    #[cfg(feature = "shell")]
    fn programs(&self) -> Programs {
        self.call.programs()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    fn methods(text: &str) -> BTreeSet<&str> {
        let names = text.split("    fn ").skip(1).filter_map(|rest| rest.split(['(', '<']).next());
        names.collect()
    }

    /// A method that [`super::Variables`] answers by itself would be answered wrong for shared values.
    #[test]
    fn whatever_variables_are_asked_the_call_answers() {
        let between = |text: &'static str, start: &str, end: &str| {
            text.split_once(start).and_then(|(_, rest)| rest.split_once(end)).unwrap().0
        };
        let asked = between(include_str!("../cel/eval.rs"), "pub trait Variables<'a> {", "\n}\n");
        let answered = between(include_str!("values.rs"), "for Values<'_, 'v> {", "\n}\n");
        assert_eq!(methods(asked), methods(answered));
        for method in methods(asked) {
            assert!(answered.contains(&format!("self.call.{method}(")), "{method}");
        }
    }
}
