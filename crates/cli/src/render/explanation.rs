//! An explanation for people: first what happens, then where that is written, then everything that had a part in it.

use kruxos_policy::Call;
use kruxos_policy::Decision;
use kruxos_policy::decision::{Origin, UnknownTest};
use kruxos_policy::explain::{
    Change, EntryExplanation, Explanation, LayerExplanation, PolicyExplanation, RuleExplanation, TestExplanation,
    TestOutcome,
};
use kruxos_policy::source::Sources;
use kruxos_policy::tier::Tier;

use super::tree::{arrow, bold, dim, fit, mark, tier, wrap};
use super::{excerpt, visible};
use crate::output::Look;

/// What is shown of one call.
pub(crate) struct Shown<'s> {
    /// The call.
    pub(crate) call: &'s Call<'s>,
    /// Its decision.
    pub(crate) decision: &'s Decision<'s>,
    /// Why.
    pub(crate) explanation: &'s Explanation,
    /// The policies' texts.
    pub(crate) sources: &'s Sources,
}

impl Shown<'_> {
    /// All of it.
    pub(crate) fn render(&self, look: Look) -> String {
        let page = Page { shown: self, look };
        [page.headline(), page.decider(), page.unknowns(), page.layers(), page.entries(), page.changes()]
            .into_iter()
            .filter(|part| !part.is_empty())
            .collect::<Vec<_>>()
            .join("\n")
    }
}

/// What happens to a call of a tier, said to a person.
const fn consequence(tier: Tier) -> &'static str {
    match tier {
        Tier::Autonomous => "runs, and nobody is told",
        Tier::Notify => "runs, and the supervisors are told",
        Tier::ApprovalRequired => "waits for a supervisor",
        Tier::Blocked => "does not run",
    }
}

struct Page<'p> {
    shown: &'p Shown<'p>,
    look: Look,
}

