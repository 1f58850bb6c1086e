//! Generators of what the repository stores generated.

fn main() {}
