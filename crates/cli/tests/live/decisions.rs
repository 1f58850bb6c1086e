//! Requests listed, shown and decided, and what the audit trail says afterwards.

use serde_json::Value;

use crate::gateway::Gateway;

fn error(output: &std::process::Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

#[test]
fn the_page_s_commands_do_what_the_page_says() {
    let gateway = Gateway::start(&["--demo"]);
    let list = gateway.says(&["approve", "list"]);
    // How long ago that was depends on the machine's load.
    let table: Vec<&str> = list.lines().take_while(|line| !line.is_empty()).filter_map(|line| line.get(..69)).collect();
    assert_eq!(
        table,
        [
            "ID       Agent       Capability        Parameters                    ",
            "ap_001   my-agent    process.run       command=systemctl restart     ",
            "ap_002   deploy-bot  filesystem.delete path=/workspace/old-build/    ",
        ]
    );
    let shown = gateway.says(&["approve", "show", "ap_001"]);
    let lines: Vec<&str> = shown.lines().filter(|line| !line.starts_with("Requested:  20")).collect();
    assert_eq!(
        lines,
        [
            "Request:    ap_001",
            "Agent:      my-agent",
            "Capability: process.run",
            "Parameters:",
            "  command: systemctl",
            r#"  args:    ["restart", "myapp"]"#,
            "Policy:     team-moderate",
            "Rule:       process.run → approval_required",
            "Reason:     Service management commands require supervisor approval",
        ]
    );
    gateway.says(&["approve", "accept", "ap_001", "--reason", "Scheduled maintenance window"]);
    gateway.says(&["approve", "reject", "ap_002", "--reason", "Keep old builds until next week"]);
    assert_eq!(gateway.says(&["approve", "list"]), "No requests are pending.\n");
    let query = ["audit", "query", "--capability", "process.run", "--outcome", "approved", "--last", "7d"];
    let approved = gateway.says(&query);
    let row = approved.lines().nth(1).unwrap();
    for part in
        ["my-agent", "process.run", "approved", "operator", "command=systemctl restart", "Scheduled maintenance window"]
    {
        assert!(row.contains(part), "{part}: {row}");
    }
    assert!(!approved.contains("deploy-bot"), "{approved}");
}

#[test]
fn the_second_word_is_told_who_was_first() {
    let gateway = Gateway::start(&["--demo"]);
    let alice = gateway.says(&["supervisor", "create", "--name", "alice", "--format", "json"]);
    let alice: Value = serde_json::from_str(&alice).unwrap();
    let token = alice["token"].as_str().unwrap();
    let reject = ["approve", "reject", "ap_001", "--reason", "Not now"];
    assert!(gateway.command(&reject).env("KRUXOS_TOKEN", token).output().unwrap().status.success());
    let second = gateway.run(&["approve", "accept", "ap_001"]);
    assert_eq!(second.status.code(), Some(1));
    let said = error(&second);
    assert!(
        said.starts_with("error: ap_001: already rejected by alice at 20") && said.ends_with(": Not now\n"),
        "{said}"
    );
}

#[test]
fn a_revoked_token_opens_nothing() {
    let gateway = Gateway::start(&["--demo"]);
    let alice = gateway.says(&["supervisor", "create", "--name", "alice", "--format", "json"]);
    let alice: Value = serde_json::from_str(&alice).unwrap();
    let token = alice["token"].as_str().unwrap();
    gateway.says(&["supervisor", "revoke", "alice"]);
    let output = gateway.command(&["approve", "accept", "ap_001"]).env("KRUXOS_TOKEN", token).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(error(&output).contains("does not know the token of `KRUXOS_TOKEN`"), "{}", error(&output));
    assert!(!error(&output).contains(token));
}

#[test]
fn json_is_the_gateway_s_document_with_every_page() {
    let gateway = Gateway::start(&[]);
    let agent = gateway.agent("my-agent");
    let ids: Vec<String> = (0..5).map(|at| agent.asks("echo", &[&at.to_string()])).collect();
    let listed: Value = serde_json::from_str(&gateway.says(&["approve", "list", "--format", "json"])).unwrap();
    let found: Vec<&str> =
        listed["approvals"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap()).collect();
    assert_eq!(found, ids);
    let two: Value =
        serde_json::from_str(&gateway.says(&["approve", "list", "--format", "json", "--limit", "2"])).unwrap();
    assert_eq!((two["approvals"].as_array().unwrap().len(), &two["total"]), (2, &5.into()));
    assert!(
        gateway
            .says(&["approve", "list", "--limit", "2"])
            .ends_with("\n3 more are there; `--limit 5` shows them all.\n")
    );
}

#[test]
fn the_trail_is_checked_by_the_gateway_and_on_a_copy() {
    let gateway = Gateway::start(&["--demo"]);
    let said = gateway.says(&["audit", "verify"]);
    let head = said.lines().last().unwrap().to_owned();
    gateway.says(&["approve", "reject", "ap_001"]);
    gateway.says(&["audit", "verify", "--head", &head]);
    let never = head.replace("@sha256:", "0000@sha256:");
    assert_eq!(gateway.run(&["audit", "verify", "--head", &never]).status.code(), Some(1));
    let folder = gateway.stop();
    let database = folder.path().join("data/kruxos.db");
    let copy = |head: &str| {
        let mut command = crate::gateway::kruxos();
        command.args(["audit", "verify", "--head", head, "--database"]).arg(&database).output().unwrap()
    };
    assert!(copy(&head).status.success(), "{}", error(&copy(&head)));
    let broken = copy(&never);
    assert_eq!(broken.status.code(), Some(1));
    let said = String::from_utf8(broken.stdout).unwrap();
    assert!(said.starts_with("The audit trail is not as it was written, from record "), "{said}");
}

#[test]
fn without_a_gateway_the_way_to_start_one_is_said() {
    let gateway = Gateway::start(&[]);
    let folder = gateway.stop();
    let mut command = crate::gateway::kruxos();
    let dir = folder.path().join("data");
    command.args(["approve", "list", "--url", "http://127.0.0.1:9"]).env("KRUXOS_DATA_DIR", dir);
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let expected = "error: the gateway is not running at http://127.0.0.1:9; start it with `kruxos gateway`\n";
    assert_eq!(error(&output), expected);
}

#[test]
fn a_second_gateway_on_the_same_ports_or_data_says_why_not() {
    let gateway = Gateway::start(&[]);
    let mut second = gateway.command(&["gateway", "--agents", "127.0.0.1:0", "--supervisors", "127.0.0.1:0"]);
    let output = second.output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(error(&output).starts_with("error: "), "{}", error(&output));
    assert!(gateway.says(&["status"]).contains("Pending:"));
}
