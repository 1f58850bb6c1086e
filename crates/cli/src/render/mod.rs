//! How findings, test results and explanations look: one module for each form. Text in, text out; nothing here writes.

pub(crate) mod excerpt;
pub(crate) mod explanation;
pub(crate) mod human;
pub(crate) mod json;
pub(crate) mod phrase;
pub(crate) mod plain_json;
pub(crate) mod policy;
pub(crate) mod record;
pub(crate) mod request;
pub(crate) mod short;
mod shown;
pub(crate) mod table;
pub(crate) mod tests;
pub(crate) mod time;
pub(crate) mod tree;
mod window;

pub(crate) use kruxos_approvals::visible::{acts, visible};

/// "1 error", "2 errors".
pub(crate) fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}
