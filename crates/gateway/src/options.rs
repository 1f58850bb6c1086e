//! What a gateway is started with: flags and `kruxos.toml`, the same names.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::error::StartError;
use crate::webhooks::{self, Webhook};

/// Where agents call, unless told otherwise.
pub const AGENTS_ADDRESS: &str = "127.0.0.1:7700";
/// Where supervisors call, unless told otherwise.
pub const SUPERVISORS_ADDRESS: &str = "127.0.0.1:7800";
/// Requests that one agent may have pending, unless told otherwise.
pub const MOST_PENDING: u32 = 100;
/// The longest configuration file, in bytes.
const LONGEST_CONFIG: u64 = 1024 * 1024;

/// What a gateway is started with.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where everything is kept that outlives the process.
    pub data_dir: PathBuf,
    /// Where agents call, host and port.
    pub agents: String,
    /// Where supervisors call, host and port.
    pub supervisors: String,
    /// Policy files and directories; none: the shipped policies.
    pub policies: Vec<PathBuf>,
    /// Whether the shipped `system-baseline` is left out, which is in force beside the policies otherwise.
    pub without_baseline: bool,
    /// The catalog; `None`: the shipped one.
    pub catalog: Option<PathBuf>,
    /// The directory that agents know as `/workspace`; `None`: `workspace` in the data directory.
    pub workspace: Option<PathBuf>,
    /// Who is told of requests and of `notify` calls.
    pub webhooks: Vec<Webhook>,
    /// Requests that one agent may have pending.
    pub most_pending: u32,
    /// Names by which the gateway may be called besides its addresses.
    pub hosts: Vec<String>,
    /// Whether to register two agents and make their calls.
    pub demo: bool,
}

impl Options {
    /// The options of a gateway that keeps its data there.
    #[must_use]
    pub fn new(data_dir: impl Into<PathBuf>) -> Self {
        Self {
            data_dir: data_dir.into(),
            agents: AGENTS_ADDRESS.to_owned(),
            supervisors: SUPERVISORS_ADDRESS.to_owned(),
            policies: Vec::new(),
            without_baseline: false,
            catalog: None,
            workspace: None,
            webhooks: Vec::new(),
            most_pending: MOST_PENDING,
            hosts: Vec::new(),
            demo: false,
        }
    }

    /// The directory that agents know as `/workspace`.
    #[must_use]
    pub fn workspace_dir(&self) -> PathBuf {
        self.workspace.clone().unwrap_or_else(|| self.data_dir.join("workspace"))
    }

    /// The database.
    #[must_use]
    pub fn database(&self) -> PathBuf {
        self.data_dir.join("kruxos.db")
    }

    /// The operator's token.
    #[must_use]
    pub fn operator_token(&self) -> PathBuf {
        self.data_dir.join("operator.token")
    }

    /// Where a gateway that listens says so.
    #[must_use]
    pub fn whereabouts(&self) -> PathBuf {
        self.data_dir.join("gateway.json")
    }
}

/// What `kruxos.toml` may say. Paths are relative to the file.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Config {
    /// As `--data-dir`.
    pub data_dir: Option<PathBuf>,
    /// As `--agents`.
    pub agents: Option<String>,
    /// As `--supervisors`.
    pub supervisors: Option<String>,
    /// As `--policies`.
    #[serde(default)]
    pub policies: Vec<PathBuf>,
    /// As `--without-baseline`.
    #[serde(default)]
    pub without_baseline: bool,
    /// As `--catalog`.
    pub catalog: Option<PathBuf>,
    /// As `--workspace`.
    pub workspace: Option<PathBuf>,
    /// Requests that one agent may have pending.
    pub most_pending: Option<u32>,
    /// Names by which the gateway may be called besides its addresses.
    #[serde(default)]
    pub hosts: Vec<String>,
    /// Who is told.
    #[serde(default)]
    pub webhooks: Vec<Webhook>,
}

