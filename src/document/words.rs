//! Closed sets of words: tiers and layers.

use std::borrow::Cow;
use std::marker::PhantomData;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::shape::{At, Required, Shape};
use crate::diagnostic::{Diagnostic, Kind, kinds};
use crate::source::{Span, Spanned};
use crate::suggest::nearest;
use crate::tier::{Layer, Tier};

/// A closed set of words.
pub(super) trait Words: FromStr + Copy + 'static {
    /// The kind of a diagnostic about another word.
    const KIND: &'static Kind;
    /// What one of them is: "a tier".
    const WHAT: &'static str;
    /// All of them.
    const ALL: &'static [Self];
    /// What people write elsewhere for the same.
    const OTHER_WORDS: &'static [(&'static str, Self)];

    /// The word itself.
    fn word(self) -> &'static str;
    /// What it means, for the schema.
    fn meaning(self) -> &'static str;
}

impl Words for Tier {
    const KIND: &'static Kind = &kinds::UNKNOWN_TIER;
    const WHAT: &'static str = "a tier";
    const ALL: &'static [Self] = &Tier::ALL;
    const OTHER_WORDS: &'static [(&'static str, Self)] = &[
        ("allow", Self::Autonomous),
        ("allowed", Self::Autonomous),
        ("permit", Self::Autonomous),
        ("approval", Self::ApprovalRequired),
        ("approve", Self::ApprovalRequired),
        ("ask", Self::ApprovalRequired),
        ("deny", Self::Blocked),
        ("denied", Self::Blocked),
        ("forbid", Self::Blocked),
        ("block", Self::Blocked),
        ("warn", Self::Notify),
        ("audit", Self::Notify),
    ];

    fn word(self) -> &'static str {
        self.as_str()
    }

    fn meaning(self) -> &'static str {
        match self {
            Self::Autonomous => "executes, nobody is told",
            Self::Notify => "executes, the supervisors are told",
            Self::ApprovalRequired => "waits for a supervisor",
            Self::Blocked => "never executes",
        }
    }
}

impl Words for Layer {
    const KIND: &'static Kind = &kinds::UNKNOWN_LAYER;
    const WHAT: &'static str = "a layer";
    const ALL: &'static [Self] = &Layer::ALL;
    const OTHER_WORDS: &'static [(&'static str, Self)] = &[("org", Self::Organization), ("team", Self::Organization)];

    fn word(self) -> &'static str {
        self.as_str()
    }

    fn meaning(self) -> &'static str {
        match self {
            Self::System => "holds for everybody",
            Self::Organization => "is added by one organization",
            Self::Agent => "is said of some agents",
        }
    }
}

/// One word of a closed set.
pub(super) struct Word<W>(PhantomData<W>);

impl<W: Words> JsonSchema for Word<W> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        W::WHAT.into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let words: Vec<&str> = W::ALL.iter().map(|word| word.word()).collect();
        let meanings: Vec<&str> = W::ALL.iter().map(|word| word.meaning()).collect();
        // `enumDescriptions` is no keyword of JSON Schema; editors show it beside each word.
        json_schema!({ "type": "string", "enum": words, "enumDescriptions": meanings })
    }
}

impl<W: Words> Shape for Word<W> {
    type Value = Spanned<W>;

    fn read(at: &At<'_>, findings: &mut Vec<Diagnostic>) -> Option<Self::Value> {
        let Some(text) = at.node.as_text() else {
            findings.push(at.wrong_type(W::WHAT, one_of::<W>()));
            return None;
        };
        let place = at.node.as_scalar().map_or(at.node.span, |scalar| scalar.content);
        if let Ok(word) = text.parse() {
            return Some(Spanned::new(word, place));
        }
        let (finding, meant) = unknown_word::<W>(text, place);
        findings.push(finding);
        meant.map(|word| Spanned::new(word, place))
    }
}

fn one_of<W: Words>() -> String {
    let words: Vec<String> = W::ALL.iter().map(|word| format!("`{}`", word.word())).collect();
    format!("write one of {}", words.join(", "))
}

/// What to say of another word, and what was probably meant by it.
fn unknown_word<W: Words>(text: &str, place: Span) -> (Diagnostic, Option<W>) {
    let finding = Diagnostic::of(W::KIND, place, format!("`{}` is not {}", text.escape_debug(), W::WHAT));
    if let Some(word) = nearest(text, W::ALL.iter().map(|word| word.word())) {
        let help = format!("did you mean `{word}`?");
        return (finding.help(help).fix(place, word), word.parse().ok());
    }
    let lower = text.to_lowercase();
    if let Some((_, word)) = W::OTHER_WORDS.iter().find(|(other, _)| *other == lower) {
        let help = format!("`{}` is the word for what {}; {}", word.word(), word.meaning(), one_of::<W>());
        return (finding.help(help), Some(*word));
    }
    (finding.help(one_of::<W>()), None)
}

impl Required for Word<Tier> {
    fn stand_in(span: Span) -> Self::Value {
        Spanned::new(Tier::Blocked, span)
    }
}
