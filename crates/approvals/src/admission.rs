//! What a call is taken from before it is begun or queued: the limits of its decision, as a store counts them.

use std::fmt;

use kruxos_policy::rate_limit::LimitUse;
use kruxos_policy::tier::Tier;

/// A limit that a call has to be taken from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Admission {
    /// What the limit says and where, as the engine identifies it: the same in every policy set that has it.
    pub limit: String,
    /// Whose calls are counted together; `None` where that could not be told, which is as if the limit were spent.
    pub key: Option<String>,
    /// Most admitted calls in any window.
    pub max: u32,
    /// The window, in milliseconds.
    pub window_ms: u64,
    /// What a call over the limit gets, at least.
    pub on_exceed: Tier,
    /// What a call over the limit is told.
    pub said: String,
}

impl From<&LimitUse<'_>> for Admission {
    fn from(used: &LimitUse<'_>) -> Self {
        let limit = used.limit;
        Self {
            limit: limit.identity.to_string(),
            key: used.key.as_ref().map(ToString::to_string),
            max: limit.max,
            window_ms: limit.window_ms,
            on_exceed: limit.on_exceed,
            said: format!("rate limit: at most {} calls in {}", limit.max, limit.window_text()),
        }
    }
}

/// A limit without room. Nothing was taken from any.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spent {
    /// Its place among those that were to be taken from; of several without room the one with the strictest `on_exceed`.
    pub place: usize,
    /// Milliseconds until there is room, as far as this limit is concerned; `None` if waiting will not help.
    pub retry_after_ms: Option<u64>,
}

impl fmt::Display for Spent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.retry_after_ms {
            Some(wait) => write!(f, "a rate limit is spent; there is room in {wait} ms"),
            None => f.write_str("a rate limit is spent"),
        }
    }
}