impl Config {
    /// Reads a configuration file.
    ///
    /// # Errors
    /// When it cannot be read, is too long, is no TOML, or says something that is not known; with the place.
    pub fn read(path: &Path) -> Result<Self, StartError> {
        let size = std::fs::metadata(path).map_err(|error| StartError::file(path, &error))?.len();
        let wrong = |why: String| StartError::Config { path: path.to_owned(), why };
        if size > LONGEST_CONFIG {
            return Err(wrong(format!("it has {size} bytes; at most {LONGEST_CONFIG} are allowed")));
        }
        let text = std::fs::read_to_string(path).map_err(|error| StartError::file(path, &error))?;
        let config: Self = toml::from_str(&text).map_err(|error| wrong(placed(&error, &text)))?;
        webhooks::check(&config.webhooks).map_err(wrong)?;
        Ok(config.beside(path.parent().unwrap_or(Path::new("."))))
    }

    fn beside(self, folder: &Path) -> Self {
        let place = |path: PathBuf| folder.join(path);
        Self {
            data_dir: self.data_dir.map(place),
            policies: self.policies.into_iter().map(place).collect(),
            catalog: self.catalog.map(place),
            workspace: self.workspace.map(place),
            ..self
        }
    }

    /// The options this file and a data directory amount to; flags come on top.
    #[must_use]
    pub fn options(self, data_dir: PathBuf) -> Options {
        let usual = Options::new(self.data_dir.unwrap_or(data_dir));
        Options {
            agents: self.agents.unwrap_or(usual.agents),
            supervisors: self.supervisors.unwrap_or(usual.supervisors),
            policies: self.policies,
            without_baseline: self.without_baseline,
            catalog: self.catalog,
            workspace: self.workspace,
            webhooks: self.webhooks,
            most_pending: self.most_pending.unwrap_or(usual.most_pending),
            hosts: self.hosts,
            demo: false,
            data_dir: usual.data_dir,
        }
    }
}

/// What is wrong with a configuration, in one line, with its place.
fn placed(error: &toml::de::Error, text: &str) -> String {
    let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    format!("line {line}, column {column}: {}", error.message())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Config, String> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("kruxos.toml");
        std::fs::write(&file, text).unwrap();
        let strip = |error: StartError| error.to_string().replace(&folder.path().display().to_string(), "DIR");
        let config = Config::read(&file).map_err(strip)?;
        let back = |path: PathBuf| path.strip_prefix(folder.path()).unwrap_or(&path).to_owned();
        Ok(Config { workspace: config.workspace.map(back), ..config })
    }

    #[test]
    fn what_a_configuration_says_counts_and_paths_are_beside_it() {
        let text = "agents = '127.0.0.1:1'\nworkspace = 'w'\nmost-pending = 5\nwithout-baseline = true\n";
        let options = read(text).unwrap().options(PathBuf::from("/data"));
        assert_eq!((options.agents.as_str(), options.supervisors.as_str()), ("127.0.0.1:1", SUPERVISORS_ADDRESS));
        assert_eq!((options.workspace, options.most_pending), (Some(PathBuf::from("w")), 5));
        assert!(options.without_baseline && !read("").unwrap().options(PathBuf::from("/data")).without_baseline);
    }

    #[test]
    fn a_mistake_in_a_configuration_is_told_in_one_line_with_its_place() {
        let error = read("agents = '127.0.0.1:1'\nagent = 3\n").unwrap_err();
        assert!(error.starts_with("cannot use `DIR/kruxos.toml`: line 2, column 1: unknown field `agent`"), "{error}");
        assert!(!error.contains('\n'), "{error}");
        let error = read("agents = '127.0.0.1:1'\nagents = '127.0.0.1:2'\n").unwrap_err();
        assert!(error.contains("line 2, column 1: duplicate key"), "{error}");
    }

    #[test]
    fn a_configuration_that_is_too_long_is_refused_with_both_lengths() {
        let error = read(&"#".repeat(1024 * 1024 + 1)).unwrap_err();
        assert!(error.contains("1048577") && error.contains("1048576"), "{error}");
    }
}
