//! What happens, as it happens.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Html;
use jiff::Timestamp;
use kruxos_approvals::audit::Entry;
use serde::Deserialize;

use super::door::{SignedIn, query};
use super::frame::{Frame, frame};
use super::record::{RecordRow, is_news, is_notified};
use super::trouble::Trouble;
use crate::Gateway;
use crate::trail::AuditFilter;

/// Records to look through, and lines to show of them.
const LOOKED_THROUGH: u32 = 500;
const SHOWN: usize = 100;

/// What to watch.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct Watch {
    #[serde(default)]
    pub(crate) agent: String,
    /// `notify`: only what supervisors are told of.
    #[serde(default)]
    pub(crate) only: String,
}

impl Watch {
    /// Whether this is watched.
    pub(crate) fn takes(&self, entry: &Entry) -> bool {
        let agent = self.agent.is_empty() || entry.agent.as_deref() == Some(self.agent.as_str());
        agent && is_news(entry) && (self.only != "notify" || is_notified(entry))
    }
}

#[derive(Template)]
#[template(path = "activity.html")]
struct Page {
    frame: Frame,
    agent: String,
    only_notify: bool,
    records: Vec<RecordRow>,
}

/// `GET /activity`.
pub(crate) async fn page(
    SignedIn(by): SignedIn,
    State(gateway): State<Arc<Gateway>>,
    Query(watch): Query<Watch>,
) -> Result<Html<String>, Trouble> {
    let (mut frame, _) = frame(&gateway, &by, "activity", "Activity").await?;
    let asked = query(&[("agent", &watch.agent), ("only", &watch.only)]);
    frame.refresh = format!("/activity?{asked}");
    frame.live = format!("/live?after={}&view=activity&{asked}", frame.head);
    let agent = Some(watch.agent.clone()).filter(|agent| !agent.is_empty());
    let filter = AuditFilter { agent, limit: LOOKED_THROUGH, ..AuditFilter::default() };
    let now = Timestamp::now();
    // What is behind the head that news begin with would be shown twice.
    let records = gateway.trail.audit(&filter).await?.records.into_iter().map(|document| document.record);
    let records = records.filter(|record| record.sequence <= frame.head && watch.takes(&record.entry));
    let records = records.take(SHOWN).map(|record| RecordRow::of(&record, now)).collect();
    let page = Page { frame, only_notify: watch.only == "notify", agent: watch.agent, records };
    Ok(Html(page.render()?))
}
