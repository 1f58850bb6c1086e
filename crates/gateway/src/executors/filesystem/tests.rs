//! Files, links, pipes and races.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::Value;
use tempfile::TempDir;

use super::*;
use crate::executors::testing::{Told, data, judged};

/// A workspace with a secret beside it.
struct Ground {
    outer: TempDir,
    filesystem: Filesystem,
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
        fs::write(outer.path().join("secret"), "secret").unwrap();
        let workspace = Arc::new(Workspace::open(&host).unwrap());
        Self { outer, filesystem: Filesystem::new(workspace), judge: Arc::new(judge) }
    }

    fn host(&self, name: &str) -> std::path::PathBuf {
        self.outer.path().join("ws").join(name)
    }

    fn file(&self, name: &str, content: impl AsRef<[u8]>) {
        fs::create_dir_all(self.host(name).parent().unwrap()).unwrap();
        fs::write(self.host(name), content).unwrap();
    }

    fn link(&self, target: impl AsRef<Path>, name: &str) {
        symlink(target, self.host(name)).unwrap();
    }

    fn text(&self, name: &str) -> String {
        fs::read_to_string(self.host(name)).unwrap()
    }

    fn secret_is_safe(&self) -> bool {
        fs::read_to_string(self.outer.path().join("secret")).unwrap() == "secret"
    }

    fn call(&self, verb: &str, params: Value) -> Result<Value, String> {
        let work = judged(&format!("filesystem.{verb}"), params, &self.judge);
        carry_out(&self.filesystem.workspace, &work).map(|output| data(&output)).map_err(|error| error.reason)
    }

    fn refused(&self, verb: &str, params: Value) -> String {
        self.call(verb, params).unwrap_err()
    }

    fn asked(&self) -> Vec<String> {
        self.judge.asked.lock().unwrap().clone()
    }

    fn temporary_files(&self) -> usize {
        let names = fs::read_dir(self.host("")).unwrap().map(|entry| entry.unwrap().file_name());
        names.filter(|name| name.to_string_lossy().starts_with(".kruxos-")).count()
    }
}

fn path(path: &str) -> Value {
    serde_json::json!({ "path": path })
}

fn content(path: &str, content: &str) -> Value {
    serde_json::json!({ "path": path, "content": content })
}

macro_rules! params {
    ($($json:tt)+) => { serde_json::json!($($json)+) };
}

const EVERY_VERB: [&str; 6] = ["append", "delete", "list", "read", "stat", "write"];

fn any(verb: &str, at: &str) -> Value {
    if matches!(verb, "append" | "write") { content(at, "x") } else { path(at) }
}

#[tokio::test]
async fn what_is_written_is_read() {
    let ground = Ground::new();
    let work = judged("filesystem.write", content("/workspace/a", "grüß"), &ground.judge);
    let output = ground.filesystem.execute(work).await.unwrap();
    assert_eq!(output.summary, "wrote 6 bytes");
    assert_eq!(data(&output), params!({ "path": "/workspace/a", "bytes": 6, "created": true }));
    let read = ground.call("read", path("/workspace/a")).unwrap();
    let expected = params!({
        "path": "/workspace/a", "content": "grüß", "encoding": "utf-8", "offset": 0, "bytes": 6, "size": 6, "truncated": false
    });
    assert_eq!(read, expected);
    assert!(ground.asked().is_empty(), "what was judged is not judged again");
}

#[test]
fn bytes_travel_as_base64() {
    let ground = Ground::new();
    let params = params!({ "path": "/workspace/a", "content": "AP+A", "encoding": "base64" });
    assert_eq!(ground.call("write", params).unwrap()["bytes"], 3);
    assert_eq!(fs::read(ground.host("a")).unwrap(), [0, 255, 128]);
    let read = ground.call("read", params!({ "path": "/workspace/a", "encoding": "base64" })).unwrap();
    assert_eq!(read["content"], "AP+A");
    let wrong = params!({ "path": "/workspace/a", "content": "*", "encoding": "base64" });
    assert!(ground.refused("write", wrong).starts_with("`content` is not base64"));
    assert_eq!(fs::read(ground.host("a")).unwrap(), [0, 255, 128]);
}

