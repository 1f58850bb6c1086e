//! From files to the policy set of a gateway: what it is given, and `system-baseline` beside it.
//!
//! The baseline is the one embedded in the program: no file takes its place, so that changing or removing files opens
//! nothing that it closes. Knows nothing of what is in force.

use std::path::PathBuf;

use kruxos_approvals::visible::visible;
use kruxos_policy::diagnostic::{Diagnostic, Severity};
use kruxos_policy::files::{self, FileError};
use kruxos_policy::policy_set::{Loaded, Loader, PolicySet};
use kruxos_policy::shipped::{self, ShippedPolicy};
use kruxos_policy::yaml::Limits;

/// The shipped policy that is in force beside whatever a gateway is given.
pub(crate) const BASELINE: &str = "system-baseline";
/// Findings that are told; a file with more mistakes is mended in turns.
const MOST_FINDINGS: usize = 50;

/// Which files make the policies.
#[derive(Clone, Debug)]
pub(crate) struct Files {
    /// Files and directories; none: the shipped policies.
    pub(crate) policies: Vec<PathBuf>,
    /// The catalog; `None`: the shipped one.
    pub(crate) catalog: Option<PathBuf>,
    /// Whether the shipped baseline is in force beside them.
    pub(crate) baseline: bool,
}

impl Files {
    /// The policy set that the files make, as they are now.
    ///
    /// # Errors
    /// All findings, when they do not load.
    pub(crate) fn read(&self) -> Result<PolicySet, Vec<String>> {
        let loaded = self.load().map_err(|error| vec![error.to_string()])?;
        let findings = findings(&loaded);
        let set = loaded.set.ok_or(findings)?;
        if set.policies().is_empty() {
            return Err(vec!["there is no policy in these files".to_owned()]);
        }
        Ok(set)
    }

    fn load(&self) -> Result<Loaded, FileError> {
        let loader =
            self.embedded().into_iter().fold(Loader::new(), |loader, policy| loader.policy(policy.file, policy.text));
        let loader = self.given(loader)?;
        let loader = match &self.catalog {
            None => loader.catalog("shipped/kruxos.catalog.yaml", shipped::CATALOG),
            Some(path) => loader.catalog_at(path)?,
        };
        Ok(loader.load())
    }

    /// The shipped policies that are in force.
    fn embedded(&self) -> Vec<&'static ShippedPolicy> {
        let usual = |name: &str| name != BASELINE && self.policies.is_empty();
        let wanted = shipped::IN_FORCE.into_iter().filter(|name| (*name == BASELINE && self.baseline) || usual(name));
        wanted.filter_map(shipped::policy).collect()
    }

    /// Adds the files that were given. A copy of the baseline is in force already; a policy that only has its name is
    /// one name for two policies, an error like any other such pair.
    fn given(&self, loader: Loader) -> Result<Loader, FileError> {
        let baseline = shipped::policy(BASELINE).filter(|_| self.baseline).map(|policy| policy.text);
        files::list_policies(&self.policies)?.into_iter().try_fold(loader, |loader, file| {
            let text = files::read(&file, Limits::default().bytes)?;
            let is_copy = baseline == Some(text.as_str());
            Ok(if is_copy { loader } else { loader.policy(file.to_string_lossy(), text) })
        })
    }
}

fn findings(loaded: &Loaded) -> Vec<String> {
    let errors = loaded.diagnostics.iter().filter(|found| found.severity == Severity::Error);
    errors.take(MOST_FINDINGS).map(|found| finding(found, loaded)).collect()
}

fn finding(found: &Diagnostic, loaded: &Loaded) -> String {
    let place = found.span().map(|span| {
        let at = loaded.sources.position(span);
        let file = loaded.sources.get(span.source).map_or("", |source| source.name().as_ref());
        format!("{}:{}:{}: ", visible(file), at.line, at.column)
    });
    let help = help(found).map(|help| format!(" ({})", visible(&help)));
    format!("{}{}{}", place.unwrap_or_default(), visible(&found.message), help.unwrap_or_default())
}

/// What to do; whoever brings a baseline of their own has to learn that there is one.
fn help(found: &Diagnostic) -> Option<String> {
    let is_baseline = found.code == "duplicate-policy" && found.message.contains(&format!("`{BASELINE}`"));
    is_baseline.then(own_baseline).or_else(|| found.help.clone())
}

fn own_baseline() -> String {
    format!(
        "the gateway's own `{BASELINE}` is always in force: give this policy another name, or remove the file; \
         `--without-baseline` leaves the gateway's own out"
    )
}
