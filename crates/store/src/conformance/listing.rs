//! Finding requests.

use kruxos_approvals::store::RequestQuery;
use kruxos_approvals::{Action, NewRequest, RequestId, State};

use super::making::{MANY, approve, at, call, done, queue, queue_and, reject, succeed};
use super::{Case, Tried, cases};

pub(super) const CASES: &[Case] = cases![
    requests_are_found_by_state_and_agent,
    pages_follow_each_other_without_gap_or_overlap,
    what_is_due_is_found_in_order,
    the_next_to_lapse_is_known,
];

async fn ids(store: &Tried, query: RequestQuery) -> (Vec<u64>, u64) {
    let page = store.requests(query).await.unwrap();
    (page.requests.iter().map(|request| request.id.0).collect(), page.total)
}

async fn requests_are_found_by_state_and_agent(store: Tried) {
    queue(&*store, call("a", 1)).await;
    queue_and(&*store, call("b", 2), &[approve("anna")]).await;
    queue_and(&*store, call("a", 3), &[reject("anna")]).await;
    queue_and(&*store, call("a", 4), &[approve("anna"), Action::Begin, succeed()]).await;
    queue(&*store, call("b", 5)).await;
    let of = |states: &[State], agent: Option<&str>| RequestQuery {
        states: states.to_vec(),
        agent: agent.map(str::to_owned),
        after: None,
        limit: 10,
    };
    assert_eq!(ids(&store, of(&[], None)).await, (vec![1, 2, 3, 4, 5], 5));
    assert_eq!(ids(&store, of(&[State::Pending], None)).await, (vec![1, 5], 2));
    assert_eq!(ids(&store, of(&State::OF_APPROVED, None)).await, (vec![2, 4], 2));
    assert_eq!(ids(&store, of(&[State::Pending, State::Rejected], Some("a"))).await, (vec![1, 3], 2));
    assert_eq!(ids(&store, of(&[], Some("b"))).await, (vec![2, 5], 2));
    assert_eq!(ids(&store, of(&[], Some("' OR 1=1 --"))).await, (vec![], 0));
    assert_eq!(ids(&store, of(&[State::Expired], None)).await, (vec![], 0));
}

async fn pages_follow_each_other_without_gap_or_overlap(store: Tried) {
    for number in 1..=25 {
        queue(&*store, call("a", number)).await;
    }
    done(&*store, RequestId(7), approve("anna")).await;
    let mut query = RequestQuery { states: vec![State::Pending], limit: 10, ..RequestQuery::default() };
    let mut seen = Vec::new();
    loop {
        let (page, total) = ids(&store, query.clone()).await;
        assert_eq!(total, 24, "all of them, whatever the page");
        let Some(last) = page.last() else { break };
        query.after = Some(RequestId(*last));
        seen.extend(page);
    }
    assert!(seen.into_iter().eq((1..=25).filter(|id| *id != 7)));
    assert_eq!(ids(&store, RequestQuery { limit: 0, ..RequestQuery::default() }).await, (vec![], 25));
    let behind = RequestQuery { after: Some(RequestId(u64::MAX)), limit: 1, ..RequestQuery::default() };
    assert_eq!(ids(&store, behind).await, (vec![], 25));
}

async fn what_is_due_is_found_in_order(store: Tried) {
    for (number, seconds) in [(1, 30), (2, 10), (3, 20), (4, 40)] {
        queue(&*store, NewRequest { expires_at: Some(at(seconds)), ..call("a", number) }).await;
    }
    queue(&*store, call("a", 5)).await;
    let due =
        async |seconds, limit| store.due(at(seconds), limit).await.unwrap().iter().map(|id| id.0).collect::<Vec<_>>();
    assert_eq!(due(9, 10).await, [0; 0]);
    assert_eq!(due(10, 10).await, [2]);
    assert_eq!(due(30, 10).await, [2, 3, 1]);
    assert_eq!(due(99, 2).await, [2, 3]);
    done(&*store, RequestId(2), reject("anna")).await;
    assert_eq!(due(30, 10).await, [3, 1]);
}

async fn the_next_to_lapse_is_known(store: Tried) {
    assert_eq!(store.next_due().await, Ok(None));
    queue(&*store, call("a", 1)).await;
    assert_eq!(store.next_due().await, Ok(None));
    let soon = queue(&*store, NewRequest { expires_at: Some(at(10)), ..call("a", 2) }).await.id;
    queue(&*store, NewRequest { expires_at: Some(at(20)), ..call("a", 3) }).await;
    assert_eq!(store.next_due().await, Ok(Some(at(10))));
    done(&*store, soon, approve("anna")).await;
    assert_eq!(store.next_due().await, Ok(Some(at(20))));
    let all = RequestQuery { limit: MANY, ..RequestQuery::default() };
    assert_eq!(store.requests(all).await.unwrap().total, 3);
}
