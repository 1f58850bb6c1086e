//! From a changed policy file to decisions by it, with everything in the trail that the other measurements left there.

use std::time::{Duration, Instant};

use serde_json::Value;

use super::client::Client;
use super::gateway::Gateway;
use super::{Row, spread};

const CHANGES: u32 = 7;
const PATIENCE: Duration = Duration::from_secs(60);

/// One row.
pub(crate) fn measure(gateway: &Gateway) -> Result<Row, String> {
    let mut operator = gateway.operator()?;
    let took =
        (1..=CHANGES).map(|version| change(gateway, &mut operator, version)).collect::<Result<Vec<_>, String>>()?;
    let status = operator.request("GET", "/api/status", "");
    let records = operator.expect(200, &status)?.pointer("/head/sequence").and_then(Value::as_u64).unwrap_or(0);
    Ok(Row(format!("from a changed policy file to decisions by it, {records} records in the trail"), spread(took)))
}

fn change(gateway: &Gateway, operator: &mut Client, version: u32) -> Result<Duration, String> {
    let before = digest(operator)?;
    let start = Instant::now();
    gateway.change_policy(version)?;
    while digest(operator)? == before {
        if start.elapsed() > PATIENCE {
            return Err("the changed policy does not come into force".to_owned());
        }
        std::thread::sleep(Duration::from_millis(2));
    }
    Ok(start.elapsed())
}

fn digest(operator: &mut Client) -> Result<String, String> {
    let policy = operator.request("GET", "/api/policy", "");
    let policy = operator.expect(200, &policy)?;
    Ok(policy.get("digest").and_then(Value::as_str).unwrap_or_default().to_owned())
}
