//! One document to one policy: patterns, conditions and answers, each with its origin.

use std::sync::Arc;

use super::inherit::Merged;
use super::{Entry, Policy, Rule};
use crate::catalog::{CapabilityFacts, Catalog};
use crate::cel::expr::Expr;
use crate::cel::{self, Environment};
use crate::condition;
use crate::diagnostic::{Diagnostic, Parsed};
use crate::document::{
    Annotations, ApprovalDocument, ConditionDocument, DefaultsDocument, EntryDocument, RateLimitDocument, RuleDocument,
};
use crate::json::Json;
use crate::outcome::{Approval, Origin, Outcome};
use crate::pattern::{NamePattern, PatternError};
use crate::rate_limit::{MAX_CALLS, Per, RateLimit};
use crate::source::{Sources, Span, Spanned};
use crate::tier::{Layer, Tier};
use crate::yaml::Scalar;

/// Resolves documents one after the other and gathers what is wrong with them.
pub(super) struct Resolution<'s> {
    sources: &'s Sources,
    catalog: Option<&'s Catalog>,
    environment: Environment,
    limits: u32,
    /// Where earlier stages found errors: what stands there was guessed, and is not judged against its neighbours.
    guessed: Vec<Span>,
    pub(super) diagnostics: Vec<Diagnostic>,
}

/// Where a policy's parts come from, as far as they share it.
struct Home {
    policy: Arc<str>,
    layer: Layer,
}

