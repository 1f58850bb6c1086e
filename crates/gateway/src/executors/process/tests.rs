//! Programs that end, hang, flood and hide.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::PathBuf;

use serde_json::{Value, json};
use tempfile::TempDir;

use super::output::MAX_KEPT;
use super::*;
use crate::executors::testing::{Told, data, judged};

struct Ground {
    outer: TempDir,
    process: Process,
    judge: Arc<Told>,
}

impl Ground {
    fn new() -> Self {
        Self::judged_by(Told::default())
    }

    fn judged_by(judge: Told) -> Self {
        let outer = tempfile::tempdir().unwrap();
        let host = outer.path().join("ws");
        fs::create_dir(&host).unwrap();
        let workspace = Arc::new(Workspace::open(&host).unwrap());
        Self { outer, process: Process::new(workspace), judge: Arc::new(judge) }
    }

    fn host(&self, name: &str) -> PathBuf {
        self.outer.path().canonicalize().unwrap().join("ws").join(name)
    }

    fn script(&self, name: &str, text: &str) {
        fs::create_dir_all(self.host(name).parent().unwrap()).unwrap();
        fs::write(self.host(name), format!("#!/bin/sh\n{text}\n")).unwrap();
        fs::set_permissions(self.host(name), fs::Permissions::from_mode(0o755)).unwrap();
    }

    async fn call(&self, params: Value) -> Result<Value, String> {
        let output = self.process.execute(judged("process.run", params, &self.judge)).await;
        output.map(|output| data(&output)).map_err(|error| error.reason)
    }

    async fn shell(&self, script: &str) -> Value {
        self.call(json!({ "command": "sh", "args": ["-c", script] })).await.unwrap()
    }

    async fn refused(&self, params: Value) -> String {
        self.call(params).await.unwrap_err()
    }
}

