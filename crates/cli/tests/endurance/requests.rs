//! The life of a request, as agents and supervisors see it from outside.

use serde_json::json;

use crate::process::Home;
use crate::wire::Answer;

/// A policy under which running a program needs this approval.
fn policy(approval: &str) -> String {
    format!(
        "name: team\nversion: \"1.0\"\nlayer: organization\ncapabilities:\n  process.run:\n    \
         tier: approval_required\n    reason: Programs need a person\n    approval: {approval}\n"
    )
}

#[test]
fn an_identical_call_is_the_same_request_while_it_is_pending() {
    let home = Home::new();
    let gateway = home.start();
    let (agent, other) = (gateway.agent("my-agent"), gateway.agent("other-agent"));
    let call = json!({ "command": "echo", "args": ["x"] });
    let asked = agent.invoke("process.run", &call).error(-32002);
    assert_eq!((&asked["request_id"], &asked["already_pending"]), (&json!("ap_001"), &json!(false)));
    let respelt = json!({ "args": ["x"], "command": "echo" });
    let again = agent.invoke("process.run", &respelt).error(-32002);
    assert_eq!((&again["request_id"], &again["already_pending"]), (&json!("ap_001"), &json!(true)));
    assert_eq!(agent.queue("process.run", &json!({ "command": "echo", "args": ["y"] })), "ap_002");
    assert_eq!(other.queue("process.run", &call), "ap_003");
    gateway.operator.approve("ap_001");
    agent.wait("ap_001", 10_000).result();
    assert_eq!(agent.queue("process.run", &call), "ap_004");
}

#[test]
fn an_agent_with_too_many_pending_requests_is_told_so() {
    let home = Home::new().configured("most-pending = 3\n");
    let gateway = home.start();
    let agent = gateway.agent("my-agent");
    let call = |number: u32| json!({ "command": "echo", "args": [number.to_string()] });
    for number in 0..3 {
        agent.queue("process.run", &call(number));
    }
    let Answer::Error { code: -32008, message, data } = agent.invoke("process.run", &call(3)) else { panic!() };
    assert_eq!((&data["pending"], &data["allowed"]), (&json!(3), &json!(3)));
    assert!(message.contains("cancel"), "{message}");
    assert_eq!(agent.invoke("process.run", &call(0)).error(-32002)["already_pending"], true);
    gateway.agent("another").queue("process.run", &call(3));
    agent.call("approvals.cancel", &json!({ "request_id": "ap_001" })).result();
    assert_eq!(agent.queue("process.run", &call(3)), "ap_005");
}

#[test]
fn a_request_that_nobody_decides_in_time_expires() {
    let home = Home::with_policy(&policy("{ expires: 1s }"));
    let gateway = home.start();
    let agent = gateway.agent("my-agent");
    let asked = agent.invoke("process.run", &json!({ "command": "true" })).error(-32002);
    assert!(asked["expires_at"].is_string(), "{asked}");
    let closed = agent.wait(asked["request_id"].as_str().unwrap(), 30_000).error(-32006);
    assert_eq!(closed["state"], "expired", "{closed}");
    let late = gateway.operator.say("approve", "ap_001", "late");
    assert_eq!(late.status, 409, "{}", late.text);
    assert_eq!(late.json()["error"]["winner"]["state"], "expired", "{}", late.text);
    let audit = gateway.operator.get("/api/audit?outcome=expired");
    assert_eq!(audit["records"][0]["request"], "ap_001", "{audit}");
}

#[test]
fn only_enough_of_the_named_approvers_make_a_call_run() {
    let home = Home::with_policy(&policy("{ approvers: [ops], quorum: 2 }"));
    let gateway = home.start();
    let agent = gateway.agent("my-agent");
    let (first, second) = (gateway.supervisor("first", &["ops"]), gateway.supervisor("second", &["ops", "others"]));
    let id = agent.queue("process.run", &json!({ "command": "sh", "args": ["-c", "echo ran >> log"] }));
    let refused = gateway.operator.say("approve", &id, "I am the operator");
    assert_eq!(refused.status, 403, "{}", refused.text);
    assert!(refused.text.contains("ops"), "{}", refused.text);
    assert_eq!(gateway.operator.say("reject", &id, "I am the operator").status, 403);

    assert_eq!(first.approve(&id)["state"], "pending");
    let twice = first.say("approve", &id, "and once more");
    assert_eq!(twice.status, 409, "{}", twice.text);
    let still = agent.wait(&id, 300).result();
    assert_eq!((&still["state"], home.lines("log").len()), (&json!("pending"), 0));
    second.approve(&id);
    assert_eq!(agent.wait(&id, 10_000).result()["status"], "executed");
    assert_eq!(home.lines("log"), ["ran"]);
    let votes = gateway.operator.request(&id)["votes"].clone();
    assert_eq!((&votes[0]["by"], &votes[1]["by"]), (&json!("first"), &json!("second")), "{votes}");
}

#[test]
fn another_agents_request_does_not_exist() {
    let home = Home::new();
    let gateway = home.start();
    let (agent, other) = (gateway.agent("my-agent"), gateway.agent("other-agent"));
    let id = agent.queue("process.run", &json!({ "command": "true" }));
    let asked = json!({ "request_id": id });
    for method in ["approvals.get", "approvals.wait", "approvals.cancel"] {
        let Answer::Error { code: -32007, message, .. } = other.call(method, &asked) else { panic!("{method}") };
        let Answer::Error { code: -32007, message: none, .. } = other.call(method, &json!({ "request_id": "ap_999" }))
        else {
            panic!("{method}")
        };
        assert_eq!(message, none, "{method} tells that it exists");
    }
    assert_eq!(gateway.operator.request(&id)["state"], "pending");
}
