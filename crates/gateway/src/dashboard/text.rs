//! Text as pages show it: markup can only be made here, from text that is escaped twice over: once so that nothing in it is
//! invisible or acts, once so that nothing in it is HTML.

use std::fmt;

use kruxos_approvals::visible::{acts, visible};

/// HTML that is safe to put between tags.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Markup(String);

impl fmt::Display for Markup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl askama::filters::HtmlSafe for Markup {}

impl Markup {
    /// Pieces of markup on lines of their own.
    pub(crate) fn lines(pieces: impl Iterator<Item = Self>) -> Self {
        let lines: Vec<String> = pieces.map(|piece| piece.0).collect();
        Self(lines.join("\n"))
    }

    /// Whether there is nothing to show.
    pub(crate) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// What a stretch of text is to its reader.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Plain,
    Spaces,
    Acting,
}

fn kind(letter: char) -> Kind {
    match letter {
        ' ' => Kind::Spaces,
        letter if acts(letter) => Kind::Acting,
        _ => Kind::Plain,
    }
}

/// The text on one line; what had to be made visible is marked, so that it differs from the same characters written out.
#[must_use]
pub(crate) fn shown(text: &str) -> Markup {
    let mut html = String::with_capacity(text.len().saturating_add(16));
    let mut rest = text;
    while let Some(first) = rest.chars().next().map(kind) {
        let end = rest.find(|letter| kind(letter) != first).unwrap_or(rest.len());
        let (stretch, behind) = rest.split_at(end);
        push(&mut html, stretch);
        rest = behind;
    }
    Markup(html)
}

/// The text with its line breaks, each marked and kept.
#[must_use]
pub(crate) fn shown_lines(text: &str) -> Markup {
    let lines: Vec<String> = text.split('\n').map(|line| shown(line).0).collect();
    Markup(lines.join("<b class=\"esc\">\\n</b>\n"))
}

/// A stretch of one kind. [`visible`] has no memory but for spaces, so piece by piece it says the same as at once.
fn push(html: &mut String, stretch: &str) {
    match visible(stretch) {
        std::borrow::Cow::Borrowed(plain) => escape(html, plain),
        std::borrow::Cow::Owned(made_visible) => {
            html.push_str("<b class=\"esc\">");
            escape(html, made_visible.trim_end());
            html.push_str("</b>");
        }
    }
}

fn escape(html: &mut String, text: &str) {
    for letter in text.chars() {
        match letter {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            letter => html.push(letter),
        }
    }
}

/// `512 bytes`, `12.3 kB`, `4.0 MB`.
#[must_use]
pub(crate) fn size(bytes: usize) -> String {
    match bytes {
        1 => "1 byte".to_owned(),
        0..1_000 => format!("{bytes} bytes"),
        1_000..1_000_000 => format!("{}.{} kB", bytes / 1_000, bytes % 1_000 / 100),
        _ => format!("{}.{} MB", bytes / 1_000_000, bytes % 1_000_000 / 100_000),
    }
}

/// At most so many characters from the beginning, and whether that is all.
#[must_use]
pub(crate) fn beginning(text: &str, most: usize) -> (&str, bool) {
    match text.char_indices().nth(most).and_then(|(at, _)| text.get(..at)) {
        Some(part) => (part, false),
        None => (text, true),
    }
}

/// At most so many characters from the end.
#[must_use]
pub(crate) fn ending(text: &str, most: usize) -> &str {
    let first = text.char_indices().rev().nth(most.saturating_sub(1));
    first.and_then(|(at, _)| text.get(at..)).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_of_others_is_text() {
        let html = shown("<script>alert('x')</script> & \"q\"").to_string();
        assert_eq!(html, "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; &amp; &quot;q&quot;");
    }

    #[test]
    fn what_is_made_visible_differs_from_what_was_written_so() {
        assert_eq!(shown("a\u{202e}b").to_string(), "a<b class=\"esc\">\\u{202e}</b>b");
        assert_eq!(shown("a\\u{202e}b").to_string(), "a\\u{202e}b");
        assert_eq!(shown("a\u{1b}[31m").to_string(), "a<b class=\"esc\">\\u{1b}</b>[31m");
    }

    #[test]
    fn a_gap_is_counted() {
        let html = shown(&format!("a{}b  c", " ".repeat(10_000))).to_string();
        assert_eq!(html, "a<b class=\"esc\">␣×10000</b>b  c");
    }

    #[test]
    fn lines_stay_lines_and_their_ends_are_seen() {
        assert_eq!(shown_lines("a\nb").to_string(), "a<b class=\"esc\">\\n</b>\nb");
        assert_eq!(shown("a\nb").to_string(), "a<b class=\"esc\">\\n</b>b");
    }

    #[test]
    fn without_its_marks_the_text_is_the_one_that_terminals_show() {
        let text = "x\u{200b}\t<é🔑>   y\u{feff}\r\n";
        let html = shown(text).to_string().replace("<b class=\"esc\">", "").replace("</b>", "");
        assert_eq!(html.replace("&lt;", "<").replace("&gt;", ">"), visible(text));
    }

    #[test]
    fn texts_are_cut_between_characters() {
        assert_eq!(beginning("éàü", 2), ("éà", false));
        assert_eq!(beginning("éàü", 3), ("éàü", true));
        assert_eq!((ending("éàü", 2), ending("é", 2)), ("àü", "é"));
        assert_eq!((size(1), size(999), size(12_345), size(4_000_000)).2, "12.3 kB");
    }
}
