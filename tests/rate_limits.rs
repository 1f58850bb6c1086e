//! The counters in memory never admit more than a limit says, whatever the clock does.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[path = "generate/cases.rs"]
mod cases;

use cases::cases;
use kruxos_policy::counters::{CounterStore, MemoryCounters, Taken};
use kruxos_policy::outcome::Origin;
use kruxos_policy::rate_limit::{Key, LimitUse, Per, RateLimit};
use kruxos_policy::source::{Position, Sources, Span};
use kruxos_policy::{CallDocument, Engine, Layer, Loader, Tier};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

fn limit(id: u32, max: u32, window_ms: u64, on_exceed: Tier) -> RateLimit {
    let span = Span::new(Sources::default().add("p.yaml", ""), 0, 0);
    let origin = Origin {
        policy: "p".into(),
        layer: Layer::System,
        capability: None,
        rule: None,
        id: None,
        file: "p.yaml".into(),
        position: Position { line: 1, column: 1 },
        span,
    };
    RateLimit { identity: format!("{id}").into(), max, window_ms, per: Per::Agent, on_exceed, origin }
}

fn limits() -> Vec<RateLimit> {
    vec![
        limit(0, 1, 10, Tier::Blocked),
        limit(1, 3, 25, Tier::ApprovalRequired),
        limit(2, 2, 7, Tier::Blocked),
        limit(3, 5, 60, Tier::ApprovalRequired),
    ]
}

/// One call: the limits it falls under, whose it is, how far the clock went.
#[derive(Clone, Debug)]
struct Take {
    limits: Vec<usize>,
    key: Option<&'static str>,
    clock: i64,
}

fn takes() -> impl Strategy<Value = Vec<Take>> {
    let step = prop_oneof![4 => 0_i64..5, 1 => Just(0), 1 => 5_i64..40, 1 => -50_i64..0];
    let limits = prop::sample::subsequence(vec![0_usize, 1, 2, 3], 1..4);
    let key = select(&[Some("a"), Some("a"), Some("b"), None][..]);
    vec((limits, key, step), 1..60).prop_map(|takes| {
        let mut clock = 1_000;
        takes
            .into_iter()
            .map(|(limits, key, step)| {
                clock += step;
                Take { limits, key, clock }
            })
            .collect()
    })
}

fn uses<'l>(limits: &'l [RateLimit], take: &Take) -> Vec<LimitUse<'l>> {
    take.limits.iter().map(|at| LimitUse { limit: &limits[*at], key: take.key.map(Key::text) }).collect()
}

/// The definition: every admitted call with its limit, key and time, looked through from the beginning.
#[derive(Default)]
struct Model {
    admitted: Vec<(std::sync::Arc<str>, &'static str, i64)>,
    latest: i64,
}

impl Model {
    /// The times of the calls that still count.
    fn in_window(&self, limit: &RateLimit, key: &str, now: i64) -> Vec<i64> {
        let counts = |(id, own, time): &&(std::sync::Arc<str>, &str, i64)| {
            *id == limit.identity && *own == key && now - *time < limit.window_ms as i64
        };
        self.admitted.iter().filter(counts).map(|(.., time)| *time).collect()
    }

    /// Milliseconds until there is room; `Some(None)` when waiting will not help, `None` when there is room.
    fn wait(&self, limit: &RateLimit, key: Option<&str>, now: i64) -> Option<Option<u64>> {
        let Some(key) = key else { return Some(None) };
        let times = self.in_window(limit, key, now);
        let oldest = times.iter().min()?;
        let full = times.len() >= limit.max as usize;
        full.then_some(Some((oldest + limit.window_ms as i64 - now) as u64))
    }

