//! What the engine answers.

use std::borrow::Cow;

use crate::cel::function::Cause;
use crate::outcome::{Approval, Outcome};
use crate::rate_limit::{LimitUse, RateLimit};
use crate::source::{Position, Span};
use crate::tier::{Layer, Tier};

/// What could not be computed, and the decision might have depended on: a test, or the key of a limit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownTest<'e> {
    /// The test, or the key, as the language prints it.
    pub test: &'e str,
    /// Whether it is the key of a limit, which counts as spent then.
    pub is_key: bool,
    /// The name its policy was loaded by.
    pub file: &'e str,
    /// Where it begins.
    pub position: Position,
    /// The same place as a span.
    pub span: Span,
    /// Why it could not be computed.
    pub cause: Cause,
    /// What would resolve it.
    pub help: String,
}

/// Most sentences about what could not be told that a reason begins with.
const MOST_SENTENCES: usize = 2;

/// The reason of a decision: what could not be told and what to do, then what the rule says.
pub(crate) fn reason<'e>(sentences: &[String], of_rule: &'e str) -> Cow<'e, str> {
    if sentences.is_empty() {
        return Cow::Borrowed(of_rule);
    }
    Cow::Owned(format!("{} Until then the strictest answer counts: {of_rule}", first_of(sentences)))
}

/// The reason of a decision that is so strict because the key of a limit could not be told.
pub(crate) fn reason_of_spent(sentences: &[String], limit: &RateLimit) -> String {
    let (max, window) = (limit.max, limit.window_text());
    format!("{} Until then the limit of {max} calls in {window} counts as spent", first_of(sentences))
}

fn first_of(sentences: &[String]) -> String {
    let said: Vec<&str> = sentences.iter().take(MOST_SENTENCES).map(String::as_str).collect();
    let more = match sentences.len().saturating_sub(MOST_SENTENCES) {
        0 => String::new(),
        more => format!(" {more} more could not be told."),
    };
    format!("{}.{more}", said.join(". "))
}

/// One layer's part in a decision.
#[derive(Clone, Copy, Debug)]
pub struct LayerAnswer<'e> {
    /// What the layer's policies say.
    pub tier: Tier,
    /// How far they let lower layers relax it.
    pub bound: Tier,
    /// What gave the tier.
    pub by: &'e Outcome,
}

/// The engine's answer to one call.
#[derive(Clone, Debug)]
pub struct Decision<'e> {
    /// What happens to the call.
    pub tier: Tier,
    /// The answer that gave the tier; `None` when no policy answers or the call is invalid.
    pub decided_by: Option<&'e Outcome>,
    /// Why: what could not be told and what to do about it, then the words of the answer that decided.
    pub reason: Cow<'e, str>,
    /// What each layer says, in order of authority.
    pub layers: [Option<LayerAnswer<'e>>; 3],
    /// The limits the host has to take this call from before it is carried out; empty for a blocked call.
    pub rate_limits: Vec<LimitUse<'e>>,
    /// Tests that could not be computed; the tier is the strictest they allow.
    pub unknowns: Vec<UnknownTest<'e>>,
    /// The digest of the policy set that decided, `sha256:` and 64 hexadecimal digits.
    pub policy_digest: &'e str,
}

impl<'e> Decision<'e> {
    /// A decision that blocks without any policy's word.
    pub(crate) fn blocked(reason: impl Into<Cow<'e, str>>, policy_digest: &'e str) -> Self {
        Self {
            tier: Tier::Blocked,
            decided_by: None,
            reason: reason.into(),
            layers: [None; 3],
            rate_limits: Vec::new(),
            unknowns: Vec::new(),
            policy_digest,
        }
    }

    /// What one layer says.
    #[must_use]
    pub fn layer(&self, layer: Layer) -> Option<LayerAnswer<'e>> {
        self.layers.get(layer as usize).copied().flatten()
    }

    /// How an approval of this call is to be given, where its policy says.
    #[must_use]
    pub fn approval(&self) -> Option<&'e Approval> {
        self.decided_by.and_then(|outcome| outcome.approval.as_ref())
    }

    /// Makes the decision at least as strict as `tier`, for a reason the host has: a limit that is spent.
    pub fn tighten(&mut self, tier: Tier, reason: impl Into<Cow<'e, str>>) {
        if tier > self.tier {
            self.tier = tier;
            self.reason = reason.into();
        }
    }
}
