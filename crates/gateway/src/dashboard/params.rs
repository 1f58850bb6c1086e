//! The params of a call as a person reads them before deciding: every value whole or saying that it is not, and what it
//! takes to see it whole.

use askama::Template;
use kruxos_approvals::visible::visible;
use kruxos_approvals::{JsonText, Params};
use kruxos_policy::json::Json;

use super::text::{Markup, beginning, ending, shown, shown_lines, size};

/// Characters of a value that are shown without being asked for.
const OPEN: usize = 240;
/// Bytes of a list or object that is shown on one line.
const INLINE: usize = 120;
/// Parts of a list or object that are shown one by one, and how deep.
const MOST_PARTS: usize = 100;
const DEEPEST: usize = 3;
/// Lines of a value that are shown without being asked for.
const OPEN_LINES: usize = 6;
/// Characters of the beginning and of the end that stand for a folded value. The end counts: what matters may hide there.
const TEASER: (usize, usize) = (140, 60);

/// How much of params is put on a page; the rest is offered as a file.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Room {
    /// Params.
    pub(crate) params: usize,
    /// Characters of one value.
    pub(crate) value: usize,
    /// Characters of all folded values together.
    pub(crate) folded: usize,
}

impl Room {
    /// For one of many requests on a page.
    pub(crate) const LIST: Self = Self { params: 12, value: 4_000, folded: 8_000 };
    /// For one request alone.
    pub(crate) const DETAIL: Self = Self { params: 500, value: 65_536, folded: 400_000 };
}

/// One param.
#[derive(Clone, Debug)]
struct ParamRow {
    /// Its name.
    key: Markup,
    /// The value.
    value: ValueView,
}

/// A value.
#[derive(Clone, Debug)]
enum ValueView {
    /// All of it.
    Open(Markup),
    /// Too long to show unasked.
    Folded(Folded),
}

/// A long value: how it begins and ends, how long it is, and as much of it as there is room for.
#[derive(Clone, Debug)]
struct Folded {
    begins: Markup,
    ends: Markup,
    size: String,
    lines: usize,
    /// What unfolds; `None` where the room is used up.
    whole: Option<Markup>,
    /// Whether `whole` is all there is.
    complete: bool,
}

/// All params there is room for, and how many are left out.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "params.html")]
pub(crate) struct ParamsView {
    rows: Vec<ParamRow>,
    left_out: usize,
    /// Where all of them are to be had.
    file: String,
}

impl askama::filters::HtmlSafe for ParamsView {}

impl ParamsView {
    /// Whether the call has no params at all.
    const fn is_empty(&self) -> bool {
        self.rows.is_empty() && self.left_out == 0
    }
}

/// The params of a call, the ones that tell most first.
#[must_use]
pub(crate) fn view(params: &Params, room: Room, file: String) -> ParamsView {
    let json = params.json();
    let Json::Object(object) = &json else { return ParamsView::default() };
    let mut entries: Vec<(&str, &Json<'_>)> =
        object.entries().iter().map(|(key, value)| (key.as_ref(), value)).collect();
    entries.sort_by_key(|(key, _)| rank(key));
    let mut values = Vec::new();
    for (key, value) in entries {
        take_apart(key.to_owned(), value, 0, &mut values);
    }
    let mut left = room.folded;
    let rows = values.iter().take(room.params).map(|(key, value)| row(key, value, room.value, &mut left)).collect();
    ParamsView { rows, file, left_out: values.len().saturating_sub(room.params) }
}

/// Lists and objects that do not read well on one line are shown part by part: `args[1]`, `env.PATH`.
fn take_apart<'a>(key: String, value: &'a Json<'a>, depth: usize, values: &mut Vec<(String, &'a Json<'a>)>) {
    match value {
        Json::List(items) if depth < DEEPEST && fits(items.len()) && !reads_well(value) => {
            for (at, item) in items.iter().enumerate() {
                take_apart(format!("{key}[{at}]"), item, depth + 1, values);
            }
        }
        Json::Object(object) if depth < DEEPEST && fits(object.entries().len()) && !reads_well(value) => {
            for (name, item) in object.entries() {
                take_apart(below(&key, name), item, depth + 1, values);
            }
        }
        whole => values.push((key, whole)),
    }
}

/// Whether a list or object has parts, and not too many to be shown one by one.
const fn fits(parts: usize) -> bool {
    0 < parts && parts <= MOST_PARTS
}

/// Whether a list or object is short, and nothing in it has to be made visible.
fn reads_well(value: &Json<'_>) -> bool {
    let text = JsonText::of(value);
    text.as_str().len() <= INLINE && !has_escapes(value)
}

fn has_escapes(value: &Json<'_>) -> bool {
    let changes = |text: &str| matches!(visible(text), std::borrow::Cow::Owned(_));
    match value {
        Json::Text(text) => changes(text),
        Json::List(items) => items.iter().any(has_escapes),
        Json::Object(object) => object.entries().iter().any(|(name, item)| changes(name) || has_escapes(item)),
        _ => false,
    }
}

/// The name of an object's part. Names that could be taken for something else are quoted.
fn below(key: &str, name: &str) -> String {
    let is_word =
        !name.is_empty() && name.chars().all(|letter| letter.is_ascii_alphanumeric() || "_-".contains(letter));
    if is_word {
        format!("{key}.{name}")
    } else {
        format!("{key}[{}]", JsonText::of(&Json::Text(name.into())).as_str())
    }
}

