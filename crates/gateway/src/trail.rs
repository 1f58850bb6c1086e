//! What supervisors and auditors read: the audit trail, how the gateway is, and what it would say of a call.

use jiff::Timestamp;
use kruxos_approvals::audit::{Head, Outcome};
use kruxos_approvals::request::{RequestId, State};
use kruxos_approvals::store::{AuditQuery, RequestQuery};
use kruxos_approvals::{Params, StoreError};
use kruxos_policy::explain::{Explanation, TestExplanation, TestOutcome};
use kruxos_policy::json::{Json, Object};
use kruxos_policy::pattern::NamePattern;
use kruxos_policy::wire::DecisionDocument;

use crate::error::AuditError;
use crate::gateway::Gateway;
use crate::policies::Judged;
use crate::wire::{AuditDocument, PolicyDocument, RecordDocument, StatusDocument, TryBody, VerifyDocument};

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

impl Gateway {
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

    /// Which policies decide.
    #[must_use]
    pub fn policy(&self) -> PolicyDocument {
        self.policies.document()
    }

    /// What the policies in force say of a call, without making it: `{"decision": …, "explanation": [lines]}`.
    ///
    /// # Errors
    /// When the params are no object.
    pub fn try_call(&self, body: &TryBody) -> Result<serde_json::Value, String> {
        let params = body
            .params
            .as_ref()
            .map_or_else(|| Params::of(&Json::Object(Object::default())), |text| Params::of(&text.json()));
        let params = params.map_err(|error| error.to_string())?;
        let call = Judged {
            agent: &body.agent,
            session: None,
            capability: &body.capability,
            params: &params,
            at: Timestamp::now(),
        };
        let in_force = self.policies.in_force();
        let decision = in_force.with_decision(call, |decision| {
            serde_json::to_value(DecisionDocument::from(&*decision)).map_err(|error| error.to_string())
        })?;
        let explanation = explained(&in_force.explain(call));
        Ok(serde_json::json!({ "decision": decision, "explanation": explanation }))
    }

    /// How the gateway is.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn status(&self, supervisor: &str) -> Result<StatusDocument, StoreError> {
        let query = RequestQuery { states: vec![State::Pending], limit: 1, ..RequestQuery::default() };
        let address = |pick: fn(crate::gateway::Addresses) -> std::net::SocketAddr, usual: &str| {
            self.addresses().map_or_else(|| usual.to_owned(), |addresses| pick(addresses).to_string())
        };
        Ok(StatusDocument {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            started_at: self.started_at,
            agents_address: address(|addresses| addresses.agents, &self.options.agents),
            supervisors_address: address(|addresses| addresses.supervisors, &self.options.supervisors),
            supervisor: supervisor.to_owned(),
            pending: self.store.requests(query).await?.total,
            head: self.store.head().await?,
            policy: self.policy(),
        })
    }

    /// Whether the store answers.
    pub async fn healthy(&self) -> bool {
        !self.is_stopping() && self.store.head().await.is_ok()
    }
}

/// An explanation in sentences, one a line.
fn explained(explanation: &Explanation) -> Vec<String> {
    let layers = explanation.layers.iter().map(|layer| match layer.tier {
        Some(tier) => format!("the layer {} says {tier}", layer.layer),
        None => format!("the layer {} has no answer", layer.layer),
    });
    let policies = explanation.layers.iter().flat_map(|layer| &layer.policies);
    let tests = policies.flat_map(|policy| {
        let rules = policy.entries.iter().flat_map(|entry| &entry.rules).filter(|rule| rule.reached);
        rules.flat_map(|rule| &rule.tests).map(|test| tested(&policy.file, test))
    });
    let changes = explanation.changes.iter().map(|change| {
        format!("if `{}` were {}, the tier would be {}", change.test, word(change.would_be), change.tier)
    });
    layers.chain(tests).chain(changes).collect()
}

fn tested(file: &str, test: &TestExplanation) -> String {
    let said = format!("{file}:{}: `{}` is {}", test.line, test.test, word(test.outcome));
    let cause = test.cause.as_ref().map(|cause| format!(": {cause}"));
    let help = test.help.as_ref().map(|help| format!(" ({help})"));
    format!("{said}{}{}", cause.unwrap_or_default(), help.unwrap_or_default())
}

const fn word(outcome: TestOutcome) -> &'static str {
    match outcome {
        TestOutcome::True => "true",
        TestOutcome::False => "false",
        TestOutcome::Unknown => "unknown",
    }
}
