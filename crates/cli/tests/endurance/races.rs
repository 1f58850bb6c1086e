//! Two supervisors decide at the same moment.

use std::sync::Barrier;
use std::thread;

use fastrand::Rng;
use serde_json::{Value, json};

use crate::process::Home;
use crate::wire::{Reply, Supervisor};
use crate::{eventually, number};

#[test]
fn of_two_simultaneous_verdicts_exactly_one_wins() {
    let (races, seed) = (number("KRUXOS_RACES", 100), number("KRUXOS_SEED", u64::from(fastrand::u32(..))));
    eprintln!("KRUXOS_SEED={seed} KRUXOS_RACES={races}");
    let mut rng = Rng::with_seed(seed);
    let home = Home::new();
    let gateway = home.start();
    let agent = gateway.agent("my-agent");
    let supervisors = [gateway.operator.clone(), gateway.supervisor("second", &[])];
    let mut accepted = 0;
    for race in 0..races {
        let id = agent.queue("process.run", &json!({ "command": "echo", "args": [race.to_string()] }));
        let verbs = [0, 1].map(|_| if rng.bool() { "approve" } else { "reject" });
        let replies = at_once(&supervisors, &id, verbs);
        let winner = usize::from(replies[1].status == 200);
        assert_eq!((replies[winner].status, replies[1 - winner].status), (200, 409), "{replies:?}");
        the_loser_is_told(&replies[1 - winner], &supervisors[winner].name, verbs[winner]);
        all_agree(&supervisors[0], &id, &supervisors[winner].name, verbs[winner]);
        accepted += u64::from(verbs[winner] == "approve");
    }
    eprintln!("of {races} races {accepted} were won by who approved");
}

/// Both say their word at the same moment.
fn at_once(supervisors: &[Supervisor; 2], id: &str, verbs: [&str; 2]) -> [Reply; 2] {
    let start = Barrier::new(2);
    let say = |own: usize| {
        start.wait();
        supervisors[own].say(verbs[own], id, &reason(verbs[own], id))
    };
    thread::scope(|scope| {
        let second = scope.spawn(|| say(1));
        [say(0), second.join().unwrap()]
    })
}

fn reason(verb: &str, id: &str) -> String {
    format!("I {verb} {id}")
}

const fn state(verb: &str) -> &'static str {
    if verb.len() == "approve".len() { "approved" } else { "rejected" }
}

fn the_loser_is_told(reply: &Reply, by: &str, verb: &str) {
    let error = &reply.json()["error"];
    let winner = &error["winner"];
    assert_eq!((&winner["state"], &winner["by"]), (&json!(state(verb)), &json!(by)), "{error}");
    assert!(winner["reason"].as_str().unwrap().starts_with("I "), "{error}");
    assert!(winner["at"].is_string(), "{error}");
    assert!(error["message"].as_str().unwrap().contains(by), "{error}");
}

/// The queue, the history and the winner's answer say the same.
fn all_agree(supervisor: &Supervisor, id: &str, by: &str, verb: &str) {
    let ended = if verb == "approve" { "succeeded" } else { "rejected" };
    let (document, _) = eventually("the request ends", || {
        let document = supervisor.get(&format!("/api/approvals/{id}"));
        (document["request"]["state"] == ended).then_some(document)
    });
    let verdict = &document["request"]["verdict"];
    assert_eq!((&verdict["state"], &verdict["by"]), (&json!(state(verb)), &json!(by)), "{document}");
    assert_eq!(verdict["reason"], reason(verb, id), "{document}");
    let history = document["history"].as_array().unwrap();
    let verdicts: Vec<&Value> = history.iter().filter(|record| record["event"] == "verdict").collect();
    assert_eq!(verdicts.len(), 1, "{document}");
    assert_eq!((&verdicts[0]["outcome"], &verdicts[0]["by"]), (&verdict["state"], &verdict["by"]), "{document}");
}