#[test]
fn no_verb_leaves_the_workspace_by_its_path() {
    let ground = Ground::new();
    for verb in EVERY_VERB {
        for outside in
            ["/etc/passwd", "/workspace/../secret", "/workspace2/a", "/", "/workspace/a/../../secret", "/Workspace/a"]
        {
            let why = ground.refused(verb, any(verb, outside));
            assert!(why.starts_with("this gateway executes inside `/workspace` only"), "{verb} {outside}: {why}");
        }
        for unclear in
            ["a", "", "./a", "~/a", "/workspace/a\0b", "/workspace/$HOME", "/workspace/a\\b", "/workspace/%2e%2e/a"]
        {
            let why = ground.refused(verb, any(verb, unclear));
            assert!(why.starts_with("the path cannot be executed: it is "), "{verb} {unclear}: {why}");
        }
    }
    assert!(ground.secret_is_safe());
    assert_eq!(fs::read_dir(ground.host("")).unwrap().count(), 0);
}

#[test]
fn no_verb_leaves_the_workspace_by_a_link() {
    let ground = Ground::new();
    ground.link("../secret", "relative");
    ground.link(ground.outer.path().join("secret"), "absolute");
    ground.link("..", "parent");
    ground.link("/proc/self/root", "magic");
    ground.link("relative", "chain");
    for verb in EVERY_VERB.into_iter().filter(|verb| *verb != "delete") {
        for link in ["relative", "absolute", "parent/secret", "magic/etc/passwd", "chain"] {
            let why = ground.refused(verb, any(verb, &format!("/workspace/{link}")));
            assert!(why.contains("leads out of `/workspace` over a symbolic link"), "{verb} {link}: {why}");
        }
    }
    for link in ["parent/secret", "magic/etc/passwd"] {
        let why = ground.refused("delete", path(&format!("/workspace/{link}")));
        assert!(why.contains("leads out of `/workspace`"), "{why}");
    }
    assert!(ground.secret_is_safe());
}

#[test]
fn where_a_link_leads_inside_is_judged() {
    let ground = Ground::judged_by(Told { refused: vec!["/workspace/private/"], ..Told::default() });
    ground.file("private/key", "key");
    ground.file("public/a", "a");
    ground.link("private", "open");
    ground.link("public", "alias");
    for verb in EVERY_VERB.into_iter().filter(|verb| *verb != "list") {
        let why = ground.refused(verb, any(verb, "/workspace/open/key"));
        let expected = "`/workspace/open/key` leads to `/workspace/private/key`, which was not judged: \
                        `/workspace/private/` is blocked";
        assert_eq!(why, expected, "{verb}");
    }
    assert_eq!(ground.text("private/key"), "key");
    assert_eq!(ground.call("read", path("/workspace/alias/a")).unwrap()["path"], "/workspace/public/a");
    assert_eq!(ground.asked().last().unwrap(), r#"{"path":"/workspace/public/a"}"#);
    ground.call("write", content("/workspace/alias/b", "b")).unwrap();
    assert_eq!(ground.asked().last().unwrap(), r#"{"content":"b","path":"/workspace/public/b"}"#);
    assert_eq!(ground.text("public/b"), "b");
}

#[test]
fn a_link_to_nothing_creates_nothing() {
    let ground = Ground::new();
    ground.link("missing", "dangling");
    for verb in ["append", "write", "read", "stat"] {
        let why = ground.refused(verb, any(verb, "/workspace/dangling"));
        assert!(why.ends_with("leads over a symbolic link to where nothing is"), "{why}");
    }
    let nested = params!({ "path": "/workspace/dangling/a", "content": "", "create_parents": true });
    assert!(ground.refused("write", nested).ends_with("to where nothing is"));
    assert!(!ground.host("missing").exists());
}

#[test]
fn a_link_swapped_in_after_the_judgement_is_not_followed() {
    let ground = Ground::new();
    ground.file("dir/a", "a");
    let workspace = &ground.filesystem.workspace;
    let resolved = workspace.resolve("/workspace/dir/a", crate::executors::workspace::Last::Followed).unwrap();
    fs::rename(ground.host("dir"), ground.host("other")).unwrap();
    ground.link("other", "dir");
    assert!(parent(workspace, &resolved, "read").is_err(), "a directory on the way was swapped");
    fs::remove_file(ground.host("dir")).unwrap();
    fs::rename(ground.host("other"), ground.host("dir")).unwrap();
    fs::remove_file(ground.host("dir/a")).unwrap();
    ground.link(ground.outer.path().join("secret"), "dir/a");
    let (dir, name) = parent(workspace, &resolved, "read").unwrap();
    assert!(open_regular(&dir, &name, OFlags::RDONLY).is_err());
    assert!(open_file(&dir, &name, OFlags::RDONLY).is_err(), "the file itself was swapped");
}

#[test]
fn whoever_swaps_links_all_the_time_gets_nothing_from_outside() {
    let ground = Ground::new();
    ground.file("real/secret", "harmless");
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !done.load(Ordering::Relaxed) {
                drop(symlink("real", ground.host("dir")));
                drop(fs::remove_file(ground.host("dir")));
                drop(symlink("..", ground.host("dir")));
                drop(fs::remove_file(ground.host("dir")));
            }
        });
        for turn in 0..2_000 {
            if let Ok(read) = ground.call("read", path("/workspace/dir/secret")) {
                assert_eq!(read["content"], "harmless");
            }
            drop(ground.call("write", content("/workspace/dir/secret", "harmless")));
            drop(ground.call("append", content("/workspace/dir/new", "x")));
            if turn % 8 == 0 {
                drop(ground.call("delete", path("/workspace/dir/new")));
            }
        }
        done.store(true, Ordering::Relaxed);
    });
    assert!(ground.secret_is_safe());
    assert!(!ground.outer.path().join("new").exists());
}

