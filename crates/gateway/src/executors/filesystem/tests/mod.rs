//! Files, links, pipes and races: the ground they are tried on.

macro_rules! params {
    ($($json:tt)+) => { serde_json::json!($($json)+) };
}

mod confinement;
mod content;
mod deleting;
mod listing;

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

    fn meanwhile(&self, happens: impl FnOnce() + Send + 'static) {
        *self.judge.meanwhile.lock().unwrap() = Some(Box::new(happens));
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

const EVERY_VERB: [&str; 6] = ["append", "delete", "list", "read", "stat", "write"];

fn any(verb: &str, at: &str) -> Value {
    if matches!(verb, "append" | "write") { content(at, "x") } else { path(at) }
}
