//! What comes of many at once.

use std::collections::BTreeSet;
use std::sync::Arc;

use kruxos_approvals::{Action, NewRequest, Outcome, Refusal, Request, RequestId, State};
use tokio::task::JoinHandle;

use super::making::{MANY, approve, at, call, draft, intact, queue, queue_and, reject};
use super::{Case, Tried, cases};

pub(super) const CASES: &[Case] = cases![
    of_two_verdicts_at_once_one_wins,
    of_sixteen_verdicts_at_once_one_wins,
    of_sixteen_executors_one_begins,
    identical_calls_at_once_are_one_request,
    arrivals_at_once_have_ids_without_gaps,
    writers_at_once_leave_one_chain,
    a_cap_holds_for_arrivals_at_once,
    lapsing_and_approving_at_once_have_one_winner,
];

/// Applies an action as a task of its own.
fn applying(store: &Tried, id: RequestId, action: Action, seconds: i64) -> JoinHandle<Result<Request, Refusal>> {
    let store = Arc::clone(store);
    tokio::spawn(async move { store.apply(id, action, at(seconds)).await.expect("the store works") })
}

/// Who won, and that everybody else was told so.
async fn one_winner(store: &Tried, id: RequestId, tasks: Vec<JoinHandle<Result<Request, Refusal>>>) {
    let mut won = Vec::new();
    let mut told = Vec::new();
    for task in tasks {
        match task.await.expect("no task fails") {
            Ok(request) => won.push(request.verdict.expect("a verdict")),
            Err(Refusal::Decided { winner, .. }) => told.push(winner),
            Err(other) => panic!("{id}: {other}"),
        }
    }
    assert_eq!(won.len(), 1, "{id}");
    assert!(told.iter().all(|winner| *winner == won[0]), "{id}");
    let kept = store.request(id).await.expect("the store works").expect("a request");
    assert_eq!(kept.verdict.as_ref(), Some(&won[0]));
}

async fn verdicts_at_once(store: &Tried, voters: u64, rounds: u64) {
    for round in 0..rounds {
        let id = queue(&**store, call("a", round)).await.id;
        let word = |voter: u64| {
            let name = format!("s{voter}");
            if (voter + round).is_multiple_of(2) { approve(&name) } else { reject(&name) }
        };
        let tasks = (0..voters).map(|voter| applying(store, id, word(voter), 0)).collect();
        one_winner(store, id, tasks).await;
    }
    assert_eq!(intact(&**store).await, rounds * 2);
}

async fn of_two_verdicts_at_once_one_wins(store: Tried) {
    verdicts_at_once(&store, 2, 300).await;
}

async fn of_sixteen_verdicts_at_once_one_wins(store: Tried) {
    verdicts_at_once(&store, 16, 50).await;
}

async fn of_sixteen_executors_one_begins(store: Tried) {
    for round in 0..50 {
        let id = queue_and(&*store, call("a", round), &[approve("anna")]).await.id;
        let tasks: Vec<_> = (0..16).map(|_| applying(&store, id, Action::Begin, 0)).collect();
        let mut begun = 0;
        for task in tasks {
            match task.await.unwrap() {
                Ok(request) => {
                    assert_eq!(request.state, State::Executing);
                    begun += 1;
                }
                Err(refusal) => assert!(matches!(refusal, Refusal::Decided { state: State::Executing, .. })),
            }
        }
        assert_eq!(begun, 1, "{id}");
    }
    assert_eq!(intact(&*store).await, 50 * 3);
}

async fn identical_calls_at_once_are_one_request(store: Tried) {
    for round in 1..=20 {
        let tasks: Vec<_> = (0..16)
            .map(|_| {
                let store = Arc::clone(&store);
                tokio::spawn(async move { store.enqueue(call("a", round), MANY).await.unwrap() })
            })
            .collect();
        let mut new = 0;
        for task in tasks {
            let queued = task.await.unwrap();
            assert_eq!(queued.request.id, RequestId(round));
            new += usize::from(!queued.already_pending);
        }
        assert_eq!(new, 1);
    }
    assert_eq!(intact(&*store).await, 20);
}

async fn arrivals_at_once_have_ids_without_gaps(store: Tried) {
    let tasks: Vec<_> = (0..200)
        .map(|number| {
            let store = Arc::clone(&store);
            // Every other one is refused, and leaves no gap.
            let most = if number % 2 == 0 { MANY } else { 0 };
            tokio::spawn(async move { store.enqueue(call("a", number), most).await })
        })
        .collect();
    let mut ids = BTreeSet::new();
    for task in tasks {
        ids.extend(task.await.unwrap().ok().map(|queued| queued.request.id.0));
    }
    assert!(ids.into_iter().eq(1..=100));
    // The records tell the arrivals in the same order.
    let records = store.records_after(0, MANY).await.unwrap();
    assert!(records.iter().map(|own| own.record.entry.request.unwrap().0).eq(1..=100));
}

async fn writers_at_once_leave_one_chain(store: Tried) {
    let tasks: Vec<_> = (0..32)
        .map(|writer: usize| {
            let store = Arc::clone(&store);
            tokio::spawn(async move {
                let mut last = 0;
                for _ in 0..10 {
                    let drafts = vec![draft(&format!("a{writer}"), "x.y", Some(Outcome::Blocked)); 1 + writer % 3];
                    let sealed = store.append(drafts).await.unwrap();
                    let sequences: Vec<u64> = sealed.iter().map(|own| own.record.sequence).collect();
                    assert!(sequences.windows(2).all(|pair| pair[0] + 1 == pair[1]), "{sequences:?}");
                    assert!(sequences[0] > last);
                    last = sequences[0];
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    let wanted: usize = (0..32).map(|writer| 10 * (1 + writer % 3)).sum();
    assert_eq!(intact(&*store).await, wanted as u64);
}

async fn a_cap_holds_for_arrivals_at_once(store: Tried) {
    let tasks: Vec<_> = (0..64)
        .map(|number| {
            let store = Arc::clone(&store);
            tokio::spawn(async move { store.enqueue(call("a", number), 5).await.is_ok() })
        })
        .collect();
    let mut queued = 0;
    for task in tasks {
        queued += usize::from(task.await.unwrap());
    }
    assert_eq!(queued, 5);
}

async fn lapsing_and_approving_at_once_have_one_winner(store: Tried) {
    for round in 0..50 {
        let (now, end) = (60 * round, 60 * round + 60);
        let new = NewRequest { requested_at: at(now), expires_at: Some(at(end)), ..call("a", 1) };
        let id = queue(&*store, new).await.id;
        let tasks = vec![applying(&store, id, approve("anna"), now), applying(&store, id, Action::Expire, end)];
        one_winner(&store, id, tasks).await;
    }
    assert_eq!(intact(&*store).await, 100);
}
