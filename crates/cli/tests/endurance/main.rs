//! The gateway as people run it: the real binary, real connections, real files, and what is promised of it when it is
//! killed, raced, restarted, misconfigured and lied to.
//!
//! `KRUXOS_KILLS`, `KRUXOS_RACES`, `KRUXOS_RESETS` and `KRUXOS_SWAPS` make the rounds more; `KRUXOS_SEED` repeats what a run
//! chose, though not the moments at which things met.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test fails by panicking"
)]
#![allow(clippy::print_stderr, reason = "a test tells its seed and what it measured")]

mod crashes;
mod hostile;
mod ledger;
mod load;
mod notices;
mod policies;
mod process;
mod proof;
mod races;
mod requests;
mod resets;
mod restarts;
mod trail;
mod wire;

use std::time::{Duration, Instant};

/// A number from the environment.
fn number(variable: &str, usual: u64) -> u64 {
    std::env::var(variable).map_or(usual, |text| text.parse().expect("a number"))
}

/// Looks again and again until there is something to see, and says how long that took.
fn eventually<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> (T, Duration) {
    let start = Instant::now();
    loop {
        if let Some(seen) = look() {
            return (seen, start.elapsed());
        }
        assert!(start.elapsed() < Duration::from_secs(60), "in vain: {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}
