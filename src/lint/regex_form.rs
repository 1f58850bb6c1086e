//! Regular expressions that say no more than a glob, a beginning, an end or a list of words.

use regex_syntax::ParserBuilder;
use regex_syntax::hir::{Class, Hir, HirKind, Look};

use super::sets::escaped;

/// Most words that a list of alternatives is read as.
const MAX_WORDS: usize = 64;

/// What a regular expression amounts to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Simple {
    /// The whole text is one of these.
    OneOf(Vec<String>),
    /// The text begins with this.
    Prefix(String),
    /// The text ends with this.
    Suffix(String),
    /// The text holds this.
    Contains(String),
    /// The whole text matches this glob.
    Glob(String),
}

/// A stretch of a regex.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Start,
    End,
    Literal(String),
    /// Any run of characters, line ends included.
    Run,
    /// Any run of characters but line ends.
    Line,
}

/// What a regex amounts to, and whether exactly: a `.*` inside a regex stops at line ends, which the plainer form does
/// not.
pub(super) fn read(regex: &str) -> Option<(Simple, bool)> {
    let hir = ParserBuilder::new().build().parse(regex).ok()?;
    if let Some(words) = words(&hir) {
        return Some((Simple::OneOf(words), true));
    }
    let mut parts = Vec::new();
    flatten(&hir, &mut parts)?;
    let start = parts.first() == Some(&Part::Start);
    let end = parts.last() == Some(&Part::End);
    let body = parts.get(usize::from(start)..parts.len().saturating_sub(usize::from(end)))?;
    if body.iter().any(|part| matches!(part, Part::Start | Part::End)) {
        return None;
    }
    let body = opened(body, start, end);
    let exact = !body.contains(&Part::Line);
    Some((named(&body), exact))
}

/// What a regex amounts to, where something plainer says exactly the same.
pub(super) fn simple(regex: &str) -> Option<Simple> {
    read(regex).filter(|(_, exact)| *exact).map(|(simple, _)| simple)
}

/// The parts of the whole text: where a regex is not tied to an end, anything may stand, and a `.*` there says nothing.
fn opened(body: &[Part], start: bool, end: bool) -> Vec<Part> {
    let idle = |part: &&Part| matches!(part, Part::Line | Part::Run);
    let from = if start { 0 } else { body.iter().take_while(idle).count() };
    let body = body.get(from..).unwrap_or_default();
    let kept = if end { body.len() } else { body.len() - body.iter().rev().take_while(idle).count() };
    let body = body.get(..kept).unwrap_or_default();
    let mut all = Vec::with_capacity(body.len() + 2);
    all.extend((!start).then_some(Part::Run));
    all.extend_from_slice(body);
    all.extend((!end).then_some(Part::Run));
    all.dedup();
    all
}

/// The glob that matches the same whole texts.
pub(super) fn glob(regex: &str) -> Option<String> {
    match simple(regex)? {
        Simple::OneOf(words) => match words.as_slice() {
            [word] => Some(escaped(word)),
            words if words.iter().any(String::is_empty) => None,
            words => Some(format!("{{{}}}", words.iter().map(|word| escaped(word)).collect::<Vec<_>>().join(","))),
        },
        Simple::Prefix(text) => Some(format!("{}*", escaped(&text))),
        Simple::Suffix(text) => Some(format!("*{}", escaped(&text))),
        Simple::Contains(text) => Some(format!("*{}*", escaped(&text))),
        Simple::Glob(glob) => Some(glob),
    }
}

fn named(body: &[Part]) -> Simple {
    let body: Vec<Part> = body.iter().map(|part| if *part == Part::Line { Part::Run } else { part.clone() }).collect();
    match body.as_slice() {
        [] => Simple::OneOf(vec![String::new()]),
        [Part::Literal(text)] => Simple::OneOf(vec![text.clone()]),
        [Part::Literal(text), Part::Run] => Simple::Prefix(text.clone()),
        [Part::Run, Part::Literal(text)] => Simple::Suffix(text.clone()),
        [Part::Run, Part::Literal(text), Part::Run] => Simple::Contains(text.clone()),
        parts => Simple::Glob(parts.iter().map(as_glob).collect()),
    }
}

fn as_glob(part: &Part) -> String {
    match part {
        Part::Literal(text) => escaped(text),
        _ => "*".to_owned(),
    }
}

/// `^(a|b)$`: the words.
fn words(hir: &Hir) -> Option<Vec<String>> {
    let HirKind::Concat(parts) = hir.kind() else { return None };
    let [start, body, end] = parts.as_slice() else { return None };
    let (HirKind::Look(Look::Start), HirKind::Look(Look::End)) = (start.kind(), end.kind()) else { return None };
    let mut found = Vec::new();
    alternatives(uncaptured(body), &mut found)?;
    (found.len() <= MAX_WORDS).then_some(found)
}

