//! What catalogs may not say.

use super::{Kind, error, kinds, warning};

kinds! {
    /// The whole response of a server where its result must stand.
    ///
    /// Keep what stands under `result`: the map with `tools`.
    CATALOG_ENVELOPE = error("catalog-envelope");

    /// A catalog of too many capabilities.
    ///
    /// At most 10,000 are read.
    CATALOG_LIMIT = error("catalog-limit");

    /// A capability that stands twice in one catalog, or in two that count together.
    ///
    /// Their schemas may differ, and only one could count. Remove one of the two.
    DUPLICATE_CAPABILITY = error("duplicate-capability").catalog(
        "tools:\n  - { name: a.b, inputSchema: { type: object } }\n  - { name: a.b, inputSchema: { type: object } }\n",
        3,
        "tools:\n  - { name: a.b, inputSchema: { type: object } }\n",
    );

    /// A tool whose name no call can have.
    ///
    /// A server is free to name its tools so, but names of capabilities are segments of letters, digits, `_` and `-`,
    /// joined by `.`, `/` or `:`. The tool is left out; calls of it are blocked as invalid.
    UNNAMEABLE_CAPABILITY = warning("unnameable-capability").catalog(
        "tools:\n  - { name: \"read file\", inputSchema: { type: object } }\n",
        2,
        "tools:\n  - { name: read-file, inputSchema: { type: object } }\n",
    );

    /// A part of a schema that is no JSON Schema.
    MALFORMED_SCHEMA = error("malformed-schema").schema(
        "type: object\nproperties: { n: { type: number, minimum: low } }\n",
        2,
        "type: object\nproperties: { n: { type: number, minimum: 0 } }\n",
    );

    /// A keyword of JSON Schema that is not followed.
    ///
    /// A call with a value there might break the schema, so it is refused. Say the same with other keywords.
    UNCHECKED_SCHEMA = warning("unchecked-schema").schema(
        "type: object\nunevaluatedProperties: false\n",
        2,
        "type: object\nadditionalProperties: false\n",
    );

    /// A keyword that JSON Schema does not have.
    ///
    /// It checks nothing. Keywords of your own begin with `x-`.
    UNKNOWN_SCHEMA_KEYWORD = warning("unknown-schema-keyword").schema(
        "type: object\nproperties: { n: { type: number, minimun: 0 } }\n",
        2,
        "type: object\nproperties: { n: { type: number, minimum: 0 } }\n",
    );

    /// A default that its own schema refuses.
    ///
    /// It is not used: a call without the parameter has no value for it, and tests of it are unknown.
    BAD_DEFAULT = warning("bad-default").schema(
        "type: object\nproperties: { n: { type: integer, default: many } }\n",
        2,
        "type: object\nproperties: { n: { type: integer, default: 1 } }\n",
    );

    /// Two parameters that play one role of an invocation.
    ///
    /// It would be open which of them is run. Give `x-kruxos-role` to one.
    REPEATED_ROLE = error("repeated-role");

    /// A row of a program that cannot be used, or whose cases do not come out.
    ///
    /// [The page on rows](commands.md) says what a row may hold.
    BAD_COMMAND_ROW = error("bad-command-row");
}
