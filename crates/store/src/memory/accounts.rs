//! Accounts in memory.

use kruxos_approvals::{Account, Digest, Role};

use super::Rows;
use crate::tables::{Kept, ReadAccounts, WriteAccounts};

impl ReadAccounts for Rows {
    fn account(&self, role: Role, name: &str) -> Kept<Option<Account>> {
        Ok(self.accounts.get(&(role, name.to_owned())).cloned())
    }

    fn account_by_key(&self, role: Role, key: Digest) -> Kept<Option<Account>> {
        let opened = |account: &&Account| account.role == role && account.key_digest == Some(key);
        Ok(self.accounts.values().find(opened).cloned())
    }

    fn accounts(&self, role: Role) -> Kept<Vec<Account>> {
        Ok(self.accounts.values().filter(|account| account.role == role).cloned().collect())
    }
}

impl WriteAccounts for Rows {
    fn put_account(&mut self, account: &Account) -> Kept<()> {
        self.accounts.insert((account.role, account.name.clone()), account.clone());
        Ok(())
    }
}
