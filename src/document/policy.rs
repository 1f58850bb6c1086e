//! A policy file as written.

use crate::json::Json;
use crate::source::{Span, Spanned};
use crate::tier::{Layer, Tier};
use crate::yaml::{Node, Scalar};

/// One policy file.
#[derive(Clone, Debug)]
pub struct PolicyDocument {
    /// `[a-z0-9][a-z0-9-]*`
    pub name: Spanned<String>,
    /// A string.
    pub version: Spanned<String>,
    /// For people.
    pub description: Option<Spanned<String>>,
    /// Absent: `agent` when `agent:` is present, `organization` else.
    pub layer: Option<Spanned<Layer>>,
    /// A pattern of agent names.
    pub agent: Option<Spanned<String>>,
    /// The name of the policy whose entries this one takes over.
    pub extends: Option<Spanned<String>>,
    /// The answer for what no entry answers.
    pub defaults: Option<DefaultsDocument>,
    /// Pattern and entry, in order of the text, at least one.
    pub capabilities: Vec<(Spanned<String>, EntryDocument)>,
}

/// `annotations:`, handed back with the decision.
pub type Annotations = Vec<(Spanned<String>, Json<'static>)>;

/// `defaults:`
#[derive(Clone, Debug)]
pub struct DefaultsDocument {
    /// The whole mapping's key and value.
    pub span: Span,
    /// The answer.
    pub tier: Spanned<Tier>,
    /// How far lower layers may relax it.
    pub relaxable_to: Option<Spanned<Tier>>,
    /// Why.
    pub reason: Option<Spanned<String>>,
}

/// What one pattern says.
#[derive(Clone, Debug)]
pub struct EntryDocument {
    /// The value's span.
    pub span: Span,
    /// Stable name for tools.
    pub id: Option<Spanned<String>>,
    /// The answer when no rule answers.
    pub tier: Option<Spanned<Tier>>,
    /// How far lower layers may relax `tier`.
    pub relaxable_to: Option<Spanned<Tier>>,
    /// Why.
    pub reason: Option<Spanned<String>>,
    /// First rule whose condition holds answers.
    pub rules: Vec<RuleDocument>,
    /// How many calls are admitted.
    pub rate_limit: Option<RateLimitDocument>,
    /// How an approval is to be given.
    pub approval: Option<ApprovalDocument>,
    /// Words for tools.
    pub tags: Vec<Spanned<String>>,
    /// A map handed back with the decision.
    pub annotations: Annotations,
}

/// One item of `rules:`
#[derive(Clone, Debug)]
pub struct RuleDocument {
    /// The whole item.
    pub span: Span,
    /// Stable name for tools.
    pub id: Option<Spanned<String>>,
    /// When the rule answers.
    pub condition: ConditionDocument,
    /// The answer.
    pub tier: Spanned<Tier>,
    /// How far lower layers may relax it.
    pub relaxable_to: Option<Spanned<Tier>>,
    /// Why.
    pub reason: Option<Spanned<String>>,
    /// How many calls are admitted.
    pub rate_limit: Option<RateLimitDocument>,
    /// How an approval is to be given.
    pub approval: Option<ApprovalDocument>,
    /// Words for tools.
    pub tags: Vec<Spanned<String>>,
    /// A map handed back with the decision.
    pub annotations: Annotations,
}

/// A condition in one of its two spellings.
#[derive(Clone, Debug)]
pub enum ConditionDocument {
    /// Text of the expression language.
    Expression(Scalar),
    /// A map of tests; every key must hold.
    Map(Node),
}

/// `rate_limit:`
#[derive(Clone, Debug)]
pub struct RateLimitDocument {
    /// The whole mapping.
    pub span: Span,
    /// Most admitted calls in any window, 1 to 100,000.
    pub max: Spanned<u32>,
    /// The window in milliseconds, at least one.
    pub window: Spanned<u64>,
    /// `agent`, `global`, or an expression over the call; absent: `agent`.
    pub per: Option<Scalar>,
    /// The tier of a call over the limit, at least; absent: `blocked`.
    pub on_exceed: Option<Spanned<Tier>>,
}

/// `approval:`
#[derive(Clone, Debug)]
pub struct ApprovalDocument {
    /// The whole mapping.
    pub span: Span,
    /// Milliseconds until the request expires; absent: never.
    pub expires: Option<Spanned<u64>>,
    /// Who may decide; empty: any supervisor.
    pub approvers: Vec<Spanned<String>>,
    /// How many distinct supervisors must approve; absent: one.
    pub quorum: Option<Spanned<u32>>,
}