#[test]
fn what_is_no_regular_file_is_not_read_or_written() {
    let ground = Ground::new();
    let fifo = std::process::Command::new("mkfifo").arg(ground.host("fifo")).status().unwrap();
    assert!(fifo.success());
    let _socket = std::os::unix::net::UnixListener::bind(ground.host("socket")).unwrap();
    fs::create_dir(ground.host("dir")).unwrap();
    for verb in ["read", "write", "append"] {
        for (name, kind) in [("fifo", "special file"), ("socket", "special file"), ("dir", "directory")] {
            let why = ground.refused(verb, any(verb, &format!("/workspace/{name}")));
            assert!(why.ends_with(&format!("it is not a regular file but a {kind}")), "{why}");
        }
        assert!(ground.call(verb, any(verb, "/workspace")).is_err());
    }
    assert_eq!(ground.call("stat", path("/workspace/fifo")).unwrap()["kind"], "special file");
    assert_eq!(ground.call("delete", path("/workspace/fifo")).unwrap()["entries"], 1);
    assert_eq!(ground.temporary_files(), 0);
}

#[test]
fn a_pipe_that_takes_the_place_of_a_file_does_not_hang() {
    let ground = Ground::new();
    assert!(std::process::Command::new("mkfifo").arg(ground.host("fifo")).status().unwrap().success());
    let root = ground.filesystem.workspace.resolve("/workspace", crate::executors::workspace::Last::Itself).unwrap();
    let dir = ground.filesystem.workspace.directory(&root).unwrap();
    let file = open_file(&dir, "fifo", OFlags::RDONLY).unwrap();
    assert!(!file.metadata().unwrap().is_file());
    assert!(open_file(&dir, "fifo", OFlags::WRONLY).is_err());
}

#[test]
fn unknown_params_and_wrong_types_are_refused() {
    let ground = Ground::new();
    ground.file("a", "a");
    for (verb, params, expected) in [
        (
            "read",
            params!({ "path": "/workspace/a", "mode": 1 }),
            "`mode` is not known; `filesystem.read` takes `path`, `encoding`, `offset`, `limit`",
        ),
        ("read", params!({}), "`path` is missing"),
        ("read", params!({ "path": 1 }), "`path` is a string, not 1"),
        ("read", params!({ "path": null }), "`path` is a string, not null"),
        ("read", params!({ "path": "/workspace/a", "offset": -1 }), "`offset` is a whole number from 0, not -1"),
        ("read", params!({ "path": "/workspace/a", "limit": 1.5 }), "`limit` is a whole number from 0, not 1.5"),
        ("read", params!({ "path": "/workspace/a", "encoding": "latin-1" }), "`encoding` is `utf-8` or `base64`"),
        (
            "write",
            params!({ "path": "/workspace/a", "content": "", "create_parents": "yes" }),
            "`create_parents` is `true` or `false`, not a string",
        ),
        (
            "append",
            params!({ "path": "/workspace/a", "content": "", "encoding": "utf-8" }),
            "`encoding` is not known; `filesystem.append` takes `path`, `content`",
        ),
        (
            "list",
            params!({ "path": "/workspace", "sort_by": "colour" }),
            "`sort_by` is `name`, `size` (largest first) or `modified` (newest first)",
        ),
        (
            "delete",
            params!({ "path": "/workspace/a", "recursive": true }),
            "`recursive` is not known; `filesystem.delete` takes `path`",
        ),
    ] {
        assert_eq!(ground.refused(verb, params), expected);
    }
    assert_eq!(ground.text("a"), "a");
}