/// What people look for first.
fn rank(key: &str) -> usize {
    const TELLING: [&str; 10] =
        ["command", "args", "path", "source", "destination", "url", "to", "subject", "key", "query"];
    TELLING.iter().position(|known| *known == key).unwrap_or(TELLING.len())
}

fn row(key: &str, value: &Json<'_>, most: usize, left: &mut usize) -> ParamRow {
    let (name, complete) = beginning(key, OPEN);
    let key = if complete { shown(name) } else { shown(&format!("{name}…")) };
    ParamRow { key, value: value_view(&written(value), most, left) }
}

fn value_view(text: &str, most: usize, left: &mut usize) -> ValueView {
    let lines = text.split('\n').count();
    let seen = visible(text);
    if lines <= OPEN_LINES && beginning(&seen, OPEN).1 {
        return ValueView::Open(shown_lines(text));
    }
    let (part, complete) = beginning(text, most.min(*left));
    *left = left.saturating_sub(part.len());
    ValueView::Folded(Folded {
        begins: shown(beginning(text, TEASER.0).0),
        ends: shown(ending(text, TEASER.1)),
        size: size(text.len()),
        lines,
        whole: (!part.is_empty()).then(|| shown_lines(part)),
        complete,
    })
}

/// A value: plain text as it is, anything else, and text that looks like something else, as JSON.
fn written(value: &Json<'_>) -> String {
    match value {
        Json::Text(text) if is_plain(text) => text.to_string(),
        other => spaced(JsonText::of(other).as_str()),
    }
}

/// Whether a text, shown without quotes, can be taken for nothing but a text.
fn is_plain(text: &str) -> bool {
    !text.is_empty() && text.trim() == text && Json::parse(text.as_bytes()).is_err()
}

/// Canonical JSON with a space behind each comma and colon.
fn spaced(json: &str) -> String {
    let mut out = String::with_capacity(json.len().saturating_add(16));
    let (mut quoted, mut escaped) = (false, false);
    for letter in json.chars() {
        out.push(letter);
        match letter {
            '"' if !escaped => quoted = !quoted,
            ',' | ':' if !quoted => out.push(' '),
            _ => {}
        }
        escaped = quoted && letter == '\\' && !escaped;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(params: &str, room: Room) -> ParamsView {
        view(&Params::of(&Json::parse(params.as_bytes()).unwrap()).unwrap(), room, String::new())
    }

    fn open(view: &ParamsView) -> Vec<(String, String)> {
        let text = |row: &ParamRow| match &row.value {
            ValueView::Open(value) => value.to_string(),
            ValueView::Folded(_) => "folded".to_owned(),
        };
        view.rows.iter().map(|row| (row.key.to_string(), text(row))).collect()
    }

    #[test]
    fn text_is_bare_and_what_could_be_taken_for_another_type_is_quoted() {
        let view = rows(r#"{"a":"x y","b":"5","c":5,"d":"","e":[1,"a,b: c"]}"#, Room::LIST);
        let values: Vec<String> = open(&view).into_iter().map(|(_, value)| value).collect();
        assert_eq!(values, ["x y", "&quot;5&quot;", "5", "&quot;&quot;", "[1, &quot;a,b: c&quot;]"]);
    }

    #[test]
    fn what_tells_most_comes_first() {
        let view = rows(r#"{"args":["restart","myapp"],"command":"systemctl","a":1}"#, Room::LIST);
        let keys: Vec<String> = open(&view).into_iter().map(|(key, _)| key).collect();
        assert_eq!(keys, ["command", "args", "a"]);
    }

    #[test]
    fn what_does_not_read_well_on_one_line_is_taken_apart() {
        let view = rows(r#"{"args":["-c","a\nb"],"env":{"PATH":"/\u202e","a b":1},"short":["x",{"y":1}]}"#, Room::LIST);
        let keys: Vec<String> = open(&view).into_iter().map(|(key, _)| key).collect();
        assert_eq!(keys, ["args[0]", "args[1]", "env.PATH", "env[&quot;a b&quot;]", "short"]);
        assert_eq!(open(&view)[1].1, "a<b class=\"esc\">\\n</b>\nb");
    }

    #[test]
    fn a_long_value_shows_both_its_ends_and_its_size() {
        let view = rows(&format!(r#"{{"x":"begin{}end"}}"#, "-".repeat(10_000)), Room::LIST);
        let ValueView::Folded(folded) = &view.rows[0].value else { panic!("{view:?}") };
        assert!(folded.begins.to_string().starts_with("begin-") && folded.ends.to_string().ends_with("-end"));
        assert_eq!((folded.size.as_str(), folded.lines, folded.complete), ("10.0 kB", 1, false));
    }

    #[test]
    fn a_gap_takes_little_room() {
        let view = rows(&format!(r#"{{"x":"a{}b"}}"#, " ".repeat(10_000)), Room::LIST);
        assert_eq!(open(&view)[0].1, "a<b class=\"esc\">␣×10000</b>b");
    }

    #[test]
    fn many_params_are_counted() {
        let many: Vec<String> = (0..40).map(|number| format!(r#""k{number}":1"#)).collect();
        let view = rows(&format!("{{{}}}", many.join(",")), Room::LIST);
        assert_eq!((view.rows.len(), view.left_out), (12, 28));
    }
}
