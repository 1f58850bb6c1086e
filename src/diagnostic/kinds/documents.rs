//! What documents may not say: keys, words and values, whichever file they stand in.

use super::{Kind, error, kinds};

kinds! {
    /// A key that is not there and must be.
    ///
    /// A policy needs `name`, `version` and `capabilities`; a rule needs `condition` and `tier`; a limit needs `max` and
    /// `window`. Add the key.
    MISSING_KEY = error("missing-key").policy(
        "version: \"1.0\"\ndefaults: { tier: blocked }\ncapabilities: { a.b: { tier: notify } }\n",
        1,
        "name: files\nversion: \"1.0\"\ndefaults: { tier: blocked }\ncapabilities: { a.b: { tier: notify } }\n",
    );

    /// A key without a value.
    ///
    /// Write the value, or remove the key.
    MISSING_VALUE = error("missing-value").entries("a.b: { tier: }\n", 1, "a.b: { tier: notify }\n");

    /// A value of another type than its key takes.
    ///
    /// A version such as `1.0` is a number until it is quoted.
    WRONG_TYPE = error("wrong-type").policy(
        "name: files\nversion: 1.0\ndefaults: { tier: blocked }\ncapabilities: { a.b: { tier: notify } }\n",
        2,
        "name: files\nversion: \"1.0\"\ndefaults: { tier: blocked }\ncapabilities: { a.b: { tier: notify } }\n",
    );

    /// A key that there is not.
    ///
    /// Misspelt, it would say nothing, and nobody would notice.
    UNKNOWN_KEY = error("unknown-key").entries(
        "a.b: { tier: notify, raeson: new }\n",
        1,
        "a.b: { tier: notify, reason: new }\n",
    );

    /// A word that is no tier.
    ///
    /// The tiers are `autonomous`, `notify`, `approval_required` and `blocked`.
    UNKNOWN_TIER = error("unknown-tier").entries("a.b: { tier: deny }\n", 1, "a.b: { tier: blocked }\n");

    /// A word that is no layer.
    ///
    /// The layers are `system`, `organization` and `agent`.
    UNKNOWN_LAYER = error("unknown-layer").policy(
        "name: files\nversion: \"1.0\"\nlayer: team\ndefaults: { tier: blocked }\ncapabilities: { a.b: { tier: notify } }\n",
        3,
        "name: files\nversion: \"1.0\"\nlayer: organization\ndefaults: { tier: blocked }\ncapabilities: { a.b: { tier: notify } }\n",
    );

    /// A text with nothing in it.
    ///
    /// Write one, or remove the key.
    EMPTY_TEXT = error("empty-text").entries("a.b: { tier: notify, id: \"\" }\n", 1, "a.b: { tier: notify }\n");

    /// A list without items.
    ///
    /// `rules: []` says nothing. Add an item, or remove the key.
    EMPTY_LIST = error("empty-list").entries("a.b: { tier: notify, rules: [] }\n", 1, "a.b: { tier: notify }\n");

    /// A name that is not made of lower-case letters, digits and `-`.
    ///
    /// Decisions and other policies call a policy by its name, which is to be written one way. It begins with a letter or
    /// digit and has at most 128 bytes.
    INVALID_NAME = error("invalid-name").policy(
        "name: Our Files\nversion: \"1.0\"\ndefaults: { tier: blocked }\ncapabilities: { a.b: { tier: notify } }\n",
        1,
        "name: our-files\nversion: \"1.0\"\ndefaults: { tier: blocked }\ncapabilities: { a.b: { tier: notify } }\n",
    );

    /// A number, a duration or a list's length outside of what is allowed.
    ///
    /// The help names the bounds.
    OUT_OF_RANGE = error("out-of-range").entries(
        "a.b: { tier: notify, rate_limit: { max: 0, window: 1h } }\n",
        1,
        "a.b: { tier: notify, rate_limit: { max: 1, window: 1h } }\n",
    );

    /// A text that is no duration.
    ///
    /// A duration is a whole number and a unit: `500ms`, `30s`, `15m`, `1h`, `7d`.
    INVALID_DURATION = error("invalid-duration").entries(
        "a.b: { tier: notify, rate_limit: { max: 10, window: 1 hour } }\n",
        1,
        "a.b: { tier: notify, rate_limit: { max: 10, window: 1h } }\n",
    );
}
