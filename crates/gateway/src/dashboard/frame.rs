//! What stands around every page: who is signed in, how many requests wait, what is wrong with the policy files.

use std::sync::Arc;

use jiff::Timestamp;
use kruxos_approvals::{StoreError, Supervisor};

use super::age::Age;
use super::assets::{self, Assets};
use super::text::{Markup, beginning, shown};
use crate::Gateway;
use crate::wire::{PolicyProblem, StatusDocument};

/// Findings that a banner shows.
const MOST_FINDINGS: usize = 5;
/// Characters of one finding.
const LONGEST_FINDING: usize = 500;

/// What stands around a page.
pub(crate) struct Frame {
    /// The title, without the count.
    pub(crate) title: String,
    /// Which page of the navigation this is.
    pub(crate) here: &'static str,
    /// Who is signed in.
    pub(crate) who: Markup,
    /// How many requests wait.
    pub(crate) pending: u64,
    /// The last record when the page was made: news are what comes behind it.
    pub(crate) head: u64,
    /// What is wrong with the policy files.
    pub(crate) problem: Option<ProblemView>,
    /// The page, to ask for again when there are news.
    pub(crate) refresh: String,
    /// Where news come from; empty: the page needs none.
    pub(crate) live: String,
    /// What pages are made of.
    pub(crate) assets: &'static Assets,
}

/// Policy files that do not load.
pub(crate) struct ProblemView {
    pub(crate) since: Age,
    pub(crate) findings: Vec<Markup>,
    pub(crate) more: usize,
}

impl ProblemView {
    fn of(problem: &PolicyProblem, now: Timestamp) -> Self {
        let findings = problem.findings.iter().take(MOST_FINDINGS);
        Self {
            since: Age::of(problem.since, now),
            findings: findings.map(|finding| shown(beginning(finding, LONGEST_FINDING).0)).collect(),
            more: problem.findings.len().saturating_sub(MOST_FINDINGS),
        }
    }
}

/// The frame of a page, with how the gateway is.
pub(crate) async fn frame(
    gateway: &Arc<Gateway>,
    by: &Supervisor,
    here: &'static str,
    title: impl Into<String>,
) -> Result<(Frame, StatusDocument), StoreError> {
    let status = gateway.status(&by.name).await?;
    Ok((of_status(&status, here, title.into(), Timestamp::now()), status))
}

/// The frame of a page, as the gateway is.
pub(crate) fn of_status(status: &StatusDocument, here: &'static str, title: String, now: Timestamp) -> Frame {
    Frame {
        title,
        here,
        who: shown(&status.supervisor),
        pending: status.pending,
        head: status.head.sequence,
        problem: status.policy.problem.as_ref().map(|problem| ProblemView::of(problem, now)),
        refresh: format!("/{here}"),
        live: format!("/live?after={}", status.head.sequence),
        assets: assets::all(),
    }
}
