use kruxos_approvals::request::Verdict;

use super::*;
use crate::fixture::{at, page};

const NOW: &str = "2026-03-29T14:22:00Z";

/// Seconds after the board was filled.
fn after(seconds: i64) -> Timestamp {
    at(NOW) + SignedDuration::from_secs(seconds)
}

fn pressed(board: &mut Board, code: KeyCode, seconds: i64) -> Vec<Effect> {
    board.key(KeyEvent::new(code, KeyModifiers::NONE), after(seconds))
}

fn typed(board: &mut Board, text: &str, seconds: i64) {
    for letter in text.chars() {
        assert_eq!(pressed(board, KeyCode::Char(letter), seconds), []);
    }
}

fn pending(id: u64) -> Request {
    let [first, _] = page();
    Request { id: RequestId(id), ..first }
}

fn decided(id: u64, state: State, by: &str) -> Request {
    let verdict = Verdict { state, by: Some(by.to_owned()), at: at(NOW), reason: None };
    Request { state, verdict: Some(verdict), ..pending(id) }
}

fn one(request: Request) -> News {
    News::One(Box::new(RequestDocument { request, history: Vec::new() }))
}

fn told(ids: &[u64]) -> News {
    News::All(ids.iter().map(|id| RequestId(*id)).collect())
}

fn board(ids: &[u64]) -> Board {
    let mut board = Board::new("http://127.0.0.1:7800", "operator");
    let requests = ids.iter().map(|id| pending(*id)).collect();
    assert_eq!(board.hear(News::Some { requests, more: 0 }, after(0)), []);
    assert_eq!(board.hear(told(ids), after(0)), []);
    board
}

fn ids(board: &Board) -> Vec<u64> {
    board.items().map(|item| item.request.id.0).collect()
}

fn selected(board: &Board) -> Option<u64> {
    board.selected().map(|item| item.request.id.0)
}

fn approves(id: u64) -> Vec<Effect> {
    vec![Effect::Decide { id: RequestId(id), word: Word::Approve, reason: None }]
}

#[test]
fn arrivals_do_not_move_the_selection() {
    let mut board = board(&[2, 4]);
    pressed(&mut board, KeyCode::Down, 1);
    assert_eq!(selected(&board), Some(4));
    for id in [1, 3, 5] {
        board.hear(one(pending(id)), after(1));
    }
    assert_eq!((ids(&board), selected(&board), board.position()), (vec![1, 2, 3, 4, 5], Some(4), 3));
    assert_eq!(pressed(&mut board, KeyCode::Char('a'), 2), approves(4));
}

#[test]
fn an_approval_hits_what_was_shown_even_when_it_was_decided_meanwhile() {
    let mut board = board(&[1, 2]);
    board.hear(one(decided(1, State::Rejected, "alice")), after(1));
    // Long after it would have left, it is still what is selected.
    board.tick(after(3600));
    assert_eq!(pressed(&mut board, KeyCode::Char('a'), 3600), []);
    assert_eq!(board.note(), Some("ap_001 is rejected already by alice."));
    assert_eq!(selected(&board), Some(1));
    pressed(&mut board, KeyCode::Down, 3601);
    board.tick(after(3602));
    assert_eq!(ids(&board), [2]);
}

#[test]
fn a_decided_request_stays_for_a_while_to_say_who_decided() {
    let mut board = board(&[1, 2]);
    board.hear(one(decided(2, State::Approved, "alice")), after(0));
    board.tick(after(9));
    assert_eq!(ids(&board), [1, 2]);
    board.tick(after(10));
    assert_eq!(ids(&board), [1]);
}

#[test]
fn a_request_that_appears_on_an_empty_screen_cannot_be_approved_unread() {
    let mut board = board(&[]);
    assert_eq!(pressed(&mut board, KeyCode::Char('a'), 0), []);
    board.hear(one(pending(1)), after(5));
    assert_eq!(pressed(&mut board, KeyCode::Char('a'), 5), []);
    assert!(board.note().unwrap().contains("only just appeared"), "{:?}", board.note());
    assert_eq!(pressed(&mut board, KeyCode::Char('a'), 6), approves(1));
}

#[test]
fn a_key_held_down_approves_once() {
    let mut board = board(&[1, 2]);
    assert_eq!(pressed(&mut board, KeyCode::Char('a'), 1), approves(1));
    assert_eq!(pressed(&mut board, KeyCode::Char('a'), 1), []);
    let answer = Ok(Box::new(decided(1, State::Executing, "operator")));
    board.hear(News::Answer { id: RequestId(1), word: Word::Approve, answer }, after(1));
    assert_eq!(pressed(&mut board, KeyCode::Char('a'), 1), []);
    assert_eq!(selected(&board), Some(1));
}

