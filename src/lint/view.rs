//! A policy set as lint looks at it: entries with their patterns, tests and what the catalog knows of them.

use std::collections::BTreeMap;

use super::facts::{Fact, Tests};
use super::implication::cases;
use super::patterns::{PatternId, Patterns};
use super::sets::Effort;
use super::typed_sets::Programs;
use crate::catalog::CapabilityFacts;
use crate::cel::expr::{Expr, ExprKind};
use crate::document::{self, EntryDocument, PolicyDocument, RuleDocument};
use crate::outcome::Outcome;
use crate::pattern::{NameIndex, NamePattern};
use crate::policy_set::{Entry, Policy, PolicySet, Rule};
use crate::source::{SourceId, Span};
use crate::tier::Tier;
use crate::tree::condition::Condition;
use crate::tree::test_table::{TestId, TestTable};
use crate::yaml::Limits;

/// Everything lints look at.
pub(super) struct View<'s> {
    pub(super) set: &'s PolicySet,
    pub(super) policies: Vec<PolicyView<'s>>,
    pub(super) patterns: Patterns<'s>,
    pub(super) effort: Effort,
    documents: BTreeMap<SourceId, PolicyDocument>,
    places: BTreeMap<Span, (SourceId, usize)>,
    known: Vec<Vec<&'s CapabilityFacts>>,
}

/// One policy.
pub(super) struct PolicyView<'s> {
    pub(super) policy: &'s Policy,
    /// Its name, or its base's, where it is one.
    pub(super) name: &'s str,
    pub(super) entries: Vec<EntryView<'s>>,
    /// What it extends, as each is by itself.
    pub(super) bases: Vec<PolicyView<'s>>,
    /// The places in `entries`, by pattern.
    by_pattern: BTreeMap<PatternId, Vec<usize>>,
}

/// One entry.
pub(super) struct EntryView<'s> {
    pub(super) entry: &'s Entry,
    pub(super) pattern: PatternId,
    pub(super) tests: Tests,
    pub(super) rules: Vec<RuleView<'s>>,
}

/// One rule.
pub(super) struct RuleView<'s> {
    pub(super) rule: &'s Rule,
    pub(super) condition: Condition,
    /// The ways in which it can hold; `None` when there are too many.
    pub(super) cases: Option<Vec<Vec<Fact>>>,
}

impl<'s> View<'s> {
    pub(super) fn of(set: &'s PolicySet) -> Self {
        let effort = Effort::default();
        let of_bases = set.policies().iter().flat_map(|policy| &policy.bases).flat_map(|base| &base.entries);
        let entries = set.policies().iter().flat_map(|policy| &policy.entries).chain(of_bases);
        let patterns = Patterns::of(entries.map(|entry| &entry.pattern), &effort);
        let policies =
            set.policies().iter().map(|policy| PolicyView::of(policy, &patterns, &programs_of(set))).collect();
        let known = known_capabilities(set, &patterns);
        let mut view =
            Self { set, policies, patterns, effort, documents: BTreeMap::new(), places: BTreeMap::new(), known };
        view.read_documents();
        view
    }

    /// What is known of programs on the command line.
    pub(super) fn programs(&self) -> Programs {
        programs_of(self.set)
    }

    /// Every entry with its policy.
    pub(super) fn entries(&self) -> impl Iterator<Item = (&PolicyView<'s>, &EntryView<'s>)> {
        self.policies.iter().flat_map(|policy| policy.entries.iter().map(move |entry| (policy, entry)))
    }

    /// Every entry that stands in its policy's own file.
    pub(super) fn own_entries(&self) -> impl Iterator<Item = (&PolicyView<'s>, &EntryView<'s>)> {
        self.entries().filter(|(_, entry)| !entry.entry.inherited)
    }

    /// The capabilities of the catalog that an entry's pattern matches.
    pub(super) fn capabilities(&self, entry: &EntryView<'_>) -> &[&'s CapabilityFacts] {
        self.known.get(entry.pattern as usize).map_or(&[], Vec::as_slice)
    }

    /// An entry as it is written.
    pub(super) fn document(&self, entry: &Entry) -> Option<&EntryDocument> {
        let (source, at) = self.places.get(&entry.span)?;
        self.documents.get(source)?.capabilities.get(*at).map(|(_, document)| document)
    }

