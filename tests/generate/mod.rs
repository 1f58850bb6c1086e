//! Policies and calls at random, small enough to collide: few names, few parameters, few constants.
//!
//! What is generated is a model that prints itself as YAML or JSON, so that a failing case is shown as an author would
//! write it, and that shrinks to the rule that matters.
#![allow(dead_code, reason = "each test binary uses its part")]

pub(crate) mod calls;
pub(crate) mod cases;
pub(crate) mod conditions;
pub(crate) mod policies;

use kruxos_policy::{Engine, Loader};

#[allow(unused_imports, reason = "each test binary uses its part")]
pub(crate) use calls::{CallModel, calls};
pub(crate) use cases::cases;
#[allow(unused_imports, reason = "each test binary uses its part")]
pub(crate) use conditions::Tests;
pub(crate) use policies::{PolicyModel, policies};

/// The engine of these policies, which are well formed.
pub(crate) fn engine(policies: &[PolicyModel]) -> Engine {
    let texts: Vec<String> = policies.iter().map(ToString::to_string).collect();
    engine_of(&texts, None)
}

/// The engine of these policy texts, which are well formed.
pub(crate) fn engine_of(texts: &[String], catalog: Option<&str>) -> Engine {
    let mut loader = Loader::new();
    for (at, text) in texts.iter().enumerate() {
        loader = loader.policy(format!("p{at}.yaml"), text.as_str());
    }
    if let Some(catalog) = catalog {
        loader = loader.catalog("catalog.json", catalog);
    }
    let loaded = loader.load();
    let set = loaded.set.unwrap_or_else(|| panic!("does not load: {:#?}\n{}", loaded.diagnostics, texts.join("\n")));
    Engine::new(set).unwrap_or_else(|error| panic!("does not compile: {error:?}\n{}", texts.join("\n")))
}
