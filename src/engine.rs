//! The engine: a compiled policy set that answers calls.

use std::sync::Arc;

use smallvec::SmallVec;

use crate::call::{Call, CallDocument, CallError};
use crate::catalog::{CapabilityFacts, Catalog, Parameter, PathBase};
use crate::cel::function::{Cause, Declared};
use crate::cel::value::{Map, Text, Value};
use crate::cel::{self, Expr, Step, Variables};
use crate::decision::{Decision, LayerAnswer, UnknownTest, Why};
use crate::json::Json;
use crate::path;
use crate::pattern::{LimitError, NameCache, NameIndex, NamePattern, check_agent, check_name};
use crate::policy_set::{Policy, PolicySet};
#[cfg(feature = "shell")]
use crate::shell::Programs;
use crate::source::Span;
use crate::tier::Tier;
use crate::tree::capability_index::{CapabilityCache, CapabilityIndex, PlanRef};
use crate::tree::gather::Gathering;
use crate::tree::matters::matter;
use crate::tree::plan::{Answer, Matched, Plan, merge_leaf};
use crate::tree::program::Program;
use crate::tree::residual::Doubt;
use crate::tree::test_table::TestId;
use crate::tree::values::Values;
use crate::tree::verdict::{Verdict, combine};
use crate::tree::walk::{InDoubt, Walk, WalkCache};
use crate::tree::ways::Doubts;

mod limits;

/// A compiled policy set. Immutable and cheap to clone; replace it by swapping.
#[derive(Clone, Debug)]
pub struct Engine {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    set: PolicySet,
    program: Program,
    /// The policies that apply to every agent.
    everybody: CapabilityIndex,
    /// The agent patterns, one for each of `groups`.
    agents: NameIndex,
    /// The policies of each agent pattern.
    groups: Vec<CapabilityIndex>,
}

/// What deciding needs to write to. One for each thread; made by [`Engine::scratch`], of use with any engine.
#[derive(Debug)]
pub struct Scratch {
    engine: Arc<Inner>,
    walk: WalkCache,
    everybody: CapabilityCache,
    agents: Option<NameCache>,
    agents_found: Vec<u32>,
    groups: Vec<CapabilityCache>,
}

impl Scratch {
    /// What the last decision cost, in steps: a part of an expression that was evaluated, a kibibyte of text that was read,
    /// a look at a rule or test in doubt.
    #[must_use]
    pub const fn steps(&self) -> usize {
        self.walk.steps
    }
}

impl Engine {
    /// Compiles a policy set.
    ///
    /// # Errors
    /// When its patterns together need an index larger than is allowed.
    pub fn new(set: PolicySet) -> Result<Self, LimitError> {
        let mut program = Program::default();
        let compiled: Vec<Vec<Matched>> =
            (0..).zip(set.policies()).map(|(at, policy)| compile_policy(at, policy, &mut program)).collect();
        program.finish();
        let everybody = group(&set, &compiled, &program, |policy| policy.agent.is_none())?;
        let patterns = agent_patterns(&set);
        let groups = patterns
            .iter()
            .map(|agent| {
                let of_agent =
                    |policy: &Policy| policy.agent.as_ref().is_some_and(|own| own.as_str() == agent.as_str());
                group(&set, &compiled, &program, of_agent)
            })
            .collect::<Result<_, _>>()?;
        let agents = NameIndex::new(&patterns)?;
        Ok(Self { inner: Arc::new(Inner { program, everybody, agents, groups, set }) })
    }

    /// The policies that were compiled.
    #[must_use]
    pub fn policy_set(&self) -> &PolicySet {
        &self.inner.set
    }

    /// A scratch for this engine.
    #[must_use]
    pub fn scratch(&self) -> Scratch {
        let inner = &self.inner;
        Scratch {
            engine: inner.clone(),
            walk: WalkCache::new(&inner.program),
            everybody: CapabilityCache::default(),
            agents: None,
            agents_found: Vec::new(),
            groups: inner.groups.iter().map(|_| CapabilityCache::default()).collect(),
        }
    }

    /// Decides a call. Total: there is an answer for every call, and what is wrong with one makes it stricter.
    pub fn decide<'e>(&'e self, scratch: &mut Scratch, call: &Call<'_>) -> Decision<'e> {
        self.adopt(scratch);
        self.inner.decide(scratch, call, None)
    }

