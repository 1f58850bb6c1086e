//! `kill -9` at any moment.

use std::fs;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use fastrand::Rng;
use tempfile::TempDir;

use crate::ledger::Ledger;
use crate::load::Life;
use crate::number;
use crate::process::{Home, Running};
use crate::proof::Proof;
use crate::wire::{Agent, Supervisor};

const AGENTS: [&str; 4] = ["ant", "bee", "cat", "dog"];

#[test]
fn a_gateway_killed_at_any_moment_loses_nothing() {
    let seed = number("KRUXOS_SEED", u64::from(fastrand::u32(..)));
    let kills = number("KRUXOS_KILLS", 12);
    eprintln!("KRUXOS_SEED={seed} KRUXOS_KILLS={kills}");
    let mut rng = Rng::with_seed(seed);
    let home = Home::new().configured("most-pending = 12\n");
    let mut gateway = home.start();
    let agents = AGENTS.map(|name| gateway.agent(name));
    let second = gateway.supervisor("second", &[]);
    let (ledger, mut proof) = (Mutex::new(Ledger::default()), Proof::default());
    for life in 0..kills {
        let agents = agents.each_ref().map(|agent| gateway.again(agent));
        let supervisors = [gateway.operator.clone(), gateway.supervisor_again(&second)];
        let moment = Duration::from_micros(rng.u64(1_000..600_000));
        live(life, gateway, &agents, &supervisors, &ledger, moment, &mut rng);
        what_is_left_verifies(&home);
        if rng.u8(..3) == 0 {
            die_while_starting(&home, Duration::from_micros(rng.u64(..500_000)));
        }
        gateway = home.start();
        let agents = agents.each_ref().map(|agent| gateway.again(agent));
        proof.check(&home, &gateway, &agents, &ledger.lock().unwrap());
    }
    tell(&proof, &ledger.lock().unwrap());
}

/// Loads a gateway and kills it.
fn live(
    number: u64,
    gateway: Running,
    agents: &[Agent],
    supervisors: &[Supervisor],
    ledger: &Mutex<Ledger>,
    moment: Duration,
    rng: &mut Rng,
) {
    let dying = AtomicBool::new(false);
    let life = Life { number, ledger, dying: &dying };
    thread::scope(|scope| {
        for agent in agents {
            let (life, rng) = (&life, rng.fork());
            scope.spawn(move || life.work(agent, rng));
        }
        for supervisor in supervisors {
            let (life, rng) = (&life, rng.fork());
            scope.spawn(move || life.decide(supervisor, rng));
        }
        thread::sleep(moment);
        dying.store(true, Ordering::SeqCst);
        gateway.kill();
    });
}

/// A gateway that puts in order what another left is killed as well.
fn die_while_starting(home: &Home, moment: Duration) {
    let mut child = home.spawn();
    thread::sleep(moment);
    child.kill().unwrap();
    child.wait().unwrap();
}

/// The command finds nothing wrong with a copy of what the killed gateway left.
fn what_is_left_verifies(home: &Home) {
    let copy = TempDir::new().unwrap();
    for file in ["kruxos.db", "kruxos.db-wal"] {
        let from = home.data().join(file);
        if from.exists() {
            fs::copy(&from, copy.path().join(file)).unwrap();
        }
    }
    let database = copy.path().join("kruxos.db");
    let output = home.kruxos(&["audit", "verify", "--database", database.to_str().unwrap()]);
    assert!(output.status.success(), "{output:?}");
}

fn tell(proof: &Proof, ledger: &Ledger) {
    let mut states = std::collections::BTreeMap::<&str, u32>::new();
    for request in proof.requests.values() {
        *states.entry(request["state"].as_str().unwrap()).or_default() += 1;
    }
    eprintln!(
        "{} records, {} requests {states:?}; acknowledged: {} requests, {} verdicts, {} direct calls, {} results",
        proof.trail.records.len(),
        proof.requests.len(),
        ledger.queued.len(),
        ledger.said.len(),
        ledger.direct.len(),
        ledger.answered.len(),
    );
}
