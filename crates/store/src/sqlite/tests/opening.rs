//! Whose a database is, and which.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;

use kruxos_approvals::StoreError;
use kruxos_approvals::store::{AuditStore as _, RequestStore as _};
use rusqlite::Connection;

use super::super::open::{OpenProblem, beside};
use super::super::{SqliteStore, verify_file};
use super::{call, database, draft, open};

fn problem(path: &Path) -> OpenProblem {
    let error = SqliteStore::open(path).unwrap_err();
    assert!(error.to_string().contains(&path.display().to_string()), "{error}");
    error.problem
}

#[tokio::test]
async fn what_was_written_is_there_after_opening_again() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let request = store.enqueue(call("a", 1), 9).await.unwrap().request;
    let head = store.head().await.unwrap();
    drop(store);
    let store = open(folder.path());
    assert_eq!(store.request(request.id).await, Ok(Some(request)));
    assert_eq!(store.head().await, Ok(head));
    assert_eq!(store.enqueue(call("a", 2), 9).await.unwrap().request.id.0, 2);
}

#[tokio::test]
async fn two_gateways_cannot_have_one_database() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    assert_eq!(problem(&database(folder.path())), OpenProblem::InUse);
    let other = folder.path().join("other.db");
    symlink(database(folder.path()), &other).unwrap();
    assert_eq!(problem(&other), OpenProblem::InUse, "by another name as little");
    store.close().await;
    open(folder.path());
}

#[tokio::test]
async fn a_closed_store_has_written_everything_and_takes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let tasks: Vec<_> = (0..100)
        .map(|_| {
            let store = store.clone();
            tokio::spawn(async move { store.append(vec![draft("a")]).await })
        })
        .collect();
    tokio::task::yield_now().await;
    store.close().await;
    let mut kept = 0;
    for task in tasks {
        kept += u64::from(task.await.unwrap().is_ok());
    }
    let closed = StoreError::Unavailable("the store is closed".to_owned());
    assert_eq!(store.append(vec![draft("a")]).await, Err(closed.clone()));
    assert_eq!(store.head().await, Err(closed.clone()));
    assert_eq!(store.changed(1000).await, Err(closed));
    store.close().await;
    assert_eq!(open(folder.path()).head().await.unwrap().sequence, kept);
}

#[test]
fn only_its_owner_may_read_a_database() {
    let folder = tempfile::tempdir().unwrap();
    let path = database(folder.path());
    let mode = |ending: &str| fs::metadata(beside(&path, ending)).unwrap().permissions().mode() & 0o777;
    let store = open(folder.path());
    assert_eq!(["", "-wal", "-shm", ".lock"].map(mode), [0o600; 4]);
    drop(store);
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    let _store = open(folder.path());
    assert_eq!(["", "-wal", "-shm"].map(mode), [0o600; 3]);
}

#[test]
fn a_database_of_a_later_version_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = database(folder.path());
    drop(open(folder.path()));
    Connection::open(&path).unwrap().execute_batch("PRAGMA user_version = 7").unwrap();
    assert_eq!(problem(&path), OpenProblem::Newer { shape: 7, known: 2 });
    let error = SqliteStore::open(&path).unwrap_err().to_string();
    assert!(
        error
            .ends_with("was written by a later version (its shape is 7, the newest known here is 2); use that version"),
        "{error}"
    );
    assert_eq!(verify_file(&path, None).unwrap_err().problem, OpenProblem::Newer { shape: 7, known: 2 });
}

#[test]
fn a_file_of_somebody_else_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let text = folder.path().join("notes.txt");
    fs::write(
        &text,
        "not a database, but longer than the header of one, and more than a hundred bytes, all in all, of text\n",
    )
    .unwrap();
    let before = fs::read(&text).unwrap();
    assert_eq!(problem(&text), OpenProblem::Foreign);
    assert_eq!(fs::read(&text).unwrap(), before);

    let other = folder.path().join("other.db");
    Connection::open(&other).unwrap().execute_batch("CREATE TABLE a (b)").unwrap();
    fs::set_permissions(&other, fs::Permissions::from_mode(0o644)).unwrap();
    let before = fs::read(&other).unwrap();
    assert_eq!(problem(&other), OpenProblem::Foreign);
    assert_eq!(fs::read(&other).unwrap(), before);
    assert_eq!(fs::metadata(&other).unwrap().permissions().mode() & 0o777, 0o644);
    assert_eq!(verify_file(&other, None).unwrap_err().problem, OpenProblem::Foreign);
}

#[test]
fn a_place_that_cannot_be_reached_is_named() {
    let folder = tempfile::tempdir().unwrap();
    assert!(matches!(problem(&folder.path().join("missing/kruxos.db")), OpenProblem::Io(_)));
    assert!(matches!(problem(folder.path()), OpenProblem::Io(_) | OpenProblem::Store(_)));
    let missing = folder.path().join("missing.db");
    assert!(matches!(verify_file(&missing, None).unwrap_err().problem, OpenProblem::Io(_)));
    assert!(!missing.exists());
}

#[test]
fn a_second_opening_migrates_nothing() {
    let folder = tempfile::tempdir().unwrap();
    drop(open(folder.path()));
    let before = fs::read(database(folder.path())).unwrap();
    drop(open(folder.path()));
    assert_eq!(fs::read(database(folder.path())).unwrap(), before);
}
