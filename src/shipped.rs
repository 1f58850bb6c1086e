//! The policies and the catalog that come with the product, embedded from `policies/`.

/// A shipped policy.
#[derive(Clone, Copy, Debug)]
pub struct ShippedPolicy {
    /// Its name.
    pub name: &'static str,
    /// The name it is loaded by; no file on disk has to be there.
    pub file: &'static str,
    /// Its text.
    pub text: &'static str,
}

macro_rules! shipped {
    ($($name:literal),+ $(,)?) => {
        &[$(ShippedPolicy {
            name: $name,
            file: concat!("shipped/", $name, ".yaml"),
            text: include_str!(concat!("../policies/", $name, ".yaml")),
        }),+]
    };
}

/// The shipped policies.
pub const POLICIES: &[ShippedPolicy] =
    shipped!["enterprise-restrictive", "personal-permissive", "system-baseline", "team-moderate"];

/// The policies that decide where none are given.
pub const IN_FORCE: [&str; 2] = ["system-baseline", "team-moderate"];

/// The catalog of the KruxOS capabilities, as YAML.
pub const CATALOG: &str = include_str!("../policies/kruxos.catalog.yaml");

/// The shipped policy of a name.
#[must_use]
pub fn policy(name: &str) -> Option<&'static ShippedPolicy> {
    POLICIES.iter().find(|policy| policy.name == name)
}

/// The names of the shipped policies.
pub fn names() -> impl Iterator<Item = &'static str> {
    POLICIES.iter().map(|policy| policy.name)
}
