//! The audit trail.

use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;
use kruxos_approvals::store::AuditQuery;
use kruxos_approvals::{Digest, Draft, Entry, Event, Head, Outcome, RequestId, StoreError};

use super::arrivals::HOSTILE;
use super::making::{MANY, approve, at, call, draft, intact, json, params, queue, queue_and};
use super::{Case, Tried, cases};

pub(super) const CASES: &[Case] = cases![
    an_empty_trail_has_an_empty_head,
    records_follow_each_other_and_are_kept_as_sealed,
    nothing_is_appended_of_nothing,
    an_execution_is_closed_once,
    records_are_found_by_what_they_say,
    times_with_any_fraction_are_in_order,
    many_capabilities_can_be_asked_for,
    audited_capabilities_are_told_once_and_in_order,
    following_misses_nothing,
    who_waits_for_a_change_is_woken,
    who_waits_for_what_is_there_does_not_wait,
    a_remembered_head_is_found_again,
    hostile_text_stays_in_its_record,
];

async fn an_empty_trail_has_an_empty_head(store: Tried) {
    assert_eq!(store.head().await, Ok(Head::EMPTY));
    assert_eq!(store.verify(None).await, Ok(Ok(Head::EMPTY)));
    assert_eq!(store.records_after(0, MANY).await, Ok(vec![]));
    assert_eq!(store.records(AuditQuery { limit: 9, ..AuditQuery::default() }).await, Ok(vec![]));
    assert_eq!(store.audited_capabilities().await, Ok(vec![]));
}

async fn records_follow_each_other_and_are_kept_as_sealed(store: Tried) {
    let sealed = store.append(vec![draft("a", "x.y", None), draft("b", "x.z", None)]).await.unwrap();
    assert_eq!((sealed[0].record.sequence, sealed[0].record.previous), (1, Digest::NONE));
    assert_eq!((sealed[1].record.sequence, sealed[1].record.previous), (2, sealed[0].hash));
    assert_eq!(sealed[1].hash, Digest::of(sealed[1].body.as_bytes()));
    assert_eq!(store.records_after(0, MANY).await, Ok(sealed.clone()));
    assert_eq!(store.head().await, Ok(sealed[1].head()));
    assert_eq!(intact(&*store).await, 2);
}

async fn nothing_is_appended_of_nothing(store: Tried) {
    assert_eq!(store.append(vec![]).await, Ok(vec![]));
    assert_eq!(intact(&*store).await, 0);
}

async fn an_execution_is_closed_once(store: Tried) {
    let decision = store.begin(draft("a", "x.y", None), Vec::new()).await.unwrap().record.sequence;
    let end = || Draft { at: at(1), entry: Entry { outcome: Some(Outcome::Executed), ..Entry::of(Event::Execution) } };
    for unknown in [0, decision + 1, u64::MAX] {
        assert_eq!(store.finish(unknown, end()).await, Err(StoreError::NotFound));
    }
    let ended = store.finish(decision, end()).await.unwrap();
    assert_eq!((ended.record.entry.of, ended.record.entry.outcome), (Some(decision), Some(Outcome::Executed)));
    assert_eq!(store.finish(decision, end()).await, Err(StoreError::NotFound));
    let plain = store.append(vec![draft("a", "x.y", None)]).await.unwrap()[0].record.sequence;
    assert_eq!(store.finish(plain, end()).await, Err(StoreError::NotFound), "what was appended alone is not open");
    assert_eq!(intact(&*store).await, 3);
}

async fn found(store: &Tried, query: AuditQuery) -> Vec<u64> {
    store.records(query).await.unwrap().iter().map(|own| own.record.sequence).collect()
}

