//! CEL expressions alone: there are no entries, so a hash table of ours finds the rules of a name, and only calls whose
//! entry has conditions are asked.

use std::collections::HashMap;
use std::sync::Arc;

use cel::{Context, Env, Program, Value};

use super::{Peer, params, tier};
use crate::policies::{Entry, Says};
use crate::questions::{Kind, Question};

struct Cel {
    env: Arc<Env>,
    rules: HashMap<String, Vec<(Program, &'static str)>>,
    calls: Vec<(String, Value)>,
}

const INSIDE: &str = "(params.path == '/workspace' || params.path.startsWith('/workspace/'))";

pub(super) fn load(entries: &[Entry]) -> Option<Box<dyn Peer>> {
    let env = Arc::new(Env::stdlib());
    let mut rules = HashMap::new();
    for entry in entries {
        let texts = match entry.says {
            Says::Tier(..) => continue,
            Says::Write => vec![
                (format!("{INSIDE} && size(params.content) < 10240"), "autonomous"),
                (INSIDE.to_owned(), "notify"),
                ("true".to_owned(), "approval_required"),
            ],
            Says::Push => vec![
                ("params.branch == 'main'".to_owned(), "approval_required"),
                ("params.branch in ['dev', 'test']".to_owned(), "autonomous"),
                ("true".to_owned(), "notify"),
            ],
        };
        let compiled = texts.into_iter().map(|(text, tier)| Some((env.compile(&text).ok()?, tier)));
        rules.insert(entry.pattern.clone(), compiled.collect::<Option<Vec<_>>>()?);
    }
    Some(Box::new(Cel { env, rules, calls: Vec::new() }))
}

impl Peer for Cel {
    fn takes(&self, kind: Kind) -> bool {
        matches!(kind, Kind::Conditional | Kind::Unknown)
    }

    fn prepare(&mut self, questions: &[Question]) {
        let call = |question: &Question| {
            let params = cel::to_value(params(question)).expect("a value");
            (question.capability.clone(), params)
        };
        self.calls = questions.iter().map(call).collect();
    }

    /// A rule whose condition is an error is passed over, as is usual where CEL is embedded.
    fn ask(&self, at: usize) -> &'static str {
        let (capability, params) = &self.calls[at];
        let mut context = Context::with_env(Arc::clone(&self.env));
        context.add_variable_from_value("params", params.clone());
        let rules = self.rules.get(capability).map_or(&[][..], Vec::as_slice);
        let holds = |(program, _): &&(Program, &str)| matches!(program.execute(&context), Ok(Value::Bool(true)));
        rules.iter().find(holds).map_or("blocked", |(_, said)| tier(said))
    }
}
