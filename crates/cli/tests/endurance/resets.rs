//! Connections that are reset at any moment: what was said is taken whole or not at all, and nothing hangs on whoever said
//! it.

use std::time::{Duration, Instant};

use fastrand::Rng;
use serde_json::json;

use crate::process::{Home, Running};
use crate::trail::{Stage, Trail};
use crate::wire::Agent;
use crate::{eventually, number};

const POLICY: &str = r#"
name: resets
version: "1.0"
capabilities:
  filesystem.append: { tier: notify }
  process.run: { tier: approval_required }
"#;

/// How long what was approved may wait for somebody who carries it out.
const PROMPT: Duration = Duration::from_secs(1);
/// After how long, in microseconds, a connection is reset: before, during and after what it asks for.
const MOMENTS: std::ops::Range<u64> = 0..1_000;

#[test]
fn whoever_hangs_up_leaves_nothing_or_the_whole() {
    let seed = number("KRUXOS_SEED", u64::from(fastrand::u32(..)));
    let resets = number("KRUXOS_RESETS", 200);
    eprintln!("KRUXOS_SEED={seed} KRUXOS_RESETS={resets}");
    let mut rng = Rng::with_seed(seed);
    let home = Home::with_policy(POLICY);
    let gateway = home.start();
    let agent = gateway.agent("my-agent");
    let mut taken = [0_u64; 4];
    for round in 0..resets {
        let moment = Duration::from_micros(rng.u64(MOMENTS));
        let verb = rng.usize(..4);
        taken[verb] += u64::from(match verb {
            0 => approve(&gateway, &agent, round, moment),
            1 => reject(&gateway, &agent, round, moment),
            2 => invoke(&home, &agent, round, moment),
            _ => wait(&gateway, &agent, round, moment),
        });
    }
    eprintln!("taken: {} approvals, {} rejections, {} direct calls, {} waits", taken[0], taken[1], taken[2], taken[3]);
    nothing_is_left_open(&gateway);
    let ran = home.lines("approved");
    let mut once = ran.clone();
    once.sort();
    once.dedup();
    assert_eq!(once.len(), ran.len(), "something was carried out twice: {ran:?}");
}

/// A request for a program that says that it ran.
fn queued(agent: &Agent, round: u64) -> String {
    let script = format!("echo {round} >> approved");
    agent.queue("process.run", &json!({ "command": "sh", "args": ["-c", script] }))
}

/// Whether the approval was taken: then the call is carried out at once, with nobody there.
fn approve(gateway: &Running, agent: &Agent, round: u64, moment: Duration) -> bool {
    let id = queued(agent, round);
    gateway.operator.reset("approve", &id, moment);
    let began = Instant::now();
    loop {
        let request = gateway.operator.request(&id);
        match request["state"].as_str().unwrap() {
            "succeeded" => return true,
            // It may be still on its way, or never was.
            "pending" if began.elapsed() > PROMPT / 10 => {
                gateway.operator.say("reject", &id, "it was not taken");
                return gateway.operator.request(&id)["state"] != "rejected";
            }
            "pending" | "approved" | "executing" => {}
            state => panic!("{state}: {request}"),
        }
        assert!(began.elapsed() < PROMPT, "nobody carries it out: {request}");
        std::thread::sleep(Duration::from_millis(2));
    }
}

fn reject(gateway: &Running, agent: &Agent, round: u64, moment: Duration) -> bool {
    let id = queued(agent, round);
    gateway.operator.reset("reject", &id, moment);
    std::thread::sleep(Duration::from_millis(5));
    let reply = gateway.operator.say("reject", &id, "once more");
    assert!(matches!(reply.status, 200 | 409), "{reply:?}");
    assert_eq!(gateway.operator.request(&id)["state"], "rejected");
    reply.status == 409
}

/// Whether the call was taken: then what it writes is there.
fn invoke(home: &Home, agent: &Agent, round: u64, moment: Duration) -> bool {
    let params = json!({ "path": "/workspace/direct", "content": format!("{round}\n") });
    agent.reset("capabilities.invoke", &json!({ "capability": "filesystem.append", "params": params }), moment);
    std::thread::sleep(Duration::from_millis(5));
    home.lines("direct").contains(&round.to_string())
}

/// A wait that is cut off takes nothing away: who asks again is answered.
fn wait(gateway: &Running, agent: &Agent, round: u64, moment: Duration) -> bool {
    let id = queued(agent, round);
    agent.reset("approvals.wait", &json!({ "request_id": id, "timeout_ms": 30_000 }), moment);
    gateway.operator.approve(&id);
    let response = agent.wait(&id, 10_000).result();
    assert_eq!(response["status"], "executed", "{response}");
    true
}

/// Every execution has ended, each approved request was carried out, and no record says what is not so.
fn nothing_is_left_open(gateway: &Running) {
    let mut trail = Trail::default();
    eventually("all is carried out", || {
        trail.catch_up(&gateway.operator);
        let done = |stage: &Stage| matches!(stage, Stage::Ended | Stage::Closed);
        (trail.open.is_empty() && trail.stages.values().all(done)).then_some(())
    });
    for record in &trail.records {
        let (outcome, reason) = (record["outcome"].as_str(), record["reason"].as_str().unwrap_or_default());
        assert!(!matches!(outcome, Some("interrupted" | "failed")), "{record}");
        assert!(!reason.contains("stopped") && !reason.contains("nobody"), "{record}");
    }
    assert!(trail.ends.values().all(|outcome| outcome == "notified"), "{:?}", trail.ends);
    trail.verify(&gateway.operator);
}
