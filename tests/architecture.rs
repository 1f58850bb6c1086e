//! The architecture, held: what may not be there, the order of the stages, and sizes that may only shrink.
//!
//! Everything is read from the source text, without a parser of Rust; each check is shown to fail on a bad sample.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::string_slice)]

#[path = "architecture/absences.rs"]
mod absences;
#[path = "architecture/circles.rs"]
mod circles;
#[path = "architecture/files.rs"]
mod files;
#[path = "architecture/packages.rs"]
mod packages;
#[path = "architecture/ratchets.rs"]
mod ratchets;
#[path = "architecture/reading.rs"]
mod reading;
#[path = "architecture/stages.rs"]
mod stages;
