//! Any bytes are a call or an error with a place; a call is decided, the same each time.
#![no_main]

use std::sync::LazyLock;

use kruxos_policy::{CallDocument, Engine, Loader, Tier};
use libfuzzer_sys::fuzz_target;

static ENGINE: LazyLock<Engine> = LazyLock::new(|| {
    let loader = kruxos_policy::shipped::names()
        .filter_map(kruxos_policy::shipped::policy)
        .fold(Loader::new(), |loader, policy| loader.policy(policy.file, policy.text));
    let extra = include_str!("../seeds/yaml_text/everything.yaml");
    let loaded = loader.policy("everything.yaml", extra).load();
    let set = loaded.set.unwrap_or_else(|| panic!("{:#?}", loaded.diagnostics));
    Engine::new(set).expect("the policies compile")
});

fuzz_target!(|text: &[u8]| {
    let document = match CallDocument::parse(text) {
        Ok(document) => document,
        Err(error) => return assert!(!error.to_string().is_empty()),
    };
    let mut scratch = ENGINE.scratch();
    let decision = ENGINE.decide(&mut scratch, &document.call());
    assert!(decision.decided_by.is_some() || decision.tier == Tier::Blocked);
    assert_eq!(ENGINE.decide(&mut scratch, &document.call()).tier, decision.tier, "the same call, the same decision");
});
