//! Which policies are in force, what they say, and what they would say of a call.

use std::sync::Arc;

use askama::Template;
use axum::Form;
use axum::extract::State;
use axum::response::Html;
use jiff::Timestamp;
use kruxos_approvals::{JsonText, Role, Supervisor};
use serde::Deserialize;
use serde_json::Value;

use super::age::Age;
use super::door::SignedIn;
use super::frame::{Frame, frame};
use super::request::pretty;
use super::text::{Markup, shown};
use super::trouble::Trouble;
use crate::Gateway;
use crate::wire::{LoadedEntry, LoadedPolicy, LoadedRule, TryBody};

#[derive(Template)]
#[template(path = "policy.html")]
struct Page {
    frame: Frame,
    digest: Markup,
    loaded: Age,
    baseline: bool,
    agents: Vec<String>,
    tried: Tried,
    wrong: Option<Markup>,
    answer: Option<AnswerView>,
    policies: Vec<PolicyView>,
}

/// A call to be judged, as the form writes it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Tried {
    agent: String,
    capability: String,
    params: String,
}

struct AnswerView {
    tier: String,
    reason: Markup,
    explanation: Option<Markup>,
    decision: Markup,
}

struct PolicyView {
    name: Markup,
    layer: Markup,
    agent: Option<Markup>,
    file: Markup,
    entries: Vec<EntryView>,
}

struct EntryView {
    capability: Markup,
    tier: Option<String>,
    reason: Option<Markup>,
    line: u32,
    rules: Vec<RuleView>,
}

struct RuleView {
    id: Option<Markup>,
    condition: Markup,
    tier: String,
    line: u32,
}

/// `GET /policy`.
pub(crate) async fn page(SignedIn(by): SignedIn, State(gateway): State<Arc<Gateway>>) -> Result<Html<String>, Trouble> {
    show(&gateway, &by, Tried::default(), None).await
}

/// `POST /policy/try`.
pub(crate) async fn try_call(
    SignedIn(by): SignedIn,
    State(gateway): State<Arc<Gateway>>,
    Form(tried): Form<Tried>,
) -> Result<Html<String>, Trouble> {
    let answer = body(&tried).and_then(|body| gateway.policies.try_call(&body));
    show(&gateway, &by, tried, Some(answer)).await
}

fn body(tried: &Tried) -> Result<TryBody, String> {
    let text = tried.params.trim();
    let params = (!text.is_empty()).then(|| JsonText::parse(text)).transpose();
    let params = params.map_err(|error| format!("the parameters are not JSON: {error}"))?;
    Ok(TryBody { agent: tried.agent.trim().to_owned(), capability: tried.capability.trim().to_owned(), params })
}

async fn show(
    gateway: &Arc<Gateway>,
    by: &Supervisor,
    tried: Tried,
    answer: Option<Result<Value, String>>,
) -> Result<Html<String>, Trouble> {
    let (frame, status) = frame(gateway, by, "policy", "Policy").await?;
    let agents = gateway.accounts.accounts(Role::Agent).await?.into_iter().map(|account| account.name).collect();
    let (answer, wrong) = match answer {
        None => (None, None),
        Some(Ok(document)) => (Some(AnswerView::of(&document)), None),
        Some(Err(why)) => (None, Some(shown(&why))),
    };
    let policy = status.policy;
    let page = Page {
        frame,
        digest: shown(&policy.digest),
        loaded: Age::of(policy.loaded_at, Timestamp::now()),
        baseline: policy.baseline,
        agents,
        tried,
        wrong,
        answer,
        policies: policy.policies.iter().map(PolicyView::of).collect(),
    };
    Ok(Html(page.render()?))
}

impl AnswerView {
    /// The decision is the document's own field, or the document.
    fn of(document: &Value) -> Self {
        let decision = document.get("decision").unwrap_or(document);
        let text = |key: &str| decision.get(key).and_then(Value::as_str).unwrap_or_default();
        let lines = document.get("explanation").and_then(Value::as_array);
        Self {
            tier: text("tier").to_owned(),
            reason: shown(text("reason")),
            explanation: lines.map(|lines| Markup::lines(lines.iter().filter_map(Value::as_str).map(shown))),
            decision: pretty(decision).0,
        }
    }
}

impl PolicyView {
    fn of(policy: &LoadedPolicy) -> Self {
        Self {
            name: shown(&policy.name),
            layer: shown(&policy.layer),
            agent: policy.agent.as_deref().map(shown),
            file: shown(&policy.file),
            entries: policy.entries.iter().map(|entry| EntryView::of(entry, &policy.name)).collect(),
        }
    }
}

impl EntryView {
    /// A reason that only says again what is shown beside it is left out.
    fn of(entry: &LoadedEntry, policy: &str) -> Self {
        let said = entry.tier.as_ref().map(|tier| format!("`{}` is {tier} in `{policy}`", entry.capability));
        Self {
            capability: shown(&entry.capability),
            tier: entry.tier.clone(),
            reason: entry.reason.as_ref().filter(|reason| said.as_ref() != Some(reason)).map(|reason| shown(reason)),
            line: entry.line,
            rules: entry.rules.iter().map(RuleView::of).collect(),
        }
    }
}

impl RuleView {
    fn of(rule: &LoadedRule) -> Self {
        Self {
            id: rule.id.as_deref().map(shown),
            condition: shown(&rule.condition),
            tier: rule.tier.clone(),
            line: rule.line,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::testing::Stage;

    async fn page(without_baseline: bool) -> String {
        let stage = Stage::with(|options| options.without_baseline = without_baseline).await;
        let ada = Supervisor { name: "ada".to_owned(), groups: Vec::new() };
        show(&stage.gateway, &ada, Tried::default(), None).await.unwrap_or_else(|_| panic!("no page")).0
    }

    #[tokio::test]
    async fn a_page_says_when_the_baseline_is_left_out_and_nothing_when_it_is_in_force() {
        let with = page(false).await;
        assert!(with.contains("<b>system-baseline</b>") && !with.contains("--without-baseline"), "{with}");
        let without = page(true).await;
        assert!(!without.contains("<b>system-baseline</b>"), "{without}");
        assert!(without.contains("<code>system-baseline</code> is not in force"), "{without}");
    }
}
