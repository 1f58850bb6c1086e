//! Rows in columns: each as wide as what is in it, and on a terminal no wider than that.

use unicode_width::UnicodeWidthStr;

use super::tree::{bold, fit};
use crate::output::Look;

/// One column.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Column {
    /// What stands above it.
    pub(crate) title: &'static str,
    /// The columns it takes with what separates it from the next, as long as its content fits.
    pub(crate) usual: usize,
    /// The narrowest it may become where room is short; as wide as its content where none.
    pub(crate) narrowest: Option<usize>,
}

/// A column that gives nothing of its content away.
pub(crate) const fn whole(title: &'static str, usual: usize) -> Column {
    Column { title, usual, narrowest: None }
}

/// A column that may be cut.
pub(crate) const fn cut(title: &'static str, usual: usize, narrowest: usize) -> Column {
    Column { title, usual, narrowest: Some(narrowest) }
}

/// What separates a column from the next where its content is wider than usual.
const GAP: usize = 2;

/// A table. `room` is the terminal's width: columns that may be cut give way in turn, those of the greatest width
/// first; without it every value is whole. Values are to be safe to show already.
pub(crate) fn table<const N: usize>(
    columns: &[Column; N],
    rows: &[[String; N]],
    room: Option<usize>,
    look: Look,
) -> String {
    let widths = widths(columns, rows, room);
    let header = columns.map(|column| column.title.to_owned());
    let mut text = bold(&line(&header, &widths, look), look) + "\n";
    for row in rows {
        text.push_str(&line(row, &widths, look));
        text.push('\n');
    }
    text
}

/// The columns each value may take, and with what follows it.
#[derive(Clone, Copy)]
struct Width {
    value: usize,
    with_gap: usize,
}

fn widths<const N: usize>(columns: &[Column; N], rows: &[[String; N]], room: Option<usize>) -> Vec<Width> {
    let mut longest = columns.map(|column| column.title.width());
    for row in rows {
        for (longest, value) in longest.iter_mut().zip(row) {
            *longest = value.width().max(*longest);
        }
    }
    let wide = |(column, longest): (&Column, usize)| {
        let with_gap = if longest < column.usual { column.usual } else { longest + GAP };
        Width { value: longest, with_gap }
    };
    let mut widths: Vec<Width> = columns.iter().zip(longest).map(wide).collect();
    if let Some(last) = widths.last_mut() {
        last.with_gap = last.value;
    }
    if let Some(room) = room {
        narrow(columns, &mut widths, room);
    }
    widths
}

/// Takes from the columns until they fit: first the room that only keeps them apart, then values that may be cut.
fn narrow<const N: usize>(columns: &[Column; N], widths: &mut [Width], room: usize) {
    let excess = |widths: &[Width]| widths.iter().map(|width| width.with_gap).sum::<usize>().saturating_sub(room);
    if excess(widths) == 0 {
        return;
    }
    for width in widths.iter_mut().rev().skip(1).rev() {
        width.with_gap = width.with_gap.min(width.value + GAP);
    }
    while excess(widths) > 0 {
        let gives = |(column, width): &(&Column, &mut Width)| column.narrowest.is_some_and(|least| width.value > least);
        let widest = columns.iter().zip(widths.iter_mut()).filter(gives).max_by_key(|(_, width)| width.value);
        let Some((_, width)) = widest else { break };
        width.value -= 1;
        width.with_gap -= 1;
    }
}

fn line<const N: usize>(row: &[String; N], widths: &[Width], look: Look) -> String {
    let mut line = String::new();
    for (value, width) in row.iter().zip(widths) {
        let value = fit(value, width.value, look);
        line.push_str(&value);
        line.extend(std::iter::repeat_n(' ', width.with_gap.saturating_sub(value.width())));
    }
    line.truncate(line.trim_end_matches(' ').len());
    line
}

#[cfg(test)]
mod unit {
    use super::*;

    const LOOK: Look = Look { color: false, unicode: true, width: 80 };
    const COLUMNS: [Column; 3] = [whole("ID", 9), cut("Parameters", 30, 10), whole("Requested", 0)];

    fn row(id: &str, parameters: &str, requested: &str) -> [String; 3] {
        [id, parameters, requested].map(str::to_owned)
    }

    #[test]
    fn columns_grow_with_their_content() {
        let rows = [row("ap_001", "a", "2m ago"), row("ap_1000000", &"x".repeat(31), "just now")];
        let lines = table(&COLUMNS, &rows, None, LOOK);
        let expected = format!(
            "ID          Parameters                       Requested\n\
             ap_001      a                                2m ago\n\
             ap_1000000  {}  just now\n",
            "x".repeat(31)
        );
        assert_eq!(lines, expected);
    }

    #[test]
    fn a_terminal_s_width_is_kept_by_cutting_what_may_be_cut() {
        let rows = [row("ap_001", &"x".repeat(200), "2m ago")];
        for room in [40, 60, 80, 120] {
            let lines = table(&COLUMNS, &rows, Some(room), LOOK);
            assert!(lines.lines().all(|line| line.width() <= room), "{room}:\n{lines}");
            assert!(lines.contains("x…  2m ago"), "{lines}");
        }
    }

    #[test]
    fn wide_letters_count_as_what_they_take() {
        let rows = [row("ap_001", "日本語", "2m ago"), row("ap_002", "abc", "2m ago")];
        let lines = table(&COLUMNS, &rows, None, LOOK);
        let begins: Vec<usize> = lines.lines().skip(1).map(|line| line[..line.find("2m").unwrap()].width()).collect();
        assert_eq!(begins, [39, 39]);
    }

    #[test]
    fn nothing_is_cut_that_identifies() {
        let rows = [row("ap_001", "x", "2m ago")];
        assert!(table(&COLUMNS, &rows, Some(10), LOOK).contains("ap_001"));
    }
}
