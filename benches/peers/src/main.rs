//! The same policies and calls put to this engine and to its peers, printed as one table of ratios.

mod peer;
#[path = "../../support/policies.rs"]
#[allow(dead_code, reason = "the benches of the engine use the rest")]
mod policies;
#[path = "../../support/questions.rs"]
#[allow(dead_code, reason = "the benches of the engine use the rest")]
mod questions;

use std::hint::black_box;
use std::time::{Duration, Instant};

use peer::{Peer, loaders};
use questions::{Kind, Question};

const SIZES: [usize; 3] = [10, 1_000, 10_000];
const KINDS: [Kind; 4] = [Kind::Exact, Kind::Glob, Kind::Conditional, Kind::Unknown];
/// How long one way of asking is measured.
const PATIENCE: Duration = Duration::from_millis(600);
/// Past this a policy is not loaded again with more entries.
const LOADING: Duration = Duration::from_secs(60);

fn main() {
    println!("| kind of call | entries | {} |", loaders().map(|(name, _)| name).join(" | "));
    println!("|---|---|{}", "---|".repeat(loaders().len()));
    for kind in KINDS {
        for size in SIZES {
            row(kind, size);
        }
    }
    for size in SIZES {
        loading(size);
    }
}

/// One kind of call to policies of one size: each peer's time as a multiple of ours, and how many answers are ours.
fn row(kind: Kind, size: usize) {
    let entries = policies::entries(size);
    let questions = kind.questions(size);
    let mut ours = None;
    let cells = loaders().map(|(_, load)| {
        let Some(mut peer) = load(&entries) else { return "–".to_owned() };
        if !peer.takes(kind) {
            return "–".to_owned();
        }
        peer.prepare(&questions);
        let same = (0..).zip(&questions).filter(|(at, question)| peer.agrees(peer.ask(*at), question.tier)).count();
        let time = fastest(peer.as_ref(), &questions);
        let first = *ours.get_or_insert(time);
        match same == questions.len() {
            true => times(time / first),
            false => format!("{} ({same}/8 answers)", times(time / first)),
        }
    });
    println!("| {} | {size} | {} |", kind.name(), cells.join(" | "));
}

/// Loading and compiling, as a multiple of ours.
fn loading(size: usize) {
    let entries = policies::entries(size);
    let mut ours = None;
    let cells = loaders().map(|(_, load)| {
        let mut best = f64::MAX;
        let began = Instant::now();
        for _ in 0..3 {
            let start = Instant::now();
            drop(black_box(load(&entries)));
            best = best.min(start.elapsed().as_secs_f64());
            if began.elapsed() > LOADING {
                break;
            }
        }
        times(best / *ours.get_or_insert(best))
    });
    println!("| load | {size} | {} |", cells.join(" | "));
}

/// The fastest of many turns through all questions, in nanoseconds a call: what disturbs a machine only ever adds.
fn fastest(peer: &dyn Peer, questions: &[Question]) -> f64 {
    let mut best = f64::MAX;
    let began = Instant::now();
    let mut turns = 1_u32;
    while began.elapsed() < PATIENCE {
        let start = Instant::now();
        for _ in 0..turns {
            for at in 0..questions.len() {
                black_box(peer.ask(black_box(at)));
            }
        }
        let spent = start.elapsed();
        best = best.min(spent.as_nanos() as f64 / f64::from(turns) / questions.len() as f64);
        if spent < Duration::from_micros(200) {
            turns *= 2;
        }
    }
    best
}

fn times(ratio: f64) -> String {
    match ratio {
        ratio if ratio < 10.0 => format!("{ratio:.1}"),
        ratio => format!("{ratio:.0}"),
    }
}
