//! An explanation for people: first what happens, then where that is written, then everything that had a part in it.

use kruxos_policy::Call;
use kruxos_policy::Decision;
use kruxos_policy::decision::UnknownTest;
use kruxos_policy::explain::{
    Change, CommandExplanation, EntryExplanation, Explanation, FileAccess, FileExplanation, LayerExplanation,
    PolicyExplanation, RuleExplanation, TestExplanation, TestOutcome,
};
use kruxos_policy::outcome::{Approval, Origin};
use kruxos_policy::rate_limit::{LimitUse, Per};
use kruxos_policy::source::{Position, Sources};
use kruxos_policy::tier::{Layer, Tier};

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
        if self.is_invalid() {
            return page.headline();
        }
        [
            page.headline(),
            page.decider(),
            page.obligations(),
            page.unknowns(),
            page.layers(),
            page.entries(),
            page.changes(),
        ]
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join("\n")
    }
}

impl Shown<'_> {
    /// Whether the call was refused before any policy was asked.
    fn is_invalid(&self) -> bool {
        self.decision.decided_by.is_none() && self.decision.unknowns.is_empty() && self.decision.reason() != NOBODY
    }
}

/// The reason of a decision that no policy has a part in.
const NOBODY: &str = "no policy answers";

/// What happens to a call of a tier, said to a person.
const fn consequence(tier: Tier) -> &'static str {
    match tier {
        Tier::Autonomous => "runs, and nobody is told",
        Tier::Notify => "runs, and the supervisors are told",
        Tier::ApprovalRequired => "waits for a supervisor",
        Tier::Blocked => "does not run",
    }
}

/// Most tests shown of those that would change the tier to the same one.
const MOST_CHANGES: usize = 4;
/// Most places shown of tests that are unknown for one cause.
const MOST_CAUSED: usize = 4;
/// Most commands shown of a shell command.
const MOST_COMMANDS: usize = 12;

/// A test, as written, whose other outcome makes the tier another one.
struct WrittenChange<'c> {
    test: &'c str,
    outcome: TestOutcome,
    would_be: TestOutcome,
    tier: Tier,
}

struct Page<'p> {
    shown: &'p Shown<'p>,
    look: Look,
}

