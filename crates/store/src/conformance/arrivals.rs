//! How calls get into the queue.

use kruxos_approvals::store::Enqueued;
use kruxos_approvals::{Event, NewRequest, Outcome, RequestId, State, StoreError};

use super::making::{MANY, approve, at, call, done, intact, outcomes, params, queue, queue_and, reject};
use super::{Case, Tried, cases};

pub(super) const CASES: &[Case] = cases![
    ids_count_arrivals_from_one,
    an_arrival_is_recorded_with_what_asks_for_approval,
    a_request_is_kept_as_it_came,
    an_identical_call_finds_the_pending_request,
    calls_that_differ_at_all_wait_apart,
    a_call_that_no_longer_waits_can_be_made_again,
    a_lapsed_request_does_not_stand_for_a_new_call,
    an_agent_may_have_so_many_pending_and_no_more,
    a_refused_arrival_takes_no_id,
    hostile_text_is_kept_as_it_is,
    big_params_are_kept_whole,
    numbers_survive_being_kept,
];

async fn ids_count_arrivals_from_one(store: Tried) {
    for number in 1..=12 {
        assert_eq!(queue(&*store, call("a", number)).await.id, RequestId(number));
    }
    assert_eq!(store.request(RequestId(13)).await, Ok(None));
    assert_eq!(store.request(RequestId(0)).await, Ok(None));
    assert_eq!(store.request(RequestId(u64::MAX)).await, Ok(None));
}

async fn an_arrival_is_recorded_with_what_asks_for_approval(store: Tried) {
    let request = queue(&*store, call("a", 1)).await;
    let records = store.records_after(0, MANY).await.unwrap();
    assert_eq!(records.len(), 1);
    let entry = &records[0].record.entry;
    assert_eq!((entry.event, entry.outcome), (Event::Decision, Some(Outcome::ApprovalRequested)));
    assert_eq!((entry.request, entry.agent.as_deref()), (Some(request.id), Some("a")));
    assert_eq!(entry.params, Some(call("a", 1).audited_params), "declared secrets stay out of the trail");
    assert_eq!(entry.params_digest, Some(request.params.digest()));
    assert_eq!(entry.decision, Some(request.decision));
}

async fn a_request_is_kept_as_it_came(store: Tried) {
    let new = NewRequest {
        session: None,
        expires_at: Some(at(3600)),
        approvers: vec!["ops".to_owned(), "anna".to_owned()],
        quorum: 2,
        ..call("a", 1)
    };
    let request = queue(&*store, new.clone()).await;
    assert_eq!(store.request(request.id).await, Ok(Some(request.clone())));
    assert_eq!((request.state, &request.votes, &request.verdict), (State::Pending, &Vec::new(), &None));
    assert_eq!((&request.params, request.audited_params), (&new.params, Some(new.audited_params)));
    assert_eq!((request.requested_at, request.expires_at), (new.requested_at, new.expires_at));
    assert_eq!((request.approvers, request.quorum), (new.approvers, new.quorum));
    let found = store.request(request.id).await.unwrap().unwrap();
    assert!(found.is_intact());
}

async fn an_identical_call_finds_the_pending_request(store: Tried) {
    let first = queue(&*store, call("a", 1)).await;
    let again = NewRequest { requested_at: at(5), session: Some("s_2".to_owned()), ..call("a", 1) };
    let second = store.enqueue(again, MANY).await.unwrap();
    assert_eq!(second, Enqueued { request: first, already_pending: true });
    assert_eq!(intact(&*store).await, 1, "nothing has changed, nothing is recorded");
}