    /// Decides a call as if the test with this canonical text had that outcome.
    pub(crate) fn decide_assuming<'e>(
        &'e self,
        scratch: &mut Scratch,
        call: &Call<'_>,
        test: &str,
        outcome: bool,
    ) -> Decision<'e> {
        self.adopt(scratch);
        let test = self.inner.program.tests.find(test);
        self.inner.decide(scratch, call, test.map(|test| (test, outcome)))
    }

    /// Makes a scratch one of this engine's.
    fn adopt(&self, scratch: &mut Scratch) {
        if !Arc::ptr_eq(&self.inner, &scratch.engine) {
            *scratch = self.scratch();
        }
    }

    /// Reads a call from JSON and decides it; what is not a call is blocked, with the reason.
    pub fn decide_json<'e>(&'e self, scratch: &mut Scratch, text: &[u8]) -> Result<Decision<'e>, CallError> {
        CallDocument::parse(text).map(|document| self.decide(scratch, &document.call()))
    }

    /// The decision for what is not a call.
    #[must_use]
    pub fn malformed(&self, error: &CallError) -> Decision<'_> {
        Decision::blocked(format!("malformed call: {error}"), self.inner.set.digest())
    }
}

fn compile_policy(at: u32, policy: &Policy, program: &mut Program) -> Vec<Matched> {
    let matched = |entry, base, pattern| Matched { policy: at, layer: policy.layer, base, entry, pattern };
    let own = policy.entries.iter().map(|entry| matched(program.add_entry(entry), None, Some(0)));
    let mut compiled: Vec<Matched> = own.collect();
    for (at, base) in (0..).zip(&policy.bases) {
        compiled.extend(base.entries.iter().map(|entry| matched(program.add_base_entry(entry), Some(at), Some(0))));
    }
    compiled.extend(program.add_defaults(policy).map(|entry| matched(entry, None, None)));
    compiled
}

/// The patterns of a policy's entries and its bases', as [`compile_policy`] orders them.
fn patterns(policy: &Policy) -> impl Iterator<Item = &NamePattern> {
    let of_bases = policy.bases.iter().flat_map(|base| &base.entries);
    policy.entries.iter().chain(of_bases).map(|entry| &entry.pattern)
}

fn agent_patterns(set: &PolicySet) -> Vec<&NamePattern> {
    let mut patterns: Vec<&NamePattern> = set.policies().iter().filter_map(|policy| policy.agent.as_ref()).collect();
    patterns.sort_by_key(|pattern| pattern.as_str());
    patterns.dedup_by_key(|pattern| pattern.as_str());
    patterns
}

/// The index of the policies that `belongs` picks.
fn group(
    set: &PolicySet,
    compiled: &[Vec<Matched>],
    program: &Program,
    belongs: impl Fn(&Policy) -> bool,
) -> Result<CapabilityIndex, LimitError> {
    let (mut entries, mut defaults) = (Vec::new(), Vec::new());
    for (policy, compiled) in set.policies().iter().zip(compiled).filter(|(policy, _)| belongs(policy)) {
        entries.extend(patterns(policy).zip(compiled).map(|(pattern, matched)| (pattern, *matched)));
        defaults.extend(compiled.iter().filter(|matched| matched.pattern.is_none()));
    }
    let known = set.catalog().into_iter().flat_map(Catalog::iter).map(|facts| facts.name.as_str());
    CapabilityIndex::new(&entries, defaults, known, program)
}

impl Inner {
    /// `assumed` is the outcome of one test, whatever the call says.
    fn decide<'e>(&'e self, scratch: &mut Scratch, call: &Call<'_>, assumed: Option<(TestId, bool)>) -> Decision<'e> {
        let catalog = self.set.catalog();
        let facts = catalog.and_then(|catalog| catalog.get(call.capability));
        let known = self.everybody.known(call.capability);
        if let Err(reason) = check(call, known.is_some(), facts) {
            return Decision::blocked(reason, self.set.digest());
        }
        let variables = CallVariables { call, facts, catalog };
        let plans = self.plans(known, scratch, call);
        if let Some(verdict) = without_tests(&plans) {
            scratch.walk.steps = 0;
            return self.answer(&verdict);
        }
        scratch.walk.begin(assumed);
        let values = Values::new(&variables, &self.program.shared.exprs);
        let (verdict, doubts) = match self.walk(&plans, scratch, &values) {
            Ok(verdict) => (verdict, Vec::new()),
            Err(InDoubt) => self.strictest(&plans, scratch, &values),
        };
        let decision = self.decision(&verdict, scratch, &variables, &values, doubts);
        scratch.walk.steps = scratch.walk.steps.saturating_add(values.steps());
        decision
    }

    /// The verdict where no test in doubt stands in the way.
    fn walk<'v>(
        &'v self,
        plans: &[PlanRef<'_>],
        scratch: &mut Scratch,
        values: &Values<'_, 'v>,
    ) -> Result<Verdict, InDoubt> {
        let mut answers = [None; 3];
        let mut walk = Walk { program: &self.program, values, cache: &mut scratch.walk };
        plans.iter().try_for_each(|plan| walk.plan(plan.plan(), &mut answers))?;
        Ok(combine(&answers))
    }