#[test]
fn a_large_file_is_read_in_parts() {
    let ground = Ground::new();
    let size = read::MAX_READ + 1;
    fs::File::create(ground.host("huge")).unwrap().set_len(1 << 40).unwrap();
    let read = ground.call("read", path("/workspace/huge")).unwrap();
    assert_eq!((&read["bytes"], &read["truncated"]), (&params!(read::MAX_READ), &params!(true)));
    let why = ground.refused("read", params!({ "path": "/workspace/huge", "limit": size }));
    assert_eq!(why, "`limit` is 1048577 bytes; at most 1048576 are allowed, so read in parts");
    let end =
        ground.call("read", params!({ "path": "/workspace/huge", "offset": (1_u64 << 40) - 1, "limit": 10 })).unwrap();
    assert_eq!((&end["bytes"], &end["truncated"]), (&params!(1), &params!(false)));
    let beyond = ground.call("read", params!({ "path": "/workspace/huge", "offset": 1_u64 << 41 })).unwrap();
    assert_eq!((&beyond["bytes"], &beyond["truncated"]), (&params!(0), &params!(false)));
    let why = ground.refused("read", params!({ "path": "/workspace/huge", "offset": u64::MAX }));
    assert!(why.starts_with("cannot read `/workspace/huge`"), "{why}");
}

#[test]
fn parts_of_a_text_join_without_loss() {
    let ground = Ground::new();
    let text = "aé€😀".repeat(5);
    ground.file("text", &text);
    for limit in 4..12 {
        let mut joined = String::new();
        loop {
            let part = params!({ "path": "/workspace/text", "offset": joined.len(), "limit": limit });
            let part = ground.call("read", part).unwrap();
            joined.push_str(part["content"].as_str().unwrap());
            if part["truncated"] == false {
                break;
            }
        }
        assert_eq!(joined, text);
    }
    let why = ground.refused("read", params!({ "path": "/workspace/text", "offset": 1, "limit": 1 }));
    assert!(why.ends_with("`limit` ends inside the first character; give at least 4 bytes"), "{why}");
}

#[test]
fn bytes_that_are_no_text_are_said_to_be_so() {
    let ground = Ground::new();
    for (bytes, at) in [(&b"ab\xff"[..], 2), (b"\xe2\x82", 0), (b"a\xe2\x82", 1)] {
        ground.file("bin", bytes);
        let why = ground.refused("read", path("/workspace/bin"));
        assert!(why.ends_with(&format!("it is not UTF-8 at byte {at}; read it with `encoding` as `base64`")), "{why}");
    }
}

#[test]
fn a_write_replaces_all_or_nothing() {
    let ground = Ground::new();
    ground.file("a", "old");
    fs::set_permissions(ground.host("a"), fs::Permissions::from_mode(0o4751)).unwrap();
    fs::hard_link(ground.host("a"), ground.outer.path().join("elsewhere")).unwrap();
    assert_eq!(ground.call("write", content("/workspace/a", "new")).unwrap()["created"], false);
    assert_eq!(ground.text("a"), "new");
    assert_eq!(fs::metadata(ground.host("a")).unwrap().permissions().mode() & 0o7777, 0o751);
    assert_eq!(fs::read_to_string(ground.outer.path().join("elsewhere")).unwrap(), "old");
    let too_long = format!("/workspace/{}", "n".repeat(256));
    assert!(ground.refused("write", content(&too_long, "x")).contains("file name too long"));
    assert_eq!(ground.temporary_files(), 0);
    let why = ground.refused("write", content("/workspace/a", &"x".repeat(MAX_WRITTEN + 1)));
    assert_eq!(why, "`content` has 8388609 bytes; at most 8388608 are allowed");
    assert_eq!(ground.text("a"), "new");
}

