//! The documents of the supervisors' API: what the gateway sends and the command reads.
//!
//! Requests and records are sent as the domain writes them; here is only what stands around them.

use jiff::Timestamp;
use kruxos_approvals::audit::{Broken, Head, Record, SealedRecord};
use kruxos_approvals::request::{Request, RequestId, Verdict};
use kruxos_approvals::{Account, Digest, JsonText};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Some requests.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct RequestsDocument {
    /// In order of id.
    pub approvals: Vec<Request>,
    /// How many there are in all.
    pub total: u64,
    /// The id to ask `after` for more; null when there are none.
    pub next: Option<RequestId>,
}

/// One request and everything that happened to it.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct RequestDocument {
    /// The request; declared secrets are redacted in its params.
    pub request: Request,
    /// The records of its life, oldest first.
    pub history: Vec<Record>,
}

/// A supervisor's word.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct VerdictBody {
    /// Why, for the agent and the audit trail.
    #[serde(default)]
    pub reason: Option<String>,
}

/// A record with the hash that the next one holds.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct RecordDocument {
    /// The record.
    #[serde(flatten)]
    pub record: Record,
    /// The hash of its text.
    pub hash: Digest,
}

impl From<&SealedRecord> for RecordDocument {
    fn from(sealed: &SealedRecord) -> Self {
        Self { record: sealed.record.clone(), hash: sealed.hash }
    }
}

/// Some records.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct AuditDocument {
    /// The newest first.
    pub records: Vec<RecordDocument>,
    /// The sequence number to ask `before` for more; null when there are none.
    pub next: Option<u64>,
}

/// What checking the chain came to.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct VerifyDocument {
    /// Whether every record is as it was written.
    pub intact: bool,
    /// Where the trail ends; remember it to notice later that its tail was cut.
    pub head: Option<Head>,
    /// The first record that is not as it was written.
    pub broken: Option<Broken>,
}

/// How the gateway is.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct StatusDocument {
    /// The product's version.
    pub version: String,
    /// When the gateway started.
    pub started_at: Timestamp,
    /// Where agents call.
    pub agents_address: String,
    /// Where supervisors call.
    pub supervisors_address: String,
    /// Who is asking.
    pub supervisor: String,
    /// How many requests are pending.
    pub pending: u64,
    /// Where the audit trail ends.
    pub head: Head,
    /// Which policies decide.
    pub policy: PolicyDocument,
}

/// Which policies decide.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PolicyDocument {
    /// The digest of the set in force.
    pub digest: String,
    /// Since when.
    pub loaded_at: Timestamp,
    /// Whether the gateway's own `system-baseline` is in force beside what it was given; false: it was started with
    /// `--without-baseline`.
    pub baseline: bool,
    /// The policies in force.
    pub policies: Vec<LoadedPolicy>,
    /// Why the files as they are now are not in force; null when they are. The last good set stays.
    pub problem: Option<PolicyProblem>,
}

/// One policy in force.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LoadedPolicy {
    /// Its name.
    pub name: String,
    /// Its layer.
    pub layer: String,
    /// The agents it speaks of; null: all.
    pub agent: Option<String>,
    /// Its file.
    pub file: String,
    /// Its entries.
    pub entries: Vec<LoadedEntry>,
}

/// One entry of a policy in force.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LoadedEntry {
    /// The pattern.
    pub capability: String,
    /// The entry's own tier; null where it has none.
    pub tier: Option<String>,
    /// Why.
    pub reason: Option<String>,
    /// Line in the file, from 1.
    pub line: u32,
    /// Its rules, in order.
    pub rules: Vec<LoadedRule>,
}

/// One rule of an entry in force.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LoadedRule {
    /// Its `id`.
    pub id: Option<String>,
    /// The condition, as the expression language prints it.
    pub condition: String,
    /// Its tier.
    pub tier: String,
    /// Line in the file, from 1.
    pub line: u32,
}

/// Why changed policy files are not in force.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PolicyProblem {
    /// Since when.
    pub since: Timestamp,
    /// What is wrong, each finding with its place: `team.yaml:8:3: …`.
    pub findings: Vec<String>,
}

/// A call to be judged, not made.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TryBody {
    /// Who would call.
    pub agent: String,
    /// What.
    pub capability: String,
    /// With what.
    #[serde(default)]
    pub params: Option<JsonText>,
}

/// An agent or supervisor to be made.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAccount {
    /// Its name.
    pub name: String,
    /// What it is for.
    #[serde(default)]
    pub purpose: Option<String>,
    /// The groups of a supervisor.
    #[serde(default)]
    pub groups: Vec<String>,
}

/// All agents.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct AgentsDocument {
    /// In order of name.
    pub agents: Vec<Account>,
}

/// All supervisors.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct SupervisorsDocument {
    /// In order of name.
    pub supervisors: Vec<Account>,
}

/// An agent with its key, which is shown this once.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct IssuedAgent {
    /// The agent.
    pub agent: Account,
    /// Its key.
    pub key: String,
}

/// A supervisor with the token, which is shown this once.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct IssuedSupervisor {
    /// The supervisor.
    pub supervisor: Account,
    /// The token.
    pub token: String,
}

/// Why a request to the API is refused.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct ErrorDocument {
    /// The error.
    pub error: ErrorDetail,
}

/// What went wrong, and what to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ErrorDetail {
    /// A word for programs: `conflict`, `not_found`, `unauthorized`, …
    pub kind: String,
    /// A sentence for people.
    pub message: String,
    /// What to do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
    /// Of a conflict: who decided, when and why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub winner: Option<Verdict>,
}

/// What a gateway writes into its data directory once it listens, for the command on the same machine.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Whereabouts {
    /// Where agents call: host and port.
    pub agents: String,
    /// Where supervisors call: host and port.
    pub supervisors: String,
    /// The process.
    pub pid: u32,
}

/// One capability, as agents are told of it.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct CapabilityDocument {
    /// Its name.
    pub name: String,
    /// What it does.
    pub description: Option<String>,
    /// Whether this gateway can carry it out.
    pub executable: bool,
}

/// One capability and what it takes.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct DescribedCapability {
    /// The capability.
    #[serde(flatten)]
    pub capability: CapabilityDocument,
    /// The JSON Schema of its params.
    pub input_schema: JsonText,
}
