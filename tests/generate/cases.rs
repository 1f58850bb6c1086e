//! How long properties are tried.

use proptest::test_runner::Config;

/// How many cases a property gets: as many as asked for, or `PROPTEST_CASES` where that is set.
pub(crate) fn cases(count: u32) -> Config {
    let asked = std::env::var("PROPTEST_CASES").ok().and_then(|text| text.parse().ok());
    Config { cases: asked.unwrap_or(count), failure_persistence: None, max_shrink_iters: 20_000, ..Config::default() }
}
