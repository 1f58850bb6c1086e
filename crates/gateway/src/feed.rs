//! News of the audit trail: one reader follows it for everybody. Whoever waits for a request is woken, whoever follows the
//! trail misses no record.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::Stream;
use kruxos_approvals::audit::SealedRecord;
use kruxos_approvals::request::RequestId;
use kruxos_approvals::store::Answer;
use kruxos_approvals::{Store, StoreError};
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::futures::Notified;
use tokio::sync::{Notify, broadcast};

use crate::lifetime::Lifetime;

/// Records that are read at once.
const AT_ONCE: u32 = 500;
/// How long to pause when the trail cannot be read.
const PAUSE: Duration = Duration::from_millis(500);
/// Records that are kept for followers that are slower than the trail; whoever is slower still reads the store again.
const KEPT: usize = 1_024;
/// The longest params, in bytes, that are kept for followers: what is longer each of them reads by itself.
const LARGEST_KEPT: usize = 16 * 1024;

/// A record that was appended.
#[derive(Clone, Debug)]
struct News {
    sequence: u64,
    /// The record; `None` for one that is too large to be kept for everybody.
    record: Option<Arc<SealedRecord>>,
}

impl News {
    fn of(record: &Arc<SealedRecord>) -> Self {
        let length = record.record.entry.params.as_ref().map_or(0, |params| params.as_str().len());
        Self { sequence: record.record.sequence, record: (length <= LARGEST_KEPT).then(|| record.clone()) }
    }
}

/// The trail as it grows. A clone is another handle to the same news.
#[derive(Clone)]
pub(crate) struct Feed {
    store: Arc<dyn Store>,
    lifetime: Lifetime,
    waiting: Arc<Mutex<Waiting>>,
    news: broadcast::Sender<News>,
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
    /// The news of a store, once [`Feed::spawn`] was called.
    pub(crate) fn of(store: Arc<dyn Store>, lifetime: Lifetime) -> Self {
        let (news, _) = broadcast::channel(KEPT);
        Self { store, lifetime, waiting: Arc::default(), news }
    }

    /// Follows the trail from here on, until the gateway stops.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub(crate) async fn spawn(&self) -> Result<(), StoreError> {
        let (own, mut cursor) = (self.clone(), self.store.head().await?.sequence);
        self.lifetime.spawn(async move {
            while let Some(records) = own.lifetime.unless_stopped(own.behind(cursor)).await {
                for record in records.into_iter().map(Arc::new) {
                    cursor = record.record.sequence;
                    own.tell(&record);
                }
            }
        });
        Ok(())
    }

    fn tell(&self, record: &Arc<SealedRecord>) {
        // Nobody has to follow.
        let _ = self.news.send(News::of(record));
        let Some(id) = record.record.entry.request else { return };
        if let Some(notify) = lock(&self.waiting).get(&id) {
            notify.notify_waiters();
        }
    }

    /// Waits for news of this request from now on.
    pub(crate) fn waiter(&self, id: RequestId) -> Waiter {
        let notify = lock(&self.waiting).entry(id).or_default().clone();
        Waiter { id, notify, waiting: self.waiting.clone() }
    }

    /// The records behind a sequence number, once there are some.
    async fn behind(&self, after: u64) -> Vec<SealedRecord> {
        loop {
            self.patiently(|store| store.changed(after)).await;
            let records = self.patiently(|store| store.records_after(after, AT_ONCE)).await;
            if !records.is_empty() {
                return records;
            }
        }
    }

    /// Every record behind a sequence number, and those to come; `None`: only those to come. Ends when the gateway stops.
    pub(crate) fn follow(&self, after: Option<u64>) -> impl Stream<Item = Arc<SealedRecord>> + Send + 'static + use<> {
        let (behind, ready) = (after.is_some(), VecDeque::new());
        let follower = Follower { feed: self.clone(), news: self.news.subscribe(), after, behind, ready };
        futures_util::stream::unfold(follower, |mut follower| async move {
            let lifetime = follower.feed.lifetime.clone();
            let record = lifetime.unless_stopped(follower.next()).await??;
            Some((record, follower))
        })
    }

    /// What the store answers, however long it takes.
    async fn patiently<'s, T>(&'s self, ask: impl Fn(&'s dyn Store) -> Answer<'s, T>) -> T {
        loop {
            match ask(&*self.store).await {
                Ok(answer) => return answer,
                Err(error) => tracing::error!(%error, "the audit trail cannot be followed"),
            }
            tokio::time::sleep(PAUSE).await;
        }
    }
}

/// Who follows the trail: by the store as far as it is behind, then by what the one reader tells.
struct Follower {
    feed: Feed,
    news: broadcast::Receiver<News>,
    /// The last record that was given; `None` before it is known where the trail ends.
    after: Option<u64>,
    /// Whether the store may have records that no news will bring.
    behind: bool,
    ready: VecDeque<Arc<SealedRecord>>,
}

impl Follower {
    /// The next record; `None` when there will be none.
    async fn next(&mut self) -> Option<Arc<SealedRecord>> {
        let mut after = match self.after {
            Some(after) => after,
            None => self.feed.patiently(|store| store.head()).await.sequence,
        };
        loop {
            self.after = Some(after);
            if let Some(record) = self.ready.pop_front() {
                self.after = Some(record.record.sequence);
                return Some(record);
            }
            if self.behind {
                let page = self.feed.patiently(|store| store.records_after(after, AT_ONCE)).await;
                self.behind = !page.is_empty();
                self.ready.extend(page.into_iter().map(Arc::new));
                continue;
            }
            match self.news.recv().await {
                Ok(News { sequence, .. }) if sequence <= after => {}
                Ok(News { sequence, record: Some(record) }) if sequence == after.saturating_add(1) => {
                    after = sequence;
                    self.ready.push_back(record);
                }
                Ok(_) | Err(RecvError::Lagged(_)) => self.behind = true,
                Err(RecvError::Closed) => return None,
            }
        }
    }
}
