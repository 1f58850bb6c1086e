//! The load under which a gateway is killed: agents that call, wait and go away, supervisors who decide.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::sleep;
use std::time::Duration;

use fastrand::Rng;
use serde_json::{Value, json};

use crate::ledger::{Direct, Ledger, Said, number_of};
use crate::wire::{Agent, Answer, Lost, Supervisor};

/// The file that calls of `filesystem.append` write to.
pub(crate) const APPENDED: &str = "appended";
/// The file that approved calls write to.
pub(crate) const EXECUTED: &str = "executed";

/// One life of a gateway.
pub(crate) struct Life<'a> {
    pub(crate) number: u64,
    pub(crate) ledger: &'a Mutex<Ledger>,
    /// Set just before the gateway is killed: from then on connections may be lost.
    pub(crate) dying: &'a AtomicBool,
}

impl Life<'_> {
    /// Does something again and again until the gateway is gone.
    fn repeat(&self, mut work: impl FnMut(u64) -> Result<(), Lost>) {
        for count in 0.. {
            let done = work(count);
            let dying = self.dying.load(Ordering::SeqCst);
            match done {
                Err(lost) => return assert!(dying, "{lost}, although the gateway was not killed"),
                Ok(()) if dying => return,
                Ok(()) => {}
            }
        }
    }

    /// Works as an agent.
    pub(crate) fn work(&self, agent: &Agent, mut rng: Rng) {
        self.repeat(|count| {
            let tag = format!("{}-{}-{count}", agent.name, self.number);
            sleep(Duration::from_micros(rng.u64(..4_000)));
            match rng.u8(..5) {
                0 => self.remember(agent, tag, &mut rng),
                1 => self.append(agent, tag),
                _ => self.ask(agent, tag, &mut rng),
            }
        });
    }

    fn remember(&self, agent: &Agent, tag: String, rng: &mut Rng) -> Result<(), Lost> {
        let key = format!("k{}", rng.u8(..6));
        let response = agent.try_call("state.set", &json!({ "key": key, "value": { "tag": tag } }))?.result();
        let version = response["data"]["version"].as_u64().unwrap();
        self.direct(agent, "state.persistent.set", tag, &response);
        let mut ledger = self.ledger.lock().unwrap();
        let newest = ledger.kept.entry((agent.name.clone(), key)).or_default();
        *newest = (*newest).max(version);
        Ok(())
    }

    fn append(&self, agent: &Agent, tag: String) -> Result<(), Lost> {
        let params = json!({ "path": format!("/workspace/{APPENDED}"), "content": format!("{tag}\n") });
        let response = agent.try_invoke("filesystem.append", &params)?.result();
        self.direct(agent, "filesystem.append", tag, &response);
        Ok(())
    }

    fn direct(&self, agent: &Agent, capability: &'static str, tag: String, response: &Value) {
        assert_eq!(response["status"], "executed", "{response}");
        let record = response["record"].as_u64().unwrap();
        self.ledger.lock().unwrap().carry_out(record, Direct { agent: agent.name.clone(), capability, tag });
    }

    /// Makes a call that needs approval, and waits for it or does not.
    fn ask(&self, agent: &Agent, tag: String, rng: &mut Rng) -> Result<(), Lost> {
        let script = format!("echo {tag} >> {EXECUTED}; sleep 0.0{}", rng.u8(..9));
        let asked = agent.try_invoke("process.run", &json!({ "command": "sh", "args": ["-c", script] }))?;
        let id = match asked {
            // Supervisors do not keep up: what is told clearly is not lost.
            Answer::Error { code: -32008, .. } => return Ok(()),
            other => other.error(-32002)["request_id"].clone(),
        };
        self.ledger.lock().unwrap().queue(number_of(&id), &agent.name, tag);
        if rng.bool() { self.wait(agent, &id, rng.u64(..300)) } else { Ok(()) }
    }

    fn wait(&self, agent: &Agent, id: &Value, timeout_ms: u64) -> Result<(), Lost> {
        let state = match agent.try_call("approvals.wait", &json!({ "request_id": id, "timeout_ms": timeout_ms }))? {
            Answer::Result(result) if result["status"] == "executed" => "succeeded",
            Answer::Result(_) => return Ok(()),
            rejected => {
                rejected.error(-32005);
                "rejected"
            }
        };
        self.ledger.lock().unwrap().answered.insert(number_of(id), state);
        Ok(())
    }

    /// Decides as a supervisor.
    pub(crate) fn decide(&self, supervisor: &Supervisor, mut rng: Rng) {
        self.repeat(|_| {
            let pending = supervisor.try_get("/api/approvals?limit=20")?.json();
            let pending = pending["approvals"].as_array().unwrap();
            match rng.choice(pending) {
                Some(request) => self.say(supervisor, &request["id"], &mut rng),
                None => {
                    sleep(Duration::from_millis(2));
                    Ok(())
                }
            }
        });
    }

    fn say(&self, supervisor: &Supervisor, id: &Value, rng: &mut Rng) -> Result<(), Lost> {
        let (verb, state) = if rng.u8(..3) == 0 { ("reject", "rejected") } else { ("approve", "approved") };
        let reason = format!("{verb} in life {}", self.number);
        let path = format!("/api/approvals/{}/{verb}", id.as_str().unwrap());
        let reply = supervisor.try_post(&path, &json!({ "reason": reason }))?;
        let mut ledger = self.ledger.lock().unwrap();
        match reply.status {
            200 => ledger.say(number_of(id), Said { state, by: supervisor.name.clone(), reason }),
            409 => ledger.told.push((number_of(id), reply.json()["error"]["winner"].clone())),
            other => panic!("{path}: {other} {}", reply.text),
        }
        Ok(())
    }
}
