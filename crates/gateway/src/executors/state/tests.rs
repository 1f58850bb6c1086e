//! What is remembered, for whom, and how much.

use jiff::Timestamp;
use kruxos_approvals::state_entry::Session;
use kruxos_approvals::store::StateStore;
use kruxos_store::MemoryStore;
use serde_json::{Value, json};

use super::*;
use crate::executors::testing::{data, work};

struct Ground {
    store: Arc<MemoryStore>,
    state: State,
}

impl Ground {
    fn new() -> Self {
        let store = Arc::new(MemoryStore::default());
        Self { state: State::new(Arc::<MemoryStore>::clone(&store) as Arc<dyn Store>), store }
    }

    async fn as_agent(&self, agent: &str, session: Option<&str>, name: &str, params: Value) -> Result<Value, String> {
        let mut work = work(&format!("state.{name}"), params);
        work.agent = agent.to_owned();
        work.session = session.map(str::to_owned);
        self.state.execute(work).await.map(|output| data(&output)).map_err(|error| error.reason)
    }

    async fn call(&self, name: &str, params: Value) -> Result<Value, String> {
        self.as_agent("my-agent", None, name, params).await
    }

    async fn open(&self, id: &str, agent: &str) {
        let session = Session { session_id: id.to_owned(), agent: agent.to_owned(), opened_at: Timestamp::UNIX_EPOCH };
        self.store.open_session(session).await.unwrap();
    }
}

#[tokio::test]
async fn what_is_set_is_got_with_its_version() {
    let ground = Ground::new();
    let value = json!({ "request_id": "ap_001", "big": u64::MAX, "text": "grüß\u{0}" });
    let pending = json!({ "key": "pending_deploy", "value": value });
    let set = ground.call("persistent.set", pending.clone()).await;
    assert_eq!(set, Ok(json!({ "key": "pending_deploy", "version": 1 })));
    assert_eq!(ground.call("persistent.set", pending).await.unwrap()["version"], 2);
    let got = ground.call("persistent.get", json!({ "key": "pending_deploy" })).await;
    assert_eq!(got, Ok(json!({ "key": "pending_deploy", "value": value, "found": true, "version": 2 })));
    let missing = ground.call("persistent.get", json!({ "key": "none" })).await;
    assert_eq!(missing, Ok(json!({ "key": "none", "value": null, "found": false, "version": 0 })));
}

#[tokio::test]
async fn a_value_that_is_null_is_found() {
    let ground = Ground::new();
    ground.call("persistent.set", json!({ "key": "k", "value": null })).await.unwrap();
    let got = ground.call("persistent.get", json!({ "key": "k" })).await;
    assert_eq!(got, Ok(json!({ "key": "k", "value": null, "found": true, "version": 1 })));
}

#[tokio::test]
async fn an_earlier_version_is_not_given_out_as_the_newest() {
    let ground = Ground::new();
    for _ in 0..2 {
        ground.call("persistent.set", json!({ "key": "k", "value": 1 })).await.unwrap();
    }
    assert_eq!(ground.call("persistent.get", json!({ "key": "k", "version": 2 })).await.unwrap()["found"], true);
    let why = ground.call("persistent.get", json!({ "key": "k", "version": 1 })).await.unwrap_err();
    assert_eq!(why, "version 1 is not kept; the value has version 2, and only that is there");
}

#[tokio::test]
async fn what_is_deleted_is_gone_once() {
    let ground = Ground::new();
    ground.call("persistent.set", json!({ "key": "k", "value": 1 })).await.unwrap();
    for deleted in [true, false] {
        let answer = ground.call("persistent.delete", json!({ "key": "k" })).await;
        assert_eq!(answer, Ok(json!({ "key": "k", "deleted": deleted })));
    }
    assert_eq!(ground.call("persistent.get", json!({ "key": "k" })).await.unwrap()["found"], false);
}

#[tokio::test]
async fn keys_are_listed_by_what_they_begin_with() {
    let ground = Ground::new();
    for key in ["b", "ab", "aa", "a%"] {
        ground.call("persistent.set", json!({ "key": key, "value": 1 })).await.unwrap();
    }
    assert_eq!(ground.call("persistent.list", json!({})).await, Ok(json!({ "keys": ["a%", "aa", "ab", "b"] })));
    assert_eq!(
        ground.call("persistent.list", json!({ "prefix": "a" })).await,
        Ok(json!({ "keys": ["a%", "aa", "ab"] }))
    );
    assert_eq!(ground.call("persistent.list", json!({ "prefix": "a%" })).await, Ok(json!({ "keys": ["a%"] })));
}

