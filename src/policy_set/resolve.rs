//! One document to one policy: patterns, conditions and answers, each with its origin.

use std::sync::Arc;

use super::inherit::{self, Merged, MergedEntry};
use super::{Base, Entry, Policy, Rule};
use crate::catalog::{CapabilityFacts, Catalog};
use crate::cel::Environment;
use crate::cel::expr::Expr;
use crate::condition;
use crate::diagnostic::{Diagnostic, Parsed, Severity, kinds};
use crate::document::{
    Annotations, ApprovalDocument, ConditionDocument, DefaultsDocument, EntryDocument, RuleDocument,
};
use crate::json::Json;
use crate::outcome::{Approval, Origin, Outcome};
use crate::pattern::{NamePattern, PatternError};
use crate::source::{Sources, Span, Spanned};
use crate::tier::{Layer, Tier};

/// Resolves documents one after the other and gathers what is wrong with them.
pub(super) struct Resolution<'s> {
    sources: &'s Sources,
    catalog: Option<&'s Catalog>,
    pub(super) environment: Environment,
    /// Where earlier stages found errors: what stands there was guessed, and is not judged against its neighbours.
    guessed: Vec<Span>,
    /// Where the text is not YAML.
    broken: Vec<Span>,
    pub(super) diagnostics: Vec<Diagnostic>,
}

/// Where a policy's parts come from, as far as they share it.
struct Home {
    policy: Arc<str>,
    layer: Layer,
}

impl<'s> Resolution<'s> {
    pub(super) fn new(sources: &'s Sources, catalog: Option<&'s Catalog>, earlier: &[Diagnostic]) -> Self {
        let environment = Environment::policy();
        let errors = earlier.iter().filter(|found| found.severity == Severity::Error);
        let guessed = errors.filter_map(Diagnostic::span).collect();
        let syntax = earlier.iter().filter(|found| found.code == kinds::YAML_SYNTAX.code);
        let broken = syntax.filter_map(Diagnostic::span).collect();
        Self { sources, catalog, environment, guessed, broken, diagnostics: Vec::new() }
    }

    /// The policy of a document; `None` when a part without which it has no meaning is wrong.
    pub(super) fn policy(&mut self, merged: &Merged) -> Option<Policy> {
        let document = &merged.own;
        let layer = match (&document.layer, &document.agent) {
            (Some(layer), _) => layer.value,
            (None, Some(_)) => Layer::Agent,
            (None, None) => Layer::Organization,
        };
        let home = Home { policy: document.name.value.as_str().into(), layer };
        let agent = document.agent.as_ref().map(|text| self.pattern(text, NamePattern::parse_agent));
        let entries = merged.entries.iter().filter_map(|entry| self.entry(&home, entry)).collect();
        let bases = merged.bases.iter().map(|base| self.base(&home, base)).collect();
        let defaults = merged.defaults.as_ref().map(|defaults| Arc::new(self.defaults(&home, defaults)));
        Some(Policy {
            name: home.policy.clone(),
            version: document.version.value.as_str().into(),
            description: document.description.as_ref().map(|text| text.value.as_str().into()),
            layer,
            agent: match agent {
                Some(pattern) => Some(pattern?),
                None => None,
            },
            entries,
            defaults,
            bases,
            span: document.name.span,
        })
    }

    fn base(&mut self, home: &Home, base: &inherit::Base) -> Base {
        let entries = base.entries.iter().filter_map(|entry| self.entry(home, entry)).collect();
        Base { name: base.name.clone(), entries }
    }

    fn pattern(
        &mut self,
        text: &Spanned<String>,
        parse: fn(&str) -> Result<NamePattern, PatternError>,
    ) -> Option<NamePattern> {
        match parse(&text.value) {
            Ok(pattern) => Some(pattern),
            Err(error) => {
                let exact = (text.span.end - text.span.start) as usize == text.value.len();
                let span = if exact { text.span.within(error.start, error.end) } else { text.span };
                let mut diagnostic = Diagnostic::of(&kinds::BAD_PATTERN, span, error.message);
                diagnostic.help = error.help;
                self.diagnostics.push(diagnostic);
                None
            }
        }
    }

