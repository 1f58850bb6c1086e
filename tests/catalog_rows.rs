//! Rows that a catalog brings: what is wrong with them is an error at its place, and one that ships is not replaced unsaid.
#![cfg(feature = "shell")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use kruxos_policy::{Engine, Loader};
use serde_json::json;

/// What loading says of these rows: the text that each finding of rows is about, its message and its help.
fn findings(rows: &str) -> Vec<String> {
    let catalog = format!(
        "tools:\n  - name: process.run\n    inputSchema: {{ type: object, properties: {{ command: {{ type: string }} }} }}\ncommands:\n{rows}"
    );
    let policy = "name: p\nversion: \"1\"\ncapabilities:\n  process.run: { tier: notify }\n";
    let loaded = Loader::new().policy("p.yaml", policy).catalog("c.yaml", catalog.clone()).load();
    let of_rows = loaded.diagnostics.iter().filter(|diagnostic| diagnostic.code == "bad-command-row");
    of_rows.map(|diagnostic| format!("{diagnostic:?}")).collect()
}

const FINE: &str = "  - program: deploy
    source: our wiki
    style: exact
    inherits: true
    options: { harmless: -v|--verbose --dry-run, runs: --hook= }
    operands: none
    stdin: ignored
    subcommands:
      status=st: { operands: none, stdin: ignored }
    cases:
      deploy status -v: yes no
      deploy --hook 'rm x' status: unknown unknown
";

#[test]
fn rows_that_are_fine_say_nothing() {
    assert_eq!(findings(FINE), Vec::<String>::new());
    let replaced = "  - { program: git, source: ours, replaces: true, operands: data*, stdin: ignored }\n";
    assert_eq!(findings(replaced), Vec::<String>::new());
}

#[test]
fn each_mistake_in_a_row_is_found() {
    let row = |keys: &str| format!("  - {{ program: deploy, source: ours, {keys} }}\n");
    for (rows, said) in [
        (row("option: { harmless: -v }"), "did you mean `options`?"),
        (row("operand: none"), "did you mean `operands`?"),
        (row("subcommand: { a: {} }"), "did you mean `subcommands`?"),
        (row("options: { harmles: -v }"), "did you mean `harmless`?"),
        (row("operands: dat*"), "did you mean `data`?"),
        ("  - { program: /usr/bin/deploy, source: ours, operands: none }\n".to_owned(), "is no name of a program"),
        (row("options: { harmless: --a== }"), "`--a=` is no option"),
        (row("options: { harmless: ---b }"), "`---b` is no option"),
        (row("subcommands: { a b: {} }"), "`a b` is no subcommand"),
        (row("subcommands: { -x: {} }"), "`-x` is no subcommand"),
        (row("stile: exact"), "the words are "),
        (row("also: 5"), "`also: 5`"),
        (row("subcommands: { a: { also: 5 } }"), "`also: 5`"),
        (row("scripts: 9"), "`scripts: 9`"),
        (row("operands: data+ data* none"), "`none` stands alone"),
        (row("operands: data+ data*"), "at most one role"),
        (row("cases: { deploy x: no no }"), "says `no no`, and the rows answer"),
        (row("cases: { ls x: yes no }"), "runs no `deploy`"),
        (row("cases: { deploy x: maybe no }"), "two of `yes`, `no`, `unknown`"),
        (row("undoes: { -x: -y }"), "not among the row's options"),
        (row("stands_for: { -x: a }"), "not among the row's options"),
        ([row("operands: none"), row("operands: data*")].concat(), "`deploy` has two rows"),
        (
            "  - { program: git, source: ours, options: { harmless: -c= }, operands: data* }\n".to_owned(),
            "`replaces: true`",
        ),
        (
            "  - { program: [deploy, python3], source: ours, operands: data* }\n".to_owned(),
            "`python3` has a row that ships",
        ),
        ("  - { program: \"python#\", source: ours, operands: data* }\n".to_owned(), "`python#` has a row that ships"),
    ] {
        let found = findings(&rows);
        assert!(found.iter().any(|finding| finding.contains(said)), "{rows}: {said}: {found:#?}");
    }
}

/// Rows are about programs, whatever capability runs them: one that the catalog does not name, or a catalog without any.
#[test]
fn rows_are_read_for_every_capability() {
    let policy = "name: p
version: '1'
capabilities:
  process.run:
    rules: [{ condition: { command_runs_only: [deploy status] }, tier: autonomous }]
    tier: blocked
";
    let tools = [
        "tools: []",
        "tools:\n  - { name: other.tool, inputSchema: { type: object } }",
        "tools:\n  - { name: process.run, inputSchema: { type: object, properties: { command: { type: string } } } }",
    ];
    for tools in tools {
        let catalog = format!("{tools}\ncommands:\n{FINE}");
        let loaded = Loader::new().policy("p.yaml", policy).catalog("c.yaml", catalog).load();
        let engine = Engine::new(loaded.set.unwrap_or_else(|| panic!("{tools}: {:?}", loaded.diagnostics))).unwrap();
        let tier = |command: &str| {
            let call =
                json!({ "agent": "a", "capability": "process.run", "params": { "command": command } }).to_string();
            engine.decide_json(&mut engine.scratch(), call.as_bytes()).unwrap().tier.to_string()
        };
        assert_eq!(tier("deploy status -v"), "autonomous", "{tools}");
        assert_eq!(tier("deploy status -x"), "blocked", "{tools}");
    }
}
