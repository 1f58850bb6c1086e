//! Policy tests: the cases of a test document, put to an engine.
//!
//! Pure: the document and the engine are given, what every case came to is handed back, with the places of what was
//! expected. Nothing here reads files or prints.

use crate::call::Call;
use crate::decision::{Decision, Origin, UnknownTest};
use crate::document::{ExpectDocument, ExpectedDecider, ExpectedRule, ExpectedUnknowns, SuiteDocument, TestDocument};
use crate::engine::{Engine, Scratch};
use crate::json::{Json, Object};
use crate::source::{Span, Spanned};
use crate::tier::Tier;

/// What one case came to.
#[derive(Clone, Debug)]
pub struct CaseResult<'s> {
    /// The case.
    pub test: &'s TestDocument,
    /// The tier its call got.
    pub tier: Tier,
    /// Why it got it.
    pub reason: String,
    /// What decided; `None` when no policy answers or the call is invalid.
    pub decided_by: Option<Origin>,
    /// The tests that were unknown, as the language prints them, each with what would resolve it.
    pub unknowns: Vec<(String, String)>,
    /// Each expectation that was not met; none: the case passes.
    pub mismatches: Vec<Mismatch>,
}

/// One expectation that was not met.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mismatch {
    /// Which: `tier`, `decided_by.policy`, `reason`.
    pub field: &'static str,
    /// Where it is written.
    pub span: Span,
    /// What was expected.
    pub expected: String,
    /// What there was.
    pub got: String,
}

impl CaseResult<'_> {
    /// Whether every expectation was met.
    #[must_use]
    pub fn passed(&self) -> bool {
        self.mismatches.is_empty()
    }
}

/// Puts every case to the engine, in order.
#[must_use]
pub fn run<'s>(suite: &'s SuiteDocument, engine: &Engine) -> Vec<CaseResult<'s>> {
    let mut scratch = engine.scratch();
    suite.tests.iter().map(|test| run_case(test, engine, &mut scratch)).collect()
}

fn run_case<'s>(test: &'s TestDocument, engine: &Engine, scratch: &mut Scratch) -> CaseResult<'s> {
    let nothing = Json::Object(Object::default());
    let call = Call {
        agent: &test.agent.value,
        capability: &test.call.value,
        params: test.params.as_ref().map_or(&nothing, |params| &params.value),
        context: test.context.as_ref().map_or(&nothing, |context| &context.value),
        now: test.now.as_ref().map(|now| now.value),
    };
    let decision = engine.decide(scratch, &call);
    let resolve = |unknown: &UnknownTest<'_>| (unknown.test.to_owned(), unknown.help.clone());
    CaseResult {
        test,
        tier: decision.tier,
        reason: decision.reason.clone().into_owned(),
        decided_by: decision.decided_by.map(|outcome| outcome.origin.clone()),
        unknowns: decision.unknowns.iter().map(resolve).collect(),
        mismatches: compare(&test.expect, &decision),
    }
}

/// The expectations that a decision does not meet.
fn compare(expect: &ExpectDocument, decision: &Decision<'_>) -> Vec<Mismatch> {
    let mut unmet = Unmet::default();
    if let Some(tier) = &expect.tier {
        unmet.check("tier", tier.span, tier.value.as_str(), decision.tier.as_str());
    }
    if let Some(decider) = &expect.decided_by {
        unmet.check_decider(decider, decision.decided_by.map(|outcome| &outcome.origin));
    }
    if let Some(reason) = &expect.reason {
        unmet.check("reason", reason.span, &reason.value, &decision.reason);
    }
    if let Some(unknowns) = &expect.unknowns {
        unmet.check_unknowns(unknowns, &decision.unknowns);
    }
    unmet.list
}

#[derive(Default)]
struct Unmet {
    list: Vec<Mismatch>,
}

impl Unmet {
    fn check(&mut self, field: &'static str, span: Span, expected: &str, got: &str) {
        if expected != got {
            self.list.push(Mismatch { field, span, expected: expected.to_owned(), got: got.to_owned() });
        }
    }

    fn check_decider(&mut self, expected: &ExpectedDecider, origin: Option<&Origin>) {
        let Some(origin) = origin else {
            self.check("decided_by", expected.span, "an entry", "no policy's answer");
            return;
        };
        if let Some(policy) = &expected.policy {
            self.check("decided_by.policy", policy.span, &policy.value, &origin.policy);
        }
        if let Some(layer) = &expected.layer {
            self.check("decided_by.layer", layer.span, layer.value.as_str(), origin.layer.as_str());
        }
        if let Some(pattern) = &expected.capability {
            let got = origin.capability.as_deref().unwrap_or("defaults");
            self.check("decided_by.capability", pattern.span, &pattern.value, got);
        }
        if let Some(rule) = &expected.rule {
            self.check_rule(rule, origin);
        }
        if let Some(line) = &expected.line {
            let (expected, got) = (line.value.to_string(), origin.position.line.to_string());
            self.check("decided_by.line", line.span, &expected, &got);
        }
    }

    fn check_rule(&mut self, expected: &ExpectedRule, origin: &Origin) {
        let number = || origin.rule.map_or_else(|| "no rule".to_owned(), |rule| format!("rule {}", rule + 1));
        match expected {
            ExpectedRule::None(span) => self.check("decided_by.rule", *span, "no rule", &number()),
            ExpectedRule::Number(wanted) => {
                self.check("decided_by.rule", wanted.span, &format!("rule {}", wanted.value), &number());
            }
            ExpectedRule::Id(id) => {
                let got = origin.rule.and(origin.id.as_deref()).map_or_else(number, str::to_owned);
                self.check("decided_by.rule", id.span, &id.value, &got);
            }
        }
    }

    fn check_unknowns(&mut self, expected: &ExpectedUnknowns, unknowns: &[UnknownTest<'_>]) {
        match expected {
            ExpectedUnknowns::Count(count) if count.value as usize != unknowns.len() => {
                self.check("unknowns", count.span, &count.value.to_string(), &unknowns.len().to_string());
            }
            ExpectedUnknowns::Texts(texts) => {
                let missing = |text: &&Spanned<String>| !unknowns.iter().any(|found| found.test.contains(&text.value));
                for text in texts.iter().filter(missing) {
                    self.check("unknowns", text.span, &format!("one that holds `{}`", text.value), "none such");
                }
            }
            ExpectedUnknowns::Count(_) => {}
        }
    }
}
