//! The group of processes that a program leads, and its end.

use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process_group, waitid};
use tokio::process::Child;
use tokio::signal::unix::{SignalKind, signal};

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
pub(super) async fn ended(child: &mut Child) {
    let (Some(leader), Ok(mut changes)) = (leader(child), signal(SignalKind::child())) else {
        // How it ended is asked again.
        drop(child.wait().await);
        return;
    };
    // From now on no change is missed, so the state before the first is looked at too.
    while !has_ended(leader) && changes.recv().await.is_some() {}
}

fn has_ended(leader: Pid) -> bool {
    let looking = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
    !matches!(waitid(WaitId::Pid(leader), looking), Ok(None))
}
