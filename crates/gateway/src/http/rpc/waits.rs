//! How many may wait at once. A wait holds a connection and little else; the cap is there so that it stays little.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Waits of all agents.
const MOST: usize = 10_000;
/// Waits of one agent.
const MOST_OF_ONE: usize = 256;

/// Who waits.
#[derive(Clone, Debug, Default)]
pub(super) struct Waits(Arc<Mutex<Counts>>);

#[derive(Debug, Default)]
struct Counts {
    all: usize,
    of: BTreeMap<String, usize>,
}

/// One wait, counted until it is dropped.
#[derive(Debug)]
pub(super) struct Waiting {
    waits: Waits,
    agent: String,
}

impl Waits {
    fn counts(&self) -> MutexGuard<'_, Counts> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins a wait of this agent.
    ///
    /// # Errors
    /// Says how many there are and may be.
    pub(super) fn begin(&self, agent: &str) -> Result<Waiting, String> {
        let mut counts = self.counts();
        let own = counts.of.get(agent).copied().unwrap_or(0);
        if own >= MOST_OF_ONE {
            return Err(format!("this agent waits {own} times at once, and at most {MOST_OF_ONE} are allowed"));
        }
        if counts.all >= MOST {
            return Err(format!("agents wait {} times at once, and at most {MOST} are allowed", counts.all));
        }
        counts.all += 1;
        counts.of.insert(agent.to_owned(), own + 1);
        Ok(Waiting { waits: self.clone(), agent: agent.to_owned() })
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        let mut counts = self.waits.counts();
        counts.all = counts.all.saturating_sub(1);
        let left = counts.of.get(&self.agent).map_or(0, |own| own.saturating_sub(1));
        if left == 0 {
            counts.of.remove(&self.agent);
        } else {
            counts.of.insert(self.agent.clone(), left);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_agent_cannot_take_the_waits_of_others() {
        let waits = Waits::default();
        let held: Vec<Waiting> = (0..MOST_OF_ONE).map(|_| waits.begin("a").unwrap()).collect();
        assert!(waits.begin("a").unwrap_err().contains("at most 256"));
        let other = waits.begin("b").unwrap();
        drop(held);
        assert!(waits.begin("a").is_ok());
        drop(other);
        let counts = waits.counts();
        assert_eq!((counts.all, counts.of.len()), (0, 0));
    }

    #[test]
    fn all_waits_together_are_bounded() {
        let waits = Waits::default();
        let _held: Vec<Waiting> = (0..MOST).map(|n| waits.begin(&format!("a{}", n / 200)).unwrap()).collect();
        assert!(waits.begin("z").unwrap_err().contains("at most 10000"));
    }
}
