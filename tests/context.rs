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

#[test]
fn places_of_the_context_stand_at_the_start_of_a_path() {
    for (condition, params, expected) in [
        ("{ plain_within: $workspace }", r#"{"plain":"/ws/a"}"#, Some(true)),
        ("{ plain_within: $workspace }", r#"{"plain":"/wss/a"}"#, Some(false)),
        ("{ plain_within: $workspace/ }", r#"{"plain":"/ws"}"#, Some(true)),
        ("{ plain_within: $workspace/src }", r#"{"plain":"/ws/src/a"}"#, Some(true)),
        ("{ plain_within: $workspace/src }", r#"{"plain":"/ws/a"}"#, Some(false)),
        ("{ plain_within: $cwd }", r#"{"plain":"/ws/sub/../a"}"#, Some(false)),
        ("{ plain_within: [/etc, $cwd/a] }", r#"{"plain":"/ws/sub/a/b"}"#, Some(true)),
        ("{ plain_within: $workspace }", r#"{"plain":"/WS/a"}"#, None),
        ("{ plain_prefix: $workspace/src/ }", r#"{"plain":"/ws/src/a"}"#, Some(true)),
        ("{ plain_prefix: $workspace/src/ }", r#"{"plain":"/ws/srcs"}"#, Some(false)),
        ("{ plain_eq: $workspace }", r#"{"plain":"/ws/./"}"#, Some(true)),
        ("{ plain_eq: $workspace/.env }", r#"{"plain":"/ws/a/../.env"}"#, Some(true)),
        ("{ plain_eq: $workspace/.env }", r#"{"plain":"/ws/.ENV"}"#, None),
        ("{ plain_eq: $workspace/.env }", "{}", None),
        ("{ plain_ne: $workspace/.env }", r#"{"plain":"/ws/x"}"#, Some(true)),
        ("{ plain_in: [$workspace/a, /etc/b] }", r#"{"plain":"/etc//b"}"#, Some(true)),
        ("{ plain_in: [$workspace/a, /etc/b] }", r#"{"plain":"/etc/c"}"#, Some(false)),
        ("{ plain_not_in: [$workspace/a, /etc/b] }", r#"{"plain":"/etc/c"}"#, Some(true)),
        ("{ plain_not_in: [$workspace/a] }", r#"{"plain":"/ws/a"}"#, Some(false)),
        ("{ plain_glob: '$workspace/**/*.rs' }", r#"{"plain":"/ws/a/b/c.rs"}"#, Some(true)),
        ("{ plain_glob: '$workspace/*.rs' }", r#"{"plain":"/ws/a/c.rs"}"#, Some(false)),
        ("{ plain_glob: '$workspace/{a,b}' }", r#"{"plain":"/ws/b"}"#, Some(true)),
        ("{ path_eq: $cwd/a }", r#"{"path":"a"}"#, Some(true)),
        ("\"path(params.plain).within(context.workspace)\"", r#"{"plain":"/ws/a"}"#, Some(true)),
        ("\"path(params.plain).within(path('src', context.workspace))\"", r#"{"plain":"/ws/a"}"#, Some(false)),
        ("\"path(params.plain).within(context.workspace + '/src')\"", r#"{"plain":"/ws/src"}"#, Some(true)),
    ] {
        assert_eq!(holds(condition, "f.r", params, THERE), expected, "{condition} {params}");
        let placed = condition.contains("$workspace") || condition.contains("context.workspace");
        if placed && expected == Some(true) && !condition.contains("/etc") {
            let away = [r#"{"cwd":"/ws"}"#, r#"{"cwd":"/ws","workspace":"ws"}"#, r#"{"cwd":"/ws","workspace":7}"#];
            away.iter().for_each(|context| assert_eq!(holds(condition, "f.r", params, context), None, "{condition}"));
        }
    }
    let braces = r#"{"workspace":"/a{b,c}[d]"}"#;
    assert_eq!(holds("{ plain_glob: '$workspace/*' }", "f.r", r#"{"plain":"/a{b,c}[d]/x"}"#, braces), Some(true));
    assert_eq!(holds("{ plain_glob: '$workspace/*' }", "f.r", r#"{"plain":"/abd/x"}"#, braces), Some(false));
}

#[test]
fn another_name_at_the_start_of_a_path_is_told() {
    let told = |condition: &str| {
        let policy = format!(
            "name: p\nversion: \"1\"\ncapabilities:\n  a.b: {{ rules: [{{ condition: {condition}, tier: notify }}] }}\n"
        );
        let loaded = Loader::new().policy("p.yaml", policy).load();
        let line = |found: &kruxos_policy::diagnostic::Diagnostic| {
            format!("{}: {} ({})", found.code, found.message, found.help.clone().unwrap_or_default())
        };
        loaded.diagnostics.iter().map(line).collect::<Vec<_>>()
    };
    let known = "`$workspace` and `$cwd` stand for directories; write others from the root on";
    for (condition, expected) in [
        ("{ path_within: $HOME/x }", format!("bad-operand: `$HOME/x` is not an absolute path ({known})")),
        (
            "{ path_within: $workspce/x }",
            "bad-operand: `$workspce/x` is not an absolute path (did you mean `$workspace`?)".into(),
        ),
        (
            "{ path_within: '$workspace/a*' }",
            "bad-operand: `a*` is a path with `*` or `?`, which may be expanded to other names ()".into(),
        ),
    ] {
        assert_eq!(told(condition), [expected], "{condition}");
    }
    for condition in ["{ price_eq: $100 }", "{ price_prefix: $ }", "{ variable_eq: $USER }", "{ x_within: $cwd/a }"] {
        assert_eq!(told(condition), Vec::<String>::new(), "{condition}");
    }
}
