//! This engine. A call is asked as the borrowed form of a parsed document, with one scratch.

use std::cell::RefCell;

use kruxos_policy::{CallDocument, Engine, Loader, Scratch, yaml};

use super::{Peer, tier};
use crate::policies::{self, Entry};
use crate::questions::{AGENT, Question};

struct Kruxos {
    engine: Engine,
    scratch: RefCell<Scratch>,
    calls: Vec<CallDocument<'static>>,
}

pub(super) fn load(entries: &[Entry]) -> Option<Box<dyn Peer>> {
    let limits = yaml::Limits { bytes: 1 << 28, levels: 64, nodes: 100_000_000 };
    let set = Loader::new().limits(limits).policy("bench.yaml", policies::yaml(entries)).load().set?;
    let engine = Engine::new(set).ok()?;
    Some(Box::new(Kruxos { scratch: RefCell::new(engine.scratch()), engine, calls: Vec::new() }))
}

impl Peer for Kruxos {
    fn prepare(&mut self, questions: &[Question]) {
        let text = |question: &Question| {
            format!(r#"{{"agent":"{AGENT}","capability":"{}","params":{}}}"#, question.capability, question.params)
        };
        let document = |question| CallDocument::parse(String::leak(text(question)).as_bytes()).expect("a call");
        self.calls = questions.iter().map(document).collect();
    }

    fn ask(&self, at: usize) -> &'static str {
        let mut scratch = self.scratch.borrow_mut();
        tier(self.engine.decide(&mut scratch, &self.calls[at].call()).tier.as_str())
    }
}
