//! From a capability's name to the plan for it.
//!
//! Names that a policy writes out have their plan ready. For other names the patterns that match decide, and the plans
//! of the sets of patterns that can be foreseen are ready too. Only a name that meets an unforeseen set has its plan made
//! when it comes, and kept in the caller's scratch.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::plan::{Matched, Plan};
use super::program::Program;
use crate::pattern::{LimitError, NameCache, NameIndex, NamePattern, check_name, containers};

/// Most plans a scratch keeps for sets of patterns that were not foreseen.
const KEPT_PLANS: usize = 256;

/// The plans of a group of policies.
#[derive(Debug)]
pub(crate) struct CapabilityIndex {
    names: NameIndex,
    by_name: FxHashMap<Box<str>, u32>,
    by_patterns: FxHashMap<Box<[u32]>, u32>,
    plans: Vec<Plan>,
    matched: Vec<Matched>,
    defaults: Vec<Matched>,
    containers: Vec<Vec<u32>>,
}

/// What one group of policies needs of a scratch.
#[derive(Debug, Default)]
pub(crate) struct CapabilityCache {
    names: Option<NameCache>,
    found: Vec<u32>,
    plans: FxHashMap<Box<[u32]>, Arc<Plan>>,
}

/// A plan that was ready, or one that was made.
#[derive(Debug)]
pub(crate) enum PlanRef<'t> {
    Ready(&'t Plan),
    Made(Arc<Plan>),
}

impl PlanRef<'_> {
    pub(crate) fn plan(&self) -> &Plan {
        match self {
            Self::Ready(plan) => plan,
            Self::Made(plan) => plan,
        }
    }
}

impl CapabilityIndex {
    /// An index of these entries: each a pattern and what is known of it; `defaults` match every name. `known` are names
    /// that calls are likely to have, so that their plans are ready.
    pub(crate) fn new<'n>(
        entries: &[(&NamePattern, Matched)],
        defaults: Vec<Matched>,
        known: impl Iterator<Item = &'n str>,
        program: &Program,
    ) -> Result<Self, LimitError> {
        let patterns: Vec<&NamePattern> = entries.iter().map(|(pattern, _)| *pattern).collect();
        let matched = (0..).zip(entries).map(|(at, (_, matched))| Matched { pattern: Some(at), ..*matched }).collect();
        let mut index = Self {
            names: NameIndex::new(&patterns)?,
            by_name: FxHashMap::default(),
            by_patterns: FxHashMap::default(),
            plans: Vec::new(),
            matched,
            defaults,
            containers: containers(&patterns)?,
        };
        let mut cache = CapabilityCache::default();
        index.foresee("", &mut cache, program);
        for pattern in patterns {
            match pattern.exact_name() {
                Some(name) => {
                    let plan = index.foresee(name, &mut cache, program);
                    index.by_name.insert(name.into(), plan);
                }
                None => {
                    for name in samples(pattern) {
                        index.foresee(&name, &mut cache, program);
                    }
                }
            }
        }
        for name in known.filter(|name| check_name(name).is_ok()) {
            let plan = index.foresee(name, &mut cache, program);
            index.by_name.insert(name.into(), plan);
        }
        Ok(index)
    }

    /// Makes the plan for a name ready.
    fn foresee(&mut self, name: &str, cache: &mut CapabilityCache, program: &Program) -> u32 {
        self.find(name, cache);
        if let Some(ready) = self.by_patterns.get(cache.found.as_slice()) {
            return *ready;
        }
        let plan = self.make(&cache.found, program);
        let number = u32::try_from(self.plans.len()).unwrap_or(u32::MAX);
        self.plans.push(plan);
        self.by_patterns.insert(cache.found.as_slice().into(), number);
        number
    }

    fn find(&self, name: &str, cache: &mut CapabilityCache) {
        cache.found.clear();
        let names = cache.names.get_or_insert_with(|| self.names.cache());
        self.names.matches(names, name, &mut cache.found);
    }

    fn make(&self, found: &[u32], program: &Program) -> Plan {
        let of_patterns = found.iter().filter_map(|at| self.matched.get(*at as usize));
        let matched: Vec<Matched> = of_patterns.chain(&self.defaults).copied().collect();
        let contains = |outer: u32, inner: u32| {
            self.containers.get(inner as usize).is_some_and(|outers| outers.binary_search(&outer).is_ok())
        };
        Plan::build(&matched, &contains, program)
    }

    /// The plan for a name that was known when the policies were compiled, and is valid therefore.
    pub(crate) fn known(&self, name: &str) -> Option<&Plan> {
        self.by_name.get(name).and_then(|at| self.plans.get(*at as usize))
    }

    /// The plan for a valid name.
    pub(crate) fn plan<'t>(&'t self, name: &str, cache: &mut CapabilityCache, program: &Program) -> PlanRef<'t> {
        if let Some(plan) = self.known(name) {
            return PlanRef::Ready(plan);
        }
        self.find(name, cache);
        let ready = self.by_patterns.get(cache.found.as_slice());
        if let Some(plan) = ready.and_then(|at| self.plans.get(*at as usize)) {
            return PlanRef::Ready(plan);
        }
        if let Some(plan) = cache.plans.get(cache.found.as_slice()) {
            return PlanRef::Made(plan.clone());
        }
        let plan = Arc::new(self.make(&cache.found, program));
        if cache.plans.len() >= KEPT_PLANS {
            cache.plans.clear();
        }
        cache.plans.insert(cache.found.as_slice().into(), plan.clone());
        PlanRef::Made(plan)
    }
}

/// Names that only a pattern as wide as this one and those around it match: a shortest one, and one with something
/// unlikely in place of each wildcard.
fn samples(pattern: &NamePattern) -> impl Iterator<Item = String> {
    let unlikely = pattern.as_str().replace('*', "q-z").replace('?', "q");
    let unlikely = Some(unlikely).filter(|name| check_name(name).is_ok());
    std::iter::once(pattern.sample().into_owned()).chain(unlikely)
}
