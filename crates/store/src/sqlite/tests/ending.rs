//! The process ends between any two steps: what was acknowledged is there, and nothing begins twice.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _};
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::Child;

use kruxos_approvals::call::JsonText;
use kruxos_approvals::state_entry::Scope;
use kruxos_approvals::store::{AccountStore as _, AuditStore as _, RequestQuery, RequestStore as _, StateStore as _};
use kruxos_approvals::{
    Account, Action, Digest, Draft, Entry, Event, Outcome, Request, RequestId, Role, SealedRecord, State,
};

use super::super::SqliteStore;
use super::super::steps::VARIABLE;
use super::{approve, call, complaints, draft, given_folder, now, open, start, tell, this_binary};

const WORK: &str = "sqlite::tests::ending::work_until_the_end";
/// How often each task goes through its work, for those who mean to end it.
const ROUNDS: &str = "KRUXOS_STORE_TEST_ROUNDS";

#[test]
#[ignore = "run by the other tests of this file, in a process of its own"]
fn work_until_the_end() {
    let rounds: u64 = std::env::var(ROUNDS).unwrap().parse().unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let store = open(&given_folder());
        store.recover(now()).await.unwrap();
        let first = store.head().await.unwrap().sequence;
        let tasks: Vec<_> = (0..3)
            .map(|task| {
                let store = store.clone();
                tokio::spawn(async move {
                    for round in 0..rounds {
                        work(&store, first * 1_000_000 + task * 100_000 + round).await;
                    }
                })
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
    });
}

