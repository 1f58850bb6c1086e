//! Clocks that jump. A store's time only ever goes on.

use kruxos_approvals::{Action, NewRequest, Refusal, State};

use super::making::{MANY, approve, at, call, draft, intact, json, queue};
use super::{Case, Tried, cases};
use kruxos_approvals::state_entry::Scope;

pub(super) const CASES: &[Case] = cases![
    records_are_never_dated_before_the_last,
    what_lapsed_cannot_be_approved_after_the_clock_went_back,
    a_request_waits_as_long_as_it_may_after_the_clock_went_back,
    a_clock_that_goes_forward_lapses_what_is_due,
    times_of_everything_kept_go_on,
    the_smallest_and_largest_times_are_kept,
];

async fn records_are_never_dated_before_the_last(store: Tried) {
    for seconds in [0, 3600, -86_400, 1, 7200, 7199] {
        let mut late = draft("a", "x.y", None);
        late.at = at(seconds);
        store.append(vec![late]).await.unwrap();
    }
    let records = store.records_after(0, MANY).await.unwrap();
    let times: Vec<_> = records.iter().map(|own| own.record.at).collect();
    assert_eq!(times, [0, 3600, 3600, 3600, 7200, 7200].map(at));
    intact(&*store).await;
}

async fn what_lapsed_cannot_be_approved_after_the_clock_went_back(store: Tried) {
    // Once because somebody saw that it had lapsed, once because anything at all was recorded so late.
    let seen = queue(&*store, NewRequest { expires_at: Some(at(60)), ..call("a", 1) }).await.id;
    let unseen = queue(&*store, NewRequest { expires_at: Some(at(60)), ..call("a", 2) }).await.id;
    let lapsed = Refusal::Lapsed { expires_at: at(60) };
    assert_eq!(store.apply(seen, approve("anna"), at(61)).await, Ok(Err(lapsed.clone())));
    let again = store.apply(seen, approve("anna"), at(1)).await.unwrap();
    assert!(matches!(again, Err(Refusal::Decided { state: State::Expired, .. })));
    assert_eq!(store.apply(unseen, approve("anna"), at(1)).await, Ok(Err(lapsed)));
    intact(&*store).await;
}

async fn a_request_waits_as_long_as_it_may_after_the_clock_went_back(store: Tried) {
    queue(&*store, NewRequest { requested_at: at(3600), ..call("a", 1) }).await;
    let new = NewRequest { requested_at: at(0), expires_at: Some(at(60)), ..call("a", 2) };
    let request = queue(&*store, new).await;
    assert_eq!((request.requested_at, request.expires_at), (at(3600), Some(at(3660))));
    assert_eq!(store.due(at(0), 10).await, Ok(vec![]));
    assert!(store.apply(request.id, approve("anna"), at(1)).await.unwrap().is_ok());
}

async fn a_clock_that_goes_forward_lapses_what_is_due(store: Tried) {
    let due = queue(&*store, NewRequest { expires_at: Some(at(60)), ..call("a", 1) }).await.id;
    let never = queue(&*store, call("a", 2)).await.id;
    assert_eq!(store.due(at(1_000_000_000), 10).await, Ok(vec![due]));
    assert!(store.apply(due, Action::Expire, at(1_000_000_000)).await.unwrap().is_ok());
    assert_eq!(store.apply(never, Action::Expire, at(1_000_000_000)).await, Ok(Err(Refusal::NotDue)));
    // The clock is right again, and what is asked counts as asked at the latest time known.
    let approved = store.apply(never, approve("anna"), at(2)).await.unwrap().unwrap();
    assert_eq!(approved.verdict.unwrap().at, at(1_000_000_000));
    intact(&*store).await;
}

async fn times_of_everything_kept_go_on(store: Tried) {
    store.append(vec![draft("a", "x.y", None)]).await.unwrap();
    let request = queue(&*store, NewRequest { requested_at: at(-5), ..call("a", 1) }).await;
    assert_eq!(request.requested_at, at(0));
    let id = request.id;
    let approved = store.apply(id, approve("anna"), at(-4)).await.unwrap().unwrap();
    assert_eq!(approved.verdict.unwrap().at, at(0));
    let begun = store.apply(id, Action::Begin, at(-3)).await.unwrap().unwrap();
    assert_eq!(begun.execution.unwrap().started_at, Some(at(0)));
    let scope = Scope::Persistent { agent: "a".to_owned() };
    let entry = store.set_state(scope, "k", json("1"), None, 10, at(-2)).await.unwrap();
    assert_eq!(entry.updated_at, at(0));
}

async fn the_smallest_and_largest_times_are_kept(store: Tried) {
    let (first, last) = (jiff::Timestamp::MIN, jiff::Timestamp::MAX);
    let request = queue(&*store, NewRequest { requested_at: first, expires_at: Some(last), ..call("a", 1) }).await;
    assert_eq!((request.requested_at, request.expires_at), (first, Some(last)));
    assert_eq!(store.request(request.id).await, Ok(Some(request)));
    assert_eq!(store.next_due().await, Ok(Some(last)));
    assert_eq!(store.due(at(0), 10).await, Ok(vec![]));
    intact(&*store).await;
}