fn alternatives(hir: &Hir, found: &mut Vec<String>) -> Option<()> {
    match hir.kind() {
        HirKind::Alternation(all) => all.iter().try_for_each(|one| alternatives(uncaptured(one), found)),
        _ => {
            let mut parts = Vec::new();
            flatten(hir, &mut parts)?;
            match parts.as_slice() {
                [Part::Literal(word)] => found.push(word.clone()),
                [] => found.push(String::new()),
                _ => return None,
            }
            Some(())
        }
    }
}

fn uncaptured(hir: &Hir) -> &Hir {
    match hir.kind() {
        HirKind::Capture(capture) => uncaptured(&capture.sub),
        _ => hir,
    }
}

/// The parts of a regex; `None` where it holds anything else.
fn flatten(hir: &Hir, parts: &mut Vec<Part>) -> Option<()> {
    match hir.kind() {
        HirKind::Empty => {}
        HirKind::Literal(literal) => push(parts, std::str::from_utf8(&literal.0).ok()?),
        HirKind::Class(class) => push(parts, std::str::from_utf8(&class.literal()?).ok()?),
        HirKind::Look(Look::Start) => parts.push(Part::Start),
        HirKind::Look(Look::End) => parts.push(Part::End),
        HirKind::Capture(capture) => flatten(&capture.sub, parts)?,
        HirKind::Concat(all) => all.iter().try_for_each(|one| flatten(one, parts))?,
        HirKind::Repetition(repetition) if repetition.min == 0 && repetition.max.is_none() => {
            let HirKind::Class(class) = repetition.sub.kind() else { return None };
            parts.push(run(class)?);
        }
        _ => return None,
    }
    Some(())
}

fn run(class: &Class) -> Option<Part> {
    match class {
        class if is_anything(class) => Some(Part::Run),
        class if is_anything_but_a_line_end(class) => Some(Part::Line),
        _ => None,
    }
}

fn push(parts: &mut Vec<Part>, text: &str) {
    match parts.last_mut() {
        Some(Part::Literal(before)) => before.push_str(text),
        _ => parts.push(Part::Literal(text.to_owned())),
    }
}

fn is_anything(class: &Class) -> bool {
    matches!(class, Class::Unicode(class) if matches!(class.ranges(), [all] if all.start() == '\0' && all.end() == char::MAX))
}

fn is_anything_but_a_line_end(class: &Class) -> bool {
    let Class::Unicode(class) = class else { return false };
    matches!(class.ranges(), [before, after]
        if before.start() == '\0' && before.end() == '\t' && after.start() == '\u{b}' && after.end() == char::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(words: &[&str]) -> Simple {
        Simple::OneOf(words.iter().map(|word| (*word).to_owned()).collect())
    }

    #[test]
    fn plain_regexes_are_named() {
        let cases = [
            ("^git ", Simple::Prefix("git ".into())),
            (r"\.md$", Simple::Suffix(".md".into())),
            ("force", Simple::Contains("force".into())),
            ("^.*force.*", Simple::Contains("force".into())),
            (".*force.*", Simple::Contains("force".into())),
            ("^main$", words(&["main"])),
            ("^(main|release)$", words(&["main", "release"])),
            ("^(?:GET|HEAD)$", words(&["GET", "HEAD"])),
            (r"(?s)^a.*\.txt$", Simple::Glob("a*.txt".into())),
        ];
        for (regex, simple) in cases {
            assert_eq!(read(regex).map(|(simple, _)| simple), Some(simple), "{regex}");
        }
    }

    #[test]
    fn a_run_that_stops_at_line_ends_is_not_exact() {
        assert_eq!(read("^a.*$"), Some((Simple::Prefix("a".into()), false)));
        assert_eq!(read("^a.*"), Some((Simple::Prefix("a".into()), true)));
        assert_eq!(simple("^a.*b$"), None);
    }

    #[test]
    fn what_a_regex_is_for_stays_a_regex() {
        for regex in ["^[a-z]+$", "a|b", r"\bforce\b", "(?i)main", "^a?b$", "^(fix|feature)/[a-z-]+$", "^(.*/)?(a|b)$"]
        {
            assert_eq!(read(regex), None, "{regex}");
        }
    }

    #[test]
    fn globs_of_regexes_escape_what_is_literal() {
        assert_eq!(glob(r"^a\*"), Some(r"a\**".into()));
        assert_eq!(glob("^(a|b,c)$"), Some(r"{a,b\,c}".into()));
    }
}