/// One of everything, each told as soon as it is acknowledged.
async fn work(store: &SqliteStore, number: u64) {
    let agent = format!("a{number}");
    let id = store.enqueue(call(&agent, number), 9).await.unwrap().request.id;
    tell(&format!("queued {}", id.0));
    store.apply(id, approve(), now()).await.unwrap().unwrap();
    tell(&format!("approved {}", id.0));
    store.apply(id, Action::Begin, now()).await.unwrap().unwrap();
    tell(&format!("begun {}", id.0));
    let decision = store.begin(draft(&agent), Vec::new()).await.unwrap().record.sequence;
    tell(&format!("opened {decision}"));
    let end = Entry { outcome: Some(Outcome::Executed), ..Entry::of(Event::Execution) };
    store.finish(decision, Draft { at: now(), entry: end }).await.unwrap();
    tell(&format!("closed {decision}"));
    let data = JsonText::parse(r#"{"exit_code":0}"#).unwrap();
    store.apply(id, Action::Succeed { data, summary: "done".to_owned() }, now()).await.unwrap().unwrap();
    tell(&format!("ended {}", id.0));
    let scope = Scope::Persistent { agent: agent.clone() };
    store.set_state(scope, "k", JsonText::parse("1").unwrap(), None, 9, now()).await.unwrap();
    tell(&format!("set {number}"));
    let key_digest = Some(Digest::of(agent.as_bytes()));
    let account = Account {
        role: Role::Agent,
        name: agent.clone(),
        purpose: None,
        groups: Vec::new(),
        created_at: now(),
        rotated_at: None,
        revoked_at: None,
        key_digest,
    };
    store.create_account(account, Draft { at: now(), entry: Entry::of(Event::Account) }).await.unwrap();
    tell(&format!("made {number}"));
}

/// What was acknowledged, in order: a word and a number.
type Told = Vec<(String, u64)>;

fn told(text: &str) -> Told {
    // The last line may have been cut off by the end; libtest adds lines of its own.
    let whole = text.rsplit_once('\n').map_or("", |(whole, _)| whole);
    let words = ["queued", "approved", "begun", "opened", "closed", "ended", "set", "made"];
    let lines =
        whole.lines().filter_map(|line| line.rsplit_once("... ").map_or(line, |(_, told)| told).split_once(' '));
    lines
        .filter(|(word, _)| words.contains(word))
        .map(|(word, number)| (word.to_owned(), number.parse().unwrap()))
        .collect()
}

async fn all_records(store: &SqliteStore) -> Vec<SealedRecord> {
    store.records_after(0, u32::MAX).await.unwrap()
}

async fn all_requests(store: &SqliteStore) -> BTreeMap<u64, Request> {
    let page = store.requests(RequestQuery { limit: u32::MAX, ..RequestQuery::default() }).await.unwrap();
    page.requests.into_iter().map(|request| (request.id.0, request)).collect()
}

/// Opens the database that a process left, and finds everything that was acknowledged. Nothing is left executing.
async fn check(folder: &Path, told: &Told) {
    let store = open(folder);
    let head = store.head().await.unwrap();
    assert_eq!(store.verify(Some(head)).await.unwrap(), Ok(head));
    acknowledged(&store, told).await;
    let executing: Vec<RequestId> = all_requests(&store)
        .await
        .into_values()
        .filter(|own| own.state == State::Executing)
        .map(|own| own.id)
        .collect();
    let recovered = store.recover(now()).await.unwrap();
    assert_eq!(recovered.interrupted_requests, executing);
    for id in executing {
        assert_eq!(store.request(id).await.unwrap().unwrap().state, State::Interrupted);
        assert!(store.apply(id, Action::Begin, now()).await.unwrap().is_err(), "{id} begins twice");
    }
    acknowledged(&store, told).await;
    once(&store).await;
    let next = store.enqueue(call("later", head.sequence), 9_999).await.unwrap().request.id.0;
    assert!(all_requests(&store).await.into_keys().eq(1..=next), "ids have gaps");
    store.close().await;
}

async fn acknowledged(store: &SqliteStore, told: &Told) {
    let (requests, records) = (all_requests(store).await, all_records(store).await);
    for (word, number) in told {
        let state = || requests[number].state;
        match word.as_str() {
            "queued" => assert!(requests.contains_key(number), "{word} {number}"),
            "approved" => assert!(State::OF_APPROVED.contains(&state()), "{word} {number}"),
            "begun" => assert!(State::OF_APPROVED[1..].contains(&state()), "{word} {number}"),
            "ended" => assert_eq!(state(), State::Succeeded, "{number}"),
            "opened" => assert_eq!(records[*number as usize - 1].record.entry.event, Event::Decision),
            "closed" => {
                let closes = |own: &&SealedRecord| own.record.entry.of == Some(*number);
                let end = records.iter().find(closes).unwrap();
                assert_eq!(end.record.entry.outcome, Some(Outcome::Executed));
            }
            "set" => {
                let scope = Scope::Persistent { agent: format!("a{number}") };
                assert!(store.state(scope, "k").await.unwrap().is_some());
            }
            _ => {
                let key = Digest::of(format!("a{number}").as_bytes());
                assert!(store.account_by_key(Role::Agent, key).await.unwrap().is_some());
            }
        }
    }
}

/// Each request began at most once, each decision ended exactly once, and what a request is, the trail says too.
async fn once(store: &SqliteStore) {
    let records = all_records(store).await;
    let mut began = BTreeMap::<RequestId, u32>::new();
    let mut ends = BTreeMap::<u64, u32>::new();
    for own in &records {
        let entry = &own.record.entry;
        match (entry.event, entry.outcome, entry.request) {
            (Event::Execution, None, Some(id)) => *began.entry(id).or_default() += 1,
            // A decision without an outcome is one that opened a call.
            (Event::Decision, None, None) => *ends.entry(own.record.sequence).or_default() += 0,
            _ => {}
        }
        if let Some(of) = entry.of {
            *ends.entry(of).or_default() += 1;
        }
    }
    assert!(began.values().all(|times| *times == 1), "{began:?}");
    assert!(ends.values().all(|times| *times == 1), "{ends:?}");
    for request in all_requests(store).await.into_values() {
        let arrived = records.iter().filter(|own| {
            own.record.entry.request == Some(request.id) && own.record.entry.outcome == Some(Outcome::ApprovalRequested)
        });
        assert_eq!(arrived.count(), 1, "{}", request.id);
        let has_begun = request.execution.as_ref().is_some_and(|execution| execution.started_at.is_some());
        assert_eq!(began.contains_key(&request.id), has_begun, "{}", request.id);
    }
}

fn output(mut child: Child) -> (String, std::process::ExitStatus) {
    let mut text = String::new();
    child.stdout.take().unwrap().read_to_string(&mut text).unwrap();
    (text, child.wait().unwrap())
}

#[tokio::test]
async fn an_end_between_any_two_steps_loses_nothing_acknowledged() {
    let mut most = 0;
    for step in 1.. {
        let folder = tempfile::tempdir().unwrap();
        let mut command = this_binary(WORK, folder.path());
        let (text, status) = output(start(command.env(ROUNDS, "1").env(VARIABLE, step.to_string())));
        let told = told(&text);
        check(folder.path(), &told).await;
        most = most.max(told.len());
        if status.success() {
            assert!(step > 100, "the work took {step} steps only");
            break;
        }
        assert!(status.signal().is_some(), "{status}: {text}");
    }
    assert_eq!(most, 3 * 8, "the work was never done");
}

#[tokio::test]
async fn a_process_killed_at_any_moment_loses_nothing_acknowledged() {
    let folder = tempfile::tempdir().unwrap();
    let mut all = Told::new();
    for round in 0..12 {
        let mut command = this_binary(WORK, folder.path());
        let mut child = start(command.env(ROUNDS, "100000"));
        let mut reader = BufReader::new(child.stdout.take().unwrap());
        let mut text = String::new();
        for _ in 0..10 + round * 13 {
            reader.read_line(&mut text).unwrap();
        }
        child.kill().unwrap();
        reader.read_to_string(&mut text).unwrap();
        let complaints = std::fs::read_to_string(complaints(folder.path())).unwrap();
        assert_eq!(child.wait().unwrap().signal(), Some(9), "{complaints}");
        let told = told(&text);
        assert!(told.len() > 5, "{text}");
        all.extend(told);
        check(folder.path(), &all).await;
    }
}
