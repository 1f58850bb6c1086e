//! A store that is gone with its process: rows in ordered maps behind one lock.

mod accounts;
mod admissions;
mod requests;
mod state;
mod trail;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use kruxos_approvals::state_entry::{Scope, Session, StateEntry};
use kruxos_approvals::store::Answer;
use kruxos_approvals::{Account, Digest, Request, RequestId, Role, SealedRecord};
use tokio::sync::watch;

use crate::tables::{Kept, Reads, Writes};
use crate::verbs::{Runs, StoreOf};

/// A store in memory, for tests and trials: nothing of it survives.
///
/// ```
/// # use kruxos_approvals::store::AuditStore;
/// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
/// let store = kruxos_store::MemoryStore::default();
/// assert_eq!(store.head().await?, kruxos_approvals::Head::EMPTY);
/// # Ok::<(), kruxos_approvals::StoreError>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub type MemoryStore = StoreOf<Memory>;

/// The rows of a [`MemoryStore`] and who waits for them.
#[derive(Clone, Debug, Default)]
pub struct Memory(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    rows: Mutex<Rows>,
    end: watch::Sender<u64>,
}

/// Everything that is kept. The pending requests are found by two orders beside their own.
#[derive(Debug, Default)]
struct Rows {
    requests: BTreeMap<RequestId, Request>,
    pending_calls: BTreeMap<Digest, RequestId>,
    pending_until: BTreeSet<(Option<Timestamp>, RequestId)>,
    records: Vec<SealedRecord>,
    open_calls: BTreeSet<u64>,
    accounts: BTreeMap<(Role, String), Account>,
    entries: BTreeMap<Scope, BTreeMap<String, StateEntry>>,
    sessions: BTreeMap<String, Session>,
    admissions: BTreeMap<(String, String), VecDeque<admissions::Admitted>>,
}

impl Memory {
    fn rows(&self) -> MutexGuard<'_, Rows> {
        // No verb panics halfway; if one did, the chain would still say what is whole.
        self.0.rows.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Runs for Memory {
    /// Verbs check everything before their first write, and writes to memory do not fail: nothing is ever to be undone.
    fn write<'a, T: Send + 'static>(
        &'a self,
        verb: impl FnOnce(&mut dyn Writes) -> Kept<T> + Send + 'static,
    ) -> Answer<'a, T> {
        Box::pin(async move {
            let mut rows = self.rows();
            let answer = verb(&mut *rows);
            let end = rows.records.len() as u64;
            self.0.end.send_if_modified(|known| std::mem::replace(known, end) != end);
            answer
        })
    }

    fn read<'a, T: Send + 'static>(
        &'a self,
        verb: impl FnOnce(&dyn Reads) -> Kept<T> + Send + 'static,
    ) -> Answer<'a, T> {
        Box::pin(async move { verb(&*self.rows()) })
    }

    fn read_at_length<'a, T: Send + 'static>(
        &'a self,
        verb: impl FnOnce(&dyn Reads) -> Kept<T> + Send + 'static,
    ) -> Answer<'a, T> {
        self.read(verb)
    }

    fn ends(&self) -> watch::Receiver<u64> {
        self.0.end.subscribe()
    }
}

/// A limit as a count of things in memory.
fn count(limit: u32) -> usize {
    usize::try_from(limit).unwrap_or(usize::MAX)
}
