//! Taking calls from their limits: all of a call's or none, within the transaction that begins or queues it. Never more than
//! `max` admitted calls in any window: the call that many before has to be older than the window.

use jiff::Timestamp;
use kruxos_approvals::StoreError;
use kruxos_approvals::admission::{Admission, Spent};

use crate::tables::{Counted, Kept, Reads, Writes};

/// Takes a call from its limits at this time. `Spent` where one has no room, and nothing is taken.
pub(super) fn take(rows: &mut dyn Writes, admissions: &[Admission], at: Timestamp) -> Kept<()> {
    let now_ms = at.as_millisecond();
    let mut spent: Option<(usize, &Admission, Option<u64>)> = None;
    for (place, admission) in admissions.iter().enumerate() {
        if let Some(retry) = without_room(rows, admission, now_ms)?
            && spent.is_none_or(|(_, strictest, _)| admission.on_exceed > strictest.on_exceed)
        {
            spent = Some((place, admission, retry));
        }
    }
    if let Some((place, _, retry_after_ms)) = spent {
        return Err(StoreError::Spent(Spent { place, retry_after_ms }));
    }
    admissions.iter().try_for_each(|admission| count(rows, admission, now_ms))
}

/// Whether a limit has no room, and in how many milliseconds it has, if waiting helps.
fn without_room(rows: &dyn Writes, admission: &Admission, now_ms: i64) -> Kept<Option<Option<u64>>> {
    let Some(counted) = counted(admission).filter(|_| admission.max > 0) else { return Ok(Some(None)) };
    let Some(before) = rows.admitted(counted, admission.max)? else { return Ok(None) };
    let free_at = before.saturating_add(window(admission));
    Ok((free_at > now_ms).then(|| u64::try_from(free_at.saturating_sub(now_ms)).ok()))
}

/// Counts a call that was admitted at this time.
pub(super) fn count(rows: &mut dyn Writes, admission: &Admission, at_ms: i64) -> Kept<()> {
    let Some(counted) = counted(admission) else { return Ok(()) };
    rows.admit(counted, at_ms, at_ms.saturating_add(window(admission)), admission.max)
}

/// Counts calls that were admitted before, in order of time, under limits that begin anew and under others.
pub(super) fn count_again(rows: &mut dyn Writes, afresh: &[String], admitted: &[(Admission, Timestamp)]) -> Kept<()> {
    afresh.iter().try_for_each(|limit| rows.forget_limit(limit))?;
    admitted.iter().try_for_each(|(admission, at)| count(rows, admission, at.as_millisecond()))
}

/// The limits under which calls are counted by now.
pub(super) fn limits(rows: &dyn Reads) -> Kept<Vec<String>> {
    rows.counted_limits()
}

fn counted(admission: &Admission) -> Option<Counted<'_>> {
    admission.key.as_deref().map(|key| Counted { limit: &admission.limit, key })
}

fn window(admission: &Admission) -> i64 {
    i64::try_from(admission.window_ms).unwrap_or(i64::MAX)
}