async fn calls_that_differ_at_all_wait_apart(store: Tried) {
    let base = call("a", 1);
    queue(&*store, base.clone()).await;
    queue(&*store, NewRequest { agent: "b".to_owned(), ..base.clone() }).await;
    queue(&*store, NewRequest { capability: "process.runs".to_owned(), ..base.clone() }).await;
    queue(&*store, NewRequest { params: params(r#"{"number":1}"#), ..base.clone() }).await;
    queue(&*store, NewRequest { params: params(r#"{"number":1.0}"#), ..base }).await;
}

async fn a_call_that_no_longer_waits_can_be_made_again(store: Tried) {
    let first = queue_and(&*store, call("a", 1), &[reject("anna")]).await;
    let second = queue_and(&*store, call("a", 1), &[approve("anna")]).await;
    let third = queue(&*store, call("a", 1)).await;
    assert_eq!((first.id, second.id, third.id), (RequestId(1), RequestId(2), RequestId(3)));
}

async fn a_lapsed_request_does_not_stand_for_a_new_call(store: Tried) {
    let first = queue(&*store, NewRequest { expires_at: Some(at(60)), ..call("a", 1) }).await;
    let late = NewRequest { requested_at: at(60), expires_at: Some(at(120)), ..call("a", 1) };
    let second = store.enqueue(late, 1).await.unwrap();
    assert!(!second.already_pending);
    assert_eq!(second.request.id, RequestId(2));
    assert_eq!(store.request(first.id).await.unwrap().unwrap().state, State::Expired);
    let wanted = [Outcome::ApprovalRequested, Outcome::Expired, Outcome::ApprovalRequested].map(Some);
    assert_eq!(outcomes(&*store).await, [(1, wanted[0]), (2, wanted[1]), (3, wanted[2])]);
}

async fn an_agent_may_have_so_many_pending_and_no_more(store: Tried) {
    for number in 0..3 {
        store.enqueue(call("a", number), 3).await.unwrap();
    }
    let full = StoreError::TooManyPending { pending: 3, allowed: 3 };
    assert_eq!(store.enqueue(call("a", 3), 3).await, Err(full));
    assert!(store.enqueue(call("a", 2), 3).await.unwrap().already_pending, "what waits is found all the same");
    assert!(!store.enqueue(call("b", 3), 3).await.unwrap().already_pending, "another agent has its own count");
    done(&*store, RequestId(1), approve("anna")).await;
    assert!(!store.enqueue(call("a", 3), 3).await.unwrap().already_pending, "what is decided no longer counts");
    assert_eq!(store.enqueue(call("c", 1), 0).await, Err(StoreError::TooManyPending { pending: 0, allowed: 0 }));
    intact(&*store).await;
}

async fn a_refused_arrival_takes_no_id(store: Tried) {
    for number in 0..3 {
        store.enqueue(call("a", 0), 1).await.unwrap();
        store.enqueue(call("a", number + 1), 1).await.unwrap_err();
    }
    assert_eq!(queue(&*store, call("b", 0)).await.id, RequestId(2));
    assert_eq!(intact(&*store).await, 2);
}

/// Text that breaks what handles it carelessly.
pub(super) const HOSTILE: [&str; 7] = [
    "a\u{0}b",
    "'; DROP TABLE requests; --",
    "\"\\\n\r\t",
    "\u{202e}gpj.exe\u{2066}\u{200b}\u{feff}",
    "\u{1b}[31m<script>alert(1)</script>",
    "%_*?[a]",
    "🔑é\u{10ffff}",
];

async fn hostile_text_is_kept_as_it_is(store: Tried) {
    for text in HOSTILE {
        let quoted = serde_json::to_string(&serde_json::json!({ text: text })).unwrap();
        let new = NewRequest {
            agent: text.to_owned(),
            capability: text.to_owned(),
            session: Some(text.to_owned()),
            params: params(&quoted),
            audited_params: params(&quoted),
            ..call("a", 1)
        };
        let request = queue(&*store, new.clone()).await;
        let found = store.request(request.id).await.unwrap().unwrap();
        assert_eq!((&*found.agent, &*found.capability, found.params), (text, text, new.params.clone()));
        assert!(store.enqueue(new, MANY).await.unwrap().already_pending);
    }
    intact(&*store).await;
}

async fn big_params_are_kept_whole(store: Tried) {
    let big = params(&format!(r#"{{"content":"{}"}}"#, "x".repeat(4 << 20)));
    let new = NewRequest { params: big.clone(), audited_params: big.clone(), ..call("a", 1) };
    let request = queue(&*store, new).await;
    assert_eq!(store.request(request.id).await.unwrap().unwrap().params, big);
    intact(&*store).await;
}

/// A number that came back as its neighbour would make another call of the one that was approved.
async fn numbers_survive_being_kept(store: Tried) {
    let numbers = "0.1,1e300,2.2250738585072014e-308,5e-324,123456789.12345679,-0.0,0.30000000000000004,8.41e21,\
                   9007199254740993,18446744073709551615,-9223372036854775808,1.7976931348623157e308,31.245270191439438";
    let list = params(&format!(r#"{{"numbers":[{numbers}]}}"#));
    let request = queue(&*store, NewRequest { params: list.clone(), audited_params: list, ..call("a", 1) }).await;
    let found = store.request(request.id).await.unwrap().unwrap();
    assert_eq!(found, request);
    assert!(found.is_intact());
}
