//! What keeps a text from being YAML as policies use it.

use super::{Kind, error, kinds, warning};

kinds! {
    /// The text is not YAML.
    ///
    /// What cannot be read says nothing, so the file does not load. The message names the likely cause: a tab that
    /// indents, a quote or bracket that is not closed, a `: ` inside unquoted text, a line that fits nothing above it.
    YAML_SYNTAX = error("yaml-syntax").entries("a.b: { tier: notify\n", 1, "a.b: { tier: notify }\n");

    /// The file is larger than a file may be.
    ///
    /// A policy has at most 1 MiB, 64 levels of lists and maps, and 10,000 keys and values, what its aliases stand for
    /// counted, so that no file can cost more than that to read. Name large values less often, or split the file.
    YAML_LIMIT = error("yaml-limit");

    /// The file holds nothing.
    ///
    /// Write a document, or remove the file.
    EMPTY_FILE = error("empty-file").policy(
        "# later\n",
        1,
        "name: files\nversion: \"1.0\"\ndefaults: { tier: blocked }\ncapabilities: { a.b: { tier: notify } }\n",
    );

    /// The file begins with a byte-order mark.
    ///
    /// Save it as UTF-8 without one.
    YAML_BOM = error("yaml-bom");

    /// A line of directives, which begins with `%`.
    ///
    /// Files are YAML 1.2 and need none. Remove the line.
    YAML_DIRECTIVE = error("yaml-directive").policy(
        "%YAML 1.2\n---\nname: files\nversion: \"1.0\"\ndefaults: { tier: blocked }\ncapabilities: { a.b: { tier: notify } }\n",
        1,
        "name: files\nversion: \"1.0\"\ndefaults: { tier: blocked }\ncapabilities: { a.b: { tier: notify } }\n",
    );

    /// A second document in one file.
    ///
    /// A reader could overlook it. Put each document into a file of its own.
    YAML_DOCUMENTS = error("yaml-documents").policy(
        "name: files\nversion: \"1.0\"\ndefaults: { tier: blocked }\ncapabilities: { a.b: { tier: notify } }\n---\nname: mail\n",
        5,
        "name: files\nversion: \"1.0\"\ndefaults: { tier: blocked }\ncapabilities: { a.b: { tier: notify } }\n",
    );

    /// A tag, which begins with `!`.
    ///
    /// Values are what they look like. Remove the tag; quote what is meant as text.
    YAML_TAG = error("yaml-tag").entries(
        "a.b: { tier: !!str notify }\n",
        1,
        "a.b: { tier: notify }\n",
    );

    /// An anchor, which begins with `&`, whose name another one has, or that is no name.
    ///
    /// YAML lets a later anchor take the name of an earlier one; a reader of `*name` cannot tell which is meant. Give each
    /// a name of its own, of letters, digits, `-`, `_` and `.`; quote a text that begins with `&`.
    YAML_ANCHOR = error("yaml-anchor").entries(
        "a.b: &usual { tier: notify }\na.c: &usual { tier: blocked }\na.d: *usual\n",
        2,
        "a.b: &usual { tier: notify }\na.c: &never { tier: blocked }\na.d: *usual\na.e: *never\n",
    );

    /// An alias, which begins with `*`, of an anchor that is not there, that comes later, or that holds the alias.
    ///
    /// Write the value with its anchor where it comes first. A pattern that begins with `*` is an alias to YAML: quote it.
    YAML_ALIAS = error("yaml-alias").entries(
        "*.read: { tier: notify }\n",
        1,
        "\"*.read\": { tier: notify }\n",
    );

    /// An anchor, which begins with `&`, that no alias names.
    ///
    /// Nothing is wrong with the value, but a reader looks for its other uses. Remove the anchor.
    UNUSED_ANCHOR = warning("unused-anchor").entries(
        "a.b: &usual { tier: notify }\n",
        1,
        "a.b: { tier: notify }\n",
    );

    /// A key that is not text: a list, a map, a number, a truth value, nothing.
    ///
    /// `no` and `010` are read differently by different readers of YAML; as text they are one thing. Quote the key.
    YAML_KEY = error("yaml-key").entries(
        "10: { tier: notify }\n",
        1,
        "\"10\": { tier: notify }\n",
    );

    /// A merge key, `<<`.
    ///
    /// What an entry says stands in the entry: an alias stands for a whole value, and nothing is merged into it. Write the
    /// values out.
    YAML_MERGE_KEY = error("yaml-merge-key").entries(
        "a.b:\n  <<: { reason: new }\n  tier: notify\n",
        2,
        "a.b:\n  reason: new\n  tier: notify\n",
    );

    /// A number that cannot be kept exactly.
    ///
    /// Numbers compare exactly and are never rounded. Integers go from -2^63 to 2^64-1, other numbers have at most 38
    /// digits. Quote what is meant as text.
    YAML_NUMBER = error("yaml-number").condition(
        "{ account_eq: 123456789012345678901234567890 }\n",
        "{ account_eq: \"123456789012345678901234567890\" }\n",
    );

    /// A key that stands twice in one map.
    ///
    /// Readers of YAML disagree on which of the two counts, so neither does. Keep one.
    DUPLICATE_KEY = error("duplicate-key").entries(
        "a.b: { tier: notify }\na.b: { tier: blocked }\n",
        2,
        "a.b: { tier: blocked }\n",
    );
}
