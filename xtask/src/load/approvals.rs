//! From a supervisor's word to the answer that the waiting agent reads: the verdict is written down, the call begun,
//! carried out, ended, and told.

use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::client::{Client, call};
use super::gateway::Gateway;
use super::{Row, spread};

const APPROVALS: u32 = 300;
/// What an agent gets before the supervisor speaks: it is waiting by then.
const HEAD_START: Duration = Duration::from_millis(5);

/// How a call is made that is not the one before.
type Params = fn(u32) -> Value;

/// One row for a call that costs next to nothing, one for a program.
pub(crate) fn measure(gateway: &Gateway) -> Result<Vec<Row>, String> {
    let calls: [(&str, &str, Params); 2] = [
        ("a value is read", "state.persistent.get", |number| json!({ "key": format!("k{number}") })),
        ("`true` is run", "process.run", |number| json!({ "command": "true", "args": [number.to_string()] })),
    ];
    let agent = gateway.agent("waiter")?;
    let rows = calls.iter().map(|(what, capability, params)| {
        let took = (0..APPROVALS).map(|number| approve(gateway, &agent, capability, &params(number)));
        let took = took.collect::<Result<Vec<_>, String>>()?;
        Ok(Row(format!("from accept to the waiting agent's answer, {what}"), spread(took)))
    });
    rows.collect()
}

fn approve(gateway: &Gateway, agent: &str, capability: &str, params: &Value) -> Result<Duration, String> {
    let mut waiting = Client::connect(&gateway.agents, agent)?;
    let body = call("capabilities.invoke", &json!({ "capability": capability, "params": params }));
    let asked = waiting.request("POST", "/rpc", &body);
    let asked = waiting.expect(200, &asked)?;
    let id = asked.pointer("/error/data/request_id").and_then(Value::as_str).ok_or_else(|| format!("{asked}"))?;
    let mut operator = gateway.operator()?;
    let accept = operator.request("POST", &format!("/api/approvals/{id}/approve"), "{}");
    let wait = call("approvals.wait", &json!({ "request_id": id, "timeout_ms": 30_000 }));
    let wait = waiting.request("POST", "/rpc", &wait);
    let thread = thread::spawn(move || {
        let answer = waiting.expect(200, &wait)?;
        let is_executed = answer.pointer("/result/status").and_then(Value::as_str) == Some("executed");
        if is_executed { Ok(Instant::now()) } else { Err(answer.to_string()) }
    });
    thread::sleep(HEAD_START);
    let start = Instant::now();
    operator.expect(200, &accept)?;
    let answered = thread.join().unwrap_or_else(|_| Err("the waiting client failed".to_owned()))?;
    Ok(answered.duration_since(start))
}
