//! What this gateway can carry out: the table of executors.
//!
//! An executor knows nothing of policies, people or the queue. It is given a call that may be carried out, and asks the
//! judge it came with when what the params stand for turns out to be something else.

mod agent;
mod arguments;
mod filesystem;
mod process;
mod state;
#[cfg(test)]
mod testing;
mod text;
mod workspace;

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;

use kruxos_approvals::JsonText;
use kruxos_policy::json::Json;

use crate::executor::{ExecutionError, Executor, Output, Surroundings};
use workspace::Workspace;

pub(crate) use workspace::ROOT;

/// Most bytes of a result as JSON, where a control character takes six.
const MAX_RESULT: usize = 15 * 1024 * 1024;

/// Every executor, by the capabilities it carries out.
#[derive(Clone)]
pub struct Executors {
    by_capability: BTreeMap<&'static str, Arc<dyn Executor>>,
}

impl Executors {
    /// The executors that come with the gateway.
    ///
    /// # Errors
    /// When the workspace is no directory that can be opened.
    pub fn standard(surroundings: &Surroundings) -> io::Result<Self> {
        let workspace = Arc::new(Workspace::open(&surroundings.workspace)?);
        Ok(Self::of([
            Arc::new(agent::Agent) as Arc<dyn Executor>,
            Arc::new(filesystem::Filesystem::new(Arc::clone(&workspace))),
            Arc::new(process::Process::new(workspace)),
            Arc::new(state::State::new(Arc::clone(&surroundings.store))),
        ]))
    }

    /// These executors; where two carry out one capability, the later one does.
    pub fn of(executors: impl IntoIterator<Item = Arc<dyn Executor>>) -> Self {
        let names = |executor: Arc<dyn Executor>| {
            executor.capabilities().iter().map(move |name| (*name, Arc::clone(&executor))).collect::<Vec<_>>()
        };
        Self { by_capability: executors.into_iter().flat_map(names).collect() }
    }

    /// Who carries out a capability.
    #[must_use]
    pub fn find(&self, capability: &str) -> Option<&Arc<dyn Executor>> {
        self.by_capability.get(capability)
    }

    /// What can be carried out, in order of name.
    pub fn capabilities(&self) -> impl Iterator<Item = &'static str> + '_ {
        self.by_capability.keys().copied()
    }
}

/// What a call gave, for the agent and, as one line without content, for the audit trail.
fn output(data: &serde_json::Value, summary: impl Into<String>) -> Result<Output, ExecutionError> {
    let data = Json::from_value(data).map_err(|error| ExecutionError::new(format!("the result is {error}")))?;
    let data = JsonText::of(&data);
    let size = data.as_str().len();
    if size > MAX_RESULT {
        let text =
            format!("it was carried out, but its result has {size} bytes as JSON; at most {MAX_RESULT} are allowed");
        return Err(ExecutionError::new(text));
    }
    Ok(Output { data, summary: summary.into() })
}

/// `1 byte`, `2 bytes`.
fn counted(count: u64, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

fn bytes(count: usize) -> String {
    counted(count as u64, "byte", "bytes")
}

#[cfg(test)]
mod tests {
    use kruxos_policy::shipped::CATALOG;
    use kruxos_store::MemoryStore;

    use super::*;

    fn standard(workspace: &std::path::Path) -> io::Result<Executors> {
        let store = Arc::new(MemoryStore::default());
        Executors::standard(&Surroundings { workspace: workspace.to_owned(), store })
    }

    #[test]
    fn each_capability_has_one_executor_and_stands_in_the_catalog() {
        let workspace = tempfile::tempdir().unwrap();
        let executors = standard(workspace.path()).unwrap();
        for name in executors.capabilities() {
            assert!(executors.find(name).unwrap().capabilities().contains(&name), "{name}");
            assert!(CATALOG.contains(&format!("- name: {name}\n")), "{name}");
        }
        assert_eq!(executors.capabilities().count(), 21);
        assert!(executors.find("secrets.read_raw").is_none());
    }

    #[test]
    fn a_result_too_large_is_said_to_be_so() {
        assert!(output(&"x".repeat(MAX_RESULT - 2).into(), "").is_ok());
        let error = output(&"x".repeat(MAX_RESULT - 1).into(), "").unwrap_err();
        assert!(error.reason.ends_with("its result has 15728641 bytes as JSON; at most 15728640 are allowed"));
    }

    #[test]
    fn a_gateway_without_its_workspace_says_which() {
        let error = standard(std::path::Path::new("/nonexistent/ws")).err().unwrap();
        assert!(error.to_string().starts_with("the workspace `/nonexistent/ws` cannot be opened"));
    }
}