impl Page<'_> {
    fn headline(&self) -> String {
        let (call, decision) = (self.shown.call, self.shown.decision);
        let sentence = format!(
            "{}: `{}` by `{}` {}.",
            tier(decision.tier, self.look),
            visible(call.capability),
            visible(call.agent),
            consequence(decision.tier),
        );
        wrap(&bold(&sentence, self.look), "", self.look) + &wrap(&visible(&decision.reason), "  ", self.look)
    }

    fn heading(&self, text: &str) -> String {
        format!("{}\n", bold(text, self.look))
    }

    fn decider(&self) -> String {
        let Some(outcome) = self.shown.decision.decided_by else { return self.nobody() };
        let origin = &outcome.origin;
        let mut text = self.heading(&format!("decided at {}", place(origin)));
        text.push_str(&wrap(&decider(origin), "  ", self.look));
        if let Some(source) = self.shown.sources.get(origin.span.source) {
            text.push_str(&excerpt::of(source, origin.span, self.look));
        }
        text
    }

    fn nobody(&self) -> String {
        let answered = self.shown.explanation.layers.iter().any(|layer| layer.tier.is_some());
        if answered || self.shown.decision.reason != "no policy answers" {
            return String::new();
        }
        let way_out = "Nothing matches this call and no policy has `defaults`. Add an entry for the capability, or \
                       `defaults: { tier: … }`.";
        wrap(way_out, "  ", self.look)
    }

    fn unknowns(&self) -> String {
        let unknowns = &self.shown.decision.unknowns;
        if unknowns.is_empty() {
            return String::new();
        }
        let mut text = self.heading("what could not be computed, so the strictest outcome counts");
        unknowns.iter().for_each(|unknown| text.push_str(&self.unknown(unknown)));
        text
    }

    fn unknown(&self, unknown: &UnknownTest<'_>) -> String {
        let at = format!("{}:{}:{}", visible(unknown.file), unknown.position.line, unknown.position.column);
        let mut text = format!("  {} {}\n", mark(TestOutcome::Unknown, self.look), self.cut(unknown.test, 4));
        text.push_str(&format!("    {}\n", dim(&at, self.look)));
        text.push_str(&wrap(&format!("why: {}", visible(&unknown.cause.to_string())), "    ", self.look));
        text.push_str(&wrap(&format!("to resolve: {}", visible(&unknown.help)), "    ", self.look));
        text
    }

    fn layers(&self) -> String {
        let mut text = self.heading("layers, the highest authority first");
        self.shown.explanation.layers.iter().for_each(|layer| text.push_str(&self.layer(layer)));
        text
    }

    fn layer(&self, layer: &LayerExplanation) -> String {
        let name = format!("{:<13}", layer.layer.as_str());
        let Some(own) = layer.tier else {
            let silent = if layer.policies.is_empty() { "no policy speaks of this call" } else { "no answer" };
            return format!("  {name} {}\n", dim(silent, self.look));
        };
        let padding = " ".repeat(Tier::ApprovalRequired.as_str().len() - own.as_str().len());
        let bound = match layer.relaxable_to {
            Some(to) if to < own => format!("lower layers may relax it to {to}"),
            _ if own == Tier::Autonomous => "lower layers may be stricter".to_owned(),
            _ => "lower layers may only be stricter".to_owned(),
        };
        format!("  {name} {}{padding}  {}\n", tier(own, self.look), dim(&bound, self.look))
    }

    fn entries(&self) -> String {
        let mut text = String::new();
        for layer in &self.shown.explanation.layers {
            for policy in &layer.policies {
                text.push_str(&self.policy(layer, policy));
            }
        }
        if text.is_empty() { text } else { self.heading("entries that match, the more specific first") + &text }
    }

    fn policy(&self, layer: &LayerExplanation, policy: &PolicyExplanation) -> String {
        let head = format!("{} ({}, {})", visible(&policy.policy), layer.layer, visible(&policy.file));
        let mut text = wrap(&head, "  ", self.look);
        policy.entries.iter().for_each(|entry| text.push_str(&self.entry(entry)));
        text
    }

    fn entry(&self, entry: &EntryExplanation) -> String {
        let pattern = entry.pattern.as_deref().map_or_else(|| "defaults".into(), visible);
        let mut text = format!("    {} {}\n", bold(&self.cut(&pattern, 24), self.look), self.at_line(entry.line));
        if let Some(over) = &entry.overridden_by {
            let instead = format!("overridden: the more specific `{}` answers", visible(over));
            return text + &dim(&wrap(&instead, "      ", self.look), self.look);
        }
        for (number, rule) in (1..).zip(&entry.rules) {
            text.push_str(&self.rule(number, rule));
        }
        text + &self.own_tier(entry)
    }

    fn own_tier(&self, entry: &EntryExplanation) -> String {
        let answered = entry.rules.iter().any(|rule| rule.outcome == TestOutcome::True);
        match entry.tier {
            Some(own) if entry.rules.is_empty() => format!("      {} {}\n", arrow(self.look), tier(own, self.look)),
            Some(own) if answered => {
                format!("      {}\n", dim(&format!("no rule holds {} {own}   not reached", arrow(self.look)), self.look))
            }
            Some(own) => format!("      no rule holds {} {}\n", arrow(self.look), tier(own, self.look)),
            None if answered => String::new(),
            None => format!("      {}\n", dim("no rule holds: less specific entries are asked", self.look)),
        }
    }

    fn rule(&self, number: usize, rule: &RuleExplanation) -> String {
        let verdict = match rule.outcome {
            _ if !rule.reached => "not reached",
            TestOutcome::True => "holds",
            TestOutcome::False => "does not hold",
            TestOutcome::Unknown => "may hold",
        };
        let head = format!("rule {number} {} {}", arrow(self.look), tier(rule.tier, self.look));
        let mut text = format!("      {head}   {verdict} {}\n", self.at_line(rule.line));
        if rule.reached {
            rule.tests.iter().for_each(|test| text.push_str(&self.test(test)));
        }
        text
    }

    fn test(&self, test: &TestExplanation) -> String {
        let mut text = format!("        {} {}\n", mark(test.outcome, self.look), self.cut(&test.test, 10));
        if let Some(cause) = &test.cause {
            text.push_str(&wrap(&format!("unknown: {}", visible(cause)), "          ", self.look));
        }
        text
    }

    fn changes(&self) -> String {
        let changes = &self.shown.explanation.changes;
        if changes.is_empty() {
            let tested = self.shown.explanation.layers.iter().flat_map(|layer| &layer.policies);
            let tested = tested.flat_map(|policy| &policy.entries).any(|entry| entry.rules.iter().any(|rule| rule.reached));
            let none = "No other outcome of a single test would change the tier.";
            return if tested { wrap(none, "", self.look) } else { String::new() };
        }
        let mut text = self.heading("what would change the tier");
        changes.iter().for_each(|change| text.push_str(&self.change(change)));
        text
    }

    fn change(&self, change: &Change) -> String {
        let would_be = match change.would_be {
            TestOutcome::True => "if it held",
            TestOutcome::False => "if it did not hold",
            TestOutcome::Unknown => "if it were unknown",
        };
        let test = format!("  {} {}\n", mark(change.outcome, self.look), self.cut(&change.test, 4));
        test + &format!("    {would_be} {} {}\n", arrow(self.look), tier(change.tier, self.look))
    }

    /// Text of a policy on one line, beside `taken` columns of other things.
    fn cut(&self, text: &str, taken: usize) -> String {
        fit(&visible(text), self.look.width.saturating_sub(taken), self.look)
    }

    fn at_line(&self, line: u32) -> String {
        dim(&format!("(line {line})"), self.look)
    }
}

fn place(origin: &Origin) -> String {
    format!("{}:{}:{}", visible(&origin.file), origin.position.line, origin.position.column)
}

/// "rule 2 (`id`) of the entry `filesystem.write` in the organization's policy `team-moderate`".
fn decider(origin: &Origin) -> String {
    let entry = origin.capability.as_deref();
    let entry = entry.map_or_else(|| "`defaults`".to_owned(), |pattern| format!("the entry `{}`", visible(pattern)));
    let rule = origin.rule.map(|rule| format!("rule {} of ", rule + 1)).unwrap_or_default();
    let id = origin.id.as_deref().map(|id| format!(" (id `{}`)", visible(id))).unwrap_or_default();
    format!("{rule}{entry}{id} in `{}`, layer {}", visible(&origin.policy), origin.layer)
}
