//! What every store must do, as a suite that any store can run: in memory, in a file, on a server.
//!
//! A case that does not hold panics, as tests do.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "these are tests that other crates can run"
)]

mod accounts;
mod admissions;
mod arrivals;
mod clocks;
mod executing;
mod listing;
mod making;
mod quorum;
mod racing;
mod recovering;
mod state;
mod trail;
mod verdicts;

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use kruxos_approvals::Store;

/// A store under test, shared among tasks.
type Tried = Arc<dyn Store>;

/// A case: what is true of every store, and the test of it.
type Case = (&'static str, fn(Tried) -> Pin<Box<dyn Future<Output = ()> + Send>>);

/// Names functions as cases.
macro_rules! cases {
    ($($name:ident),* $(,)?) => {
        &[$((stringify!($name), |store| Box::pin($name(store)))),*]
    };
}
use cases;

/// Runs every case on a store that `make` has just made, empty each time. Needs a tokio runtime, best of several threads.
///
/// # Panics
/// When a case does not hold, once all have run: with the names of those that do not.
pub async fn run_all<F, Fut>(make: F)
where
    F: Fn() -> Fut,
    Fut: Future<Output: Store + 'static>,
{
    let mut broken = Vec::new();
    for (name, case) in all() {
        let store: Tried = Arc::new(make().await);
        if tokio::spawn(case(store)).await.is_err() {
            broken.push(*name);
        }
    }
    assert!(broken.is_empty(), "what does not hold: {broken:#?}");
}

fn all() -> impl Iterator<Item = &'static Case> {
    let groups = [
        arrivals::CASES,
        admissions::CASES,
        verdicts::CASES,
        quorum::CASES,
        executing::CASES,
        racing::CASES,
        clocks::CASES,
        recovering::CASES,
        listing::CASES,
        trail::CASES,
        accounts::CASES,
        state::CASES,
    ];
    groups.into_iter().flatten()
}
