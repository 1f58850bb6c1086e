//! What has to be true of a gateway that was killed and started again, whatever the moment was.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::eventually;
use crate::ledger::{Ledger, id_of, number_of};
use crate::load::{APPENDED, EXECUTED};
use crate::process::{Home, Running};
use crate::trail::{Stage, Trail};
use crate::wire::{Agent, Supervisor};

/// Requests of one page.
const PAGE: usize = 200;

/// What is known of the queue and the trail so far.
#[derive(Default)]
pub(crate) struct Proof {
    pub(crate) requests: BTreeMap<u64, Value>,
    pub(crate) trail: Trail,
    /// Requests whose agents have asked after them since they ended.
    asked_after: BTreeSet<u64>,
}

impl Proof {
    /// Checks everything that was acknowledged against what is there now.
    pub(crate) fn check(&mut self, home: &Home, gateway: &Running, agents: &[Agent], ledger: &Ledger) {
        self.settle(&gateway.operator);
        self.trail.verify(&gateway.operator);
        self.trail.catch_up(&gateway.operator);
        assert_eq!(self.trail.open, BTreeSet::new(), "decisions whose execution never ended");
        self.every_id_is_there_once();
        self.what_was_acknowledged_of_requests_is_there(ledger);
        self.the_trail_tells_the_same_of_every_request();
        self.approved_calls_ran_once_and_others_never(&home.lines(EXECUTED));
        self.direct_calls_are_written_down(ledger);
        self.appended_lines_were_decided(ledger, &home.lines(APPENDED));
        for agent in agents {
            what_was_kept_is_there(agent, ledger);
            self.whoever_asks_again_is_answered(agent);
        }
    }

    /// An agent that lost its connection asks again, and learns what became of its request.
    fn whoever_asks_again_is_answered(&mut self, agent: &Agent) {
        let own = self.requests.iter().filter(|(id, request)| {
            request["agent"] == agent.name && state(request) != "pending" && !self.asked_after.contains(id)
        });
        let own: Vec<u64> = own.map(|(id, _)| *id).collect();
        for id in own {
            let answer = agent.wait(&id_of(id), 0);
            let told = match state(&self.requests[&id]) {
                "succeeded" => answer.result()["request_id"].clone(),
                "rejected" => answer.error(-32005)["request_id"].clone(),
                _ => answer.error(-32006)["request_id"].clone(),
            };
            assert_eq!(told, id_of(id));
            self.asked_after.insert(id);
        }
    }

    /// Reads requests until nothing is approved or executing any more: what was approved is carried out now.
    fn settle(&mut self, operator: &Supervisor) {
        eventually("approved requests are carried out", || {
            self.read_requests(operator);
            let busy = self.requests.values().any(|request| matches!(state(request), "approved" | "executing"));
            (!busy).then_some(())
        });
    }

    fn read_requests(&mut self, operator: &Supervisor) {
        let is_open = |request: &Value| matches!(state(request), "pending" | "approved" | "executing");
        let first_open = self.requests.iter().find(|(_, request)| is_open(request)).map(|(id, _)| *id);
        let mut after = first_open.map_or_else(|| self.requests.len() as u64, |id| id - 1);
        loop {
            let behind = if after == 0 { String::new() } else { format!("&after={}", id_of(after)) };
            let page = operator.get(&format!("/api/approvals?state=all&limit={PAGE}{behind}"));
            for request in page["approvals"].as_array().unwrap() {
                self.requests.insert(number_of(&request["id"]), request.clone());
            }
            match &page["next"] {
                Value::Null => return,
                next => after = number_of(next),
            }
        }
    }

    fn every_id_is_there_once(&self) {
        let ids: Vec<u64> = self.requests.keys().copied().collect();
        assert_eq!(ids, (1..=self.requests.len() as u64).collect::<Vec<_>>());
        let mut tags = BTreeSet::new();
        for request in self.requests.values() {
            assert!(tags.insert(tag(request)), "one call was queued twice: {request}");
        }
    }

