use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use kruxos_approvals::RequestId;
use kruxos_approvals::request::{Request, Verdict};
use kruxos_gateway::wire::RequestDocument;
use ratatui::Terminal;
use ratatui::backend::TestBackend;

use super::super::board::News;
use super::*;
use crate::fixture::{HOSTILE, at, is_harmless, page, request};

const NOW: &str = "2026-03-29T14:22:00Z";
const LOOK: Look = Look { color: true, unicode: true, width: 80 };

fn board(requests: Vec<Request>) -> Board {
    let mut board = Board::new("http://127.0.0.1:7800", "operator");
    board.hear(News::Some { requests, more: 0 }, at(NOW));
    board
}

fn screen(board: &mut Board, width: u16, height: u16) -> String {
    let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
    terminal.draw(|frame| draw(frame, board, &TimeZone::UTC, at(NOW), LOOK)).unwrap();
    let buffer = terminal.backend().buffer();
    let row = |y: u16| (0..width).map(|x| buffer[(x, y)].symbol()).collect::<String>().trim_end().to_owned();
    (0..height).map(|y| row(y) + "\n").collect()
}

fn press(board: &mut Board, code: KeyCode) {
    board.key(KeyEvent::new(code, KeyModifiers::NONE), at("2026-03-29T14:23:00Z"));
}

#[test]
fn list_and_request_fit_a_usual_terminal() {
    let mut board = board(page().to_vec());
    let expected = "\
\x20KruxOS approvals: 2 pending            live, operator at http://127.0.0.1:7800
  ID       Agent       Capability        Parameters                    Requested
> ap_001   my-agent    process.run       command=systemctl restart     2m ago
  ap_002   deploy-bot  filesystem.delete path=/workspace/old-build/    5m ago
────────────────────────────────────────────────────────────────────────────────
Request:    ap_001
Agent:      my-agent
Capability: process.run
Parameters:
  command: systemctl
  args:    [\"restart\", \"myapp\"]
Requested:  2026-03-29 14:20:00
Policy:     team-moderate
Rule:       process.run → approval_required
Reason:     Service management commands require supervisor approval






";
    let drawn = screen(&mut board, 80, 24);
    assert!(drawn.starts_with(expected.trim_end()), "{drawn}");
    let keys = " a approve  r reject  Enter everything  arrows move  q leave\n";
    assert!(drawn.ends_with(keys), "{drawn}");
    assert_eq!(drawn.lines().count(), 24);
}

#[test]
fn a_small_terminal_shows_what_is_decided_and_says_what_is_left_out() {
    let drawn = screen(&mut board(page().to_vec()), 40, 15);
    assert!(drawn.contains("> ap_001") && drawn.contains("\nParameters:\n  command: systemctl\n"), "{drawn}");
    assert!(drawn.contains("more lines; Enter shows everything\n"), "{drawn}");
}

#[test]
fn no_size_is_too_small_to_survive() {
    for (width, height) in [(1, 1), (3, 2), (10, 3), (20, 5), (200, 4), (5, 60)] {
        let mut board = board(page().to_vec());
        screen(&mut board, width, height);
        press(&mut board, KeyCode::Enter);
        screen(&mut board, width, height);
        press(&mut board, KeyCode::Char('r'));
        screen(&mut board, width, height);
    }
}

#[test]
fn the_selected_row_is_in_sight_among_thousands() {
    let [first, _] = page();
    let mut board = board((1..=3000).map(|id| Request { id: RequestId(id), ..first.clone() }).collect());
    assert!(screen(&mut board, 80, 24).contains("> ap_001"));
    press(&mut board, KeyCode::End);
    let drawn = screen(&mut board, 80, 24);
    assert!(drawn.contains("> ap_3000") && drawn.contains("Request:    ap_3000\n"), "{drawn}");
}

#[test]
fn a_reason_is_asked_for_and_its_end_stays_in_sight() {
    let mut board = board(page().to_vec());
    press(&mut board, KeyCode::Char('r'));
    for letter in "keep it".chars() {
        press(&mut board, KeyCode::Char(letter));
    }
    let wide = screen(&mut board, 80, 24);
    assert!(wide.ends_with(" Reject ap_001, reason (Enter rejects, Esc cancels): keep it\n"), "{wide}");
    board.paste(&format!("{}end", "x".repeat(300)));
    let narrow = screen(&mut board, 40, 15);
    assert!(narrow.contains(" Reject ap_001: x") && narrow.ends_with("xend\n"), "{narrow}");
}

#[test]
fn a_decided_request_says_who_decided() {
    let [first, _] = page();
    let mut board = board(page().to_vec());
    let verdict = Verdict { state: State::Rejected, by: Some("alice".to_owned()), at: at(NOW), reason: None };
    let request = Request { state: State::Rejected, verdict: Some(verdict), ..first };
    board.hear(News::One(Box::new(RequestDocument { request, history: Vec::new() })), at(NOW));
    let drawn = screen(&mut board, 80, 24);
    assert!(drawn.contains("rejected by alice"), "{drawn}");
    assert!(drawn.contains("1 pending") && drawn.contains("Decided:    rejected by alice at 2026"), "{drawn}");
}

#[test]
fn a_lost_gateway_is_said() {
    let mut board = board(page().to_vec());
    board.hear(News::Lost("the gateway is not running".to_owned()), at(NOW));
    assert!(screen(&mut board, 80, 24).contains("disconnected: the gateway is not running"));
}

#[test]
fn a_whole_value_can_be_read_by_scrolling() {
    let content = format!(r#"{{"content":"{}end"}}"#, "x".repeat(5000));
    let mut board = board(vec![request(1, "my-agent", "filesystem.write", &content, NOW)]);
    assert!(screen(&mut board, 80, 24).contains("Enter shows everything"));
    press(&mut board, KeyCode::Enter);
    let mut seen = screen(&mut board, 80, 24);
    for _ in 0..20 {
        press(&mut board, KeyCode::PageDown);
        seen += &screen(&mut board, 80, 24);
    }
    assert!(seen.contains("xend\n"), "{seen}");
    assert!(seen.ends_with(" a approve  r reject  Esc back  arrows scroll\n"), "{seen}");
    // However far it was scrolled, one step back moves what is seen.
    let end = screen(&mut board, 80, 24);
    press(&mut board, KeyCode::Up);
    assert_ne!(screen(&mut board, 80, 24), end);
}

#[test]
fn what_an_agent_wrote_is_harmless_on_every_part_of_the_screen() {
    let value = serde_json::json!({ "path": format!("{HOSTILE}{}", " ".repeat(10_000)), HOSTILE: [HOSTILE] });
    let mut board = board(vec![request(1, HOSTILE, HOSTILE, &value.to_string(), NOW)]);
    board.hear(News::Lost(HOSTILE.to_owned()), at(NOW));
    for (width, height) in [(80, 24), (40, 15), (200, 60)] {
        assert!(is_harmless(&screen(&mut board, width, height)));
    }
    press(&mut board, KeyCode::Enter);
    assert!(is_harmless(&screen(&mut board, 80, 24)));
}
