//! Why a call gets the tier it gets: every layer, every entry that matches, every test with its outcome.
//!
//! Goes over the policies as they are written, one after the other, not through the decision tree; the decision itself
//! is the engine's.

mod written;

use schemars::JsonSchema;
use serde::Serialize;

use crate::call::Call;
use crate::cel;
use crate::cel::expr::Expr;
#[cfg(feature = "shell")]
use crate::cel::expr::ExprKind;
use crate::cel::function::Cause;
use crate::cel::value::Value;
use crate::engine::{CallVariables, Engine, Scratch};
use crate::outcome::Outcome;
use crate::policy_set::{Entry, Policy, PolicySet, Rule};
#[cfg(feature = "shell")]
use crate::shell;
use crate::source::Span;
use crate::tier::{Layer, Tier};
use written::Written;

/// Most tests whose other outcome is tried.
const MAX_FLIPS: usize = 64;

/// Everything that had a part in a decision, beside the decision itself.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Explanation {
    /// In order of authority.
    pub layers: Vec<LayerExplanation>,
    /// What would make the tier another one.
    pub changes: Vec<Change>,
}

/// One layer's part.
#[derive(Debug, Serialize, JsonSchema)]
pub struct LayerExplanation {
    /// The layer.
    pub layer: Layer,
    /// Its answer; null where it has none.
    pub tier: Option<Tier>,
    /// How far it lets lower layers relax its answer.
    pub relaxable_to: Option<Tier>,
    /// Its policies that apply to the agent.
    pub policies: Vec<PolicyExplanation>,
}

/// One policy's part.
#[derive(Debug, Serialize, JsonSchema)]
pub struct PolicyExplanation {
    /// Its name.
    pub policy: String,
    /// The policy that extends it, where it has a part by what it blocks alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub base_of: Option<String>,
    /// Its file.
    pub file: String,
    /// The entries that match, the more specific first; `defaults` last.
    pub entries: Vec<EntryExplanation>,
}

/// One entry's part.
#[derive(Debug, Serialize, JsonSchema)]
pub struct EntryExplanation {
    /// Its pattern; null for `defaults`.
    pub pattern: Option<String>,
    /// Where it is written.
    pub line: u32,
    /// The more specific entry that answers in its place.
    pub overridden_by: Option<String>,
    /// Its rules, in order.
    pub rules: Vec<RuleExplanation>,
    /// Its own tier.
    pub tier: Option<Tier>,
    /// The tiers it may answer with: one, or several where a test is unknown; none where it has no answer.
    pub answers: Vec<Tier>,
}

/// One rule's part.
#[derive(Debug, Serialize, JsonSchema)]
pub struct RuleExplanation {
    /// Where it is written.
    pub line: u32,
    /// The tier it would answer with.
    pub tier: Tier,
    /// Whether its condition holds.
    pub outcome: TestOutcome,
    /// Whether it was reached: no earlier rule certainly answers.
    pub reached: bool,
    /// Its tests.
    pub tests: Vec<TestExplanation>,
}

/// One test.
#[derive(Debug, Serialize, JsonSchema)]
pub struct TestExplanation {
    /// The test as the language prints it.
    pub test: String,
    /// The test as written, on one line.
    pub source: String,
    /// Whether what is written says the opposite of the test: `x_ne: 1` of `x == 1`.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub negated: bool,
    /// Where it is written.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
    /// Its outcome.
    pub outcome: TestOutcome,
    /// Why it is unknown.
    pub cause: Option<String>,
    /// What would resolve it.
    pub help: Option<String>,
    /// The commands that a test of a shell command found, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub commands: Vec<CommandExplanation>,
    /// The files that a test of a shell command looked at, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<FileExplanation>,
}

/// A file that a shell command would read or write, as a test saw it.
#[derive(Debug, Serialize, JsonSchema)]
pub struct FileExplanation {
    /// The file, as the command names it.
    pub file: String,
    /// What is done to it: `read` or `write`.
    pub access: FileAccess,
    /// Whether the test allows it.
    pub allowed: TestOutcome,
    /// Why it is unknown.
    pub cause: Option<String>,
}

/// What is done to a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum FileAccess {
    /// It is read.
    Read,
    /// It is written, created, changed or removed.
    Write,
}

/// One command that a shell command would run, as a test saw it.
#[derive(Debug, Serialize, JsonSchema)]
pub struct CommandExplanation {
    /// The command, what is dynamic in it standing as `…`.
    pub command: String,
    /// Whether the test's list has it.
    pub listed: TestOutcome,
    /// The entry of the list that it begins with.
    pub by: Option<String>,
    /// Why it is unknown.
    pub cause: Option<String>,
    /// What was judged beside its words, and which words are in doubt.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<PartExplanation>,
}

