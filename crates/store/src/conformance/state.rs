//! What agents remember.

use std::sync::Arc;

use kruxos_approvals::StoreError;
use kruxos_approvals::state_entry::{Scope, Session, StateEntry};

use super::arrivals::HOSTILE;
use super::making::{at, json};
use super::{Case, Tried, cases};

pub(super) const CASES: &[Case] = cases![
    a_value_is_kept_with_its_version,
    scopes_do_not_see_each_other,
    a_value_of_another_version_is_not_replaced,
    of_many_who_expect_one_version_one_sets_it,
    a_scope_holds_so_many_keys_and_no_more,
    a_value_is_forgotten_once,
    values_are_listed_by_the_beginning_of_their_key,
    a_session_takes_its_values_with_it,
    a_session_is_opened_and_closed_once,
    hostile_keys_and_values_are_kept_as_they_are,
    big_values_are_kept_whole,
];

fn agent(name: &str) -> Scope {
    Scope::Persistent { agent: name.to_owned() }
}

fn of_session(id: &str) -> Scope {
    Scope::Session { session: id.to_owned() }
}

fn session(id: &str) -> Session {
    Session { session_id: id.to_owned(), agent: "a".to_owned(), opened_at: at(0) }
}

async fn set(store: &Tried, scope: Scope, key: &str, value: &str) -> StateEntry {
    store.set_state(scope, key, json(value), None, 100, at(0)).await.unwrap()
}

async fn keys(store: &Tried, scope: Scope, prefix: &str, limit: u32) -> Vec<String> {
    store.list_state(scope, prefix, limit).await.unwrap().into_iter().map(|entry| entry.key).collect()
}