    /// A rule as it is written.
    pub(super) fn rule_document(&self, entry: &Entry, at: usize) -> Option<&RuleDocument> {
        self.document(entry)?.rules.get(at)
    }

    /// A policy as it is written.
    pub(super) fn policy_document(&self, policy: &Policy) -> Option<&PolicyDocument> {
        self.documents.get(&policy.span.source)
    }

    /// `file:line` of a span.
    pub(super) fn place(&self, span: Span) -> String {
        let sources = self.set.sources();
        let name = sources.get(span.source).map_or("", |source| source.name());
        format!("{name}:{}", sources.position(span.site()).line)
    }

    /// The text a span covers.
    pub(super) fn text(&self, span: Span) -> &str {
        self.set.sources().text(span)
    }

    fn read_documents(&mut self) {
        let sources = self.set.sources();
        let spans = self
            .set
            .policies()
            .iter()
            .flat_map(|policy| std::iter::once(policy.span).chain(policy.entries.iter().map(|entry| entry.span)));
        for id in spans.map(|span| span.source).collect::<std::collections::BTreeSet<_>>() {
            let Some(source) = sources.get(id) else { continue };
            let Some(document) = document::load_policy(id, source.text(), Limits::CATALOG).value else { continue };
            for (at, (pattern, _)) in document.capabilities.iter().enumerate() {
                self.places.insert(pattern.span, (id, at));
            }
            self.documents.insert(id, document);
        }
    }
}

impl<'s> PolicyView<'s> {
    fn of(policy: &'s Policy, patterns: &Patterns<'s>, programs: &Programs) -> Self {
        let bases = policy.bases.iter().map(|base| Self::new(policy, &base.name, &base.entries, patterns, programs));
        let bases = bases.collect();
        Self { bases, ..Self::new(policy, &policy.name, &policy.entries, patterns, programs) }
    }

    fn new(
        policy: &'s Policy,
        name: &'s str,
        entries: &'s [Entry],
        patterns: &Patterns<'s>,
        programs: &Programs,
    ) -> Self {
        let entries: Vec<EntryView<'s>> =
            entries.iter().map(|entry| EntryView::of(entry, patterns, programs)).collect();
        let mut by_pattern: BTreeMap<PatternId, Vec<usize>> = BTreeMap::new();
        for (at, entry) in entries.iter().enumerate() {
            by_pattern.entry(entry.pattern).or_default().push(at);
        }
        Self { policy, name, entries, bases: Vec::new(), by_pattern }
    }

    /// The entries of a pattern.
    pub(super) fn of_pattern(&self, pattern: PatternId) -> impl Iterator<Item = &EntryView<'s>> {
        let places = self.by_pattern.get(&pattern).map_or(&[][..], Vec::as_slice);
        places.iter().filter_map(|at| self.entries.get(*at))
    }

    /// The other entries that match some name this one matches.
    pub(super) fn overlapping<'v>(
        &'v self,
        entry: &EntryView<'_>,
        patterns: &'v Patterns<'s>,
    ) -> impl Iterator<Item = &'v EntryView<'s>> {
        patterns.overlapping(entry.pattern).iter().flat_map(|pattern| self.of_pattern(*pattern))
    }
}

impl<'s> EntryView<'s> {
    fn of(entry: &'s Entry, patterns: &Patterns<'s>, programs: &Programs) -> Self {
        let mut table = TestTable::default();
        let rules = entry.rules.iter().map(|rule| {
            let condition = Condition::of(&rule.condition, &mut table);
            RuleView { rule, cases: cases(&condition, true), condition }
        });
        let rules = rules.collect();
        Self { entry, pattern: patterns.id(&entry.pattern), tests: Tests::of(table, programs), rules }
    }

    /// Whether it has an answer whatever its rules come to.
    pub(super) const fn always_answers(&self) -> bool {
        self.entry.outcome.is_some()
    }

    /// The answer where no rule of it holds, as far as the policy says.
    pub(super) fn otherwise(&self, policy: &PolicyView<'_>) -> Tier {
        let outcome = self.entry.outcome.as_ref().or(policy.policy.defaults.as_ref());
        outcome.map_or(Tier::Blocked, |outcome| outcome.tier)
    }