#[tokio::test]
async fn agents_do_not_see_each_other_s_values_but_the_shared_ones() {
    let ground = Ground::new();
    ground.call("persistent.set", json!({ "key": "k", "value": 1 })).await.unwrap();
    ground.call("shared.set", json!({ "key": "s", "value": 1, "expected_version": 0 })).await.unwrap();
    let other =
        async |name: &str, key: &str| ground.as_agent("other", None, name, json!({ "key": key })).await.unwrap();
    assert_eq!(other("persistent.get", "k").await["found"], false);
    assert_eq!(other("persistent.delete", "k").await["deleted"], false);
    assert_eq!(other("shared.get", "s").await["found"], true);
    assert_eq!(ground.call("persistent.get", json!({ "key": "k" })).await.unwrap()["found"], true);
}

#[tokio::test]
async fn a_shared_value_is_changed_only_by_who_knows_it() {
    let ground = Ground::new();
    let set = async |value: u64, expected: u64| {
        ground.call("shared.set", json!({ "key": "s", "value": value, "expected_version": expected })).await
    };
    assert_eq!(set(1, 0).await, Ok(json!({ "key": "s", "version": 1 })));
    for stale in [0, 2] {
        let why = set(2, stale).await.unwrap_err();
        assert_eq!(why, "the value was changed meanwhile: it has version 1; read it again, then set it");
    }
    assert_eq!(set(2, 1).await.unwrap()["version"], 2);
    let why = ground.call("shared.set", json!({ "key": "s", "value": 1 })).await.unwrap_err();
    assert_eq!(why, "`expected_version` is missing; 0 says that the value is not there yet");
}

#[tokio::test]
async fn a_session_s_values_are_its_own() {
    let ground = Ground::new();
    ground.open("s_1", "my-agent").await;
    ground.open("s_2", "my-agent").await;
    let session =
        async |id: &'static str, name: &str, params: Value| ground.as_agent("my-agent", Some(id), name, params).await;
    for key in ["a", "b"] {
        session("s_1", "session.set", json!({ "key": key, "value": 1 })).await.unwrap();
    }
    assert_eq!(session("s_2", "session.list", json!({})).await, Ok(json!({ "keys": [] })));
    assert_eq!(session("s_1", "session.clear", json!({})).await, Ok(json!({ "deleted": 2 })));
    assert_eq!(session("s_1", "session.list", json!({})).await, Ok(json!({ "keys": [] })));
}

#[tokio::test]
async fn a_session_that_is_not_the_agent_s_is_not_used() {
    let ground = Ground::new();
    ground.open("s_1", "other").await;
    for session in [Some("s_1"), Some("s_9")] {
        let why = ground.as_agent("my-agent", session, "session.list", json!({})).await.unwrap_err();
        assert_eq!(why, "the session is not open; open one with `session.open`");
    }
    let why = ground.call("session.get", json!({ "key": "k" })).await.unwrap_err();
    assert!(why.starts_with("the call belongs to no session; open one with `session.open`"), "{why}");
}

#[tokio::test]
async fn keys_and_values_are_limited() {
    let ground = Ground::new();
    let long = "k".repeat(MAX_KEY + 1);
    let large = "x".repeat(MAX_VALUE - 1);
    for (params, expected) in [
        (json!({ "key": "", "value": 1 }), "`key` is empty"),
        (json!({ "key": long, "value": 1 }), "`key` has 257 bytes; at most 256 are allowed"),
        (json!({ "key": "k", "value": large }), "`value` has 262145 bytes; at most 262144 are allowed"),
        (json!({ "key": "k" }), "`value` is missing"),
        (json!({ "key": 1, "value": 1 }), "`key` is a string, not 1"),
        (
            json!({ "key": "k", "value": 1, "ttl": 5 }),
            "`ttl` is not known; `state.persistent.set` takes `key`, `value`",
        ),
    ] {
        assert_eq!(ground.call("persistent.set", params).await.unwrap_err(), expected);
    }
    let prefix = ground.call("persistent.list", json!({ "prefix": long })).await.unwrap_err();
    assert_eq!(prefix, "`prefix` has 257 bytes; at most 256 are allowed");
    assert_eq!(ground.call("persistent.list", json!({})).await, Ok(json!({ "keys": [] })));
}

#[tokio::test]
async fn a_full_scope_takes_no_more_keys() {
    let ground = Ground::new();
    for number in 0..MAX_KEYS {
        ground.call("persistent.set", json!({ "key": number.to_string(), "value": 1 })).await.unwrap();
    }
    let why = ground.call("persistent.set", json!({ "key": "more", "value": 1 })).await.unwrap_err();
    assert_eq!(why, "10000 values are there, and at most 10000 are allowed; delete some");
    assert_eq!(ground.call("persistent.set", json!({ "key": "7", "value": 2 })).await.unwrap()["version"], 2);
    let keys = ground.call("persistent.list", json!({})).await.unwrap();
    assert_eq!(keys["keys"].as_array().unwrap().len(), MAX_KEYS as usize);
}