async fn a_value_is_kept_with_its_version(store: Tried) {
    assert_eq!(store.state(agent("a"), "k").await, Ok(None));
    let first = set(&store, agent("a"), "k", r#"{"request_id":"ap_001"}"#).await;
    assert_eq!((first.version, first.updated_at), (1, at(0)));
    assert_eq!(store.state(agent("a"), "k").await, Ok(Some(first)));
    let second = store.set_state(agent("a"), "k", json("[1.5,null]"), None, 100, at(1)).await.unwrap();
    assert_eq!((second.version, second.updated_at, &second.value), (2, at(1), &json("[1.5,null]")));
    assert_eq!(store.state(agent("a"), "k").await, Ok(Some(second)));
}

async fn scopes_do_not_see_each_other(store: Tried) {
    store.open_session(session("a")).await.unwrap();
    let scopes = [agent("a"), agent("b"), of_session("a"), Scope::Shared, agent("")];
    for (number, scope) in scopes.iter().enumerate() {
        assert_eq!(set(&store, scope.clone(), "k", &number.to_string()).await.version, 1);
    }
    for (number, scope) in scopes.into_iter().enumerate() {
        let found = store.state(scope.clone(), "k").await.unwrap().unwrap();
        assert_eq!(found.value, json(&number.to_string()), "{scope:?}");
    }
}

async fn a_value_of_another_version_is_not_replaced(store: Tried) {
    let expecting =
        async |version, value| store.set_state(agent("a"), "k", json(value), Some(version), 100, at(0)).await;
    assert_eq!(expecting(1, "0").await, Err(StoreError::VersionConflict { version: 0 }));
    assert_eq!(expecting(0, "1").await.unwrap().version, 1);
    assert_eq!(expecting(0, "2").await, Err(StoreError::VersionConflict { version: 1 }));
    assert_eq!(expecting(1, "3").await.unwrap().version, 2);
    assert_eq!(expecting(u64::MAX, "4").await, Err(StoreError::VersionConflict { version: 2 }));
    assert_eq!(store.state(agent("a"), "k").await.unwrap().unwrap().value, json("3"));
}

async fn of_many_who_expect_one_version_one_sets_it(store: Tried) {
    for round in 0..20 {
        let tasks: Vec<_> = (0..16)
            .map(|_| {
                let store = Arc::clone(&store);
                tokio::spawn(async move { store.set_state(agent("a"), "k", json("1"), Some(round), 9, at(0)).await })
            })
            .collect();
        let mut set = 0;
        for task in tasks {
            match task.await.unwrap() {
                Ok(entry) => set += entry.version,
                Err(error) => assert_eq!(error, StoreError::VersionConflict { version: round + 1 }),
            }
        }
        assert_eq!(set, round + 1);
    }
}

async fn a_scope_holds_so_many_keys_and_no_more(store: Tried) {
    let put = async |name: &str, key: &str| store.set_state(agent(name), key, json("1"), None, 2, at(0)).await;
    put("a", "1").await.unwrap();
    put("a", "2").await.unwrap();
    assert_eq!(put("a", "3").await, Err(StoreError::TooManyKeys { allowed: 2 }));
    assert_eq!(put("a", "2").await.unwrap().version, 2, "what is there may change");
    put("b", "3").await.unwrap();
    assert_eq!(store.delete_state(agent("a"), "1").await, Ok(true));
    put("a", "3").await.unwrap();
    assert_eq!(keys(&store, agent("a"), "", 9).await, ["2", "3"]);
}

async fn a_value_is_forgotten_once(store: Tried) {
    set(&store, agent("a"), "k", "1").await;
    assert_eq!(store.delete_state(agent("b"), "k").await, Ok(false));
    assert_eq!(store.delete_state(agent("a"), "k").await, Ok(true));
    assert_eq!(store.delete_state(agent("a"), "k").await, Ok(false));
    assert_eq!(store.state(agent("a"), "k").await, Ok(None));
}

async fn values_are_listed_by_the_beginning_of_their_key(store: Tried) {
    for key in ["b", "a.2", "a", "a.10", "a%", "A.1", "a.\u{10ffff}z", "é"] {
        set(&store, agent("a"), key, "1").await;
    }
    set(&store, agent("b"), "a.3", "1").await;
    assert_eq!(keys(&store, agent("a"), "a.", 9).await, ["a.10", "a.2", "a.\u{10ffff}z"]);
    assert_eq!(keys(&store, agent("a"), "a", 9).await, ["a", "a%", "a.10", "a.2", "a.\u{10ffff}z"]);
    assert_eq!(keys(&store, agent("a"), "", 3).await, ["A.1", "a", "a%"]);
    assert_eq!(keys(&store, agent("a"), "%", 9).await, [""; 0]);
    assert_eq!(keys(&store, agent("a"), "", 0).await, [""; 0]);
}

async fn a_session_takes_its_values_with_it(store: Tried) {
    store.open_session(session("s_1")).await.unwrap();
    store.open_session(session("s_2")).await.unwrap();
    for scope in [of_session("s_1"), of_session("s_2"), agent("s_1")] {
        set(&store, scope, "k", "1").await;
    }
    assert_eq!(store.close_session("s_1").await, Ok(session("s_1")));
    assert_eq!(store.state(of_session("s_1"), "k").await, Ok(None));
    assert!(store.state(of_session("s_2"), "k").await.unwrap().is_some());
    assert!(store.state(agent("s_1"), "k").await.unwrap().is_some());
    let late = store.set_state(of_session("s_1"), "k", json("1"), None, 9, at(0)).await;
    assert_eq!(late, Err(StoreError::NotFound), "what a closed session remembers would never be forgotten");
}

async fn a_session_is_opened_and_closed_once(store: Tried) {
    assert_eq!(store.session("s_1").await, Ok(None));
    store.open_session(session("s_1")).await.unwrap();
    assert_eq!(store.open_session(session("s_1")).await, Err(StoreError::Exists));
    assert_eq!(store.session("s_1").await, Ok(Some(session("s_1"))));
    assert_eq!(store.close_session("s_1").await, Ok(session("s_1")));
    assert_eq!(store.close_session("s_1").await, Err(StoreError::NotFound));
    assert_eq!(store.session("s_1").await, Ok(None));
}

async fn hostile_keys_and_values_are_kept_as_they_are(store: Tried) {
    for text in HOSTILE {
        let quoted = serde_json::to_string(text).unwrap();
        let entry = set(&store, agent(text), text, &quoted).await;
        assert_eq!(store.state(agent(text), text).await, Ok(Some(entry.clone())));
        assert_eq!(store.list_state(agent(text), text, 9).await, Ok(vec![entry]));
        store.open_session(session(text)).await.unwrap();
        assert_eq!(store.session(text).await, Ok(Some(session(text))));
        assert_eq!(store.delete_state(agent(text), text).await, Ok(true));
    }
}

async fn big_values_are_kept_whole(store: Tried) {
    let big = format!("\"{}\"", "z".repeat(4 << 20));
    let entry = set(&store, agent("a"), &"k".repeat(10_000), &big).await;
    assert_eq!(store.state(agent("a"), &entry.key).await, Ok(Some(entry.clone())));
}
