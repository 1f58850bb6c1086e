//! The answers that policies hold: what is said, where it is written, and why.

use std::sync::Arc;

use crate::json::Json;
use crate::source::{Position, Span};
use crate::tier::{Layer, Tier};

/// The place in a policy that an answer comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The policy's name.
    pub policy: Arc<str>,
    /// The policy's layer.
    pub layer: Layer,
    /// The entry's pattern as written; `None` for `defaults`.
    pub capability: Option<Arc<str>>,
    /// The rule's place in the entry's `rules`, from 0; `None` for the entry's own tier.
    pub rule: Option<u32>,
    /// The `id` of the rule or entry.
    pub id: Option<Arc<str>>,
    /// The name the policy was loaded by.
    pub file: Arc<str>,
    /// Where the rule, the entry or `defaults` begins.
    pub position: Position,
    /// The same place as a span.
    pub span: Span,
}

/// How an approval is to be given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Approval {
    /// Milliseconds until the request expires; `None`: never.
    pub expires: Option<u64>,
    /// Who may decide; empty: any supervisor.
    pub approvers: Vec<String>,
    /// How many distinct supervisors must approve.
    pub quorum: u32,
}

/// One answer a policy can give: a rule's, an entry's own, or that of `defaults`.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The tier.
    pub tier: Tier,
    /// The most permissive tier a lower layer may make of it; equal to `tier` where nothing is relaxable.
    pub relaxable_to: Tier,
    /// Where it is written.
    pub origin: Origin,
    /// Why, in the author's words or in ours.
    pub reason: Arc<str>,
    /// Words for tools: the rule's and its entry's.
    pub tags: Vec<Arc<str>>,
    /// What the author wants handed back: the rule's over its entry's.
    pub annotations: Vec<(Arc<str>, Json<'static>)>,
    /// How an approval is to be given.
    pub approval: Option<Approval>,
}