impl Page<'_> {
    fn headline(&self) -> String {
        let (call, decision) = (self.shown.call, self.shown.decision);
        let sentence =
            format!(": `{}` by `{}` {}.", visible(call.capability), visible(call.agent), consequence(decision.tier),);
        let headline = tier(decision.tier, self.look) + &bold(&sentence, self.look);
        wrap(&headline, "", self.look) + &wrap(&visible(&decision.reason()), "  ", self.look)
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
            text.push_str(&excerpt::of(source, origin.span.site(), self.look));
            if origin.span.alias().is_some() {
                text.push_str(&wrap("The alias stands for this:", "  ", self.look));
                text.push_str(&excerpt::of(source, origin.span, self.look));
            }
        }
        if self.may_not_hold(origin) {
            let unsure = "Whether this rule holds is not known; it counts because it is the strictest outcome.";
            text.push_str(&wrap(unsure, "  ", self.look));
        }
        if let Some(limit) = self.shown.decision.unknowns.iter().find(|unknown| unknown.is_key) {
            let (said, tier) = (outcome.tier, self.shown.decision.tier);
            let at = format!("{}:{}", visible(limit.file), limit.position.line);
            let spent = format!(
                "It says {said}; its limit ({at}), whose key is not known, counts as spent and makes that {tier}."
            );
            text.push_str(&wrap(&spent, "  ", self.look));
        } else if outcome.tier > self.shown.decision.tier {
            let (said, tier) = (outcome.tier, self.shown.decision.tier);
            let relaxed = format!("It says {said} and lets lower layers relax that to {tier}, which one does.");
            text.push_str(&wrap(&relaxed, "  ", self.look));
        }
        text
    }

    /// Whether one of the unknown tests is in the rule that decided.
    fn may_not_hold(&self, origin: &Origin) -> bool {
        let rule = origin.span;
        let mut tests = self.shown.decision.unknowns.iter().filter(|unknown| !unknown.is_key);
        origin.rule.is_some() && tests.any(|unknown| rule.holds(unknown.span))
    }

    fn nobody(&self) -> String {
        if self.shown.decision.reason() != NOBODY {
            return String::new();
        }
        let way_out = "Nothing matches this call and no policy has `defaults`. Add an entry for the capability, or \
                       `defaults: { tier: … }`.";
        wrap(way_out, "  ", self.look)
    }

    fn obligations(&self) -> String {
        let decision = self.shown.decision;
        let mut text: String = decision.rate_limits.iter().map(|used| self.rate_limit(used)).collect();
        if let Some(approval) = decision.approval().filter(|_| decision.tier == Tier::ApprovalRequired) {
            text.push_str(&wrap(&approval_words(approval), "  ", self.look));
        }
        if text.is_empty() { text } else { self.heading("obligations") + &text }
    }

    fn rate_limit(&self, used: &LimitUse<'_>) -> String {
        let limit = used.limit;
        let whose = match (&used.key, &limit.per) {
            (None, _) => "for a key that could not be computed, which counts as spent".into(),
            (_, Per::Global) => "by all agents together".into(),
            (_, Per::Agent) => "by this agent".into(),
            (Some(key), Per::Expression(..)) => format!("for `{}`", visible(&key.to_string())),
        };
        let (max, window, beyond) = (limit.max, duration(limit.window_ms), limit.on_exceed);
        let at = format!("{}:{}", visible(&limit.origin.file), limit.origin.position.line);
        wrap(&format!("at most {max} calls in {window} {whose}; beyond that {beyond} ({at})"), "  ", self.look)
    }

    fn unknowns(&self) -> String {
        let unknowns = &self.shown.decision.unknowns;
        if unknowns.is_empty() {
            return String::new();
        }
        let mut text = self.heading("not known, so the strictest outcome counts");
        let mut causes: Vec<Vec<&UnknownTest<'_>>> = Vec::new();
        for unknown in unknowns {
            let same = |known: &&mut Vec<&UnknownTest<'_>>| {
                known.first().is_some_and(|first| (first.cause, first.help()) == (unknown.cause, unknown.help()))
            };
            match causes.iter_mut().find(same) {
                Some(known) => known.push(unknown),
                None => causes.push(vec![unknown]),
            }
        }
        causes.iter().for_each(|same| text.push_str(&self.unknown(same)));
        text
    }

    /// A cause with its help, once, and the tests that it keeps from being computed.
    fn unknown(&self, same: &[&UnknownTest<'_>]) -> String {
        let Some(first) = same.first() else { return String::new() };
        let cause = format!("{}; {}", visible(&first.cause.to_string()), visible(&first.help()));
        let mut text = wrap(&cause, "  ", self.look);
        let places = same.chunk_by(|left, right| place_of(left) == place_of(right));
        for tests in places.clone().take(MOST_CAUSED) {
            let Some(first) = tests.first() else { continue };
            let written = self.written_unknown(first);
            text.push_str(&self.test_line("    ", TestOutcome::Unknown, written, tests.len()));
            let at = format!("{}:{}:{}", visible(first.file), first.position.line, first.position.column);
            text.push_str(&format!("      {}\n", dim(&at, self.look)));
        }
        let more: usize = places.skip(MOST_CAUSED).map(<[_]>::len).sum();
        if more > 0 {
            text.push_str(&(dim(&format!("    and {more} more"), self.look) + "\n"));
        }
        text
    }

    /// All tests that are explained.
    fn tests_explained(&self) -> impl Iterator<Item = &TestExplanation> {
        let policies = self.shown.explanation.layers.iter().flat_map(|layer| &layer.policies);
        policies.flat_map(|policy| &policy.entries).flat_map(|entry| &entry.rules).flat_map(|rule| &rule.tests)
    }

    /// What an author wrote for an unknown test, or for the key of a limit.
    fn written_unknown<'u>(&'u self, unknown: &'u UnknownTest<'u>) -> &'u str {
        if unknown.is_key {
            return self.shown.sources.text(unknown.span);
        }
        let place = (unknown.position.line, unknown.position.column);
        let is = |test: &&TestExplanation| test.test == unknown.test && (test.line, test.column) == place;
        self.tests_explained().find(is).map_or(unknown.test, |test| &test.source)
    }

    /// A test with its mark, and how many more of its kind stand at its place.
    fn test_line(&self, indent: &str, outcome: TestOutcome, test: &str, count: usize) -> String {
        let more = if count > 1 { format!(" and {} more", count - 1) } else { String::new() };
        let room = self.look.width.saturating_sub(indent.len() + 2 + more.len());
        let test = fit(&visible(test), room, self.look);
        format!("{indent}{} {test}{}\n", mark(outcome, self.look), dim(&more, self.look))
    }

    fn layers(&self) -> String {
        let mut text = self.heading("layers, the highest authority first");
        let mut least = Tier::Autonomous;
        for layer in &self.shown.explanation.layers {
            text.push_str(&self.layer(layer, least));
            least = self.shown.decision.layer(layer.layer).map_or(least, |answer| answer.bound.max(least));
        }
        text
    }

    /// `least` is the most permissive tier that the layers above allow.
    fn layer(&self, layer: &LayerExplanation, least: Tier) -> String {
        let name = format!("  {:<13}", layer.layer.as_str());
        let Some(answer) = self.shown.decision.layer(layer.layer) else {
            let silent = if layer.policies.is_empty() { "has no policy for this call" } else { "no answer" };
            return format!("{name}{}\n", dim(silent, self.look));
        };
        let own = answer.tier;
        let bound = match answer.bound {
            _ if own < least => &format!(", held to {least} from above"),
            _ if layer.layer == Layer::Agent => "",
            to if to < own => &format!(", relaxable to {to}"),
            _ if own == Tier::Autonomous => "",
            _ => ", lower layers may only be stricter",
        };
        let at = format!("{:15}{}", "", place(&answer.by.origin));
        format!("{name}{}{}\n{}\n", tier(own, self.look), dim(bound, self.look), dim(&at, self.look))
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
        let role = match &policy.base_of {
            Some(extending) => format!("base of {}, what it blocks stays blocked", visible(extending)),
            None => layer.layer.to_string(),
        };
        let head = format!("{} ({role}, {})", visible(&policy.policy), visible(&policy.file));
        let mut text = wrap(&head, "  ", self.look);
        policy.entries.iter().for_each(|entry| text.push_str(&self.entry(entry)));
        text
    }

    fn entry(&self, entry: &EntryExplanation) -> String {
        let pattern = entry.pattern.as_deref().map_or_else(|| "defaults".into(), visible);
        let pattern = fit(&pattern, self.look.width.saturating_sub(24), self.look);
        let line = self.at_line(entry.line);
        if let Some(over) = &entry.overridden_by {
            let over = fit(&format!("overridden by `{}`", visible(over)), self.look.width.saturating_sub(6), self.look);
            return format!("    {} {line}\n      {}\n", dim(&pattern, self.look), dim(&over, self.look));
        }
        if let (true, Some(own)) = (entry.rules.is_empty(), entry.tier) {
            return format!("    {} {line} {} {}\n", bold(&pattern, self.look), arrow(self.look), tier(own, self.look));
        }
        let mut text = format!("    {} {line}\n", bold(&pattern, self.look));
        for (number, rule) in (1..).zip(&entry.rules) {
            text.push_str(&self.rule(number, rule));
        }
        text + &self.own_tier(entry)
    }

    fn own_tier(&self, entry: &EntryExplanation) -> String {
        let answered = entry.rules.iter().any(|rule| rule.outcome == TestOutcome::True);
        let arrow = arrow(self.look);
        match entry.tier {
            Some(own) if answered => dim(&format!("      else {arrow} {own}: not reached"), self.look) + "\n",
            Some(own) => format!("      else {arrow} {}\n", tier(own, self.look)),
            None if answered => String::new(),
            None => dim("      else less specific entries are asked", self.look) + "\n",
        }
    }

    fn rule(&self, number: usize, rule: &RuleExplanation) -> String {
        let verdict = match rule.outcome {
            _ if !rule.reached => "not reached",
            TestOutcome::True => "holds",
            TestOutcome::False => "does not hold",
            TestOutcome::Unknown => "may hold",
        };
        let head = format!("      rule {number} {}", self.at_line(rule.line));
        let mut text = format!("{head} {} {}: {verdict}\n", arrow(self.look), tier(rule.tier, self.look));
        if rule.reached {
            let kind = |test: &TestExplanation| (test.line, test.column, test.outcome, test.cause.clone());
            let same = rule.tests.chunk_by(|left, right| kind(left) == kind(right));
            same.for_each(|same| text.push_str(&self.tests(same)));
        }
        text
    }

    /// Tests of one place with one outcome.
    fn tests(&self, same: &[TestExplanation]) -> String {
        let Some(first) = same.first() else { return String::new() };
        let (written, outcome) = first.as_written();
        let mut text = self.test_line("        ", outcome, written, same.len());
        if let Some(cause) = &first.cause {
            text.push_str(&wrap(&format!("unknown: {}", visible(cause)), "          ", self.look));
        }
        for command in first.commands.iter().take(MOST_COMMANDS) {
            text.push_str(&self.command(command));
        }
        for file in first.files.iter().take(MOST_COMMANDS) {
            text.push_str(&self.file(file));
        }
        text
    }

    /// A file that a shell command would read or write, and whether the test allows it.
    fn file(&self, file: &FileExplanation) -> String {
        let does = match file.access {
            FileAccess::Read => "reads",
            FileAccess::Write => "writes",
        };
        let why = match (file.allowed, &file.cause) {
            (TestOutcome::True, _) => String::new(),
            (TestOutcome::False, _) => ": outside".to_owned(),
            (TestOutcome::Unknown, cause) => format!(": {}", visible(cause.as_deref().unwrap_or("unknown"))),
        };
        let said = format!("{does} {}{why}", visible(&file.file));
        let lines = wrap(&said, "            ", self.look);
        let marked = format!("          {} ", mark(file.allowed, self.look));
        lines.replacen("            ", &marked, 1)
    }

    /// A command that a shell command would run, and whether the test's list has it.
    fn command(&self, command: &CommandExplanation) -> String {
        let doubt = command.cause.as_deref().filter(|_| command.by.is_none());
        let why = match (&command.by, doubt) {
            (Some(by), _) => format!("is `{}` of the list", visible(by)),
            (None, Some(_)) => "is in doubt".to_owned(),
            (None, None) if command.listed == TestOutcome::True => "needs no entry: what it runs is judged".to_owned(),
            (None, None) => "is not in the list".to_owned(),
        };
        let room = self.look.width.saturating_sub(14 + why.chars().count());
        let shown = fit(&visible(&command.command), room.max(20), self.look);
        let mut text = format!("          {} {shown} {}\n", mark(command.listed, self.look), dim(&why, self.look));
        if let Some(doubt) = doubt.filter(|doubt| command.parts.iter().all(|part| part.doubt.as_deref() != Some(doubt)))
        {
            text.push_str(&wrap(&visible(doubt), "            ", self.look));
        }
        for part in &command.parts {
            let said = match &part.doubt {
                Some(doubt) => format!("{}: {}", visible(&part.part), visible(doubt)),
                None => visible(&part.part).into(),
            };
            text.push_str(&wrap(&said, "            ", self.look));
        }
        text
    }

    fn changes(&self) -> String {
        let mut changes: Vec<WrittenChange<'_>> =
            self.shown.explanation.changes.iter().map(|change| self.written_change(change)).collect();
        if changes.is_empty() {
            return self.no_changes();
        }
        let kind = |change: &WrittenChange<'_>| (change.tier, change.would_be as u8);
        changes.sort_by_key(kind);
        let mut text = self.heading("what would change the tier");
        for same in changes.chunk_by(|left, right| kind(left) == kind(right)) {
            text.push_str(&self.change(same));
        }
        text
    }

    /// A change as said of what an author wrote.
    fn written_change<'c>(&'c self, change: &'c Change) -> WrittenChange<'c> {
        let Change { test, outcome, would_be, tier } = change;
        match self.tests_explained().find(|explained| explained.test == *test) {
            Some(explained) => {
                let (test, outcome) = explained.as_written();
                let would_be = if explained.negated { would_be.opposite() } else { *would_be };
                WrittenChange { test, outcome, would_be, tier: *tier }
            }
            None => WrittenChange { test, outcome: *outcome, would_be: *would_be, tier: *tier },
        }
    }

    fn no_changes(&self) -> String {
        let policies = self.shown.explanation.layers.iter().flat_map(|layer| &layer.policies);
        let mut entries = policies.flat_map(|policy| &policy.entries);
        if entries.any(|entry| entry.rules.iter().any(|rule| rule.reached)) {
            let text = if self.shown.decision.unknowns.is_empty() {
                "No other outcome of a single test would change the tier."
            } else {
                "No other outcome of a single test would change the tier; a value that can be told may."
            };
            return wrap(text, "", self.look);
        }
        String::new()
    }

    /// Tests whose other outcome comes to the same tier.
    fn change(&self, same: &[WrittenChange<'_>]) -> String {
        let Some(first) = same.first() else { return String::new() };
        let would_be = match (first.would_be, same.len()) {
            (TestOutcome::True, 1) => "if this held",
            (TestOutcome::True, _) => "if one of these held",
            (_, 1) => "if this did not hold",
            _ => "if one of these did not hold",
        };
        let mut text = format!("  {} {} {would_be}\n", arrow(self.look), tier(first.tier, self.look));
        for change in same.iter().take(MOST_CHANGES) {
            text.push_str(&self.test_line("    ", change.outcome, change.test, 1));
        }
        if same.len() > MOST_CHANGES {
            let more = format!("    and {} more", same.len() - MOST_CHANGES);
            text.push_str(&(dim(&more, self.look) + "\n"));
        }
        text
    }

    fn at_line(&self, line: u32) -> String {
        dim(&format!("(line {line})"), self.look)
    }
}

