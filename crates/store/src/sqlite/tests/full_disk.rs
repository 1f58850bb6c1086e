//! A disk that takes no more: nothing is half-written, and it works again once there is room.

use kruxos_approvals::store::{AuditStore as _, RequestQuery, RequestStore as _};
use kruxos_approvals::{NewRequest, StoreError};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use super::super::SqliteStore;
use super::super::writer::Message;
use super::{call, draft, given_folder, open, start, this_binary};

fn big(number: u64) -> NewRequest {
    let text = format!(r#"{{"content":"{}","number":{number}}}"#, "x".repeat(50_000));
    let params: kruxos_approvals::call::Params = serde_json::from_str(&text).unwrap();
    NewRequest { params: params.clone(), audited_params: params, ..call("a", number) }
}

/// Queues until it is refused; how many were queued.
async fn fill(store: &SqliteStore) -> u64 {
    for number in 0..100 {
        match store.enqueue(big(number), 1000).await {
            Ok(_) => {}
            Err(StoreError::Unavailable(_)) => return number,
            Err(other) => panic!("{other}"),
        }
    }
    panic!("the disk is never full");
}

/// Everything acknowledged is there, and nothing else.
async fn holds(store: &SqliteStore, requests: u64) {
    let head = store.head().await.unwrap();
    assert_eq!(store.verify(None).await.unwrap(), Ok(head));
    assert_eq!(head.sequence, requests, "one record for each arrival");
    let page = store.requests(RequestQuery { limit: 1000, ..RequestQuery::default() }).await.unwrap();
    assert!(page.requests.iter().map(|own| own.id.0).eq(1..=requests));
}

#[tokio::test]
async fn a_full_database_takes_nothing_half_and_works_again_with_room() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let set = async |pages: u32| store.0.send(Message::Set(format!("PRAGMA max_page_count = {pages}"))).await.unwrap();
    set(200).await;
    let queued = fill(&store).await;
    assert!(queued > 2);
    holds(&store, queued).await;
    let error = store.enqueue(big(queued), 1000).await.unwrap_err();
    assert_eq!(error.to_string(), "the store is unavailable: the disk is full; free some space");
    set(100_000).await;
    store.enqueue(big(queued), 1000).await.unwrap();
    holds(&store, queued + 1).await;
    store.close().await;
    holds(&open(folder.path()), queued + 1).await;
}

#[tokio::test]
async fn one_that_is_too_much_does_not_take_its_neighbours_with_it() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    store.0.send(Message::Set("PRAGMA max_page_count = 400".to_owned())).await.unwrap();
    // In one batch, as the writer is busy with the first.
    let tasks: Vec<_> = (0..60)
        .map(|number| {
            let store = store.clone();
            tokio::spawn(async move {
                if number % 4 == 3 {
                    store.enqueue(big(number), 1000).await.map(drop)
                } else {
                    store.append(vec![draft("a")]).await.map(drop)
                }
            })
        })
        .collect();
    let mut kept = 0;
    for task in tasks {
        kept += u64::from(task.await.unwrap().is_ok());
    }
    let head = store.head().await.unwrap();
    assert_eq!(head.sequence, kept, "what is acknowledged is kept, and what is not is not");
    assert_eq!(store.verify(None).await.unwrap(), Ok(head));
    let page = store.requests(RequestQuery { limit: 1000, ..RequestQuery::default() }).await.unwrap();
    assert!(page.requests.iter().map(|own| own.id.0).eq(1..=page.total), "ids have gaps");
    assert!(page.total < 15, "the disk was never full");
}

const LIMITED: &str = "sqlite::tests::full_disk::fill_a_disk_of_this_process";

#[test]
fn a_commit_that_the_disk_refuses_is_told_and_undone() {
    let folder = tempfile::tempdir().unwrap();
    let output = start(&mut this_binary(LIMITED, folder.path())).wait_with_output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}

#[tokio::test]
#[ignore = "run by the test above, as it limits its whole process"]
async fn fill_a_disk_of_this_process() {
    let folder = given_folder();
    let store = open(&folder);
    let before = getrlimit(Resource::Fsize);
    setrlimit(Resource::Fsize, Rlimit { current: Some(720_000), maximum: before.maximum }).unwrap();
    let queued = fill(&store).await;
    assert!(queued > 2);
    holds(&store, queued).await;
    assert!(matches!(store.append(vec![draft("a"); 400]).await, Err(StoreError::Unavailable(_))));
    setrlimit(Resource::Fsize, before).unwrap();
    store.enqueue(big(queued), 1000).await.unwrap();
    holds(&store, queued + 1).await;
    store.close().await;
    holds(&open(&folder), queued + 1).await;
}
