//! News of the audit trail: whoever waits for a request is woken, whoever follows the trail misses no record.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::Stream;
use kruxos_approvals::audit::SealedRecord;
use kruxos_approvals::request::RequestId;
use tokio::sync::Notify;
use tokio::sync::futures::Notified;

use crate::gateway::Gateway;
use crate::wire::RecordDocument;

/// Records that are read at once.
const AT_ONCE: u32 = 500;
/// How long to pause when the trail cannot be read.
const PAUSE: Duration = Duration::from_millis(500);

/// Who waits for which request.
#[derive(Debug, Default)]
pub(crate) struct Feed {
    waiting: Arc<Mutex<Waiting>>,
}

type Waiting = BTreeMap<RequestId, Arc<Notify>>;

fn lock(waiting: &Mutex<Waiting>) -> MutexGuard<'_, Waiting> {
    waiting.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Waits for news of one request.
#[derive(Debug)]
pub(crate) struct Waiter {
    id: RequestId,
    notify: Arc<Notify>,
    waiting: Arc<Mutex<Waiting>>,
}

impl Waiter {
    /// Done once something happened to the request after this was enabled.
    pub(crate) fn news(&self) -> Notified<'_> {
        self.notify.notified()
    }
}

impl Drop for Waiter {
    fn drop(&mut self) {
        let mut waiting = lock(&self.waiting);
        // Two hold it when this is the last waiter: the map and this.
        if Arc::strong_count(&self.notify) <= 2 {
            waiting.remove(&self.id);
        }
    }
}

impl Feed {
    /// Waits for news of this request from now on.
    pub(crate) fn waiter(&self, id: RequestId) -> Waiter {
        let notify = lock(&self.waiting).entry(id).or_default().clone();
        Waiter { id, notify, waiting: self.waiting.clone() }
    }

    fn tell(&self, record: &SealedRecord) {
        let Some(id) = record.record.entry.request else { return };
        if let Some(notify) = lock(&self.waiting).get(&id) {
            notify.notify_waiters();
        }
    }
}

impl Gateway {
    /// Follows the trail and wakes who waits.
    pub(crate) fn spawn_feed(self: Arc<Self>) {
        let tasks = self.tasks.clone();
        tasks.spawn(async move {
            let mut cursor = None;
            while let Some(records) = self.unless_stopped(self.next_records(&mut cursor)).await {
                for record in &records {
                    self.feed.tell(record);
                }
            }
        });
    }

    /// The records behind the cursor, once there are some; without a cursor, those to come.
    async fn next_records(&self, cursor: &mut Option<u64>) -> Vec<SealedRecord> {
        loop {
            match self.try_next_records(cursor).await {
                Ok(records) if records.is_empty() => {}
                Ok(records) => return records,
                Err(error) => {
                    tracing::error!(%error, "the audit trail cannot be followed");
                    tokio::time::sleep(PAUSE).await;
                }
            }
        }
    }

    async fn try_next_records(
        &self,
        cursor: &mut Option<u64>,
    ) -> Result<Vec<SealedRecord>, kruxos_approvals::StoreError> {
        let after = match *cursor {
            Some(after) => after,
            None => self.store.head().await?.sequence,
        };
        *cursor = Some(after);
        self.store.changed(after).await?;
        let records = self.store.records_after(after, AT_ONCE).await?;
        *cursor = records.last().map_or(*cursor, |last| Some(last.record.sequence));
        Ok(records)
    }

    /// Every record behind a sequence number, and those to come; `None`: only those to come. Ends when the gateway stops.
    pub fn follow(self: &Arc<Self>, after: Option<u64>) -> impl Stream<Item = RecordDocument> + Send + 'static + use<> {
        let start = (self.clone(), after, VecDeque::new());
        futures_util::stream::unfold(start, |(gateway, mut cursor, mut ready)| async move {
            if ready.is_empty() {
                ready.extend(gateway.unless_stopped(gateway.next_records(&mut cursor)).await?);
            }
            let sealed: SealedRecord = ready.pop_front()?;
            let document = RecordDocument { record: sealed.record, hash: sealed.hash };
            Some((document, (gateway, cursor, ready)))
        })
    }
}
