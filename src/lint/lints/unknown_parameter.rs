//! A condition on a parameter that the capability does not have.
//!
//! No call can give such a parameter a value, so the test is unknown at every call, and the stricter answer of either
//! outcome always counts. A misspelt parameter makes a rule that opens useless, and one that closes unavoidable.
//!
//! A parameter is unknown when none of the capabilities under the entry has it, and either their schemas allow no others
//! or a known name is near.

use std::collections::BTreeMap;

use super::super::parameters;
use super::super::view::{EntryView, View, walk};
use super::super::{Example, Lint};
use crate::catalog::CapabilityFacts;
use crate::cel::expr::{Expr, ExprKind};
use crate::diagnostic::{Diagnostic, Severity};
use crate::source::Span;
use crate::suggest::nearest;

pub(super) const LINT: Lint = Lint {
    code: "unknown-parameter",
    severity: Severity::Warning,
    examples: &[Example::new(
        r#"name: reads
version: "1.0"
defaults: { tier: blocked }
capabilities:
  filesystem.read:
    rules:
      - { condition: { paht_within: /workspace }, tier: autonomous }
"#,
        7,
        r#"name: reads
version: "1.0"
defaults: { tier: blocked }
capabilities:
  filesystem.read:
    rules:
      - { condition: { path_within: /workspace }, tier: autonomous }
"#,
    )
    .with_catalog(CATALOG)],
    source: include_str!("unknown_parameter.rs"),
    check,
};

const CATALOG: &str = r#"tools:
  - name: filesystem.read
    inputSchema:
      type: object
      properties: { path: { type: string, format: file-path } }
      required: [path]
      additionalProperties: false
"#;

/// What one capability says of a parameter.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Standing {
    /// It may be there.
    Possible,
    /// It cannot be there.
    Impossible,
    /// Nothing forbids it, and this known name is near.
    Near(String),
}

fn check(view: &View<'_>, findings: &mut Vec<Diagnostic>) {
    for (_, entry) in view.own_entries() {
        let capabilities = view.capabilities(entry);
        if capabilities.is_empty() {
            continue;
        }
        for rule in &entry.rules {
            for (name, span) in named(&rule.rule.condition) {
                findings.extend(unknown(view, entry, &name, span));
            }
        }
    }
}

/// The parameters an expression looks at, each with its first place; of `a` and `a.b` at one place, `a.b` alone.
fn named(condition: &Expr) -> BTreeMap<String, Span> {
    let mut places: BTreeMap<String, Span> = BTreeMap::new();
    let mut add = |name: Option<String>, span| {
        if let Some(name) = name
            && !places.keys().any(|known| known.starts_with(&format!("{name}.")))
        {
            places.entry(name).or_insert(span);
        }
    };
    walk(condition, &mut |expr| match &expr.kind {
        ExprKind::Has { operand, field } => {
            let select = ExprKind::Select { operand: operand.clone(), field: field.clone() };
            add(parameters::name(&Expr { kind: select, ty: expr.ty.clone(), span: expr.span }), expr.span);
        }
        _ => add(parameters::name(expr), expr.span),
    });
    places
}

fn unknown(view: &View<'_>, entry: &EntryView<'_>, name: &str, span: Span) -> Option<Diagnostic> {
    let standings: Vec<Standing> = view.capabilities(entry).iter().map(|facts| standing(facts, name)).collect();
    if standings.contains(&Standing::Possible) {
        return None;
    }
    let who = match view.capabilities(entry) {
        [one] => format!("`{}` has", one.name),
        several => format!("none of the {} capabilities under `{}` has", several.len(), entry.entry.pattern),
    };
    let negated = if who.starts_with('`') { "no" } else { "a" };
    let finding = LINT.finding(span, format!("{who} {negated} parameter `{name}`"));
    let finding = finding.labelled("unknown at every call, so the stricter answer counts");
    let sized = format!("{name}_size");
    if !parameters::known(view, entry, &sized).is_empty() {
        return Some(finding.help(format!("for the parameter `{sized}` write an expression: `params.{sized} < …`")));
    }
    let near = standings.iter().find_map(|standing| match standing {
        Standing::Near(near) => Some(near.clone()),
        _ => None,
    });
    let near = near.or_else(|| near_top(view, entry, name));
    Some(finding.help(match near {
        Some(near) => format!("did you mean `{near}`?"),
        None => parameters_there_are(view.capabilities(entry)),
    }))
}

fn standing(facts: &CapabilityFacts, name: &str) -> Standing {
    let mut within = &facts.params;
    for step in name.split('.') {
        match within.get(step) {
            Some(parameter) => within = &parameter.fields,
            None if within.closed => return Standing::Impossible,
            None => {
                let near = nearest(step, within.iter().map(|(known, _)| known));
                return near.map_or(Standing::Possible, |near| Standing::Near(near.to_owned()));
            }
        }
    }
    Standing::Possible
}

fn near_top(view: &View<'_>, entry: &EntryView<'_>, name: &str) -> Option<String> {
    let first = name.split('.').next()?;
    let known = view.capabilities(entry).iter().flat_map(|facts| facts.params.iter().map(|(known, _)| known));
    nearest(first, known).filter(|near| *near != first).map(str::to_owned)
}

fn parameters_there_are(capabilities: &[&CapabilityFacts]) -> String {
    let names: std::collections::BTreeSet<&str> =
        capabilities.iter().flat_map(|facts| facts.params.iter().map(|(name, _)| name)).collect();
    if names.is_empty() {
        return "it has no parameters; remove the test".to_owned();
    }
    let names: Vec<String> = names.into_iter().take(8).map(|name| format!("`{name}`")).collect();
    format!("parameters are {}", names.join(", "))
}
