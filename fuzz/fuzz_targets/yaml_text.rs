//! Any text is a policy or a list of findings, each at a place inside the text; a policy compiles and decides.
#![no_main]

use kruxos_policy::{CallDocument, Engine, Loader};
use libfuzzer_sys::fuzz_target;

const CALL: &[u8] = br#"{"agent":"bot-1","capability":"filesystem.write","params":{"path":"/workspace/a","content":"hi"}}"#;

fuzz_target!(|text: &str| {
    let loaded = Loader::new().policy("fuzzed.yaml", text).load();
    assert!(loaded.set.is_some() || !loaded.diagnostics.is_empty(), "refused without a word");
    for diagnostic in &loaded.diagnostics {
        assert!(!diagnostic.message.is_empty());
        for label in &diagnostic.labels {
            let source = loaded.sources.get(label.span.source).expect("a span is of a source that was given");
            let range = label.span.start as usize..label.span.end as usize;
            assert!(source.text().get(range).is_some(), "a span is a piece of the text: {diagnostic:?}");
        }
    }
    let Some(engine) = loaded.set.and_then(|set| Engine::new(set).ok()) else { return };
    let call = CallDocument::parse(CALL).expect("the call is one");
    let mut scratch = engine.scratch();
    let first = engine.decide(&mut scratch, &call.call()).tier;
    assert_eq!(engine.decide(&mut scratch, &call.call()).tier, first, "the same call, the same decision");
});
