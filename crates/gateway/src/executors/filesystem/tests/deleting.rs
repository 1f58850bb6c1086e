//! What is deleted, and what stays.

use super::*;

#[test]
fn what_is_put_into_a_tree_while_it_is_judged_is_not_deleted() {
    let ground = Ground::new();
    ground.file("tree/in/a", "a");
    ground.file("kept/file", "kept");
    let late = ground.host("tree/late");
    ground.meanwhile(move || fs::write(late, "late").unwrap());
    // Whether the entry is seen depends on when the directory is read: if so, it was judged as well.
    let deleted = ground.call("delete", path("/workspace/tree"));
    let judged = ground.asked().iter().any(|params| params.contains("/workspace/tree/late"));
    assert_eq!(deleted.is_ok(), judged);
    assert_eq!(ground.host("tree/late").exists(), !judged);
}

#[test]
fn a_tree_swapped_for_a_link_while_it_is_judged_is_not_followed() {
    let ground = Ground::new();
    ground.file("tree/in/a", "a");
    ground.file("kept/a", "kept");
    let inner = ground.host("tree/in");
    let moved = ground.host("moved");
    // Asked about `in`, which is entered next, and then about `in/a`.
    ground.meanwhile(move || {
        fs::rename(&inner, moved).unwrap();
        symlink("../kept", inner).unwrap();
    });
    ground.call("delete", path("/workspace/tree")).unwrap();
    assert_eq!((ground.text("kept/a"), ground.text("moved/a")), ("kept".to_owned(), "a".to_owned()));
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
