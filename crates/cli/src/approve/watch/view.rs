//! The board on a screen of any size: what waits above, the selected request below.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use kruxos_approvals::request::State;
use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::{Color, Modifier, Style};
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::board::{Board, Item, Link, Mode, Word};
use crate::output::Look;
use crate::render::request::{Detail, Field, Page, line, row};
use crate::render::table::{Column, cut, table, whole};
use crate::render::tree::fit;
use crate::render::visible;

const COLUMNS: [Column; 5] =
    [whole("ID", 9), cut("Agent", 12, 6), cut("Capability", 18, 10), cut("Parameters", 30, 6), cut("Requested", 0, 9)];
/// What stands in front of the selected request and of the others.
const MARKS: [&str; 2] = ["> ", "  "];

/// Draws everything.
pub(super) fn draw(frame: &mut Frame<'_>, board: &mut Board, zone: &TimeZone, now: Timestamp, look: Look) {
    let [title, body, note, keys] =
        Layout::vertical([Constraint::Length(1), Constraint::Fill(1), Constraint::Length(1), Constraint::Length(1)])
            .areas(frame.area());
    let painter = Painter { board: &*board, zone, now, look };
    frame.render_widget(painter.title(title.width), title);
    frame.render_widget(painter.note(note.width), note);
    frame.render_widget(painter.keys(keys.width), keys);
    if let Mode::Full { id, scroll } = board.mode.clone() {
        let lines = painter.whole(id, body.width);
        let last = lines.len().saturating_sub(usize::from(body.height));
        let from = scroll.min(last);
        frame.render_widget(Paragraph::new(lines.into_iter().skip(from).collect::<Vec<_>>()), body);
        board.mode = Mode::Full { id, scroll: from };
        return;
    }
    painter.list_and_detail(frame, body);
}

struct Painter<'p> {
    board: &'p Board,
    zone: &'p TimeZone,
    now: Timestamp,
    look: Look,
}

