//! The table of executors.

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;

use crate::executor::{Executor, Surroundings};

/// All executors, by capability.
pub struct Executors {
    by_capability: BTreeMap<&'static str, Arc<dyn Executor>>,
}

impl Executors {
    /// The executors that come with the gateway.
    ///
    /// # Errors
    /// When the workspace cannot be opened.
    pub fn standard(_surroundings: &Surroundings) -> io::Result<Self> {
        Ok(Self { by_capability: BTreeMap::new() })
    }

    /// The executor of a capability.
    #[must_use]
    pub fn find(&self, capability: &str) -> Option<&Arc<dyn Executor>> {
        self.by_capability.get(capability)
    }
}
