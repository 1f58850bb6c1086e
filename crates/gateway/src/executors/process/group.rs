//! The group of processes that a program leads, and its end.

use std::time::Duration;

use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process_group, waitid};
use tokio::process::Child;
use tokio::signal::unix::{SignalKind, signal};

/// How often to look where the system's signal cannot be had.
const LOOKING: Duration = Duration::from_millis(50);

/// A group that is killed at the latest when it is dropped.
///
/// As long as its leader is not waited for, no other group can have its number: so the group is killed first.
pub(super) struct Group {
    leader: Option<Pid>,
}

impl Group {
    pub(super) fn led_by(child: &Child) -> Self {
        Self { leader: leader(child) }
    }

    /// Kills what is left of the group.
    pub(super) fn kill(&mut self) {
        if let Some(leader) = self.leader.take() {
            // It fails where nothing is left.
            let _ = kill_process_group(leader, Signal::KILL);
        }
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        self.kill();
    }
}

fn leader(child: &Child) -> Option<Pid> {
    child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw)
}

/// Done when the program has ended, which is not waited for yet.
pub(super) async fn ended(child: &Child) {
    let Some(leader) = leader(child) else { return };
    let mut changes = signal(SignalKind::child()).ok();
    // From now on no change is missed, so the state before the first is looked at too.
    while !has_ended(leader) {
        match &mut changes {
            Some(changes) => drop(changes.recv().await),
            None => tokio::time::sleep(LOOKING).await,
        }
    }
}

fn has_ended(leader: Pid) -> bool {
    let looking = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
    !matches!(waitid(WaitId::Pid(leader), looking), Ok(None))
}
