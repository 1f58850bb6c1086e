//! `kruxos approve watch` in a real terminal, which is tmux: keys go in, the screen is read.

use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;

use crate::gateway::{Gateway, terminate, until};

static TERMINALS: AtomicU32 = AtomicU32::new(0);

/// A terminal with one program in it, on a tmux server of its own.
struct Terminal {
    socket: String,
}

impl Terminal {
    fn run(gateway: &Gateway, script: &str, columns: u16, rows: u16) -> Self {
        let number = TERMINALS.fetch_add(1, Ordering::Relaxed);
        let terminal = Self { socket: format!("kruxos-test-{}-{number}", std::process::id()) };
        let binary = env!("CARGO_BIN_EXE_kruxos");
        let environment = format!("export KRUXOS_DATA_DIR='{}' TZ=UTC KRUXOS='{binary}'", gateway.dir.display());
        let (columns, rows) = (columns.to_string(), rows.to_string());
        let script = format!("{environment}; {script}");
        terminal.tmux(&["-f", "/dev/null", "new-session", "-d", "-x", &columns, "-y", &rows, "sh", "-c", &script]);
        terminal
    }

    fn tmux(&self, words: &[&str]) -> String {
        let mut command = Command::new("tmux");
        command.args(["-u", "-L", &self.socket]).args(words);
        for name in ["TMUX", "KRUXOS_URL", "KRUXOS_TOKEN"] {
            command.env_remove(name);
        }
        let output = command.output().expect("these tests need tmux: apt-get install tmux");
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    fn screen(&self) -> String {
        self.tmux(&["capture-pane", "-p"])
    }

    fn press(&self, key: &str) {
        self.tmux(&["send-keys", key]);
    }

    fn types(&self, text: &str) {
        self.tmux(&["send-keys", "-l", text]);
    }

    /// Waits until the screen shows a text, and gives the screen.
    fn shows(&self, text: &str) -> String {
        let mut last = String::new();
        until(&format!("`{text}` on the screen"), || {
            last = self.screen();
            last.contains(text).then(|| last.clone())
        })
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        self.tmux(&["kill-server"]);
    }
}

const WATCH: &str = "\"$KRUXOS\" approve watch; echo LEFT; sleep 600";

#[test]
fn a_request_arrives_live_a_approves_it_and_its_agent_s_wait_returns() {
    let gateway = Gateway::start(&[]);
    let agent = gateway.agent("my-agent");
    let terminal = Terminal::run(&gateway, WATCH, 80, 24);
    terminal.shows("No requests are pending");
    let id = agent.asks("echo", &["hello"]);
    let screen = terminal.shows("> ap_001");
    assert!(screen.contains("command=echo hello") && screen.contains("1 pending"), "{screen}");
    let waiting = thread::spawn({
        let (agent, id) = (agent.clone(), id.clone());
        move || agent.waits(&id)
    });
    // The first press may come before the request counts as read, and then does nothing.
    until("the approval", || {
        terminal.press("a");
        gateway.says(&["approve", "list"]).starts_with("No requests").then_some(())
    });
    let answer = waiting.join().unwrap();
    assert_eq!(answer["result"]["request_id"], id.as_str());
    assert_eq!(answer["result"]["data"]["stdout"], "hello\n");
    terminal.shows("approved by operator");
    terminal.press("q");
    terminal.shows("LEFT");
}

#[test]
fn r_asks_for_a_reason_and_rejects_the_selected_request() {
    let gateway = Gateway::start(&[]);
    let agent = gateway.agent("my-agent");
    let first = agent.asks("echo", &["one"]);
    let second = agent.asks("echo", &["two"]);
    let terminal = Terminal::run(&gateway, WATCH, 40, 15);
    terminal.shows("> ap_001");
    terminal.press("Down");
    terminal.shows("> ap_002");
    // Another one arrives: the selection stays where it is.
    agent.asks("echo", &["three"]);
    terminal.shows("3 pending");
    terminal.press("r");
    terminal.shows("Reject ap_002");
    terminal.types("quiet please, not now");
    terminal.press("Enter");
    terminal.shows("Rejected ap_002.");
    let answer = agent.waits(&second);
    assert_eq!(answer["error"]["data"]["reason"], "quiet please, not now");
    assert!(gateway.says(&["approve", "list"]).contains(&first));
}

#[test]
fn what_others_decide_is_shown() {
    let gateway = Gateway::start(&["--demo"]);
    let terminal = Terminal::run(&gateway, WATCH, 80, 24);
    terminal.shows("> ap_001");
    gateway.says(&["approve", "reject", "ap_001", "--reason", "Elsewhere"]);
    let screen = terminal.shows("Because:    Elsewhere");
    assert!(screen.contains("rejected by operator") && screen.contains("1 pending"), "{screen}");
    terminal.press("a");
    terminal.shows("ap_001 is rejected already by operator.");
}

#[test]
fn the_terminal_is_given_back_when_the_command_is_told_to_end() {
    let gateway = Gateway::start(&["--demo"]);
    let pid = gateway.folder().join("pid");
    let script = format!(
        "echo BEFORE; sh -c 'echo $$ > {}; exec \"$KRUXOS\" approve watch'; stty -a | grep -o -e -icanon -e icanon; echo \
         AFTER; sleep 600",
        pid.display()
    );
    let terminal = Terminal::run(&gateway, &script, 80, 24);
    terminal.shows("> ap_001");
    let process = std::fs::read_to_string(&pid).unwrap().trim().parse().unwrap();
    terminate(process);
    let screen = terminal.shows("AFTER");
    assert!(screen.starts_with("BEFORE\nicanon\nAFTER\n"), "{screen}");
}

#[test]
fn a_gateway_that_goes_away_is_said() {
    let gateway = Gateway::start(&["--demo"]);
    let terminal = Terminal::run(&gateway, WATCH, 80, 24);
    terminal.shows("> ap_001");
    let _folder = gateway.stop();
    terminal.shows("disconnected: ");
}
