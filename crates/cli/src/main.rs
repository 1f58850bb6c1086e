//! The `kruxos` command.

fn main() {}
