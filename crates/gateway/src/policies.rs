//! The policies in force: loaded, swapped whole when their files change, kept when the files no longer load.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::ArcSwap;
use jiff::Timestamp;
use kruxos_approvals::{Admission, DecisionFacts, JsonText, Params, Spent};
use kruxos_policy::Call;
use kruxos_policy::catalog::CapabilityFacts;
use kruxos_policy::decision::Decision;
use kruxos_policy::engine::{Engine, Scratch};
use kruxos_policy::explain::Explanation;
use kruxos_policy::json::{Json, Object};
use kruxos_policy::outcome::Approval;
use kruxos_policy::policy_set::{Entry, Policy, Rule};
use kruxos_policy::rate_limit::RateLimit;

use crate::executors::ROOT;
use crate::policy_files::Files;
use crate::wire::{LoadedEntry, LoadedPolicy, LoadedRule, PolicyDocument, PolicyProblem};

/// Scratches that are kept for reuse.
const MOST_SCRATCHES: usize = 64;

/// A policy set that decides.
pub(crate) struct InForce {
    pub(crate) engine: Engine,
    pub(crate) loaded_at: Timestamp,
    policies: Vec<LoadedPolicy>,
    scratches: Mutex<Vec<Scratch>>,
}

/// A call to be judged.
#[derive(Clone, Copy)]
pub(crate) struct Judged<'a> {
    pub(crate) agent: &'a str,
    pub(crate) session: Option<&'a str>,
    pub(crate) capability: &'a str,
    pub(crate) params: &'a Params,
    pub(crate) at: Timestamp,
}

/// What the engine says of a call, and what the call has to be taken from.
#[derive(Clone, Debug)]
pub(crate) struct Judgement {
    pub(crate) facts: DecisionFacts,
    pub(crate) approval: Option<Approval>,
    /// The limits that the store is to take it from, in the transaction that begins or queues it.
    pub(crate) limits: Vec<Admission>,
    /// A spent limit, with the milliseconds until there is room.
    pub(crate) spent: Option<Option<u64>>,
}

impl Judgement {
    /// The same call, after a limit turned out to have no room: it gets that limit's word, and is counted nowhere.
    pub(crate) fn over(mut self, spent: &Spent) -> Self {
        let limits = std::mem::take(&mut self.limits);
        if let Some(limit) = limits.into_iter().nth(spent.place).filter(|limit| limit.on_exceed > self.facts.tier) {
            (self.facts.tier, self.facts.reason) = (limit.on_exceed, limit.said);
        }
        self.spent = Some(spent.retry_after_ms);
        self
    }
}

impl InForce {
    /// Decides a call that is to be made.
    pub(crate) fn decide(&self, call: Judged<'_>) -> Judgement {
        self.with_decision(call, |decision| Judgement {
            facts: DecisionFacts::from(&*decision),
            approval: decision.approval().cloned(),
            limits: decision.rate_limits.iter().map(Admission::from).collect(),
            spent: None,
        })
    }

    /// Decides a call that was counted before, or is not to be made.
    pub(crate) fn judge(&self, call: Judged<'_>) -> DecisionFacts {
        self.with_decision(call, |decision| DecisionFacts::from(&*decision))
    }

    /// Hands the decision about a call to `then`.
    pub(crate) fn with_decision<T>(&self, call: Judged<'_>, then: impl FnOnce(&mut Decision<'_>) -> T) -> T {
        self.with_call(call, |scratch, asked| then(&mut self.engine.decide(scratch, asked)))
    }

    /// Everything that has a part in the decision about a call.
    pub(crate) fn explain(&self, call: Judged<'_>) -> Explanation {
        self.with_call(call, |scratch, asked| self.engine.explain(scratch, asked))
    }

    fn with_call<T>(&self, call: Judged<'_>, then: impl FnOnce(&mut Scratch, &Call<'_>) -> T) -> T {
        let (params, context) = (call.params.json(), context(call.session));
        let Judged { agent, capability, at, .. } = call;
        let asked = Call { agent, capability, params: &params, context: &context, now: Some(at) };
        self.with_scratch(|scratch| then(scratch, &asked))
    }

    /// Lends a scratch of this engine's.
    fn with_scratch<T>(&self, then: impl FnOnce(&mut Scratch) -> T) -> T {
        let kept = self.scratches.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut scratch = kept.unwrap_or_else(|| self.engine.scratch());
        let result = then(&mut scratch);
        let mut scratches = self.scratches.lock().unwrap_or_else(PoisonError::into_inner);
        if scratches.len() < MOST_SCRATCHES {
            scratches.push(scratch);
        }
        result
    }

    /// What the catalog says of a capability.
    pub(crate) fn facts(&self, capability: &str) -> Option<&CapabilityFacts> {
        self.engine.policy_set().catalog()?.get(capability)
    }

    /// The longest window of any limit, in milliseconds; 0 without limits.
    pub(crate) fn longest_window_ms(&self) -> u64 {
        self.limited().flat_map(limits).map(|limit| limit.window_ms).max().unwrap_or(0)
    }

    /// The limits there are, by their identities.
    pub(crate) fn limits(&self) -> BTreeSet<String> {
        self.limited().flat_map(limits).map(|limit| limit.identity.to_string()).collect()
    }

    /// Whether a limit may count calls of this capability.
    pub(crate) fn is_limited(&self, capability: &str) -> bool {
        self.limited().any(|entry| entry.pattern.matches(capability))
    }

    /// The entries with limits.
    fn limited(&self) -> impl Iterator<Item = &Entry> {
        let entries = self.engine.policy_set().policies().iter().flat_map(|policy| &policy.entries);
        entries.filter(|entry| limits(entry).next().is_some())
    }
}