/// A part of an invocation: a variable, the working directory, the input, a word.
#[derive(Debug, Serialize, JsonSchema)]
pub struct PartExplanation {
    /// What it is.
    pub part: String,
    /// Why it is in doubt; null where it is not.
    pub doubt: Option<String>,
}

/// Three-valued truth.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum TestOutcome {
    /// It holds.
    True,
    /// It does not hold.
    False,
    /// It could not be computed.
    Unknown,
}

/// A test whose other outcome makes the tier another one.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Change {
    /// The test.
    pub test: String,
    /// Its outcome now.
    pub outcome: TestOutcome,
    /// The outcome it would have.
    pub would_be: TestOutcome,
    /// The tier there would be.
    pub tier: Tier,
}

impl Engine {
    /// Explains the decision on a call.
    pub fn explain(&self, scratch: &mut Scratch, call: &Call<'_>) -> Explanation {
        let decision = self.decide(scratch, call);
        let set = self.policy_set();
        let catalog = set.catalog();
        let facts = catalog.and_then(|catalog| catalog.get(call.capability));
        let view = View { set, variables: CallVariables { call, facts, catalog } };
        let layers = Layer::ALL.into_iter().map(|layer| {
            let answer = decision.layer(layer);
            LayerExplanation {
                layer,
                tier: answer.map(|answer| answer.tier),
                relaxable_to: answer.map(|answer| answer.bound),
                policies: view.policies(layer),
            }
        });
        let layers: Vec<LayerExplanation> = layers.collect();
        let changes = self.changes(scratch, call, decision.tier, &layers);
        Explanation { layers, changes }
    }

    /// Tries the other outcome of each test that was reached.
    fn changes(&self, scratch: &mut Scratch, call: &Call<'_>, tier: Tier, layers: &[LayerExplanation]) -> Vec<Change> {
        let policies = layers.iter().flat_map(|layer| &layer.policies);
        let rules = policies.flat_map(|policy| &policy.entries).flat_map(|entry| &entry.rules);
        let mut tried: Vec<&str> = Vec::new();
        let mut changes = Vec::new();
        for test in rules.filter(|rule| rule.reached).flat_map(|rule| &rule.tests) {
            if tried.len() >= MAX_FLIPS || tried.contains(&test.test.as_str()) {
                continue;
            }
            tried.push(&test.test);
            for &would_be in test.outcome.others() {
                let there_would_be =
                    self.decide_assuming(scratch, call, &test.test, would_be == TestOutcome::True).tier;
                if there_would_be != tier {
                    let (test, outcome) = (test.test.clone(), test.outcome);
                    changes.push(Change { test, outcome, would_be, tier: there_would_be });
                }
            }
        }
        changes
    }
}

impl TestExplanation {
    /// What is written, and whether that holds.
    #[must_use]
    pub fn as_written(&self) -> (&str, TestOutcome) {
        (&self.source, if self.negated { self.outcome.opposite() } else { self.outcome })
    }
}

impl TestOutcome {
    /// The outcome of a test, and why it is unknown.
    const fn of(holds: Result<bool, Cause>) -> (Self, Option<Cause>) {
        match holds {
            Ok(true) => (Self::True, None),
            Ok(false) => (Self::False, None),
            Err(cause) => (Self::Unknown, Some(cause)),
        }
    }

    /// The outcome of the opposite.
    #[must_use]
    pub const fn opposite(self) -> Self {
        match self {
            Self::True => Self::False,
            Self::False => Self::True,
            Self::Unknown => Self::Unknown,
        }
    }

    const fn others(self) -> &'static [Self] {
        match self {
            Self::True => &[Self::False],
            Self::False => &[Self::True],
            Self::Unknown => &[Self::True, Self::False],
        }
    }
}

/// The policies as one call sees them.
struct View<'v, 'a> {
    set: &'v PolicySet,
    variables: CallVariables<'v, 'a>,
}

impl View<'_, '_> {
    fn policies(&self, layer: Layer) -> Vec<PolicyExplanation> {
        let agent = self.variables.call.agent;
        let applies =
            |policy: &&Policy| policy.layer == layer && policy.agent.as_ref().is_none_or(|own| own.matches(agent));
        let policies = self.set.policies().iter().filter(applies);
        let with_bases = |policy| std::iter::once(self.policy(policy)).chain(self.bases(policy));
        policies.flat_map(with_bases).filter(|policy| !policy.entries.is_empty()).collect()
    }

