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

/// Counts, under limits that the store knows nothing of, the calls that were admitted in their windows. Only calls that a
/// limit may count are read. Gives the sequence number of the last record that was looked at.
pub(crate) async fn recount(store: &dyn Store, new: &InForce) -> Result<u64, StoreError> {
    let head = store.head().await?.sequence;
    recount_behind(store, new, 0, |_| true).await?;
    Ok(head)
}

/// Counts, under the same limits, the calls behind a record that others than these policies have admitted.
pub(crate) async fn recount_others(store: &dyn Store, new: &InForce, after: u64) -> Result<(), StoreError> {
    let digest = new.engine.policy_set().digest();
    let by_others =
        |record: &Record| record.entry.decision.as_ref().is_some_and(|decision| decision.policy_digest != digest);
    recount_behind(store, new, after, by_others).await
}

async fn recount_behind(
    store: &dyn Store,
    new: &InForce,
    after: u64,
    counts: impl Fn(&Record) -> bool,
) -> Result<(), StoreError> {
    let mut limited = store.audited_capabilities().await?;
    limited.retain(|capability| new.is_limited(capability));
    if limited.is_empty() {
        return Ok(());
    }
    let known: BTreeSet<String> = store.counted_limits().await?.into_iter().collect();
    let window = i64::try_from(new.longest_window_ms()).unwrap_or(i64::MAX);
    let since = Timestamp::now().checked_sub(SignedDuration::from_millis(window)).ok();
    let query =
        AuditQuery { since, capabilities: Some(limited), admitted: true, limit: AT_ONCE, ..AuditQuery::default() };
    let (mut admitted, mut before) = (Vec::new(), None);
    loop {
        let page = store.records(AuditQuery { before, ..query.clone() }).await?;
        let fresh = page.iter().filter(|sealed| sealed.record.sequence > after && counts(&sealed.record));
        admitted.extend(fresh.flat_map(|sealed| uncounted(new, sealed, &known)));
        match page.last() {
            Some(oldest) if page.len() >= AT_ONCE as usize && oldest.record.sequence > after => {
                before = Some(oldest.record.sequence);
            }
            _ => break,
        }
    }
    admitted.reverse();
    store.count_again(admitted).await
}

/// What a call that was admitted once takes from limits that are not counted yet.
fn uncounted(new: &InForce, sealed: &SealedRecord, known: &BTreeSet<String>) -> Vec<(Admission, Timestamp)> {
    let (entry, at) = (&sealed.record.entry, sealed.record.at);
    let (Some(agent), Some(capability), Some(params)) = (&entry.agent, &entry.capability, &entry.params) else {
        return Vec::new();
    };
    let call = Judged { agent, session: entry.session.as_deref(), capability, params, at };
    let limits = new.decide(call).limits.into_iter().filter(|limit| !known.contains(&limit.limit));
    limits.map(|limit| (limit, at)).collect()
}
