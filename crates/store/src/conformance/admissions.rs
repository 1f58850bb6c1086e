//! Limits: never more admitted calls than `max` in any window, whatever happens meanwhile.

use std::slice;

use kruxos_approvals::{Admission, NewRequest, Outcome, Spent, StoreError, Tier};

use super::making::{MANY, at, call, draft};
use super::{Case, Tried, cases};

pub(super) const CASES: &[Case] = cases![
    a_window_never_admits_more_than_its_most,
    a_call_takes_all_of_its_limits_or_none,
    keys_and_limits_are_counted_apart,
    what_waits_already_is_counted_once,
    a_refused_call_takes_nothing,
    what_was_admitted_before_can_be_counted_again,
    many_at_once_are_admitted_one_by_one,
];

fn limit(name: &str, key: Option<&str>, max: u32, on_exceed: Tier) -> Admission {
    let (limit, key) = (name.to_owned(), key.map(str::to_owned));
    Admission { limit, key, max, window_ms: 60_000, on_exceed, said: String::new() }
}

/// Begins a call at this second under these limits.
async fn begin(store: &Tried, second: i64, limits: &[Admission]) -> Result<(), StoreError> {
    let mut draft = draft("a", "x.y", None);
    draft.at = at(second);
    store.begin(draft, limits.to_vec()).await.map(drop)
}

const fn spent(place: usize, retry_after_ms: Option<u64>) -> Result<(), StoreError> {
    Err(StoreError::Spent(Spent { place, retry_after_ms }))
}

async fn a_window_never_admits_more_than_its_most(store: Tried) {
    let two = [limit("two", Some("a"), 2, Tier::Blocked)];
    for (second, answer) in [
        (0, Ok(())),
        (10, Ok(())),
        (59, spent(0, Some(1_000))),
        (60, Ok(())),
        (69, spent(0, Some(1_000))),
        (70, Ok(())),
        (500, Ok(())),
        // The clock went back: time stands still for the limit.
        (3, Ok(())),
        (4, spent(0, Some(60_000))),
    ] {
        assert_eq!(begin(&store, second, &two).await, answer, "{second}");
    }
    assert_eq!(begin(&store, 500, &[limit("none", Some("a"), 0, Tier::Blocked)]).await, spent(0, None));
    assert_eq!(begin(&store, 500, &[limit("untold", None, 9, Tier::Blocked)]).await, spent(0, None));
}

async fn a_call_takes_all_of_its_limits_or_none(store: Tried) {
    let wide = limit("wide", Some("a"), 3, Tier::Blocked);
    let narrow = limit("narrow", Some("a"), 1, Tier::ApprovalRequired);
    let both = [narrow.clone(), wide.clone()];
    assert_eq!(begin(&store, 0, &both).await, Ok(()));
    assert_eq!(begin(&store, 1, &both).await, spent(0, Some(59_000)));
    assert_eq!(begin(&store, 1, slice::from_ref(&wide)).await, Ok(()));
    assert_eq!(begin(&store, 2, slice::from_ref(&wide)).await, Ok(()), "the call over the narrow limit took nothing");
    assert_eq!(begin(&store, 3, &both).await, spent(1, Some(57_000)), "of several the strictest is named");
}

async fn keys_and_limits_are_counted_apart(store: Tried) {
    let one = |name: &str, key: &str| [limit(name, Some(key), 1, Tier::Blocked)];
    for (name, key) in [("x", "a"), ("x", "b"), ("y", "a"), ("x", ""), ("", "x")] {
        assert_eq!(begin(&store, 0, &one(name, key)).await, Ok(()), "{name} {key}");
        assert_eq!(begin(&store, 0, &one(name, key)).await, spent(0, Some(60_000)), "{name} {key}");
    }
    assert_eq!(store.counted_limits().await.unwrap(), ["", "x", "y"]);
}

async fn what_waits_already_is_counted_once(store: Tried) {
    let limits = vec![limit("two", Some("a"), 2, Tier::Blocked)];
    let queue = |number| store.enqueue(NewRequest { limits: limits.clone(), ..call("a", number) }, MANY);
    assert!(!queue(1).await.unwrap().already_pending);
    assert!(queue(1).await.unwrap().already_pending);
    assert!(!queue(2).await.unwrap().already_pending);
    assert_eq!(queue(3).await, Err(StoreError::Spent(Spent { place: 0, retry_after_ms: Some(60_000) })));
    assert!(queue(2).await.unwrap().already_pending);
}

async fn a_refused_call_takes_nothing(store: Tried) {
    let one = vec![limit("one", Some("a"), 1, Tier::Blocked)];
    for _ in 0..50 {
        store.append(vec![draft("a", "x.y", Some(Outcome::RateLimited))]).await.unwrap();
    }
    let full = store.enqueue(NewRequest { limits: one.clone(), ..call("a", 1) }, 0).await;
    assert_eq!(full, Err(StoreError::TooManyPending { pending: 0, allowed: 0 }));
    assert_eq!(begin(&store, 0, &one).await, Ok(()));
}

async fn what_was_admitted_before_can_be_counted_again(store: Tried) {
    let two = limit("two", Some("a"), 2, Tier::Blocked);
    let admitted = vec![(two.clone(), at(0)), (two.clone(), at(30))];
    for afresh in [Vec::new(), vec!["two".to_owned()]] {
        store.count_again(afresh, admitted.clone()).await.unwrap();
    }
    assert_eq!(begin(&store, 40, slice::from_ref(&two)).await, spent(0, Some(20_000)));
    assert_eq!(begin(&store, 60, slice::from_ref(&two)).await, Ok(()));
}

async fn many_at_once_are_admitted_one_by_one(store: Tried) {
    let ten = [limit("ten", Some("a"), 10, Tier::Blocked)];
    let calls: Vec<_> = (0..50)
        .map(|_| {
            let (store, ten) = (store.clone(), ten.clone());
            tokio::spawn(async move { begin(&store, 0, &ten).await.is_ok() })
        })
        .collect();
    let mut admitted = 0;
    for call in calls {
        admitted += u32::from(call.await.unwrap());
    }
    assert_eq!(admitted, 10);
}
