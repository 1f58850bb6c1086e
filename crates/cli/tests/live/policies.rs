//! Policies that break while the gateway runs, as the command tells of them.

use crate::gateway::{Gateway, until};

const GOOD: &str = "\
name: team
version: \"1.0\"
layer: organization
defaults: { tier: approval_required, reason: A person decides }
capabilities:
  system.*: { tier: autonomous }
";

#[test]
fn a_broken_policy_file_is_said_by_status_and_list_until_it_is_mended() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("policies/team.yaml");
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    std::fs::write(&file, GOOD).unwrap();
    let gateway = Gateway::start_in(folder, &["--policies", "policies"]);
    assert!(gateway.folder().join("policies").is_dir());
    assert!(gateway.says(&["status"]).contains("Policies:    team, since"));

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
