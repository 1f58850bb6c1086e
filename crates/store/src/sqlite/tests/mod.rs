//! Tests of what SQLite alone promises.
