//! Rate limits as policies hold them and decisions hand them back. Counting is [`crate::counters`]'.

use std::borrow::Cow;

use crate::cel::expr::Expr;
use crate::outcome::Origin;
use crate::tier::Tier;

/// Most admitted calls a limit may allow in its window: the store remembers each.
pub const MAX_CALLS: u32 = 100_000;

/// A rate limit of an entry or a rule.
#[derive(Clone, Debug)]
pub struct RateLimit {
    /// Its number in the policy set.
    pub id: u32,
    /// Most admitted calls in any window.
    pub max: u32,
    /// The window in milliseconds.
    pub window_ms: u64,
    /// Whose calls are counted together.
    pub per: Per,
    /// What a call over the limit gets, at least.
    pub on_exceed: Tier,
    /// Where the limit is written.
    pub origin: Origin,
}

/// Whose calls are counted together.
#[derive(Clone, Debug)]
pub enum Per {
    /// Each agent's.
    Agent,
    /// All.
    Global,
    /// Those for which the expression has the same value.
    Expression(Box<Expr>),
}

/// One limit that applies to a call, with the key it counts under.
#[derive(Clone, Debug)]
pub struct LimitUse<'e> {
    /// The limit.
    pub limit: &'e RateLimit,
    /// Whose count; `None` when it could not be computed, which is as if the limit were spent.
    pub key: Option<Cow<'e, str>>,
}
