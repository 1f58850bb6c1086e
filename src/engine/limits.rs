//! The limits of a decision: what a call is counted under, and what happens where that cannot be told.
//!
//! Counting itself is the host's.

use super::{CallVariables, Inner};
use crate::cel::function::Cause;
use crate::decision::{Decision, UnknownTest, Why};
use crate::rate_limit::{Key, LimitUse, Per, RateLimit};
use crate::tier::Tier;
use crate::tree::values::Values;

/// A limit whose key could not be computed, and why.
type Spent<'e> = (&'e RateLimit, Cause);

/// The limits with the keys of a call, and those of them that have none.
pub(super) fn uses<'e: 'v, 'v>(
    limits: impl Iterator<Item = &'e RateLimit>,
    agent: &str,
    values: &Values<'_, 'v>,
) -> (Vec<LimitUse<'e>>, Vec<Spent<'e>>) {
    let mut spent = Vec::new();
    let uses = limits.map(|limit| {
        let key = key_of(limit, agent, values);
        spent.extend(key.as_ref().err().map(|cause| (limit, *cause)));
        LimitUse { limit, key: key.ok() }
    });
    (uses.collect(), spent)
}

/// What a call is counted under, or why that could not be computed.
fn key_of<'e: 'v, 'v>(limit: &'e RateLimit, agent: &str, values: &Values<'_, 'v>) -> Result<Key, Cause> {
    match &limit.per {
        Per::Agent => Ok(Key::text(agent)),
        Per::Global => Ok(Key::everybody()),
        Per::Expression(expr, _) => {
            let value = values.eval(expr)?;
            Key::of(&value).ok_or(Cause::Unexplained("a value that equals no other, itself included"))
        }
    }
}

impl Inner {
    /// A limit whose key could not be computed counts as spent: the call gets its `on_exceed` at least.
    pub(super) fn spend<'e: 'v, 'v>(
        &'e self,
        decision: &mut Decision<'e>,
        mut spent: Vec<Spent<'e>>,
        variables: &CallVariables<'v, '_>,
    ) {
        spent.retain(|(limit, _)| limit.on_exceed > decision.tier);
        let Some((strictest, _)) = spent.iter().max_by_key(|(limit, _)| limit.on_exceed) else { return };
        let strictest = *strictest;
        for (limit, cause) in spent {
            let Per::Expression(key, text) = &limit.per else { continue };
            let unknown = self.unknown_at(key, text, key.span, cause, variables);
            decision.unknowns.push(UnknownTest { is_key: true, ..unknown });
        }
        decision.tier = strictest.on_exceed;
        decision.why = Why::Spent(strictest);
        if decision.tier == Tier::Blocked {
            decision.rate_limits.clear();
        }
    }
}
