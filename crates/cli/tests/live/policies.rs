//! Policies that break while the gateway runs, as the command tells of them.

use serde_json::Value;

use crate::gateway::{Gateway, until};

const GOOD: &str = "\
name: team
version: \"1.0\"
layer: organization
defaults: { tier: approval_required, reason: A person decides }
capabilities:
  system.*: { tier: autonomous }
";

/// A gateway on one policy of a team's.
fn of_team(flags: &[&str]) -> Gateway {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("team.yaml"), GOOD).unwrap();
    let flags: Vec<&str> = ["--policies", "team.yaml"].iter().chain(flags).copied().collect();
    Gateway::start_in(folder, &flags)
}

#[test]
fn a_gateway_without_its_baseline_says_so_at_start_and_in_status() {
    let gateway = of_team(&["--without-baseline"]);
    let warned = until("the warning", || Some(gateway.errors()).filter(|errors| errors.contains("help:")));
    assert!(warned.contains("warning: `system-baseline` is not in force (`--without-baseline`)"), "{warned}");
    let status = gateway.says(&["status"]);
    assert!(status.contains("Policies:    team, since"), "{status}");
    assert!(status.contains("Baseline:    not in force (`--without-baseline`)"), "{status}");
    let document: Value = serde_json::from_str(&gateway.says(&["status", "--format", "json"])).unwrap();
    assert_eq!(document["policy"]["baseline"], Value::Bool(false));
}

#[test]
fn a_gateway_with_its_baseline_has_nothing_to_say_of_it() {
    let gateway = of_team(&[]);
    let status = gateway.says(&["status"]);
    assert!(status.contains("Policies:    system-baseline, team, since") && !status.contains("Baseline:"), "{status}");
    let document: Value = serde_json::from_str(&gateway.says(&["status", "--format", "json"])).unwrap();
    assert_eq!(document["policy"]["baseline"], Value::Bool(true));
    assert!(!gateway.errors().contains("warning:"), "{}", gateway.errors());
}

#[test]
fn a_broken_policy_file_is_said_by_status_and_list_until_it_is_mended() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("policies/team.yaml");
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    std::fs::write(&file, GOOD).unwrap();
    let gateway = Gateway::start_in(folder, &["--policies", "policies"]);
    assert!(gateway.folder().join("policies").is_dir());
    assert!(gateway.says(&["status"]).contains("Policies:    system-baseline, team, since"));

    std::fs::write(&file, GOOD.replace("autonomous", "autonomus")).unwrap();
    let broken =
        until("the problem", || Some(gateway.run(&["status"])).filter(|output| output.status.code() == Some(1)));
    let said = String::from_utf8(broken.stdout).unwrap();
    assert!(said.contains("The policy files do not load since") && said.contains("team.yaml:6:"), "{said}");
    let list = gateway.run(&["approve", "list"]);
    assert!(list.status.success());
    let warned = String::from_utf8(list.stderr).unwrap();
    assert!(
        warned.starts_with("warning: the policy files do not load, the last good set stays in force: "),
        "{warned}"
    );

    std::fs::write(&file, GOOD).unwrap();
    until("the mended set", || gateway.run(&["status"]).status.success().then_some(()));
    assert_eq!(gateway.run(&["approve", "list"]).stderr, b"");
}
