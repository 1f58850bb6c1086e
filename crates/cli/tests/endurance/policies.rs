//! Policies that change, break and are mended while the gateway runs.

use std::fs;
use std::time::Duration;

use serde_json::{Value, json};

use crate::process::{Home, Running};
use crate::wire::{Agent, Answer};
use crate::{eventually, number};

/// A policy under which asking who one is has this tier, and running a program that one.
fn policy(whoami: &str, run: &str) -> String {
    format!(
        "name: team\nversion: \"1.0\"\nlayer: organization\ncapabilities:\n  \
         agent.whoami: {{ tier: {whoami}, reason: as the team said }}\n  \
         process.run: {{ tier: {run}, reason: as the team said }}\n"
    )
}

fn write(home: &Home, text: &str) {
    fs::write(home.policies().join("team.yaml"), text).unwrap();
}

fn in_force(gateway: &Running) -> Value {
    gateway.operator.get("/api/policy")
}

/// Under which tier the agent may ask who it is.
fn tier(agent: &Agent) -> String {
    match agent.invoke("agent.whoami", &json!({})) {
        Answer::Result(response) => response["tier"].as_str().unwrap().to_owned(),
        Answer::Error { code: -32001, .. } => "blocked".to_owned(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn policies_that_do_not_load_change_nothing_and_everybody_is_told() {
    let home = Home::with_policy(&policy("autonomous", "approval_required"));
    let gateway = home.start();
    let agent = gateway.agent("my-agent");
    let digest = in_force(&gateway)["digest"].clone();
    write(&home, "name: team\nlayer: [\n");
    let problem = || Some(in_force(&gateway)["problem"].clone()).filter(|problem| !problem.is_null());
    let (problem, noticed) = eventually("the mistake is noticed", problem);
    eprintln!("a broken file was noticed after {noticed:?}");
    assert!(problem["findings"].to_string().contains("team.yaml:"), "{problem}");
    assert_eq!(gateway.operator.get("/api/status")["policy"]["problem"], problem);

    assert_eq!((in_force(&gateway)["digest"].clone(), tier(&agent)), (digest.clone(), "autonomous".to_owned()));
    agent.queue("process.run", &json!({ "command": "true" }));
    let newest = &gateway.operator.get("/api/audit?limit=1&outcome=approval_requested")["records"][0];
    assert_eq!(newest["decision"]["policy_digest"], digest, "{newest}");

    everybody_is_told(&home, &gateway);
    write(&home, &policy("autonomous", "approval_required"));
    eventually("the mended file is noticed", || in_force(&gateway)["problem"].is_null().then_some(()));
    assert_eq!(in_force(&gateway)["digest"], digest);
    assert!(list_warns(&home).is_empty());
}

fn list_warns(home: &Home) -> String {
    let output = home.kruxos(&["approve", "list"]);
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stderr).unwrap()
}

fn everybody_is_told(home: &Home, gateway: &Running) {
    let warned = list_warns(home);
    assert!(warned.contains("polic") && warned.contains("team.yaml"), "{warned}");
    for page in ["/policy", "/approvals"] {
        let shown = gateway.operator.page(page);
        assert!(shown.status == 200 && shown.text.contains("team.yaml"), "{page}: {} {}", shown.status, shown.text);
    }
    let (record, _) = eventually("the audit trail tells it", || {
        let page = gateway.operator.get("/api/audit?limit=20");
        page["records"].as_array().unwrap().iter().find(|record| record["event"] == "policy").cloned()
    });
    assert!(record["reason"].as_str().unwrap().contains("team.yaml:"), "{record}");
}

/// How a file comes to be another one.
type Way = (&'static str, fn(&Home, &str));

const WAYS: [Way; 2] = [
    ("written", write),
    ("moved over", |home, text| {
        let beside = home.data().join("team.new");
        fs::write(&beside, text).unwrap();
        fs::rename(beside, home.policies().join("team.yaml")).unwrap();
    }),
];

#[test]
fn changed_policies_are_in_force_soon_however_they_came() {
    let home = Home::with_policy(&policy("autonomous", "approval_required"));
    let gateway = home.start();
    let agent = gateway.agent("my-agent");
    let swaps = number("KRUXOS_SWAPS", 2);
    for (way, change) in WAYS {
        let mut took: Vec<Duration> = Vec::new();
        for swap in 0..swaps * 2 {
            let expected = if swap % 2 == 0 { "notify" } else { "autonomous" };
            change(&home, &policy(expected, "approval_required"));
            took.push(eventually(way, || (tier(&agent) == expected).then_some(())).1);
        }
        tell(way, took);
    }
    let mut took = Vec::new();
    for _ in 0..swaps {
        let path = home.policies().join("stop.yaml");
        let more = "name: stop\nversion: \"1.0\"\nlayer: system\ncapabilities:\n  agent.whoami: { tier: blocked, reason: stop }\n";
        fs::write(&path, more).unwrap();
        took.push(eventually("added", || (tier(&agent) == "blocked").then_some(())).1);
        fs::remove_file(path).unwrap();
        took.push(eventually("removed", || (tier(&agent) == "autonomous").then_some(())).1);
    }
    tell("added and removed", took);
}

fn tell(way: &str, mut took: Vec<Duration>) {
    took.sort();
    let (middle, last) = (took[took.len() / 2], took[took.len() - 1]);
    eprintln!("policies {way}: in force after {middle:?} (median), {last:?} (longest) of {}", took.len());
}

#[test]
fn a_request_whose_call_is_blocked_by_now_does_not_run_and_says_why() {
    let home = Home::with_policy(&policy("autonomous", "approval_required"));
    let gateway = home.start();
    let agent = gateway.agent("my-agent");
    let id = agent.queue("process.run", &json!({ "command": "sh", "args": ["-c", "echo ran >> log"] }));
    write(&home, &policy("notify", "blocked"));
    eventually("the new policy is in force", || (tier(&agent) == "notify").then_some(()));
    gateway.operator.approve(&id);
    let error = agent.wait(&id, 10_000).error(-32004);
    let reason = error["reason"].as_str().unwrap();
    assert!(reason.contains("policy changed") && reason.contains("as the team said"), "{error}");
    let request = gateway.operator.request(&id);
    assert_eq!((&request["state"], &request["execution"]["reason"]), (&json!("failed"), &error["reason"]), "{request}");
    assert!(request["execution"]["started_at"].is_null(), "{request}");
    assert_eq!(home.lines("log"), [""; 0]);
}

/// Three questions an hour, whatever else the policy says.
fn limited(version: &str) -> String {
    format!(
        "name: team\nversion: \"{version}\"\nlayer: organization\ncapabilities:\n  agent.whoami:\n    \
         tier: autonomous\n    rate_limit: {{ max: 3, window: 1h }}\n"
    )
}

#[test]
fn spent_limits_stay_spent_over_a_restart_and_a_change_of_policies() {
    let home = Home::with_policy(&limited("1.0"));
    let gateway = home.start();
    let agent = gateway.agent("my-agent");
    let spent = |agent: &Agent| agent.invoke("agent.whoami", &json!({})).error(-32000);
    agent.invoke("agent.whoami", &json!({})).result();
    agent.invoke("agent.whoami", &json!({})).result();
    gateway.kill();

    let gateway = home.start();
    let agent = gateway.again(&agent);
    agent.invoke("agent.whoami", &json!({})).result();
    let error = spent(&agent);
    assert!(error["retry_after_ms"].as_u64().unwrap() > 3_000_000, "{error}");

    let digest = in_force(&gateway)["digest"].clone();
    write(&home, &limited("1.1"));
    eventually("the new policy is in force", || (in_force(&gateway)["digest"] != digest).then_some(()));
    spent(&agent);
    assert!(gateway.stop().success());
    let gateway = home.start();
    spent(&gateway.again(&agent));
    gateway.agent("another").invoke("agent.whoami", &json!({})).result();
}
