//! Conditions that are there or not.

use rusqlite::{ParamsFromIter, ToSql, params_from_iter};

/// Tests that rows must all pass, with their values.
#[derive(Default)]
pub(super) struct Filter {
    tests: Vec<&'static str>,
    values: Vec<Box<dyn ToSql>>,
}

impl Filter {
    /// One test more, if there is a value for its `?`.
    pub(super) fn and(mut self, test: &'static str, value: Option<impl ToSql + 'static>) -> Self {
        if let Some(value) = value {
            self.tests.push(test);
            self.values.push(Box::new(value));
        }
        self
    }

    /// The condition.
    pub(super) fn test(&self) -> String {
        if self.tests.is_empty() { "TRUE".to_owned() } else { self.tests.join(" AND ") }
    }

    /// The values, in order.
    pub(super) fn values(&self) -> ParamsFromIter<&[Box<dyn ToSql>]> {
        params_from_iter(&*self.values)
    }
}
