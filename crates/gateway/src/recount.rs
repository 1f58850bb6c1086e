//! Counting calls again that were admitted before: a restart or a change of policies forgets none.

use jiff::Timestamp;
use kruxos_approvals::audit::{Event, Outcome, Record};
use kruxos_approvals::store::AuditQuery;
use kruxos_approvals::{Store, StoreError};

use crate::policies::{InForce, Judged};

/// Admitted calls that are counted again.
const MOST_RECOUNTED: u32 = 100_000;

/// Counts again, under new limits, the calls that were admitted lately. Only calls that a limit may count are read. Gives
/// the sequence number of the last record that was looked at.
pub(crate) async fn recount(store: &dyn Store, new: &InForce) -> Result<u64, StoreError> {
    let head = store.head().await?.sequence;
    let mut limited = store.audited_capabilities().await?;
    limited.retain(|capability| new.is_limited(capability));
    if limited.is_empty() {
        return Ok(head);
    }
    let window = i64::try_from(new.longest_window_ms()).unwrap_or(i64::MAX);
    let since = Timestamp::now().checked_sub(jiff::SignedDuration::from_millis(window)).ok();
    let query = AuditQuery { since, capabilities: Some(limited), limit: MOST_RECOUNTED, ..AuditQuery::default() };
    let records = store.records(query).await?;
    records.iter().rev().for_each(|sealed| count_again(new, &sealed.record));
    Ok(head.max(records.first().map_or(0, |newest| newest.record.sequence)))
}

/// Counts, under limits that are in force by now, the calls behind a record that others than these have admitted.
pub(crate) async fn recount_others(store: &dyn Store, new: &InForce, after: u64) -> Result<(), StoreError> {
    let digest = new.engine.policy_set().digest();
    for sealed in store.records_after(after, MOST_RECOUNTED).await? {
        let decision = sealed.record.entry.decision.as_ref();
        if decision.is_some_and(|decision| decision.policy_digest != digest) {
            count_again(new, &sealed.record);
        }
    }
    Ok(())
}

/// Counts a call that was admitted once.
fn count_again(new: &InForce, record: &Record) {
    let entry = &record.entry;
    let admitted = entry.event == Event::Decision
        && matches!(entry.outcome, None | Some(Outcome::ApprovalRequested | Outcome::Failed));
    let (true, Some(agent), Some(capability), Some(params)) =
        (admitted, &entry.agent, &entry.capability, &entry.params)
    else {
        return;
    };
    new.admit(Judged { agent, session: entry.session.as_deref(), capability, params, at: record.at });
}
