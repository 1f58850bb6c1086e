//! What lint claims of a rule holds for every call: a rule that is called unreachable or impossible never decides one whose
//! tests can all be computed.
#![cfg(all(feature = "shell", feature = "sql", feature = "url"))]
#![allow(clippy::print_stdout, clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use kruxos_policy::{CallDocument, Engine, Loader, lint};
use serde_json::{Map, Value, json};

/// Numbers that look random and are the same at each run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap() % sides
    }

    fn pick<'t, T>(&mut self, of: &'t [T]) -> &'t T {
        let at = self.roll(of.len());
        &of[at]
    }
}

/// Tests over few parameters and few values, so that they meet.
const TESTS: &[&str] = &[
    "has(params.a)",
    "has(params.o.b)",
    "params.a == 'x'",
    "params.a != 'x'",
    "params.a in ['x', 'y']",
    "params.a in ['y', 'z']",
    "params.a.startsWith('x')",
    "params.a.contains('y')",
    "params.a.matches('^x')",
    "params.a == null",
    "size(params.a) < 2",
    "size(has(params.a) ? params.a : '') < 5",
    "(has(params.a) ? params.a : 'x') == 'x'",
    "(has(params.a) && params.a == 'x') == true",
    "size([params.a, 'x']) > 1",
    "params.n < 5",
    "params.n >= 5",
    "params.n == 3",
    "params.n in [3, 7]",
    "params.n > 6 || has(params.a)",
    "(params.n < 5 ? params.a : 'x') == 'x'",
    "(params.n < 5 || params.a == 'x') == true",
    "['x', 'y'].exists(e, e == params.a)",
    "params.l.all(e, e == params.a)",
    "params.o.b == 'x'",
    "path(params.p).within('/ws')",
    "path(params.p).within('/ws/a')",
    "path(params.p).matches('/ws/**')",
    "params.p == '/ws/a'",
    "params.p == 'a'",
    "path(params.p).name() == 'a'",
    "shell(params.command).runs_only(['git'])",
    "shell(params.command).runs_only(['git push'])",
    "shell(params.command).runs_only(['git status', 'find'])",
    "shell(params.command).runs_only(['find -delete'])",
    "shell(params.command).runs_any(['git push'])",
    "shell(params.command).runs_any(['git'])",
    "shell(params.command).runs_exactly(['git status'])",
    "url(params.u).host_within('example.com')",
    "url(params.u).host_within('api.example.com')",
    "url(params.u).host_in('example.com')",
    "cidr('10.0.0.0/8').contains_ip(ip(params.h))",
    "cidr('10.1.0.0/16').contains_ip(ip(params.h))",
    "cidr('10.0.0.0/8').containsIP(ip(params.h))",
    "params.h == '10.1.2.3'",
];

fn condition(dice: &mut Dice, depth: usize) -> String {
    let inner = |dice: &mut Dice| condition(dice, depth - 1);
    match if depth == 0 { 0 } else { dice.roll(6) } {
        1 => format!("({} && {})", inner(dice), inner(dice)),
        2 => format!("({} || {})", inner(dice), inner(dice)),
        3 => format!("!({})", inner(dice)),
        4 => format!("({} ? {} : {})", inner(dice), inner(dice), inner(dice)),
        _ => (*dice.pick(TESTS)).to_owned(),
    }
}

fn call(dice: &mut Dice) -> Value {
    let mut params = Map::new();
    let values: &[(&str, &[Value])] = &[
        ("a", &[json!("x"), json!("y"), json!("xy"), json!("x "), json!(""), Value::Null, json!(["x"]), json!(3)]),
        ("n", &[json!(3), json!(5), json!(7), json!(2.5), json!("3")]),
        ("l", &[json!([]), json!(["x"]), json!(["x", "y"])]),
        ("o", &[json!({}), json!({"b": "x"}), json!({"b": null})]),
        ("p", &[json!("/ws/a"), json!("/ws"), json!("/ws/../a"), json!("a"), json!("/ws/a/b"), json!("/etc")]),
        (
            "command",
            &[
                json!("git push"),
                json!("git status"),
                json!("git push --force"),
                json!("find . -delete"),
                json!("ls; git status"),
            ],
        ),
        ("u", &[json!("https://example.com/"), json!("https://api.example.com/"), json!("http://a.org/"), json!("x")]),
        (
            "h",
            &[
                json!("10.1.2.3"),
                json!("10.2.0.0"),
                json!("::ffff:10.1.2.3"),
                json!("2002:a01:203::1"),
                json!("1.1.1.1"),
            ],
        ),
    ];
    for (name, values) in values {
        if dice.roll(4) > 0 {
            params.insert((*name).to_owned(), dice.pick(values).clone());
        }
    }
    json!({ "agent": "a", "capability": "x.y", "params": params, "context": { "cwd": "/ws" } })
}

const CATALOG: &str = "tools: [{ name: x.y, inputSchema: { type: object, properties: { p: { type: string, format: file-path, \
                       x-kruxos-base: context.cwd } } } }]";

/// The first line of the rules, each on one.
const FIRST: u32 = 7;

#[test]
fn a_rule_that_is_called_dead_decides_nothing() {
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
    let (mut claimed, mut decided) = (0, 0);
    for _ in 0..800 {
        let conditions: Vec<String> = (0..3).map(|_| condition(&mut dice, 1)).collect();
        let mut text =
            "name: p\nversion: '1'\ndefaults: { tier: blocked }\ncapabilities:\n  x.y:\n    rules:\n".to_owned();
        for (condition, tier) in conditions.iter().zip(["autonomous", "notify", "approval_required"]) {
            text.push_str(&format!("      - {{ condition: {condition:?}, tier: {tier} }}\n"));
        }
        let loaded = Loader::new().policy("p.yaml", text.as_str()).catalog("catalog.yaml", CATALOG).load();
        // A constant that is refused at load is no policy.
        let Some(set) = loaded.set else { continue };
        let dead: Vec<u32> = lint::check(&set)
            .iter()
            .filter(|finding| ["unreachable-rule", "impossible-condition"].contains(&finding.code))
            .map(|finding| set.sources().position(finding.span().unwrap()).line)
            .collect();
        if dead.is_empty() {
            continue;
        }
        claimed += dead.len();
        let engine = Engine::new(set).unwrap();
        let mut scratch = engine.scratch();
        for _ in 0..200 {
            let call = call(&mut dice).to_string();
            let document = CallDocument::parse(call.as_bytes()).unwrap();
            let decision = engine.decide(&mut scratch, &document.call());
            let Some(by) = decision.decided_by.filter(|_| decision.unknowns.is_empty()) else { continue };
            let Some(rule) = by.origin.rule else { continue };
            decided += 1;
            let line = FIRST + rule;
            assert!(!dead.contains(&line), "rule {rule} decides {call} in\n{text}");
        }
    }
    println!("{claimed} claims; {decided} decisions by rules");
    assert!(claimed > 30 && decided > 1_000, "{claimed} claims, {decided} decisions");
}
