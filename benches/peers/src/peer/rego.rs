//! Rego: the entries as data, looked up by name, first segment and last segment; the tests of parameters as rules.

use std::cell::RefCell;

use regorus::{Engine, Value};
use serde_json::{Map, json};

use super::{Peer, params, tier};
use crate::policies::{Entry, Says};
use crate::questions::{AGENT, Question};

struct Rego {
    engine: RefCell<Engine>,
    inputs: Vec<Value>,
}

const POLICY: &str = r#"package policy
import rego.v1

strictness := {"autonomous": 0, "notify": 1, "approval_required": 2, "blocked": 3}

said contains data.prefixes[split(input.capability, ".")[0]]
said contains data.suffixes[last] if {
    segments := split(input.capability, ".")
    last := segments[count(segments) - 1]
}

inside if input.params.path == "/workspace"
inside if startswith(input.params.path, "/workspace/")

write := "autonomous" if {
    inside
    count(input.params.content) < 10240
} else := "notify" if {
    inside
} else := "approval_required"

push := "approval_required" if {
    input.params.branch == "main"
} else := "autonomous" if {
    input.params.branch in {"dev", "test"}
} else := "notify"

tier := data.exact[input.capability] if {
    data.exact[input.capability]
} else := write if {
    data.writes[input.capability]
} else := push if {
    data.pushes[input.capability]
} else := strictest if {
    highest := max([strictness[one] | some one in said])
    some strictest
    strictness[strictest] == highest
} else := "approval_required"
"#;

pub(super) fn load(entries: &[Entry]) -> Option<Box<dyn Peer>> {
    let [mut exact, mut prefixes, mut suffixes, mut writes, mut pushes] = [(); 5].map(|()| Map::new());
    for entry in entries {
        let pattern = entry.pattern.as_str();
        match (entry.says, pattern.strip_suffix(".*"), pattern.strip_prefix("*.")) {
            (Says::Tier(tier, _), Some(first), _) => prefixes.insert(first.to_owned(), tier.into()),
            (Says::Tier(tier, _), _, Some(last)) => suffixes.insert(last.to_owned(), tier.into()),
            (Says::Tier(tier, _), ..) => exact.insert(pattern.to_owned(), tier.into()),
            (Says::Write, ..) => writes.insert(pattern.to_owned(), true.into()),
            (Says::Push, ..) => pushes.insert(pattern.to_owned(), true.into()),
        };
    }
    let data = json!({"exact": exact, "prefixes": prefixes, "suffixes": suffixes, "writes": writes, "pushes": pushes});
    let mut engine = Engine::new();
    engine.add_policy("policy.rego".to_owned(), POLICY.to_owned()).ok()?;
    engine.add_data(Value::from_json_str(&data.to_string()).ok()?).ok()?;
    Some(Box::new(Rego { engine: RefCell::new(engine), inputs: Vec::new() }))
}

impl Peer for Rego {
    fn prepare(&mut self, questions: &[Question]) {
        let input = |question: &Question| {
            let input = json!({"agent": AGENT, "capability": question.capability, "params": params(question)});
            Value::from_json_str(&input.to_string()).expect("an input")
        };
        self.inputs = questions.iter().map(input).collect();
    }

    fn ask(&self, at: usize) -> &'static str {
        let mut engine = self.engine.borrow_mut();
        engine.set_input(self.inputs[at].clone());
        let answer = engine.eval_rule("data.policy.tier".to_owned());
        answer.as_ref().ok().and_then(|answer| answer.as_string().ok()).map_or("blocked", |name| tier(name))
    }
}
