//! The rate limits of entries and rules, each with the identity that survives a swap of policies.

use super::digest;
use super::resolve::Resolution;
use crate::cel::{self, Expr, ExprKind, Type};
use crate::diagnostic::{Diagnostic, kinds};
use crate::document::RateLimitDocument;
use crate::outcome::Origin;
use crate::rate_limit::{MAX_CALLS, Per, RateLimit};
use crate::tier::Tier;
use crate::yaml::Scalar;

impl Resolution<'_> {
    /// The limits of an entry, or of a rule with this condition, that answers with `own` at least; `None` where that is not certain.
    pub(super) fn rate_limits(
        &mut self,
        documents: &[RateLimitDocument],
        own: Option<Tier>,
        origin: &Origin,
        condition: &str,
    ) -> Vec<RateLimit> {
        let mut limits: Vec<RateLimit> = Vec::with_capacity(documents.len());
        for document in documents {
            self.check_limit(document, own);
            let Some(limit) = self.rate_limit(document, origin, condition) else { continue };
            if limits.iter().any(|known| known.identity == limit.identity) {
                let message = "the same limit stands here twice, and counts once";
                self.diagnostics.push(
                    Diagnostic::of(&kinds::DUPLICATE_LIMIT, document.span, message).help("remove one of the two"),
                );
                continue;
            }
            limits.push(limit);
        }
        limits
    }

    fn check_limit(&mut self, document: &RateLimitDocument, own: Option<Tier>) {
        let on_exceed = on_exceed(document);
        let certain = document.on_exceed.as_ref().is_none_or(|tier| !self.is_guessed(tier.span));
        if let Some(own) = own.filter(|own| certain && on_exceed <= *own) {
            let span = document.on_exceed.as_ref().map_or(document.span, |tier| tier.span);
            let message = format!("`on_exceed: {on_exceed}` is not stricter than the tier it limits, {own}");
            self.diagnostics
                .push(Diagnostic::of(&kinds::ON_EXCEED_NOT_STRICTER, span, message).help(stricter_than(own)));
        }
        if document.max.value > MAX_CALLS {
            let message = format!("`max` is {}; at most {MAX_CALLS} are allowed", document.max.value);
            self.diagnostics.push(
                Diagnostic::of(&kinds::RATE_LIMIT_TOO_LARGE, document.max.span, message)
                    .help("limit a shorter window, so that fewer calls have to be remembered"),
            );
        }
    }

    fn rate_limit(&mut self, document: &RateLimitDocument, origin: &Origin, condition: &str) -> Option<RateLimit> {
        let per = self.per(&document.per)?;
        let (max, window_ms, on_exceed) = (document.max.value, document.window.value, on_exceed(document));
        let rule = match (&origin.id, origin.rule) {
            (Some(id), Some(_)) => format!("rule {id}"),
            (_, Some(_)) => format!("when {condition}"),
            (_, None) => String::new(),
        };
        let key = match &per {
            Per::Agent => "agent".to_owned(),
            Per::Global => "global".to_owned(),
            Per::Expression(_, text) => format!("= {text}"),
        };
        let limit = format!("{max} in {window_ms} then {on_exceed}");
        let capability = origin.capability.as_deref().unwrap_or_default();
        let identity = digest::of_fields(&[&origin.policy, capability, &rule, &limit, &key]).into();
        Some(RateLimit { identity, max, window_ms, per, on_exceed, origin: origin.clone() })
    }

    fn per(&mut self, scalars: &[Scalar]) -> Option<Per> {
        match scalars {
            [] => Some(Per::Agent),
            [only] => match only.text.as_str() {
                "agent" => Some(Per::Agent),
                "global" => Some(Per::Global),
                _ => self.key(only).map(by_value),
            },
            [first, .., last] => {
                let span = first.content.to(last.content);
                let keys: Vec<Option<Expr>> = scalars.iter().map(|scalar| self.key(scalar)).collect();
                let kind = ExprKind::List(keys.into_iter().collect::<Option<_>>()?);
                Some(by_value(Expr { kind, ty: Type::List(None), span }))
            }
        }
    }

    fn key(&mut self, scalar: &Scalar) -> Option<Expr> {
        let parsed = cel::compile(&scalar.text, &|start, end| scalar.at(start, end), &self.environment);
        self.take(parsed)
    }
}

fn by_value(key: Expr) -> Per {
    let text = key.canonical().into();
    Per::Expression(Box::new(key), text)
}

fn on_exceed(document: &RateLimitDocument) -> Tier {
    document.on_exceed.as_ref().map_or(Tier::Blocked, |tier| tier.value)
}

fn stricter_than(own: Tier) -> String {
    let stricter: Vec<&str> = Tier::ALL.into_iter().filter(|tier| *tier > own).map(Tier::as_str).collect();
    if stricter.is_empty() {
        return "nothing is stricter than `blocked`; remove the rate limit".to_owned();
    }
    format!("write `{}`", stricter.join("` or `"))
}
