//! What becomes of requests.

use std::time::Duration;

use jiff::Timestamp;
use kruxos_approvals::Supervisor;
use kruxos_approvals::audit::Outcome;
use kruxos_approvals::request::State;
use kruxos_approvals::step::{Action, Refusal};
use kruxos_approvals::store::RequestStore;
use kruxos_gateway::{CallError, VerdictError, Waited};

use crate::bench::{Bench, caller, policy, supervisor};

const DELETE: &str = r#"{"path":"/workspace/old"}"#;

#[tokio::test(flavor = "multi_thread")]
async fn an_approved_call_is_carried_out_and_the_waiting_agent_gets_its_response() {
    let bench = Bench::new().await;
    std::fs::create_dir(bench.workspace("old")).unwrap();
    let id = bench.queued("bot", "filesystem.delete", DELETE).await;
    let gateway = bench.gateway.clone();
    let waiting = tokio::spawn(async move { gateway.requests.wait(&caller("bot"), id, Duration::from_secs(10)).await });
    tokio::time::sleep(Duration::from_millis(50)).await;
    let request = bench.gateway.requests.approve(&supervisor("ada"), id, Some("go".to_owned())).await.unwrap();
    assert_eq!(request.verdict.unwrap().by.as_deref(), Some("ada"));
    let Waited::Answered(response) = waiting.await.unwrap().unwrap() else { panic!("still waiting") };
    assert_eq!(response.request_id, Some(id));
    assert!(!bench.workspace("old").exists());
    let said = [Some(Outcome::ApprovalRequested), Some(Outcome::Approved), None, Some(Outcome::Executed)];
    assert_eq!(bench.outcomes().await, said);
    // It may be asked for again, also later.
    assert!(matches!(bench.gateway.requests.wait(&caller("bot"), id, Duration::ZERO).await, Ok(Waited::Answered(_))));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rejected_call_is_not_carried_out_and_its_agent_is_told_why() {
    let bench = Bench::new().await;
    std::fs::create_dir(bench.workspace("old")).unwrap();
    let id = bench.queued("bot", "filesystem.delete", DELETE).await;
    bench.gateway.requests.reject(&supervisor("ada"), id, Some("keep it".to_owned())).await.unwrap();
    let error = bench.gateway.requests.wait(&caller("bot"), id, Duration::from_secs(1)).await.unwrap_err();
    let CallError::Rejected { request } = error else { panic!("{error:?}") };
    assert_eq!(request.verdict.unwrap().reason.as_deref(), Some("keep it"));
    assert!(bench.workspace("old").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_verdict_is_told_who_won() {
    let bench = Bench::new().await;
    let id = bench.queued("bot", "filesystem.delete", DELETE).await;
    bench.gateway.requests.reject(&supervisor("ada"), id, Some("no".to_owned())).await.unwrap();
    let error = bench.gateway.requests.approve(&supervisor("bob"), id, None).await.unwrap_err();
    let VerdictError::Refused(Refusal::Decided { winner, state }) = error else { panic!("{error:?}") };
    assert_eq!((winner.by.as_deref(), winner.reason.as_deref(), state), (Some("ada"), Some("no"), State::Rejected));
}

#[tokio::test(flavor = "multi_thread")]
async fn waiting_ends_with_the_time_and_the_request_stays() {
    let bench = Bench::new().await;
    let id = bench.queued("bot", "filesystem.delete", DELETE).await;
    let waited = bench.gateway.requests.wait(&caller("bot"), id, Duration::from_millis(20)).await.unwrap();
    assert!(matches!(waited, Waited::Still(request) if request.state == State::Pending));
    assert_eq!(bench.state(id).await, State::Pending);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_agents_request_does_not_exist() {
    let bench = Bench::new().await;
    let id = bench.queued("bot", "filesystem.delete", DELETE).await;
    let not_found = CallError::NotFound { what: "request" };
    assert_eq!(bench.gateway.requests.wait(&caller("eve"), id, Duration::ZERO).await.unwrap_err(), not_found);
    assert_eq!(bench.gateway.requests.own_request(&caller("eve"), id).await.unwrap_err(), not_found);
    assert_eq!(bench.gateway.requests.cancel(&caller("eve"), id).await.unwrap_err(), not_found);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_identical_call_is_the_same_request_while_it_waits() {
    let bench = Bench::new().await;
    let id = bench.queued("bot", "filesystem.delete", DELETE).await;
    let again = bench.call("bot", "filesystem.delete", r#"{ "path" : "/workspace/old" }"#).await.unwrap_err();
    assert!(matches!(again, CallError::ApprovalRequired { request, already_pending: true } if request.id == id));
    assert_ne!(bench.queued("eve", "filesystem.delete", DELETE).await, id);
    bench.gateway.requests.reject(&supervisor("ada"), id, None).await.unwrap();
    assert_ne!(bench.queued("bot", "filesystem.delete", DELETE).await, id);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_of_requests_is_an_error_and_not_a_full_queue() {
    let bench = Bench::with(|options| options.most_pending = 2).await;
    for n in 0..2 {
        bench.queued("bot", "filesystem.delete", &format!(r#"{{"path":"/workspace/{n}"}}"#)).await;
    }
    let error = bench.call("bot", "filesystem.delete", DELETE).await.unwrap_err();
    assert_eq!(error, CallError::TooManyPending { pending: 2, allowed: 2 });
    bench.queued("eve", "filesystem.delete", DELETE).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_being_carried_out_is_interrupted_after_a_crash_and_never_run_again() {
    let bench = Bench::new().await;
    std::fs::create_dir(bench.workspace("old")).unwrap();
    let id = bench.queued("bot", "filesystem.delete", DELETE).await;
    // a gateway that stops takes up nothing more
    bench.gateway.lifetime.stop();
    let now = Timestamp::now();
    let by = supervisor("ada");
    bench.store.apply(id, Action::Approve { by, reason: None }, now).await.unwrap().unwrap();
    bench.store.apply(id, Action::Begin, now).await.unwrap().unwrap();
    let bench = bench.restarted().await;
    assert_eq!(bench.state(id).await, State::Interrupted);
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert!(bench.workspace("old").exists());
    let error = bench.gateway.requests.wait(&caller("bot"), id, Duration::from_secs(1)).await.unwrap_err();
    assert!(matches!(error, CallError::Closed { .. }), "{error:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_approved_and_not_begun_is_carried_out_after_a_restart() {
    let bench = Bench::new().await;
    std::fs::create_dir(bench.workspace("old")).unwrap();
    let id = bench.queued("bot", "filesystem.delete", DELETE).await;
    bench.gateway.lifetime.stop();
    let by = supervisor("ada");
    bench.store.apply(id, Action::Approve { by, reason: None }, Timestamp::now()).await.unwrap().unwrap();
    let bench = bench.restarted().await;
    assert_eq!(bench.ended(id).await.state, State::Succeeded);
    assert!(!bench.workspace("old").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_lapses_in_time_and_cannot_be_approved_then() {
    let short = policy("  filesystem.delete: { tier: approval_required, approval: { expires: 1s } }");
    let bench = Bench::of_policy(&short).await;
    let id = bench.queued("bot", "filesystem.delete", DELETE).await;
    let error = bench.gateway.requests.wait(&caller("bot"), id, Duration::from_secs(20)).await.unwrap_err();
    assert!(matches!(error, CallError::Closed { request } if request.state == State::Expired));
    assert!(bench.gateway.requests.approve(&supervisor("ada"), id, None).await.is_err());
    assert_eq!(bench.outcomes().await, [Some(Outcome::ApprovalRequested), Some(Outcome::Expired)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_quorum_counts_distinct_supervisors_of_the_group_that_may() {
    let two = policy("  filesystem.delete: { tier: approval_required, approval: { approvers: [ops], quorum: 2 } }");
    let bench = Bench::of_policy(&two).await;
    let id = bench.queued("bot", "filesystem.delete", DELETE).await;
    let of_ops = |name: &str| Supervisor { name: name.to_owned(), groups: vec!["ops".to_owned()] };
    let stranger = bench.gateway.requests.approve(&supervisor("operator"), id, None).await.unwrap_err();
    assert!(matches!(stranger, VerdictError::Refused(Refusal::NotAnApprover { .. })), "{stranger:?}");
    assert_eq!(bench.gateway.requests.approve(&of_ops("ada"), id, None).await.unwrap().state, State::Pending);
    let twice = bench.gateway.requests.approve(&of_ops("ada"), id, None).await.unwrap_err();
    assert!(matches!(twice, VerdictError::Refused(Refusal::AlreadyVoted { votes: 1, quorum: 2, .. })), "{twice:?}");
    assert_eq!(bench.gateway.requests.approve(&of_ops("bob"), id, None).await.unwrap().state, State::Approved);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_can_take_its_request_back() {
    let bench = Bench::new().await;
    let id = bench.queued("bot", "filesystem.delete", DELETE).await;
    assert_eq!(bench.gateway.requests.cancel(&caller("bot"), id).await.unwrap().state, State::Cancelled);
    assert!(bench.gateway.requests.approve(&supervisor("ada"), id, None).await.is_err());
    assert_eq!(bench.outcomes().await.last(), Some(&Some(Outcome::Cancelled)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reason_that_is_too_long_is_refused_and_decides_nothing() {
    let bench = Bench::new().await;
    let id = bench.queued("bot", "filesystem.delete", DELETE).await;
    let error = bench.gateway.requests.reject(&supervisor("ada"), id, Some("x".repeat(2001))).await.unwrap_err();
    assert_eq!(error, VerdictError::ReasonTooLong { given: 2001, allowed: 2000 });
    assert_eq!(bench.state(id).await, State::Pending);
}