    fn what_was_acknowledged_of_requests_is_there(&self, ledger: &Ledger) {
        let request = |id: &u64| self.requests.get(id).unwrap_or_else(|| panic!("request {id} is gone"));
        for (id, queued) in &ledger.queued {
            let there = (request(id)["agent"].as_str().unwrap(), tag(request(id)));
            assert_eq!(there, (queued.agent.as_str(), queued.tag.as_str()));
        }
        for (id, said) in &ledger.said {
            let verdict = &request(id)["verdict"];
            let there = [&verdict["state"], &verdict["by"], &verdict["reason"]].map(|part| part.as_str().unwrap_or(""));
            assert_eq!(there, [said.state, &said.by, &said.reason], "{id}: {verdict}");
        }
        for (id, winner) in &ledger.told {
            assert_eq!(winner, &request(id)["verdict"], "who won {id}");
        }
        for (id, told) in &ledger.answered {
            assert_eq!(state(request(id)), *told, "the agent was told otherwise of {id}");
        }
    }

    fn the_trail_tells_the_same_of_every_request(&self) {
        assert_eq!(self.trail.stages.len(), self.requests.len());
        for (id, request) in &self.requests {
            let expected = match state(request) {
                "pending" => Stage::Asked,
                "rejected" => Stage::Closed,
                "succeeded" | "interrupted" => Stage::Ended,
                _ => panic!("{id} should not have ended like this: {request}"),
            };
            assert_eq!(self.trail.stages.get(id), Some(&expected), "{request}");
        }
    }

    fn approved_calls_ran_once_and_others_never(&self, lines: &[String]) {
        let ran = once_each(lines);
        let by_tag: BTreeMap<&str, &Value> = self.requests.values().map(|request| (tag(request), request)).collect();
        for tag in &ran {
            let request = by_tag.get(tag).unwrap_or_else(|| panic!("`{tag}` ran and is in no queue"));
            assert!(matches!(state(request), "succeeded" | "interrupted"), "it ran: {request}");
        }
        for (tag, request) in by_tag {
            assert!(state(request) != "succeeded" || ran.contains(tag), "it did not run: {request}");
        }
    }

    fn direct_calls_are_written_down(&self, ledger: &Ledger) {
        for (sequence, direct) in &ledger.direct {
            let record = self.trail.record(*sequence);
            let there = (record["agent"].as_str().unwrap(), record["capability"].as_str().unwrap());
            assert_eq!(there, (direct.agent.as_str(), direct.capability), "{record}");
            assert!(record["params"].to_string().contains(&direct.tag), "{record}");
            let end = self.trail.ends.get(sequence).map_or("", String::as_str);
            assert!(matches!(end, "executed" | "notified"), "it was acknowledged, and is told to be `{end}`: {record}");
        }
    }

    /// What was written has its decision in the trail; what was acknowledged is written.
    fn appended_lines_were_decided(&self, ledger: &Ledger, lines: &[String]) {
        let written = once_each(lines);
        let appends = self.trail.records.iter().filter(|record| {
            record["capability"] == "filesystem.append" && record["event"] == "decision" && record["outcome"].is_null()
        });
        let decided: BTreeSet<&str> =
            appends.map(|record| record["params"]["content"].as_str().unwrap().trim_end()).collect();
        let undecided: Vec<_> = written.difference(&decided).collect();
        assert!(undecided.is_empty(), "written without a decision: {undecided:?}");
        let acknowledged = ledger.direct.values().filter(|direct| direct.capability == "filesystem.append");
        for direct in acknowledged {
            assert!(written.contains(direct.tag.as_str()), "acknowledged and not written: {direct:?}");
        }
    }
}

/// The lines, none of which may be there twice.
fn once_each(lines: &[String]) -> BTreeSet<&str> {
    let mut seen = BTreeSet::new();
    for line in lines {
        assert!(seen.insert(line.as_str()), "carried out twice: {line}");
    }
    seen
}

fn what_was_kept_is_there(agent: &Agent, ledger: &Ledger) {
    for ((_, key), version) in ledger.kept.iter().filter(|((owner, _), _)| *owner == agent.name) {
        let data = agent.call("state.get", &json!({ "key": key })).result()["data"].clone();
        assert!(data["version"].as_u64().unwrap() >= *version, "version {version} was acknowledged: {data}");
    }
}

fn state(request: &Value) -> &str {
    request["state"].as_str().unwrap()
}

/// What marks the call: the word that its script writes.
fn tag(request: &Value) -> &str {
    request["params"]["args"][1].as_str().unwrap().split(' ').nth(1).unwrap()
}
