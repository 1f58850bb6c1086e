//! What the tests of executors share: calls, and a judge that can be told what to say.

use std::sync::{Arc, Mutex};

use jiff::Timestamp;
use kruxos_approvals::Params;
use kruxos_policy::json::Json;
use kruxos_policy::tier::Tier;
use serde_json::Value;

use crate::executor::{Judge, Output, Work};

/// Refuses params that hold one of these texts, remembers what it was asked, and lets something happen meanwhile.
#[derive(Default)]
pub(super) struct Told {
    pub(super) refused: Vec<&'static str>,
    pub(super) meanwhile: Mutex<Option<Box<dyn FnOnce() + Send>>>,
    pub(super) asked: Mutex<Vec<String>>,
}

impl Judge for Told {
    fn allows(&self, _: &Work, params: &Params) -> Result<(), String> {
        self.asked.lock().unwrap().push(params.as_str().to_owned());
        if let Some(happens) = self.meanwhile.lock().unwrap().take() {
            happens();
        }
        match self.refused.iter().find(|text| params.as_str().contains(**text)) {
            Some(text) => Err(format!("`{text}` is blocked")),
            None => Ok(()),
        }
    }
}

/// A call that a judge of no objection comes with.
pub(super) fn work(capability: &str, params: Value) -> Work {
    judged(capability, params, &Arc::new(Told::default()))
}

/// A call that this judge comes with.
pub(super) fn judged(capability: &str, params: Value, judge: &Arc<Told>) -> Work {
    Work {
        agent: "my-agent".to_owned(),
        session: None,
        capability: capability.to_owned(),
        params: Params::of(&Json::from_value(&params).unwrap()).unwrap(),
        granted: Tier::Notify,
        at: Timestamp::UNIX_EPOCH,
        judge: Arc::<Told>::clone(judge) as Arc<dyn Judge>,
    }
}

/// What a call gave.
pub(super) fn data(output: &Output) -> Value {
    serde_json::from_str(output.data.as_str()).unwrap()
}
