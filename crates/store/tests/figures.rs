//! How fast the store is, on this machine: `cargo test -p kruxos-store --release --test figures -- --ignored --nocapture`.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a measurement for people")]

use std::time::{Duration, Instant};

use jiff::Timestamp;
use kruxos_approvals::call::Params;
use kruxos_approvals::store::{AuditQuery, AuditStore as _, RequestQuery, RequestStore as _};
use kruxos_approvals::{Action, DecisionFacts, Draft, Entry, Event, NewRequest, Outcome, RequestId, State, Supervisor};
use kruxos_store::SqliteStore;

fn now() -> Timestamp {
    "2026-03-29T14:20:00Z".parse().unwrap()
}

fn call(number: u64) -> NewRequest {
    let text = format!(r#"{{"command":"systemctl","args":["restart","myapp-{number}"]}}"#);
    let params: Params = serde_json::from_str(&text).unwrap();
    let decision = DecisionFacts {
        tier: serde_json::from_str(r#""approval_required""#).unwrap(),
        reason: "Service management commands require supervisor approval".to_owned(),
        rule: None,
        unknowns: Vec::new(),
        policy_digest: "sha256:0000000000000000000000000000000000000000000000000000000000000000".to_owned(),
    };
    NewRequest {
        agent: format!("agent-{}", number % 50),
        session: None,
        capability: "process.run".to_owned(),
        params: params.clone(),
        audited_params: params,
        decision,
        requested_at: now(),
        expires_at: None,
        approvers: Vec::new(),
        quorum: 1,
        limits: Vec::new(),
    }
}

fn draft(number: u64) -> Draft {
    let new = call(number);
    let entry = Entry {
        agent: Some(new.agent),
        capability: Some(new.capability),
        params: Some(new.params),
        decision: Some(new.decision),
        outcome: Some(Outcome::Executed),
        ..Entry::of(Event::Decision)
    };
    Draft { at: now(), entry }
}

fn tell(what: &str, times: u64, took: Duration) {
    let each = took / u32::try_from(times).unwrap();
    println!("{what:<44} {:>9.0} /s {each:>12.1?} each", times as f64 / took.as_secs_f64());
}

/// Runs tasks that each append one after the other.
async fn appending(store: &SqliteStore, tasks: u64, each: u64) {
    let begin = Instant::now();
    let running: Vec<_> = (0..tasks)
        .map(|task| {
            let store = store.clone();
            tokio::spawn(async move {
                for number in 0..each {
                    store.append(vec![draft(task * each + number)]).await.unwrap();
                }
            })
        })
        .collect();
    for task in running {
        task.await.unwrap();
    }
    tell(&format!("append, {tasks} at once"), tasks * each, begin.elapsed());
}

async fn timed<T>(what: &str, times: u64, asked: impl AsyncFn(u64) -> T) {
    let begin = Instant::now();
    for number in 0..times {
        asked(number).await;
    }
    tell(what, times, begin.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "a measurement"]
async fn figures() {
    let folder = tempfile::tempdir_in(std::env::var("KRUXOS_FIGURES").unwrap_or_else(|_| ".".to_owned())).unwrap();
    let store = SqliteStore::open(folder.path().join("kruxos.db")).unwrap();
    appending(&store, 1, 500).await;
    appending(&store, 64, 200).await;

    let begin = Instant::now();
    let queueing: Vec<_> = (0..10_000)
        .map(|number| {
            let store = store.clone();
            tokio::spawn(async move { store.enqueue(call(number), 1000).await.unwrap() })
        })
        .collect();
    for task in queueing {
        task.await.unwrap();
    }
    tell("enqueue, all at once", 10_000, begin.elapsed());

    let pending = |limit, after| RequestQuery { states: vec![State::Pending], limit, after, agent: None };
    timed("one request by id", 1000, async |number| store.request(RequestId(number + 1)).await.unwrap()).await;
    timed("first 100 of 10,000 pending", 50, async |_| store.requests(pending(100, None)).await.unwrap()).await;
    let late = Some(RequestId(9000));
    timed("100 of 10,000 pending, far behind", 50, async |_| store.requests(pending(100, late)).await.unwrap()).await;
    timed("all 10,000 pending", 3, async |_| store.requests(pending(10_000, None)).await.unwrap()).await;
    let of_agent = AuditQuery { agent: Some("agent-7".to_owned()), limit: 100, ..AuditQuery::default() };
    timed("100 records of one agent", 50, async |_| store.records(of_agent.clone()).await.unwrap()).await;
    timed("every audited capability", 50, async |_| store.audited_capabilities().await.unwrap()).await;
    let by = Supervisor { name: "anna".to_owned(), groups: Vec::new() };
    let yes = Action::Approve { by, reason: None };
    timed("approve, one after the other", 200, async |number| {
        store.apply(RequestId(number + 1), yes.clone(), now()).await.unwrap().unwrap()
    })
    .await;
    let length = store.head().await.unwrap().sequence;
    timed(&format!("verify {length} records"), 1, async |_| store.verify(None).await.unwrap().unwrap()).await;
    store.close().await;
}
