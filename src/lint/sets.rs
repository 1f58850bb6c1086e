//! What a test holds for, as a set of values, and which sets contain or exclude which.
//!
//! The sets are those of [`crate::tree::shape`], so lint and the decision tree agree on what a test asks. What is said
//! here is proved; where a proof would take too much work, the answer is `false`.

use std::cell::Cell;
use std::cmp::Ordering;

use super::regex_form;
use super::typed_sets::Typed;
use crate::cel::expr::{Expr, ExprKind};
use crate::cel::value::Value;
use crate::number::Number;
use crate::pattern::{Bound, Interval, PathGlob, TextGlob, ValuePattern};
use crate::tree::shape::{Family, Question, Shape};

/// Most questions about automata that one run of lint asks.
const MAX_QUESTIONS: usize = 20_000;

/// What is left of the work that proofs may take.
#[derive(Debug)]
pub(super) struct Effort {
    questions: Cell<usize>,
    exhausted: Cell<bool>,
}

impl Default for Effort {
    fn default() -> Self {
        Self { questions: Cell::new(MAX_QUESTIONS), exhausted: Cell::new(false) }
    }
}

impl Effort {
    /// Takes one question; `false` when none is left.
    pub(super) fn ask(&self) -> bool {
        match self.questions.get().checked_sub(1) {
            Some(left) => {
                self.questions.set(left);
                true
            }
            None => {
                self.exhausted.set(true);
                false
            }
        }
    }

    /// Whether some question was not asked.
    pub(super) const fn exhausted(&self) -> bool {
        self.exhausted.get()
    }
}

/// The values a test holds for.
#[derive(Clone, Debug)]
pub(super) enum Set {
    /// These.
    OneOf(Vec<Value<'static>>),
    /// Numbers of an interval.
    Interval(Interval),
    /// Texts of a glob.
    Text(Globbed<TextGlob>),
    /// Paths of a glob.
    Path(Globbed<PathGlob>),
    /// Paths below a directory that only a call tells.
    Placed {
        /// The text of what tells the directory: `context.workspace`.
        place: String,
        /// The paths, as if that directory were the root.
        below: Globbed<PathGlob>,
    },
    /// Commands, hosts, addresses.
    Typed(Typed),
    /// Not known.
    Opaque,
}

/// Texts that match a glob.
#[derive(Clone, Debug)]
pub(super) struct Globbed<G> {
    glob: G,
    /// What all of them begin with.
    literal: String,
}

impl Set {
    /// The set of a test's shape; sets of tests without a shape are looked for in the test itself.
    pub(super) fn of(shape: &Shape<'_>) -> Self {
        match (&shape.question, shape.family) {
            (Question::OneOf(values), _) => Self::OneOf(values.clone()),
            (Question::Interval(interval), _) => Self::Interval(*interval),
            (Question::Prefix(text), Family::PathPrefix) => Self::within(text),
            (Question::Prefix(text), _) => Self::text(&format!("{}*", escaped(text))),
            (Question::Pattern(ValuePattern::Path(glob)), _) => {
                Self::Path(Globbed { literal: literal(glob.as_str()), glob: glob.clone() })
            }
            (Question::Pattern(ValuePattern::Text(glob)), _) => Self::text(glob.as_str()),
            (Question::Pattern(ValuePattern::Regex(regex)), _) => {
                regex_form::glob(regex).map_or(Self::Opaque, |glob| Self::text(&glob))
            }
        }
    }

    /// The subject and the set of a test that the tree has no index for, but whose texts a glob describes.
    pub(super) fn of_text_test(expr: &Expr) -> Option<(&Expr, Self)> {
        let ExprKind::Call { function, args, .. } = &expr.kind else { return None };
        let [subject, operand] = args.as_slice() else { return None };
        let Some(Value::Text(text)) = operand.constant() else { return None };
        let glob = match function.name {
            "endsWith" => format!("*{}", escaped(text)),
            "contains" => format!("*{}*", escaped(text)),
            _ => return None,
        };
        Some((subject, Self::text(&glob)))
    }

