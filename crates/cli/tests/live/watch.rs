//! `kruxos watch`: activity as lines.

use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};

use serde_json::Value;

use crate::gateway::Gateway;

/// Ends the process it holds.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn activity_comes_as_it_happens_and_can_begin_at_the_beginning() {
    let gateway = Gateway::start(&[]);
    let mut command = gateway.command(&["watch", "--after", "0", "--format", "json"]);
    let mut watch = Running(command.stdout(Stdio::piped()).spawn().unwrap());
    let mut lines = BufReader::new(watch.0.stdout.take().unwrap()).lines();
    let mut next = || serde_json::from_str::<Value>(&lines.next().unwrap().unwrap()).unwrap();
    assert_eq!(next()["sequence"], 1);
    let agent = gateway.agent("my-agent");
    let id = agent.asks("echo", &["hello"]);
    let asked = std::iter::repeat_with(&mut next).find(|record| record["outcome"] == "approval_requested").unwrap();
    assert_eq!((asked["request"].as_str(), asked["agent"].as_str()), (Some(id.as_str()), Some("my-agent")));
}
