//! What policy tests may not say, and what running them finds.

use super::{Kind, Severity, error, kinds};

kinds! {
    /// A test that expects nothing.
    ///
    /// Write a tier, or a map with `tier`, `decided_by`, `reason` or `unknowns`.
    EMPTY_EXPECT = error("empty-expect").suite(
        "tests:\n  - { name: reads run, agent: a, call: files.read, expect: {} }\n",
        2,
        "tests:\n  - { name: reads run, agent: a, call: files.read, expect: notify }\n",
    );

    /// A text that is no point in time.
    ///
    /// Write RFC 3339 with an offset: `2026-03-29T14:20:00Z`.
    INVALID_TIME = error("invalid-time").suite(
        "tests:\n  - { name: by day, agent: a, call: files.read, now: noon, expect: notify }\n",
        2,
        "tests:\n  - { name: by day, agent: a, call: files.read, now: \"2026-03-29T12:00:00Z\", expect: notify }\n",
    );

    /// A test whose decision is another one than it expects.
    ///
    /// `policy test` says so.
    FAILING_TEST = error("failing-test");

    /// What decided, beside a test that fails.
    DECIDED_BY = Kind { severity: Severity::Advice, ..error("decided-by") };

    /// A test names a policy or catalog that cannot be read.
    UNREADABLE_POLICY = error("unreadable-policy");

    /// Tests of policies that are linted together name different catalogs.
    ///
    /// One policy is judged with one set of known capabilities, so lint takes none of them. Say which are meant:
    /// `--catalog FILE`, several times for all of them.
    SEVERAL_CATALOGS = Kind { severity: Severity::Warning, ..error("several-catalogs") };

    /// A test calls a capability that the catalog does not have, and whose name is nearly one of it.
    ///
    /// The call is answered by whatever matches the misspelt name, so the test says nothing of the one that is meant.
    /// Correct the name.
    MISSPELT_CALL = Kind { severity: Severity::Warning, ..error("misspelt-call") };

    /// Policies that are too large to decide by.
    ///
    /// The compiled form has a limit. Load fewer policies, or split what is for different agents into several sets.
    POLICIES_TOO_LARGE = error("policies-too-large");
}
