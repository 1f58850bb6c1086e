//! A gateway as a process of its own: where it lives, how it is started, stopped and killed, and the command beside it.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Output};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::eventually;
use crate::wire::{Agent, Supervisor};

/// What outlives a gateway: its data, its workspace, its policies, its log.
pub(crate) struct Home {
    dir: TempDir,
    arguments: Vec<OsString>,
}

impl Home {
    /// A place with nothing in it; the shipped policies decide.
    pub(crate) fn new() -> Self {
        let dir = TempDir::new().unwrap();
        let home = Self { dir, arguments: Vec::new() };
        fs::create_dir(home.workspace()).unwrap();
        home
    }

    /// A place whose policies are the files in [`Home::policies`], this one to begin with.
    pub(crate) fn with_policy(text: &str) -> Self {
        let mut home = Self::new();
        fs::create_dir(home.policies()).unwrap();
        fs::write(home.policies().join("team.yaml"), text).unwrap();
        home.arguments.extend(["--policies".into(), home.policies().into()]);
        home
    }

    /// The same place, where only its own policies decide.
    pub(crate) fn without_baseline(mut self) -> Self {
        self.arguments.push("--without-baseline".into());
        self
    }

    /// The same place with a configuration file.
    pub(crate) fn configured(mut self, toml: &str) -> Self {
        let path = self.dir.path().join("kruxos.toml");
        fs::write(&path, toml).unwrap();
        self.arguments.extend(["--config".into(), path.into()]);
        self
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.dir.path().join("data")
    }

    pub(crate) fn workspace(&self) -> PathBuf {
        self.dir.path().join("workspace")
    }

    pub(crate) fn policies(&self) -> PathBuf {
        self.dir.path().join("policies")
    }

    fn log(&self) -> PathBuf {
        self.dir.path().join("gateway.log")
    }

    /// The lines of a file in the workspace.
    pub(crate) fn lines(&self, file: &str) -> Vec<String> {
        fs::read_to_string(self.workspace().join(file)).unwrap_or_default().lines().map(str::to_owned).collect()
    }

    /// Begins to start a gateway.
    pub(crate) fn spawn(&self) -> Child {
        let _ = fs::remove_file(self.data().join("gateway.json"));
        let log = || -> File { OpenOptions::new().create(true).append(true).open(self.log()).unwrap() };
        kruxos()
            .arg("gateway")
            .args(["--agents", "127.0.0.1:0", "--supervisors", "127.0.0.1:0"])
            .arg("--data-dir")
            .arg(self.data())
            .arg("--workspace")
            .arg(self.workspace())
            .args(&self.arguments)
            .stdout(log())
            .stderr(log())
            .spawn()
            .unwrap()
    }

    /// Starts a gateway and waits until it answers.
    pub(crate) fn start(&self) -> Running {
        let mut child = self.spawn();
        let look = || {
            if let Some(status) = child.try_wait().unwrap() {
                panic!("the gateway ended with {status}");
            }
            serde_json::from_str(&fs::read_to_string(self.data().join("gateway.json")).ok()?).ok()
        };
        let (at, _): (Value, _) = eventually("the gateway listens", look);
        let token = fs::read_to_string(self.data().join("operator.token")).unwrap().trim().to_owned();
        let address = |of: &str| format!("http://{}", at[of].as_str().unwrap());
        let operator = Supervisor::new("operator", &address("supervisors"), &token);
        Running { child, operator, agents: address("agents") }
    }

    /// Runs the command beside the gateway, as somebody who may read the data directory.
    pub(crate) fn kruxos(&self, arguments: &[&str]) -> Output {
        kruxos().args(arguments).env("KRUXOS_DATA_DIR", self.data()).output().unwrap()
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let log = fs::read_to_string(self.log()).unwrap_or_default();
            let last: Vec<&str> = log.lines().rev().take(30).collect();
            eprintln!("the gateway said last:\n{}", last.into_iter().rev().collect::<Vec<_>>().join("\n"));
        }
    }
}

/// The command, without what this process was started in.
fn kruxos() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kruxos"));
    for variable in ["KRUXOS_URL", "KRUXOS_TOKEN", "KRUXOS_DATA_DIR", "KRUXOS_ENDPOINT", "RUST_LOG"] {
        command.env_remove(variable);
    }
    command
}

/// A gateway that answers.
pub(crate) struct Running {
    child: Child,
    /// The supervisor whose token lies in the data directory.
    pub(crate) operator: Supervisor,
    agents: String,
}

impl Running {
    /// Registers an agent.
    pub(crate) fn agent(&self, name: &str) -> Agent {
        let issued = self.operator.post("/api/agents", &json!({ "name": name }));
        Agent::new(name, &self.agents, issued["key"].as_str().unwrap())
    }

    /// An agent that was registered before, at the door of this gateway.
    pub(crate) fn again(&self, agent: &Agent) -> Agent {
        agent.moved_to(&self.agents)
    }

    /// Registers a supervisor.
    pub(crate) fn supervisor(&self, name: &str, groups: &[&str]) -> Supervisor {
        let issued = self.operator.post("/api/supervisors", &json!({ "name": name, "groups": groups }));
        self.operator.named(name, issued["token"].as_str().unwrap())
    }

    /// A supervisor who was registered before, at the door of this gateway.
    pub(crate) fn supervisor_again(&self, supervisor: &Supervisor) -> Supervisor {
        self.operator.named(&supervisor.name, &supervisor.token)
    }

    /// `kill -9`.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Asks the gateway to stop.
    pub(crate) fn ask_to_stop(&self) {
        let pid = Pid::from_raw(i32::try_from(self.child.id()).unwrap()).unwrap();
        kill_process(pid, Signal::TERM).unwrap();
    }

    /// Asks the gateway to stop and waits until it has.
    pub(crate) fn stop(mut self) -> ExitStatus {
        self.ask_to_stop();
        self.child.wait().unwrap()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
