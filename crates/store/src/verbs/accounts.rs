//! Agents and supervisors: who they are, and which key opens them.

use kruxos_approvals::store::{AccountStore, Answer};
use kruxos_approvals::{Account, Digest, Draft, Role, StoreError};

use super::{Runs, StoreOf, trail};
use crate::tables::{Kept, Writes};

fn create(rows: &mut dyn Writes, account: &Account, draft: Draft) -> Kept<()> {
    if rows.account(account.role, &account.name)?.is_some() {
        return Err(StoreError::Exists);
    }
    is_new_key(rows, account.role, account.key_digest)?;
    rows.put_account(account)?;
    trail::push(rows, draft).map(drop)
}

fn rotate(rows: &mut dyn Writes, role: Role, name: &str, key: Digest, draft: Draft) -> Kept<Account> {
    let account = rows.account(role, name)?.ok_or(StoreError::NotFound)?;
    is_new_key(rows, role, Some(key))?;
    let at = rows.tail()?.not_before(draft.at);
    replace(rows, Account { key_digest: Some(key), rotated_at: Some(at), revoked_at: None, ..account }, draft)
}

/// The key's digest goes too: nobody who forgets to look at `revoked_at` lets the key in. The first time stays.
fn revoke(rows: &mut dyn Writes, role: Role, name: &str, draft: Draft) -> Kept<Account> {
    let account = rows.account(role, name)?.ok_or(StoreError::NotFound)?;
    let at = rows.tail()?.not_before(draft.at);
    let revoked_at = account.revoked_at.or(Some(at));
    replace(rows, Account { key_digest: None, revoked_at, ..account }, draft)
}

fn replace(rows: &mut dyn Writes, account: Account, draft: Draft) -> Kept<Account> {
    rows.put_account(&account)?;
    trail::push(rows, draft)?;
    Ok(account)
}

/// One key opens one account.
fn is_new_key(rows: &dyn Writes, role: Role, key: Option<Digest>) -> Kept<()> {
    let owner = key.map_or(Ok(None), |key| rows.account_by_key(role, key))?;
    owner.map_or(Ok(()), |_| Err(StoreError::Exists))
}

impl<R: Runs> AccountStore for StoreOf<R> {
    fn create_account(&self, account: Account, draft: Draft) -> Answer<'_, ()> {
        self.0.write(move |rows| create(rows, &account, draft))
    }

    fn account(&self, role: Role, name: &str) -> Answer<'_, Option<Account>> {
        let name = name.to_owned();
        self.0.read(move |rows| rows.account(role, &name))
    }

    fn account_by_key(&self, role: Role, key_digest: Digest) -> Answer<'_, Option<Account>> {
        self.0.read(move |rows| rows.account_by_key(role, key_digest))
    }

    fn accounts(&self, role: Role) -> Answer<'_, Vec<Account>> {
        self.0.read(move |rows| rows.accounts(role))
    }

    fn rotate_account(&self, role: Role, name: &str, key_digest: Digest, draft: Draft) -> Answer<'_, Account> {
        let name = name.to_owned();
        self.0.write(move |rows| rotate(rows, role, &name, key_digest, draft))
    }

    fn revoke_account(&self, role: Role, name: &str, draft: Draft) -> Answer<'_, Account> {
        let name = name.to_owned();
        self.0.write(move |rows| revoke(rows, role, &name, draft))
    }
}
