//! The audit trail, as supervisors and auditors read and follow it.

use std::sync::Arc;

use futures_util::Stream;
use jiff::Timestamp;
use kruxos_approvals::audit::{Draft, Entry, Event, Head, Outcome, SealedRecord};
use kruxos_approvals::request::RequestId;
use kruxos_approvals::store::AuditQuery;
use kruxos_approvals::{Store, StoreError};
use kruxos_policy::pattern::NamePattern;

use crate::error::AuditError;
use crate::feed::Feed;
use crate::wire::{AuditDocument, RecordDocument, VerifyDocument};

/// Which records to show.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditFilter {
    /// Of this agent.
    pub agent: Option<String>,
    /// Of capabilities that match this pattern.
    pub capability: Option<String>,
    /// With this outcome.
    pub outcome: Option<Outcome>,
    /// Of this request.
    pub request: Option<RequestId>,
    /// At or after this time.
    pub since: Option<Timestamp>,
    /// Before this time.
    pub until: Option<Timestamp>,
    /// With a sequence number below this one.
    pub before: Option<u64>,
    /// At most so many.
    pub limit: u32,
}

/// The audit trail.
#[derive(Clone)]
pub struct Trail {
    store: Arc<dyn Store>,
    feed: Feed,
}

impl Trail {
    pub(crate) const fn new(store: Arc<dyn Store>, feed: Feed) -> Self {
        Self { store, feed }
    }

    /// Appends a record of something that is no call.
    pub(crate) async fn note(&self, event: Event, what: String) -> Result<(), StoreError> {
        let entry = Entry { reason: Some(what), ..Entry::of(event) };
        self.store.append(vec![Draft { at: Timestamp::now(), entry }]).await.map(|_| ())
    }

    /// Where it ends.
    ///
    /// # Errors
    /// When it cannot be read.
    pub async fn head(&self) -> Result<Head, StoreError> {
        self.store.head().await
    }

    /// Every record behind a sequence number, and those to come; `None`: only those to come. Ends when the gateway stops.
    pub fn follow(&self, after: Option<u64>) -> impl Stream<Item = Arc<SealedRecord>> + Send + 'static + use<> {
        self.feed.follow(after)
    }

    /// Some records of the audit trail, the newest first.
    ///
    /// # Errors
    /// When the pattern is none, or the trail cannot be read.
    pub async fn audit(&self, filter: &AuditFilter) -> Result<AuditDocument, AuditError> {
        let capabilities = match &filter.capability {
            None => None,
            Some(pattern) => Some(self.audited(pattern).await?),
        };
        let query = AuditQuery {
            agent: filter.agent.clone(),
            capabilities,
            outcome: filter.outcome,
            admitted: false,
            request: filter.request,
            since: filter.since,
            until: filter.until,
            before: filter.before,
            limit: filter.limit,
        };
        let records = self.store.records(query).await?;
        let next = records.last().filter(|_| records.len() >= filter.limit as usize).map(|last| last.record.sequence);
        let documents = records.into_iter().map(|sealed| RecordDocument { record: sealed.record, hash: sealed.hash });
        Ok(AuditDocument { records: documents.collect(), next })
    }

    /// The capabilities in the trail that match a pattern.
    async fn audited(&self, pattern: &str) -> Result<Vec<String>, AuditError> {
        let wrong = |error: kruxos_policy::pattern::PatternError| {
            AuditError::BadPattern(format!("`{}` is no pattern of capabilities: {error}", pattern.escape_debug()))
        };
        let parsed = NamePattern::parse(pattern).map_err(wrong)?;
        let mut known = self.store.audited_capabilities().await?;
        known.retain(|name| parsed.matches(name));
        Ok(known)
    }

    /// Checks the whole trail; `expected` is a head it once had.
    ///
    /// # Errors
    /// When it cannot be read.
    pub async fn verify(&self, expected: Option<Head>) -> Result<VerifyDocument, StoreError> {
        Ok(match self.store.verify(expected).await? {
            Ok(head) => VerifyDocument { intact: true, head: Some(head), broken: None },
            Err(broken) => VerifyDocument { intact: false, head: None, broken: Some(broken) },
        })
    }
}
