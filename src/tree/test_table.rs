//! Every test of a policy set, once.
//!
//! A test is the smallest piece of a condition that has an outcome of its own: true, false or unknown. Two tests with
//! the same canonical text are one, wherever they are written, so that a call evaluates each at most once.

use rustc_hash::FxHashMap;

use crate::cel::expr::Expr;

/// A test's number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct TestId(u32);

impl TestId {
    pub(crate) const fn index(self) -> usize {
        self.0 as usize
    }
}

/// A test.
#[derive(Debug)]
pub(crate) struct Test {
    /// What is computed.
    pub(crate) expr: Expr,
    /// Its canonical text.
    pub(crate) text: Box<str>,
}

/// The tests, by number and by text.
#[derive(Debug, Default)]
pub(crate) struct TestTable {
    tests: Vec<Test>,
    by_text: FxHashMap<Box<str>, TestId>,
}

impl TestTable {
    /// The number of a test, new or known.
    pub(crate) fn intern(&mut self, expr: &Expr) -> TestId {
        let text = expr.canonical().into_boxed_str();
        if let Some(known) = self.by_text.get(&text) {
            return *known;
        }
        let id = TestId(u32::try_from(self.tests.len()).unwrap_or(u32::MAX));
        self.by_text.insert(text.clone(), id);
        self.tests.push(Test { expr: expr.clone(), text });
        id
    }

    /// The number of the test with this canonical text.
    pub(crate) fn find(&self, text: &str) -> Option<TestId> {
        self.by_text.get(text).copied()
    }

    pub(crate) fn get(&self, id: TestId) -> Option<&Test> {
        self.tests.get(id.index())
    }

    /// All tests, in order of their numbers.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Test> {
        self.tests.iter()
    }

    pub(crate) fn len(&self) -> usize {
        self.tests.len()
    }
}
