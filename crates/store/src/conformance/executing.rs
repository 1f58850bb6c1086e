//! How approved calls are carried out.

use kruxos_approvals::store::RequestQuery;
use kruxos_approvals::{Action, Event, Outcome, Refusal, State};

use super::making::{
    MANY, approve, at, call, done, fail, intact, interrupt, json, outcomes, queue, queue_and, refused, succeed,
};
use super::{Case, Tried, cases};

pub(super) const CASES: &[Case] = cases![
    an_approved_call_is_begun_once_and_ends,
    a_failure_says_why,
    what_is_not_allowed_any_more_fails_without_beginning,
    an_interrupted_call_never_begins_again,
    nothing_begins_without_approval,
    what_execution_gave_is_kept_whole_and_stays_out_of_lists,
];

async fn an_approved_call_is_begun_once_and_ends(store: Tried) {
    let id = queue_and(&*store, call("a", 1), &[approve("anna")]).await.id;
    let begun = store.apply(id, Action::Begin, at(1)).await.unwrap().unwrap();
    assert_eq!((begun.state, begun.execution.as_ref().unwrap().started_at), (State::Executing, Some(at(1))));
    assert!(matches!(refused(&*store, id, Action::Begin).await, Refusal::Decided { state: State::Executing, .. }));
    let ended = store.apply(id, succeed(), at(2)).await.unwrap().unwrap();
    let execution = ended.execution.as_ref().unwrap();
    assert_eq!(
        (ended.state, execution.started_at, execution.finished_at),
        (State::Succeeded, Some(at(1)), Some(at(2)))
    );
    assert_eq!(execution.data, Some(json(r#"{"exit_code":0}"#)));
    assert_eq!(store.request(id).await, Ok(Some(ended)));
    for action in [Action::Begin, succeed(), fail(), interrupt()] {
        refused(&*store, id, action).await;
    }
    let wanted = [Some(Outcome::ApprovalRequested), Some(Outcome::Approved), None, Some(Outcome::Executed)];
    assert!(outcomes(&*store).await.into_iter().map(|(_, outcome)| outcome).eq(wanted));
    let last = store.records_after(3, MANY).await.unwrap().remove(0).record.entry;
    assert_eq!((last.event, last.result.as_deref()), (Event::Execution, Some("exit code 0")));
}

async fn a_failure_says_why(store: Tried) {
    let failed = queue_and(&*store, call("a", 1), &[approve("anna"), Action::Begin, fail()]).await;
    assert_eq!(failed.state, State::Failed);
    let found = store.request(failed.id).await.unwrap().unwrap();
    assert_eq!(found.execution.unwrap().reason.as_deref(), Some("it does not exist"));
    assert_eq!(outcomes(&*store).await[3].1, Some(Outcome::Failed));
}

async fn what_is_not_allowed_any_more_fails_without_beginning(store: Tried) {
    let failed = queue_and(&*store, call("a", 1), &[approve("anna"), fail()]).await;
    assert_eq!((failed.state, failed.execution.unwrap().started_at), (State::Failed, None));
    refused(&*store, failed.id, Action::Begin).await;
}

async fn an_interrupted_call_never_begins_again(store: Tried) {
    let request = queue_and(&*store, call("a", 1), &[approve("anna"), Action::Begin, interrupt()]).await;
    assert_eq!(request.state, State::Interrupted);
    for action in [Action::Begin, succeed(), fail(), interrupt(), approve("bob")] {
        refused(&*store, request.id, action).await;
    }
    assert_eq!(outcomes(&*store).await[3].1, Some(Outcome::Interrupted));
}

async fn nothing_begins_without_approval(store: Tried) {
    let id = queue(&*store, call("a", 1)).await.id;
    for action in [Action::Begin, succeed(), fail(), interrupt()] {
        refused(&*store, id, action).await;
    }
    assert_eq!(intact(&*store).await, 1);
}

async fn what_execution_gave_is_kept_whole_and_stays_out_of_lists(store: Tried) {
    let data = json(&format!(r#"{{"content":"{}"}}"#, "y".repeat(1 << 20)));
    let id = queue_and(&*store, call("a", 1), &[approve("anna"), Action::Begin]).await.id;
    done(&*store, id, Action::Succeed { data: data.clone(), summary: "1 MiB".to_owned() }).await;
    let found = store.request(id).await.unwrap().unwrap();
    assert_eq!(found.execution.unwrap().data, Some(data));
    let page = store.requests(RequestQuery { limit: 10, ..RequestQuery::default() }).await.unwrap();
    let listed = page.requests[0].execution.as_ref().unwrap();
    assert_eq!((&listed.data, listed.finished_at), (&None, Some(at(0))));
}