/// Waits until nothing of this id runs any more; a test that waits for ever fails by being stopped.
async fn gone(pid: &str) {
    let status = PathBuf::from(format!("/proc/{pid}/stat"));
    let runs = || fs::read_to_string(&status).is_ok_and(|stat| !stat.contains(") Z "));
    while runs() {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test]
async fn a_program_gives_its_output_and_its_exit_status() {
    let ground = Ground::new();
    let work = judged(
        "process.run",
        json!({ "command": "sh", "args": ["-c", "echo out; echo err >&2; exit 3"] }),
        &ground.judge,
    );
    let output = ground.process.execute(work).await.unwrap();
    assert_eq!(output.summary, "exit status 3");
    let mut data = data(&output);
    assert!(data["duration_ms"].take().is_u64());
    let expected = json!({
        "exit_code": 3, "signal": null, "timed_out": false, "duration_ms": null,
        "stdout": "out\n", "stdout_truncated": false, "stdout_lossy": false,
        "stderr": "err\n", "stderr_truncated": false, "stderr_lossy": false,
    });
    assert_eq!(data, expected);
}

#[tokio::test]
async fn no_shell_reads_command_or_arguments() {
    let ground = Ground::new();
    let run = ground
        .call(json!({ "command": "printf", "args": ["%s|", "$HOME", "a b", "; id", "*", "`id`"] }))
        .await
        .unwrap();
    assert_eq!(run["stdout"], "$HOME|a b|; id|*|`id`|");
    for command in ["echo hi", "deploy.sh --now", "echo hi; id", "sh -c id"] {
        let why = ground.refused(json!({ "command": command })).await;
        assert_eq!(
            why,
            format!("there is no program `{command}`; put arguments into `args`, no shell splits a command")
        );
    }
}

#[tokio::test]
async fn a_program_in_the_workspace_is_run_by_its_path_only() {
    let ground = Ground::new();
    ground.script("deploy.sh", "echo deployed \"$0\"");
    ground.script("bin/tool", "pwd");
    let why = ground.refused(json!({ "command": "deploy.sh" })).await;
    assert_eq!(why, "there is no program `deploy.sh`; to run the one in `/workspace` write `./deploy.sh`");
    assert_eq!(ground.call(json!({ "command": "./deploy.sh" })).await.unwrap()["exit_code"], 0);
    assert_eq!(ground.call(json!({ "command": "/workspace/deploy.sh" })).await.unwrap()["exit_code"], 0);
    let below = json!({ "command": "./tool", "working_directory": "/workspace/bin" });
    assert_eq!(ground.call(below).await.unwrap()["stdout"], format!("{}\n", ground.host("bin").display()));
    let above = json!({ "command": "../deploy.sh", "working_directory": "/workspace/bin" });
    assert_eq!(ground.call(above).await.unwrap()["exit_code"], 0);
    for outside in ["../deploy.sh", "bin/../../x", "./../../bin/sh"] {
        let why = ground.refused(json!({ "command": outside })).await;
        assert!(why.starts_with("this gateway executes inside `/workspace` only"), "{why}");
    }
    fs::write(ground.host("data"), "x").unwrap();
    assert_eq!(ground.refused(json!({ "command": "./data" })).await, "`./data` is no file that can be run");
    assert_eq!(ground.refused(json!({ "command": "./none" })).await, "`./none` is no file that can be run");
    assert!(ground.judge.asked.lock().unwrap().is_empty());
}

#[tokio::test]
async fn where_a_program_really_is_is_judged() {
    let ground = Ground::judged_by(Told { refused: vec!["/workspace/private/tool"], ..Told::default() });
    ground.script("private/tool", "echo ran");
    ground.script("public/tool", "echo ran");
    symlink("private/tool", ground.host("a")).unwrap();
    symlink("public/tool", ground.host("b")).unwrap();
    symlink("/bin/sh", ground.host("c")).unwrap();
    let why = ground.refused(json!({ "command": "./a" })).await;
    assert!(why.starts_with("`/workspace/a` leads to `/workspace/private/tool`, which is not allowed"), "{why}");
    assert_eq!(ground.call(json!({ "command": "./b" })).await.unwrap()["stdout"], "ran\n");
    assert!(ground.refused(json!({ "command": "./c" })).await.contains("leads out of `/workspace`"));
}

#[tokio::test]
async fn the_working_directory_is_in_the_workspace() {
    let ground = Ground::judged_by(Told { refused: vec!["/workspace/private"], ..Told::default() });
    fs::create_dir_all(ground.host("private")).unwrap();
    fs::create_dir_all(ground.host("open")).unwrap();
    symlink("private", ground.host("alias")).unwrap();
    symlink("..", ground.host("out")).unwrap();
    let run = async |directory: &str| ground.call(json!({ "command": "pwd", "working_directory": directory })).await;
    assert_eq!(run("/workspace/open/").await.unwrap()["stdout"], format!("{}\n", ground.host("open").display()));
    assert!(run("/workspace/alias").await.unwrap_err().contains("which is not allowed"));
    assert!(run("/workspace/out").await.unwrap_err().contains("leads out of `/workspace`"));
    assert!(run("/tmp").await.unwrap_err().starts_with("this gateway executes inside `/workspace` only"));
    assert!(run("~/open").await.unwrap_err().starts_with("the path cannot be executed"));
    assert!(run("../open").await.unwrap_err().starts_with("this gateway executes inside `/workspace` only"));
    assert_eq!(run("open").await.unwrap()["stdout"], format!("{}\n", ground.host("open").display()));
    assert_eq!(
        run("/workspace/none").await.unwrap_err(),
        "cannot run in `/workspace/none`: there is no such directory"
    );
    assert_eq!(ground.shell("pwd").await["stdout"], format!("{}\n", ground.host("").display()).replace("/\n", "\n"));
}

#[tokio::test]
async fn a_program_is_judged_in_the_directory_it_really_runs_in() {
    let ground = Ground::new();
    ground.script("real/tool", "echo ran");
    symlink("real", ground.host("alias")).unwrap();
    symlink("tool", ground.host("real/link")).unwrap();
    let run = ground.call(json!({ "command": "./link", "working_directory": "/workspace/alias" })).await.unwrap();
    assert_eq!(run["stdout"], "ran\n");
    let asked = ground.judge.asked.lock().unwrap();
    assert_eq!(asked[0], r#"{"command":"./link","working_directory":"/workspace/real"}"#);
    assert_eq!(asked[1], r#"{"command":"/workspace/real/tool","working_directory":"/workspace/real"}"#);
}

#[tokio::test]
async fn what_an_agent_wrote_is_shown_visibly_in_reasons() {
    let why = Ground::new().refused(json!({ "command": "\u{1b}[2J" })).await;
    assert_eq!(why, "there is no program `\\u{1b}[2J`");
}

#[tokio::test]
async fn nothing_of_the_gateway_s_environment_is_passed_on() {
    let ground = Ground::new();
    // Cargo sets it for every test.
    assert!(std::env::var_os("CARGO_MANIFEST_DIR").is_some());
    let run = ground.call(json!({ "command": "env", "environment": { "OWN": "a b", "LANG": "C" } })).await.unwrap();
    let mut names: Vec<&str> =
        run["stdout"].as_str().unwrap().lines().filter_map(|line| line.split('=').next()).collect();
    names.sort_unstable();
    assert_eq!(names, ["HOME", "LANG", "OWN", "PATH", "TERM"]);
    assert!(run["stdout"].as_str().unwrap().contains("OWN=a b\n"));
    assert!(run["stdout"].as_str().unwrap().contains("LANG=C\n"));
}

#[tokio::test]
async fn variables_that_make_another_program_are_refused() {
    let ground = Ground::new();
    for name in ["LD_PRELOAD", "LD_LIBRARY_PATH", "DYLD_INSERT_LIBRARIES", "GLIBC_TUNABLES"] {
        let why = ground.refused(json!({ "command": "true", "environment": { name: "x" } })).await;
        assert!(why.starts_with(&format!("`{name}` would change which code the program runs")), "{why}");
    }
    for name in ["", "A=B"] {
        let why = ground.refused(json!({ "command": "true", "environment": { name: "x" } })).await;
        assert!(why.ends_with("is no name of an environment variable"), "{why}");
    }
}

#[test]
fn programs_are_not_found_where_agents_can_put_them() {
    let outer = tempfile::tempdir().unwrap();
    let host = outer.path().canonicalize().unwrap();
    fs::create_dir_all(host.join("ws/bin")).unwrap();
    symlink(host.join("ws/bin"), host.join("alias")).unwrap();
    let path = format!("bin:.::{0}/ws/bin:{0}/ws:{0}/alias:/bin:/nonexistent", host.display());
    assert_eq!(Programs::of(&path.into(), &host.join("ws")).path(), "/bin");
}

#[tokio::test]
async fn a_program_whose_time_is_up_is_killed_with_all_it_started() {
    let ground = Ground::new();
    let script = "sh -c 'sleep 1000 & echo $!; wait' & echo $$; wait";
    let run = ground.call(json!({ "command": "sh", "args": ["-c", script], "timeout": 1 })).await.unwrap();
    assert_eq!((&run["timed_out"], &run["signal"], &run["exit_code"]), (&json!(true), &json!(9), &Value::Null));
    let pids: Vec<&str> = run["stdout"].as_str().unwrap().lines().collect();
    assert_eq!(pids.len(), 2, "what was written until then is given");
    for pid in pids {
        gone(pid).await;
    }
}

#[tokio::test]
async fn what_a_program_leaves_running_is_killed_when_it_ends() {
    let ground = Ground::new();
    let run = ground.shell("sleep 1000 & echo $!").await;
    assert_eq!(
        (&run["exit_code"], &run["timed_out"], &run["stdout_truncated"]),
        (&json!(0), &json!(false), &json!(false))
    );
    gone(run["stdout"].as_str().unwrap().trim()).await;
}

#[tokio::test]
async fn who_leaves_the_group_and_keeps_the_pipes_does_not_hold_up_the_answer() {
    let ground = Ground::new();
    let run = ground
        .shell("setsid sh -c 'echo $$ > left; sleep 30' & until [ -s left ]; do sleep 0.01; done; echo 1; exit 4")
        .await;
    assert_eq!(
        (&run["exit_code"], &run["timed_out"], &run["stdout_truncated"]),
        (&json!(4), &json!(false), &json!(true))
    );
    assert_eq!(run["stdout"], "1\n");
    let left = fs::read_to_string(ground.host("left")).unwrap().trim().parse().unwrap();
    rustix::process::kill_process_group(rustix::process::Pid::from_raw(left).unwrap(), rustix::process::Signal::KILL)
        .unwrap();
}

#[tokio::test]
async fn a_call_that_is_given_up_stops_the_program() {
    let ground = Ground::new();
    let script = "sleep 1000 & echo $! > pid; wait";
    let work = judged("process.run", json!({ "command": "sh", "args": ["-c", script] }), &ground.judge);
    let pid = {
        let mut running = ground.process.execute(work);
        let written = async {
            loop {
                match fs::read_to_string(ground.host("pid")) {
                    Ok(pid) if pid.ends_with('\n') => break pid,
                    _ => tokio::time::sleep(Duration::from_millis(10)).await,
                }
            }
        };
        tokio::select! {
            _ = &mut running => panic!("it does not end by itself"),
            pid = written => pid,
        }
    };
    gone(pid.trim()).await;
}

#[tokio::test]
async fn a_flood_is_cut_and_does_not_hold_up_the_program() {
    let ground = Ground::new();
    let run = ground.shell("head -c 5000000 /dev/zero | tr '\\0' x; head -c 5000000 /dev/zero >&2; exit 5").await;
    assert_eq!(
        (&run["exit_code"], &run["stdout_truncated"], &run["stderr_truncated"]),
        (&json!(5), &json!(true), &json!(true))
    );
    assert_eq!(run["stdout"].as_str().unwrap().len(), MAX_KEPT);
    assert_eq!(run["stderr"].as_str().unwrap().len(), MAX_KEPT);
}

#[tokio::test]
async fn what_is_kept_never_exceeds_its_limit() {
    let mut kept = Kept::default();
    keep(Some(tokio::io::repeat(b'x').take_bytes(5 * MAX_KEPT as u64)), &mut kept).await;
    let shown = kept.shown(None);
    assert_eq!((shown.text.len(), shown.truncated, shown.lossy), (MAX_KEPT, true, false));
}

trait TakeBytes: tokio::io::AsyncRead + Sized {
    fn take_bytes(self, count: u64) -> tokio::io::Take<Self> {
        tokio::io::AsyncReadExt::take(self, count)
    }
}

impl TakeBytes for tokio::io::Repeat {}

#[tokio::test]
async fn a_character_at_the_limit_is_left_out_whole() {
    for before in 0..3 {
        let text = format!("{}{}", "x".repeat(before), "€".repeat(MAX_KEPT / 3 + 2));
        let mut kept = Kept::default();
        keep(Some(text.as_bytes()), &mut kept).await;
        let shown = kept.shown(None);
        assert!(shown.truncated && !shown.lossy && text.starts_with(&shown.text));
        assert!(shown.text.len() > MAX_KEPT - 3);
    }
}

#[tokio::test]
async fn bytes_that_are_no_text_are_shown_as_such() {
    let run = Ground::new().shell("printf 'a\\377b'; printf ok >&2").await;
    assert_eq!((&run["stdout"], &run["stdout_lossy"]), (&json!("a\u{fffd}b"), &json!(true)));
    assert_eq!((&run["stderr"], &run["stderr_lossy"]), (&json!("ok"), &json!(false)));
}

#[tokio::test]
async fn as_many_lines_as_asked_for_are_given() {
    let ground = Ground::new();
    for (lines, text, truncated) in [(0, "", true), (2, "1\n2\n", true), (3, "1\n2\n3", false), (9, "1\n2\n3", false)] {
        let params = json!({ "command": "printf", "args": ["1\n2\n3"], "stdout_lines": lines });
        let run = ground.call(params).await.unwrap();
        assert_eq!((&run["stdout"], &run["stdout_truncated"]), (&json!(text), &json!(truncated)), "{lines}");
    }
}

#[tokio::test]
async fn a_program_reads_what_it_is_given_or_not() {
    let ground = Ground::new();
    let text = "line\n".repeat(100_000);
    let run = ground.call(json!({ "command": "cat", "stdin": text })).await.unwrap();
    assert_eq!(run["stdout"], text);
    assert_eq!(ground.call(json!({ "command": "cat" })).await.unwrap()["stdout"], "");
    assert_eq!(ground.call(json!({ "command": "true", "stdin": text })).await.unwrap()["exit_code"], 0);
}

#[tokio::test]
async fn what_cannot_be_done_is_refused() {
    let ground = Ground::new();
    for (params, expected) in [
        (json!({ "command": "" }), "`command` is empty"),
        (json!({ "args": [] }), "`command` is missing"),
        (json!({ "command": "x".repeat(4097) }), "`command` has 4097 bytes; at most 4096 are allowed"),
        (json!({ "command": "true", "args": [1] }), "`args` is a list of strings, not this list"),
        (json!({ "command": "true", "args": "x" }), "`args` is a list of strings, not a string"),
        (
            json!({ "command": "true", "environment": { "A": 1 } }),
            "`environment` is an object whose values are strings, not this object",
        ),
        (json!({ "command": "true", "timeout": 0 }), "`timeout` is 0 seconds; at least 1 is needed"),
        (json!({ "command": "true", "timeout": 3601 }), "`timeout` is 3601 seconds; at most 3600 are allowed"),
        (
            json!({ "command": "true", "background": false }),
            "`background` is not supported by this gateway; leave it out",
        ),
        (json!({ "command": "true", "cpu_limit": 1.5 }), "`cpu_limit` is not supported by this gateway; leave it out"),
        (
            json!({ "command": "true", "memory_limit": 1 }),
            "`memory_limit` is not supported by this gateway; leave it out",
        ),
        (
            json!({ "command": "true", "stdin": "x".repeat(1024 * 1024 + 1) }),
            "`stdin` has 1048577 bytes; at most 1048576 are allowed",
        ),
        (
            json!({ "command": "true", "args": ["x".repeat(128 * 1024 + 1)] }),
            "`args` and `environment` together have 131073 bytes; at most 131072 are allowed",
        ),
        (
            json!({ "command": "true", "args": ["a\0b"] }),
            "a NUL character is in `command`, `args` or `environment`, where it cannot be passed on",
        ),
        (
            json!({ "command": "tr\0ue" }),
            "a NUL character is in `command`, `args` or `environment`, where it cannot be passed on",
        ),
    ] {
        assert_eq!(ground.refused(params).await, expected);
    }
    let why = ground.refused(json!({ "command": "true", "shell": true })).await;
    assert!(why.starts_with("`shell` is not known; `process.run` takes `command`, "), "{why}");
}

#[tokio::test]
async fn a_program_that_cannot_be_started_is_named() {
    let ground = Ground::new();
    fs::write(ground.host("broken"), "#!/nonexistent/interpreter\n").unwrap();
    fs::set_permissions(ground.host("broken"), fs::Permissions::from_mode(0o755)).unwrap();
    let why = ground.refused(json!({ "command": "./broken" })).await;
    assert_eq!(why, "cannot start `./broken`: no such file or directory");
}

#[tokio::test]
async fn a_program_that_is_being_written_is_not_run() {
    let ground = Ground::new();
    fs::copy("/bin/true", ground.host("tool")).unwrap();
    let writing = fs::OpenOptions::new().append(true).open(ground.host("tool")).unwrap();
    let why = ground.refused(json!({ "command": "./tool" })).await;
    assert_eq!(why, "cannot start `./tool`: somebody is writing to the file");
    drop(writing);
    assert_eq!(ground.call(json!({ "command": "./tool" })).await.unwrap()["exit_code"], 0);
}

#[tokio::test]
async fn programs_beyond_the_limit_wait_for_another_time() {
    let ground = Ground::new();
    let _all = ground.process.running.try_acquire_many(u32::try_from(MAX_RUNNING).unwrap()).unwrap();
    let why = ground.refused(json!({ "command": "true" })).await;
    assert_eq!(why, "64 programs are running, and at most so many are allowed; try again later");
}

#[tokio::test]
async fn a_program_runs_in_the_directory_that_was_judged() {
    let ground = Ground::new();
    fs::create_dir_all(ground.host("dir")).unwrap();
    fs::create_dir_all(ground.host("other")).unwrap();
    symlink("dir", ground.host("alias")).unwrap();
    let (dir, moved) = (ground.host("dir"), ground.host("moved"));
    *ground.judge.meanwhile.lock().unwrap() = Some(Box::new(move || {
        fs::rename(&dir, moved).unwrap();
        symlink("other", dir).unwrap();
    }));
    let why = ground.refused(json!({ "command": "pwd", "working_directory": "/workspace/alias" })).await;
    assert_eq!(why, "cannot open `/workspace/dir`: not a directory");
}