    fn entry(&mut self, home: &Home, merged: &MergedEntry) -> Option<Entry> {
        let MergedEntry { pattern, document, inherited } = merged;
        let compiled = self.pattern(pattern, NamePattern::parse);
        let facts = self.catalog.and_then(|catalog| catalog.get(&pattern.value));
        let place = Place { home, capability: pattern.value.as_str().into(), span: pattern.span };
        let rules: Vec<Option<Rule>> =
            (0..).zip(&document.rules).map(|(at, rule)| self.rule(&place, at, rule, document, facts)).collect();
        let outcome = document.tier.as_ref().map(|tier| {
            self.relaxable(tier, document.relaxable_to.as_ref());
            Arc::new(self.own_outcome(&place, document, tier.value))
        });
        let weakest = document
            .tier
            .as_ref()
            .or_else(|| document.rules.iter().map(|rule| &rule.tier).min_by_key(|tier| tier.value));
        let weakest = weakest.and_then(|tier| self.certain(tier));
        let origin = self.origin(home, Some(place.capability.clone()), None, document.id.as_ref(), pattern.span);
        let rate_limits = self.rate_limits(&document.rate_limit, weakest, &origin, "");
        Some(Entry {
            pattern: compiled?,
            span: pattern.span,
            rules: rules.into_iter().collect::<Option<_>>()?,
            outcome,
            rate_limits,
            inherited: *inherited,
        })
    }

    fn own_outcome(&self, place: &Place<'_>, document: &EntryDocument, tier: Tier) -> Outcome {
        Outcome {
            tier,
            relaxable_to: document.relaxable_to.as_ref().map_or(tier, |to| to.value),
            origin: self.origin(place.home, Some(place.capability.clone()), None, document.id.as_ref(), place.span),
            reason: reason(document.reason.as_ref(), &place.capability, tier, &place.home.policy),
            tags: texts(&document.tags),
            annotations: annotations(&document.annotations, &Vec::new()),
            approval: document.approval.as_ref().map(approval),
        }
    }

    fn rule(
        &mut self,
        place: &Place<'_>,
        at: u32,
        document: &RuleDocument,
        entry: &EntryDocument,
        facts: Option<&CapabilityFacts>,
    ) -> Option<Rule> {
        self.relaxable(&document.tier, document.relaxable_to.as_ref());
        let capability = Some(place.capability.clone());
        let origin = self.origin(place.home, capability, Some(at), document.id.as_ref(), document.span);
        let condition = self.condition(&document.condition, facts);
        let said = condition.as_ref().map(Expr::canonical).unwrap_or_default();
        let rate_limits = self.rate_limits(&document.rate_limit, self.certain(&document.tier), &origin, &said);
        let tier = document.tier.value;
        // the entry's reason is one for the tier beside it: a rule with another tier does not give it as its own
        let speaks = entry.tier.as_ref().is_none_or(|own| own.value == tier);
        let words = document.reason.as_ref().or(entry.reason.as_ref().filter(|_| speaks));
        let outcome = Outcome {
            tier,
            relaxable_to: document.relaxable_to.as_ref().map_or(tier, |to| to.value),
            origin,
            reason: reason(words, &place.capability, tier, &place.home.policy),
            tags: texts(&document.tags).into_iter().chain(texts(&entry.tags)).collect(),
            annotations: annotations(&document.annotations, &entry.annotations),
            approval: document.approval.as_ref().or(entry.approval.as_ref()).map(approval),
        };
        Some(Rule { condition: condition?, outcome: Arc::new(outcome), rate_limits, span: document.span })
    }

    fn condition(&mut self, document: &ConditionDocument, facts: Option<&CapabilityFacts>) -> Option<Expr> {
        let parsed = condition::lower(document, &self.environment, facts);
        if document.map().is_some_and(|node| self.is_broken(node.span)) {
            // An unquoted expression that YAML takes for a map: its key is no key.
            return None;
        }
        self.take(parsed)
    }

