//! The command in a pipeline: readers that go away, lines without end, answers before the input ends.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::thread;

const CALL: &[u8] = b"{\"agent\":\"a\",\"capability\":\"filesystem.read\"}\n";

fn kruxos(args: &[&str]) -> Child {
    Command::new(env!("CARGO_BIN_EXE_kruxos"))
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures"))
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

fn eval() -> Child {
    kruxos(&["policy", "eval", "--policies", "team", "--calls", "-"])
}

/// Writes from a thread of its own, so that neither side waits for the other.
fn feed(mut stdin: ChildStdin, write: impl FnOnce(&mut ChildStdin) + Send + 'static) -> thread::JoinHandle<()> {
    thread::spawn(move || write(&mut stdin))
}

fn text(mut from: impl Read) -> String {
    let mut text = String::new();
    from.read_to_string(&mut text).unwrap();
    text
}

#[test]
fn a_reader_that_goes_away_ends_the_command_quietly() {
    let mut child = eval();
    let writer = feed(child.stdin.take().unwrap(), |stdin| {
        let many = CALL.repeat(10_000);
        while stdin.write_all(&many).is_ok() {}
    });
    let mut first = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut first).unwrap();
    assert!(first.starts_with("{\"tier\":\"autonomous\""), "{first}");
    let status = child.wait().unwrap();
    writer.join().unwrap();
    assert_eq!((status.code(), text(child.stderr.take().unwrap())), (Some(0), String::new()));
}

#[test]
fn findings_count_although_nobody_reads_them() {
    let mut child = kruxos(&["policy", "lint", "failing/typo.test.yaml"]);
    drop(child.stdout.take());
    assert_eq!(child.wait().unwrap().code(), Some(1));
    assert_eq!(text(child.stderr.take().unwrap()), "");
}

#[test]
fn an_answer_comes_before_the_input_ends() {
    let mut child = eval();
    let mut stdin = child.stdin.take().unwrap();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    for _ in 0..3 {
        stdin.write_all(CALL).unwrap();
        let mut answer = String::new();
        stdout.read_line(&mut answer).unwrap();
        assert!(answer.starts_with("{\"tier\":\"autonomous\""), "{answer}");
    }
    drop(stdin);
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[test]
fn a_line_over_the_limit_is_blocked_and_the_next_one_decided() {
    let mut child = eval();
    let writer = feed(child.stdin.take().unwrap(), |stdin| {
        let part = vec![b'x'; 1024 * 1024];
        (0..40).for_each(|_| stdin.write_all(&part).unwrap());
        stdin.write_all(b"\n").unwrap();
        stdin.write_all(CALL).unwrap();
    });
    let answers = text(child.stdout.take().unwrap());
    writer.join().unwrap();
    let answers: Vec<&str> = answers.lines().collect();
    assert_eq!(answers.len(), 2);
    assert!(answers[0].contains("malformed call: line 1: it has more than the 16777216 bytes"), "{}", answers[0]);
    assert!(answers[1].starts_with("{\"tier\":\"autonomous\""), "{}", answers[1]);
    assert_eq!(child.wait().unwrap().code(), Some(1));
}

#[test]
fn every_line_has_its_answer_in_order() {
    let mut child = eval();
    let writer = feed(child.stdin.take().unwrap(), |stdin| {
        for number in 0..20_000 {
            let capability = ["filesystem.read", "filesystem.delete", "calendar.create"][number % 3];
            writeln!(stdin, "{{\"agent\":\"a\",\"capability\":\"{capability}\"}}").unwrap();
        }
    });
    let answers = text(child.stdout.take().unwrap());
    writer.join().unwrap();
    let tiers = ["autonomous", "approval_required", "notify"];
    assert_eq!(answers.lines().count(), 20_000);
    for (number, answer) in answers.lines().enumerate() {
        assert!(answer.starts_with(&format!("{{\"tier\":\"{}\"", tiers[number % 3])), "{number}: {answer}");
    }
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[test]
fn control_characters_of_a_call_do_not_reach_the_terminal() {
    let esc = "\u{1b}[31m\u{202e}";
    let agent = format!("a{esc}");
    let args = ["policy", "explain", "--policies", "team", "--capability", "filesystem.read", "--agent", &agent];
    let output = kruxos(&args).wait_with_output().unwrap();
    let shown = String::from_utf8(output.stdout).unwrap();
    assert!(shown.contains("a\\u{1b}[31m\\u{202e}") && !shown.contains('\u{1b}'), "{shown}");
}
