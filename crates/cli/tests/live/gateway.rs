//! A gateway on a directory and ports of its own, an agent that calls it, and the command beside it.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

/// How long anything may take before a test gives up.
const PATIENCE: Duration = Duration::from_secs(60);

/// The file, beside the data directory, that holds what a gateway says on its error stream.
const ERRORS: &str = "gateway.err";

/// Waits until there is something.
pub(crate) fn until<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let begin = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(begin.elapsed() < PATIENCE, "waited in vain for {what}");
        sleep(Duration::from_millis(25));
    }
}

/// The command of this build, in no other environment than the machine's.
pub(crate) fn kruxos() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kruxos"));
    for name in ["KRUXOS_URL", "KRUXOS_TOKEN", "KRUXOS_DATA_DIR", "KRUXOS_LOG"] {
        command.env_remove(name);
    }
    command.env("TZ", "UTC").env("LC_ALL", "C.UTF-8");
    command
}

/// A running gateway.
pub(crate) struct Gateway {
    child: Child,
    pub(crate) dir: PathBuf,
    agents: String,
    _folder: tempfile::TempDir,
}

impl Gateway {
    pub(crate) fn start(flags: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self::start_in(folder, flags)
    }

    pub(crate) fn start_in(folder: tempfile::TempDir, flags: &[&str]) -> Self {
        let dir = folder.path().join("data");
        let mut gateway = kruxos();
        gateway.args(["gateway", "--agents", "127.0.0.1:0", "--supervisors", "127.0.0.1:0"]);
        gateway.arg("--data-dir").arg(&dir).args(flags).current_dir(folder.path());
        let errors = std::fs::File::create(folder.path().join(ERRORS)).unwrap();
        let child = gateway.stdout(Stdio::null()).stderr(errors).spawn().unwrap();
        let whereabouts: Value = until("the gateway", || {
            let text = std::fs::read(dir.join("gateway.json")).ok()?;
            serde_json::from_slice(&text).ok()
        });
        let agents = whereabouts["agents"].as_str().unwrap().to_owned();
        Self { child, dir, agents, _folder: folder }
    }

    /// The directory that the gateway was started in.
    pub(crate) fn folder(&self) -> &Path {
        self.dir.parent().unwrap()
    }

    /// What it has said on its error stream.
    pub(crate) fn errors(&self) -> String {
        std::fs::read_to_string(self.folder().join(ERRORS)).unwrap()
    }

    /// The command, about this gateway.
    pub(crate) fn command(&self, words: &[&str]) -> Command {
        let mut command = kruxos();
        command.env("KRUXOS_DATA_DIR", &self.dir).args(words);
        command
    }

    pub(crate) fn run(&self, words: &[&str]) -> Output {
        self.command(words).output().unwrap()
    }

    /// What the command prints when all is well.
    pub(crate) fn says(&self, words: &[&str]) -> String {
        let output = self.run(words);
        let errors = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.success(), "{words:?}: {errors}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// A new agent.
    pub(crate) fn agent(&self, name: &str) -> Agent {
        let issued = self.says(&["agent", "create", "--name", name, "--format", "json"]);
        let issued: Value = serde_json::from_str(&issued).unwrap();
        Agent { address: self.agents.clone(), name: name.to_owned(), key: issued["key"].as_str().unwrap().to_owned() }
    }

    /// Tells it to stop and waits until it has.
    pub(crate) fn stop(mut self) -> tempfile::TempDir {
        terminate(self.child.id());
        assert!(self.child.wait().unwrap().success());
        std::mem::replace(&mut self._folder, tempfile::tempdir().unwrap())
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Asks a process to end.
pub(crate) fn terminate(process: u32) {
    assert!(Command::new("kill").arg("-TERM").arg(process.to_string()).status().unwrap().success());
}

/// An agent with its key.
#[derive(Clone)]
pub(crate) struct Agent {
    address: String,
    name: String,
    key: String,
}

impl Agent {
    /// One call of the protocol.
    pub(crate) fn call(&self, method: &str, params: &Value) -> Value {
        let body = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params }).to_string();
        let (address, name, key, length) = (&self.address, &self.name, &self.key, body.len());
        let request = format!(
            "POST /rpc HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {key}\r\nKruxOS-Agent: {name}\r\nContent-Type: \
             application/json\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
        );
        let mut stream = TcpStream::connect(address).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let body = answer.split_once("\r\n\r\n").unwrap().1;
        serde_json::from_str(body).unwrap_or_else(|error| panic!("{error}: {answer}"))
    }

    /// Makes a call that waits for a supervisor, and gives the request's id.
    pub(crate) fn asks(&self, command: &str, args: &[&str]) -> String {
        let params = json!({ "capability": "process.run", "params": { "command": command, "args": args } });
        let answer = self.call("capabilities.invoke", &params);
        answer["error"]["data"]["request_id"].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned()
    }

    /// Waits for a request's end.
    pub(crate) fn waits(&self, id: &str) -> Value {
        self.call("approvals.wait", &json!({ "request_id": id, "timeout_ms": 50_000 }))
    }
}
