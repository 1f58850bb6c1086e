//! Ten thousand pending requests: how fast they come in, and what it takes to look at them.

use std::thread;
use std::time::{Duration, Instant};

use serde_json::json;

use super::client::{Client, call};
use super::gateway::Gateway;
use super::{Row, short, spread};

const PENDING: u32 = 10_000;
const AGENTS: u32 = 8;
/// How often each view is looked at.
const LOOKS: u32 = 7;

/// One row for filling the queue, and one for each view.
pub(crate) fn measure(gateway: &Gateway) -> Result<Vec<Row>, String> {
    let mut rows = vec![fill(gateway)?];
    rows.push(view("`kruxos approve list`", || list(gateway, &[]))?);
    rows.push(view("`kruxos approve list --limit 10000`", || list(gateway, &["--limit", "10000"]))?);
    let (mut operator, mut dashboard) = (gateway.operator()?, gateway.dashboard()?);
    rows.push(view("`GET /api/approvals`", || get(&mut operator, "/api/approvals"))?);
    rows.push(view("the dashboard's `/approvals`", || get(&mut dashboard, "/approvals"))?);
    Ok(rows)
}

fn fill(gateway: &Gateway) -> Result<Row, String> {
    let agents = (0..AGENTS).map(|number| gateway.agent(&format!("agent-{number}")));
    let agents = agents.collect::<Result<Vec<_>, String>>()?;
    let start = Instant::now();
    let took = thread::scope(|scope| {
        let threads: Vec<_> = agents.iter().map(|agent| scope.spawn(|| queue(&gateway.agents, agent))).collect();
        let joined =
            threads.into_iter().map(|thread| thread.join().unwrap_or_else(|_| Err("a client failed".to_owned())));
        joined.collect::<Result<Vec<_>, String>>()
    })?;
    let rate = f64::from(PENDING) / start.elapsed().as_secs_f64();
    let mut figures = vec![("per second", format!("{rate:.0}"))];
    figures.extend(spread(took.concat()));
    Ok(Row(format!("requests queued, {AGENTS} connections"), figures))
}

/// Makes one agent's share of the calls.
fn queue(address: &str, agent: &str) -> Result<Vec<Duration>, String> {
    let mut client = Client::connect(address, agent)?;
    let share = (0..PENDING / AGENTS).map(|number| {
        let params = json!({ "command": "systemctl", "args": ["restart", format!("app-{number}")] });
        let body = call("capabilities.invoke", &json!({ "capability": "process.run", "params": params }));
        let request = client.request("POST", "/rpc", &body);
        let start = Instant::now();
        let answer = client.send(&request)?;
        let took = start.elapsed();
        let text = String::from_utf8_lossy(answer.body);
        if text.contains("-32002") { Ok(took) } else { Err(format!("{}: {text}", answer.status)) }
    });
    share.collect()
}

fn get(client: &mut Client, path: &str) -> Result<usize, String> {
    let request = client.request("GET", path, "");
    match client.send(&request)? {
        answer if answer.status == 200 => Ok(answer.body.len()),
        answer => Err(format!("{path}: {} {}", answer.status, String::from_utf8_lossy(answer.body))),
    }
}

fn list(gateway: &Gateway, more: &[&str]) -> Result<usize, String> {
    let output = gateway.run(&[&["approve", "list"], more].concat())?;
    if output.status.success() {
        Ok(output.stdout.len())
    } else {
        Err(String::from_utf8_lossy(&output.stderr).into_owned())
    }
}

/// Looks several times; each look says how many bytes it gave.
fn view(what: &str, mut look: impl FnMut() -> Result<usize, String>) -> Result<Row, String> {
    let mut took = Vec::new();
    let mut bytes = 0;
    for _ in 0..LOOKS {
        let start = Instant::now();
        bytes = look()?;
        took.push(start.elapsed());
    }
    took.sort_unstable();
    let figure = |part| short(super::quantile(&took, part));
    let figures = vec![("median", figure(0.5)), ("longest", figure(1.0)), ("bytes", bytes.to_string())];
    Ok(Row(format!("{what} with {PENDING} pending"), figures))
}