impl<'s> Resolution<'s> {
    pub(super) fn new(sources: &'s Sources, catalog: Option<&'s Catalog>, guessed: Vec<Span>) -> Self {
        let environment = Environment::policy();
        Self { sources, catalog, environment, limits: 0, guessed, diagnostics: Vec::new() }
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
        let entries = merged
            .entries
            .iter()
            .filter_map(|(pattern, entry, inherited)| self.entry(&home, pattern, entry, *inherited));
        let entries = entries.collect();
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
            span: document.name.span,
        })
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
                let mut diagnostic = Diagnostic::error("bad-pattern", span, error.message);
                diagnostic.help = error.help;
                self.diagnostics.push(diagnostic);
                None
            }
        }
    }

    fn entry(
        &mut self,
        home: &Home,
        pattern: &Spanned<String>,
        document: &EntryDocument,
        inherited: bool,
    ) -> Option<Entry> {
        let compiled = self.pattern(pattern, NamePattern::parse);
        let facts = self.catalog.and_then(|catalog| catalog.get(&pattern.value));
        let place = Place { home, capability: pattern.value.as_str().into(), span: pattern.span };
        let rules: Vec<Option<Rule>> =
            (0..).zip(&document.rules).map(|(at, rule)| self.rule(&place, at, rule, document, facts)).collect();
        let outcome = document.tier.as_ref().map(|tier| {
            self.relaxable(tier, document.relaxable_to.as_ref());
            Arc::new(self.own_outcome(&place, document, tier.value))
        });
        if let (None, Some(relaxable)) = (&document.tier, &document.relaxable_to) {
            self.relaxable_without_tier(relaxable);
        }
        let origin = self.origin(home, Some(place.capability.clone()), None, document.id.as_ref(), pattern.span);
        let rate_limit = document.rate_limit.as_ref().and_then(|limit| {
            let weakest = document
                .tier
                .as_ref()
                .map(|tier| tier.value)
                .or_else(|| document.rules.iter().map(|rule| rule.tier.value).min());
            self.rate_limit(limit, weakest.unwrap_or(Tier::Blocked), origin)
        });
        Some(Entry {
            pattern: compiled?,
            span: pattern.span,
            rules: rules.into_iter().collect::<Option<_>>()?,
            outcome,
            rate_limit,
            inherited,
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
        let rate_limit = document.rate_limit.as_ref();
        let rate_limit = rate_limit.and_then(|limit| self.rate_limit(limit, document.tier.value, origin.clone()));
        let condition = self.condition(&document.condition, facts);
        let tier = document.tier.value;
        let words = document.reason.as_ref().or(entry.reason.as_ref());
        let outcome = Outcome {
            tier,
            relaxable_to: document.relaxable_to.as_ref().map_or(tier, |to| to.value),
            origin,
            reason: reason(words, &place.capability, tier, &place.home.policy),
            tags: texts(&document.tags).into_iter().chain(texts(&entry.tags)).collect(),
            annotations: annotations(&document.annotations, &entry.annotations),
            approval: document.approval.as_ref().or(entry.approval.as_ref()).map(approval),
        };
        Some(Rule { condition: condition?, outcome: Arc::new(outcome), rate_limit, span: document.span })
    }

    fn condition(&mut self, document: &ConditionDocument, facts: Option<&CapabilityFacts>) -> Option<Expr> {
        let parsed = condition::lower(document, &self.environment, facts);
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
            position: self.sources.position(span),
            span,
        }
    }

    fn rate_limit(&mut self, document: &RateLimitDocument, own: Tier, origin: Origin) -> Option<RateLimit> {
        let on_exceed = document.on_exceed.as_ref().map_or(Tier::Blocked, |tier| tier.value);
        if on_exceed <= own && !self.is_guessed(document.span) {
            let span = document.on_exceed.as_ref().map_or(document.span, |tier| tier.span);
            let message = format!("`on_exceed: {on_exceed}` is not stricter than the tier it limits, {own}");
            self.diagnostics.push(Diagnostic::error("on-exceed-not-stricter", span, message).help(stricter_than(own)));
        }
        if document.max.value > MAX_CALLS {
            let message = format!("`max` is {}; at most {MAX_CALLS} are allowed", document.max.value);
            self.diagnostics.push(
                Diagnostic::error("rate-limit-too-large", document.max.span, message)
                    .help("limit a shorter window, so that fewer calls have to be remembered"),
            );
        }
        let per = self.per(document.per.as_ref())?;
        let id = self.limits;
        self.limits += 1;
        let (max, window_ms) = (document.max.value, document.window.value);
        Some(RateLimit { id, max, window_ms, per, on_exceed, origin })
    }

    fn per(&mut self, scalar: Option<&Scalar>) -> Option<Per> {
        let Some(scalar) = scalar else { return Some(Per::Agent) };
        match scalar.text.as_str() {
            "agent" => Some(Per::Agent),
            "global" => Some(Per::Global),
            text => {
                let parsed = cel::compile(text, &|start, end| scalar.at(start, end), &self.environment);
                self.take(parsed).map(|expr| Per::Expression(Box::new(expr)))
            }
        }
    }

    fn take<T>(&mut self, parsed: Parsed<T>) -> T {
        self.diagnostics.extend(parsed.diagnostics);
        parsed.value
    }

    fn relaxable(&mut self, tier: &Spanned<Tier>, relaxable_to: Option<&Spanned<Tier>>) {
        let stricter = relaxable_to.filter(|to| to.value > tier.value);
        let Some(to) = stricter.filter(|to| !self.is_guessed(tier.span) && !self.is_guessed(to.span)) else { return };
        let message = format!("`relaxable_to: {}` is stricter than `tier: {}`", to.value, tier.value);
        self.diagnostics.push(
            Diagnostic::error("relaxable-to-stricter", to.span, message)
                .also(tier.span, "the tier it would relax")
                .help(format!("write a tier up to `{}`, or raise `tier`", tier.value)),
        );
    }

    fn is_guessed(&self, span: Span) -> bool {
        let touches = |error: &Span| error.source == span.source && error.start < span.end && span.start < error.end;
        self.guessed.iter().any(touches)
    }

    fn relaxable_without_tier(&mut self, relaxable: &Spanned<Tier>) {
        self.diagnostics.push(
            Diagnostic::error("relaxable-without-tier", relaxable.span, "`relaxable_to` without a `tier` to relax")
                .help("add a `tier` to this entry, or move `relaxable_to` into the rule it is about"),
        );
    }
}

/// Where an entry stands.
struct Place<'h> {
    home: &'h Home,
    capability: Arc<str>,
    span: Span,
}

fn stricter_than(own: Tier) -> String {
    let stricter: Vec<&str> = Tier::ALL.into_iter().filter(|tier| *tier > own).map(Tier::as_str).collect();
    if stricter.is_empty() {
        return "nothing is stricter than `blocked`; remove the rate limit".to_owned();
    }
    format!("write `{}`", stricter.join("` or `"))
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