#[test]
fn a_reason_is_typed_and_sent() {
    let mut board = board(&[1, 2]);
    pressed(&mut board, KeyCode::Down, 1);
    pressed(&mut board, KeyCode::Char('r'), 1);
    // Letters that are keys elsewhere are text here, and so is what is pasted.
    typed(&mut board, "aq jkx", 2);
    pressed(&mut board, KeyCode::Backspace, 2);
    board.paste("r\nra");
    // Another request arrives while the reason is typed.
    board.hear(one(pending(3)), after(2));
    let rejects = Effect::Decide { id: RequestId(2), word: Word::Reject, reason: Some("aq jkr ra".to_owned()) };
    assert_eq!(pressed(&mut board, KeyCode::Enter, 3), [rejects]);
    assert_eq!(board.mode, Mode::List);
}

#[test]
fn escape_rejects_nothing() {
    let mut board = board(&[1]);
    pressed(&mut board, KeyCode::Char('r'), 1);
    typed(&mut board, "no", 1);
    assert_eq!(pressed(&mut board, KeyCode::Esc, 1), []);
    assert_eq!((board.mode.clone(), board.note()), (Mode::List, Some("ap_001 was not rejected.")));
}

#[test]
fn a_pasted_text_approves_nothing() {
    let mut board = board(&[1]);
    board.paste("aaaa");
    assert_eq!(board.selected().unwrap().asked, None);
}

#[test]
fn a_conflict_is_said_and_the_request_asked_about() {
    let mut board = board(&[1]);
    pressed(&mut board, KeyCode::Char('a'), 1);
    let problem = Problem { kind: Kind::Refused, message: "already rejected by ops".to_owned(), help: None };
    let answer = News::Answer { id: RequestId(1), word: Word::Approve, answer: Err(problem) };
    assert_eq!(board.hear(answer, after(1)), [Effect::LookUp(RequestId(1))]);
    assert_eq!(board.note(), Some("ap_001: already rejected by ops"));
}

#[test]
fn what_is_pending_no_longer_is_asked_about_after_a_gap() {
    let mut board = board(&[1, 2]);
    board.hear(News::Lost("gone".to_owned()), after(1));
    assert_eq!(pressed(&mut board, KeyCode::Char('a'), 2), []);
    assert!(board.note().unwrap().contains("out of reach"));
    board.hear(News::Some { requests: vec![pending(2), pending(3)], more: 0 }, after(3));
    // An arrival between the pages was not among them, and is looked up for nothing.
    board.hear(one(pending(4)), after(3));
    assert_eq!(board.hear(told(&[2, 3]), after(3)), [RequestId(1), RequestId(4)].map(Effect::LookUp));
    board.hear(one(pending(4)), after(3));
    assert_eq!((board.link.clone(), ids(&board)), (Link::Live, vec![1, 2, 3, 4]));
}

#[test]
fn an_old_list_does_not_bring_a_decided_request_back() {
    let mut board = board(&[1, 2]);
    board.hear(one(decided(1, State::Rejected, "alice")), after(1));
    board.hear(News::Some { requests: vec![pending(1), pending(2)], more: 0 }, after(1));
    board.hear(told(&[1, 2]), after(1));
    assert_eq!(board.item(RequestId(1)).unwrap().request.state, State::Rejected);
}

#[test]
fn a_whole_request_is_decided_where_it_is_shown() {
    let mut board = board(&[1, 2]);
    assert_eq!(pressed(&mut board, KeyCode::Enter, 1), [Effect::LookUp(RequestId(1))]);
    pressed(&mut board, KeyCode::Down, 1);
    assert_eq!(board.mode, Mode::Full { id: RequestId(1), scroll: 1 });
    assert_eq!(pressed(&mut board, KeyCode::Char('a'), 1), approves(1));
    pressed(&mut board, KeyCode::Esc, 1);
    assert_eq!((board.mode.clone(), selected(&board)), (Mode::List, Some(1)));
}

#[test]
fn the_selection_stops_at_both_ends() {
    let mut board = board(&[1, 2, 3]);
    pressed(&mut board, KeyCode::Up, 1);
    assert_eq!(selected(&board), Some(1));
    pressed(&mut board, KeyCode::End, 1);
    pressed(&mut board, KeyCode::Down, 1);
    assert_eq!(selected(&board), Some(3));
    pressed(&mut board, KeyCode::Home, 1);
    assert_eq!(selected(&board), Some(1));
}

#[test]
fn leaving_is_possible_from_everywhere() {
    let mut board = board(&[1]);
    let interrupt = KeyEvent::new(KeyCode::Char('c'), KeyModifiers::CONTROL);
    assert_eq!(pressed(&mut board, KeyCode::Char('q'), 1), [Effect::Leave]);
    pressed(&mut board, KeyCode::Char('r'), 1);
    assert_eq!(board.key(interrupt, after(1)), [Effect::Leave]);
}
