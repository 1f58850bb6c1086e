//! Nothing outside is touched, and inside nothing that was not judged.

use super::*;

#[test]
fn no_verb_leaves_the_workspace_by_its_path() {
    let ground = Ground::new();
    for verb in EVERY_VERB {
        for outside in [
            "/etc/passwd",
            "/workspace/../secret",
            "/workspace2/a",
            "/",
            "/workspace/a/../../secret",
            "/Workspace/a",
            "../secret",
            "a/../../secret",
        ] {
            let why = ground.refused(verb, any(verb, outside));
            assert!(why.starts_with("this gateway executes inside `/workspace` only"), "{verb} {outside}: {why}");
        }
        for unclear in
            ["", "~/a", "C:/a", "a\\b", "/workspace/a\0b", "/workspace/$HOME", "/workspace/a\\b", "/workspace/%2e%2e/a"]
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
        let expected = "`/workspace/open/key` leads to `/workspace/private/key`, which is not allowed: \
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
fn a_directory_swapped_for_a_link_while_it_is_judged_is_not_entered() {
    for verb in ["append", "read", "stat", "write"] {
        let ground = Ground::new();
        ground.file("dir/a", "a");
        ground.file("other/a", "other");
        ground.link("dir", "alias");
        let (dir, moved) = (ground.host("dir"), ground.host("moved"));
        ground.meanwhile(move || {
            fs::rename(&dir, moved).unwrap();
            symlink("other", dir).unwrap();
        });
        let why = ground.refused(verb, any(verb, "/workspace/alias/a"));
        assert!(why.contains("cannot open `/workspace/dir`: not a directory"), "{verb}: {why}");
        assert_eq!((ground.text("other/a"), ground.text("moved/a")), ("other".to_owned(), "a".to_owned()), "{verb}");
    }
}

#[test]
fn a_file_swapped_for_a_link_while_it_is_judged_is_not_followed() {
    for verb in ["append", "read", "write"] {
        let ground = Ground::new();
        ground.file("dir/a", "a");
        ground.link("dir", "alias");
        let (file, target) = (ground.host("dir/a"), ground.outer.path().join("secret"));
        ground.meanwhile(move || {
            fs::remove_file(&file).unwrap();
            symlink(target, file).unwrap();
        });
        let why = ground.refused(verb, any(verb, "/workspace/alias/a"));
        assert!(why.ends_with("it is not a regular file but a link"), "{verb}: {why}");
        assert!(ground.secret_is_safe());
    }
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
        for turn in 0..1_000 {
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
    drop(file);
    assert!(open_file(&dir, "fifo", OFlags::WRONLY).is_err());
}