#[test]
fn parents_are_made_when_asked_for() {
    let ground = Ground::new();
    let why = ground.refused("write", content("/workspace/a/b/c", "x"));
    assert_eq!(
        why,
        "cannot write `/workspace/a/b/c`: the directory `/workspace/a/b` is not there; `create_parents` would make it"
    );
    ground.call("write", params!({ "path": "/workspace/a/b/c", "content": "x", "create_parents": true })).unwrap();
    assert_eq!(ground.text("a/b/c"), "x");
    let below_a_file = params!({ "path": "/workspace/a/b/c/d", "content": "x", "create_parents": true });
    assert!(ground.call("write", below_a_file).is_err());
}

#[test]
fn what_is_appended_comes_last() {
    let ground = Ground::new();
    assert_eq!(ground.call("append", content("/workspace/log", "one\n")).unwrap()["created"], true);
    let second = ground.call("append", content("/workspace/log", "two\n")).unwrap();
    assert_eq!(second, params!({ "path": "/workspace/log", "bytes": 4, "size": 8, "created": false }));
    assert_eq!(ground.text("log"), "one\ntwo\n");
    assert!(
        ground
            .refused("append", content("/workspace/no/log", "x"))
            .contains("the directory `/workspace/no` is not there")
    );
}

#[test]
fn a_tree_is_deleted_with_its_links_and_without_their_targets() {
    let ground = Ground::new();
    ground.file("old-build/deep/er/file", "x");
    ground.file("kept/file", "kept");
    ground.link("../kept", "old-build/inside");
    ground.link(ground.outer.path(), "old-build/outside");
    let deleted = ground.call("delete", path("/workspace/old-build/")).unwrap();
    assert_eq!(deleted, params!({ "path": "/workspace/old-build", "deleted": true, "entries": 6 }));
    assert!(!ground.host("old-build").exists());
    assert_eq!(ground.text("kept/file"), "kept");
    assert!(ground.secret_is_safe());
}

#[test]
fn a_link_is_deleted_and_not_what_it_leads_to() {
    let ground = Ground::new();
    ground.file("kept/file", "kept");
    ground.link("kept", "link");
    ground.link("../secret", "out");
    ground.call("delete", path("/workspace/link/")).unwrap();
    ground.call("delete", path("/workspace/out")).unwrap();
    assert!(!ground.host("link").exists() && ground.host("out").symlink_metadata().is_err());
    assert_eq!(ground.text("kept/file"), "kept");
    assert!(ground.secret_is_safe() && ground.asked().is_empty());
}

#[test]
fn the_workspace_itself_is_not_deleted() {
    let ground = Ground::new();
    ground.file("a", "a");
    ground.link(".", "self");
    for root in ["/workspace", "/workspace/", "/workspace/x/.."] {
        let why = ground.refused("delete", path(root));
        assert_eq!(why, "cannot delete `/workspace`: it is the workspace itself");
    }
    assert_eq!(ground.text("a"), "a");
    assert!(
        ground.refused("delete", path("/workspace/none")).starts_with("cannot delete `/workspace/none`: no such file")
    );
    assert!(ground.refused("delete", path("/workspace/no/ne")).contains("`/workspace/no` is not there"));
}

#[test]
fn a_tree_with_something_that_may_not_be_deleted_stays_whole() {
    let ground = Ground::judged_by(Told { refused: vec!["/workspace/tree/z/protected"], ..Told::default() });
    ground.file("tree/a", "a");
    ground.file("tree/z/protected", "p");
    let why = ground.refused("delete", path("/workspace/tree"));
    assert_eq!(why, "cannot delete `/workspace/tree/z/protected`: `/workspace/tree/z/protected` is blocked");
    assert_eq!((ground.text("tree/a"), ground.text("tree/z/protected")), ("a".to_owned(), "p".to_owned()));
}

#[test]
fn names_that_cannot_be_judged_keep_a_tree_whole() {
    use std::os::unix::ffi::OsStrExt;
    let ground = Ground::new();
    ground.file("tree/a", "a");
    fs::write(ground.host("tree").join(std::ffi::OsStr::from_bytes(b"\xff")), "x").unwrap();
    assert!(ground.refused("delete", path("/workspace/tree")).ends_with("not UTF-8, which cannot be judged"));
    assert_eq!(ground.text("tree/a"), "a");
    let list = ground.call("list", path("/workspace/tree")).unwrap();
    assert_eq!(list["entries"][1]["name"], "\u{fffd}");
    assert_eq!((&list["entries"][0]["lossy"], &list["entries"][1]["lossy"]), (&params!(false), &params!(true)));
}

