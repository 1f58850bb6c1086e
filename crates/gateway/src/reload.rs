//! Policies in a running gateway: a changed file is in force within a second, one that does not load changes nothing.

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use kruxos_approvals::audit::Event;
use kruxos_approvals::{Store, StoreError};
use kruxos_policy::files::MAX_FILES;
use notify::{RecursiveMode, Watcher};
use tokio::sync::mpsc;

use crate::lifetime::Lifetime;
use crate::policies::{InForce, Policies, Reload};
use crate::recount::Fresh;
use crate::trail::Trail;

/// How long to wait for more changes before looking: editors and `git checkout` write several files.
const SETTLING: Duration = Duration::from_millis(50);
/// How often to look whatever the system says: some file systems tell nobody of changes.
const SELDOM: Duration = Duration::from_millis(700);

/// Looks at the policy files whenever they change, until the gateway stops.
pub(crate) fn spawn(policies: &Arc<Policies>, store: &Arc<dyn Store>, trail: &Trail, lifetime: &Lifetime) {
    if policies.watched().next().is_none() {
        return;
    }
    let (own, until) = (lifetime.clone(), lifetime.clone());
    let look = Look { policies: policies.clone(), store: store.clone(), trail: trail.clone() };
    own.spawn(async move {
        let (tell, mut told) = mpsc::channel(1);
        let _watcher = look.watch(tell);
        // The first look is at everything: the files may have changed since they were loaded.
        let mut traces = Vec::new();
        while let Some(was_told) = until.unless_stopped(next_look(&mut told)).await {
            let now = look.traces().await;
            if was_told || now != traces {
                traces = now;
                look.at_policies().await;
            }
        }
    });
}

/// Who looks at the files.
struct Look {
    policies: Arc<Policies>,
    store: Arc<dyn Store>,
    trail: Trail,
}

impl Look {
    /// Has the system tell of changes. Without it, looking now and then is enough.
    fn watch(&self, tell: mpsc::Sender<()>) -> Option<notify::RecommendedWatcher> {
        let told = move |_: notify::Result<notify::Event>| {
            // A full channel says already that there is something to look at.
            let _ = tell.try_send(());
        };
        let mut watcher = notify::recommended_watcher(told)
            .inspect_err(|error| tracing::warn!(%error, "changes of policy files are noticed by looking only"))
            .ok()?;
        let mut folders: Vec<PathBuf> = self.policies.watched().map(folder_of).collect();
        folders.sort();
        folders.dedup();
        for folder in folders {
            if let Err(error) = watcher.watch(&folder, RecursiveMode::NonRecursive) {
                tracing::warn!(%error, "changes in a folder of policies are noticed by looking only");
            }
        }
        Some(watcher)
    }

    /// What the file system says of the policy files: reading them all again and again would be work for nothing.
    async fn traces(&self) -> Vec<Trace> {
        let policies = self.policies.clone();
        tokio::task::spawn_blocking(move || policies.watched().flat_map(traces_of).collect()).await.unwrap_or_default()
    }

    async fn at_policies(&self) {
        let policies = self.policies.clone();
        let looked = tokio::task::spawn_blocking(move || policies.look_again(Timestamp::now())).await;
        let told = match looked {
            Ok(Ok(new)) => match self.swap(new).await {
                Ok(told) => told,
                Err(error) => {
                    tracing::error!(%error, "calls could not be counted under new policies; the old ones stay in force");
                    return;
                }
            },
            Ok(Err(Reload::Same)) | Err(_) => return,
            Ok(Err(Reload::Mended)) => "the policy files load again as what is in force".to_owned(),
            Ok(Err(Reload::Refused(findings))) => {
                format!("the policy files do not load, what was in force stays: {}", findings.join("; "))
            }
        };
        tracing::info!("{told}");
        if let Err(error) = self.trail.note(Event::Policy, told).await {
            tracing::error!(%error, "the audit trail does not say what happened to the policies");
        }
    }

    /// Puts a set in force with what the old one has counted, the calls included that came in meanwhile.
    async fn swap(&self, new: InForce) -> Result<String, StoreError> {
        let old = self.policies.in_force();
        let fresh = Fresh::beside(&old, &new);
        let counted = fresh.count(&*self.store, &new).await?;
        let new = self.policies.put_in_force(new);
        if let Err(error) = fresh.count_others(&*self.store, &new, counted).await {
            tracing::error!(%error, "calls that came in during a change of policies could not be counted");
        }
        let old = old.engine.policy_set().digest();
        Ok(format!("policies {} are in force, in place of {old}", new.engine.policy_set().digest()))
    }
}

fn folder_of(path: &Path) -> PathBuf {
    if path.is_dir() {
        return path.to_owned();
    }
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new(".")).to_owned()
}

/// What tells one state of a file from the next: its path, inode, size, and when its content or name changed last.
type Trace = (PathBuf, Option<(u64, u64, i64, i64)>);

/// The traces of a file, or of a directory and each file in it.
fn traces_of(path: &Path) -> Vec<Trace> {
    let inside = std::fs::read_dir(path).into_iter().flatten().take(MAX_FILES).flatten().map(|entry| entry.path());
    let mut traces: Vec<Trace> = inside.chain([path.to_owned()]).map(trace).collect();
    traces.sort();
    traces
}

fn trace(path: PathBuf) -> Trace {
    let metadata = std::fs::metadata(&path).ok();
    let facts = metadata.map(|file| (file.ino(), file.len(), file.ctime(), file.ctime_nsec()));
    (path, facts)
}

/// Done when it is time to look at the files; whether the system told of a change.
async fn next_look(told: &mut mpsc::Receiver<()>) -> bool {
    let was_told = matches!(tokio::time::timeout(SELDOM, told.recv()).await, Ok(Some(())));
    if was_told {
        tokio::time::sleep(SETTLING).await;
        while told.try_recv().is_ok() {}
    }
    was_told
}
