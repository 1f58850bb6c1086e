//! `extends`: a policy's entries over those of its bases.
//!
//! An entry replaces the bases' entries of the same pattern, compared as text. A base gives entries and `defaults`; name,
//! layer and agent are a policy's own. What an entry of a base blocks stays blocked: beside the entries that are left, each
//! base is kept whole, as a [`Base`] that is asked for that alone. A base that is loaded as a policy stays in force beside
//! what extends it: taking it out would let a new file loosen what another one says.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::diagnostic::{Diagnostic, kinds};
use crate::document::{DefaultsDocument, EntryDocument, PolicyDocument};
use crate::source::{Span, Spanned};
use crate::suggest;
use crate::tier::Tier;

/// Most bases from a policy to the first that has none.
const MAX_LEVELS: usize = 16;
/// Most bases that count for one policy, theirs included.
const MAX_BASES: usize = 64;

/// A document with its bases' entries behind its own.
pub(super) struct Merged {
    /// The document, without its bases.
    pub(super) own: Arc<PolicyDocument>,
    /// All entries.
    pub(super) entries: Vec<MergedEntry>,
    /// Its own `defaults`, or its bases'.
    pub(super) defaults: Option<DefaultsDocument>,
    /// Its bases and theirs, as far as they block something.
    pub(super) bases: Vec<Base>,
}

/// An entry, its own or a base's.
#[derive(Clone)]
pub(super) struct MergedEntry {
    /// The pattern as written.
    pub(super) pattern: Spanned<String>,
    /// What it says.
    pub(super) document: Arc<EntryDocument>,
    /// Whether it was taken over.
    pub(super) inherited: bool,
}

/// A base as it is by itself.
#[derive(Clone)]
pub(super) struct Base {
    /// Its name.
    pub(super) name: Arc<str>,
    /// Its entries, those of its own bases included.
    pub(super) entries: Arc<[MergedEntry]>,
}

