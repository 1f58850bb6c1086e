//! What is told about files.

use super::*;

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
