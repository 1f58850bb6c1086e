//! The table of ratios in the README, from what `cargo bench` measured last.

use std::path::{Path, PathBuf};

use serde_json::Value;

const KINDS: [&str; 6] = ["exact", "glob", "conditional", "layered", "unknown", "anywhere"];
const SIZES: [&str; 4] = ["10", "1000", "10000", "100000"];
const RULES: [&str; 4] = ["eq", "prefix", "glob", "interval"];
const COUNTS: [&str; 3] = ["4", "100", "1000"];

/// Prints the tables.
pub(crate) fn run(_: &[String]) -> Result<(), String> {
    let measured = Measured { folder: folder() };
    measured.time(["decide", "exact", "10"]).ok_or("nothing is measured yet; run `cargo bench --bench engine`")?;
    println!("| call | 100,000 entries / 10 | engine / by hand, 10 | 1,000 | 10,000 | 100,000 |");
    println!("|---|---|---|---|---|---|");
    for kind in KINDS {
        let growth = measured.ratio(["decide", kind, "100000"], ["decide", kind, "10"]);
        let by_hand = SIZES.map(|size| measured.ratio(["decide", kind, size], ["by-hand", kind, size]));
        println!("| {kind} | {growth} | {} |", by_hand.join(" | "));
    }
    println!("\n| rules of one entry on one parameter | 1,000 rules / 4 | engine / by hand, 4 | 100 | 1,000 |");
    println!("|---|---|---|---|---|");
    for kind in RULES {
        let growth = measured.ratio(["rules", kind, "1000"], ["rules", kind, "4"]);
        let by_hand = COUNTS.map(|count| measured.ratio(["rules", kind, count], ["rules-by-hand", kind, count]));
        println!("| {kind} | {growth} | {} |", by_hand.join(" | "));
    }
    let compile =
        measured.time(["compile", "entries", "10000"]).map_or_else(none, |time| format!("{:.2} s", time / 1e9));
    println!("\nParsing and compiling 10,000 entries: {compile}.");
    Ok(())
}

/// Where criterion writes.
fn folder() -> PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| crate::root().join("target"), PathBuf::from);
    std::env::var_os("CRITERION_HOME").map_or_else(|| target.join("criterion"), PathBuf::from)
}

struct Measured {
    folder: PathBuf,
}

impl Measured {
    /// Nanoseconds of one benchmark, if it was run.
    fn time(&self, name: [&str; 3]) -> Option<f64> {
        let folder = name.iter().fold(self.folder.clone(), |folder, part| folder.join(part));
        estimate(&folder.join("new").join("estimates.json"))
    }

    fn ratio(&self, upper: [&str; 3], lower: [&str; 3]) -> String {
        match (self.time(upper), self.time(lower)) {
            (Some(upper), Some(lower)) => format!("{:.2}", upper / lower),
            _ => none(),
        }
    }
}

/// The median: a busy machine disturbs it least.
fn estimate(file: &Path) -> Option<f64> {
    let estimates: Value = serde_json::from_str(&std::fs::read_to_string(file).ok()?).ok()?;
    estimates.get("median")?.get("point_estimate")?.as_f64()
}

fn none() -> String {
    "–".to_owned()
}
