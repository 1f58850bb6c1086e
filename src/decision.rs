//! What the engine answers.

use std::borrow::Cow;

use crate::cel::Culprit;
use crate::cel::function::Cause;
use crate::outcome::{Approval, Outcome};
use crate::rate_limit::{LimitUse, RateLimit};
use crate::source::{Position, Span};
use crate::tier::{Layer, Tier};

/// What could not be computed, and the decision might have depended on: a test, or the key of a limit.
///
/// Its words are made when they are asked for: deciding does not pay for them.
#[derive(Clone, Debug)]
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
    /// The part of the call that it comes from.
    pub(crate) culprit: Culprit<'e>,
    /// What of that part is in doubt, as words.
    pub(crate) doubtful: Option<String>,
}

impl UnknownTest<'_> {
    /// What would resolve it: what to send, or what the host has to vouch for.
    #[must_use]
    pub fn help(&self) -> String {
        self.cause.help(&self.culprit.text())
    }

    /// What could not be told, and what to do, as one sentence without a full stop.
    #[must_use]
    pub fn sentence(&self) -> String {
        self.cause.sentence_on(&self.culprit.text(), self.doubtful.as_deref())
    }
}

/// Most sentences about what could not be told that a reason begins with.
const MOST_SENTENCES: usize = 2;

/// What gives a decision its reason.
#[derive(Clone, Debug)]
pub(crate) enum Why<'e> {
    /// These words.
    Said(Cow<'e, str>),
    /// What could not be told, where there is such, and the words of what decided.
    Decided(&'e str),
    /// A limit that counts as spent, because its key could not be told.
    Spent(&'e RateLimit),
}

/// Each different sentence of what could not be told, once, in order.
fn sentences<'u>(unknowns: impl Iterator<Item = &'u UnknownTest<'u>>) -> Vec<String> {
    let mut told: Vec<String> = Vec::new();
    for sentence in unknowns.map(UnknownTest::sentence) {
        if !told.contains(&sentence) {
            told.push(sentence);
        }
    }
    told
}

/// The first of these sentences, and how many more there are.
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
    /// What each layer says, in order of authority.
    pub layers: [Option<LayerAnswer<'e>>; 3],
    /// The limits the host has to take this call from before it is carried out; empty for a blocked call.
    pub rate_limits: Vec<LimitUse<'e>>,
    /// Tests that could not be computed; the tier is the strictest they allow.
    pub unknowns: Vec<UnknownTest<'e>>,
    /// The digest of the policy set that decided, `sha256:` and 64 hexadecimal digits.
    pub policy_digest: &'e str,
    /// What its reason is made of.
    pub(crate) why: Why<'e>,
}

impl<'e> Decision<'e> {
    /// A decision that blocks without any policy's word.
    pub(crate) fn blocked(reason: impl Into<Cow<'e, str>>, policy_digest: &'e str) -> Self {
        Self {
            tier: Tier::Blocked,
            decided_by: None,
            why: Why::Said(reason.into()),
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

    /// Why: what could not be told and what to do about it, then the words of the answer that decided. Made when it is
    /// asked for.
    #[must_use]
    pub fn reason(&self) -> Cow<'_, str> {
        match &self.why {
            Why::Said(words) => Cow::Borrowed(words),
            Why::Decided(words) if self.unknowns.iter().all(|unknown| unknown.is_key) => Cow::Borrowed(words),
            Why::Decided(words) => {
                let told = first_of(&sentences(self.unknowns.iter().filter(|unknown| !unknown.is_key)));
                Cow::Owned(format!("{told} Until then the strictest answer counts: {words}"))
            }
            Why::Spent(limit) => {
                // What could not be told of the limits is what made the decision what it is.
                let (keys, tests): (Vec<_>, Vec<_>) = self.unknowns.iter().partition(|unknown| unknown.is_key);
                let told = first_of(&sentences(keys.into_iter().chain(tests)));
                let (max, window) = (limit.max, limit.window_text());
                Cow::Owned(format!("{told} Until then the limit of {max} calls in {window} counts as spent"))
            }
        }
    }

    /// Makes the decision at least as strict as `tier`, for a reason the host has: a limit that is spent.
    pub fn tighten(&mut self, tier: Tier, reason: impl Into<Cow<'e, str>>) {
        if tier > self.tier {
            self.tier = tier;
            self.why = Why::Said(reason.into());
        }
    }
}
