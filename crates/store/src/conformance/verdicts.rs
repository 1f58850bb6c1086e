//! How waiting ends.

use kruxos_approvals::{Action, Event, NewRequest, Outcome, Refusal, RequestId, State, StoreError, Supervisor};

use super::making::{
    MANY, approve, at, call, done, intact, interrupt, outcomes, queue, queue_and, refused, reject, succeed,
};
use super::{Case, Tried, cases};

pub(super) const CASES: &[Case] = cases![
    an_unknown_request_is_not_found,
    an_approval_is_kept_and_recorded_with_who_and_why,
    a_rejection_is_kept_and_recorded_with_who_and_why,
    a_second_verdict_is_told_who_won,
    an_agent_takes_its_request_back,
    a_request_lapses_when_its_time_is_up_and_not_before,
    the_policy_s_approvers_alone_decide,
    a_refusal_changes_nothing,
];

async fn an_unknown_request_is_not_found(store: Tried) {
    for id in [0, 1, u64::MAX] {
        assert_eq!(store.apply(RequestId(id), approve("anna"), at(0)).await, Err(StoreError::NotFound));
    }
    assert_eq!(intact(&*store).await, 0);
}

async fn an_approval_is_kept_and_recorded_with_who_and_why(store: Tried) {
    let id = queue(&*store, call("a", 1)).await.id;
    let approved = store.apply(id, approve("anna"), at(9)).await.unwrap().unwrap();
    assert_eq!(store.request(id).await, Ok(Some(approved.clone())));
    let verdict = approved.verdict.unwrap();
    assert_eq!((approved.state, verdict.state, verdict.at), (State::Approved, State::Approved, at(9)));
    assert_eq!((verdict.by.as_deref(), verdict.reason.as_deref()), (Some("anna"), Some("anna says yes")));
    let records = store.records_after(1, MANY).await.unwrap();
    let entry = &records[0].record.entry;
    assert_eq!((entry.event, entry.outcome, entry.request), (Event::Verdict, Some(Outcome::Approved), Some(id)));
    assert_eq!((entry.by.as_deref(), entry.reason.as_deref()), (Some("anna"), Some("anna says yes")));
    assert_eq!(entry.params, Some(call("a", 1).audited_params), "declared secrets stay out of the trail");
    assert_eq!(entry.params_digest, Some(call("a", 1).params.digest()));
    assert_eq!(records[0].record.at, at(9));
}

async fn a_rejection_is_kept_and_recorded_with_who_and_why(store: Tried) {
    let request = queue_and(&*store, NewRequest { quorum: 3, ..call("a", 1) }, &[reject("bob")]).await;
    assert_eq!(request.state, State::Rejected);
    let found = store.request(request.id).await.unwrap().unwrap();
    let verdict = found.verdict.unwrap();
    assert_eq!((verdict.by.as_deref(), verdict.reason.as_deref()), (Some("bob"), Some("bob says no")));
    assert_eq!(outcomes(&*store).await, [(1, Some(Outcome::ApprovalRequested)), (2, Some(Outcome::Rejected))]);
    for action in [Action::Begin, succeed(), interrupt(), Action::Cancel, Action::Expire, approve("anna")] {
        refused(&*store, request.id, action).await;
    }
}

async fn a_second_verdict_is_told_who_won(store: Tried) {
    let request = queue_and(&*store, call("a", 1), &[reject("anna")]).await;
    let Refusal::Decided { state, winner } = refused(&*store, request.id, approve("bob")).await else {
        panic!("bob is told something else");
    };
    assert_eq!((state, Some(winner)), (State::Rejected, request.verdict));
}

async fn an_agent_takes_its_request_back(store: Tried) {
    let request = queue_and(&*store, call("a", 1), &[Action::Cancel]).await;
    assert_eq!(request.state, State::Cancelled);
    assert_eq!(request.verdict.as_ref().unwrap().by.as_deref(), Some("a"));
    refused(&*store, request.id, approve("anna")).await;
    assert_eq!(outcomes(&*store).await[1].1, Some(Outcome::Cancelled));
}

async fn a_request_lapses_when_its_time_is_up_and_not_before(store: Tried) {
    let id = queue(&*store, NewRequest { expires_at: Some(at(60)), ..call("a", 1) }).await.id;
    assert_eq!(store.apply(id, Action::Expire, at(59)).await, Ok(Err(Refusal::NotDue)));
    let late = store.apply(id, approve("anna"), at(60)).await.unwrap();
    assert_eq!(late, Err(Refusal::Lapsed { expires_at: at(60) }));
    let found = store.request(id).await.unwrap().unwrap();
    assert_eq!(found.state, State::Expired, "who is told that it is too late is told so for good");
    assert_eq!(outcomes(&*store).await[1].1, Some(Outcome::Expired));

    let new = NewRequest { requested_at: at(60), expires_at: Some(at(90)), ..call("a", 2) };
    let id = queue(&*store, new).await.id;
    let expired = store.apply(id, Action::Expire, at(90)).await.unwrap().unwrap();
    assert_eq!((expired.state, expired.verdict.unwrap().by), (State::Expired, None));
}

async fn the_policy_s_approvers_alone_decide(store: Tried) {
    let new = NewRequest { approvers: vec!["ops".to_owned(), "anna".to_owned()], ..call("a", 1) };
    let id = queue(&*store, new.clone()).await.id;
    let others = Refusal::NotAnApprover { approvers: new.approvers };
    assert_eq!(refused(&*store, id, approve("bob")).await, others);
    assert_eq!(refused(&*store, id, reject("bob")).await, others);
    let carol = Supervisor { name: "carol".to_owned(), groups: vec!["ops".to_owned()] };
    assert_eq!(done(&*store, id, Action::Approve { by: carol, reason: None }).await.state, State::Approved);
}

async fn a_refusal_changes_nothing(store: Tried) {
    let request = queue_and(&*store, call("a", 1), &[approve("anna")]).await;
    let head = store.head().await.unwrap();
    for action in [approve("bob"), reject("bob"), Action::Cancel, Action::Expire, succeed(), interrupt()] {
        refused(&*store, request.id, action).await;
    }
    assert_eq!(store.request(request.id).await, Ok(Some(request)));
    assert_eq!(store.head().await, Ok(head));
}