fn place(origin: &Origin) -> String {
    format!("{}:{}:{}", visible(&origin.file), origin.position.line, origin.position.column)
}

fn place_of<'u>(unknown: &'u UnknownTest<'_>) -> (&'u str, Position) {
    (unknown.file, unknown.position)
}

/// "approved by 2 of `ops`, `security` within 24h".
fn approval_words(approval: &Approval) -> String {
    let names: Vec<String> = approval.approvers.iter().map(|name| format!("`{}`", visible(name))).collect();
    let who = if names.is_empty() { "supervisors".to_owned() } else { names.join(", ") };
    let within = approval.expires.map(|expires| format!(", within {}", duration(expires))).unwrap_or_default();
    format!("approval by {} of {who}{within}", approval.quorum)
}

/// Milliseconds in the largest unit that says them exactly.
fn duration(milliseconds: u64) -> String {
    const UNITS: [(u64, &str); 4] = [(86_400_000, "d"), (3_600_000, "h"), (60_000, "m"), (1_000, "s")];
    let unit = UNITS.iter().find(|(unit, _)| milliseconds.is_multiple_of(*unit));
    unit.map_or_else(|| format!("{milliseconds}ms"), |(unit, name)| format!("{}{name}", milliseconds / unit))
}

/// "rule 2 (`id`) of the entry `filesystem.write` in the organization's policy `team-moderate`".
fn decider(origin: &Origin) -> String {
    let entry = origin.capability.as_deref();
    let entry = entry.map_or_else(|| "`defaults`".to_owned(), |pattern| format!("the entry `{}`", visible(pattern)));
    let rule = origin.rule.map(|rule| format!("rule {} of ", rule + 1)).unwrap_or_default();
    let id = origin.id.as_deref().map(|id| format!(", id `{}`", visible(id))).unwrap_or_default();
    format!("{rule}{entry} of `{}`, layer {}{id}", visible(&origin.policy), origin.layer)
}