    fn defaults(&mut self, home: &Home, document: &DefaultsDocument) -> Outcome {
        self.relaxable(&document.tier, document.relaxable_to.as_ref());
        let tier = document.tier.value;
        let ours = || format!("no entry answers; `defaults` of `{}` says {tier}", home.policy).into();
        Outcome {
            tier,
            relaxable_to: document.relaxable_to.as_ref().map_or(tier, |to| to.value),
            origin: self.origin(home, None, None, None, document.span),
            reason: document.reason.as_ref().map_or_else(ours, |reason| reason.value.as_str().into()),
            tags: Vec::new(),
            annotations: Vec::new(),
            approval: None,
        }
    }

    fn origin(
        &self,
        home: &Home,
        capability: Option<Arc<str>>,
        rule: Option<u32>,
        id: Option<&Spanned<String>>,
        span: Span,
    ) -> Origin {
        Origin {
            policy: home.policy.clone(),
            layer: home.layer,
            capability,
            rule,
            id: id.map(|id| id.value.as_str().into()),
            file: self.sources.get(span.source).map_or_else(|| "".into(), |source| source.name().clone()),
            position: self.sources.position(span.site()),
            span,
        }
    }

    pub(super) fn take<T>(&mut self, parsed: Parsed<T>) -> T {
        self.diagnostics.extend(parsed.diagnostics);
        parsed.value
    }

    fn relaxable(&mut self, tier: &Spanned<Tier>, relaxable_to: Option<&Spanned<Tier>>) {
        let stricter = relaxable_to.filter(|to| to.value > tier.value);
        let Some(to) = stricter.filter(|to| !self.is_guessed(tier.span) && !self.is_guessed(to.span)) else { return };
        let message = format!("`relaxable_to: {}` is stricter than `tier: {}`", to.value, tier.value);
        self.diagnostics.push(
            Diagnostic::of(&kinds::RELAXABLE_TO_STRICTER, to.span, message)
                .also(tier.span, "the tier it would relax")
                .help(format!("write a tier up to `{}`, or raise `tier`", tier.value)),
        );
    }

    /// A tier that was written so.
    fn certain(&self, tier: &Spanned<Tier>) -> Option<Tier> {
        (!self.is_guessed(tier.span)).then_some(tier.value)
    }

    /// Whether what stands there, up to the end of its line, is not YAML; what follows an error on a line is not read.
    fn is_broken(&self, span: Span) -> bool {
        let line = |at: u32| self.sources.get(span.source).map_or(0, |source| source.position(at as usize).line);
        let within = |error: &&Span| error.source == span.source && span.start < error.start;
        self.broken.iter().filter(within).any(|error| line(error.start) <= line(span.end))
    }

    pub(super) fn is_guessed(&self, span: Span) -> bool {
        let touches = |error: &Span| error.source == span.source && error.start < span.end && span.start < error.end;
        self.guessed.iter().any(touches)
    }
}

/// Where an entry stands.
struct Place<'h> {
    home: &'h Home,
    capability: Arc<str>,
    span: Span,
}

fn reason(words: Option<&Spanned<String>>, capability: &str, tier: Tier, policy: &str) -> Arc<str> {
    words.map_or_else(|| format!("`{capability}` is {tier} in `{policy}`").into(), |words| words.value.as_str().into())
}

fn texts(list: &[Spanned<String>]) -> Vec<Arc<str>> {
    list.iter().map(|text| text.value.as_str().into()).collect()
}

fn annotations(over: &Annotations, under: &Annotations) -> Vec<(Arc<str>, Json<'static>)> {
    let kept = under.iter().filter(|(key, _)| over.iter().all(|(own, _)| own.value != key.value));
    let mut all: Vec<_> =
        over.iter().chain(kept).map(|(key, value)| (key.value.as_str().into(), value.clone())).collect();
    all.sort_by(|(left, _): &(Arc<str>, _), (right, _)| left.cmp(right));
    all
}

fn approval(document: &ApprovalDocument) -> Approval {
    Approval {
        expires: document.expires.as_ref().map(|expires| expires.value),
        approvers: document.approvers.iter().map(|name| name.value.clone()).collect(),
        quorum: document.quorum.as_ref().map_or(1, |quorum| quorum.value),
    }
}