    /// Whether a rule permits what would be answered more strictly without it.
    pub(super) fn permits(&self, policy: &PolicyView<'_>, rule: &RuleView<'_>) -> bool {
        rule.rule.outcome.tier < self.otherwise(policy)
    }

    /// Every answer it can give.
    pub(super) fn outcomes(&self) -> impl Iterator<Item = &'s Outcome> {
        let entry = self.entry;
        entry.rules.iter().map(|rule| rule.outcome.as_ref()).chain(entry.outcome.as_deref())
    }

    /// Whether it limits how many calls are admitted.
    pub(super) fn counts(&self) -> bool {
        !self.entry.rate_limits.is_empty() || self.entry.rules.iter().any(|rule| !rule.rate_limits.is_empty())
    }
}

#[cfg(feature = "shell")]
fn programs_of(set: &PolicySet) -> Programs {
    set.catalog().map(|catalog| catalog.programs.clone()).unwrap_or_default()
}

#[cfg(not(feature = "shell"))]
const fn programs_of(_: &PolicySet) -> Programs {
    Programs
}

/// For each pattern, the capabilities of the catalog that it matches.
fn known_capabilities<'s>(set: &'s PolicySet, patterns: &Patterns<'s>) -> Vec<Vec<&'s CapabilityFacts>> {
    let mut known = vec![Vec::new(); patterns.len()];
    let Some(catalog) = set.catalog() else { return known };
    let list: Vec<&NamePattern> = (0..).map_while(|id| patterns.get(id)).collect();
    let Ok(index) = NameIndex::new(&list) else { return known };
    let mut cache = index.cache();
    let mut found = Vec::new();
    for facts in catalog.iter() {
        found.clear();
        index.matches(&mut cache, &facts.name, &mut found);
        for at in &found {
            if let Some(list) = known.get_mut(*at as usize) {
                list.push(facts);
            }
        }
    }
    known
}

/// Every expression of a tree, the outer before the inner.
pub(super) fn walk<'e>(expr: &'e Expr, visit: &mut dyn FnMut(&'e Expr)) {
    visit(expr);
    match &expr.kind {
        ExprKind::Const(_) | ExprKind::Variable(_) | ExprKind::Local(_) => {}
        ExprKind::Select { operand, .. } | ExprKind::Has { operand, .. } | ExprKind::Not(operand) => {
            walk(operand, visit);
        }
        ExprKind::Call { args: operands, .. }
        | ExprKind::And(operands)
        | ExprKind::Or(operands)
        | ExprKind::List(operands) => operands.iter().for_each(|operand| walk(operand, visit)),
        ExprKind::Conditional(parts) => parts.iter().for_each(|part| walk(part, visit)),
        ExprKind::Map(entries) => entries.iter().for_each(|(key, value)| {
            walk(key, visit);
            walk(value, visit);
        }),
        ExprKind::Comprehension(comprehension) => {
            walk(&comprehension.range, visit);
            comprehension.filter.iter().for_each(|filter| walk(filter, visit));
            if let Some((key, value)) = &comprehension.yields {
                walk(key, visit);
                value.iter().for_each(|value| walk(value, visit));
            }
        }
    }
}

/// Every expression of a condition, with whether the condition is nearer to holding where it holds.
pub(super) fn walk_signed<'e>(expr: &'e Expr, holds: bool, visit: &mut dyn FnMut(&'e Expr, bool)) {
    match &expr.kind {
        ExprKind::Not(operand) => walk_signed(operand, !holds, visit),
        ExprKind::And(operands) | ExprKind::Or(operands) => {
            operands.iter().for_each(|operand| walk_signed(operand, holds, visit));
        }
        _ => walk(expr, &mut |expr| visit(expr, holds)),
    }
}

/// Every test of a condition with the place it is written at.
pub(super) fn tests_in(condition: &Condition) -> Vec<(TestId, Span)> {
    match condition {
        Condition::Constant(_) => Vec::new(),
        Condition::Test { id, span } => vec![(*id, *span)],
        Condition::Not(operand) => tests_in(operand),
        Condition::All(operands) | Condition::Any(operands) => operands.iter().flat_map(tests_in).collect(),
    }
}

/// Where the test of a fact stands in a condition.
pub(super) fn place(condition: &Condition, fact: Fact) -> Option<Span> {
    tests_in(condition).into_iter().find(|(id, _)| *id == fact.test).map(|(_, span)| span)
}
