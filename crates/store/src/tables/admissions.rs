//! The rows of admitted calls: when each was taken from which limit.

use super::Kept;

/// Whose calls a limit counts together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Counted<'a> {
    /// The limit's identity.
    pub(crate) limit: &'a str,
    /// The key.
    pub(crate) key: &'a str,
}

/// Admitted calls that are kept.
pub(crate) trait ReadAdmissions {
    /// When the call was admitted, in milliseconds since 1970, that is the `nth` from the end, from 1; `None` where there
    /// were fewer.
    fn admitted(&self, counted: Counted<'_>, nth: u32) -> Kept<Option<i64>>;
    /// The limits under which a call is kept, in order.
    fn counted_limits(&self) -> Kept<Vec<String>>;
}

/// Admitted calls that are to be kept.
pub(crate) trait WriteAdmissions {
    /// Keeps a call that was admitted at this time and counts until that one, and the `most` last of its limit and key.
    fn admit(&mut self, counted: Counted<'_>, at_ms: i64, until_ms: i64, most: u32) -> Kept<()>;
    /// Forgets what was counted under a limit.
    fn forget_limit(&mut self, limit: &str) -> Kept<()>;
    /// Forgets the calls that count no longer.
    fn forget_admissions(&mut self, now_ms: i64) -> Kept<()>;
}
