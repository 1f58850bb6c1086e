//! What cases are made of.

use jiff::{SignedDuration, Timestamp};
use kruxos_approvals::call::{JsonText, Params};
use kruxos_approvals::decision::RuleFacts;
use kruxos_approvals::{
    Action, DecisionFacts, Draft, Entry, Event, NewRequest, Outcome, Refusal, Request, RequestId, Store, Supervisor,
};

/// More than any case queues.
pub(super) const MANY: u32 = 100_000;

/// A time, in seconds from the beginning of every case.
pub(super) fn at(seconds: i64) -> Timestamp {
    let beginning: Timestamp = "2026-03-29T14:20:00.000000001Z".parse().expect("a time");
    beginning + SignedDuration::from_secs(seconds)
}

pub(super) fn params(text: &str) -> Params {
    serde_json::from_str(text).expect("params")
}

pub(super) fn json(text: &str) -> JsonText {
    JsonText::parse(text).expect("JSON")
}

/// A call of `process.run` by an agent; calls of different numbers are different.
pub(super) fn call(agent: &str, number: u64) -> NewRequest {
    NewRequest {
        agent: agent.to_owned(),
        session: Some("s_1".to_owned()),
        capability: "process.run".to_owned(),
        params: params(&format!(r#"{{"command":"deploy","number":{number},"password":"secret"}}"#)),
        audited_params: params(&format!(r#"{{"command":"deploy","number":{number},"password":"[redacted]"}}"#)),
        decision: decision(),
        requested_at: at(0),
        expires_at: None,
        approvers: Vec::new(),
        quorum: 1,
        limits: Vec::new(),
    }
}

pub(super) fn decision() -> DecisionFacts {
    let rule = RuleFacts {
        policy: "team-moderate".to_owned(),
        capability: Some("process.run".to_owned()),
        rule: None,
        id: None,
        file: "team-moderate.yaml".to_owned(),
        line: 7,
    };
    DecisionFacts {
        tier: serde_json::from_str(r#""approval_required""#).expect("a tier"),
        reason: "Process execution requires human review".to_owned(),
        rule: Some(rule),
        unknowns: Vec::new(),
        policy_digest: "sha256:policies".to_owned(),
    }
}

pub(super) fn supervisor(name: &str) -> Supervisor {
    Supervisor { name: name.to_owned(), groups: Vec::new() }
}

pub(super) fn approve(name: &str) -> Action {
    Action::Approve { by: supervisor(name), reason: Some(format!("{name} says yes")) }
}

pub(super) fn reject(name: &str) -> Action {
    Action::Reject { by: supervisor(name), reason: Some(format!("{name} says no")) }
}

pub(super) fn succeed() -> Action {
    Action::Succeed { data: json(r#"{"exit_code":0}"#), summary: "exit code 0".to_owned() }
}

pub(super) fn fail() -> Action {
    Action::Fail { reason: "it does not exist".to_owned() }
}

pub(super) fn interrupt() -> Action {
    Action::Interrupt { reason: "the gateway stopped".to_owned() }
}

/// Queues a call that is new.
pub(super) async fn queue(store: &dyn Store, new: NewRequest) -> Request {
    let queued = store.enqueue(new, MANY).await.expect("a request is queued");
    assert!(!queued.already_pending, "{}", queued.request.id);
    queued.request
}

/// Queues a call and brings it so far by actions that are all allowed.
pub(super) async fn queue_and(store: &dyn Store, new: NewRequest, actions: &[Action]) -> Request {
    let mut request = queue(store, new).await;
    for action in actions {
        request = done(store, request.id, action.clone()).await;
    }
    request
}

/// Applies an action that is allowed, at the beginning.
pub(super) async fn done(store: &dyn Store, id: RequestId, action: Action) -> Request {
    store.apply(id, action, at(0)).await.expect("the store works").expect("the action is allowed")
}

/// Applies an action that is refused, at the beginning.
pub(super) async fn refused(store: &dyn Store, id: RequestId, action: Action) -> Refusal {
    store.apply(id, action, at(0)).await.expect("the store works").expect_err("the action is refused")
}

/// The record of a call that an agent made.
pub(super) fn draft(agent: &str, capability: &str, outcome: Option<Outcome>) -> Draft {
    let entry = Entry {
        agent: Some(agent.to_owned()),
        capability: Some(capability.to_owned()),
        params: Some(params(r#"{"path":"/workspace/a"}"#)),
        outcome,
        ..Entry::of(Event::Decision)
    };
    Draft { at: at(0), entry }
}

/// Sequence number and outcome of every record, in order; the chain is whole.
pub(super) async fn outcomes(store: &dyn Store) -> Vec<(u64, Option<Outcome>)> {
    intact(store).await;
    let records = store.records_after(0, MANY).await.expect("the trail is read");
    records.iter().map(|own| (own.record.sequence, own.record.entry.outcome)).collect()
}

/// The trail is whole and ends where the store says, and times do not decrease.
pub(super) async fn intact(store: &dyn Store) -> u64 {
    let head = store.head().await.expect("there is a head");
    assert_eq!(store.verify(Some(head)).await.expect("the trail is read"), Ok(head));
    let records = store.records_after(0, u32::MAX).await.expect("the trail is read");
    assert_eq!(records.len() as u64, head.sequence);
    assert!(records.is_sorted_by_key(|own| own.record.at), "times decrease");
    head.sequence
}
