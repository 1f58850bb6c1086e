//! `system-baseline` is in force whatever a gateway is given, unless it is left out aloud.

use kruxos_approvals::audit::Event;
use kruxos_gateway::wire::{PolicyDocument, TryBody};
use kruxos_gateway::{Gateway, Options, StartError};
use kruxos_policy::shipped;

use crate::bench::{Bench, policy, until};

/// A policy that opens everything.
fn open() -> String {
    policy("  '*': { tier: autonomous }")
}

/// What the baseline is, as text.
fn baseline() -> &'static str {
    shipped::policy("system-baseline").unwrap().text
}

fn names(document: &PolicyDocument) -> Vec<&str> {
    document.policies.iter().map(|policy| policy.name.as_str()).collect()
}

/// The tier of a call that only the baseline closes.
fn secret(gateway: &Gateway) -> String {
    let body = TryBody { agent: "bot".to_owned(), capability: "secrets.read_raw".to_owned(), params: None };
    let tried = gateway.policies.try_call(&body).unwrap();
    tried["decision"]["tier"].as_str().unwrap().to_owned()
}

/// A gateway with this policy, the flag, and these files beside the policy's.
async fn gateway(without_baseline: bool, beside: &[(&str, &str)]) -> Bench {
    Bench::with(|options| {
        policies(options, beside);
        options.without_baseline = without_baseline;
    })
    .await
}

fn policies(options: &mut Options, beside: &[(&str, &str)]) {
    let folder = options.data_dir.join("policies");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("team.yaml"), open()).unwrap();
    for (name, text) in beside {
        std::fs::write(folder.join(name), text).unwrap();
    }
    options.policies = vec![folder];
}

#[tokio::test(flavor = "multi_thread")]
async fn the_baseline_is_in_force_beside_what_a_gateway_is_given() {
    let bench = gateway(false, &[]).await;
    let document = bench.gateway.policies.document();
    assert!(document.baseline);
    assert_eq!(names(&document), ["system-baseline", "team"]);
    assert_eq!(secret(&bench.gateway), "blocked");
}

#[tokio::test(flavor = "multi_thread")]
async fn copies_of_the_baseline_are_no_further_policies() {
    let bench = gateway(false, &[("system-baseline.yaml", baseline()), ("again.yaml", baseline())]).await;
    assert_eq!(names(&bench.gateway.policies.document()), ["system-baseline", "team"]);
    assert_eq!(secret(&bench.gateway), "blocked");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_policy_may_extend_the_baseline_that_is_in_force() {
    let own = "name: own\nversion: '1.0'\nlayer: system\nextends: system-baseline\ncapabilities:\n  secrets.read_raw: \
               { tier: autonomous }\n";
    let bench = gateway(false, &[("own.yaml", own)]).await;
    assert_eq!(names(&bench.gateway.policies.document()), ["own", "system-baseline", "team"]);
    assert_eq!(secret(&bench.gateway), "blocked");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_file_takes_the_place_of_the_baseline() {
    let dir = tempfile::tempdir().unwrap();
    let mut options = Options::new(dir.path().join("data"));
    let empty = open().replace("name: team", "name: system-baseline");
    policies(&mut options, &[("mine.yaml", &empty)]);
    let store = std::sync::Arc::new(kruxos_store::MemoryStore::default());
    let error = Gateway::open(options, store).await.unwrap_err();
    let StartError::Policies { findings } = error else { panic!("{error}") };
    let [finding] = findings.as_slice() else { panic!("{findings:?}") };
    assert!(finding.contains("mine.yaml:1:7: two policies are named `system-baseline`"), "{finding}");
    assert!(finding.contains("give this policy another name") && finding.contains("--without-baseline"), "{finding}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reload_keeps_the_baseline() {
    let bench = gateway(false, &[("system-baseline.yaml", baseline())]).await;
    let folder = &bench.options.policies[0];
    let before = bench.gateway.policies.document().digest;
    std::fs::remove_file(folder.join("system-baseline.yaml")).unwrap();
    std::fs::write(folder.join("team.yaml"), open() + "  a.b: { tier: notify }\n").unwrap();
    until("another digest", || bench.gateway.policies.document().digest != before).await;
    assert!(bench.gateway.policies.document().baseline);
    assert_eq!(names(&bench.gateway.policies.document()), ["system-baseline", "team"]);

    let emptied = open().replace("name: team", "name: system-baseline");
    std::fs::write(folder.join("system-baseline.yaml"), emptied).unwrap();
    until("a problem", || bench.gateway.policies.document().problem.is_some()).await;
    assert_eq!(secret(&bench.gateway), "blocked");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_baseline_is_left_out_only_where_it_is_said_and_stays_out() {
    let bench = gateway(true, &[]).await;
    let document = bench.gateway.policies.document();
    assert!(!document.baseline);
    assert_eq!((names(&document), secret(&bench.gateway).as_str()), (vec!["team"], "autonomous"));
    let started = bench.trail().await.into_iter().find(|record| record.entry.event == Event::Gateway).unwrap();
    let said = started.entry.reason.unwrap();
    assert!(said.ends_with(", without `system-baseline`"), "{said}");

    let before = document.digest;
    let folder = &bench.options.policies[0];
    std::fs::write(folder.join("team.yaml"), open() + "  a.b: { tier: notify }\n").unwrap();
    until("another digest", || bench.gateway.policies.document().digest != before).await;
    assert!(!bench.gateway.policies.document().baseline);
    assert_eq!(names(&bench.gateway.policies.document()), ["team"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_shipped_policies_can_be_had_without_the_baseline() {
    let usual = Bench::new().await;
    assert_eq!(names(&usual.gateway.policies.document()), ["system-baseline", "team-moderate"]);
    let without = Bench::with(|options| options.without_baseline = true).await;
    assert_eq!(names(&without.gateway.policies.document()), ["team-moderate"]);
}
