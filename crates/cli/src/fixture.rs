//! The requests of the users' page and records, for tests.

use jiff::Timestamp;
use kruxos_approvals::audit::{Entry, Event, Record};
use kruxos_approvals::request::{NewRequest, Request, RequestId};
use kruxos_approvals::{DecisionFacts, Digest, Params, RuleFacts};
use kruxos_gateway::wire::RecordDocument;
use kruxos_policy::json::Json;
use kruxos_policy::tier::Tier;

/// When the page's first request arrived.
pub(crate) const REQUESTED: &str = "2026-03-29T14:20:00Z";

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub(crate) fn params(text: &str) -> Params {
    Params::of(&Json::parse(text.as_bytes()).unwrap()).unwrap()
}

pub(crate) fn decision(capability: &str, reason: &str) -> DecisionFacts {
    DecisionFacts {
        tier: Tier::ApprovalRequired,
        reason: reason.to_owned(),
        rule: Some(RuleFacts {
            policy: "team-moderate".to_owned(),
            capability: Some(capability.to_owned()),
            rule: Some(1),
            id: Some("service-management".to_owned()),
            file: "team-moderate.yaml".to_owned(),
            line: 92,
        }),
        unknowns: Vec::new(),
        policy_digest: Digest::of(b"policies").to_string(),
    }
}

/// A pending request.
pub(crate) fn request(id: u64, agent: &str, capability: &str, text: &str, requested_at: &str) -> Request {
    let new = NewRequest {
        agent: agent.to_owned(),
        session: Some("s_1".to_owned()),
        capability: capability.to_owned(),
        params: params(text),
        audited_params: params(text),
        decision: decision(capability, "Service management commands require supervisor approval"),
        requested_at: at(requested_at),
        expires_at: None,
        approvers: Vec::new(),
        quorum: 1,
        limits: Vec::new(),
    };
    Request::new(RequestId(id), new)
}

/// The two requests of the page; 14:22 makes them as old as there.
pub(crate) fn page() -> [Request; 2] {
    [
        request(1, "my-agent", "process.run", r#"{"command":"systemctl","args":["restart","myapp"]}"#, REQUESTED),
        request(2, "deploy-bot", "filesystem.delete", r#"{"path":"/workspace/old-build/"}"#, "2026-03-29T14:17:00Z"),
    ]
}

/// Agents' text that would deceive.
pub(crate) const HOSTILE: &str = "a\u{1b}[2J\u{1b}]0;x\u{7}\u{202e}evil\u{2066}\u{200b}\r\n\u{9b}31m<script>";

/// Whether a terminal shows a text as it is, line by line.
pub(crate) fn is_harmless(text: &str) -> bool {
    text.chars().all(|letter| letter == '\n' || !crate::render::acts(letter))
}

/// A record of the trail.
pub(crate) fn record(sequence: u64, event: Event, fill: impl FnOnce(&mut Entry)) -> RecordDocument {
    let mut entry = Entry::of(event);
    fill(&mut entry);
    let record = Record { sequence, at: at(REQUESTED), entry, previous: Digest::NONE };
    RecordDocument { record, hash: Digest::of(b"record") }
}
