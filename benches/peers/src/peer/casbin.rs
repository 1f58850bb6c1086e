//! Casbin: a list of names and prefixes, the exact ones first, in which the first match says allow or deny. Suffixes and
//! conditions are left out; a tier is asked for as "may it go ahead without a person?".

use casbin::{CoreApi, DefaultModel, Enforcer, MemoryAdapter, MgmtApi};

use super::{Peer, goes_ahead};
use crate::policies::{Entry, Says};
use crate::questions::{Kind, Question};

struct Casbin {
    enforcer: Enforcer,
    capabilities: Vec<String>,
}

const MODEL: &str = "
[request_definition]
r = cap
[policy_definition]
p = cap, eft
[policy_effect]
e = priority(p.eft) || deny
[matchers]
m = keyMatch(r.cap, p.cap)
";

pub(super) fn load(entries: &[Entry]) -> Option<Box<dyn Peer>> {
    pollster::block_on(async {
        let model = DefaultModel::from_str(MODEL).await.ok()?;
        let mut enforcer = Enforcer::new(model, MemoryAdapter::default()).await.ok()?;
        let mut rules: Vec<Vec<String>> = entries.iter().filter_map(rule).collect();
        rules.sort_by_key(|rule| rule.first().is_some_and(|pattern| pattern.contains('*')));
        enforcer.add_policies(rules).await.ok()?;
        let peer: Box<dyn Peer> = Box::new(Casbin { enforcer, capabilities: Vec::new() });
        Some(peer)
    })
}

fn rule(entry: &Entry) -> Option<Vec<String>> {
    let Says::Tier(tier, _) = entry.says else { return None };
    let effect = if goes_ahead(tier) { "allow" } else { "deny" };
    Some(vec![entry.pattern.clone(), effect.to_owned()])
}

impl Peer for Casbin {
    fn takes(&self, kind: Kind) -> bool {
        matches!(kind, Kind::Exact | Kind::Glob)
    }

    fn prepare(&mut self, questions: &[Question]) {
        self.capabilities = questions.iter().map(|question| question.capability.clone()).collect();
    }

    fn ask(&self, at: usize) -> &'static str {
        match self.enforcer.enforce((self.capabilities[at].as_str(),)) {
            Ok(true) => "notify",
            _ => "approval_required",
        }
    }

    fn agrees(&self, answer: &str, right: &str) -> bool {
        goes_ahead(answer) == goes_ahead(right)
    }
}
