//! A restart while agents wait.

use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

use crate::process::Home;
use crate::wire::{Answer, Supervisor};

fn pending(supervisor: &Supervisor) -> Vec<(String, Value)> {
    let page = supervisor.get("/api/approvals");
    let requests = page["approvals"].as_array().unwrap().iter();
    requests.map(|request| (request["id"].as_str().unwrap().to_owned(), request["params"].clone())).collect()
}

#[test]
fn a_restart_in_the_middle_keeps_the_queue_and_the_waiting_agent() {
    let home = Home::new();
    let gateway = home.start();
    let agent = gateway.agent("my-agent");
    let id = agent.queue("process.run", &json!({ "command": "echo", "args": ["waited"] }));
    let other = agent.queue("process.run", &json!({ "command": "echo", "args": ["other"] }));
    let before = pending(&gateway.operator);
    let waiting = {
        let (agent, wait) = (agent.clone(), json!({ "request_id": id, "timeout_ms": 60_000 }));
        thread::spawn(move || agent.try_call("approvals.wait", &wait))
    };
    thread::sleep(Duration::from_millis(300));
    assert!(gateway.stop().success());
    match waiting.join().unwrap() {
        Ok(answer) => drop(answer.error(-32009)),
        Err(lost) => eprintln!("the waiting agent saw: {lost}"),
    }

    let gateway = home.start();
    assert_eq!(pending(&gateway.operator), before);
    let agent = gateway.again(&agent);
    let waiting = {
        let (agent, id) = (agent.clone(), id.clone());
        thread::spawn(move || agent.wait(&id, 60_000))
    };
    thread::sleep(Duration::from_millis(100));
    gateway.operator.approve(&id);
    let response = waiting.join().unwrap().result();
    assert_eq!((&response["status"], &response["request_id"]), (&json!("executed"), &json!(id)), "{response}");
    assert!(response["data"].to_string().contains("waited"), "{response}");
    assert_eq!(pending(&gateway.operator), before.into_iter().filter(|(own, _)| *own == other).collect::<Vec<_>>());
    assert_eq!(gateway.operator.get("/api/audit/verify")["intact"], true);
}

#[test]
fn a_call_that_is_being_carried_out_may_end_before_the_gateway_stops() {
    let home = Home::new();
    let gateway = home.start();
    let agent = gateway.agent("my-agent");
    let script = "echo begun >> log; sleep 1; echo ended >> log";
    let id = agent.queue("process.run", &json!({ "command": "sh", "args": ["-c", script] }));
    gateway.operator.approve(&id);
    crate::eventually("the call begins", || (home.lines("log") == ["begun"]).then_some(()));
    assert!(gateway.stop().success());
    assert_eq!(home.lines("log"), ["begun", "ended"]);
    let gateway = home.start();
    assert_eq!(gateway.operator.request(&id)["state"], "succeeded");
    assert_eq!(home.lines("log"), ["begun", "ended"]);
}

#[test]
fn an_execution_that_a_crash_interrupts_is_told_and_not_repeated() {
    let home = Home::new();
    let gateway = home.start();
    let agent = gateway.agent("my-agent");
    let script = "echo begun >> log; sleep 30";
    let id = agent.queue("process.run", &json!({ "command": "sh", "args": ["-c", script] }));
    gateway.operator.approve(&id);
    crate::eventually("the call begins", || (home.lines("log") == ["begun"]).then_some(()));
    gateway.kill();
    let gateway = home.start();
    assert_eq!(gateway.operator.request(&id)["state"], "interrupted");
    match gateway.again(&agent).wait(&id, 1_000) {
        Answer::Error { code: -32006, data, message } => {
            assert_eq!(data["state"], "interrupted");
            assert!(message.contains("stopped while"), "{message}");
        }
        other => panic!("{other:?}"),
    }
    let reply = gateway.operator.say("approve", &id, "once more");
    assert_eq!(reply.status, 409, "{}", reply.text);
    assert_eq!(home.lines("log"), ["begun"]);
}
