//! What policies may not say, alone or together.

use super::{Kind, error, kinds, warning};

kinds! {
    /// `capabilities` without an entry.
    ///
    /// A policy that says nothing is a mistake. Add an entry.
    EMPTY_CAPABILITIES = error("empty-capabilities").policy(
        "name: files\nversion: \"1.0\"\ndefaults: { tier: blocked }\ncapabilities: {}\n",
        4,
        "name: files\nversion: \"1.0\"\ndefaults: { tier: blocked }\ncapabilities: { a.b: { tier: notify } }\n",
    );

    /// An entry without a `tier` and without `rules`.
    ///
    /// It never answers. Give it one of the two, or remove it.
    SILENT_ENTRY = error("silent-entry").entries("a.b: { reason: new }\n", 1, "a.b: { tier: notify, reason: new }\n");

    /// A pattern that cannot be read.
    ///
    /// In a pattern `*` matches any run of characters, `?` one, `[a-z]` a class, `{a,b}` alternatives.
    BAD_PATTERN = error("bad-pattern").entries(
        "\"files.{read,list\": { tier: notify }\n",
        1,
        "\"files.{read,list}\": { tier: notify }\n",
    );

    /// A policy for an agent that claims another layer.
    ///
    /// What is said of some agents alone is of the layer `agent`. Remove one of the two keys.
    AGENT_LAYER = error("agent-layer").policy(
        "name: bot\nversion: \"1.0\"\nagent: deploy-bot\nlayer: system\ndefaults: { tier: blocked }\ncapabilities: { a.b: { tier: notify } }\n",
        4,
        "name: bot\nversion: \"1.0\"\nagent: deploy-bot\ndefaults: { tier: blocked }\ncapabilities: { a.b: { tier: notify } }\n",
    );

    /// Two policies of one name.
    ///
    /// Decisions and `extends` call a policy by its name. Give each its own.
    DUPLICATE_POLICY = error("duplicate-policy").policy(
        "name: files\nversion: \"1.0\"\ndefaults: { tier: blocked }\ncapabilities: { a.b: { tier: notify } }\n",
        1,
        "name: our-files\nversion: \"1.0\"\ndefaults: { tier: blocked }\ncapabilities: { a.b: { tier: notify } }\n",
    ).beside(&["name: files\nversion: \"1.0\"\ncapabilities: { c.d: { tier: notify } }\n"]);

    /// A base that `extends` names twice.
    ///
    /// Remove one of the two.
    DUPLICATE_BASE = error("duplicate-base").policy(
        "name: ours\nversion: \"1.0\"\nextends: [base, base]\ndefaults: { tier: blocked }\ncapabilities: { a.b: { tier: notify } }\n",
        3,
        "name: ours\nversion: \"1.0\"\nextends: base\ndefaults: { tier: blocked }\ncapabilities: { a.b: { tier: notify } }\n",
    ).beside(&["name: base\nversion: \"1.0\"\ncapabilities: { c.d: { tier: notify } }\n"]);

    /// `extends` names a policy that is not there.
    ///
    /// Load the base beside this policy, or extend a shipped one.
    UNKNOWN_BASE = error("unknown-base").policy(
        "name: ours\nversion: \"1.0\"\nextends: bsae\ndefaults: { tier: blocked }\ncapabilities: { a.b: { tier: notify } }\n",
        3,
        "name: ours\nversion: \"1.0\"\nextends: base\ndefaults: { tier: blocked }\ncapabilities: { a.b: { tier: notify } }\n",
    ).beside(&["name: base\nversion: \"1.0\"\ncapabilities: { c.d: { tier: notify } }\n"]);

    /// A policy that is its own base, perhaps through others.
    ///
    /// Remove one `extends`.
    EXTENDS_CYCLE = error("extends-cycle").policy(
        "name: ours\nversion: \"1.0\"\nextends: ours\ndefaults: { tier: blocked }\ncapabilities: { a.b: { tier: notify } }\n",
        3,
        "name: ours\nversion: \"1.0\"\ndefaults: { tier: blocked }\ncapabilities: { a.b: { tier: notify } }\n",
    );

    /// Two bases that say something of the same pattern, or both have `defaults`.
    ///
    /// Which of them holds is for this policy to say: give it an entry of that pattern, or `defaults`, of its own.
    TWO_BASES = error("two-bases").policy(
        "name: ours\nversion: \"1.0\"\nextends: [one, other]\ndefaults: { tier: blocked }\ncapabilities: { a.b: { tier: notify } }\n",
        3,
        "name: ours\nversion: \"1.0\"\nextends: [one, other]\ndefaults: { tier: blocked }\ncapabilities: { c.d: { tier: notify } }\n",
    ).beside(&[
        "name: one\nversion: \"1.0\"\ncapabilities: { c.d: { tier: notify } }\n",
        "name: other\nversion: \"1.0\"\ncapabilities: { c.d: { tier: autonomous } }\n",
    ]);

    /// More bases than a policy may have, or a chain of bases that is too long.
    ///
    /// Extend fewer policies, or a base that is nearer to the first one.
    TOO_MANY_BASES = error("too-many-bases");

    /// A `relaxable_to` that is stricter than the tier it relaxes.
    ///
    /// It says how far lower layers may go down from `tier`. Write a more permissive tier, or raise `tier`.
    RELAXABLE_TO_STRICTER = error("relaxable-to-stricter").entries(
        "a.b: { tier: notify, relaxable_to: blocked }\n",
        1,
        "a.b: { tier: notify, relaxable_to: autonomous }\n",
    );

    /// A `relaxable_to` without a `tier` to relax.
    ///
    /// Give the entry a `tier`, or move `relaxable_to` into the rule that it is about.
    RELAXABLE_WITHOUT_TIER = error("relaxable-without-tier").entries(
        "a.b:\n  relaxable_to: notify\n  rules: [{ condition: { n_gt: 5 }, tier: blocked }]\n",
        2,
        "a.b:\n  rules: [{ condition: { n_gt: 5 }, tier: blocked, relaxable_to: notify }]\n",
    );

    /// A limit whose `on_exceed` is no stricter than the tier that it limits.
    ///
    /// A call over the limit would get what every call gets.
    ON_EXCEED_NOT_STRICTER = error("on-exceed-not-stricter").entries(
        "a.b: { tier: notify, rate_limit: { max: 10, window: 1h, on_exceed: notify } }\n",
        1,
        "a.b: { tier: notify, rate_limit: { max: 10, window: 1h, on_exceed: blocked } }\n",
    );

    /// A limit of more calls than can be remembered.
    ///
    /// Limit a shorter window.
    RATE_LIMIT_TOO_LARGE = error("rate-limit-too-large");

    /// A limit that stands twice.
    ///
    /// It counts once: a limit is known by what it says. Remove one of the two, or make them different.
    DUPLICATE_LIMIT = warning("duplicate-limit").entries(
        "a.b:\n  tier: notify\n  rate_limit:\n    - { max: 10, window: 1h }\n    - { max: 10, window: 60m }\n",
        5,
        "a.b:\n  tier: notify\n  rate_limit:\n    - { max: 10, window: 1h }\n    - { max: 50, window: 1d }\n",
    );

    /// An approver who is named twice.
    ///
    /// Votes of one supervisor count once. Remove one of the two.
    DUPLICATE_APPROVER = error("duplicate-approver").entries(
        "a.b: { tier: approval_required, approval: { approvers: [ann, ann] } }\n",
        1,
        "a.b: { tier: approval_required, approval: { approvers: [ann, bob] } }\n",
    );
}
