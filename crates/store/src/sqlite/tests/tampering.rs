//! Somebody with the file at hand changes it: it is noticed, and where.

use std::fs;
use std::path::Path;

use kruxos_approvals::audit::{Broken, Record, SealedRecord};
use kruxos_approvals::store::{AuditQuery, AuditStore as _, RequestStore as _};
use kruxos_approvals::{Digest, Head, RequestId, StoreError};
use rusqlite::Connection;

use super::super::open::{OpenProblem, beside};
use super::super::{SqliteStore, verify_file};
use super::{approve, call, database, draft, now, open};

/// A closed database with six records, and its head.
async fn written(folder: &Path) -> Head {
    let store = open(folder);
    for number in 1..=3 {
        let id = store.enqueue(call("a", number), 9).await.unwrap().request.id;
        store.apply(id, approve(), now()).await.unwrap().unwrap();
    }
    let head = store.head().await.unwrap();
    store.close().await;
    head
}

/// Changes a database as somebody may who owns the file.
fn change(path: &Path, statements: &str) {
    let free = "DROP TRIGGER records_unchanged; DROP TRIGGER records_stay; DROP TRIGGER head_stays; PRAGMA foreign_keys = OFF;";
    Connection::open(path).unwrap().execute_batch(&format!("{free}{statements}")).unwrap();
}

/// What is found after a change, with and without the head being known.
async fn found(statements: &str) -> (Result<Head, Broken>, Result<Head, Broken>) {
    let folder = tempfile::tempdir().unwrap();
    let head = written(folder.path()).await;
    let path = database(folder.path());
    assert_eq!(verify_file(&path, Some(head)), Ok(Ok(head)));
    change(&path, statements);
    (verify_file(&path, Some(head)).unwrap(), verify_file(&path, None).unwrap())
}

async fn is_found_at(sequence: u64, statements: &str) -> String {
    let (known, unknown) = found(statements).await;
    let (known, unknown) = (known.unwrap_err(), unknown.unwrap_err());
    assert_eq!((known.sequence, unknown.sequence), (sequence, sequence), "{statements}");
    unknown.problem
}

#[tokio::test]
async fn every_single_change_is_found_where_it_is() {
    is_found_at(3, "UPDATE records SET body = replace(body, 'deploy', 'deplox') WHERE sequence = 3").await;
    is_found_at(3, "UPDATE records SET body = body || ' ' WHERE sequence = 3").await;
    is_found_at(4, "UPDATE records SET hash = (SELECT hash FROM records WHERE sequence = 3) WHERE sequence = 4").await;
    is_found_at(2, "UPDATE records SET hash = 'none' WHERE sequence = 2").await;
    is_found_at(1, "DELETE FROM records WHERE sequence = 1").await;
    is_found_at(5, "DELETE FROM records WHERE sequence = 5").await;
    is_found_at(1, "INSERT INTO records SELECT 0, at, event, agent, capability, outcome, request, body, hash FROM records WHERE sequence = 1").await;
    is_found_at(1, "INSERT INTO records SELECT -5, at, event, agent, capability, outcome, request, body, hash FROM records WHERE sequence = 1").await;
    is_found_at(7, "INSERT INTO records SELECT 7, at, event, agent, capability, outcome, request, body, hash FROM records WHERE sequence = 6").await;
    let swap =
        "UPDATE records SET sequence = 99 WHERE sequence = 2; UPDATE records SET sequence = 2 WHERE sequence = 4;
                UPDATE records SET sequence = 4 WHERE sequence = 99";
    is_found_at(2, swap).await;
}

#[tokio::test]
async fn a_column_that_no_longer_says_what_its_record_says_is_found() {
    for column in [
        "at = '2020-01-01T00:00:00.000000000Z'",
        "event = 'policy'",
        "agent = 'b'",
        "agent = NULL",
        "capability = 'x.y'",
        "outcome = 'executed'",
        "request = 9",
    ] {
        let problem = is_found_at(4, &format!("UPDATE records SET {column} WHERE sequence = 4")).await;
        assert!(problem.contains("columns"), "{column}: {problem}");
    }
}

