//! Where the gateway is and which token opens it: options, environment, and the files that a gateway leaves in its data
//! directory. A token is never given as an argument, where every process could read it.

use std::fs::File;
use std::io::{self, Read};
use std::net::IpAddr;
use std::path::{Path, PathBuf};

use clap::Args;
use kruxos_gateway::wire::Whereabouts;
use reqwest::Url;
use reqwest::header::HeaderValue;

use super::Problem;

/// Where the gateway is.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Gateway")]
pub(crate) struct Connection {
    /// Where the gateway answers supervisors.
    ///
    /// Without it, the gateway that runs on the data directory; else `http://127.0.0.1:7800`.
    #[arg(long, global = true, value_name = "URL", env = "KRUXOS_URL", hide_env_values = true)]
    pub(crate) url: Option<String>,
    /// The gateway's data directory, with the operator token.
    ///
    /// Default: `$XDG_DATA_HOME/kruxos`, or `~/.local/share/kruxos`. `KRUXOS_TOKEN` holds another supervisor's token.
    #[arg(long, global = true, value_name = "DIR", env = "KRUXOS_DATA_DIR", hide_env_values = true)]
    pub(crate) data_dir: Option<PathBuf>,
    /// Send the token over plain http to another machine, where others may read it.
    #[arg(long, global = true)]
    pub(crate) insecure: bool,
}

/// Where a supervisor's token is looked for first.
const TOKEN_VARIABLE: &str = "KRUXOS_TOKEN";
const TOKEN_FILE: &str = "operator.token";
const WHEREABOUTS_FILE: &str = "gateway.json";
const USUAL_URL: &str = "http://127.0.0.1:7800";
/// Bytes of a file that a gateway leaves.
const LARGEST_FILE: u64 = 64 * 1024;

/// What the process was started in; a function, so that tests need not change it.
pub(crate) type Environment<'e> = &'e dyn Fn(&str) -> Option<String>;

/// The environment of this process.
pub(crate) fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// The gateway, and what opens it.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    /// Its address, without a path.
    pub(crate) url: Url,
    /// The whole header; marked as not to be shown.
    pub(crate) authorization: HeaderValue,
    /// Where the token was found, for people.
    pub(crate) token_from: String,
}

impl Connection {
    /// Where the gateway keeps its data.
    pub(crate) fn data_dir(&self, environment: Environment<'_>) -> Result<PathBuf, Problem> {
        if let Some(given) = &self.data_dir {
            return Ok(given.clone());
        }
        // The XDG specification has relative paths ignored.
        let xdg = environment("XDG_DATA_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
        let home = || environment("HOME").map(|home| Path::new(&home).join(".local/share"));
        xdg.or_else(home).map(|base| base.join("kruxos")).ok_or_else(|| {
            Problem::wrong("there is no home directory to look for the gateway's data in", "give `--data-dir DIR`")
        })
    }

    /// Finds the gateway and the token.
    pub(crate) fn target(&self, environment: Environment<'_>) -> Result<Target, Problem> {
        let url = match self.address(environment)? {
            Some(url) => url,
            // A gateway that runs has written where. What else listens at the usual address is not to be given the
            // token of a gateway that does not run.
            None if environment(TOKEN_VARIABLE).is_none() => return Err(Problem::not_running(USUAL_URL)),
            None => address(USUAL_URL)?,
        };
        let host = url.host_str().unwrap_or_default();
        if url.scheme() == "http" && !self.insecure && !is_loopback(host) {
            return Err(Problem::plain_http(host));
        }
        let (token, token_from) = self.token(environment)?;
        Ok(Target { authorization: authorization(&token, &token_from)?, url, token_from })
    }

    /// The address that was given, or that the gateway on the data directory has written.
    fn address(&self, environment: Environment<'_>) -> Result<Option<Url>, Problem> {
        if let Some(url) = &self.url {
            return address(url).map(Some);
        }
        let Ok(path) = self.data_dir(environment).map(|dir| dir.join(WHEREABOUTS_FILE)) else { return Ok(None) };
        let found = whereabouts(&path).map_err(|error| {
            Problem::wrong(
                format!("`{}` does not tell where the gateway is: {error}", path.display()),
                "give `--url`, or restart the gateway, which writes the file anew",
            )
        })?;
        found.map(|found| address(&format!("http://{}", reachable(&found.supervisors)))).transpose()
    }

    fn token(&self, environment: Environment<'_>) -> Result<(String, String), Problem> {
        if let Some(token) = environment(TOKEN_VARIABLE) {
            return Ok((token, format!("`{TOKEN_VARIABLE}`")));
        }
        let path = self.data_dir(environment)?.join(TOKEN_FILE);
        let token = read(&path).map_err(|error| Problem::unreadable_token(&path, &error))?;
        Ok((token, format!("`{}`", path.display())))
    }
}

/// The header that carries a token.
fn authorization(token: &str, from: &str) -> Result<HeaderValue, Problem> {
    let token = token.trim();
    let is_token = !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_graphic());
    let header = is_token.then(|| HeaderValue::from_str(&format!("Bearer {token}")).ok()).flatten();
    let mut header = header.ok_or_else(|| {
        Problem::wrong(format!("what {from} holds is no token"), "a token is one word, as the gateway wrote it")
    })?;
    header.set_sensitive(true);
    Ok(header)
}

