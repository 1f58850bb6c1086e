//! What the gateway has acknowledged to somebody, written down before anything is killed.

use std::collections::BTreeMap;

use serde_json::Value;

/// A call that was said to wait for approval.
#[derive(Debug)]
pub(crate) struct Queued {
    pub(crate) agent: String,
    pub(crate) tag: String,
}

/// A supervisor's word that was taken.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Said {
    pub(crate) state: &'static str,
    pub(crate) by: String,
    pub(crate) reason: String,
}

/// A call that was carried out at once.
#[derive(Debug)]
pub(crate) struct Direct {
    pub(crate) agent: String,
    pub(crate) capability: &'static str,
    pub(crate) tag: String,
}

/// Everything that was acknowledged, requests by the number in their id.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    pub(crate) queued: BTreeMap<u64, Queued>,
    pub(crate) said: BTreeMap<u64, Said>,
    /// Winners that the second supervisor was told of.
    pub(crate) told: Vec<(u64, Value)>,
    /// By the sequence number of the decision.
    pub(crate) direct: BTreeMap<u64, Direct>,
    /// Requests whose agent was answered: the state it learned.
    pub(crate) answered: BTreeMap<u64, &'static str>,
    /// The newest version of each value that an agent was told of, by agent and key.
    pub(crate) kept: BTreeMap<(String, String), u64>,
}

impl Ledger {
    pub(crate) fn queue(&mut self, id: u64, agent: &str, tag: String) {
        let queued = Queued { agent: agent.to_owned(), tag };
        if let Some(other) = self.queued.insert(id, queued) {
            panic!("request {id} was given to two calls, the other is {other:?}");
        }
    }

    pub(crate) fn say(&mut self, id: u64, said: Said) {
        if let Some(other) = self.said.insert(id, said) {
            panic!("two verdicts on request {id} were taken, the other is {other:?}");
        }
    }

    pub(crate) fn carry_out(&mut self, record: u64, direct: Direct) {
        if let Some(other) = self.direct.insert(record, direct) {
            panic!("record {record} was given to two calls, the other is {other:?}");
        }
    }
}

/// The number in `ap_001`.
pub(crate) fn number_of(id: &Value) -> u64 {
    let text = id.as_str().unwrap_or_else(|| panic!("no id: {id}"));
    text.strip_prefix("ap_").and_then(|digits| digits.parse().ok()).unwrap_or_else(|| panic!("no id: {text}"))
}

/// The id with this number.
pub(crate) fn id_of(number: u64) -> String {
    format!("ap_{number:03}")
}
