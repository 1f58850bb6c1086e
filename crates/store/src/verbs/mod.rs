//! The verbs of the store, written once for every kind of rows: each is one function that runs in one transaction, and the
//! wiring that sends it there. It knows no SQL, no file and no thread.

mod accounts;
mod admissions;
mod requests;
mod state;
mod trail;

use kruxos_approvals::store::Answer;
use tokio::sync::watch;

use crate::tables::{Kept, Reads, Writes};

/// Runs verbs: what one writes is kept whole and for good before its answer is given, or not at all.
pub(crate) trait Runs: Send + Sync {
    /// Runs a verb in a transaction of its own. What it wrote is undone when it gives an error.
    fn write<'a, T: Send + 'static>(
        &'a self,
        verb: impl FnOnce(&mut dyn Writes) -> Kept<T> + Send + 'static,
    ) -> Answer<'a, T>;

    /// Runs a verb that writes nothing, on one consistent view of everything acknowledged so far.
    fn read<'a, T: Send + 'static>(
        &'a self,
        verb: impl FnOnce(&dyn Reads) -> Kept<T> + Send + 'static,
    ) -> Answer<'a, T>;

    /// Runs a verb that reads everything there is, beside the others.
    fn read_at_length<'a, T: Send + 'static>(
        &'a self,
        verb: impl FnOnce(&dyn Reads) -> Kept<T> + Send + 'static,
    ) -> Answer<'a, T>;

    /// The sequence number of the last record, whenever it changes.
    fn ends(&self) -> watch::Receiver<u64>;
}

/// A store over rows of some kind; see [`crate::SqliteStore`] and [`crate::MemoryStore`]. A clone is another handle to the
/// same store.
#[derive(Clone, Debug, Default)]
pub struct StoreOf<R>(pub(crate) R);
