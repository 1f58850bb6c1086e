//! What compiling and deciding cost, beside the same policies written by hand.
//!
//! Every answer is checked before it is measured. `cargo xtask bench-report` makes the table of ratios of it.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    clippy::cast_possible_truncation,
    reason = "a bench, not the engine"
)]

use std::hint::black_box;
use std::time::{Duration, Instant};

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, BenchmarkId, Criterion, criterion_group, criterion_main};
use kruxos_policy::{Call, CallDocument, Decision, Engine, Loader, yaml};

mod support;

use support::handwritten::{Answer, Rule, Tables, decide_layered, first_that_holds};
use support::policies::{self, Entry};
use support::questions::{self, AGENT, Kind, Question};

const SIZES: [usize; 4] = [10, 1_000, 10_000, 100_000];
const LIMITS: yaml::Limits = yaml::Limits { bytes: 1 << 28, levels: 64, nodes: 100_000_000 };

fn compile(policies: &[&str]) -> Engine {
    let loader = Loader::new().limits(LIMITS);
    let loader = (0..).zip(policies).fold(loader, |loader, (at, text)| loader.policy(format!("{at}.yaml"), *text));
    let loaded = loader.load();
    let Some(set) = loaded.set else { panic!("{:#?}", loaded.diagnostics.first()) };
    Engine::new(set).unwrap()
}

