//! `extends`: a policy's entries over those of its base.
//!
//! An entry replaces the base's entry of the same pattern, compared as text. A base gives entries and `defaults`; name,
//! layer and agent are a policy's own. A base that is loaded as a policy stays in force beside what extends it: taking
//! it out would let a new file loosen what another one says.

use std::sync::Arc;

use crate::diagnostic::Diagnostic;
use crate::document::{EntryDocument, PolicyDocument};
use crate::source::Spanned;
use crate::suggest;

/// A document with its base's entries behind its own.
pub(super) struct Merged {
    /// The document, without its base.
    pub(super) own: Arc<PolicyDocument>,
    /// All entries, and whether each was taken over.
    pub(super) entries: Vec<(Spanned<String>, EntryDocument, bool)>,
    /// Its own `defaults`, or its base's.
    pub(super) defaults: Option<crate::document::DefaultsDocument>,
}

/// Merges every document that is in force with its bases, found by name among `known`.
pub(super) fn merge(
    in_force: &[Arc<PolicyDocument>],
    known: &[Arc<PolicyDocument>],
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<Merged> {
    repeated_names(known, diagnostics);
    in_force.iter().map(|document| merge_one(document, known, diagnostics)).collect()
}

fn repeated_names(known: &[Arc<PolicyDocument>], diagnostics: &mut Vec<Diagnostic>) {
    for (at, document) in known.iter().enumerate() {
        let same = |other: &&Arc<PolicyDocument>| other.name.value == document.name.value;
        if let Some(first) = known.iter().take(at).find(same) {
            let message = format!("two policies are named `{}`", document.name.value);
            diagnostics.push(
                Diagnostic::error("duplicate-policy", document.name.span, message)
                    .labelled("the second")
                    .also(first.name.span, "the first")
                    .help("give each policy a name of its own"),
            );
        }
    }
}

fn merge_one(
    document: &Arc<PolicyDocument>,
    known: &[Arc<PolicyDocument>],
    diagnostics: &mut Vec<Diagnostic>,
) -> Merged {
    let mut merged =
        Merged { own: document.clone(), entries: own_entries(document), defaults: document.defaults.clone() };
    let mut seen = vec![document.name.value.clone()];
    let mut current = document.clone();
    while let Some(wanted) = &current.extends {
        if seen.contains(&wanted.value) {
            diagnostics.push(cycle(wanted, &seen));
            break;
        }
        let Some(base) = known.iter().find(|base| base.name.value == wanted.value).cloned() else {
            diagnostics.push(no_base(wanted, known));
            break;
        };
        take_over(&mut merged, &base);
        seen.push(wanted.value.clone());
        current = base;
    }
    merged
}

fn own_entries(document: &PolicyDocument) -> Vec<(Spanned<String>, EntryDocument, bool)> {
    document.capabilities.iter().map(|(pattern, entry)| (pattern.clone(), entry.clone(), false)).collect()
}

fn take_over(merged: &mut Merged, base: &PolicyDocument) {
    let replaced: std::collections::BTreeSet<String> =
        merged.entries.iter().map(|(pattern, ..)| pattern.value.clone()).collect();
    let taken = base.capabilities.iter().filter(|(pattern, _)| !replaced.contains(&pattern.value));
    merged.entries.extend(taken.map(|(pattern, entry)| (pattern.clone(), entry.clone(), true)));
    if merged.defaults.is_none() {
        merged.defaults.clone_from(&base.defaults);
    }
}

fn cycle(wanted: &Spanned<String>, seen: &[String]) -> Diagnostic {
    let chain = seen.join("` extends `");
    Diagnostic::error("extends-cycle", wanted.span, format!("`{chain}` extends `{}` again", wanted.value))
        .help("a policy cannot be its own base; remove one `extends`")
}

fn no_base(wanted: &Spanned<String>, known: &[Arc<PolicyDocument>]) -> Diagnostic {
    let shipped = crate::shipped::POLICIES.iter().map(|policy| policy.name);
    let names = shipped.chain(known.iter().map(|document| &*document.name.value));
    let near = suggest::nearest(&wanted.value, names);
    let diagnostic = Diagnostic::error("unknown-base", wanted.span, format!("no policy is named `{}`", wanted.value));
    match near {
        Some(near) => diagnostic.help(format!("did you mean `{near}`?")).fix(wanted.span, near),
        None => diagnostic.help("load the base beside this policy, or extend a shipped one"),
    }
}
