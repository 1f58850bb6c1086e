//! The digests that name a policy set and its limits.

use sha2::{Digest, Sha256};

/// `sha256:` and 64 hexadecimal digits. `parts` are the kind and text of each file; neither their order nor their
/// files' names matter, so that the same policies have the same digest wherever they lie.
pub(super) fn of(mut parts: Vec<(&str, &str)>) -> String {
    parts.sort_unstable();
    of_fields(&parts.iter().flat_map(|(kind, text)| [*kind, *text]).collect::<Vec<_>>())
}

/// `sha256:` and 64 hexadecimal digits over fields in this order.
pub(super) fn of_fields(fields: &[&str]) -> String {
    let mut hash = Sha256::new();
    for field in fields {
        hash.update((field.len() as u64).to_be_bytes());
        hash.update(field.as_bytes());
    }
    let digits: String = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256:{digits}")
}

#[cfg(test)]
mod tests {
    use super::of;

    #[test]
    fn order_does_not_matter_but_borders_do() {
        assert_eq!(of(vec![("p", "x"), ("p", "y")]), of(vec![("p", "y"), ("p", "x")]));
        assert_ne!(of(vec![("p", "bx")]), of(vec![("pb", "x")]));
    }
}
