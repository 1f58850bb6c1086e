//! A copy of the audit trail that only ever grows: what was in it once has to stay, and every record has to follow from
//! those before it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::ledger::number_of;
use crate::wire::Supervisor;

/// Records of one page.
const PAGE: usize = 200;

/// Where a request is, as the trail tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    Asked,
    Approved,
    Closed,
    Begun,
    Ended,
}

/// The trail as it was seen last.
#[derive(Default)]
pub(crate) struct Trail {
    pub(crate) records: Vec<Value>,
    /// What the trail tells of each request.
    pub(crate) stages: BTreeMap<u64, Stage>,
    /// Decisions to carry a call out whose end is not told.
    pub(crate) open: BTreeSet<u64>,
    /// How each direct call ended, by its decision.
    pub(crate) ends: BTreeMap<u64, String>,
}

impl Trail {
    /// Reads what is new.
    pub(crate) fn catch_up(&mut self, supervisor: &Supervisor) {
        let mut new: Vec<Value> = Vec::new();
        let mut before = String::new();
        loop {
            let page = supervisor.get(&format!("/api/audit?limit={PAGE}{before}"));
            let records = page["records"].as_array().unwrap();
            new.extend(records.iter().cloned());
            let oldest = records.last().map_or(1, |record| record["sequence"].as_u64().unwrap());
            if oldest as usize <= self.records.len().max(1) {
                break;
            }
            before = format!("&before={oldest}");
        }
        new.into_iter().rev().for_each(|record| self.take(record));
    }

    fn take(&mut self, record: Value) {
        let sequence = record["sequence"].as_u64().unwrap() as usize;
        if let Some(known) = self.records.get(sequence - 1) {
            return assert_eq!(known, &record, "record {sequence} was changed");
        }
        assert_eq!(sequence, self.records.len() + 1, "records are missing before {record}");
        if let Some(last) = self.records.last() {
            assert_eq!(record["previous"], last["hash"], "the chain breaks at {sequence}");
        }
        match record["request"].as_str() {
            Some(_) => self.follow(number_of(&record["request"]), &record),
            None => self.follow_direct(sequence as u64, &record),
        }
        self.records.push(record);
    }

    /// A request is asked for, decided, begun and ended, each once and in this order.
    fn follow(&mut self, request: u64, record: &Value) {
        let text = |field: &str| record[field].as_str().unwrap_or("");
        let stage = self.stages.get(&request).copied();
        let next = match (stage, text("event"), text("outcome")) {
            (None, "decision", "approval_requested") => Stage::Asked,
            (Some(Stage::Asked), "verdict", "approved") => Stage::Approved,
            (Some(Stage::Asked), "verdict", "rejected" | "expired" | "cancelled") => Stage::Closed,
            (Some(Stage::Approved), "execution", "") => Stage::Begun,
            (Some(Stage::Approved), "execution", "failed") => Stage::Ended,
            (Some(Stage::Begun), "execution", "executed" | "failed" | "interrupted") => Stage::Ended,
            _ => panic!("request {request} is {stage:?}, and then: {record}"),
        };
        self.stages.insert(request, next);
    }

    /// A direct call is decided, and ends once.
    fn follow_direct(&mut self, sequence: u64, record: &Value) {
        match (record["event"].as_str().unwrap(), record["of"].as_u64()) {
            ("decision", None) if record["outcome"].is_null() => {
                self.open.insert(sequence);
            }
            ("execution", Some(decision)) => {
                assert!(self.open.remove(&decision), "an execution that was not decided, or ended before: {record}");
                self.ends.insert(decision, record["outcome"].as_str().unwrap().to_owned());
            }
            ("execution", None) => panic!("an execution of nothing: {record}"),
            _ => {}
        }
    }

    /// The record with this sequence number.
    pub(crate) fn record(&self, sequence: u64) -> &Value {
        self.records.get(sequence as usize - 1).unwrap_or_else(|| panic!("record {sequence} is gone"))
    }

    /// Asks the gateway whether the chain holds, up to what was seen of it.
    pub(crate) fn verify(&self, supervisor: &Supervisor) {
        let seen = self
            .records
            .last()
            .map(|last| format!("?sequence={}&hash={}", last["sequence"], last["hash"].as_str().unwrap()));
        let verified = supervisor.get(&format!("/api/audit/verify{}", seen.unwrap_or_default()));
        assert_eq!(verified["intact"], true, "{verified}");
    }
}
