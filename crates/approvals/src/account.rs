//! Who may speak to the gateway: agents, and the supervisors who decide.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::digest::Digest;

/// Which side of the gateway an account belongs to. A key of one side is worth nothing on the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Calls capabilities.
    Agent,
    /// Decides requests.
    Supervisor,
}

impl Role {
    /// The word people use.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Agent => "agent",
            Self::Supervisor => "supervisor",
        }
    }
}

/// An agent or a supervisor, as the store keeps it. Its key is not in it, only the key's digest, which is never sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Account {
    /// Agent or supervisor.
    pub role: Role,
    /// Its name, distinct within its role; as [`kruxos_policy`] takes agents' names.
    pub name: String,
    /// What it is for.
    pub purpose: Option<String>,
    /// The groups a supervisor belongs to; `approvers` of a policy name supervisors or groups.
    #[serde(default)]
    pub groups: Vec<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When its key was last replaced.
    pub rotated_at: Option<Timestamp>,
    /// Since when its key is worth nothing.
    pub revoked_at: Option<Timestamp>,
    /// The digest of its key. Keys have 256 random bits, so a plain digest gives nothing to guess at.
    #[serde(skip)]
    #[schemars(skip)]
    pub key_digest: Option<Digest>,
}

impl Account {
    /// Whether this key opens this account.
    #[must_use]
    pub fn opens(&self, key: &str) -> bool {
        self.revoked_at.is_none() && self.key_digest == Some(Digest::of(key.as_bytes()))
    }
}

/// Who decides: as much of a supervisor's account as a verdict depends on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Supervisor {
    /// The name that is recorded.
    pub name: String,
    /// The groups.
    pub groups: Vec<String>,
}

impl Supervisor {
    /// Whether a policy's `approvers` let this supervisor decide; nobody named means everybody may.
    #[must_use]
    pub fn is_among(&self, approvers: &[String]) -> bool {
        approvers.is_empty() || approvers.iter().any(|name| *name == self.name || self.groups.contains(name))
    }
}

impl From<&Account> for Supervisor {
    fn from(account: &Account) -> Self {
        Self { name: account.name.clone(), groups: account.groups.clone() }
    }
}