async fn records_are_found_by_what_they_say(store: Tried) {
    for (number, (agent, capability, outcome)) in [
        ("a", "x.y", Some(Outcome::Executed)),
        ("b", "x.y", Some(Outcome::Blocked)),
        ("a", "x.z", None),
        ("a", "x.y", Some(Outcome::Blocked)),
    ]
    .into_iter()
    .enumerate()
    {
        let seconds = i64::try_from(number).unwrap();
        store.append(vec![Draft { at: at(seconds), ..draft(agent, capability, outcome) }]).await.unwrap();
    }
    store.append(vec![Draft { at: at(4), entry: Entry::of(Event::Gateway) }]).await.unwrap();
    let id = queue_and(&*store, call("b", 1), &[approve("anna")]).await.id;
    let all = AuditQuery { limit: 99, ..AuditQuery::default() };
    assert_eq!(found(&store, all.clone()).await, [7, 6, 5, 4, 3, 2, 1]);
    assert_eq!(found(&store, AuditQuery { limit: 2, ..all.clone() }).await, [7, 6]);
    assert_eq!(found(&store, AuditQuery { limit: 0, ..all.clone() }).await, [0; 0]);
    assert_eq!(found(&store, AuditQuery { before: Some(4), ..all.clone() }).await, [3, 2, 1]);
    assert_eq!(found(&store, AuditQuery { before: Some(u64::MAX), limit: 1, ..all.clone() }).await, [7]);
    assert_eq!(found(&store, AuditQuery { agent: Some("a".to_owned()), ..all.clone() }).await, [4, 3, 1]);
    assert_eq!(found(&store, AuditQuery { outcome: Some(Outcome::Blocked), ..all.clone() }).await, [4, 2]);
    assert_eq!(found(&store, AuditQuery { request: Some(id), ..all.clone() }).await, [7, 6]);
    assert_eq!(found(&store, AuditQuery { request: Some(RequestId(9)), ..all.clone() }).await, [0; 0]);
    let named = |names: &[&str]| Some(names.iter().map(|name| (*name).to_owned()).collect());
    assert_eq!(found(&store, AuditQuery { capabilities: named(&["x.z", "x.y"]), ..all.clone() }).await, [4, 3, 2, 1]);
    assert_eq!(found(&store, AuditQuery { capabilities: named(&["x.z"]), ..all.clone() }).await, [3]);
    assert_eq!(found(&store, AuditQuery { capabilities: named(&[]), ..all.clone() }).await, [0; 0]);
    assert_eq!(found(&store, AuditQuery { since: Some(at(1)), until: Some(at(3)), ..all.clone() }).await, [3, 2]);
    let narrow = AuditQuery {
        agent: Some("a".to_owned()),
        capabilities: named(&["x.y"]),
        outcome: Some(Outcome::Blocked),
        since: Some(at(0)),
        until: Some(at(9)),
        before: Some(5),
        ..all
    };
    assert_eq!(found(&store, narrow).await, [4]);
}

/// The texts of times sort like times only when they are written alike.
async fn times_with_any_fraction_are_in_order(store: Tried) {
    let nanoseconds = [0, 1, 999, 1_000, 100_000_000, 120_000_000, 999_999_999, 1_000_000_000];
    let times = nanoseconds
        .map(|part| "2026-01-01T00:00:00Z".parse::<jiff::Timestamp>().unwrap() + SignedDuration::from_nanos(part));
    for at in times {
        store.append(vec![Draft { at, ..draft("a", "x.y", None) }]).await.unwrap();
    }
    for (place, time) in (1_u64..).zip(times) {
        let all = AuditQuery { limit: 99, ..AuditQuery::default() };
        let since = found(&store, AuditQuery { since: Some(time), ..all.clone() }).await;
        let until = found(&store, AuditQuery { until: Some(time), ..all }).await;
        assert!(since.into_iter().eq((place..=8).rev()), "{time}");
        assert!(until.into_iter().eq((1..place).rev()), "{time}");
    }
}

async fn many_capabilities_can_be_asked_for(store: Tried) {
    store.append(vec![draft("a", "x.y", None), draft("a", "x.n39999", None)]).await.unwrap();
    let names = (0..40_000).map(|number| format!("x.n{number}")).collect();
    assert_eq!(found(&store, AuditQuery { capabilities: Some(names), limit: 9, ..AuditQuery::default() }).await, [2]);
}