fn json(question: &Question) -> String {
    format!(r#"{{"agent":"{AGENT}","capability":"{}","params":{}}}"#, question.capability, question.params)
}

/// The engine and the code by hand answer every question, and alike.
fn check(question: &Question, decision: &Decision<'_>, answer: Answer) {
    assert_eq!(decision.tier.as_str(), question.tier, "{question:?}");
    assert_eq!(&*decision.decided_by.unwrap().reason, answer.reason, "{question:?}");
    assert_eq!(answer.tier, decision.tier, "{question:?}");
    let place = decision.decided_by.unwrap().origin.position;
    assert_eq!((place.line, place.column), (answer.line, answer.column), "{question:?}");
    assert_eq!(decision.layers.map(|layer| layer.map(|own| own.tier)), answer.layers, "{question:?}");
    assert_eq!(decision.unknowns.is_empty(), answer.unknown.is_none(), "{question:?}");
}

/// Asks eight calls in turn.
fn in_turn<'c, T>(
    group: &mut BenchmarkGroup<'_, WallTime>,
    id: (&str, usize),
    calls: &[Call<'c>],
    mut ask: impl FnMut(&Call<'c>) -> T,
) {
    let mut turn = 0;
    group.bench_function(BenchmarkId::new(id.0, id.1), |bencher| {
        bencher.iter(|| {
            turn = (turn + 1) & 7;
            ask(black_box(&calls[turn]))
        });
    });
}

fn decide(criterion: &mut Criterion) {
    for size in SIZES {
        let entries = policies::entries(size);
        let text = policies::yaml(&entries);
        let engine = compile(&[&text]);
        for kind in [Kind::Exact, Kind::Glob, Kind::Conditional, Kind::Unknown] {
            compare(criterion, kind, &engine, &entries, Tables::decide);
        }
        drop(engine);
        let layered = compile(&[policies::SYSTEM, &text, policies::AGENT]);
        compare(criterion, Kind::Layered, &layered, &entries, decide_layered);
    }
}

fn compare(
    criterion: &mut Criterion,
    kind: Kind,
    engine: &Engine,
    entries: &[Entry],
    by_hand: impl Fn(&Tables, &Call<'_>) -> Answer,
) {
    let questions = kind.questions(entries.len());
    let texts: Vec<String> = questions.iter().map(json).collect();
    let documents: Vec<_> = texts.iter().map(|text| CallDocument::parse(text.as_bytes()).unwrap()).collect();
    let calls: Vec<Call<'_>> = documents.iter().map(CallDocument::call).collect();
    let tables = Tables::of(entries);
    let mut scratch = engine.scratch();
    for (question, call) in questions.iter().zip(&calls) {
        check(question, &engine.decide(&mut scratch, call), by_hand(&tables, call));
    }
    let mut group = group(criterion, "decide");
    in_turn(&mut group, (kind.name(), entries.len()), &calls, |call| engine.decide(&mut scratch, call));
    group.finish();
    let mut group = self::group(criterion, "by-hand");
    in_turn(&mut group, (kind.name(), entries.len()), &calls, |call| by_hand(&tables, call));
    group.finish();
}

/// Every entry of the largest policy is asked for once, in no order: what the memory costs.
fn anywhere(criterion: &mut Criterion) {
    for size in SIZES {
        let entries = policies::entries(size);
        let engine = compile(&[&policies::yaml(&entries)]);
        let tables = Tables::of(&entries);
        let names: Vec<&str> =
            entries.iter().map(|entry| entry.pattern.as_str()).filter(|name| !name.contains('*')).collect();
        let text = r#"{"agent":"a","capability":"a","params":{"branch":"dev","content":"x","path":"/workspace/a"}}"#;
        let params = CallDocument::parse(text.as_bytes()).unwrap();
        let call = |at: usize| Call { capability: names[at.wrapping_mul(7_368_787) % names.len()], ..params.call() };
        let (mut scratch, mut at) = (engine.scratch(), 0);
        let mut group = group(criterion, "decide");
        group.bench_function(BenchmarkId::new("anywhere", size), |bencher| {
            bencher.iter(|| {
                at += 1;
                engine.decide(&mut scratch, black_box(&call(at)))
            });
        });
        group.finish();
        let mut group = self::group(criterion, "by-hand");
        group.bench_function(BenchmarkId::new("anywhere", size), |bencher| {
            bencher.iter(|| {
                at += 1;
                tables.decide(black_box(&call(at)))
            });
        });
        group.finish();
    }
}

fn rules(criterion: &mut Criterion) {
    for kind in ["eq", "prefix", "glob", "interval"] {
        for count in [4, 100, 1_000] {
            let engine = compile(&[&policies::many_rules(kind, count)]);
            let params = questions::of_rule(kind, count);
            let text = format!(r#"{{"agent":"{AGENT}","capability":"a.b","params":{params}}}"#);
            let document = CallDocument::parse(text.as_bytes()).unwrap();
            let (call, mut scratch) = (document.call(), engine.scratch());
            let by_hand = Rule::all(kind, count);
            assert_eq!(engine.decide(&mut scratch, &call).tier.as_str(), "notify", "{kind} {count}");
            assert_eq!(first_that_holds(&by_hand, &call).as_str(), "notify", "{kind} {count}");
            let mut group = group(criterion, "rules");
            let ours = BenchmarkId::new(kind, count);
            group.bench_function(ours, |bencher| bencher.iter(|| engine.decide(&mut scratch, black_box(&call))));
            group.finish();
            let mut group = self::group(criterion, "rules-by-hand");
            let hand = BenchmarkId::new(kind, count);
            group.bench_function(hand, |bencher| bencher.iter(|| first_that_holds(&by_hand, black_box(&call))));
            group.finish();
        }
    }
}

fn compiling(criterion: &mut Criterion) {
    let mut group = group(criterion, "compile");
    group.sample_size(10);
    for size in [10, 1_000, 10_000] {
        let text = policies::yaml(&policies::entries(size));
        group.bench_function(BenchmarkId::new("entries", size), |bencher| bencher.iter(|| compile(&[&text])));
    }
    group.finish();
    let text = policies::yaml(&policies::entries(100_000));
    let start = Instant::now();
    let engine = compile(&[&text]);
    eprintln!("compile 100,000 entries, once: {:.2?}", start.elapsed());
    drop(engine);
}

fn group<'c>(criterion: &'c mut Criterion, name: &str) -> BenchmarkGroup<'c, WallTime> {
    let mut group = criterion.benchmark_group(name);
    group.warm_up_time(Duration::from_millis(200)).measurement_time(Duration::from_millis(600)).sample_size(30);
    group
}

criterion_group!(benches, decide, anywhere, rules, compiling);
criterion_main!(benches);
