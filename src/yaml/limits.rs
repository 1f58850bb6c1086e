//! How much text and structure one YAML document may hold.

/// Limits of one document, each alias counted as what it stands for. The default is what a policy file is held to; embedders with larger needs raise it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Most bytes of text: of the file, and of the values and keys that its aliases bring.
    pub bytes: usize,
    /// Most levels of lists and maps; held to [`Limits::MOST_LEVELS`] whatever is asked for.
    pub levels: usize,
    /// Most nodes: scalars, lists, maps, keys included.
    pub nodes: usize,
}

impl Limits {
    /// What no caller can raise `levels` beyond: trees are walked by recursion.
    pub const MOST_LEVELS: usize = 256;

    /// What a catalog is held to: the answer of a server with many tools is larger than a policy.
    pub const CATALOG: Self = Self { bytes: 16 * 1024 * 1024, levels: 64, nodes: 1_000_000 };
}

impl Default for Limits {
    fn default() -> Self {
        Self { bytes: 1024 * 1024, levels: 64, nodes: 10_000 }
    }
}
