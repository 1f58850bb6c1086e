//! The names that need a parser, and the cargo feature that brings it: a build without one says so by name.

/// A cargo feature with the names it brings.
struct Feature {
    name: &'static str,
    built_in: bool,
    functions: &'static [&'static str],
    operators: &'static [&'static str],
}

const FEATURES: &[Feature] = &[
    Feature {
        name: "url",
        built_in: cfg!(feature = "url"),
        functions: &["url", "host", "scheme", "port", "host_in", "host_within"],
        operators: &["host_in", "host_within"],
    },
    Feature {
        name: "sql",
        built_in: cfg!(feature = "sql"),
        functions: &["sql", "reads_only", "tables", "statements"],
        operators: &["reads_only"],
    },
    Feature {
        name: "shell",
        built_in: cfg!(feature = "shell"),
        functions: &["shell", "runs_only", "runs_any", "programs", "writes"],
        operators: &["runs_only", "runs_any"],
    },
];

fn absent() -> impl Iterator<Item = &'static Feature> {
    FEATURES.iter().filter(|feature| !feature.built_in)
}

/// The feature that a function needs and this build lacks.
pub(crate) fn absent_function(name: &str) -> Option<&'static str> {
    absent().find(|feature| feature.functions.contains(&name)).map(|feature| feature.name)
}

/// The feature that an operator of map conditions needs and this build lacks.
pub(crate) fn absent_operator(name: &str) -> Option<&'static str> {
    absent().find(|feature| feature.operators.contains(&name)).map(|feature| feature.name)
}

/// The operators of map conditions that this build lacks.
pub(crate) fn absent_operators() -> impl Iterator<Item = &'static str> {
    absent().flat_map(|feature| feature.operators.iter().copied())
}
