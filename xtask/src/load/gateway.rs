//! A release build of the gateway on a fresh data directory.

use std::fs;
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;

use super::client::{Client, header};
use crate::{cargo, root};

/// Asking who one is costs nothing and waits for nobody; reading a value costs next to nothing and waits for a person.
/// The limit is there so that a change of policies has an hour to count again.
const POLICY: &str = "layer: organization
name: load
capabilities:
  agent.whoami: { tier: autonomous }
  state.persistent.get: { tier: approval_required, reason: To be measured }
  process.run: { tier: approval_required, reason: To be measured }
  comms.broadcast: { tier: notify, rate_limit: { max: 10, window: 1h } }
";

const JSON: &str = "Content-Type: application/json\r\n";

/// Requests that one agent may have pending here.
const MOST_PENDING: u32 = 20_000;

/// The gateway; it ends with this.
pub(crate) struct Gateway {
    child: Child,
    dir: TempDir,
    pub(crate) agents: String,
    pub(crate) supervisors: String,
    token: String,
}

impl Gateway {
    /// Builds and starts it.
    pub(crate) fn start() -> Result<Self, String> {
        build()?;
        let dir = TempDir::new().map_err(|error| error.to_string())?;
        let at = |name: &str| dir.path().join(name);
        let written = fs::write(at("load.yaml"), policy(0))
            .and_then(|()| fs::write(at("kruxos.toml"), format!("most-pending = {MOST_PENDING}\n")));
        written.map_err(|error| error.to_string())?;
        let mut command = kruxos();
        command.arg("gateway").args(["--agents", "127.0.0.1:0", "--supervisors", "127.0.0.1:0"]);
        command.arg("--data-dir").arg(at("data")).arg("--policies").arg(at("load.yaml"));
        command.arg("--config").arg(at("kruxos.toml"));
        command.env("KRUXOS_LOG", "warn").stdout(Stdio::null());
        let child = command.spawn().map_err(|error| error.to_string())?;
        let whereabouts = wait_for(&at("data/gateway.json"))?;
        let token = fs::read_to_string(at("data/operator.token")).map_err(|error| error.to_string())?;
        let address = |of: &str| whereabouts.get(of).and_then(Value::as_str).unwrap_or_default().to_owned();
        let (agents, supervisors) = (address("agents"), address("supervisors"));
        Ok(Self { child, agents, supervisors, token: token.trim().to_owned(), dir })
    }

    /// A connection of the operator's.
    pub(crate) fn operator(&self) -> Result<Client, String> {
        Client::connect(&self.supervisors, &format!("{JSON}Authorization: Bearer {}\r\n", self.token))
    }

    /// A connection of the operator's who has signed in to the dashboard.
    pub(crate) fn dashboard(&self) -> Result<Client, String> {
        let form = "Content-Type: application/x-www-form-urlencoded\r\n";
        let mut door = Client::connect(&self.supervisors, &format!("{form}Origin: http://{}\r\n", self.supervisors))?;
        let request = door.request("POST", "/sign-in", &format!("token={}", self.token));
        let answer = door.send(&request)?;
        let cookie = header(&answer.head, "set-cookie").and_then(|cookie| cookie.split(';').next());
        let cookie = cookie.ok_or_else(|| format!("nobody could sign in: {}", answer.head))?;
        Client::connect(&self.supervisors, &format!("Cookie: {cookie}\r\n"))
    }

    /// The header lines of a new agent.
    pub(crate) fn agent(&self, name: &str) -> Result<String, String> {
        let mut operator = self.operator()?;
        let body = json!({ "name": name }).to_string();
        let request = operator.request("POST", "/api/agents", &body);
        let answer = operator.send(&request)?;
        let issued: Value = serde_json::from_slice(answer.body).map_err(|error| error.to_string())?;
        let key = issued.get("key").and_then(Value::as_str).ok_or_else(|| format!("no key: {issued}"))?;
        Ok(format!("{JSON}Authorization: Bearer {key}\r\nKruxOS-Agent: {name}\r\n"))
    }

    /// Writes another policy that says the same.
    pub(crate) fn change_policy(&self, version: u32) -> Result<(), String> {
        fs::write(self.dir.path().join("load.yaml"), policy(version)).map_err(|error| error.to_string())
    }

    /// Runs the command beside it.
    pub(crate) fn run(&self, arguments: &[&str]) -> Result<Output, String> {
        let output = kruxos().args(arguments).env("KRUXOS_DATA_DIR", self.dir.path().join("data")).output();
        output.map_err(|error| error.to_string())
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn policy(version: u32) -> String {
    format!("version: \"1.{version}\"\n{POLICY}")
}

fn build() -> Result<(), String> {
    let build = Command::new(cargo()).args(["build", "--release", "--package", "kruxos"]).current_dir(root()).status();
    if build.map_err(|error| error.to_string())?.success() { Ok(()) } else { Err("the build failed".to_owned()) }
}

fn kruxos() -> Command {
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from);
    let mut command = Command::new(target.join("release/kruxos"));
    for variable in ["KRUXOS_URL", "KRUXOS_TOKEN", "KRUXOS_DATA_DIR"] {
        command.env_remove(variable);
    }
    command
}

/// Where the gateway listens, once it does.
fn wait_for(file: &PathBuf) -> Result<Value, String> {
    for _ in 0..3_000 {
        if let Some(found) = fs::read_to_string(file).ok().and_then(|text| serde_json::from_str(&text).ok()) {
            return Ok(found);
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    Err("the gateway did not start".to_owned())
}