    fn take(&mut self, limits: &[RateLimit], take: &Take) -> Taken {
        self.latest = self.latest.max(take.clock);
        let now = self.latest;
        let asked = take.limits.iter().map(|at| self.wait(&limits[*at], take.key, now)).enumerate();
        let spent: Vec<(usize, Option<u64>)> = asked.filter_map(|(at, wait)| Some((at, wait?))).collect();
        let on_exceed = |at: usize| limits[take.limits[at]].on_exceed;
        let strictest = spent.iter().map(|(at, _)| on_exceed(*at)).max();
        if let Some((limit, retry_after_ms)) = spent.into_iter().find(|(at, _)| Some(on_exceed(*at)) == strictest) {
            return Taken::Exceeded { limit, retry_after_ms };
        }
        let key = take.key.expect("without a key every limit is spent");
        self.admitted.extend(take.limits.iter().map(|at| (limits[*at].identity.clone(), key, now)));
        Taken::Admitted
    }
}

proptest! {
    #![proptest_config(cases(2_000))]

    #[test]
    fn no_window_ever_holds_more_than_max(takes in takes()) {
        let (limits, store, mut latest) = (limits(), MemoryCounters::default(), i64::MIN);
        let mut admitted: Vec<(usize, Option<&str>, i64)> = Vec::new();
        for take in &takes {
            latest = latest.max(take.clock);
            if store.take(&uses(&limits, take), take.clock) == Taken::Admitted {
                admitted.extend(take.limits.iter().map(|at| (*at, take.key, latest)));
            }
        }
        for (at, key, end) in &admitted {
            let begin = end - limits[*at].window_ms as i64;
            let within = admitted.iter().filter(|(own, whose, time)| (own, whose) == (at, key) && *time > begin && time <= end);
            prop_assert!(within.count() <= limits[*at].max as usize, "limit {at} of {key:?} in the window to {end}");
        }
    }

    #[test]
    fn counters_answer_as_the_definition_does(takes in takes()) {
        let (limits, store, mut model) = (limits(), MemoryCounters::default(), Model::default());
        for take in &takes {
            let taken = store.take(&uses(&limits, take), take.clock);
            prop_assert_eq!(taken, model.take(&limits, take), "{:?}", take);
        }
    }

    #[test]
    fn waiting_as_long_as_told_helps_and_a_millisecond_less_does_not(takes in takes()) {
        let limits = limits();
        for (at, take) in takes.iter().enumerate() {
            let Taken::Exceeded { limit, retry_after_ms: Some(wait) } = replay(&limits, &takes[..=at]) else { continue };
            let latest = takes[..=at].iter().map(|take| take.clock).max().unwrap_or_default();
            let alone = |clock| Take { limits: vec![take.limits[limit]], clock, ..take.clone() };
            let then = |clock| replay(&limits, &[&takes[..at], &[alone(clock)]].concat());
            prop_assert_eq!(then(latest + wait as i64), Taken::Admitted);
            let sooner = then(latest + wait as i64 - 1) != Taken::Admitted;
            prop_assert!(sooner, "{wait} was too long");
        }
    }

    #[test]
    fn a_call_that_is_refused_counts_nowhere(takes in takes()) {
        let limits = limits();
        let refused = |at: &usize| replay(&limits, &takes[..=*at]) != Taken::Admitted;
        let last = takes.len() - 1;
        if let Some(without) = (0..last).find(refused) {
            // the clock went on all the same
            let latest = takes.iter().map(|take| take.clock).max().unwrap_or_default();
            let end = Take { clock: latest, ..takes[last].clone() };
            let with: Vec<Take> = takes[..last].iter().cloned().chain([end.clone()]).collect();
            let mut left_out = with.clone();
            let gone = left_out.remove(without);
            if left_out[..without].iter().any(|take| take.clock >= gone.clock) {
                prop_assert_eq!(replay(&limits, &with), replay(&limits, &left_out));
            }
        }
    }
}

/// What the last of these calls gets from a new store.
fn replay(limits: &[RateLimit], takes: &[Take]) -> Taken {
    let store = MemoryCounters::default();
    let taken: Vec<Taken> = takes.iter().map(|take| store.take(&uses(limits, take), take.clock)).collect();
    taken.into_iter().last().expect("at least one call")
}

#[test]
fn a_clock_at_its_ends_is_no_trouble() {
    let limits = [limit(0, 1, u64::MAX, Tier::Blocked), limit(1, 2, 1, Tier::Blocked)];
    let store = MemoryCounters::default();
    for now in [i64::MIN, i64::MIN + 1, -1, 0, 1, i64::MAX - 1, i64::MAX, i64::MIN, i64::MAX] {
        let take = Take { limits: vec![0, 1], key: Some("a"), clock: now };
        store.take(&uses(&limits, &take), now);
    }
    let last = Take { limits: vec![0], key: Some("a"), clock: i64::MAX };
    assert!(matches!(store.take(&uses(&limits, &last), i64::MAX), Taken::Exceeded { .. }));
}

#[test]
fn forgetting_idle_keys_forgets_no_call_that_counts() {
    let limits = [limit(0, 1, 1_000_000, Tier::Blocked), limit(1, 1, 10, Tier::Blocked)];
    let store = MemoryCounters::default();
    let take = |limit: usize, key: String, now: i64| {
        store.take(&[LimitUse { limit: &limits[limit], key: Some(Key::text(&key)) }], now)
    };
    assert_eq!(take(0, "kept".to_owned(), 0), Taken::Admitted);
    for now in 0..5_000 {
        assert_eq!(take(1, format!("agent-{now}"), now), Taken::Admitted);
    }
    assert_eq!(take(0, "kept".to_owned(), 5_000), Taken::Exceeded { limit: 0, retry_after_ms: Some(995_000) });
}

#[test]
fn keys_are_counted_apart_and_calls_of_one_instant_together() {
    let limits = [limit(0, 2, 10, Tier::Blocked)];
    let store = MemoryCounters::default();
    let take = |key| store.take(&[LimitUse { limit: &limits[0], key: Some(Key::text(key)) }], 5);
    assert_eq!([take("a"), take("a"), take("b")], [Taken::Admitted, Taken::Admitted, Taken::Admitted]);
    assert_eq!(take("a"), Taken::Exceeded { limit: 0, retry_after_ms: Some(10) });
    assert_eq!(take("b"), Taken::Admitted);
}

/// What each of these calls gets from one store, decided by these policies.
fn admitted(store: &MemoryCounters, policies: &[&str], calls: &[&str]) -> Vec<Tier> {
    let loader =
        policies.iter().enumerate().fold(Loader::new(), |loader, (at, text)| loader.policy(format!("{at}"), *text));
    let loaded = loader.load();
    let engine = Engine::new(loaded.set.unwrap_or_else(|| panic!("{:#?}", loaded.diagnostics))).unwrap();
    let mut scratch = engine.scratch();
    let decide = |call: &&str| {
        let document = CallDocument::parse(call.as_bytes()).unwrap();
        let mut decision = engine.decide(&mut scratch, &document.call());
        decision.admit(store, 1_000);
        decision.tier
    };
    calls.iter().map(decide).collect()
}

fn limited(limits: &str) -> String {
    format!("name: limited\nversion: '1'\ncapabilities:\n  a.b:\n    tier: notify\n    rate_limit: {limits}\n")
}

const PLAIN: &str = r#"{"agent":"a","capability":"a.b","params":{}}"#;

#[test]
fn a_swap_with_unrelated_files_keeps_what_was_counted() {
    let store = MemoryCounters::default();
    let (before, after) =
        (limited("{ max: 2, window: 1h }"), limited("{ max: 2, window: 1h }") + "  z.z: { tier: notify }\n");
    let other =
        "name: another\nversion: '1'\ncapabilities:\n  x.y: { tier: notify, rate_limit: { max: 1, window: 1h } }\n";
    assert_eq!(admitted(&store, &[&before], &[PLAIN, PLAIN]), [Tier::Notify, Tier::Notify]);
    assert_eq!(admitted(&store, &[other, &after], &[PLAIN]), [Tier::Blocked]);
    let rules = "name: limited\nversion: '1'\ncapabilities:\n  a.b:\n    rules:\n      - { condition: { x_eq: 1 }, tier: notify }\n      - { condition: 'true', tier: notify, rate_limit: { max: 1, window: 1h } }\n";
    let fewer = rules.replace("      - { condition: { x_eq: 1 }, tier: notify }\n", "");
    assert_eq!(admitted(&store, &[rules], &[r#"{"agent":"a","capability":"a.b","params":{"x":2}}"#]), [Tier::Notify]);
    assert_eq!(admitted(&store, &[&fewer], &[PLAIN]), [Tier::Blocked]);
}

#[test]
fn a_call_must_pass_each_limit_of_a_list_or_is_counted_by_none() {
    let store = MemoryCounters::default();
    let policy = limited("[{ max: 3, window: 1h, per: global, on_exceed: approval_required }, { max: 1, window: 1m }]");
    let other = PLAIN.replace("\"a\"", "\"b\"");
    let third = PLAIN.replace("\"a\"", "\"c\"");
    let calls =
        [PLAIN, PLAIN, PLAIN, other.as_str(), third.as_str(), r#"{"agent":"d","capability":"a.b","params":{}}"#];
    use Tier::{ApprovalRequired, Blocked, Notify};
    assert_eq!(admitted(&store, &[&policy], &calls), [Notify, Blocked, Blocked, Notify, Notify, ApprovalRequired]);
}

#[test]
fn keys_compare_as_values_do() {
    let with = |params: &str| format!(r#"{{"agent":"a","capability":"a.b","params":{params}}}"#);
    for (per, counted, same, other) in [
        ("params.k", r#"{"k":1}"#, r#"{"k":1.0}"#, r#"{"k":"1"}"#),
        ("'[params.k, params.l]'", r#"{"k":"a","l":"bc"}"#, r#"{"k":"a","l":"bc"}"#, r#"{"k":"ab","l":"c"}"#),
        ("[params.k, params.l]", r#"{"k":1,"l":2}"#, r#"{"l":2.0,"k":1}"#, r#"{"k":2,"l":1}"#),
        ("[agent, capability]", r#"{"k":1}"#, "{}", ""),
        ("params.k", r#"{"k":{"x":1,"y":2}}"#, r#"{"k":{"y":2.0,"x":1}}"#, r#"{"k":{"y":1,"x":2}}"#),
    ] {
        let (policy, store) = (limited(&format!("{{ max: 1, window: 1h, per: {per} }}")), MemoryCounters::default());
        let mut calls = vec![with(counted), with(same)];
        let mut expected = vec![Tier::Notify, Tier::Blocked];
        if !other.is_empty() {
            calls.push(with(other));
            expected.push(Tier::Notify);
        }
        let calls: Vec<&str> = calls.iter().map(String::as_str).collect();
        assert_eq!(admitted(&store, &[&policy], &calls), expected, "{per}");
    }
    let unknown = limited("{ max: 9, window: 1h, per: [agent, params.k] }");
    assert_eq!(admitted(&MemoryCounters::default(), &[&unknown], &[PLAIN]), [Tier::Blocked]);
}

#[test]
fn a_key_that_cannot_be_told_makes_the_decision_itself_stricter() {
    use Tier::{ApprovalRequired, Blocked, Notify};
    let given = r#"{"agent":"a","capability":"a.b","params":{"k":1}}"#;
    let by_k = "{ max: 9, window: 1h, per: params.k }";
    let waits = "{ max: 5, window: 1m, per: params.k, on_exceed: approval_required }";
    let told = "`k` is not given; send `params.k`. Until then the limit of";
    for (limits, call, tier, reason, unknowns, uses) in [
        (by_k.to_owned(), given, Notify, "`a.b` is notify in `limited`".to_owned(), 0, 1),
        (by_k.to_owned(), PLAIN, Blocked, format!("{told} 9 calls in 1h counts as spent"), 1, 0),
        (waits.to_owned(), PLAIN, ApprovalRequired, format!("{told} 5 calls in 1m counts as spent"), 1, 1),
        (format!("[{waits}, {by_k}]"), PLAIN, Blocked, format!("{told} 9 calls in 1h counts as spent"), 2, 0),
        (
            "{ max: 9, window: 1h, per: agent }".to_owned(),
            PLAIN,
            Notify,
            "`a.b` is notify in `limited`".to_owned(),
            0,
            1,
        ),
    ] {
        let loaded = Loader::new().policy("p", limited(&limits)).load();
        let engine = Engine::new(loaded.set.unwrap()).unwrap();
        let document = CallDocument::parse(call.as_bytes()).unwrap();
        let decision = engine.decide(&mut engine.scratch(), &document.call());
        assert_eq!((decision.tier, &*decision.reason()), (tier, reason.as_str()), "{limits}");
        assert_eq!((decision.unknowns.len(), decision.rate_limits.len()), (unknowns, uses), "{limits}");
        for unknown in &decision.unknowns {
            assert!(unknown.is_key && unknown.test == "params.k" && unknown.position.line == 6, "{unknown:?}");
        }
    }
}

#[test]
fn lists_of_limits_are_bounded_and_their_repetitions_told() {
    let codes = |limits: &str| {
        let loaded = Loader::new().policy("p", limited(limits)).load();
        loaded.diagnostics.iter().map(|found| found.code).collect::<Vec<_>>()
    };
    assert_eq!(codes("[]"), ["empty-list"]);
    assert_eq!(codes("[{ max: 1, window: 1h }, { max: 1, window: 60m, per: agent }]"), ["duplicate-limit"]);
    assert_eq!(codes(&format!("[{}]", ["{ max: 1, window: 1h }"; 9].join(", "))), ["out-of-range"]);
    assert_eq!(
        codes("[{ max: 1, window: 1h }, { max: 2, window: 1h, on_exceed: notify }]"),
        ["on-exceed-not-stricter"]
    );
    assert_eq!(codes("{ max: 1, window: 1h, per: [agent, prams.k] }"), ["unknown-variable"]);
}
