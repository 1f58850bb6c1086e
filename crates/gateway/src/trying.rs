//! What the policies in force would say of a call that nobody makes.

use jiff::Timestamp;
use kruxos_approvals::Params;
use kruxos_policy::explain::{Explanation, TestExplanation, TestOutcome};
use kruxos_policy::json::{Json, Object};
use kruxos_policy::wire::DecisionDocument;

use crate::policies::{Judged, Policies};
use crate::wire::TryBody;

impl Policies {
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
        let in_force = self.in_force();
        let decision = in_force.with_decision(call, |decision| {
            serde_json::to_value(DecisionDocument::from(&*decision)).map_err(|error| error.to_string())
        })?;
        let explanation = explained(&in_force.explain(call));
        Ok(serde_json::json!({ "decision": decision, "explanation": explanation }))
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