/// The limits of an entry and of its rules.
fn limits(entry: &Entry) -> impl Iterator<Item = &RateLimit> {
    entry.rate_limits.iter().chain(entry.rules.iter().flat_map(|rule| &rule.rate_limits))
}

/// What the gateway itself vouches for: whose session it is, and that agents work in the workspace.
fn context(session: Option<&str>) -> Json<'_> {
    let directories = ["cwd", "workspace"].map(|key| (key.into(), Json::Text(ROOT.into())));
    let session = session.map(|session| ("session".into(), Json::Text(session.into())));
    Json::Object(Object::new(directories.into_iter().chain(session).collect()).unwrap_or_default())
}

/// The policies in force, and what is wrong with the files as they are now.
pub struct Policies {
    files: Files,
    current: ArcSwap<InForce>,
    problem: Mutex<Option<PolicyProblem>>,
}

/// What looking at the files again came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Reload {
    /// They say what is in force.
    Same,
    /// They do not load, in another way than before.
    Refused(Vec<String>),
    /// They load again as what is in force.
    Mended,
}

impl Policies {
    /// Loads the files.
    ///
    /// # Errors
    /// All findings, when they do not load.
    pub(crate) fn load(files: Files, at: Timestamp) -> Result<Self, Vec<String>> {
        let first = load(&files, at)?;
        Ok(Self { files, current: ArcSwap::from_pointee(first), problem: Mutex::new(None) })
    }

    /// What decides now. A call keeps what it got, whatever is swapped meanwhile.
    pub(crate) fn in_force(&self) -> Arc<InForce> {
        self.current.load_full()
    }

    /// Looks at the files again. A set that is another one is handed back to be prepared and put in force.
    pub(crate) fn look_again(&self, at: Timestamp) -> Result<InForce, Reload> {
        let mut problem = self.problem.lock().unwrap_or_else(PoisonError::into_inner);
        match load(&self.files, at) {
            Err(findings) if problem.as_ref().is_some_and(|known| known.findings == findings) => Err(Reload::Same),
            Err(findings) => {
                let since = problem.as_ref().map_or(at, |known| known.since);
                *problem = Some(PolicyProblem { since, findings: findings.clone() });
                Err(Reload::Refused(findings))
            }
            Ok(new) => {
                let was_broken = problem.take().is_some();
                let same = new.engine.policy_set().digest() == self.current.load().engine.policy_set().digest();
                match (same, was_broken) {
                    (true, false) => Err(Reload::Same),
                    (true, true) => Err(Reload::Mended),
                    (false, _) => Ok(new),
                }
            }
        }
    }

    /// Puts a set in force, at once and whole.
    pub(crate) fn put_in_force(&self, new: InForce) -> Arc<InForce> {
        let new = Arc::new(new);
        self.current.store(new.clone());
        new
    }

    /// What is in force, for people.
    #[must_use]
    pub fn document(&self) -> PolicyDocument {
        let current = self.in_force();
        PolicyDocument {
            digest: current.engine.policy_set().digest().to_owned(),
            loaded_at: current.loaded_at,
            baseline: self.files.baseline,
            policies: current.policies.clone(),
            problem: self.problem.lock().unwrap_or_else(PoisonError::into_inner).clone(),
        }
    }

    /// The files and directories whose change matters.
    pub(crate) fn watched(&self) -> impl Iterator<Item = &Path> {
        self.files.policies.iter().chain(&self.files.catalog).map(PathBuf::as_path)
    }
}

fn load(files: &Files, at: Timestamp) -> Result<InForce, Vec<String>> {
    let set = files.read()?;
    let policies = set.policies().iter().map(|policy| described(policy, set.sources())).collect();
    let engine = Engine::new(set).map_err(|limit| vec![limit.to_string()])?;
    Ok(InForce { engine, loaded_at: at, policies, scratches: Mutex::new(Vec::new()) })
}

fn described(policy: &Policy, sources: &kruxos_policy::source::Sources) -> LoadedPolicy {
    LoadedPolicy {
        name: policy.name.to_string(),
        layer: policy.layer.to_string(),
        agent: policy.agent.as_ref().map(|agent| agent.as_str().to_owned()),
        file: sources.get(policy.span.source).map_or_else(String::new, |source| source.name().to_string()),
        entries: policy.entries.iter().map(|entry| described_entry(entry, sources)).collect(),
    }
}

fn described_entry(entry: &Entry, sources: &kruxos_policy::source::Sources) -> LoadedEntry {
    LoadedEntry {
        capability: entry.pattern.as_str().to_owned(),
        tier: entry.outcome.as_ref().map(|outcome| outcome.tier.to_string()),
        reason: entry.outcome.as_ref().map(|outcome| outcome.reason.to_string()),
        line: sources.position(entry.span.site()).line,
        rules: entry.rules.iter().map(|rule| described_rule(rule, sources)).collect(),
    }
}

fn described_rule(rule: &Rule, sources: &kruxos_policy::source::Sources) -> LoadedRule {
    LoadedRule {
        id: rule.outcome.origin.id.as_deref().map(str::to_owned),
        condition: rule.condition.canonical(),
        tier: rule.outcome.tier.to_string(),
        line: sources.position(rule.span.site()).line,
    }
}

/// The input schema of a capability, for agents.
pub(crate) fn input_schema(facts: &CapabilityFacts) -> JsonText {
    JsonText::of(&facts.input_schema)
}
