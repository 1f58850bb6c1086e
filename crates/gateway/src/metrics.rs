//! What a gateway counts, as Prometheus reads it. Nearly all of it is read off the audit trail, so that nothing that
//! decides or executes has to know that it is counted.
//!
//! Each gateway has a recorder of its own; nothing is shared by all gateways of a process.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt as _;
use jiff::Timestamp;
use kruxos_approvals::audit::{Event, Outcome, Record};
use metrics::{counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram, with_local_recorder};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusRecorder};

use crate::lifetime::Lifetime;
use crate::policies::Policies;
use crate::trail::Trail;
use crate::wire::StatusDocument;

const DECISIONS: &str = "kruxos_decisions_total";
const OUTCOMES: &str = "kruxos_outcomes_total";
const DURATION: &str = "kruxos_execution_duration_seconds";
const POLICY_LOADS: &str = "kruxos_policy_loads_total";
const POLICY_CURRENT: &str = "kruxos_policy_current";
const PENDING: &str = "kruxos_approvals_pending";
const AUDIT_SEQUENCE: &str = "kruxos_audit_sequence";
const FAILURES: &str = "kruxos_authentication_failures_total";
const DELIVERIES: &str = "kruxos_webhook_deliveries_total";

/// Upper bounds of executions' durations, in seconds.
const BOUNDS: [f64; 12] = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 10.0, 30.0, 60.0, 300.0];
/// Executions that may be open at once and still be timed.
const MOST_OPEN: usize = 10_000;
/// How often what was recorded is summed up, so that it does not pile up between two readings.
const UPKEEP: Duration = Duration::from_secs(5);

/// What one gateway counts.
pub struct Metrics {
    recorder: PrometheusRecorder,
}

impl std::fmt::Debug for Metrics {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Metrics").finish_non_exhaustive()
    }
}

impl Default for Metrics {
    fn default() -> Self {
        // Without its bounds the histogram would be a summary; there are bounds, so they are taken.
        let builder = PrometheusBuilder::new();
        let recorder = builder.set_buckets(&BOUNDS).unwrap_or_default().build_recorder();
        let own = Self { recorder };
        own.record(describe);
        own
    }
}

fn describe() {
    describe_counter!(DECISIONS, "Calls that the policies decided, by tier.");
    describe_counter!(OUTCOMES, "What became of calls and requests, by outcome.");
    describe_histogram!(DURATION, "How long calls took to carry out, by outcome.");
    describe_counter!(POLICY_LOADS, "Changed policy files that were loaded, by result.");
    describe_gauge!(POLICY_CURRENT, "1 when the policy files as they are now are in force, 0 when they do not load.");
    describe_gauge!(PENDING, "Requests that wait for supervisors.");
    describe_gauge!(AUDIT_SEQUENCE, "Sequence number of the last record of the audit trail.");
    describe_counter!(FAILURES, "Requests without a key or token that opens an account, by side.");
    describe_counter!(DELIVERIES, "Attempts to tell a webhook, by result.");
}

impl Metrics {
    fn record<T>(&self, recording: impl FnOnce() -> T) -> T {
        with_local_recorder(&self.recorder, recording)
    }

    /// Somebody was not who they said they were; `side` is `agent` or `supervisor`.
    pub(crate) fn authentication_failed(&self, side: &'static str) {
        self.record(|| counter!(FAILURES, "side" => side).increment(1));
    }

    /// A webhook was told, or could not be; `result` is `delivered`, `failed` or `given_up`.
    pub(crate) fn delivered(&self, result: &'static str) {
        self.record(|| counter!(DELIVERIES, "result" => result).increment(1));
    }

    /// Everything that was counted, as Prometheus reads it.
    #[must_use]
    pub fn render(&self, status: &StatusDocument) -> String {
        let current = status.policy.problem.is_none();
        self.record(|| {
            gauge!(PENDING).set(number(status.pending));
            gauge!(AUDIT_SEQUENCE).set(number(status.head.sequence));
            gauge!(POLICY_CURRENT).set(f64::from(u8::from(current)));
        });
        self.recorder.handle().render()
    }

    /// Changed policy files were looked at.
    fn policies_loaded(&self, are_in_force: bool) {
        let result = if are_in_force { "loaded" } else { "failed" };
        self.record(|| counter!(POLICY_LOADS, "result" => result).increment(1));
    }

    /// Counts a record.
    fn observe(&self, record: &Record, open: &mut Open) {
        let entry = &record.entry;
        if let (Event::Decision, Some(decision)) = (entry.event, &entry.decision) {
            self.record(|| counter!(DECISIONS, "tier" => decision.tier.as_str()).increment(1));
        }
        if let Some(outcome) = entry.outcome {
            self.record(|| counter!(OUTCOMES, "outcome" => outcome.as_str()).increment(1));
        }
        if let Some((took, outcome)) = open.ended(record) {
            self.record(|| histogram!(DURATION, "outcome" => outcome.as_str()).record(took));
        }
    }
}

/// A count as Prometheus has it; beyond 2^53 it is not exact.
#[expect(clippy::cast_precision_loss, reason = "Prometheus knows no other numbers")]
fn number(count: u64) -> f64 {
    count as f64
}

/// When executions began that have not ended: of calls by the decision's sequence number, of requests by their id.
#[derive(Debug, Default)]
struct Open(BTreeMap<(bool, u64), Timestamp>);

impl Open {
    /// Notes that an execution begins; when one ends, how many seconds it took and how it ended.
    fn ended(&mut self, record: &Record) -> Option<(f64, Outcome)> {
        let entry = &record.entry;
        let key = match (entry.event, entry.request, entry.of) {
            (Event::Decision, ..) if entry.outcome.is_none() => (false, record.sequence),
            (Event::Execution, Some(id), _) => (true, id.0),
            (Event::Execution, None, Some(decision)) => (false, decision),
            _ => return None,
        };
        let Some(outcome) = entry.outcome else {
            if self.0.len() < MOST_OPEN {
                self.0.insert(key, record.at);
            }
            return None;
        };
        let began = self.0.remove(&key)?;
        Some((record.at.duration_since(began).as_secs_f64(), outcome))
    }
}

/// Counts everything that is written down from now on, until the gateway stops.
pub(crate) fn spawn(metrics: &Arc<Metrics>, trail: &Trail, policies: &Arc<Policies>, lifetime: &Lifetime) {
    let (own, policies, records) = (metrics.clone(), policies.clone(), trail.follow(None));
    lifetime.spawn(async move {
        let mut records = Box::pin(records);
        let mut upkeep = tokio::time::interval(UPKEEP);
        let mut open = Open::default();
        loop {
            tokio::select! {
                record = records.next() => match record {
                    Some(sealed) if sealed.record.entry.event == Event::Policy => {
                        own.policies_loaded(policies.document().problem.is_none());
                    }
                    Some(sealed) => own.observe(&sealed.record, &mut open),
                    None => break,
                },
                _ = upkeep.tick() => own.recorder.handle().run_upkeep(),
            }
        }
    });
}
