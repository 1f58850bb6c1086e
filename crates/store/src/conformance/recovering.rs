//! What is put in order after a gateway stopped without warning.

use kruxos_approvals::store::Recovered;
use kruxos_approvals::{Action, Event, Outcome, State};

use super::making::{MANY, approve, at, call, draft, intact, queue, queue_and, refused, reject, succeed};
use super::{Case, Tried, cases};

pub(super) const CASES: &[Case] = cases![
    what_was_being_carried_out_is_interrupted,
    open_calls_are_recorded_as_interrupted,
    nothing_is_put_in_order_twice,
    an_empty_store_has_nothing_to_put_in_order,
];

async fn what_was_being_carried_out_is_interrupted(store: Tried) {
    let pending = queue(&*store, call("a", 1)).await.id;
    let approved = queue_and(&*store, call("a", 2), &[approve("anna")]).await.id;
    let executing = queue_and(&*store, call("a", 3), &[approve("anna"), Action::Begin]).await.id;
    let ended = queue_and(&*store, call("a", 4), &[approve("anna"), Action::Begin, succeed()]).await.id;
    let rejected = queue_and(&*store, call("a", 5), &[reject("anna")]).await.id;
    let recovered = store.recover(at(9)).await.unwrap();
    let wanted =
        Recovered { interrupted_requests: vec![executing], interrupted_calls: vec![], approved: vec![approved] };
    assert_eq!(recovered, wanted);
    let states = [State::Pending, State::Approved, State::Interrupted, State::Succeeded, State::Rejected];
    for (id, state) in [pending, approved, executing, ended, rejected].into_iter().zip(states) {
        assert_eq!(store.request(id).await.unwrap().unwrap().state, state, "{id}");
    }
    refused(&*store, executing, Action::Begin).await;
    refused(&*store, executing, succeed()).await;
    let last = store.records_after(intact(&*store).await - 1, 1).await.unwrap().remove(0).record;
    assert_eq!((last.entry.outcome, last.entry.request), (Some(Outcome::Interrupted), Some(executing)));
    assert_eq!(last.at, at(9));
}

async fn open_calls_are_recorded_as_interrupted(store: Tried) {
    let open = store.begin(draft("a", "x.y", None), Vec::new()).await.unwrap().record.sequence;
    let ended = store.begin(draft("b", "x.y", None), Vec::new()).await.unwrap().record.sequence;
    store.finish(ended, draft("b", "x.y", Some(Outcome::Executed))).await.unwrap();
    assert_eq!(store.recover(at(9)).await.unwrap().interrupted_calls, [open]);
    let last = store.records_after(3, MANY).await.unwrap().remove(0).record.entry;
    assert_eq!((last.event, last.outcome, last.of), (Event::Execution, Some(Outcome::Interrupted), Some(open)));
    assert_eq!((last.agent.as_deref(), last.capability.as_deref()), (Some("a"), Some("x.y")));
    assert_eq!(last.params, draft("a", "x.y", None).entry.params);
    assert!(last.reason.is_some());
    let late = store.finish(open, draft("a", "x.y", Some(Outcome::Executed))).await;
    assert_eq!(late, Err(kruxos_approvals::StoreError::NotFound));
    assert_eq!(intact(&*store).await, 4);
}

async fn nothing_is_put_in_order_twice(store: Tried) {
    queue_and(&*store, call("a", 1), &[approve("anna"), Action::Begin]).await;
    store.begin(draft("a", "x.y", None), Vec::new()).await.unwrap();
    store.recover(at(1)).await.unwrap();
    let head = store.head().await.unwrap();
    assert_eq!(store.recover(at(2)).await, Ok(Recovered::default()));
    assert_eq!(store.head().await, Ok(head));
}

async fn an_empty_store_has_nothing_to_put_in_order(store: Tried) {
    assert_eq!(store.recover(at(0)).await, Ok(Recovered::default()));
    assert_eq!(intact(&*store).await, 0);
}
