//! From texts to a policy set, with everything that is wrong on the way.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::resolve::Resolution;
use super::{Policy, PolicySet, digest, inherit};
use crate::catalog::Catalog;
use crate::diagnostic::{self, Diagnostic, Parsed, has_errors};
use crate::document::{self, PolicyDocument};
use crate::source::{Source, SourceId, Sources};
use crate::{shipped, yaml};

/// Takes texts and makes a [`PolicySet`] of them. Reads no files; [`crate::files`] does, on request.
#[derive(Debug, Default)]
pub struct Loader {
    sources: Sources,
    policies: Vec<SourceId>,
    bases: Vec<SourceId>,
    catalogs: Vec<SourceId>,
    limits: yaml::Limits,
}

/// What loading came to. `set` is there only when no diagnostic is an error.
#[derive(Debug)]
pub struct Loaded {
    /// The texts, for the diagnostics' spans.
    pub sources: Arc<Sources>,
    /// The policies, when nothing was wrong with them.
    pub set: Option<PolicySet>,
    /// All findings of all files.
    pub diagnostics: Vec<Diagnostic>,
}

impl Loader {
    /// A loader without texts.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a policy that is to be in force; `name` is what diagnostics and decisions call the file.
    #[must_use]
    pub fn policy(mut self, name: impl Into<Arc<str>>, text: impl Into<Arc<str>>) -> Self {
        let id = self.sources.add(name, text);
        self.policies.push(id);
        self
    }

    /// Adds the shipped policies that decide where none are given.
    #[must_use]
    pub fn shipped(self) -> Self {
        let policies = shipped::IN_FORCE.iter().filter_map(|name| shipped::policy(name));
        policies.fold(self, |loader, policy| loader.policy(policy.file, policy.text))
    }

    /// Adds a policy that others may extend and that is not in force by itself. The shipped policies are there without
    /// being added.
    #[must_use]
    pub fn base(mut self, name: impl Into<Arc<str>>, text: impl Into<Arc<str>>) -> Self {
        let id = self.sources.add(name, text);
        self.bases.push(id);
        self
    }

    /// Adds a catalog. Several count together; a capability that two of them have is an error.
    #[must_use]
    pub fn catalog(mut self, name: impl Into<Arc<str>>, text: impl Into<Arc<str>>) -> Self {
        let id = self.sources.add(name, text);
        self.catalogs.push(id);
        self
    }

    /// Sets the limits on each text; the defaults are those of the policy language.
    #[must_use]
    pub const fn limits(mut self, limits: yaml::Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Most bytes of one policy's text.
    pub(crate) const fn most_bytes(&self) -> usize {
        self.limits.bytes
    }

    /// Reads, resolves and checks everything.
    #[must_use]
    pub fn load(mut self) -> Loaded {
        let mut diagnostics = Vec::new();
        let catalog = self.read_catalogs(&mut diagnostics);
        let in_force = self.read_all(&self.policies.clone(), &mut diagnostics);
        let mut known = self.read_all(&self.bases.clone(), &mut diagnostics);
        known.extend(in_force.iter().cloned());
        self.add_shipped_bases(&mut known, &mut diagnostics);
        let merged = inherit::merge(&in_force, &known, &mut diagnostics);
        let mut resolution = Resolution::new(&self.sources, catalog.as_ref(), &diagnostics);
        let mut policies: Vec<Policy> = merged.iter().filter_map(|document| resolution.policy(document)).collect();
        diagnostics.append(&mut resolution.diagnostics);
        policies.sort_by(|left, right| (left.layer, &left.name).cmp(&(right.layer, &right.name)));
        // What stands in a base is resolved for each policy that extends it.
        let diagnostics = diagnostic::in_order(diagnostics);
        let digest = self.digest();
        let sources = Arc::new(self.sources);
        let set =
            (!has_errors(&diagnostics)).then(|| PolicySet { sources: sources.clone(), policies, catalog, digest });
        Loaded { sources, set, diagnostics }
    }

    fn read_catalogs(&self, diagnostics: &mut Vec<Diagnostic>) -> Option<Catalog> {
        let read = |id: &SourceId| document::load_catalog(*id, self.text(*id), yaml::Limits::CATALOG);
        let documents: Vec<_> = self.catalogs.iter().filter_map(|id| keep(read(id), diagnostics)).collect();
        (!documents.is_empty()).then(|| keep(Catalog::compile(&documents), diagnostics))
    }

    fn read_all(&self, ids: &[SourceId], diagnostics: &mut Vec<Diagnostic>) -> Vec<Arc<PolicyDocument>> {
        ids.iter().filter_map(|id| self.read(*id, diagnostics)).map(Arc::new).collect()
    }

    fn read(&self, id: SourceId, diagnostics: &mut Vec<Diagnostic>) -> Option<PolicyDocument> {
        keep(document::load_policy(id, self.text(id), self.limits), diagnostics)
    }

    fn text(&self, id: SourceId) -> &str {
        self.sources.get(id).map(Source::text).unwrap_or_default()
    }

    /// A shipped policy that some document extends and nobody gave is added to what is known.
    fn add_shipped_bases(&mut self, known: &mut Vec<Arc<PolicyDocument>>, diagnostics: &mut Vec<Diagnostic>) {
        let mut wanted: BTreeMap<String, ()> = BTreeMap::new();
        let extended = known.iter().flat_map(|document| &document.extends);
        wanted.extend(extended.map(|base| (base.value.clone(), ())));
        for base in wanted.into_keys() {
            let given = known.iter().any(|document| document.name.value == base);
            if let Some(policy) = shipped::policy(&base).filter(|_| !given) {
                let id = self.sources.add(policy.file, policy.text);
                self.bases.push(id);
                known.extend(self.read(id, diagnostics).map(Arc::new));
            }
        }
    }

    fn digest(&self) -> String {
        let part = |kind: &'static str, id: &SourceId| self.sources.get(*id).map(|source| (kind, source.text()));
        let policies = self.policies.iter().filter_map(|id| part("policy", id));
        let bases = self.bases.iter().filter_map(|id| part("base", id));
        let catalogs = self.catalogs.iter().filter_map(|id| part("catalog", id));
        digest::of(policies.chain(bases).chain(catalogs).collect())
    }
}

fn keep<T>(parsed: Parsed<T>, diagnostics: &mut Vec<Diagnostic>) -> T {
    diagnostics.extend(parsed.diagnostics);
    parsed.value
}
