//! Any text is a path in its normal form or refused with words; its normal form is its own, detours change nothing, and no
//! answer turns into its opposite when letters change their case.
#![no_main]

use kruxos_policy::path::{Directory, normalize, normalize_at};
use kruxos_policy::pattern::PathGlob;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let Ok(path) = normalize(text) else {
        if let Ok(path) = normalize_at(text, "/workspace") {
            assert_eq!(normalize(&path).as_deref(), Ok(&*path));
        }
        return;
    };
    assert_eq!(normalize(&path).as_deref(), Ok(&*path));
    assert!(path.starts_with('/') && !path.contains("//") && !path.split('/').any(|name| name == ".."));
    let detoured = path.replace('/', "/./x/..//");
    if let Ok(detoured) = normalize(&detoured) {
        assert_eq!(detoured, path);
    }
    let folder = Directory::new("/etc").expect("a directory");
    let glob = PathGlob::parse("/etc/**/*.conf").expect("a glob");
    let capitals = path.to_ascii_uppercase();
    for (one, other) in [(folder.holds(&path), folder.holds(&capitals)), (glob.holds(&path), glob.holds(&capitals))] {
        assert!(one.is_err() || other.is_err() || one == other, "{path}: {one:?}, in capitals {other:?}");
    }
});
