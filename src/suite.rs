//! Policy tests: the cases of a test document, put to an engine.
//!
//! Pure: the document and the engine are given, what every case came to is handed back, with the places of what was
//! expected. Nothing here reads files or prints.

use crate::call::Call;
use crate::catalog::Catalog;
use crate::decision::{Decision, UnknownTest};
use crate::diagnostic::{Diagnostic, kinds};
use crate::document::{ExpectDocument, ExpectedDecider, ExpectedRule, ExpectedUnknowns, SuiteDocument, TestDocument};
use crate::engine::{Engine, Scratch};
use crate::json::{Json, Object};
use crate::outcome::Origin;
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
    let written = as_written(&test.expect, engine, scratch, &call);
    let resolve = |unknown: &UnknownTest<'_>| (unknown.test.to_owned(), unknown.help());
    CaseResult {
        test,
        tier: decision.tier,
        reason: decision.reason().into_owned(),
        decided_by: decision.decided_by.map(|outcome| outcome.origin.clone()),
        unknowns: decision.unknowns.iter().map(resolve).collect(),
        mismatches: compare(&test.expect, &decision, &written),
    }
}

/// The tests as their author wrote them, by the test as the language prints it; looked up where texts of unknowns are expected.
fn as_written(
    expect: &ExpectDocument,
    engine: &Engine,
    scratch: &mut Scratch,
    call: &Call<'_>,
) -> Vec<(String, String)> {
    let Some(ExpectedUnknowns::Texts(_)) = &expect.unknowns else { return Vec::new() };
    let explained = engine.explain(scratch, call);
    let policies = explained.layers.into_iter().flat_map(|layer| layer.policies);
    let rules = policies.flat_map(|policy| policy.entries).flat_map(|entry| entry.rules);
    rules.flat_map(|rule| rule.tests).map(|test| (test.test, test.source)).collect()
}

/// The calls of a suite that a catalog does not have, where one is nearly meant: a warning for each, with that name.
#[must_use]
pub fn misspelt_calls(suite: &SuiteDocument, catalog: &Catalog) -> Vec<Diagnostic> {
    let misspelt = |call: &Spanned<String>| {
        let name = &call.value;
        let meant = catalog.differing_in_case(name).or_else(|| catalog.nearest(name))?;
        let message = format!("the catalog has no capability `{}`", name.escape_debug());
        let exact = (call.span.end - call.span.start) as usize == name.len();
        let finding = Diagnostic::of(&kinds::MISSPELT_CALL, call.span, message);
        let finding = finding.help(format!("did you mean `{meant}`?"));
        Some(if exact { finding.fix(call.span, meant) } else { finding })
    };
    let unknown = suite.tests.iter().map(|test| &test.call).filter(|call| catalog.get(&call.value).is_none());
    unknown.filter_map(misspelt).collect()
}

