//! The rows of accounts.

use kruxos_approvals::{Account, Digest, Role};

use super::Kept;

/// Accounts that are kept.
pub(crate) trait ReadAccounts {
    /// An account.
    fn account(&self, role: Role, name: &str) -> Kept<Option<Account>>;
    /// The account whose key has this digest.
    fn account_by_key(&self, role: Role, key: Digest) -> Kept<Option<Account>>;
    /// All accounts of a role, in order of name.
    fn accounts(&self, role: Role) -> Kept<Vec<Account>>;
}

/// Accounts that are to be kept.
pub(crate) trait WriteAccounts {
    /// Keeps an account as it is now.
    fn put_account(&mut self, account: &Account) -> Kept<()>;
}