    /// The strictest verdict over all outcomes of the tests in doubt, and the tests that it depends on.
    fn strictest<'v>(
        &'v self,
        plans: &[PlanRef<'_>],
        scratch: &mut Scratch,
        values: &Values<'_, 'v>,
    ) -> (Verdict, Vec<Doubt>) {
        scratch.walk.limits.clear();
        let mut gathering = Gathering::default();
        let mut walk = Walk { program: &self.program, values, cache: &mut scratch.walk };
        plans.iter().for_each(|plan| walk.gather(plan.plan(), &mut gathering));
        walk.cache.sort_causes();
        let residual = gathering.finish();
        let asks = walk.asks(&residual.doubts);
        let mut doubts = Doubts::new(&residual, &asks);
        let strictest = doubts.strictest();
        let count = u32::try_from(residual.doubts.len()).unwrap_or(u32::MAX);
        let mattering = matter(&mut doubts, count, &strictest);
        scratch.walk.steps = scratch.walk.steps.saturating_add(doubts.looks());
        let mattering = mattering.into_iter().filter_map(|doubt| residual.doubts.get(doubt as usize)).copied();
        (strictest.verdict, mattering.collect())
    }

    /// The plans of all policies that apply to the call's agent; `known` is everybody's plan, where the name is known.
    fn plans<'e>(
        &'e self,
        known: Option<&'e Plan>,
        scratch: &mut Scratch,
        call: &Call<'_>,
    ) -> SmallVec<[PlanRef<'e>; 4]> {
        let mut plans = SmallVec::new();
        plans.push(match known {
            Some(plan) => PlanRef::Ready(plan),
            None => self.everybody.plan(call.capability, &mut scratch.everybody, &self.program),
        });
        if self.groups.is_empty() {
            return plans;
        }
        scratch.agents_found.clear();
        let cache = scratch.agents.get_or_insert_with(|| self.agents.cache());
        self.agents.matches(cache, call.agent, &mut scratch.agents_found);
        for at in &scratch.agents_found {
            if let (Some(group), Some(cache)) = (self.groups.get(*at as usize), scratch.groups.get_mut(*at as usize)) {
                plans.push(group.plan(call.capability, cache, &self.program));
            }
        }
        plans
    }

    fn decision<'e: 'v, 'v>(
        &'e self,
        verdict: &Verdict,
        scratch: &Scratch,
        variables: &CallVariables<'v, '_>,
        values: &Values<'_, 'v>,
        doubts: Vec<Doubt>,
    ) -> Decision<'e> {
        let mut decision = self.answer(verdict);
        let told = doubts.into_iter().filter_map(|doubt| self.unknown(doubt, scratch, variables));
        decision.unknowns.extend(told);
        if verdict.tier < Tier::Blocked && !scratch.walk.limits.is_empty() {
            let limits = scratch.walk.limits.iter().filter_map(|limit| self.program.limits.get(*limit as usize));
            let (rate_limits, spent) = limits::uses(limits, variables.call.agent, values);
            decision.rate_limits = rate_limits;
            self.spend(&mut decision, spent, variables);
        }
        decision
    }

    /// A verdict as a decision: what it says where nothing is in doubt and nothing is counted.
    fn answer(&self, verdict: &Verdict) -> Decision<'_> {
        let decided_by = verdict.by.and_then(|by| self.program.outcomes.get(by as usize)).map(Arc::as_ref);
        let reason = decided_by.map_or("no policy answers", |outcome| outcome.reason.as_ref());
        let [system, organization, agent] = verdict.layers;
        Decision {
            tier: verdict.tier,
            decided_by,
            why: Why::Decided(reason),
            layers: [self.layer_answer(system), self.layer_answer(organization), self.layer_answer(agent)],
            rate_limits: Vec::new(),
            unknowns: Vec::new(),
            policy_digest: self.set.digest(),
        }
    }

    fn layer_answer(&self, answer: Option<Answer>) -> Option<LayerAnswer<'_>> {
        let answer = answer?;
        let by = self.program.outcomes.get(answer.tier_by as usize)?;
        Some(LayerAnswer { tier: answer.tier, bound: answer.bound, by })
    }

    /// A test in doubt.
    fn unknown<'e: 'v, 'v>(
        &'e self,
        doubt: Doubt,
        scratch: &Scratch,
        variables: &CallVariables<'v, '_>,
    ) -> Option<UnknownTest<'e>> {
        let test = self.program.tests.get(doubt.test)?;
        let cause = scratch.walk.cause(doubt.test).unwrap_or(Cause::Missing);
        Some(self.unknown_at(&test.expr, &test.text, doubt.span, cause, variables))
    }

    fn unknown_at<'e: 'v, 'v>(
        &'e self,
        expr: &'e Expr,
        text: &'e str,
        span: Span,
        cause: Cause,
        variables: &CallVariables<'v, '_>,
    ) -> UnknownTest<'e> {
        let sources = self.set.sources();
        UnknownTest {
            test: text,
            is_key: false,
            file: sources.get(span.source).map_or("", |source| source.name().as_ref()),
            position: sources.position(span),
            span,
            cause,
            culprit: cel::culprit(expr, variables, cause),
            doubtful: cel::doubtful(expr, variables, cause),
        }
    }
}