/// The expectations that a decision does not meet.
fn compare(expect: &ExpectDocument, decision: &Decision<'_>, written: &[(String, String)]) -> Vec<Mismatch> {
    let mut unmet = Unmet::default();
    if let Some(tier) = &expect.tier {
        unmet.check("tier", tier.span, tier.value.as_str(), decision.tier.as_str());
    }
    if let Some(decider) = &expect.decided_by {
        unmet.check_decider(decider, decision.decided_by.map(|outcome| &outcome.origin));
    }
    if let Some(reason) = &expect.reason {
        // the words of the rule, or all that is said where something could not be told
        let of_rule = decision.decided_by.map_or("", |outcome| outcome.reason.as_ref());
        let got = if reason.value == of_rule { of_rule } else { &decision.reason() };
        unmet.check("reason", reason.span, &reason.value, got);
    }
    if let Some(unknowns) = &expect.unknowns {
        unmet.check_unknowns(unknowns, &decision.unknowns, written);
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

    fn check_unknowns(
        &mut self,
        expected: &ExpectedUnknowns,
        unknowns: &[UnknownTest<'_>],
        written: &[(String, String)],
    ) {
        match expected {
            ExpectedUnknowns::Count(count) if count.value as usize != unknowns.len() => {
                self.check("unknowns", count.span, &count.value.to_string(), &unknowns.len().to_string());
            }
            ExpectedUnknowns::Texts(texts) => {
                let holds = |found: &UnknownTest<'_>, text: &str| {
                    let mut own = written.iter().filter(|(test, _)| test == found.test).map(|(_, source)| source);
                    found.test.contains(text) || own.any(|source| source.contains(&one_line(text)))
                };
                let missing = |text: &&Spanned<String>| !unknowns.iter().any(|found| holds(found, &text.value));
                for text in texts.iter().filter(missing) {
                    self.check("unknowns", text.span, &format!("one that holds `{}`", text.value), "none such");
                }
            }
            ExpectedUnknowns::Count(_) => {}
        }
    }
}

/// A text as it is shown where it is written over several lines.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::load_suite;
    use crate::policy_set::Loader;
    use crate::source::Sources;
    use crate::yaml::Limits;

    const POLICY: &str = "
name: team
version: '1'
defaults: { tier: notify, reason: not named }
capabilities:
  files.delete: { tier: approval_required, reason: Deletion waits }
  files.write:
    rules:
      - { id: inside, condition: { path_within: /ws }, tier: autonomous }
      - { condition: { path_within: /tmp }, tier: notify }
    tier: blocked
";

    /// What is not met by a call of `capability` with `params`, where `expect` is expected: `field expected/got`.
    fn unmet(capability: &str, params: &str, expect: &str) -> Vec<String> {
        let set = Loader::new().policy("team.yaml", POLICY).load().set.unwrap();
        let engine = Engine::new(set).unwrap();
        let text = format!("tests: [{{ name: n, agent: a, call: {capability}, params: {params}, expect: {expect} }}]");
        let mut sources = Sources::default();
        let id = sources.add("a.test.yaml", text.as_str());
        let parsed = load_suite(id, &text, Limits::default());
        assert!(parsed.diagnostics.is_empty(), "{:?}", parsed.diagnostics);
        let document = parsed.value.unwrap();
        let results = run(&document, &engine);
        let unmet = results[0].mismatches.iter();
        unmet.map(|one| format!("{} {}/{} at `{}`", one.field, one.expected, one.got, sources.text(one.span))).collect()
    }

    #[test]
    fn a_met_expectation_passes() {
        let all = "{ tier: autonomous, decided_by: { policy: team, layer: organization, capability: files.write, \
                   rule: inside, line: 9 }, reason: '`files.write` is autonomous in `team`', unknowns: 0 }";
        for expect in
            ["autonomous", "{ decided_by: files.write }", "{ decided_by: { rule: 1 } }", "{ unknowns: [] }", all]
        {
            assert!(unmet("files.write", "{ path: /ws/a }", expect).is_empty(), "{expect}");
        }
    }

    #[test]
    fn an_unmet_tier_is_named_where_it_is_expected() {
        assert_eq!(unmet("files.delete", "{}", "notify"), ["tier notify/approval_required at `notify`"]);
        assert_eq!(unmet("files.delete", "{}", "{ tier: notify }"), ["tier notify/approval_required at `notify`"]);
    }

    #[test]
    fn each_part_of_what_decides_is_compared() {
        let expect = "{ decided_by: { policy: other, layer: system, capability: x, rule: 3, line: 1 } }";
        let fields = [
            "decided_by.policy other/team at `other`",
            "decided_by.layer system/organization at `system`",
            "decided_by.capability x/files.write at `x`",
            "decided_by.rule rule 3/rule 2 at `3`",
            "decided_by.line 1/10 at `1`",
        ];
        assert_eq!(unmet("files.write", "{ path: /tmp/a }", expect), fields);
    }

    #[test]
    fn rules_are_expected_by_number_by_id_or_not_at_all() {
        let rule =
            |params: &str, rule: &str| unmet("files.write", params, &format!("{{ decided_by: {{ rule: {rule} }} }}"));
        assert!(rule("{ path: /etc }", "null").is_empty());
        assert!(rule("{ path: /tmp/a }", "2").is_empty());
        assert_eq!(rule("{ path: /tmp/a }", "inside"), ["decided_by.rule inside/rule 2 at `inside`"]);
        assert_eq!(rule("{ path: /ws/a }", "2"), ["decided_by.rule rule 2/rule 1 at `2`"]);
        assert_eq!(rule("{ path: /etc }", "inside"), ["decided_by.rule inside/no rule at `inside`"]);
    }

    #[test]
    fn defaults_can_be_what_is_expected_to_decide() {
        assert!(unmet("mail.send", "{}", "{ tier: notify, decided_by: defaults, reason: not named }").is_empty());
        assert_eq!(
            unmet("files.delete", "{}", "{ decided_by: defaults }"),
            ["decided_by.capability defaults/files.delete at `defaults`"]
        );
    }

    #[test]
    fn an_invalid_call_is_decided_by_nothing() {
        assert_eq!(
            unmet("files..delete", "{}", "{ tier: blocked, decided_by: files.delete }"),
            ["decided_by an entry/no policy's answer at `files.delete`"]
        );
    }

    #[test]
    fn a_misspelt_call_is_told_with_what_was_meant() {
        const CATALOG: &str = "tools: [{ name: files.read, inputSchema: {} }, { name: files.write, inputSchema: {} }]";
        let loaded = Loader::new().policy("team.yaml", POLICY).catalog("c.yaml", CATALOG).load();
        let set = loaded.set.unwrap();
        let of = |call: &str| {
            let text = format!("tests: [{{ name: n, agent: a, call: {call}, expect: notify }}]");
            let id = Sources::default().add("a.test.yaml", text.as_str());
            let document = load_suite(id, &text, Limits::default()).value.unwrap();
            misspelt_calls(&document, set.catalog().unwrap())
                .into_iter()
                .map(|found| found.fix.unwrap().replacement)
                .collect::<Vec<_>>()
        };
        assert_eq!(of("files.raed"), ["files.read"]);
        assert_eq!(of("Files.write"), ["files.write"]);
        assert!(of("files.read").is_empty() && of("something.new").is_empty());
    }

    #[test]
    fn unknowns_are_expected_by_number_or_by_their_text() {
        assert!(unmet("files.write", "{}", "{ unknowns: 2 }").is_empty());
        assert!(unmet("files.write", "{}", "{ unknowns: ['params.path'] }").is_empty());
        assert!(unmet("files.write", "{}", "{ unknowns: ['path_within: /ws', 'path_within: /tmp'] }").is_empty());
        assert!(unmet("files.write", "{}", "{ unknowns: ['path_within:  /ws'] }").is_empty());
        assert_eq!(unmet("files.write", "{}", "{ unknowns: [] }"), ["unknowns 0/2 at `[]`"]);
        assert_eq!(
            unmet("files.write", "{}", "{ unknowns: [size] }"),
            ["unknowns one that holds `size`/none such at `size`"]
        );
    }
}
