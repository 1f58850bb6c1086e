//! How much work one evaluation may do.

use std::cell::Cell;

use super::function::Cause;

/// Most steps of one evaluation: a node visited, a kibibyte of text read, some elements compared.
pub const MAX_STEPS: usize = 100_000;
/// Most bytes of text, lists and maps that one evaluation builds.
pub const MAX_BUILT: usize = 16 * 1024 * 1024;

/// What is left of the work one evaluation may do.
#[derive(Debug)]
pub struct Budget {
    steps: Cell<usize>,
    bytes: Cell<usize>,
}

impl Default for Budget {
    fn default() -> Self {
        Self::new(MAX_STEPS, MAX_BUILT)
    }
}

impl Budget {
    /// A budget of its own size.
    #[must_use]
    pub const fn new(steps: usize, bytes: usize) -> Self {
        Self { steps: Cell::new(steps), bytes: Cell::new(bytes) }
    }

    /// How many steps are left.
    #[must_use]
    pub const fn steps_left(&self) -> usize {
        self.steps.get()
    }

    /// How many bytes may be built yet.
    #[must_use]
    pub const fn bytes_left(&self) -> usize {
        self.bytes.get()
    }

    /// Takes one step.
    #[inline]
    pub(crate) fn step(&self) -> Result<(), Cause> {
        self.steps(1)
    }

    /// Takes some steps.
    #[inline]
    pub(crate) fn steps(&self, count: usize) -> Result<(), Cause> {
        let left = self.steps.get().checked_sub(count);
        self.steps.set(left.unwrap_or(0));
        left.map(|_| ()).ok_or(Cause::Limit("more than 100,000 steps"))
    }

    /// Reads so many bytes of text.
    #[inline]
    pub(crate) fn read(&self, bytes: usize) -> Result<(), Cause> {
        self.steps(bytes / 1024)
    }

    /// Looks at so many elements of a list or map.
    #[inline]
    pub(crate) fn visit(&self, elements: usize) -> Result<(), Cause> {
        self.steps(elements / 16)
    }

    /// Builds so many bytes; to be asked before they are.
    pub(crate) fn build(&self, bytes: usize) -> Result<(), Cause> {
        let left = self.bytes.get().checked_sub(bytes);
        self.bytes.set(left.unwrap_or(0));
        left.map(|_| ()).ok_or(Cause::Limit("more than 16 MiB built"))
    }
}
