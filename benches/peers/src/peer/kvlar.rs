//! kvlar-core: rules in order, the exact names first, the first that matches answers with allow, approval or deny. There
//! is no word for `notify`, and no comparison of sizes.

use kvlar_core::{Action, Decision, Engine};
use serde_json::{Value, json};

use super::{Peer, goes_ahead, params};
use crate::policies::{Entry, Says};
use crate::questions::{AGENT, Question};

struct Kvlar {
    engine: Engine,
    actions: Vec<Action>,
}

pub(super) fn load(entries: &[Entry]) -> Option<Box<dyn Peer>> {
    let mut rules: Vec<Value> = entries.iter().flat_map(rules).collect();
    rules.sort_by_key(|rule| rule["match_on"]["resources"][0].as_str().is_some_and(|pattern| pattern.contains('*')));
    rules.push(rule("*", "approval_required", json!([])));
    let policy = json!({"name": "bench", "description": "", "version": "1", "rules": rules});
    let mut engine = Engine::new();
    engine.load_policy(serde_json::from_value(policy).ok()?);
    Some(Box::new(Kvlar { engine, actions: Vec::new() }))
}

fn rules(entry: &Entry) -> Vec<Value> {
    let test =
        |field: &str, operator: &str, value: Value| json!([{"field": field, "operator": operator, "value": value}]);
    let pattern = entry.pattern.as_str();
    match entry.says {
        Says::Tier(tier, _) => vec![rule(pattern, tier, json!([]))],
        Says::Write => vec![
            rule(pattern, "notify", test("path", "starts_with", "/workspace/".into())),
            rule(pattern, "approval_required", json!([])),
        ],
        Says::Push => vec![
            rule(pattern, "approval_required", test("branch", "eq", "main".into())),
            rule(pattern, "autonomous", test("branch", "in", json!(["dev", "test"]))),
            rule(pattern, "notify", json!([])),
        ],
    }
}

fn rule(pattern: &str, tier: &str, conditions: Value) -> Value {
    let effect = match tier {
        "approval_required" => json!({"type": "require_approval", "reason": tier}),
        "blocked" => json!({"type": "deny", "reason": tier}),
        _ => json!({"type": "allow"}),
    };
    let matched = json!({"resources": [pattern], "conditions": conditions});
    json!({"id": pattern, "description": "", "match_on": matched, "effect": effect})
}

impl Peer for Kvlar {
    fn prepare(&mut self, questions: &[Question]) {
        let action = |question: &Question| {
            let params = params(question);
            let fields = params.as_object().into_iter().flatten();
            let action = Action::new("tool_call", question.capability.as_str(), AGENT);
            fields.fold(action, |action, (key, value)| action.with_param(key.as_str(), value.clone()))
        };
        self.actions = questions.iter().map(action).collect();
    }

    fn ask(&self, at: usize) -> &'static str {
        match self.engine.evaluate(&self.actions[at]) {
            Decision::Allow { .. } => "notify",
            Decision::RequireApproval { .. } => "approval_required",
            Decision::Deny { .. } => "blocked",
        }
    }

    fn agrees(&self, answer: &str, right: &str) -> bool {
        answer == right || (goes_ahead(answer) && goes_ahead(right))
    }
}
