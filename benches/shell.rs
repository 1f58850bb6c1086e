//! What it costs to decide on a shell command, from its text to the answer.
#![allow(missing_docs, reason = "criterion's macros make public functions")]
#![allow(clippy::expect_used, reason = "a bench that cannot start")]

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use kruxos_policy::shell::{List, Script};

const COMMANDS: &[&str] = &[
    "git status && cargo test 2>&1 | tail -3",
    "ls",
    "find . -name '*.rs' | xargs grep -n main | head",
    "for f in src/*.rs; do timeout 5 bash -c 'wc -l \"$0\"' \"$f\"; done",
];

fn commands(criterion: &mut Criterion) {
    let list = List::read(["git status", "cargo test", "tail", "ls", "find", "grep"]).expect("the list is one");
    let mut group = criterion.benchmark_group("runs_only");
    for command in COMMANDS {
        group.bench_function(*command, |bencher| {
            bencher.iter(|| list.runs_only(&Script::of_text(black_box(command))));
        });
    }
    group.finish();
}

criterion_group!(benches, commands);
criterion_main!(benches);
