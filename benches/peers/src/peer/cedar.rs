//! Cedar: one `permit` for each outcome, its tier an annotation; the strictest of those that permitted is the answer.

use std::collections::HashMap;
use std::fmt::Write;

use cedar_policy::{Authorizer, Context, Entities, EntityUid, PolicyId, PolicySet, Request};

use super::{Peer, narrower, params, tier};
use crate::policies::{Entry, Says};
use crate::questions::{AGENT, Question};

struct Cedar {
    authorizer: Authorizer,
    policies: PolicySet,
    tiers: HashMap<PolicyId, &'static str>,
    entities: Entities,
    requests: Vec<Request>,
}

pub(super) fn load(entries: &[Entry]) -> Option<Box<dyn Peer>> {
    let text: String = entries.iter().map(|entry| render(entry, entries)).collect();
    let policies: PolicySet = text.parse().ok()?;
    let tiers =
        policies.policies().map(|policy| (policy.id().clone(), tier(policy.annotation("tier").unwrap_or_default())));
    let tiers = tiers.collect();
    Some(Box::new(Cedar {
        authorizer: Authorizer::new(),
        policies,
        tiers,
        entities: Entities::empty(),
        requests: Vec::new(),
    }))
}

fn render(entry: &Entry, entries: &[Entry]) -> String {
    let pattern = &entry.pattern;
    let scope = format!("principal, action == Action::\"{pattern}\", resource");
    let mut text = String::new();
    let mut permit = |tier: &str, scope: &str, when: &str| {
        let _ = writeln!(text, "@tier(\"{tier}\") permit({scope}) when {{ {when} }};");
    };
    match entry.says {
        Says::Tier(tier, _) if pattern.contains('*') => {
            let but: String =
                narrower(pattern, entries).iter().map(|n| format!(" && context.capability != \"{n}\"")).collect();
            permit(tier, "principal, action, resource", &format!("context.capability like \"{pattern}\"{but}"));
        }
        Says::Tier(tier, _) => permit(tier, &scope, "true"),
        Says::Write => {
            let inside = "(context.path == \"/workspace\" || context.path like \"/workspace/*\")";
            permit("autonomous", &scope, &format!("{inside} && context.size < 10240"));
            permit("notify", &scope, &format!("{inside} && context.size >= 10240"));
        }
        Says::Push => {
            permit("approval_required", &scope, "context.branch == \"main\"");
            permit("autonomous", &scope, "[\"dev\", \"test\"].contains(context.branch)");
            permit("notify", &scope, "!([\"main\", \"dev\", \"test\"].contains(context.branch))");
        }
    }
    text
}

fn uid(kind: &str, id: &str) -> EntityUid {
    format!("{kind}::\"{id}\"").parse().expect("a uid")
}

impl Peer for Cedar {
    /// The size is counted here: the language has no function for it.
    fn prepare(&mut self, questions: &[Question]) {
        let request = |question: &Question| {
            let mut context = params(question);
            let size = context.get("content").and_then(|content| content.as_str()).map(str::len);
            let fields = context.as_object_mut().expect("an object");
            fields.extend(size.map(|size| ("size".to_owned(), size.into())));
            fields.insert("capability".to_owned(), question.capability.clone().into());
            let context = Context::from_json_value(context, None).expect("a context");
            let (agent, action) = (uid("Agent", AGENT), uid("Action", &question.capability));
            Request::new(agent, action, uid("Host", "here"), context, None).expect("a request")
        };
        self.requests = questions.iter().map(request).collect();
    }

    fn ask(&self, at: usize) -> &'static str {
        let response = self.authorizer.is_authorized(&self.requests[at], &self.policies, &self.entities);
        let strictness = ["autonomous", "notify", "approval_required", "blocked"];
        let said = response.diagnostics().reason().filter_map(|id| self.tiers.get(id).copied());
        said.max_by_key(|said| strictness.iter().position(|tier| tier == said)).unwrap_or("approval_required")
    }
}