    /// The subject and the set of a test of paths below a directory that only a call tells.
    pub(super) fn of_placed_test(expr: &Expr) -> Option<(&Expr, Self)> {
        let ExprKind::Call { function, args, .. } = &expr.kind else { return None };
        let [subject, operand] = args.as_slice() else { return None };
        let (place, below) = match (function.name, &operand.kind) {
            ("within", ExprKind::Select { .. }) => (operand.canonical(), Self::within("/")),
            ("within", ExprKind::Call { function, args, .. }) if function.name == "path" => {
                let [rest, place] = args.as_slice() else { return None };
                (place.canonical(), Self::within(&plain(rest)?))
            }
            ("matches", ExprKind::Call { function, args, .. }) if function.name == "@glob_below" => {
                let [place, glob] = args.as_slice() else { return None };
                let Some(Value::Text(glob)) = glob.constant() else { return None };
                let parsed = PathGlob::parse(glob).ok().filter(|_| !glob.contains(".."))?;
                (place.canonical(), Self::Path(Globbed { literal: literal(parsed.as_str()), glob: parsed }))
            }
            _ => return None,
        };
        let Self::Path(below) = below else { return None };
        Some((subject, Self::Placed { place, below }))
    }

    fn text(glob: &str) -> Self {
        let made = TextGlob::parse(glob).ok().map(|parsed| Globbed { glob: parsed, literal: literal(glob) });
        made.map_or(Self::Opaque, Self::Text)
    }

    fn within(directory: &str) -> Self {
        if directory.contains(['*', '?', '[', ']', '{', '}', ',', '\\']) {
            return Self::Opaque;
        }
        let glob = if directory == "/" { "**".to_owned() } else { format!("{{{directory},{directory}/**}}") };
        let made = PathGlob::parse(&glob).ok().map(|glob| Globbed { glob, literal: directory.to_owned() });
        made.map_or(Self::Opaque, Self::Path)
    }

    /// The numbers outside of a one-sided interval.
    pub(super) const fn rest_of_numbers(&self) -> Option<Self> {
        let Self::Interval(interval) = self else { return None };
        match interval.complement() {
            Some(rest) => Some(Self::Interval(rest)),
            None => None,
        }
    }

    /// Whether every value of `narrow` is one of this set's too. Listed values are compared elsewhere, by evaluation.
    pub(super) fn contains(&self, narrow: &Self, effort: &Effort) -> bool {
        match (self, narrow) {
            (Self::Interval(wide), Self::Interval(narrow)) => interval_contains(wide, narrow),
            (Self::Typed(wide), Self::Typed(narrow)) => wide.contains(narrow),
            (Self::Text(wide), Self::Text(narrow)) => {
                narrow.literal.starts_with(&wide.literal) && effort.ask() && wide.glob.contains(&narrow.glob)
            }
            (Self::Path(wide), Self::Path(narrow)) => {
                narrow.literal.starts_with(&wide.literal) && effort.ask() && wide.glob.contains(&narrow.glob)
            }
            (Self::Placed { place, below: wide }, Self::Placed { place: other, below: narrow }) => {
                place == other
                    && narrow.literal.starts_with(&wide.literal)
                    && effort.ask()
                    && wide.glob.contains(&narrow.glob)
            }
            _ => false,
        }
    }

    /// Whether the sets have no value in common.
    pub(super) fn disjoint(&self, other: &Self, effort: &Effort) -> bool {
        match (self, other) {
            (Self::Interval(left), Self::Interval(right)) => apart(left, right) || apart(right, left),
            (Self::Text(left), Self::Text(right)) => {
                !compatible(&left.literal, &right.literal) || (effort.ask() && left.glob.disjoint(&right.glob))
            }
            (Self::Path(left), Self::Path(right)) => {
                !compatible(&left.literal, &right.literal) || (effort.ask() && left.glob.disjoint(&right.glob))
            }
            (Self::Placed { place, below: left }, Self::Placed { place: other, below: right }) => {
                place == other
                    && (!compatible(&left.literal, &right.literal) || (effort.ask() && left.glob.disjoint(&right.glob)))
            }
            _ => self.kind().zip(other.kind()).is_some_and(|(left, right)| left != right),
        }
    }

    /// Whether both are sets of one kind of value, so that a test of the one is known where a test of the other is.
    pub(super) fn same_kind(&self, other: &Self) -> bool {
        self.kind().is_some() && self.kind() == other.kind()
    }