impl Painter<'_> {
    fn color(&self, color: Color) -> Style {
        if self.look.color { Style::new().fg(color) } else { Style::new() }
    }

    fn cut(&self, text: &str, width: u16) -> String {
        fit(text, usize::from(width), self.look)
    }

    fn title(&self, width: u16) -> Line<'static> {
        let pending = self.board.pending();
        let unseen = if self.board.more == 0 { String::new() } else { format!(", {} not shown", self.board.more) };
        let left = format!(" KruxOS approvals: {pending} pending{unseen} ");
        let (right, style) = match &self.board.link {
            Link::Connecting => ("connecting… ".to_owned(), Style::new()),
            Link::Live => {
                let (supervisor, address) = (visible(&self.board.supervisor), visible(&self.board.address));
                (format!("live, {supervisor} at {address} "), Style::new())
            }
            Link::Lost(why) => (format!("disconnected: {} ", visible(why)), self.color(Color::Red)),
        };
        let room = usize::from(width).saturating_sub(left.width());
        let right = fit(&right, room, self.look);
        let gap = " ".repeat(room.saturating_sub(right.width()));
        let bar = Style::new().add_modifier(Modifier::BOLD | Modifier::REVERSED);
        Line::from(vec![Span::styled(left + &gap, bar), Span::styled(right, bar.patch(style))])
    }

    fn note(&self, width: u16) -> Line<'static> {
        let note = self.board.note().unwrap_or_default();
        Line::styled(self.cut(&format!(" {}", visible(note)), width), self.color(Color::Yellow))
    }

    fn keys(&self, width: u16) -> Line<'static> {
        let text = match &self.board.mode {
            Mode::Reason { id, text } => return self.reason(&id.to_string(), text, width),
            Mode::List => " a approve  r reject  Enter everything  arrows move  q leave",
            Mode::Full { .. } => " a approve  r reject  Esc back  arrows scroll",
        };
        Line::styled(self.cut(text, width), Style::new().add_modifier(Modifier::DIM))
    }

    /// The prompt keeps the end of the reason in sight, where letters appear.
    fn reason(&self, id: &str, text: &str, width: u16) -> Line<'static> {
        let prompt = format!(" Reject {id}, reason (Enter rejects, Esc cancels): ");
        let short = format!(" Reject {id}: ");
        let prompt = if prompt.width() + 20 > usize::from(width) { short } else { prompt };
        let shown = visible(text);
        let room = usize::from(width).saturating_sub(prompt.width() + 1);
        let mut begin = shown.len();
        let mut used = 0;
        for (at, letter) in shown.char_indices().rev() {
            used += letter.width().unwrap_or(0);
            if used > room {
                break;
            }
            begin = at;
        }
        let end = shown.get(begin..).unwrap_or_default().to_owned();
        let strong = Style::new().add_modifier(Modifier::BOLD);
        let cursor = Span::styled(" ", Style::new().add_modifier(Modifier::REVERSED));
        Line::from(vec![Span::styled(prompt, strong), Span::raw(end), cursor])
    }

    fn list_and_detail(&self, frame: &mut Frame<'_>, area: Rect) {
        let items = self.board.items().len();
        if items == 0 {
            let waiting = match self.board.link {
                Link::Live => " No requests are pending. New ones appear here by themselves.",
                _ => "",
            };
            frame.render_widget(Line::raw(self.cut(waiting, area.width)), area);
            return;
        }
        // The list takes what it needs, up to two fifths; the call that is to be decided takes the rest.
        let most = (usize::from(area.height) * 2 / 5).max(4);
        let height = u16::try_from((items + 1).min(most)).unwrap_or(area.height);
        let [list, rule, detail] =
            Layout::vertical([Constraint::Length(height), Constraint::Length(1), Constraint::Fill(1)]).areas(area);
        frame.render_widget(Paragraph::new(self.list(list)), list);
        let dash = if self.look.unicode { "─" } else { "-" };
        frame.render_widget(Line::raw(dash.repeat(usize::from(rule.width))), rule);
        frame.render_widget(Paragraph::new(self.detail(detail)), detail);
    }

    /// The rows around the selected one, under their header.
    fn list(&self, area: Rect) -> Vec<Line<'static>> {
        let rows = usize::from(area.height).saturating_sub(1).max(1);
        let (position, items) = (self.board.position(), self.board.items().len());
        let from = position.saturating_sub(rows / 2).min(items.saturating_sub(rows));
        let shown: Vec<&Item> = self.board.items().skip(from).take(rows).collect();
        let cells: Vec<[String; 5]> = shown.iter().map(|item| self.row(item)).collect();
        let room = usize::from(area.width).saturating_sub(MARKS[0].len());
        let text = table(&COLUMNS, &cells, Some(room), Look { color: false, ..self.look });
        let mut lines = text.lines();
        let header = lines.next().unwrap_or_default();
        let bold = Style::new().add_modifier(Modifier::BOLD);
        let mut drawn = vec![Line::styled(format!("{}{header}", MARKS[1]), bold)];
        for (at, (item, line)) in shown.iter().zip(lines).enumerate() {
            let is_selected = from + at == position;
            let mark = if is_selected { MARKS[0] } else { MARKS[1] };
            let text = fit(&format!("{mark}{line}"), usize::from(area.width), self.look);
            let style = self.state_style(item);
            let style = if is_selected { style.add_modifier(Modifier::REVERSED) } else { style };
            let width = usize::from(area.width);
            let padding = " ".repeat(width.saturating_sub(text.width()));
            drawn.push(Line::styled(text + &padding, style));
        }
        drawn
    }

    fn row(&self, item: &Item) -> [String; 5] {
        let [id, agent, capability, parameters, requested] = row(&item.request, self.now);
        let last = match (&item.request.verdict, item.asked) {
            (Some(verdict), _) => {
                let by = verdict.by.as_ref().map_or_else(String::new, |by| format!(" by {}", visible(by)));
                format!("{}{by}", verdict.state)
            }
            (None, Some(Word::Approve)) => "approving".to_owned(),
            (None, Some(Word::Reject)) => "rejecting".to_owned(),
            (None, None) => requested,
        };
        [id, agent, capability, parameters, last]
    }

    fn state_style(&self, item: &Item) -> Style {
        match item.request.state {
            State::Pending => Style::new(),
            State::Approved | State::Executing | State::Succeeded => self.color(Color::Green),
            State::Rejected | State::Failed | State::Interrupted => self.color(Color::Red),
            State::Expired | State::Cancelled => self.color(Color::DarkGray),
        }
    }

    /// As much of the selected request as there is room for; what is left out is said.
    fn detail(&self, area: Rect) -> Vec<Line<'static>> {
        let Some(item) = self.board.selected() else { return Vec::new() };
        let fields = self.page(item, Detail::Usual);
        let (height, width) = (usize::from(area.height), usize::from(area.width));
        let mut lines: Vec<Line<'static>> = fields.iter().map(|field| self.field(field, width)).collect();
        let is_cut = fields.iter().any(|field| line(field).width() > width);
        if lines.len() > height || (is_cut && height > 0) {
            let left = lines.len().saturating_sub(height.saturating_sub(1));
            lines.truncate(height.saturating_sub(1));
            let more = if left > 0 && left < fields.len() { format!("{left} more lines; ") } else { String::new() };
            lines.push(Line::styled(
                self.cut(&format!("{more}Enter shows everything"), area.width),
                Style::new().add_modifier(Modifier::DIM),
            ));
        }
        lines
    }

    fn page(&self, item: &Item, detail: Detail) -> Vec<Field> {
        Page { request: &item.request, history: &item.history, detail, zone: self.zone }.fields()
    }

    fn field(&self, field: &Field, width: usize) -> Line<'static> {
        Line::raw(fit(&line(field), width, self.look))
    }

    /// Everything about a request, every value whole, broken into lines that fit.
    fn whole(&self, id: kruxos_approvals::RequestId, width: u16) -> Vec<Line<'static>> {
        let Some(item) = self.board.item(id) else { return vec![Line::raw("It is not there any more.")] };
        let fields = self.page(item, Detail::Everything);
        fields.iter().flat_map(|field| broken(&line(field), usize::from(width))).map(Line::raw).collect()
    }
}

/// The text in pieces of a width, with nothing left out; agents' values have no words to keep together.
fn broken(text: &str, width: usize) -> Vec<String> {
    let mut pieces = Vec::new();
    let mut piece = String::new();
    let mut used = 0;
    for letter in text.chars() {
        let wide = letter.width().unwrap_or(0);
        if used + wide > width.max(2) {
            pieces.push(std::mem::take(&mut piece));
            used = 0;
        }
        piece.push(letter);
        used += wide;
    }
    pieces.push(piece);
    pieces
}

#[cfg(test)]
mod tests;