#[test]
fn hostile_names_in_a_tree_are_judged_as_they_are() {
    let ground = Ground::new();
    for name in ["tree/a\nb", "tree/$(x)", "tree/\u{202e}x", "tree/ ", "tree/-rf"] {
        ground.file(name, "x");
    }
    assert_eq!(ground.call("delete", path("/workspace/tree")).unwrap()["entries"], 6);
    let mut asked = ground.asked();
    asked.sort();
    assert_eq!(asked.len(), 5);
    assert_eq!(asked[1], r#"{"path":"/workspace/tree/$(x)"}"#);
}

#[test]
fn a_tree_too_deep_stays_whole() {
    let ground = Ground::new();
    let deep = format!("tree/{}", "d/".repeat(delete::MAX_DEPTH));
    ground.file(&format!("{deep}file"), "x");
    let why = ground.refused("delete", path("/workspace/tree"));
    assert!(
        why.ends_with("more than 128 directories are inside each other, and at most so many are deleted by one call"),
        "{why}"
    );
    assert!(ground.host(&format!("{deep}file")).exists());
}

#[test]
fn a_list_is_in_order_and_hides_what_is_hidden() {
    let ground = Ground::new();
    ground.file("b", "22");
    ground.file("a", "1");
    ground.file(".hidden", "333");
    fs::create_dir(ground.host("c")).unwrap();
    ground.link("a", "d");
    let names = |params| {
        let list = ground.call("list", params).unwrap();
        let entries = list["entries"].as_array().unwrap().clone();
        entries.iter().map(|entry| entry["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(names(path("/workspace")), ["a", "b", "c", "d"]);
    assert_eq!(names(params!({ "path": "/workspace", "include_hidden": true })), [".hidden", "a", "b", "c", "d"]);
    ground.file("c/small", "1");
    ground.file("c/large", "55555");
    ground.file("c/also", "1");
    assert_eq!(names(params!({ "path": "/workspace/c", "sort_by": "size" })), ["large", "also", "small"]);
    let list = ground.call("list", path("/workspace")).unwrap();
    let kinds: Vec<&Value> = list["entries"].as_array().unwrap().iter().map(|entry| &entry["kind"]).collect();
    assert_eq!(kinds, ["file", "file", "directory", "link"]);
    assert_eq!((&list["total"], &list["truncated"]), (&params!(4), &params!(false)));
    assert!(ground.call("list", path("/workspace/a")).is_err());
    assert!(ground.call("list", path("/workspace/none")).is_err());
}

#[test]
fn a_long_list_is_cut_and_says_so() {
    let ground = Ground::new();
    for number in 0..=list::MAX_LISTED {
        fs::File::create(ground.host(&format!("f{number:05}"))).unwrap();
    }
    let list = ground.call("list", path("/workspace")).unwrap();
    assert_eq!(list["entries"].as_array().unwrap().len(), list::MAX_LISTED);
    assert_eq!((&list["total"], &list["truncated"]), (&params!(list::MAX_LISTED + 1), &params!(true)));
}

#[test]
fn a_stat_tells_kind_size_and_mode() {
    let ground = Ground::new();
    ground.file("a", "abc");
    fs::set_permissions(ground.host("a"), fs::Permissions::from_mode(0o640)).unwrap();
    let stat = ground.call("stat", path("/workspace/a")).unwrap();
    assert_eq!((&stat["kind"], &stat["size"], &stat["mode"]), (&params!("file"), &params!(3), &params!("0640")));
    assert!(stat["modified"].as_str().unwrap().ends_with('Z'));
    assert_eq!(ground.call("stat", path("/workspace")).unwrap()["kind"], "directory");
    assert!(
        ground.refused("stat", path("/workspace/none")).starts_with("cannot look at `/workspace/none`: no such file")
    );
}

#[test]
fn a_workspace_that_is_not_there_is_named() {
    let missing = Path::new("/nonexistent/ws");
    let error = Workspace::open(missing).err().unwrap().to_string();
    assert!(error.starts_with("the workspace `/nonexistent/ws` cannot be opened: "), "{error}");
}