#[tokio::test]
async fn a_cut_tail_is_found_also_where_the_head_was_cut_with_it() {
    is_found_at(5, "DELETE FROM records WHERE sequence > 4").await;
    is_found_at(1, "DELETE FROM records").await;
    is_found_at(7, "UPDATE head SET sequence = 9").await;
    is_found_at(6, "UPDATE head SET sequence = 5").await;
    let (known, unknown) = found(
        "DELETE FROM records WHERE sequence > 4;
         UPDATE head SET sequence = 4, hash = (SELECT hash FROM records WHERE sequence = 4)",
    )
    .await;
    assert_eq!(known.unwrap_err().sequence, 5);
    assert_eq!(unknown.unwrap().sequence, 4, "who remembers no head cannot know");
}

#[tokio::test]
async fn a_missing_head_is_found() {
    is_found_at(7, "DELETE FROM head").await;
    is_found_at(1, "DELETE FROM head; DELETE FROM records").await;
}

/// Every record from one on with new hashes, as by somebody who knows how records are made.
fn rewrite(path: &Path, from: u64) {
    let connection = Connection::open(path).unwrap();
    change(path, "");
    let mut statement = connection.prepare("SELECT body FROM records ORDER BY sequence").unwrap();
    let bodies: Vec<String> = statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    let mut previous = Digest::NONE;
    for body in bodies {
        let mut record = Record::parse(&body).unwrap();
        if record.sequence == from {
            record.entry.reason = Some("nothing happened".to_owned());
        }
        let SealedRecord { record, body, hash } = Record { previous, ..record }.seal();
        let sequence = i64::try_from(record.sequence).unwrap();
        let sql = "UPDATE records SET body = ?1, hash = ?2 WHERE sequence = ?3";
        connection.execute(sql, (body, hash.to_string(), sequence)).unwrap();
        previous = hash;
    }
    let sql = "UPDATE head SET hash = (SELECT hash FROM records ORDER BY sequence DESC LIMIT 1)";
    connection.execute(sql, ()).unwrap();
}

#[tokio::test]
async fn a_trail_rewritten_with_new_hashes_is_found_by_who_remembers_a_head() {
    let folder = tempfile::tempdir().unwrap();
    let head = written(folder.path()).await;
    let path = database(folder.path());
    rewrite(&path, 3);
    assert!(verify_file(&path, None).unwrap().is_ok());
    let broken = verify_file(&path, Some(head)).unwrap().unwrap_err();
    assert_eq!(broken.sequence, 6, "the remembered one is the first that is known to differ: {broken}");
}

#[tokio::test]
async fn a_gateway_does_not_write_behind_a_trail_that_was_cut() {
    let folder = tempfile::tempdir().unwrap();
    written(folder.path()).await;
    change(&database(folder.path()), "DELETE FROM records WHERE sequence > 4");
    let error = SqliteStore::open(database(folder.path())).unwrap_err();
    assert!(matches!(error.problem, OpenProblem::Store(StoreError::Corrupt(_))), "{error}");
}

#[tokio::test]
async fn readers_say_what_is_damaged_and_skip_nothing() {
    let folder = tempfile::tempdir().unwrap();
    written(folder.path()).await;
    change(
        &database(folder.path()),
        "DELETE FROM records WHERE sequence = 3; UPDATE records SET body = '{}' WHERE sequence = 5; UPDATE records SET agent = 'b' WHERE sequence = 2",
    );
    let store = open(folder.path());
    assert_eq!(store.records_after(0, 1).await.unwrap().len(), 1);
    for (after, what) in
        [(1, "columns of record 2"), (2, "record 3 of the audit trail is missing"), (4, "record 5 cannot be read")]
    {
        let Err(StoreError::Corrupt(text)) = store.records_after(after, 1).await else { panic!("behind {after}") };
        assert!(text.contains(what), "{text}");
    }
    let found = store.records(AuditQuery { before: Some(6), limit: 1, ..AuditQuery::default() }).await;
    assert!(matches!(found, Err(StoreError::Corrupt(_))));
    assert_eq!(store.verify(None).await.unwrap().unwrap_err().sequence, 2);
}

