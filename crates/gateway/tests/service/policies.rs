//! Policies in a running gateway.

use kruxos_approvals::audit::Event;
use kruxos_approvals::request::State;
use kruxos_gateway::{CallError, StartError};

use crate::bench::{Bench, policy, supervisor, until};

const ROOT: &str = r#"{"path":"/workspace"}"#;

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_file_is_in_force_without_a_restart() {
    let bench = Bench::of_policy(&policy("  filesystem.stat: { tier: autonomous }")).await;
    bench.call("bot", "filesystem.stat", ROOT).await.unwrap();
    let before = bench.gateway.policies.document().digest;
    std::fs::write(&bench.options.policies[0], policy("  filesystem.stat: { tier: blocked }")).unwrap();
    until("another digest", || bench.gateway.policies.document().digest != before).await;
    let error = bench.call("bot", "filesystem.stat", ROOT).await.unwrap_err();
    assert!(matches!(error, CallError::Denied { .. }), "{error:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_breaks_changes_nothing_and_everybody_is_told() {
    let bench = Bench::of_policy(&policy("  filesystem.stat: { tier: autonomous }")).await;
    let before = bench.gateway.policies.document().digest;
    std::fs::write(&bench.options.policies[0], policy("  filesystem.stat: { tier: autonomus }")).unwrap();
    until("a problem", || bench.gateway.policies.document().problem.is_some()).await;
    let told = bench.gateway.policies.document();
    assert_eq!(told.digest, before);
    let finding = told.problem.unwrap().findings.join("\n");
    assert!(finding.contains("team.yaml:4:") && finding.contains("autonomus"), "{finding}");
    bench.call("bot", "filesystem.stat", ROOT).await.unwrap();
    let said = bench.trail().await.into_iter().filter(|record| record.entry.event == Event::Policy).count();
    assert_eq!(said, 1, "the trail says it once");
    std::fs::write(&bench.options.policies[0], policy("  filesystem.stat: { tier: autonomous }")).unwrap();
    until("no problem", || bench.gateway.policies.document().problem.is_none()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_gone_changes_nothing() {
    let bench = Bench::of_policy(&policy("  filesystem.stat: { tier: autonomous }")).await;
    std::fs::remove_file(&bench.options.policies[0]).unwrap();
    until("a problem", || bench.gateway.policies.document().problem.is_some()).await;
    bench.call("bot", "filesystem.stat", ROOT).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_policy_blocks_by_now_does_not_run_although_it_was_approved() {
    let bench = Bench::of_policy(&policy("  filesystem.delete: { tier: approval_required }")).await;
    std::fs::create_dir(bench.workspace("old")).unwrap();
    let id = bench.queued("bot", "filesystem.delete", r#"{"path":"/workspace/old"}"#).await;
    let before = bench.gateway.policies.document().digest;
    let blocked = policy("  filesystem.delete: { tier: blocked, reason: Nothing is deleted in December }");
    std::fs::write(&bench.options.policies[0], blocked).unwrap();
    until("another digest", || bench.gateway.policies.document().digest != before).await;
    bench.gateway.requests.approve(&supervisor("ada"), id, None).await.unwrap();
    let request = bench.ended(id).await;
    assert_eq!(request.state, State::Failed);
    let reason = request.execution.unwrap().reason.unwrap();
    assert!(reason.contains("Nothing is deleted in December"), "{reason}");
    assert!(bench.workspace("old").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn new_policies_forget_no_admitted_call() {
    let limited = |extra: &str| {
        policy(&format!("  filesystem.stat: {{ tier: autonomous, rate_limit: {{ max: 1, window: 1h }} }}\n{extra}"))
    };
    let bench = Bench::of_policy(&limited("")).await;
    bench.call("bot", "filesystem.stat", ROOT).await.unwrap();
    let before = bench.gateway.policies.document().digest;
    std::fs::write(&bench.options.policies[0], limited("  filesystem.list: { tier: autonomous }")).unwrap();
    until("another digest", || bench.gateway.policies.document().digest != before).await;
    let error = bench.call("bot", "filesystem.stat", ROOT).await.unwrap_err();
    assert!(matches!(error, CallError::RateLimited { .. }), "{error:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_limit_that_is_new_counts_what_was_admitted_before() {
    let limited = |limit: &str| policy(&format!("  filesystem.stat: {{ tier: autonomous{limit} }}"));
    let bench = Bench::of_policy(&limited("")).await;
    for _ in 0..3 {
        bench.call("bot", "filesystem.stat", ROOT).await.unwrap();
    }
    let before = bench.gateway.policies.document().digest;
    std::fs::write(&bench.options.policies[0], limited(", rate_limit: { max: 4, window: 1h }")).unwrap();
    until("another digest", || bench.gateway.policies.document().digest != before).await;
    bench.call("bot", "filesystem.stat", ROOT).await.unwrap();
    let error = bench.call("bot", "filesystem.stat", ROOT).await.unwrap_err();
    assert!(matches!(error, CallError::RateLimited { .. }), "{error:?}");
    bench.call("eve", "filesystem.stat", ROOT).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_limit_that_is_taken_out_and_put_back_counts_what_came_meanwhile() {
    let limited = |limit: &str| policy(&format!("  filesystem.stat: {{ tier: autonomous{limit} }}"));
    let (with, without) = (limited(", rate_limit: { max: 4, window: 1h }"), limited(""));
    let bench = Bench::of_policy(&with).await;
    let swap = async |text: &str| {
        let before = bench.gateway.policies.document().digest;
        std::fs::write(&bench.options.policies[0], text).unwrap();
        until("another digest", || bench.gateway.policies.document().digest != before).await;
    };
    bench.call("bot", "filesystem.stat", ROOT).await.unwrap();
    swap(&without).await;
    for _ in 0..3 {
        bench.call("bot", "filesystem.stat", ROOT).await.unwrap();
    }
    swap(&with).await;
    let error = bench.call("bot", "filesystem.stat", ROOT).await.unwrap_err();
    assert!(matches!(error, CallError::RateLimited { .. }), "{error:?}");
    bench.call("eve", "filesystem.stat", ROOT).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn refusals_and_restarts_change_no_count() {
    let limited = "  filesystem.stat: { tier: autonomous, rate_limit: { max: 2, window: 1h } }\n  filesystem.read: { tier: blocked }";
    let bench = Bench::of_policy(&policy(limited)).await;
    bench.call("bot", "filesystem.stat", ROOT).await.unwrap();
    for _ in 0..50 {
        bench.call("bot", "filesystem.read", ROOT).await.unwrap_err();
    }
    let bench = bench.restarted().await;
    bench.call("bot", "filesystem.stat", ROOT).await.unwrap();
    for _ in 0..50 {
        bench.call("bot", "filesystem.stat", ROOT).await.unwrap_err();
    }
    let bench = bench.restarted().await.restarted().await;
    let error = bench.call("bot", "filesystem.stat", ROOT).await.unwrap_err();
    assert!(matches!(error, CallError::RateLimited { .. }), "{error:?}");
    bench.call("eve", "filesystem.stat", ROOT).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_does_not_start_on_policies_that_do_not_load() {
    let dir = tempfile::tempdir().unwrap();
    let mut options = kruxos_gateway::Options::new(dir.path().join("data"));
    let file = dir.path().join("team.yaml");
    std::fs::write(&file, policy("  filesystem.stat: { tier: yes }")).unwrap();
    options.policies = vec![file];
    let store = std::sync::Arc::new(kruxos_store::MemoryStore::default());
    let error = kruxos_gateway::Gateway::open(options, store).await.unwrap_err();
    assert!(matches!(&error, StartError::Policies { findings } if !findings.is_empty()), "{error}");
}