    const fn kind(&self) -> Option<u8> {
        match self {
            Self::Interval(_) => Some(0),
            Self::Text(_) => Some(1),
            Self::Path(_) => Some(2),
            Self::OneOf(_) | Self::Placed { .. } | Self::Typed(_) | Self::Opaque => None,
        }
    }
}

/// The rest of a path below a directory as a path below the root; nothing where `..` may lead out.
fn plain(rest: &Expr) -> Option<String> {
    let Some(Value::Text(rest)) = rest.constant() else { return None };
    let parts: Vec<&str> = rest.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
    (!parts.contains(&"..")).then(|| format!("/{}", parts.join("/")))
}

/// Whether a text can begin with both.
fn compatible(left: &str, right: &str) -> bool {
    left.starts_with(right) || right.starts_with(left)
}

/// The characters before the first wildcard.
fn literal(glob: &str) -> String {
    glob.chars().take_while(|c| !matches!(c, '*' | '?' | '[' | '{' | '\\')).collect()
}

/// A text as a glob that matches it alone.
pub(super) fn escaped(text: &str) -> String {
    let mut glob = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '*' | '?' | '[' | ']' | '{' | '}' | ',' | '\\') {
            glob.push('\\');
        }
        glob.push(c);
    }
    glob
}

fn interval_contains(wide: &Interval, narrow: &Interval) -> bool {
    let below = match (wide.lower, narrow.lower) {
        (Bound::Open, _) => true,
        (_, Bound::Open) => false,
        (wide, narrow) => match order(wide, narrow) {
            Some(Ordering::Equal) => !excluding(wide) || excluding(narrow),
            order => order == Some(Ordering::Less),
        },
    };
    let above = match (wide.upper, narrow.upper) {
        (Bound::Open, _) => true,
        (_, Bound::Open) => false,
        (wide, narrow) => match order(wide, narrow) {
            Some(Ordering::Equal) => !excluding(wide) || excluding(narrow),
            order => order == Some(Ordering::Greater),
        },
    };
    below && above
}

/// Whether `left` ends before `right` begins.
fn apart(left: &Interval, right: &Interval) -> bool {
    match order(left.upper, right.lower) {
        Some(Ordering::Equal) => excluding(left.upper) || excluding(right.lower),
        order => order == Some(Ordering::Less),
    }
}

fn order(left: Bound, right: Bound) -> Option<Ordering> {
    Some(number(left)?.cmp(&number(right)?))
}

const fn number(bound: Bound) -> Option<Number> {
    match bound {
        Bound::Open => None,
        Bound::Including(number) | Bound::Excluding(number) => Some(number),
    }
}

const fn excluding(bound: Bound) -> bool {
    matches!(bound, Bound::Excluding(_))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn below(end: i64) -> Set {
        Set::Interval(Interval { lower: Bound::Open, upper: Bound::Excluding(Number::from(end)) })
    }

    fn from(start: i64) -> Set {
        Set::Interval(Interval { lower: Bound::Including(Number::from(start)), upper: Bound::Open })
    }

    #[test]
    fn intervals_contain_and_exclude_each_other_exactly() {
        let effort = Effort::default();
        assert!(below(10).contains(&below(5), &effort) && !below(5).contains(&below(10), &effort));
        assert!(below(5).contains(&below(5), &effort));
        assert!(below(5).disjoint(&from(5), &effort) && from(5).disjoint(&below(5), &effort));
        assert!(!below(6).disjoint(&from(5), &effort));
        assert!(below(5).rest_of_numbers().unwrap().contains(&from(5), &effort));
    }

    #[test]
    fn directories_contain_by_components() {
        let effort = Effort::default();
        let [ws, ws2, inner] = ["/ws", "/ws2", "/ws/a"].map(Set::within);
        assert!(ws.contains(&inner, &effort) && !inner.contains(&ws, &effort));
        assert!(!ws.contains(&ws2, &effort) && ws.disjoint(&ws2, &effort));
        assert!(Set::within("/").contains(&ws, &effort));
    }

    #[test]
    fn sets_of_texts_are_globs_and_literals_are_escaped() {
        let effort = Effort::default();
        let starts = Set::text(&format!("{}*", escaped("a*b")));
        assert!(!starts.contains(&Set::text("axb*"), &effort));
        assert!(Set::text("a*").contains(&Set::text("ab*c"), &effort));
        assert!(Set::text("*.md").disjoint(&Set::text("*.rs"), &effort));
    }

    #[test]
    fn without_effort_nothing_is_claimed() {
        let effort = Effort { questions: Cell::new(0), exhausted: Cell::new(false) };
        assert!(!Set::text("a*").contains(&Set::text("ab*"), &effort) && effort.exhausted());
    }
}
