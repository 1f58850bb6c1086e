//! Both stores do what every store must.

#![allow(clippy::unwrap_used, reason = "a test")]

use std::sync::atomic::{AtomicU32, Ordering};

use kruxos_store::{MemoryStore, SqliteStore, conformance};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn memory_does_what_every_store_must() {
    conformance::run_all(async || MemoryStore::default()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sqlite_does_what_every_store_must() {
    let folder = tempfile::tempdir().unwrap();
    let next = AtomicU32::new(0);
    conformance::run_all(|| {
        let path = folder.path().join(format!("{}.db", next.fetch_add(1, Ordering::Relaxed)));
        async move { SqliteStore::open(path).unwrap() }
    })
    .await;
}
