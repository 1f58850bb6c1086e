//! Counting admitted calls under limits that are new: a change of policies forgets no call. What the store has counted once
//! it keeps, whatever is loaded.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use kruxos_approvals::audit::Record;
use kruxos_approvals::store::AuditQuery;
use kruxos_approvals::{Admission, SealedRecord, Store, StoreError};

use crate::policies::{InForce, Judged};

/// Records that are read at once.
const AT_ONCE: u32 = 1_000;

/// Limits that begin to count: those of policies that come in force, but for the ones that counted until then.
pub(crate) struct Fresh(BTreeSet<String>);

impl Fresh {
    /// At a start: all that the store knows nothing of.
    pub(crate) async fn at_start(store: &dyn Store, new: &InForce) -> Result<Self, StoreError> {
        let counted: BTreeSet<String> = store.counted_limits().await?.into_iter().collect();
        Ok(Self(&new.limits() - &counted))
    }

    /// In a change of policies: all that those in force do not have. One that counted earlier has missed calls since.
    pub(crate) fn beside(old: &InForce, new: &InForce) -> Self {
        Self(&new.limits() - &old.limits())
    }

    /// Counts, under these limits anew, the calls that were admitted in their windows. Only calls that a limit may count
    /// are read. Gives the sequence number of the last record that was looked at.
    pub(crate) async fn count(&self, store: &dyn Store, new: &InForce) -> Result<u64, StoreError> {
        let head = store.head().await?.sequence;
        let admitted = self.admitted(store, new, |record| record.sequence <= head).await?;
        store.count_again(self.0.iter().cloned().collect(), admitted).await?;
        Ok(head)
    }

    /// Counts, under these limits that are in force by now, the calls behind a record that others than these policies have
    /// admitted.
    pub(crate) async fn count_others(&self, store: &dyn Store, new: &InForce, after: u64) -> Result<(), StoreError> {
        let digest = new.engine.policy_set().digest();
        let by_others =
            |record: &Record| record.entry.decision.as_ref().is_some_and(|decision| decision.policy_digest != digest);
        let admitted = self.admitted(store, new, |record| record.sequence > after && by_others(record)).await?;
        store.count_again(Vec::new(), admitted).await
    }

    /// The calls of the longest window that a limit may count, the oldest first, with the limits they are taken from.
    async fn admitted(
        &self,
        store: &dyn Store,
        new: &InForce,
        counts: impl Fn(&Record) -> bool,
    ) -> Result<Vec<(Admission, Timestamp)>, StoreError> {
        let mut limited = store.audited_capabilities().await?;
        limited.retain(|capability| new.is_limited(capability));
        if limited.is_empty() || self.0.is_empty() {
            return Ok(Vec::new());
        }
        let window = i64::try_from(new.longest_window_ms()).unwrap_or(i64::MAX);
        let since = Timestamp::now().checked_sub(SignedDuration::from_millis(window)).ok();
        let query =
            AuditQuery { since, capabilities: Some(limited), admitted: true, limit: AT_ONCE, ..AuditQuery::default() };
        let (mut admitted, mut before) = (Vec::new(), None);
        loop {
            let page = store.records(AuditQuery { before, ..query.clone() }).await?;
            let counted = page.iter().filter(|sealed| counts(&sealed.record));
            admitted.extend(counted.flat_map(|sealed| self.taken(new, sealed)));
            match page.last() {
                Some(oldest) if page.len() >= AT_ONCE as usize => before = Some(oldest.record.sequence),
                _ => break,
            }
        }
        admitted.reverse();
        Ok(admitted)
    }

    /// What a call that was admitted once takes from these limits.
    fn taken(&self, new: &InForce, sealed: &SealedRecord) -> Vec<(Admission, Timestamp)> {
        let (entry, at) = (&sealed.record.entry, sealed.record.at);
        let (Some(agent), Some(capability), Some(params)) = (&entry.agent, &entry.capability, &entry.params) else {
            return Vec::new();
        };
        let call = Judged { agent, session: entry.session.as_deref(), capability, params, at };
        let limits = new.decide(call).limits.into_iter().filter(|limit| self.0.contains(&limit.limit));
        limits.map(|limit| (limit, at)).collect()
    }
}
