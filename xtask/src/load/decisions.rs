//! Decisions per second, through `/rpc`, of a call that costs nothing to carry out: authenticated, judged, written to the
//! audit trail before and after, and answered.

use std::thread;
use std::time::{Duration, Instant};

use serde_json::json;

use super::client::{Client, call};
use super::gateway::Gateway;
use super::{Row, spread};

const CONNECTIONS: [usize; 3] = [1, 8, 64];

/// One row for each number of connections.
pub(crate) fn measure(gateway: &Gateway, duration: Duration) -> Result<Vec<Row>, String> {
    let agent = gateway.agent("asker")?;
    CONNECTIONS.iter().map(|count| row(gateway, &agent, *count, duration)).collect()
}

fn row(gateway: &Gateway, agent: &str, connections: usize, duration: Duration) -> Result<Row, String> {
    let start = Instant::now();
    let took = thread::scope(|scope| {
        let ask = || ask(&gateway.agents, agent, start + duration);
        let threads: Vec<_> = (0..connections).map(|_| scope.spawn(ask)).collect();
        let joined =
            threads.into_iter().map(|thread| thread.join().unwrap_or_else(|_| Err("a client failed".to_owned())));
        joined.collect::<Result<Vec<_>, String>>()
    })?;
    let (took, elapsed) = (took.concat(), start.elapsed());
    let rate = took.len() as f64 / elapsed.as_secs_f64();
    let mut figures = vec![("per second", format!("{rate:.0}"))];
    figures.extend(spread(took));
    let plural = if connections == 1 { "" } else { "s" };
    Ok(Row(format!("decisions through `/rpc`, {connections} connection{plural}"), figures))
}

/// Asks again and again until it is time, and says how long each answer took.
fn ask(address: &str, agent: &str, until: Instant) -> Result<Vec<Duration>, String> {
    let mut client = Client::connect(address, agent)?;
    let body = call("capabilities.invoke", &json!({ "capability": "agent.whoami", "params": {} }));
    let request = client.request("POST", "/rpc", &body);
    let mut took = Vec::new();
    while Instant::now() < until {
        let start = Instant::now();
        let answer = client.send(&request)?;
        took.push(start.elapsed());
        if answer.status != 200 || !answer.body.windows(10).any(|part| part == b"\"executed\"") {
            return Err(format!("{}: {}", answer.status, String::from_utf8_lossy(answer.body)));
        }
    }
    Ok(took)
}
