//! What the gateway tells the board: everything that waits at first, then each change as it happens.

use std::collections::BTreeSet;
use std::time::Duration;

use kruxos_approvals::RequestId;
use kruxos_gateway::wire::{RecordDocument, RequestDocument, RequestsDocument, VerdictBody};
use tokio::sync::mpsc::Sender;
use tokio::time::{sleep, timeout};

use super::board::{Effect, News, Word};
use crate::approve::path;
use crate::client::{Events, Kind, Problem, Remote};

/// Requests asked for at once.
const PAGE: u64 = 500;
/// Most requests that are shown; the oldest come first.
const MOST_SHOWN: usize = 20_000;
/// Between attempts to reach a gateway that went away.
const PAUSE: Duration = Duration::from_secs(1);
/// How long changes are gathered before they are asked about.
const GATHERING: Duration = Duration::from_millis(50);
/// Changed requests that are asked for one by one; of more, everything is asked for anew.
const ONE_BY_ONE: usize = 32;

/// Tells everything that happens, for as long as somebody listens.
pub(super) async fn follow(remote: Remote, tell: Sender<News>) {
    while !tell.is_closed() {
        if let Err(problem) = while_connected(&remote, &tell).await {
            let _ = tell.send(News::Lost(problem.message)).await;
        }
        sleep(PAUSE).await;
    }
}

/// The activity first and what waits second: nothing can happen between them unseen.
async fn while_connected(remote: &Remote, tell: &Sender<News>) -> Result<(), Problem> {
    let mut events = remote.activity(None).await?;
    tell_all(remote, tell).await?;
    loop {
        let first = match events.next().await {
            // A quiet connection may have died: another one is made, and nothing is said of it.
            Err(problem) if problem.kind == Kind::Quiet => return Ok(()),
            next => next?,
        };
        let changed = gather(first, &mut events).await?;
        if changed.len() > ONE_BY_ONE {
            tell_all(remote, tell).await?;
            continue;
        }
        for id in changed {
            look_up(remote, id, tell).await?;
        }
    }
}

async fn gather(first: RecordDocument, events: &mut Events) -> Result<BTreeSet<RequestId>, Problem> {
    let mut changed = BTreeSet::new();
    changed.extend(first.record.entry.request);
    while let Ok(next) = timeout(GATHERING, events.next()).await {
        changed.extend(next?.record.entry.request);
        if changed.len() > ONE_BY_ONE {
            break;
        }
    }
    Ok(changed)
}

/// Page by page, so that the first are there at once however many follow.
async fn tell_all(remote: &Remote, tell: &Sender<News>) -> Result<(), Problem> {
    let mut told = BTreeSet::new();
    let mut after: Option<RequestId> = None;
    loop {
        let mut query = vec![("state", "pending".to_owned()), ("limit", PAGE.to_string())];
        query.extend(after.map(|after| ("after", after.to_string())));
        let page: RequestsDocument = remote.get("/api/approvals", &query).await?;
        after = page.next.filter(|_| !page.approvals.is_empty());
        told.extend(page.approvals.iter().map(|request| request.id));
        let more = page.total.saturating_sub(told.len() as u64);
        let _ = tell.send(News::Some { requests: page.approvals, more }).await;
        if after.is_none() || told.len() >= MOST_SHOWN {
            break;
        }
    }
    let _ = tell.send(News::All(told)).await;
    Ok(())
}

async fn look_up(remote: &Remote, id: RequestId, tell: &Sender<News>) -> Result<(), Problem> {
    match remote.get::<RequestDocument>(&path(id), &[]).await {
        Ok(document) => _ = tell.send(News::One(Box::new(document))).await,
        Err(problem) if problem.kind == Kind::NotFound => {}
        Err(problem) => return Err(problem),
    }
    Ok(())
}

/// Does what a key asked for, and tells what came of it.
pub(super) async fn carry_out(remote: Remote, effect: Effect, tell: Sender<News>) {
    match effect {
        Effect::Leave => {}
        Effect::LookUp(id) => {
            if let Err(problem) = look_up(&remote, id, &tell).await {
                let _ = tell.send(News::Lost(problem.message)).await;
            }
        }
        Effect::Decide { id, word, reason } => {
            let verb = match word {
                Word::Approve => "approve",
                Word::Reject => "reject",
            };
            let answer = remote.post(&format!("{}/{verb}", path(id)), &VerdictBody { reason }).await;
            let _ = tell.send(News::Answer { id, word, answer: answer.map(Box::new) }).await;
        }
    }
}
