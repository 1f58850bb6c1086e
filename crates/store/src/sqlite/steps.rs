//! The steps between which a process can be killed. Tests count them and end the process at one of them; otherwise nothing
//! happens here.

#[cfg(test)]
use std::sync::atomic::{AtomicU64, Ordering};

/// The variable that says at which step, from 1, to end the process.
#[cfg(test)]
pub(super) const VARIABLE: &str = "KRUXOS_STORE_END_AT";

#[cfg(test)]
static PASSED: AtomicU64 = AtomicU64::new(0);

/// Notes that the writer has come to this step.
#[cfg(test)]
pub(super) fn passed(_step: &str) {
    let count = PASSED.fetch_add(1, Ordering::SeqCst) + 1;
    if std::env::var(VARIABLE).is_ok_and(|last| last == count.to_string()) {
        std::process::abort();
    }
}

/// Notes that the writer has come to this step.
#[cfg(not(test))]
#[inline]
pub(super) const fn passed(_step: &str) {}
