//! The load script: what a release build of the gateway does on this machine, as a table for the README.
//!
//! The clients are threads of this process, on the same cores as the gateway: the figures are those of both together.

mod approvals;
mod client;
mod decisions;
mod gateway;
mod pending;
mod policies;

use std::time::Duration;

use gateway::Gateway;

/// What was measured of one thing: what it is, and the figures by name.
pub(crate) struct Row(String, Vec<(&'static str, String)>);

/// Measures everything and prints it.
pub(crate) fn run(args: &[String]) -> Result<(), String> {
    let seconds = match args {
        [] => 10,
        [flag, seconds] if flag == "--seconds" => seconds.parse().map_err(|error| format!("`{seconds}`: {error}"))?,
        _ => return Err("it takes `--seconds N` and nothing else".to_owned()),
    };
    let gateway = Gateway::start()?;
    let load_before = load_average();
    let mut rows = decisions::measure(&gateway, Duration::from_secs(seconds))?;
    rows.extend(approvals::measure(&gateway)?);
    rows.extend(pending::measure(&gateway)?);
    rows.push(policies::measure(&gateway)?);
    print(&rows);
    println!("\nload average before {load_before}, after {}; {}", load_average(), machine());
    Ok(())
}

fn print(rows: &[Row]) {
    println!("| what | figures |\n|---|---|");
    for Row(what, figures) in rows {
        let figures: Vec<String> = figures.iter().map(|(name, figure)| format!("{name} {figure}")).collect();
        println!("| {what} | {} |", figures.join(", "));
    }
}

fn load_average() -> String {
    let text = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split(' ').next().unwrap_or_default().to_owned()
}

fn machine() -> String {
    let cores = std::thread::available_parallelism().map_or(0, std::num::NonZero::get);
    let text = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = text.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    format!("{cores} cores, {}", model.map_or("an unknown processor", |(_, name)| name))
}

/// Of sorted durations, the one that this part of them does not exceed.
fn quantile(sorted: &[Duration], part: f64) -> Duration {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a place in a list in memory")]
    let at = (sorted.len() as f64 * part) as usize;
    sorted.get(at.min(sorted.len().saturating_sub(1))).copied().unwrap_or_default()
}

/// The median, the slow end, and how many there were.
fn spread(mut took: Vec<Duration>) -> Vec<(&'static str, String)> {
    took.sort_unstable();
    let figure = |part| short(quantile(&took, part));
    vec![("p50", figure(0.5)), ("p99", figure(0.99)), ("of", took.len().to_string())]
}

fn short(took: Duration) -> String {
    match took.as_micros() {
        0..1_000 => format!("{} µs", took.as_micros()),
        1_000..100_000 => format!("{:.1} ms", took.as_secs_f64() * 1e3),
        _ => format!("{:.0} ms", took.as_secs_f64() * 1e3),
    }
}
