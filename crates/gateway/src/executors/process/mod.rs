//! `process.run`: one program, run to its end, in the workspace.
//!
//! No shell reads the command. The program has a group of its own; whatever is left of the group when the program ends,
//! its time is up or nobody waits any more, is killed.

mod group;
mod output;
mod program;
mod request;
#[cfg(test)]
mod tests;

use std::io::ErrorKind;
use std::os::unix::process::ExitStatusExt;
use std::pin::pin;
use std::process::{ExitStatus, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::future::{Either, select};
use serde_json::json;
use tokio::process::{Child, Command};
use tokio::sync::Semaphore;
use tokio::time::timeout;

use super::counted;
use super::workspace::{Workspace, failed};
use crate::executor::{Executing, ExecutionError, Executor, Output, Work};
use group::Group;
use output::{Kept, keep};
use program::Programs;
use request::{Prepared, Request};

/// Most programs that run at once.
const MAX_RUNNING: usize = 64;
/// How often a program is started whose file is written to, and how long to wait in between.
const MOST_STARTS: u32 = 20;
const BUSY: Duration = Duration::from_millis(25);
/// How long the pipes of a program are read on when it has ended.
const LINGERING: Duration = Duration::from_secs(1);

/// Runs programs.
pub(super) struct Process {
    workspace: Arc<Workspace>,
    programs: Arc<Programs>,
    running: Semaphore,
}

impl Process {
    pub(super) fn new(workspace: Arc<Workspace>) -> Self {
        let programs = Arc::new(Programs::of_host(workspace.host()));
        Self { workspace, programs, running: Semaphore::new(MAX_RUNNING) }
    }

    async fn run(&self, work: Work) -> Result<Output, ExecutionError> {
        let too_many = |_| {
            let text = format!("{MAX_RUNNING} programs are running, and at most so many are allowed; try again later");
            ExecutionError::new(text)
        };
        let _running = self.running.try_acquire().map_err(too_many)?;
        let (workspace, programs) = (Arc::clone(&self.workspace), Arc::clone(&self.programs));
        let prepared = tokio::task::spawn_blocking(move || Request::of(&work)?.prepare(&work, &workspace, &programs));
        let broken_off = |_| ExecutionError::new("the call was broken off inside the gateway");
        run_to_end(prepared.await.map_err(broken_off)??).await
    }
}

impl Executor for Process {
    fn capabilities(&self) -> &'static [&'static str] {
        &["process.run"]
    }

    fn execute(&self, work: Work) -> Executing<'_> {
        Box::pin(self.run(work))
    }
}

/// How a program ended, and what it wrote.
struct Ended {
    status: ExitStatus,
    timed_out: bool,
    stdout: Kept,
    stderr: Kept,
}

async fn run_to_end(prepared: Prepared) -> Result<Output, ExecutionError> {
    let began = Instant::now();
    let (mut child, mut group) = start(&prepared).await?;
    let (timed_out, stdout, stderr) = follow(&mut child, &mut group, &prepared).await;
    let lost = |error| ExecutionError::new(format!("how `{}` ended cannot be told: {error}", prepared.command));
    let status = child.wait().await.map_err(lost)?;
    shown(Ended { status, timed_out, stdout, stderr }, &prepared, began.elapsed())
}

/// Starts the program. A file that was written just now can be held open for a moment by a program that is being started
/// elsewhere, and cannot be run as long.
async fn start(prepared: &Prepared) -> Result<(Child, Group), ExecutionError> {
    let mut command = command(prepared);
    for _ in 0..MOST_STARTS {
        match command.spawn() {
            Err(error) if error.kind() == ErrorKind::ExecutableFileBusy => tokio::time::sleep(BUSY).await,
            Err(error) => return Err(failed("start", &prepared.command, error)),
            Ok(child) => {
                let group = Group::led_by(&child);
                return Ok((child, group));
            }
        }
    }
    Err(failed("start", &prepared.command, "somebody is writing to the file"))
}

fn command(prepared: &Prepared) -> Command {
    let mut command = Command::new(&prepared.program);
    command
        .arg0(&prepared.command)
        .args(&prepared.args)
        .current_dir(prepared.directory.path())
        .env_clear()
        .envs(prepared.environment.iter().map(|(name, value)| (name, value)))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .kill_on_drop(true);
    command
}

/// Feeds and reads the program until it ended or its time is up, and kills what is left of its group; whether its time
/// was up, and what it wrote.
async fn follow(child: &mut Child, group: &mut Group, prepared: &Prepared) -> (bool, Kept, Kept) {
    let (mut stdout, mut stderr) = (Kept::default(), Kept::default());
    let feeding = output::feed(child.stdin.take(), prepared.stdin.as_bytes());
    let (out, err) = (child.stdout.take(), child.stderr.take());
    let talking = async { tokio::join!(feeding, keep(out, &mut stdout), keep(err, &mut stderr)) };
    let ending = async {
        let timed_out = timeout(prepared.timeout, group::ended(child)).await.is_err();
        group.kill();
        // It may have left the group it led.
        drop(child.start_kill());
        timed_out
    };
    let timed_out = until_silent(ending, talking).await;
    (timed_out, stdout, stderr)
}

/// What the end gives, once nothing more is to be heard: whoever left the group may hold the pipes for as long as it
/// likes, and is not waited for.
async fn until_silent<T>(ending: impl Future<Output = T>, talking: impl Future) -> T {
    match select(pin!(ending), pin!(talking)).await {
        Either::Left((ended, talking)) => {
            drop(timeout(LINGERING, talking).await);
            ended
        }
        Either::Right((_, ending)) => ending.await,
    }
}

fn shown(ended: Ended, prepared: &Prepared, took: Duration) -> Result<Output, ExecutionError> {
    let (code, signal) = (ended.status.code(), ended.status.signal());
    let stdout = ended.stdout.shown(prepared.stdout_lines);
    let stderr = ended.stderr.shown(None);
    let data = json!({
        "exit_code": code,
        "signal": signal,
        "timed_out": ended.timed_out,
        "stdout": stdout.text,
        "stdout_truncated": stdout.truncated,
        "stdout_lossy": stdout.lossy,
        "stderr": stderr.text,
        "stderr_truncated": stderr.truncated,
        "stderr_lossy": stderr.lossy,
        "duration_ms": u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
    });
    let seconds = counted(prepared.timeout.as_secs(), "second", "seconds");
    let summary = match (ended.timed_out, code, signal) {
        (true, ..) => format!("killed after {seconds}, its `timeout`"),
        (false, Some(code), _) => format!("exit status {code}"),
        (false, None, Some(signal)) => format!("ended by signal {signal}"),
        (false, None, None) => "ended".to_owned(),
    };
    super::output(&data, summary)
}
