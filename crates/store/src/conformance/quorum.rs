//! How many must say yes.

use std::sync::Arc;

use kruxos_approvals::{Action, Event, NewRequest, Outcome, Refusal, State};

use super::making::{MANY, approve, at, call, done, intact, queue, refused, reject};
use super::{Case, Tried, cases};

pub(super) const CASES: &[Case] = cases![
    a_quorum_counts_distinct_supervisors,
    one_rejection_ends_a_quorum,
    voters_at_once_are_each_counted_once,
    a_quorum_of_none_needs_one,
];

async fn a_quorum_counts_distinct_supervisors(store: Tried) {
    let id = queue(&*store, NewRequest { quorum: 2, ..call("a", 1) }).await.id;
    let voted = done(&*store, id, approve("anna")).await;
    assert_eq!((voted.state, voted.votes.len()), (State::Pending, 1));
    assert_eq!(store.request(id).await, Ok(Some(voted)));
    let again = refused(&*store, id, approve("anna")).await;
    assert_eq!(again, Refusal::AlreadyVoted { at: at(0), votes: 1, quorum: 2 });
    assert_eq!(refused(&*store, id, Action::Begin).await, Refusal::NotApproved);
    let approved = done(&*store, id, approve("bob")).await;
    assert_eq!((approved.state, approved.votes.len()), (State::Approved, 2));
    let records = store.records_after(0, MANY).await.unwrap();
    let events: Vec<_> = records.iter().map(|own| (own.record.entry.event, own.record.entry.outcome)).collect();
    assert_eq!(events[1..], [(Event::Vote, None), (Event::Verdict, Some(Outcome::Approved))]);
    assert_eq!(records[1].record.entry.by.as_deref(), Some("anna"));
}

async fn one_rejection_ends_a_quorum(store: Tried) {
    let id = queue(&*store, NewRequest { quorum: 2, ..call("a", 1) }).await.id;
    done(&*store, id, approve("anna")).await;
    assert_eq!(done(&*store, id, reject("anna")).await.state, State::Rejected);
    assert!(matches!(refused(&*store, id, approve("bob")).await, Refusal::Decided { .. }));
}

async fn voters_at_once_are_each_counted_once(store: Tried) {
    for round in 0..10 {
        let id = queue(&*store, NewRequest { quorum: 5, ..call("a", round) }).await.id;
        // Eight supervisors, each from two places.
        let tasks: Vec<_> = (0..16)
            .map(|voter| {
                let store = Arc::clone(&store);
                tokio::spawn(async move { store.apply(id, approve(&format!("s{}", voter % 8)), at(0)).await.unwrap() })
            })
            .collect();
        let mut counted = 0;
        for task in tasks {
            counted += usize::from(task.await.unwrap().is_ok());
        }
        let request = store.request(id).await.unwrap().unwrap();
        let mut voters: Vec<_> = request.votes.iter().map(|vote| &vote.by).collect();
        voters.sort_unstable();
        voters.dedup();
        assert_eq!((request.state, counted, voters.len()), (State::Approved, 5, 5));
    }
    assert_eq!(intact(&*store).await, 10 * 6);
}

async fn a_quorum_of_none_needs_one(store: Tried) {
    let id = queue(&*store, NewRequest { quorum: 0, ..call("a", 1) }).await.id;
    assert_eq!(refused(&*store, id, Action::Begin).await, Refusal::NotApproved);
    assert_eq!(done(&*store, id, approve("anna")).await.state, State::Approved);
}
