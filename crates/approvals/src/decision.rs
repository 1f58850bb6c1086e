//! What is kept of the engine's decision about a call: the part that people are shown and auditors read.

use kruxos_policy::decision::{Decision, UnknownTest};
use kruxos_policy::outcome::Origin;
use kruxos_policy::tier::Tier;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A decision, as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DecisionFacts {
    /// What happens to the call.
    pub tier: Tier,
    /// Why.
    pub reason: String,
    /// Where the answer is written; null when no policy answers or the call is invalid.
    pub rule: Option<RuleFacts>,
    /// Tests that could not be computed; the tier is the strictest they allow.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unknowns: Vec<UnknownFacts>,
    /// The digest of the policy set that decided.
    pub policy_digest: String,
}

/// Where an answer is written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RuleFacts {
    /// The policy's name.
    pub policy: String,
    /// The entry's pattern; null for `defaults`.
    pub capability: Option<String>,
    /// The rule's place in the entry's `rules`, from 1; null for the entry's own tier.
    pub rule: Option<u32>,
    /// The `id` of the rule or entry.
    pub id: Option<String>,
    /// The policy's file.
    pub file: String,
    /// Line, from 1.
    pub line: u32,
}

/// A test that could not be computed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct UnknownFacts {
    /// The test, as the language prints it.
    pub test: String,
    /// Why it could not be computed.
    pub cause: String,
    /// What would resolve it.
    pub help: String,
}

impl DecisionFacts {
    /// `process.run → approval_required`: the entry that decided and its word.
    #[must_use]
    pub fn rule_text(&self) -> String {
        let pattern = match &self.rule {
            Some(RuleFacts { capability: Some(pattern), .. }) => pattern,
            Some(_) => "defaults",
            None => "no rule",
        };
        format!("{pattern} → {}", self.tier)
    }

    /// What could not be told, each cause with its help once, and the tests it keeps from being computed.
    #[must_use]
    pub fn doubts(&self) -> Vec<(&UnknownFacts, Vec<&str>)> {
        let mut doubts: Vec<(&UnknownFacts, Vec<&str>)> = Vec::new();
        for unknown in &self.unknowns {
            let same = |(first, _): &&mut (&UnknownFacts, Vec<&str>)| {
                (&first.cause, &first.help) == (&unknown.cause, &unknown.help)
            };
            match doubts.iter_mut().find(same) {
                Some((_, tests)) => tests.push(&unknown.test),
                None => doubts.push((unknown, vec![&unknown.test])),
            }
        }
        doubts
    }

    /// The name of the policy that decided; a dash where none did.
    #[must_use]
    pub fn policy_text(&self) -> &str {
        self.rule.as_ref().map_or("–", |rule| &rule.policy)
    }
}

impl From<&Decision<'_>> for DecisionFacts {
    fn from(decision: &Decision<'_>) -> Self {
        Self {
            tier: decision.tier,
            reason: decision.reason().into_owned(),
            rule: decision.decided_by.map(|outcome| RuleFacts::from(&outcome.origin)),
            unknowns: decision.unknowns.iter().map(UnknownFacts::from).collect(),
            policy_digest: decision.policy_digest.to_owned(),
        }
    }
}

impl From<&Origin> for RuleFacts {
    fn from(origin: &Origin) -> Self {
        Self {
            policy: origin.policy.to_string(),
            capability: origin.capability.as_deref().map(str::to_owned),
            rule: origin.rule.map(|rule| rule.saturating_add(1)),
            id: origin.id.as_deref().map(str::to_owned),
            file: origin.file.to_string(),
            line: origin.position.line,
        }
    }
}

impl From<&UnknownTest<'_>> for UnknownFacts {
    fn from(unknown: &UnknownTest<'_>) -> Self {
        Self { test: unknown.test.to_owned(), cause: unknown.cause.to_string(), help: unknown.help() }
    }
}