#[tokio::test]
async fn a_request_whose_columns_were_changed_is_not_carried_out() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let id = store.enqueue(call("a", 1), 9).await.unwrap().request.id;
    store.close().await;
    for column in ["state = 'approved'", "agent = 'b'", "call_digest = 'x'", "expires_at = '2020'", "body = '{}'"] {
        let folder_of_this = tempfile::tempdir().unwrap();
        fs::copy(database(folder.path()), database(folder_of_this.path())).unwrap();
        change(&database(folder_of_this.path()), &format!("UPDATE requests SET {column}"));
        let store = open(folder_of_this.path());
        assert!(matches!(store.request(id).await, Err(StoreError::Corrupt(_))), "{column}");
        let begun = store.apply(id, kruxos_approvals::Action::Begin, now()).await;
        assert!(matches!(begun, Err(StoreError::Corrupt(_))), "{column}");
    }
}

#[tokio::test]
async fn the_trail_is_append_only_and_requests_stay() {
    let folder = tempfile::tempdir().unwrap();
    written(folder.path()).await;
    let connection = Connection::open(database(folder.path())).unwrap();
    for sql in [
        "UPDATE records SET agent = 'b'",
        "DELETE FROM records WHERE sequence = 6",
        "DELETE FROM requests",
        "DELETE FROM head",
    ] {
        assert!(connection.execute(sql, ()).is_err(), "{sql}");
    }
}

#[tokio::test]
async fn a_copy_is_checked_with_and_without_its_log_and_beside_its_gateway() {
    let folder = tempfile::tempdir().unwrap();
    let path = database(folder.path());
    let store = open(folder.path());
    for _ in 0..50 {
        store.append(vec![draft("a"); 20]).await.unwrap();
    }
    let head = store.head().await.unwrap();
    assert_eq!(verify_file(&path, Some(head)), Ok(Ok(head)), "while the gateway runs");
    let copies = tempfile::tempdir().unwrap();
    let copy = copies.path().join("a copy % ? #.db");
    fs::copy(&path, &copy).unwrap();
    fs::copy(beside(&path, "-wal"), beside(&copy, "-wal")).unwrap();
    assert_eq!(verify_file(&copy, Some(head)), Ok(Ok(head)), "with its log");
    store.close().await;
    assert!(!beside(&path, "-wal").exists(), "a closed database is one file");
    let copy = copies.path().join("alone ? #.db");
    fs::copy(&path, &copy).unwrap();
    assert_eq!(verify_file(&copy, Some(head)), Ok(Ok(head)), "alone");
    assert!(!beside(&copy, "-wal").exists() && !beside(&copy, "-shm").exists(), "nothing is left beside a copy");
    let short = Head { sequence: head.sequence + 1, ..head };
    assert_eq!(verify_file(&copy, Some(short)).unwrap().unwrap_err().sequence, head.sequence + 1);
}

#[tokio::test]
async fn a_damaged_file_is_told_and_not_trusted() {
    let folder = tempfile::tempdir().unwrap();
    written(folder.path()).await;
    let path = database(folder.path());
    let mut bytes = fs::read(&path).unwrap();
    for byte in bytes.iter_mut().skip(4096) {
        *byte ^= 0x55;
    }
    fs::write(&path, bytes).unwrap();
    assert!(!matches!(verify_file(&path, None), Ok(Ok(_))));
    if let Ok(store) = SqliteStore::open(&path) {
        assert!(store.request(RequestId(1)).await.is_err());
    }
}
