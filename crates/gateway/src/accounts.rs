//! Agents and supervisors: their keys are made here, shown once, and kept as digests.

use std::io::Write;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use kruxos_approvals::audit::{Draft, Entry, Event};
use kruxos_approvals::state_entry::Session;
use kruxos_approvals::{Account, Digest, Role, Store, StoreError, Supervisor};
use kruxos_policy::pattern::check_agent;

use crate::error::{AccountError, CallError, StartError};
use crate::wire::NewAccount;

/// The supervisor whose token lies in the data directory.
pub const OPERATOR: &str = "operator";
/// The longest purpose, in characters.
const LONGEST_PURPOSE: usize = 500;
/// Most groups of one supervisor.
const MOST_GROUPS: usize = 32;

/// Agents and supervisors, and agents' sessions.
pub struct Accounts {
    store: Arc<dyn Store>,
    /// The operator's token, for whoever can read the data directory.
    token: PathBuf,
    secret: [u8; 32],
}

impl Accounts {
    /// The accounts of a store. Sees to it that the operator's token is in its file and opens the operator's account, and
    /// that there is a secret to sign sessions with.
    ///
    /// # Errors
    /// When the files or the store cannot be read or written.
    pub(crate) async fn open(
        store: Arc<dyn Store>,
        token: PathBuf,
        secret_file: &Path,
        at: Timestamp,
    ) -> Result<Self, StartError> {
        ensure_operator(&*store, &token, at).await?;
        Ok(Self { store, token, secret: secret(secret_file)? })
    }

    /// What the dashboard's sessions are signed with: random, and as old as the data directory.
    #[must_use]
    pub const fn secret(&self) -> &[u8; 32] {
        &self.secret
    }

    /// Whether this key opens this agent's account.
    ///
    /// # Errors
    /// When it does not, or that cannot be found out.
    pub async fn authenticate(&self, agent: &str, key: &str) -> Result<(), CallError> {
        let account = self.store.account(Role::Agent, agent).await?;
        if account.is_some_and(|account| account.opens(key)) { Ok(()) } else { Err(CallError::NotAuthenticated) }
    }

    /// The supervisor that a token belongs to.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn supervisor(&self, token: &str) -> Result<Option<Supervisor>, StoreError> {
        let account = self.store.account_by_key(Role::Supervisor, Digest::of(token.as_bytes())).await?;
        Ok(account.filter(|account| account.opens(token)).as_ref().map(Supervisor::from))
    }

    /// A supervisor's account, if its token is worth something.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn supervisor_named(&self, name: &str) -> Result<Option<Account>, StoreError> {
        let account = self.store.account(Role::Supervisor, name).await?;
        Ok(account.filter(|account| account.revoked_at.is_none()))
    }

    /// All accounts of a role.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn accounts(&self, role: Role) -> Result<Vec<Account>, StoreError> {
        self.store.accounts(role).await
    }

    /// Makes an account; its key is in the answer and nowhere else.
    ///
    /// # Errors
    /// When the name is no name, or taken.
    pub async fn create_account(
        &self,
        by: &str,
        role: Role,
        new: &NewAccount,
    ) -> Result<(Account, String), AccountError> {
        check(role, new)?;
        let (key, at) = (new_key(role), Timestamp::now());
        let account = Account {
            role,
            name: new.name.clone(),
            purpose: new.purpose.clone(),
            groups: new.groups.clone(),
            created_at: at,
            rotated_at: None,
            revoked_at: None,
            key_digest: Some(Digest::of(key.as_bytes())),
        };
        self.store.create_account(account.clone(), draft(role, &new.name, by, "was created", at)).await?;
        Ok((account, key))
    }

    /// Gives an account a new key; the old one is worth nothing from now on.
    ///
    /// # Errors
    /// When there is no such account.
    pub async fn rotate_account(&self, by: &str, role: Role, name: &str) -> Result<(Account, String), AccountError> {
        let (key, at) = (new_key(role), Timestamp::now());
        let draft = draft(role, name, by, "was given a new key", at);
        let account = self.store.rotate_account(role, name, Digest::of(key.as_bytes()), draft).await?;
        if role == Role::Supervisor && name == OPERATOR {
            let kept = write_private(&self.token, format!("{key}\n").as_bytes());
            kept.map_err(|error| AccountError::Unavailable(error.to_string()))?;
        }
        Ok((account, key))
    }

    /// Makes an account's key worth nothing.
    ///
    /// # Errors
    /// When there is no such account, or it is the operator's, without whom nobody could let anybody in again.
    pub async fn revoke_account(&self, by: &str, role: Role, name: &str) -> Result<Account, AccountError> {
        if role == Role::Supervisor && name == OPERATOR {
            let why = "the operator cannot be revoked; `rotate` gives it a new token".to_owned();
            return Err(AccountError::Invalid(why));
        }
        let draft = draft(role, name, by, "was revoked", Timestamp::now());
        Ok(self.store.revoke_account(role, name, draft).await?)
    }

    /// Opens a session of an agent.
    ///
    /// # Errors
    /// When it cannot be kept.
    pub async fn open_session(&self, agent: &str) -> Result<Session, CallError> {
        let session_id = format!("s_{}", random_text(18));
        let session = Session { session_id, agent: agent.to_owned(), opened_at: Timestamp::now() };
        self.store.open_session(session.clone()).await?;
        Ok(session)
    }

    /// An agent's session. For every other agent it does not exist.
    ///
    /// # Errors
    /// When there is none.
    pub async fn session(&self, agent: &str, id: &str) -> Result<Session, CallError> {
        let session = self.store.session(id).await?;
        session.filter(|session| session.agent == agent).ok_or(CallError::NotFound { what: "session" })
    }

    /// Closes an agent's session and forgets what was remembered in it.
    ///
    /// # Errors
    /// When there is none.
    pub async fn close_session(&self, agent: &str, id: &str) -> Result<Session, CallError> {
        self.session(agent, id).await?;
        Ok(self.store.close_session(id).await?)
    }
}

