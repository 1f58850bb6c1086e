//! What is written, appended and read.

use super::*;

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