async fn audited_capabilities_are_told_once_and_in_order(store: Tried) {
    for capability in ["x.y", "a.b", "x.y", "a", "\u{0}", "é.é", "x.y\u{0}z"] {
        store.append(vec![draft("a", capability, None)]).await.unwrap();
    }
    store.append(vec![Draft { at: at(0), entry: Entry::of(Event::Gateway) }]).await.unwrap();
    let wanted = ["\u{0}", "a", "a.b", "x.y", "x.y\u{0}z", "é.é"].map(str::to_owned);
    assert_eq!(store.audited_capabilities().await, Ok(wanted.to_vec()));
}

async fn following_misses_nothing(store: Tried) {
    for number in 0..25 {
        queue(&*store, call("a", number)).await;
    }
    let (mut last, mut seen) = (0, Vec::new());
    loop {
        let page = store.records_after(last, 10).await.unwrap();
        let Some(end) = page.last() else { break };
        last = end.record.sequence;
        seen.extend(page.iter().map(|own| own.record.sequence));
    }
    assert!(seen.into_iter().eq(1..=25));
    assert_eq!(store.records_after(25, 10).await, Ok(vec![]));
    assert_eq!(store.records_after(u64::MAX, 10).await, Ok(vec![]));
    assert_eq!(store.records_after(3, 0).await, Ok(vec![]));
}

async fn who_waits_for_a_change_is_woken(store: Tried) {
    let waiting: Vec<_> = (0..8)
        .map(|_| {
            let store = Arc::clone(&store);
            tokio::spawn(async move {
                let end = store.changed(0).await.unwrap();
                // What is told is there.
                (end, store.records_after(end - 1, 1).await.unwrap().len())
            })
        })
        .collect();
    tokio::task::yield_now().await;
    queue(&*store, call("a", 1)).await;
    for task in waiting {
        let woken = tokio::time::timeout(Duration::from_secs(60), task).await.expect("everybody is woken");
        assert_eq!(woken.unwrap(), (1, 1));
    }
}

async fn who_waits_for_what_is_there_does_not_wait(store: Tried) {
    for number in 0..3 {
        queue(&*store, call("a", number)).await;
    }
    assert_eq!(store.changed(0).await, Ok(3));
    assert_eq!(store.changed(2).await, Ok(3));
    let more = tokio::time::timeout(Duration::from_millis(20), store.changed(3));
    assert!(more.await.is_err(), "there is no fourth record");
    // A refusal is no change.
    store.enqueue(call("b", 0), 0).await.unwrap_err();
    let more = tokio::time::timeout(Duration::from_millis(20), store.changed(3));
    assert!(more.await.is_err(), "there is no fourth record");
}

async fn a_remembered_head_is_found_again(store: Tried) {
    queue(&*store, call("a", 1)).await;
    let then = store.head().await.unwrap();
    queue(&*store, call("a", 2)).await;
    let now = store.head().await.unwrap();
    assert_eq!(store.verify(Some(then)).await, Ok(Ok(now)));
    let longer = Head { sequence: 9, hash: now.hash };
    assert_eq!(store.verify(Some(longer)).await.unwrap().unwrap_err().sequence, 3);
    let other = Head { sequence: 1, hash: now.hash };
    assert_eq!(store.verify(Some(other)).await.unwrap().unwrap_err().sequence, 1);
}

async fn hostile_text_stays_in_its_record(store: Tried) {
    for text in HOSTILE {
        let entry = Entry {
            session: Some(text.to_owned()),
            by: Some(text.to_owned()),
            reason: Some(text.to_owned()),
            result: Some(text.to_owned()),
            params: Some(params(json(&serde_json::json!({ text: text }).to_string()).as_str())),
            ..draft(text, text, Some(Outcome::Blocked)).entry
        };
        let sealed = store.append(vec![Draft { at: at(0), entry }]).await.unwrap();
        let query = AuditQuery {
            agent: Some(text.to_owned()),
            capabilities: Some(vec![text.to_owned()]),
            limit: 9,
            ..AuditQuery::default()
        };
        assert_eq!(store.records(query).await, Ok(sealed));
    }
    assert_eq!(intact(&*store).await, HOSTILE.len() as u64);
}