/// What plans come to in which nothing is left to test.
fn without_tests(plans: &[PlanRef<'_>]) -> Option<Verdict> {
    let mut answers = [None; 3];
    for plan in plans {
        let Plan::Leaf(leaf) = plan.plan() else { return None };
        merge_leaf(&mut answers, leaf);
    }
    Some(combine(&answers))
}

/// Whether a call is one at all: valid names, and arguments that its capability's schema takes. A name that is `known`
/// was checked when the policies were compiled.
fn check(call: &Call<'_>, known: bool, facts: Option<&CapabilityFacts>) -> Result<(), String> {
    if !known {
        check_name(call.capability).map_err(|what| format!("invalid call: {what}"))?;
    }
    check_agent(call.agent).map_err(|what| format!("invalid call: {what}"))?;
    for (field, value) in [("params", call.params), ("context", call.context)] {
        if value.as_object().is_none() {
            return Err(format!("invalid call: `{field}` is an object, not a {}", value.kind()));
        }
    }
    match facts.map(|facts| facts.validate(call.params)) {
        Some(Err(violation)) => Err(format!("invalid call: {violation}")),
        _ => Ok(()),
    }
}

/// A call as the expression language sees it.
pub(crate) struct CallVariables<'v, 'a> {
    pub(crate) call: &'v Call<'a>,
    pub(crate) facts: Option<&'v CapabilityFacts>,
    #[cfg_attr(not(feature = "shell"), expect(dead_code, reason = "only rows of programs are read from it"))]
    pub(crate) catalog: Option<&'v Catalog>,
}

impl<'v> Variables<'v> for CallVariables<'v, '_> {
    fn value(&self, index: usize) -> Result<Value<'v>, Cause> {
        let call = self.call;
        match index {
            cel::PARAMS => Ok(self.params()),
            cel::AGENT => Ok(Value::Text(Text::Borrowed(call.agent))),
            cel::CAPABILITY => Ok(Value::Text(Text::Borrowed(call.capability))),
            cel::CONTEXT => Ok(Value::from(call.context)),
            cel::NOW => call.now.map(Value::Timestamp).ok_or(Cause::Missing),
            _ => Err(Cause::Missing),
        }
    }

    fn base(&self, place: &[Step<'_>]) -> Result<Text<'v>, Cause> {
        let parameter = self.facts.and_then(|facts| facts.params.at(place)).and_then(Parameter::base);
        match parameter {
            None => Err(path::RELATIVE.into()),
            Some(PathBase::Directory(directory)) => Ok(Text::Borrowed(directory)),
            Some(PathBase::Cwd) => self.context_directory("cwd").ok_or(NO_CWD),
            Some(PathBase::Workspace) => self.context_directory("workspace").ok_or(NO_WORKSPACE),
        }
    }

    fn working_directory(&self) -> Result<Text<'v>, Cause> {
        self.context_directory("cwd").ok_or(NO_CWD)
    }

    fn declared(&self, place: &[Step<'_>]) -> Declared {
        let Some(facts) = self.facts.filter(|facts| facts.params.declare_roles()) else { return Declared::Nothing };
        match facts.params.at(place) {
            None => Declared::Nothing,
            Some(parameter) => parameter.role().map_or(Declared::Plain, |role| Declared::Role(role.as_str())),
        }
    }

    #[cfg(feature = "shell")]
    fn programs(&self) -> Programs {
        self.catalog.map(|catalog| catalog.programs.clone()).unwrap_or_default()
    }
}

const NO_CWD: Cause = Cause::Unexplained(cel::NO_CWD);
const NO_WORKSPACE: Cause =
    Cause::Unexplained("a relative path, and `context.workspace`, which it is meant below, is no absolute path");

impl<'v> CallVariables<'v, '_> {
    /// A directory that the host vouches for.
    fn context_directory(&self, name: &str) -> Option<Text<'v>> {
        let directory = self.call.context.as_object()?.get(name)?.as_text()?;
        path::normalize(directory).is_ok().then_some(Text::Borrowed(directory))
    }

    fn params(&self) -> Value<'v> {
        let defaults = self.facts.map(CapabilityFacts::defaults).filter(|defaults| !defaults.is_empty());
        match (self.call.params, defaults) {
            (Json::Object(params), Some(defaults)) => Value::Map(Map::WithDefaults(params, defaults)),
            (params, _) => Value::from(params),
        }
    }
}

#[cfg(test)]
mod tests;
