//! Every action in every state, and what no sequence of actions can bring about.

use jiff::SignedDuration;
use proptest::prelude::*;

use super::*;
use crate::call::Params;
use crate::decision::DecisionFacts;
use crate::request::{NewRequest, RequestId};

fn at(seconds: i64) -> Timestamp {
    "2026-03-29T14:20:00Z".parse::<Timestamp>().unwrap() + SignedDuration::from_secs(seconds)
}

fn params(text: &str) -> Params {
    serde_json::from_str(text).unwrap()
}

/// A request that lapses after a minute.
fn request(quorum: u32, approvers: &[&str]) -> Request {
    let decision = DecisionFacts {
        tier: kruxos_policy::Tier::ApprovalRequired,
        reason: "review".to_owned(),
        rule: None,
        unknowns: Vec::new(),
        policy_digest: "sha256:policies".to_owned(),
    };
    let new = NewRequest {
        agent: "agent".to_owned(),
        session: Some("s_1".to_owned()),
        capability: "process.run".to_owned(),
        params: params(r#"{"command":"deploy","token":"secret"}"#),
        audited_params: params(r#"{"command":"deploy","token":"[redacted]"}"#),
        decision,
        requested_at: at(0),
        expires_at: Some(at(60)),
        approvers: approvers.iter().map(|name| (*name).to_owned()).collect(),
        quorum,
        limits: Vec::new(),
    };
    Request::new(RequestId(1), new)
}

fn supervisor(name: &str, groups: &[&str]) -> Supervisor {
    Supervisor { name: name.to_owned(), groups: groups.iter().map(|name| (*name).to_owned()).collect() }
}

fn approve(name: &str) -> Action {
    Action::Approve { by: supervisor(name, &[]), reason: Some("yes".to_owned()) }
}

fn reject(name: &str) -> Action {
    Action::Reject { by: supervisor(name, &[]), reason: Some("no".to_owned()) }
}

fn succeed() -> Action {
    Action::Succeed { data: JsonText::parse(r#"{"exit_code":0}"#).unwrap(), summary: "exit code 0".to_owned() }
}

fn fail() -> Action {
    Action::Fail { reason: "it does not exist".to_owned() }
}

fn interrupt() -> Action {
    Action::Interrupt { reason: "the gateway stopped".to_owned() }
}

/// Every kind of action, by the word it has in the table; expiring comes when it is due.
fn actions() -> [(&'static str, Action, Timestamp); 8] {
    [
        ("approve", approve("zoe"), at(1)),
        ("reject", reject("zoe"), at(1)),
        ("cancel", Action::Cancel, at(1)),
        ("expire", Action::Expire, at(60)),
        ("begin", Action::Begin, at(1)),
        ("succeed", succeed(), at(1)),
        ("fail", fail(), at(1)),
        ("interrupt", interrupt(), at(1)),
    ]
}

fn walked(actions: &[(Action, Timestamp)]) -> Request {
    actions.iter().fold(request(1, &[]), |request, (action, at)| step(&request, action.clone(), *at).unwrap().request)
}

/// A request in a state, as it comes there.
fn in_state(state: State) -> Request {
    let (yes, begin) = ((approve("anna"), at(0)), (Action::Begin, at(0)));
    let request = match state {
        State::Pending => walked(&[]),
        State::Approved => walked(&[yes]),
        State::Executing => walked(&[yes, begin]),
        State::Succeeded => walked(&[yes, begin, (succeed(), at(0))]),
        State::Failed => walked(&[yes, begin, (fail(), at(0))]),
        State::Interrupted => walked(&[yes, begin, (interrupt(), at(0))]),
        State::Rejected => walked(&[(reject("anna"), at(0))]),
        State::Expired => walked(&[(Action::Expire, at(60))]),
        State::Cancelled => walked(&[(Action::Cancel, at(0))]),
    };
    assert_eq!(request.state, state);
    request
}

/// What comes of each action in each state: the next state, or the refusal.
const TABLE: &str = "
             approve   reject    cancel     expire    begin       succeed       fail          interrupt
pending      approved  rejected  cancelled  expired   NotApproved NotExecuting  NotExecuting  NotExecuting
approved     Decided   Decided   Decided    Decided   executing   NotExecuting  failed        NotExecuting
executing    Decided   Decided   Decided    Decided   Decided     succeeded     failed        interrupted
succeeded    Decided   Decided   Decided    Decided   Decided     NotExecuting  NotExecuting  NotExecuting
failed       Decided   Decided   Decided    Decided   Decided     NotExecuting  NotExecuting  NotExecuting
interrupted  Decided   Decided   Decided    Decided   Decided     NotExecuting  NotExecuting  NotExecuting
rejected     Decided   Decided   Decided    Decided   Decided     NotExecuting  NotExecuting  NotExecuting
expired      Decided   Decided   Decided    Decided   Decided     NotExecuting  NotExecuting  NotExecuting
cancelled    Decided   Decided   Decided    Decided   Decided     NotExecuting  NotExecuting  NotExecuting
";

fn word(result: &Result<Stepped, Refusal>) -> String {
    match result {
        Ok(stepped) => stepped.request.state.to_string(),
        Err(refusal) => format!("{refusal:?}").split([' ', '{']).next().unwrap().to_owned(),
    }
}

#[test]
fn every_action_in_every_state_has_one_outcome() {
    let mut lines = TABLE.lines().filter(|line| !line.is_empty());
    let names: Vec<&str> = lines.next().unwrap().split_whitespace().collect();
    assert_eq!(names, actions().map(|(name, ..)| name));
    let mut states = Vec::new();
    for line in lines {
        let mut cells = line.split_whitespace();
        let state: State = cells.next().unwrap().parse().unwrap();
        let found: Vec<String> =
            actions().map(|(_, action, at)| word(&step(&in_state(state), action, at))).into_iter().collect();
        assert_eq!(found, cells.collect::<Vec<_>>(), "{state}");
        states.push(state);
    }
    assert_eq!(states, State::ALL);
}

#[test]
fn what_comes_after_a_decision_is_told_who_decided() {
    for state in State::ALL.into_iter().filter(|state| *state != State::Pending) {
        let request = in_state(state);
        let told = step(&request, approve("zoe"), at(1)).unwrap_err();
        assert_eq!(told, Refusal::Decided { state, winner: request.verdict.unwrap() });
    }
    let told = step(&in_state(State::Rejected), approve("zoe"), at(1)).unwrap_err();
    assert_eq!(told.to_string(), "already rejected by anna at 2026-03-29T14:20:00Z: no");
}

#[test]
fn nothing_lapses_before_its_time_and_nobody_decides_behind_it() {
    let request = request(1, &[]);
    assert_eq!(step(&request, Action::Expire, at(59)), Err(Refusal::NotDue));
    for late in [at(60), at(61)] {
        assert_eq!(step(&request, approve("anna"), late), Err(Refusal::Lapsed { expires_at: at(60) }));
        assert_eq!(step(&request, reject("anna"), late), Err(Refusal::Lapsed { expires_at: at(60) }));
    }
    let forever = Request { expires_at: None, ..request };
    assert_eq!(step(&forever, Action::Expire, Timestamp::MAX), Err(Refusal::NotDue));
    assert!(step(&forever, approve("anna"), Timestamp::MAX).is_ok());
}

#[test]
fn approvers_are_names_or_groups_and_nobody_else() {
    let request = request(1, &["ops", "anna"]);
    for (name, groups, allowed) in [
        ("anna", &[][..], true),
        ("bob", &["ops"], true),
        ("bob", &["dev", "ops"], true),
        ("bob", &["dev", "anna"], true),
        ("bob", &[], false),
        ("Anna", &[], false),
        ("bob", &["op"], false),
        ("agent", &[], false),
        ("", &[""], false),
    ] {
        let by = supervisor(name, groups);
        let approved = step(&request, Action::Approve { by: by.clone(), reason: None }, at(1));
        let rejected = step(&request, Action::Reject { by, reason: None }, at(1));
        assert_eq!((approved.is_ok(), rejected.is_ok()), (allowed, allowed), "{name} {groups:?}");
    }
}

#[test]
fn a_quorum_counts_each_supervisor_once() {
    let request = request(3, &[]);
    let voted = step(&request, approve("anna"), at(1)).unwrap();
    assert_eq!((voted.draft.entry.event, voted.draft.entry.outcome), (Event::Vote, None));
    let again = step(&voted.request, approve("anna"), at(2));
    assert_eq!(again, Err(Refusal::AlreadyVoted { at: at(1), votes: 1, quorum: 3 }));
    let voted = step(&voted.request, approve("bob"), at(2)).unwrap().request;
    assert_eq!(step(&voted, Action::Begin, at(2)), Err(Refusal::NotApproved));
    let approved = step(&voted, approve("carol"), at(3)).unwrap();
    assert_eq!((approved.draft.entry.event, approved.draft.entry.outcome), (Event::Verdict, Some(Outcome::Approved)));
    assert_eq!(approved.request.verdict.unwrap().by.as_deref(), Some("carol"));
}

#[test]
fn a_state_that_nothing_backs_begins_nothing() {
    let written = |change: fn(&mut Request)| {
        let mut request = in_state(State::Approved);
        change(&mut request);
        step(&request, Action::Begin, at(1))
    };
    assert!(written(|_| {}).is_ok());
    assert_eq!(written(|request| request.verdict = None), Err(Refusal::NotApproved));
    assert_eq!(written(|request| request.votes.clear()), Err(Refusal::NotApproved));
    assert_eq!(written(|request| request.quorum = 2), Err(Refusal::NotApproved));
    let twice = |request: &mut Request| {
        request.quorum = 2;
        request.votes.push(request.votes[0].clone());
    };
    assert_eq!(written(twice), Err(Refusal::NotApproved));
    assert_eq!(written(|request| request.verdict.as_mut().unwrap().state = State::Rejected), Err(Refusal::NotApproved));
    let undecided = Request { state: State::Rejected, ..request(1, &[]) };
    assert_eq!(step(&undecided, approve("anna"), at(1)), Err(Refusal::NotExecuting { state: State::Rejected }));
}

#[test]
fn records_name_the_call_and_keep_secrets_out() {
    let mut request = request(2, &[]);
    let steps = [approve("anna"), approve("bob"), Action::Begin, succeed()];
    let mut drafts = vec![arrival(&request)];
    for action in steps {
        let stepped = step(&request, action, at(1)).unwrap();
        drafts.push(stepped.draft);
        request = stepped.request;
    }
    for Draft { entry, .. } in &drafts {
        assert_eq!((entry.agent.as_deref(), entry.capability.as_deref()), (Some("agent"), Some("process.run")));
        assert_eq!((entry.session.as_deref(), entry.request), (Some("s_1"), Some(RequestId(1))));
        assert_eq!(entry.params, Some(params(r#"{"command":"deploy","token":"[redacted]"}"#)));
        assert_eq!(entry.params_digest, Some(request.params.digest()));
        assert_eq!(entry.decision, Some(request.decision.clone()));
        assert!(!serde_json::to_string(entry).unwrap().contains("secret"));
    }
    let outcomes: Vec<_> = drafts.iter().map(|draft| draft.entry.outcome).collect();
    let wanted = [Some(Outcome::ApprovalRequested), None, Some(Outcome::Approved), None, Some(Outcome::Executed)];
    assert_eq!(outcomes, wanted);
    assert_eq!(drafts[4].entry.result.as_deref(), Some("exit code 0"));
}

const NAMES: [&str; 5] = ["anna", "bob", "carol", "dave", "eve"];

fn any_action() -> impl Strategy<Value = Action> {
    let name = || prop::sample::select(&NAMES[..]);
    prop_oneof![
        4 => name().prop_map(approve),
        1 => name().prop_map(reject),
        1 => Just(Action::Cancel),
        1 => Just(Action::Expire),
        3 => Just(Action::Begin),
        1 => Just(succeed()),
        1 => Just(fail()),
        1 => Just(interrupt()),
    ]
}

/// What may never change, whatever happens to a request.
fn call_of(request: &Request) -> Request {
    let was = |state| Request { state, votes: Vec::new(), verdict: None, execution: None, ..request.clone() };
    was(State::Pending)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn no_sequence_of_actions_breaks_the_rules(
        quorum in 0_u32..4,
        approvers in prop::sample::subsequence(&NAMES[..], 0..4),
        steps in prop::collection::vec((any_action(), 0_i64..70), 0..40),
    ) {
        let mut request = request(quorum, &approvers);
        let new = request.clone();
        let mut begun = 0;
        let mut now = at(0);
        for (action, seconds) in steps {
            now = now.max(at(seconds));
            let Ok(Stepped { request: next, draft }) = step(&request, action.clone(), now) else { continue };
            prop_assert!(!request.state.is_final(), "{} was final", request.state);
            prop_assert_eq!(call_of(&next), call_of(&new));
            prop_assert_eq!((draft.at, draft.entry.request), (now, Some(next.id)));
            if request.verdict.is_some() {
                prop_assert_eq!(&next.verdict, &request.verdict, "a verdict is for good");
                prop_assert_eq!(&next.votes, &request.votes);
            }
            if request.state == State::Pending && next.state == State::Approved {
                prop_assert!(now < at(60));
            }
            if action == Action::Begin {
                begun += 1;
                prop_assert_eq!(request.state, State::Approved);
            }
            if next.state == State::Executing || next.state == State::Succeeded {
                let mut voters: Vec<&str> = next.votes.iter().map(|vote| vote.by.as_str()).collect();
                voters.sort_unstable();
                voters.dedup();
                prop_assert!(voters.len() >= quorum.max(1) as usize, "{voters:?}");
                prop_assert!(voters.iter().all(|voter| approvers.is_empty() || approvers.contains(voter)), "{voters:?}");
                prop_assert!(next.is_intact());
            }
            request = next;
        }
        prop_assert!(begun <= 1);
    }
}
