//! Careless set-ups and planted files: refused with what to do, not taken in silence.

use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::sync::Arc;

use kruxos_approvals::Role;
use kruxos_gateway::wire::NewAccount;
use kruxos_gateway::{AccountError, Gateway, Options};
use kruxos_store::MemoryStore;

use crate::bench::Bench;

/// What a start says in whose data directory this was planted under that name.
async fn refusal(name: &str, plant: impl FnOnce(&Path)) -> String {
    let dir = tempfile::tempdir().unwrap();
    let options = Options::new(dir.path().join("data"));
    std::fs::create_dir(&options.data_dir).unwrap();
    plant(&options.data_dir.join(name));
    let error = Gateway::open(options, Arc::new(MemoryStore::default())).await.unwrap_err();
    error.to_string().replace(&dir.path().display().to_string(), "DIR")
}

fn write(path: &Path, mode: u32) {
    std::fs::write(path, [7; 32]).unwrap();
    std::fs::set_permissions(path, PermissionsExt::from_mode(mode)).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn secrets_that_others_may_know_are_not_used() {
    for name in ["session.secret", "operator.token"] {
        for mode in [0o644, 0o620, 0o604] {
            let error = refusal(name, |path| write(path, mode)).await;
            assert!(error.contains(&format!("DIR/data/{name}")), "{error}");
            assert!(error.contains("others than its owner may use it; remove it"), "{error}");
        }
        let error = refusal(name, |path| {
            write(&path.with_extension("elsewhere"), 0o600);
            symlink(path.with_extension("elsewhere"), path).unwrap();
        });
        assert!(error.await.contains("it is no plain file; remove it"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_is_no_path() {
    let bench = Bench::new().await;
    for name in [".", "..", "a/../b", "a//b", "/a", "a/", "./a"] {
        let new = NewAccount { name: name.to_owned(), purpose: None, groups: Vec::new() };
        let made = bench.gateway.accounts.create_account("operator", Role::Agent, &new).await;
        let Err(AccountError::Invalid(why)) = made else { panic!("{name}: {made:?}") };
        assert!(why.starts_with("a name is no path"), "{why}");
    }
    let new = NewAccount { name: "team/bot.v2".to_owned(), purpose: None, groups: Vec::new() };
    bench.gateway.accounts.create_account("operator", Role::Agent, &new).await.unwrap();
}