fn address(text: &str) -> Result<Url, Problem> {
    let wrong = |why: String| {
        Problem::wrong(format!("`{text}` is no address of a gateway: {why}"), format!("it looks like `{USUAL_URL}`"))
    };
    let url = Url::parse(text).map_err(|error| wrong(error.to_string()))?;
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() {
        return Err(wrong("it begins with `http://` or `https://` and a host".to_owned()));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(wrong("a token goes into `KRUXOS_TOKEN`, not into an address".to_owned()));
    }
    if url.path() != "/" || url.query().is_some() || url.fragment().is_some() {
        return Err(wrong("nothing follows the host and port".to_owned()));
    }
    Ok(url)
}

/// Whether what is sent there stays on this machine.
fn is_loopback(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || bare.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// A gateway that listens everywhere is reached here.
fn reachable(listens: &str) -> String {
    match listens.parse::<std::net::SocketAddr>() {
        Ok(address) if address.ip().is_unspecified() => format!("127.0.0.1:{}", address.port()),
        _ => listens.to_owned(),
    }
}

fn whereabouts(path: &Path) -> io::Result<Option<Whereabouts>> {
    match read(path) {
        Ok(text) => Ok(Some(serde_json::from_str(&text)?)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

fn read(path: &Path) -> io::Result<String> {
    let mut text = String::new();
    File::open(path)?.take(LARGEST_FILE).read_to_string(&mut text)?;
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nothing(_: &str) -> Option<String> {
        None
    }

    fn token(name: &str) -> Option<String> {
        (name == "KRUXOS_TOKEN").then(|| "kst_secret".to_owned())
    }

    fn connection(url: &str) -> Connection {
        Connection { url: Some(url.to_owned()), data_dir: Some("/nowhere/at-all".into()), insecure: false }
    }

    #[test]
    fn a_token_is_not_sent_over_plain_http_to_another_machine() {
        for host in ["http://gateway.example", "http://192.0.2.1:7800", "http://[2001:db8::1]:7800", "http://0.0.0.0"] {
            let problem = connection(host).target(&token).unwrap_err();
            assert!(problem.message.contains("plain http"), "{host}: {}", problem.message);
            assert!(problem.help.unwrap().contains("--insecure"));
            assert!(Connection { insecure: true, ..connection(host) }.target(&token).is_ok(), "{host}");
        }
        for near in ["http://localhost:7800", "http://127.0.0.1:7800", "http://[::1]:7800", "https://gateway.example"] {
            assert!(connection(near).target(&token).is_ok(), "{near}");
        }
    }

    #[test]
    fn a_token_is_never_shown() {
        let target = connection("http://localhost").target(&token).unwrap();
        assert!(!format!("{target:?}").contains("kst_secret"));
        let spaced = |name: &str| (name == "KRUXOS_TOKEN").then(|| "kst_secret twice".to_owned());
        let problem = connection("http://localhost").target(&spaced).unwrap_err();
        assert!(!format!("{problem:?}").contains("kst_secret"), "{problem:?}");
    }

    #[test]
    fn addresses_that_are_none_are_refused() {
        for wrong in
            ["7800", "ftp://localhost", "http://user:pw@localhost", "http://localhost/api", "http://localhost?x"]
        {
            let problem = connection(wrong).target(&token).unwrap_err();
            assert!(problem.message.contains("no address of a gateway"), "{wrong}: {}", problem.message);
        }
    }

    #[test]
    fn a_missing_token_says_where_it_was_looked_for() {
        let problem = connection("http://localhost:7800").target(&nothing).unwrap_err();
        assert!(problem.message.contains("/nowhere/at-all/operator.token"), "{}", problem.message);
    }

    #[test]
    fn a_token_is_kept_from_what_listens_where_no_gateway_runs() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(TOKEN_FILE), "kst_secret\n").unwrap();
        let connection = Connection { data_dir: Some(folder.path().to_owned()), ..Connection::default() };
        let problem = connection.target(&nothing).unwrap_err();
        let expected = "the gateway is not running at http://127.0.0.1:7800; start it with `kruxos gateway`";
        assert_eq!(problem.message, expected);
        // Whoever gives a token of their own means the usual address.
        assert_eq!(connection.target(&token).unwrap().url.as_str(), "http://127.0.0.1:7800/");
        let written = r#"{"agents":"127.0.0.1:1","supervisors":"0.0.0.0:2","pid":1}"#;
        std::fs::write(folder.path().join(WHEREABOUTS_FILE), written).unwrap();
        let target = connection.target(&nothing).unwrap();
        assert_eq!(target.url.as_str(), "http://127.0.0.1:2/");
        assert_eq!(target.authorization.to_str().unwrap(), "Bearer kst_secret");
    }

    #[test]
    fn a_damaged_file_of_the_gateway_is_said() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(WHEREABOUTS_FILE), "{").unwrap();
        let connection = Connection { data_dir: Some(folder.path().to_owned()), ..Connection::default() };
        assert!(connection.target(&token).unwrap_err().message.contains("does not tell where the gateway is"));
    }

    #[test]
    fn a_token_of_another_user_is_no_riddle() {
        let problem = Problem::unreadable_token(Path::new("/x"), &io::ErrorKind::PermissionDenied.into());
        assert!(problem.help.unwrap().contains("only the user who started the gateway may read it"));
    }

    #[test]
    fn the_data_directory_is_found_as_desktop_programs_find_it() {
        let found = |variables: &'static [(&str, &str)]| {
            let environment = move |name: &str| {
                variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
            };
            Connection::default().data_dir(&environment).map(|path| path.display().to_string())
        };
        assert_eq!(found(&[("HOME", "/home/a")]).unwrap(), "/home/a/.local/share/kruxos");
        assert_eq!(found(&[("HOME", "/home/a"), ("XDG_DATA_HOME", "/x")]).unwrap(), "/x/kruxos");
        assert_eq!(found(&[("HOME", "/home/a"), ("XDG_DATA_HOME", "x")]).unwrap(), "/home/a/.local/share/kruxos");
        assert!(found(&[]).is_err());
    }

    #[test]
    fn a_gateway_that_listens_everywhere_is_reached_here() {
        assert_eq!(reachable("0.0.0.0:7800"), "127.0.0.1:7800");
        assert_eq!(reachable("127.0.0.1:7801"), "127.0.0.1:7801");
    }
}
