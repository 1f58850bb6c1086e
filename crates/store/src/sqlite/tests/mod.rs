//! Tests of what SQLite alone promises: that it survives, and notices.

mod batching;
mod ending;
mod full_disk;
mod opening;
mod tampering;

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use jiff::Timestamp;
use kruxos_approvals::call::Params;
use kruxos_approvals::{Action, DecisionFacts, Draft, Entry, Event, NewRequest, Supervisor};

use super::SqliteStore;

fn now() -> Timestamp {
    "2026-03-29T14:20:00Z".parse().unwrap()
}

fn call(agent: &str, number: u64) -> NewRequest {
    let params: Params = serde_json::from_str(&format!(r#"{{"command":"deploy","number":{number}}}"#)).unwrap();
    let decision = DecisionFacts {
        tier: serde_json::from_str(r#""approval_required""#).unwrap(),
        reason: "Process execution requires human review".to_owned(),
        rule: None,
        unknowns: Vec::new(),
        policy_digest: "sha256:policies".to_owned(),
    };
    NewRequest {
        agent: agent.to_owned(),
        session: None,
        capability: "process.run".to_owned(),
        params: params.clone(),
        audited_params: params,
        decision,
        requested_at: now(),
        expires_at: None,
        approvers: Vec::new(),
        quorum: 1,
        limits: Vec::new(),
    }
}

fn approve() -> Action {
    Action::Approve { by: Supervisor { name: "anna".to_owned(), groups: Vec::new() }, reason: None }
}

fn draft(agent: &str) -> Draft {
    Draft { at: now(), entry: Entry { agent: Some(agent.to_owned()), ..Entry::of(Event::Decision) } }
}

fn open(folder: &Path) -> SqliteStore {
    SqliteStore::open(database(folder)).unwrap()
}

fn database(folder: &Path) -> PathBuf {
    folder.join("kruxos.db")
}

/// The variable by which a process that runs one test is told its folder.
const FOLDER: &str = "KRUXOS_STORE_TEST_FOLDER";

/// The folder this process was given.
fn given_folder() -> PathBuf {
    std::env::var_os(FOLDER).expect("started by another test").into()
}

/// This test binary again, to run one test that others leave out. It does not die of files that are too large.
fn this_binary(test: &str, folder: &Path) -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", r#"trap "" XFSZ; exec "$@""#, "sh"]);
    command.arg(std::env::current_exe().unwrap());
    command.args([test, "--exact", "--ignored", "--nocapture", "--test-threads=1"]);
    command.env(FOLDER, folder).env("RUST_BACKTRACE", "0").stdout(Stdio::piped());
    // What it complains of is told by those who expect that it does not.
    command.stderr(std::fs::File::create(complaints(folder)).unwrap());
    command
}

/// Where a process that was started complains.
fn complaints(folder: &Path) -> PathBuf {
    folder.join("complaints.txt")
}

fn start(command: &mut Command) -> Child {
    command.spawn().unwrap()
}

/// Tells the process that started this one.
fn tell(line: &str) {
    let mut out = std::io::stdout().lock();
    // One write for one line: what was told was told whole.
    out.write_all(format!("{line}\n").as_bytes()).unwrap();
    out.flush().unwrap();
}