fn check(role: Role, new: &NewAccount) -> Result<(), AccountError> {
    check_agent(&new.name).map_err(|why| AccountError::Invalid(why.replace("an agent name", "a name")))?;
    if new.name.split('/').any(|part| matches!(part, "." | ".." | "")) {
        let why = "a name is no path: `.`, `..` and empty parts between `/` are not allowed".to_owned();
        return Err(AccountError::Invalid(why));
    }
    let length = new.purpose.as_ref().map_or(0, |purpose| purpose.chars().count());
    if length > LONGEST_PURPOSE {
        let why = format!("the purpose has {length} characters; at most {LONGEST_PURPOSE} are allowed");
        return Err(AccountError::Invalid(why));
    }
    if role == Role::Agent && !new.groups.is_empty() {
        return Err(AccountError::Invalid("agents have no groups; supervisors do".to_owned()));
    }
    if new.groups.len() > MOST_GROUPS {
        let why = format!("{} groups were given; at most {MOST_GROUPS} are allowed", new.groups.len());
        return Err(AccountError::Invalid(why));
    }
    let groups = new.groups.iter().try_for_each(|group| check_agent(group));
    groups.map_err(|why| AccountError::Invalid(why.replace("an agent name", "a group's name")))
}

fn draft(role: Role, name: &str, by: &str, what: &str, at: Timestamp) -> Draft {
    let agent = (role == Role::Agent).then(|| name.to_owned());
    let reason = Some(format!("{} `{name}` {what}", role.as_str()));
    Draft { at, entry: Entry { agent, by: Some(by.to_owned()), reason, ..Entry::of(Event::Account) } }
}

fn new_key(role: Role) -> String {
    let prefix = match role {
        Role::Agent => "kxa_",
        Role::Supervisor => "kxs_",
    };
    format!("{prefix}{}", random_text(32))
}

fn random_text(bytes: usize) -> String {
    let mut random = vec![0; bytes];
    fill(&mut random);
    URL_SAFE_NO_PAD.encode(random)
}

#[expect(clippy::expect_used, reason = "without random numbers every key could be guessed: better no gateway")]
fn fill(bytes: &mut [u8]) {
    getrandom::fill(bytes).expect("the system gives random numbers");
}

/// Sees to it that the operator's token is in its file and opens the operator's account.
async fn ensure_operator(store: &dyn Store, file: &Path, at: Timestamp) -> Result<(), StartError> {
    let account = store.account(Role::Supervisor, OPERATOR).await?;
    let kept = if is_own(file)? { std::fs::read_to_string(file).unwrap_or_default() } else { String::new() };
    match &account {
        Some(account) if account.opens(kept.trim()) => return Ok(()),
        _ => {}
    }
    let token = new_key(Role::Supervisor);
    let key_digest = Digest::of(token.as_bytes());
    write_private(file, format!("{token}\n").as_bytes())?;
    if account.is_some() {
        let draft =
            draft(Role::Supervisor, OPERATOR, "gateway", "was given a new token: the kept one did not open it", at);
        store.rotate_account(Role::Supervisor, OPERATOR, key_digest, draft).await?;
    } else {
        let account = Account {
            role: Role::Supervisor,
            name: OPERATOR.to_owned(),
            purpose: Some("whoever can read the data directory".to_owned()),
            groups: Vec::new(),
            created_at: at,
            rotated_at: None,
            revoked_at: None,
            key_digest: Some(key_digest),
        };
        store.create_account(account, draft(Role::Supervisor, OPERATOR, "gateway", "was created", at)).await?;
    }
    Ok(())
}

/// The data directory's secret; made when there is none.
fn secret(file: &Path) -> Result<[u8; 32], StartError> {
    if is_own(file)?
        && let Some(secret) = std::fs::read(file).ok().and_then(|bytes| bytes.try_into().ok())
    {
        return Ok(secret);
    }
    let mut secret = [0; 32];
    fill(&mut secret);
    write_private(file, &secret)?;
    Ok(secret)
}

/// Whether a file is there. One that is somebody else's, no plain file, or open to others is refused: whoever made it may
/// know what is in it.
fn is_own(file: &Path) -> Result<bool, StartError> {
    let metadata = match std::fs::symlink_metadata(file) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(StartError::file(file, &error)),
    };
    let mine = rustix::process::geteuid().as_raw();
    let why = match metadata.mode() & 0o077 {
        _ if !metadata.is_file() => "it is no plain file",
        _ if metadata.uid() != mine => "it is another user's",
        0 => return Ok(true),
        _ => "others than its owner may use it",
    };
    let why = format!("{why}; remove it, and the gateway makes a new one");
    Err(StartError::File { path: file.to_owned(), why })
}

/// Writes a file that only its owner may read, whole or not at all.
pub(crate) fn write_private(file: &Path, bytes: &[u8]) -> Result<(), StartError> {
    let fails = |error: std::io::Error| StartError::file(file, &error);
    let beside = file.with_extension("new");
    let _ = std::fs::remove_file(&beside);
    let mut options = std::fs::OpenOptions::new();
    let mut opened = options.write(true).create_new(true).mode(0o600).open(&beside).map_err(fails)?;
    opened.write_all(bytes).and_then(|()| opened.sync_all()).map_err(fails)?;
    std::fs::rename(&beside, file).map_err(fails)
}
