//! What the host vouches for: the directories that relative paths and `$workspace` stand for.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use kruxos_policy::{CallDocument, Engine, Loader, Tier};

const CATALOG: &str = "
tools:
  - name: f.r
    inputSchema:
      properties:
        path: { type: string, x-kruxos-base: context.cwd }
        data: { type: string, x-kruxos-base: /srv/data }
        plain: { type: string }
        many: { type: array, items: { type: string }, x-kruxos-base: context.workspace }
        files: { type: array, items: { properties: { path: { x-kruxos-base: context.cwd } } } }
        by_name: { type: object, properties: { a: { x-kruxos-base: context.cwd } } }
";

/// The engine of one entry for every name, with one rule.
fn engine(condition: &str) -> Engine {
    let policy = format!(
        "name: p\nversion: \"1\"\ncapabilities:\n  f.*:\n    rules:\n      - {{ condition: {condition}, tier: autonomous }}\n    tier: notify\n"
    );
    let loaded = Loader::new().policy("p.yaml", policy).catalog("c.yaml", CATALOG).load();
    let Some(set) = loaded.set else { panic!("{:#?}", loaded.diagnostics) };
    Engine::new(set).unwrap()
}

/// Whether the condition holds of a call; `None` where it is unknown.
fn holds(condition: &str, capability: &str, params: &str, context: &str) -> Option<bool> {
    let engine = engine(condition);
    let call = format!(r#"{{"agent":"a","capability":"{capability}","params":{params},"context":{context}}}"#);
    let document = CallDocument::parse(call.as_bytes()).unwrap();
    let decision = engine.decide(&mut engine.scratch(), &document.call());
    decision.unknowns.is_empty().then_some(decision.tier == Tier::Autonomous)
}

const THERE: &str = r#"{"cwd":"/ws/sub","workspace":"/ws"}"#;

#[test]
fn a_relative_path_is_read_below_the_base_its_catalog_names() {
    for (condition, params, expected) in [
        ("{ path_within: /ws/sub }", r#"{"path":"a"}"#, Some(true)),
        ("{ path_within: /ws/sub }", r#"{"path":"../a"}"#, Some(false)),
        ("{ path_within: /etc }", r#"{"path":"../../etc/shadow"}"#, Some(true)),
        ("{ path_within: /ws }", r#"{"path":"/etc"}"#, Some(false)),
        ("{ path_within: /ws }", r#"{"path":"~/a"}"#, None),
        ("{ path_within: /ws }", r#"{"path":"C:/a"}"#, None),
        ("{ data_within: /srv }", r#"{"data":"a"}"#, Some(true)),
        ("{ plain_within: /ws }", r#"{"plain":"a"}"#, None),
        ("\"path(params['path']).within('/ws')\"", r#"{"path":"a"}"#, Some(true)),
        ("\"path(params.path).matches('/ws/sub/*')\"", r#"{"path":"a"}"#, Some(true)),
        ("\"path(params.path, '/x').within('/x')\"", r#"{"path":"a"}"#, Some(true)),
        ("\"params.many.all(p, path(p).within('/ws'))\"", r#"{"many":["a","b/c"]}"#, Some(true)),
        ("\"params.many.all(i, p, i < 9 && path(p).within('/ws/sub'))\"", r#"{"many":["a"]}"#, Some(false)),
        ("\"path(params.many[0]).within('/ws')\"", r#"{"many":["a"]}"#, Some(true)),
        ("\"params.files.exists(f, path(f.path).within('/ws/sub'))\"", r#"{"files":[{"path":"a"}]}"#, Some(true)),
        ("\"params.by_name.all(k, v, path(v).within('/ws'))\"", r#"{"by_name":{"a":"x"}}"#, Some(true)),
        ("\"params.by_name.all(k, v, path(v).within('/ws'))\"", r#"{"by_name":{"b":"x"}}"#, None),
        ("\"params.by_name.all(k, path(k).within('/ws'))\"", r#"{"by_name":{"a":"x"}}"#, None),
        ("\"path(params.path + '').within('/ws')\"", r#"{"path":"a"}"#, None),
    ] {
        assert_eq!(holds(condition, "f.r", params, THERE), expected, "{condition} {params}");
    }
    assert_eq!(holds("{ path_within: /ws }", "f.other", r#"{"path":"a"}"#, THERE), None);
}

#[test]
fn a_base_that_the_context_lacks_leaves_a_relative_path_unknown() {
    for context in ["{}", r#"{"cwd":null}"#, r#"{"cwd":"ws"}"#, r#"{"cwd":["/ws"]}"#, r#"{"workspace":"/ws"}"#] {
        assert_eq!(holds("{ path_within: /ws }", "f.r", r#"{"path":"a"}"#, context), None, "{context}");
        assert_eq!(holds("{ path_within: /ws }", "f.r", r#"{"path":"/ws/a"}"#, context), Some(true), "{context}");
    }
}
