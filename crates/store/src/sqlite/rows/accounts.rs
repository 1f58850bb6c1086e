//! Accounts in SQLite.

use kruxos_approvals::{Account, Digest, Role, StoreError};
use rusqlite::{Row, params};

use super::Rows;
use crate::sqlite::columns::{digest, read};
use crate::sqlite::failure::unreadable;
use crate::tables::{Kept, ReadAccounts, WriteAccounts};

/// The key's digest and the text.
type Found = (Option<String>, String);

fn found(row: &Row<'_>) -> rusqlite::Result<Found> {
    Ok((row.get(0)?, row.get(1)?))
}

fn account((key, body): Found) -> Kept<Account> {
    let mut account: Account = serde_json::from_str(&body).map_err(|error| unreadable("an account", error))?;
    account.key_digest = key.map(|key| read("the digest of an account's key", &key)).transpose()?;
    Ok(account)
}

impl ReadAccounts for Rows<'_> {
    fn account(&self, role: Role, name: &str) -> Kept<Option<Account>> {
        let sql = "SELECT key_digest, body FROM accounts WHERE role = ?1 AND name = ?2";
        self.one(sql, [role.as_str(), name], found)?.map(account).transpose()
    }

    fn account_by_key(&self, role: Role, key: Digest) -> Kept<Option<Account>> {
        let sql = "SELECT key_digest, body FROM accounts WHERE role = ?1 AND key_digest = ?2";
        self.one(sql, [role.as_str(), &digest(key)], found)?.map(account).transpose()
    }

    fn accounts(&self, role: Role) -> Kept<Vec<Account>> {
        let sql = "SELECT key_digest, body FROM accounts WHERE role = ?1 ORDER BY name";
        self.all(sql, [role.as_str()], found, account)
    }
}

impl WriteAccounts for Rows<'_> {
    fn put_account(&mut self, account: &Account) -> Kept<()> {
        let body = serde_json::to_string(account)
            .map_err(|error| StoreError::Unavailable(format!("an account cannot be written: {error}")))?;
        let sql = "INSERT INTO accounts (role, name, key_digest, body) VALUES (?1, ?2, ?3, ?4)
                   ON CONFLICT (role, name) DO UPDATE SET key_digest = ?3, body = ?4";
        self.write(sql, params![account.role.as_str(), account.name, account.key_digest.map(digest), body]).map(drop)
    }
}
