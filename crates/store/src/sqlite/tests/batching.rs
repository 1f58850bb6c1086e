//! Many verbs in one transaction: each is kept or undone by itself, unless the transaction is lost with all of them.

use kruxos_approvals::store::{AuditStore as _, RequestStore as _};
use kruxos_approvals::{SealedRecord, StoreError};

use super::super::SqliteStore;
use super::super::writer::Message;
use super::{draft, open};
use crate::tables::{Kept, Writes};
use crate::verbs::Runs as _;

/// Appends a record, and fails.
fn in_vain(rows: &mut dyn Writes) -> Kept<()> {
    let tail = rows.tail()?;
    rows.push_record(&SealedRecord::following(tail.head, tail.last_at, draft("in vain")))?;
    rows.open_call(tail.head.sequence + 1)?;
    Err(StoreError::NotFound)
}

async fn settle(store: &SqliteStore, statements: &str) {
    store.0.send(Message::Set(statements.to_owned())).await.unwrap();
}

#[tokio::test]
async fn a_verb_that_fails_is_undone_alone() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let tasks: Vec<_> = (0..60)
        .map(|number| {
            let store = store.clone();
            tokio::spawn(async move {
                match number % 3 {
                    0 => assert_eq!(store.0.write(in_vain).await, Err(StoreError::NotFound)),
                    _ => drop(store.append(vec![draft("kept")]).await.unwrap()),
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    let records = store.records_after(0, 100).await.unwrap();
    assert_eq!(records.len(), 40);
    assert!(records.iter().all(|own| own.record.entry.agent.as_deref() == Some("kept")));
    assert_eq!(store.verify(None).await.unwrap().unwrap().sequence, 40);
    assert_eq!(store.recover(super::now()).await.unwrap().interrupted_calls, [0; 0]);
}

/// A transaction that is refused as it is committed stays open until it is undone.
#[tokio::test]
async fn a_commit_that_is_refused_is_undone_and_the_next_works() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    store.append(vec![draft("a")]).await.unwrap();
    let refusing = "CREATE TABLE later (of INTEGER REFERENCES records (sequence) DEFERRABLE INITIALLY DEFERRED);
                    CREATE TRIGGER later AFTER INSERT ON records WHEN NEW.agent = 'poison'
                    BEGIN INSERT INTO later VALUES (-1); END;";
    settle(&store, refusing).await;
    let head = store.head().await.unwrap();
    for _ in 0..3 {
        let refused = store.append(vec![draft("poison")]).await;
        assert!(matches!(refused, Err(StoreError::Unavailable(_))), "{refused:?}");
        assert_eq!(store.head().await, Ok(head));
        assert_eq!(store.changed(0).await, Ok(1), "nobody is told of what was not kept");
    }
    assert_eq!(store.append(vec![draft("a")]).await.unwrap()[0].record.sequence, 2);
    assert_eq!(store.verify(None).await.unwrap().unwrap().sequence, 2);
}

#[tokio::test]
async fn what_is_acknowledged_is_on_the_disk() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    // What the connection is set to is copied where it can be read.
    let setting = "CREATE TEMP TABLE setting AS SELECT synchronous FROM pragma_synchronous;
                   CREATE TEMP TRIGGER wrong BEFORE INSERT ON records WHEN (SELECT synchronous FROM setting) < 2
                   BEGIN SELECT RAISE(ABORT, 'a commit would not wait for the disk'); END;";
    settle(&store, setting).await;
    assert_eq!(store.append(vec![draft("a")]).await.map(drop), Ok(()));
}
