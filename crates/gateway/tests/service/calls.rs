//! What a call meets.

use kruxos_approvals::audit::{Event, Outcome};
use kruxos_gateway::{CallError, Gateway};
use kruxos_policy::tier::Tier;
use std::sync::Arc;

use crate::bench::{Bench, policy};

const WRITE: &str = r#"{"path":"/workspace/a","content":"hi"}"#;

#[tokio::test(flavor = "multi_thread")]
async fn a_decision_is_written_before_and_its_end_after_execution() {
    let bench = Bench::new().await;
    let response = bench.call("bot", "filesystem.write", WRITE).await.unwrap();
    assert_eq!(response.tier, Tier::Notify);
    assert_eq!(std::fs::read_to_string(bench.workspace("a")).unwrap(), "hi");
    let trail = bench.trail().await;
    let [.., decision, end] = trail.as_slice() else { panic!("{trail:?}") };
    assert_eq!(
        (decision.sequence, decision.entry.event, decision.entry.outcome),
        (response.record, Event::Decision, None)
    );
    assert_eq!((end.entry.of, end.entry.outcome), (Some(response.record), Some(Outcome::Notified)));
    assert!(end.entry.result.is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_carried_out_that_cannot_be_written_down() {
    let bench = Bench::new().await;
    bench.store.close().await;
    let error = bench.call("bot", "filesystem.write", WRITE).await.unwrap_err();
    assert!(matches!(error, CallError::Unavailable { .. }), "{error:?}");
    assert!(!bench.workspace("a").exists());
    let error = bench.call("bot", "process.run", r#"{"command":"true"}"#).await.unwrap_err();
    assert!(matches!(error, CallError::Unavailable { .. }), "{error:?}");
    let error = bench.call("bot", "filesystem.read", r#"{"path":"/etc/shadow"}"#).await.unwrap_err();
    assert!(matches!(error, CallError::Unavailable { .. }), "{error:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_blocked_call_is_written_down_with_its_rule() {
    let bench = Bench::new().await;
    let error = bench.call("bot", "filesystem.read", r#"{"path":"/etc/shadow"}"#).await.unwrap_err();
    let CallError::Denied { facts } = error else { panic!("{error:?}") };
    assert_eq!(facts.rule.as_ref().unwrap().policy, "system-baseline");
    let last = bench.trail().await.pop().unwrap();
    assert_eq!(last.entry.outcome, Some(Outcome::Blocked));
    assert_eq!(last.entry.decision.unwrap(), *facts);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_fails_is_written_down_with_the_reason() {
    let bench = Bench::new().await;
    let error = bench.call("bot", "filesystem.read", r#"{"path":"/workspace/none"}"#).await.unwrap_err();
    assert!(matches!(&error, CallError::ExecutionFailed { request_id: None, .. }), "{error:?}");
    assert_eq!(bench.outcomes().await, [None, Some(Outcome::Failed)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nothing_here_can_carry_out_is_not_put_before_a_person() {
    let bench = Bench::new().await;
    let error = bench.call("bot", "scheduler.cron_delete", r#"{"cron_id":"x"}"#).await.unwrap_err();
    assert!(matches!(&error, CallError::NotExecutable { .. } | CallError::Denied { .. }), "{error:?}");
    let error = bench.call("bot", "alerts.list", "{}").await.unwrap_err();
    let not = |capability: &str, is_known, nearest: Option<&str>| CallError::NotExecutable {
        capability: capability.to_owned(),
        is_known,
        nearest: nearest.map(str::to_owned),
    };
    assert_eq!(error, not("alerts.list", true, None));
    let everything = policy("  '*': { tier: autonomous }");
    let bench = Bench::of_policy(&everything).await;
    let error = bench.call("bot", "filesystem.raed", "{}").await.unwrap_err();
    assert_eq!(error, not("filesystem.raed", false, Some("filesystem.read")));
    let error = bench.call("bot", "of.nobody", "{}").await.unwrap_err();
    assert_eq!(error, not("of.nobody", false, None));
    assert_eq!(bench.outcomes().await.last(), Some(&Some(Outcome::Failed)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_spent_limit_is_told_with_the_time_until_there_is_room() {
    let limited = policy("  filesystem.stat: { tier: autonomous, rate_limit: { max: 1, window: 1h } }");
    let bench = Bench::of_policy(&limited).await;
    let root = r#"{"path":"/workspace"}"#;
    bench.call("bot", "filesystem.stat", root).await.unwrap();
    let error = bench.call("bot", "filesystem.stat", root).await.unwrap_err();
    let CallError::RateLimited { retry_after_ms: Some(wait), .. } = error else { panic!("{error:?}") };
    assert!((3_000_000..=3_600_000).contains(&wait), "{wait}");
    assert_eq!(bench.outcomes().await.last(), Some(&Some(Outcome::RateLimited)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_forgets_no_admitted_call() {
    let limited = policy("  filesystem.stat: { tier: autonomous, rate_limit: { max: 1, window: 1h } }");
    let bench = Bench::of_policy(&limited).await;
    bench.call("bot", "filesystem.stat", r#"{"path":"/workspace"}"#).await.unwrap();
    let bench = bench.restarted().await;
    let error = bench.call("bot", "filesystem.stat", r#"{"path":"/workspace"}"#).await.unwrap_err();
    assert!(matches!(error, CallError::RateLimited { .. }), "{error:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_that_hangs_up_does_not_stop_what_was_begun() {
    let bench = Bench::of_policy(&policy("  process.run: { tier: autonomous }")).await;
    let params = r#"{"command":"sh","args":["-c","sleep 0.3; echo done > made"]}"#;
    let hung_up = tokio::time::timeout(std::time::Duration::from_millis(100), bench.call("bot", "process.run", params));
    assert!(hung_up.await.is_err());
    bench.gateway.close().await;
    assert_eq!(std::fs::read_to_string(bench.workspace("made")).unwrap(), "done\n");
    assert_eq!(bench.outcomes().await, [None, Some(Outcome::Executed)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_that_stops_takes_nothing_new() {
    let bench = Bench::new().await;
    bench.gateway.close().await;
    let error = bench.call("bot", "filesystem.write", WRITE).await.unwrap_err();
    assert!(matches!(error, CallError::Unavailable { .. }), "{error:?}");
    assert!(!bench.workspace("a").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn declared_secrets_are_in_no_trail_and_on_no_screen() {
    let catalog = r#"{"tools":[{"name":"state.persistent.set","inputSchema":{"type":"object","properties":{
        "key":{"type":"string"},"value":{"type":"object","properties":{"token":{"type":"string","format":"password"}}}},
        "required":["key","value"],"additionalProperties":false}}]}"#;
    let waits = policy("  state.persistent.set: { tier: approval_required }");
    let bench = Bench::with(|options| {
        std::fs::create_dir_all(&options.data_dir).unwrap();
        let files = [options.data_dir.join("team.yaml"), options.data_dir.join("k.catalog.json")];
        std::fs::write(&files[0], waits).unwrap();
        std::fs::write(&files[1], catalog).unwrap();
        options.policies = vec![files[0].clone()];
        options.catalog = Some(files[1].clone());
    })
    .await;
    let id = bench.queued("bot", "state.persistent.set", r#"{"key":"k","value":{"token":"hunter2"}}"#).await;
    let shown = format!("{:?}{:?}", bench.gateway.requests.request(id).await.unwrap(), bench.trail().await);
    assert!(!shown.contains("hunter2") && shown.contains("[redacted sha256:"), "{shown}");
    bench.gateway.requests.approve(&crate::bench::supervisor("operator"), id, None).await.unwrap();
    bench.ended(id).await;
    let kept = format!("{:?}", bench.store_state().await);
    assert!(kept.contains("hunter2"), "what is carried out is the call itself: {kept}");
}

impl Bench {
    async fn store_state(&self) -> Option<kruxos_approvals::state_entry::StateEntry> {
        use kruxos_approvals::state_entry::Scope;
        use kruxos_approvals::store::StateStore;
        self.store.state(Scope::Persistent { agent: "bot".to_owned() }, "k").await.unwrap()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn many_calls_at_once_leave_an_unbroken_chain() {
    let bench = Bench::new().await;
    let gateway: Arc<Gateway> = bench.gateway.clone();
    let calls = (0..100).map(|n| {
        let gateway = gateway.clone();
        tokio::spawn(async move {
            let params = format!(r#"{{"path":"/workspace/f{n}","content":"x"}}"#);
            let params = kruxos_policy::json::Json::parse(params.as_bytes()).unwrap().into_owned();
            gateway.calls.invoke(&crate::bench::caller("bot"), "filesystem.write", &params).await.unwrap()
        })
    });
    for call in calls.collect::<Vec<_>>() {
        call.await.unwrap();
    }
    assert!(bench.gateway.trail.verify(None).await.unwrap().intact);
    assert_eq!(bench.outcomes().await.iter().filter(|outcome| **outcome == Some(Outcome::Notified)).count(), 100);
}