/// Merges every document that is in force with its bases, found by name among `known`.
pub(super) fn merge(
    in_force: &[Arc<PolicyDocument>],
    known: &[Arc<PolicyDocument>],
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<Merged> {
    repeated_names(known, diagnostics);
    let mut inheritance = Inheritance { known, resolved: BTreeMap::new(), chain: Vec::new(), diagnostics };
    let merge_one = |own: &Arc<PolicyDocument>| {
        let Resolved { entries, defaults, bases } = inheritance.resolve(own);
        Merged { own: own.clone(), entries: entries.to_vec(), defaults: defaults.map(|(_, defaults)| defaults), bases }
    };
    in_force.iter().map(merge_one).collect()
}

fn repeated_names(known: &[Arc<PolicyDocument>], diagnostics: &mut Vec<Diagnostic>) {
    for (at, document) in known.iter().enumerate() {
        let same = |other: &&Arc<PolicyDocument>| other.name.value == document.name.value;
        if let Some(first) = known.iter().take(at).find(same) {
            let message = format!("two policies are named `{}`", document.name.value);
            diagnostics.push(
                Diagnostic::of(&kinds::DUPLICATE_POLICY, document.name.span, message)
                    .labelled("the second")
                    .also(first.name.span, "the first")
                    .help("give each policy a name of its own"),
            );
        }
    }
}

/// A document with all that its bases give it.
#[derive(Clone)]
struct Resolved {
    entries: Arc<[MergedEntry]>,
    /// With the name of the policy they are written in.
    defaults: Option<(String, DefaultsDocument)>,
    bases: Vec<Base>,
}

/// Resolves each document once.
struct Inheritance<'k, 'd> {
    known: &'k [Arc<PolicyDocument>],
    /// By where the document's name stands.
    resolved: BTreeMap<Span, Resolved>,
    /// The names of the documents that are being resolved, each extending the next.
    chain: Vec<String>,
    diagnostics: &'d mut Vec<Diagnostic>,
}

impl Inheritance<'_, '_> {
    fn resolve(&mut self, document: &PolicyDocument) -> Resolved {
        if let Some(resolved) = self.resolved.get(&document.name.span) {
            return resolved.clone();
        }
        self.chain.push(document.name.value.clone());
        let bases: Vec<(&Spanned<String>, Resolved)> =
            document.extends.iter().filter_map(|wanted| Some((wanted, self.base(wanted)?))).collect();
        self.chain.pop();
        let resolved = Resolved {
            entries: self.entries(document, &bases).into(),
            defaults: self.defaults(document, &bases),
            bases: self.bases(document, &bases),
        };
        self.resolved.insert(document.name.span, resolved.clone());
        resolved
    }

    fn base(&mut self, wanted: &Spanned<String>) -> Option<Resolved> {
        if self.chain.contains(&wanted.value) {
            self.diagnostics.push(cycle(wanted, &self.chain));
            return None;
        }
        if self.chain.len() > MAX_LEVELS {
            let message = format!("`{}` is more than {MAX_LEVELS} bases away from the policy in force", wanted.value);
            let help = "extend a base that is nearer to the first one";
            self.diagnostics.push(Diagnostic::of(&kinds::TOO_MANY_BASES, wanted.span, message).help(help));
            return None;
        }
        let Some(base) = self.known.iter().find(|base| base.name.value == wanted.value).cloned() else {
            self.diagnostics.push(no_base(wanted, self.known));
            return None;
        };
        Some(self.resolve(&base))
    }

    /// Its own entries, then those of its bases that it does not replace.
    fn entries(&mut self, document: &PolicyDocument, bases: &[(&Spanned<String>, Resolved)]) -> Vec<MergedEntry> {
        let own = document.capabilities.iter().map(|(pattern, entry)| MergedEntry {
            pattern: pattern.clone(),
            document: Arc::new(entry.clone()),
            inherited: false,
        });
        let mut all: Vec<MergedEntry> = own.collect();
        let mut taken: BTreeMap<String, Option<(Span, &str)>> =
            all.iter().map(|entry| (entry.pattern.value.clone(), None)).collect();
        for (wanted, base) in bases {
            for entry in base.entries.iter() {
                match taken.get(&entry.pattern.value) {
                    None => {
                        taken.insert(entry.pattern.value.clone(), Some((entry.pattern.span, &wanted.value)));
                        all.push(MergedEntry { inherited: true, ..entry.clone() });
                    }
                    Some(Some((span, first))) if *span != entry.pattern.span => {
                        self.diagnostics.push(two_bases(wanted, entry, (*span, first)));
                    }
                    Some(_) => {}
                }
            }
        }
        all
    }

    fn defaults(
        &mut self,
        document: &PolicyDocument,
        bases: &[(&Spanned<String>, Resolved)],
    ) -> Option<(String, DefaultsDocument)> {
        if let Some(own) = &document.defaults {
            return Some((document.name.value.clone(), own.clone()));
        }
        let mut of_bases = bases.iter().filter_map(|(wanted, base)| Some((wanted, base.defaults.as_ref()?)));
        let (_, first) = of_bases.next()?;
        for (wanted, (name, defaults)) in of_bases.filter(|(_, (_, defaults))| defaults.span != first.1.span) {
            let message = format!("`{}` and `{name}` both have `defaults`", first.0);
            self.diagnostics.push(
                Diagnostic::of(&kinds::TWO_BASES, wanted.span, message)
                    .also(first.1.span, "the first")
                    .also(defaults.span, "the second")
                    .help("say here which holds: give this policy `defaults` of its own"),
            );
        }
        Some(first.clone())
    }

    /// The bases that block something, each once.
    fn bases(&mut self, document: &PolicyDocument, bases: &[(&Spanned<String>, Resolved)]) -> Vec<Base> {
        let mut all: Vec<Base> = Vec::new();
        for (wanted, base) in bases {
            let itself = Base { name: wanted.value.as_str().into(), entries: base.entries.clone() };
            let own = Some(itself).filter(|base| base.entries.iter().any(|entry| blocks(&entry.document)));
            for base in own.into_iter().chain(base.bases.iter().cloned()) {
                if !all.iter().any(|known| known.name == base.name) {
                    all.push(base);
                }
            }
        }
        if all.len() > MAX_BASES {
            let message = format!("`{}` has {} bases; at most {MAX_BASES} are allowed", document.name.value, all.len());
            self.diagnostics.push(
                Diagnostic::of(&kinds::TOO_MANY_BASES, document.name.span, message).help("extend fewer policies"),
            );
            all.truncate(MAX_BASES);
        }
        all
    }
}

/// Whether an entry can answer with `blocked`.
fn blocks(entry: &EntryDocument) -> bool {
    let tiers = entry.tier.iter().chain(entry.rules.iter().map(|rule| &rule.tier));
    tiers.into_iter().any(|tier| tier.value == Tier::Blocked)
}

fn cycle(wanted: &Spanned<String>, chain: &[String]) -> Diagnostic {
    let chain = chain.join("` extends `");
    Diagnostic::of(&kinds::EXTENDS_CYCLE, wanted.span, format!("`{chain}` extends `{}` again", wanted.value))
        .help("a policy cannot be its own base; remove one `extends`")
}

fn two_bases(wanted: &Spanned<String>, entry: &MergedEntry, (span, first): (Span, &str)) -> Diagnostic {
    let pattern = entry.pattern.value.escape_debug();
    let message = format!("the bases `{first}` and `{}` both have the entry `{pattern}`", wanted.value);
    Diagnostic::of(&kinds::TWO_BASES, wanted.span, message)
        .also(span, format!("that of `{first}`"))
        .also(entry.pattern.span, format!("that of `{}`", wanted.value))
        .help(format!("say here which holds: give this policy an entry `{pattern}` of its own"))
}

fn no_base(wanted: &Spanned<String>, known: &[Arc<PolicyDocument>]) -> Diagnostic {
    let shipped = crate::shipped::POLICIES.iter().map(|policy| policy.name);
    let names = shipped.chain(known.iter().map(|document| &*document.name.value));
    let near = suggest::nearest(&wanted.value, names);
    let diagnostic =
        Diagnostic::of(&kinds::UNKNOWN_BASE, wanted.span, format!("no policy is named `{}`", wanted.value));
    match near {
        Some(near) => diagnostic.help(format!("did you mean `{near}`?")).fix(wanted.span, near),
        None => diagnostic.help("load the base beside this policy, or extend a shipped one"),
    }
}