    fn policy(&self, policy: &Policy) -> PolicyExplanation {
        let (mut entries, certain) = self.entries(&policy.entries);
        entries.extend(policy.defaults.as_ref().map(|outcome| {
            let over = certain.first().map(|entry| entry.pattern.as_str().to_owned());
            self.defaults(outcome, over)
        }));
        PolicyExplanation { policy: policy.name.to_string(), base_of: None, file: self.file(policy.span), entries }
    }

    /// The bases of a policy that may block the call.
    fn bases(&self, policy: &Policy) -> impl Iterator<Item = PolicyExplanation> {
        policy.bases.iter().filter_map(|base| {
            let (entries, _) = self.entries(&base.entries);
            let blocks = |entry: &EntryExplanation| entry.answers.contains(&Tier::Blocked);
            let file = self.file(base.entries.first()?.span);
            let (name, base_of) = (base.name.to_string(), Some(policy.name.to_string()));
            entries.iter().any(blocks).then_some(PolicyExplanation { policy: name, base_of, file, entries })
        })
    }

    fn file(&self, span: Span) -> String {
        self.set.sources().get(span.source).map_or_else(String::new, |source| source.name().to_string())
    }

    /// The entries that match, the more specific first, and those of them that answer whatever is unknown.
    fn entries<'e>(&self, entries: &'e [Entry]) -> (Vec<EntryExplanation>, Vec<&'e Entry>) {
        let capability = self.variables.call.capability;
        let mut matching: Vec<&Entry> = entries.iter().filter(|entry| entry.pattern.matches(capability)).collect();
        let contained = |outer: &Entry| matching.iter().filter(|inner| wider(outer, inner)).count();
        let counts: Vec<usize> = matching.iter().map(|entry| contained(entry)).collect();
        let mut order: Vec<(usize, &Entry)> = counts.into_iter().zip(matching.drain(..)).collect();
        order.sort_by_key(|(count, _)| *count);
        let mut entries: Vec<EntryExplanation> = Vec::new();
        let mut certain: Vec<&Entry> = Vec::new();
        for (_, entry) in order {
            let over = certain.iter().find(|narrower| wider(entry, narrower));
            let explained = self.entry(entry, over.map(|over| over.pattern.as_str().to_owned()));
            if explained.overridden_by.is_none() && explained.certain() {
                certain.push(entry);
            }
            entries.push(explained);
        }
        (entries, certain)
    }

    fn defaults(&self, outcome: &Outcome, overridden_by: Option<String>) -> EntryExplanation {
        EntryExplanation {
            pattern: None,
            line: outcome.origin.position.line,
            answers: if overridden_by.is_none() { vec![outcome.tier] } else { Vec::new() },
            overridden_by,
            rules: Vec::new(),
            tier: Some(outcome.tier),
        }
    }

    fn entry(&self, entry: &Entry, overridden_by: Option<String>) -> EntryExplanation {
        let mut reached = overridden_by.is_none();
        let mut answers: Vec<Tier> = Vec::new();
        let mut rules = Vec::new();
        for rule in &entry.rules {
            let explained = self.rule(rule, reached);
            if reached && explained.outcome != TestOutcome::False {
                answers.push(rule.outcome.tier);
            }
            reached &= explained.outcome != TestOutcome::True;
            rules.push(explained);
        }
        let tier = entry.outcome.as_ref().map(|outcome| outcome.tier);
        answers.extend(tier.filter(|_| reached));
        answers.sort_unstable();
        answers.dedup();
        EntryExplanation {
            pattern: Some(entry.pattern.as_str().to_owned()),
            line: self.set.sources().position(entry.span.site()).line,
            overridden_by,
            rules,
            tier,
            answers,
        }
    }

    fn rule(&self, rule: &Rule, reached: bool) -> RuleExplanation {
        let tests = written::tests(&rule.condition, self.set.sources());
        RuleExplanation {
            line: rule.outcome.origin.position.line,
            tier: rule.outcome.tier,
            outcome: self.outcome(&rule.condition).0,
            reached,
            tests: tests.into_iter().map(|written| self.test(written)).collect(),
        }
    }

    fn test(&self, written: Written) -> TestExplanation {
        let expr = &written.test;
        let (outcome, cause) = self.outcome(expr);
        let position = self.set.sources().position(expr.span);
        TestExplanation {
            test: expr.canonical(),
            source: written.text,
            negated: written.negated,
            line: position.line,
            column: position.column,
            outcome,
            cause: cause.map(|cause| cause.to_string()),
            help: cause.map(|cause| cause.help(&cel::culprit(expr, &self.variables, cause).text())),
            commands: self.commands(expr),
            files: self.files(expr),
        }
    }

    #[cfg(not(feature = "shell"))]
    fn files(&self, _: &Expr) -> Vec<FileExplanation> {
        Vec::new()
    }

    /// The files that a test of a shell command looked at, each judged alone.
    #[cfg(feature = "shell")]
    fn files(&self, expr: &Expr) -> Vec<FileExplanation> {
        let found = |file: cel::doubtful::File| {
            let (allowed, cause) = TestOutcome::of(file.allowed);
            let access = match file.access {
                shell::Access::Read => FileAccess::Read,
                shell::Access::Write => FileAccess::Write,
            };
            FileExplanation { file: file.name, access, allowed, cause: cause.map(|cause| cause.to_string()) }
        };
        let files = cel::doubtful::files(expr, &self.variables).into_iter().map(found);
        files.chain(self.redirections(expr)).collect()
    }

    /// What `runs_only` doubts of the files that redirections write, each by itself.
    #[cfg(feature = "shell")]
    fn redirections(&self, expr: &Expr) -> Vec<FileExplanation> {
        let ExprKind::Call { function, args, .. } = &expr.kind else { return Vec::new() };
        let receiver = args.first().filter(|_| function.name == "runs_only");
        let script = receiver.map(|receiver| cel::eval(receiver, &self.variables));
        let Some(Ok(Value::Shell(script))) = script else { return Vec::new() };
        let cause = Some("a redirection that writes a file".to_owned());
        let doubted = |file: String| FileExplanation {
            file,
            access: FileAccess::Write,
            allowed: TestOutcome::Unknown,
            cause: cause.clone(),
        };
        script.writes.iter().map(ToString::to_string).map(doubted).collect()
    }

    #[cfg(not(feature = "shell"))]
    fn commands(&self, _: &Expr) -> Vec<CommandExplanation> {
        Vec::new()
    }

    /// The commands that a test with `runs_only` or `runs_any` found.
    #[cfg(feature = "shell")]
    fn commands(&self, expr: &Expr) -> Vec<CommandExplanation> {
        let ExprKind::Call { function, args, prepared } = &expr.kind else { return Vec::new() };
        let list = prepared.as_ref().and_then(|prepared| prepared.downcast_ref::<shell::List>());
        let (Some(list), Some(receiver)) = (list, args.first()) else { return Vec::new() };
        let Ok(Value::Shell(script)) = cel::eval(receiver, &self.variables) else { return Vec::new() };
        let findings = match function.name {
            "runs_only" | "@runs_only" | "runs_exactly" => list.describe(&script),
            _ => list.describe_any(&script),
        };
        findings.into_iter().map(CommandExplanation::from).collect()
    }

    fn outcome(&self, expr: &Expr) -> (TestOutcome, Option<Cause>) {
        TestOutcome::of(match cel::eval(expr, &self.variables) {
            Ok(Value::Bool(holds)) => Ok(holds),
            Ok(other) => Err(Cause::wrong_type("bool", &other)),
            Err(unknown) => Err(unknown.cause),
        })
    }
}

#[cfg(feature = "shell")]
impl From<shell::Finding> for CommandExplanation {
    fn from(finding: shell::Finding) -> Self {
        let (listed, cause) = match finding.listed {
            shell::Verdict::Yes => (TestOutcome::True, None),
            shell::Verdict::No => (TestOutcome::False, None),
            shell::Verdict::Unknown(why) => (TestOutcome::Unknown, Some(why.to_owned())),
        };
        let part = |part: shell::PartFinding| PartExplanation { part: part.part, doubt: part.doubt.map(str::to_owned) };
        let parts = finding.parts.into_iter().map(part).collect();
        Self { command: finding.command, listed, by: finding.by.map(|by| by.to_string()), cause, parts }
    }
}

impl EntryExplanation {
    /// Whether it answers whatever its unknown tests are.
    fn certain(&self) -> bool {
        self.tier.is_some() || self.rules.iter().any(|rule| rule.outcome == TestOutcome::True)
    }
}

fn wider(outer: &Entry, inner: &Entry) -> bool {
    outer.pattern.contains(&inner.pattern) && !inner.pattern.contains(&outer.pattern)
}

#[cfg(all(test, feature = "shell"))]
mod tests;
