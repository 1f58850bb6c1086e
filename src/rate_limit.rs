//! Rate limits as policies hold them and decisions hand them back. Counting is [`crate::counters`]'.

mod key;

use std::sync::Arc;

pub use key::Key;

use crate::cel::expr::Expr;
use crate::outcome::Origin;
use crate::tier::Tier;

/// Most admitted calls a limit may allow in its window: the store remembers each.
pub const MAX_CALLS: u32 = 100_000;

/// A rate limit of an entry or a rule.
#[derive(Clone, Debug)]
pub struct RateLimit {
    /// What it says and where: the policy's name, the entry's pattern, the rule's `id` or else its condition, and the
    /// limit's own words, as a digest. The same limit has the same identity in every policy set, whatever else is loaded,
    /// so what was counted is kept when policies are swapped.
    pub identity: Arc<str>,
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

impl RateLimit {
    /// The window in the largest unit that says it exactly.
    #[must_use]
    pub fn window_text(&self) -> String {
        const UNITS: [(u64, &str); 4] = [(86_400_000, "d"), (3_600_000, "h"), (60_000, "m"), (1_000, "s")];
        let unit = UNITS.iter().find(|(unit, _)| self.window_ms.is_multiple_of(*unit));
        unit.map_or_else(|| format!("{}ms", self.window_ms), |(unit, name)| format!("{}{name}", self.window_ms / unit))
    }
}

/// Whose calls are counted together.
#[derive(Clone, Debug)]
pub enum Per {
    /// Each agent's.
    Agent,
    /// All.
    Global,
    /// Those for which the expression has the same value; with its canonical text.
    Expression(Box<Expr>, Arc<str>),
}

/// One limit that applies to a call, with the key it counts under.
#[derive(Clone, Debug)]
pub struct LimitUse<'e> {
    /// The limit.
    pub limit: &'e RateLimit,
    /// Whose count; `None` when it could not be computed, which is as if the limit were spent. The decision is at least as
    /// strict as its `on_exceed` then.
    pub key: Option<Key>,
}
