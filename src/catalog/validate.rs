//! Whether a value satisfies a schema: valid, invalid, or not to be told.
//!
//! Not to be told is refused like invalid, but is kept apart until the end, so that `not` cannot turn it into valid.
//! Nothing is allocated for a valid value; the work and the depth are bounded whatever the schema says.

use std::fmt::Write as _;

use regex::Regex;

use super::number;
use super::schema::{Bound, Check, Count, Counted, Place, Schema, Types};
use super::text_of;
use crate::json::{Json, Object};
use crate::number::Number;

/// Most checks run for one value.
pub(super) const MAX_CHECKS: u32 = 1_000_000;
/// Most schemas applied inside each other.
pub(super) const MAX_DEPTH: u32 = 256;

/// Where and how a value breaks its schema.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// JSON pointer of the value, empty for the whole.
    pub pointer: String,
    /// What is wrong.
    pub message: String,
}

impl std::fmt::Display for Violation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.pointer.as_str() {
            "" => write!(f, "its params: {}", self.message),
            pointer => write!(f, "its params at `{}`: {}", pointer.escape_debug(), self.message),
        }
    }
}

impl Schema {
    /// Checks a value.
    ///
    /// # Errors
    /// The first violation found, or what could not be checked.
    pub fn validate(&self, value: &Json<'_>) -> Result<(), Violation> {
        self.validate_at(0, value)
    }

    /// Checks a value against one place of the schema.
    pub(super) fn validate_at(&self, place: Place, value: &Json<'_>) -> Result<(), Violation> {
        let mut run = Run { schema: self, checks: 0, quiet: 0 };
        let here = Trail { up: None, step: Step::Root, depth: 0 };
        run.place(place, value, &here).map_err(|fault| fault.violation)
    }
}

/// Why a value is not valid.
struct Fault {
    violation: Violation,
    /// Whether validity could not be told.
    unclear: bool,
}

type Verdict = Result<(), Fault>;

/// The way from the whole value to the one in hand.
struct Trail<'t> {
    up: Option<&'t Trail<'t>>,
    step: Step<'t>,
    depth: u32,
}

enum Step<'t> {
    Root,
    /// Another schema for the same value.
    Same,
    Key(&'t str),
    Index(usize),
}

impl<'t> Trail<'t> {
    fn down(&'t self, step: Step<'t>) -> Self {
        Self { up: Some(self), step, depth: self.depth + 1 }
    }

    fn write(&self, out: &mut String) {
        if let Some(up) = self.up {
            up.write(out);
        }
        match self.step {
            Step::Root | Step::Same => {}
            Step::Key(key) => out.extend(["/", &key.replace('~', "~0").replace('/', "~1")]),
            Step::Index(index) => _ = write!(out, "/{index}"),
        }
    }
}

/// One validation.
struct Run<'s> {
    schema: &'s Schema,
    checks: u32,
    /// Above zero where a violation decides something and is not itself reported: no words are made.
    quiet: u32,
}

impl<'s> Run<'s> {
    fn fault(&self, trail: &Trail<'_>, unclear: bool, message: impl FnOnce() -> String) -> Verdict {
        let mut violation = Violation { pointer: String::new(), message: String::new() };
        if self.quiet == 0 {
            trail.write(&mut violation.pointer);
            violation.message = message();
        }
        Err(Fault { violation, unclear })
    }

    fn invalid(&self, trail: &Trail<'_>, message: impl FnOnce() -> String) -> Verdict {
        self.fault(trail, false, message)
    }

    fn require(&self, holds: bool, trail: &Trail<'_>, message: impl FnOnce() -> String) -> Verdict {
        if holds { Ok(()) } else { self.invalid(trail, message) }
    }

    fn place(&mut self, place: Place, value: &Json<'_>, trail: &Trail<'_>) -> Verdict {
        let schema: &'s Schema = self.schema;
        if trail.depth > MAX_DEPTH {
            return self.fault(trail, true, || format!("more than {MAX_DEPTH} schemas are applied inside each other"));
        }
        let checks = schema.places.get(place).map_or(&[][..], Vec::as_slice);
        self.spend(1 + checks.len(), trail)?;
        checks.iter().try_for_each(|check| self.check(check, value, trail))
    }

    /// Counts work.
    fn spend(&mut self, checks: usize, trail: &Trail<'_>) -> Verdict {
        self.checks = self.checks.saturating_add(u32::try_from(checks).unwrap_or(u32::MAX));
        if self.checks > MAX_CHECKS {
            return self.fault(trail, true, || format!("it takes more than {MAX_CHECKS} checks"));
        }
        Ok(())
    }

    fn check(&mut self, check: &'s Check, value: &Json<'_>, trail: &Trail<'_>) -> Verdict {
        match check {
            Check::Never => self.invalid(trail, || "no value is allowed here".to_owned()),
            Check::Unclear(name) => {
                self.fault(trail, true, || format!("the schema's `{name}` cannot be checked, so the value is refused"))
            }
            Check::Types(types) => self.types(*types, value, trail),
            Check::Among(allowed) => {
                self.spend(allowed.len(), trail)?;
                self.require(allowed.iter().any(|one| number::compare(one, value).is_eq()), trail, || among(allowed))
            }
            Check::Bound(bound) => self.bound(*bound, value, trail),
            Check::MultipleOf(unit) => self.multiple(*unit, value, trail),
            Check::Count(count) => self.count(*count, value, trail),
            Check::Pattern(regex) => self.pattern(regex, value, trail),
            Check::Items { first, rest } => self.items(first, *rest, value, trail),
            Check::Contains { place, least, most } => self.contains(*place, (*least, *most), value, trail),
            Check::Unique => self.unique(value, trail),
            Check::Properties { .. } | Check::PropertyNames(_) => self.properties(check, value, trail),
            Check::Required(keys) => self.required(keys, value, trail),
            Check::RequiredWith(key, keys) => if_key(value, key, || self.required(keys, value, trail)),
            Check::SchemaWith(key, place) => if_key(value, key, || self.same(*place, value, trail)),
            Check::AllOf(places) => places.iter().try_for_each(|place| self.same(*place, value, trail)),
            Check::AnyOf(places) => self.some_of(places, 1..=u64::MAX, value, trail),
            Check::OneOf(places) => self.some_of(places, 1..=1, value, trail),
            Check::Not(place) => self.some_of(std::slice::from_ref(place), 0..=0, value, trail),
            Check::If { test, then, otherwise } => self.branch(*test, [*then, *otherwise], value, trail),
            Check::Reference(place) => self.same(*place, value, trail),
        }
    }

    fn same(&mut self, place: Place, value: &Json<'_>, trail: &Trail<'_>) -> Verdict {
        self.place(place, value, &trail.down(Step::Same))
    }

    /// Whether a schema holds, `None` where that cannot be told; no words are made.
    fn quietly(&mut self, place: Place, value: &Json<'_>, trail: &Trail<'_>) -> Option<bool> {
        self.quiet += 1;
        let verdict = self.same(place, value, trail);
        self.quiet -= 1;
        match verdict {
            Ok(()) => Some(true),
            Err(fault) if fault.unclear => None,
            Err(_) => Some(false),
        }
    }

    fn types(&self, types: Types, value: &Json<'_>, trail: &Trail<'_>) -> Verdict {
        self.require(types.meets(Types::of(value)), trail, || format!("must be {types}, not {}", value.kind()))
    }

    fn pattern(&mut self, regex: &Regex, value: &Json<'_>, trail: &Trail<'_>) -> Verdict {
        /// Bytes a regex reads in about the time of one check.
        const BYTES_A_CHECK: usize = 64;
        let Some(text) = value.as_text() else { return Ok(()) };
        self.spend(text.len() / BYTES_A_CHECK, trail)?;
        self.require(regex.is_match(text), trail, || format!("does not match `{regex}`"))
    }

    fn bound(&self, bound: Bound, value: &Json<'_>, trail: &Trail<'_>) -> Verdict {
        let Some(number) = value.as_number() else { return Ok(()) };
        let order = number.cmp(&bound.limit);
        let holds = (order.is_eq() && !bound.exclusive) || if bound.lower { order.is_gt() } else { order.is_lt() };
        self.require(holds, trail, || {
            let word = match (bound.lower, bound.exclusive) {
                (true, true) => "above",
                (true, false) => "at least",
                (false, true) => "below",
                (false, false) => "at most",
            };
            format!("must be {word} {}", bound.limit)
        })
    }

    fn multiple(&self, unit: Number, value: &Json<'_>, trail: &Trail<'_>) -> Verdict {
        let Some(number) = value.as_number() else { return Ok(()) };
        match number.is_multiple_of(unit) {
            Some(holds) => self.require(holds, trail, || format!("must be a multiple of {unit}")),
            None => {
                self.fault(trail, true, || format!("has too many digits to tell whether it is a multiple of {unit}"))
            }
        }
    }

    fn count(&self, count: Count, value: &Json<'_>, trail: &Trail<'_>) -> Verdict {
        let (found, what) = match (count.of, value) {
            (Counted::Characters, Json::Text(text)) => (text.chars().count(), "characters"),
            (Counted::Elements, Json::List(items)) => (items.len(), "elements"),
            (Counted::Keys, Json::Object(object)) => (object.len(), "keys"),
            _ => return Ok(()),
        };
        let found = u64::try_from(found).unwrap_or(u64::MAX);
        let holds = if count.lower { found >= count.limit } else { found <= count.limit };
        self.require(holds, trail, || {
            let word = if count.lower { "at least" } else { "at most" };
            format!("has {found} {what}; {word} {} are allowed", count.limit)
        })
    }

    fn items(&mut self, first: &[Place], rest: Option<Place>, value: &Json<'_>, trail: &Trail<'_>) -> Verdict {
        let Json::List(items) = value else { return Ok(()) };
        let places = first.iter().copied().map(Some).chain(std::iter::repeat(rest));
        for ((index, item), place) in items.iter().enumerate().zip(places) {
            if let Some(place) = place {
                self.place(place, item, &trail.down(Step::Index(index)))?;
            }
        }
        Ok(())
    }

    fn contains(
        &mut self,
        place: Place,
        (least, most): (u64, Option<u64>),
        value: &Json<'_>,
        trail: &Trail<'_>,
    ) -> Verdict {
        let Json::List(items) = value else { return Ok(()) };
        let mut found = Found::default();
        for item in items {
            found.add(self.quietly(place, item, trail));
        }
        self.found(found, least..=most.unwrap_or(u64::MAX), trail, |sure| {
            format!("has {sure} elements that `contains` looks for; at least {least} are required")
        })
    }

    fn unique(&mut self, value: &Json<'_>, trail: &Trail<'_>) -> Verdict {
        let Json::List(items) = value else { return Ok(()) };
        if items.len() < 2 {
            return Ok(());
        }
        self.spend(items.len(), trail)?;
        let mut sorted: Vec<&Json<'_>> = items.iter().collect();
        sorted.sort_by(|left, right| number::compare(left, right));
        let twice = sorted.windows(2).any(|pair| matches!(pair, [a, b] if number::compare(a, b).is_eq()));
        self.require(!twice, trail, || "has the same element twice".to_owned())
    }

    fn properties(&mut self, check: &'s Check, value: &Json<'_>, trail: &Trail<'_>) -> Verdict {
        let Json::Object(object) = value else { return Ok(()) };
        for (key, value) in object.entries() {
            let here = trail.down(Step::Key(key));
            match check {
                Check::PropertyNames(place) => self.place(*place, &Json::Text(key.as_ref().into()), &here)?,
                check => self.property(check, key, value, &here)?,
            }
        }
        Ok(())
    }

    fn property(&mut self, check: &'s Check, key: &str, value: &Json<'_>, here: &Trail<'_>) -> Verdict {
        let Check::Properties { named, patterns, others } = check else { return Ok(()) };
        self.spend(1 + patterns.len(), here)?;
        let mut known = false;
        if let Some(place) = named.get(key) {
            known = true;
            self.place(*place, value, here)?;
        }
        for (_, place) in patterns.iter().filter(|(regex, _)| regex.is_match(key)) {
            known = true;
            self.place(*place, value, here)?;
        }
        match others {
            Some(place) if !known && self.schema.is_never(*place) => {
                let names = named.keys().map(String::as_str);
                self.invalid(here, || unknown_key(key, names))
            }
            Some(place) if !known => self.place(*place, value, here),
            _ => Ok(()),
        }
    }

    fn required(&self, keys: &[String], value: &Json<'_>, trail: &Trail<'_>) -> Verdict {
        let Json::Object(object) = value else { return Ok(()) };
        match keys.iter().find(|key| object.get(key).is_none()) {
            Some(key) => self.invalid(trail, || format!("`{key}` is required")),
            None => Ok(()),
        }
    }

    /// Whether as many of the schemas hold as are allowed to.
    fn some_of(
        &mut self,
        places: &[Place],
        allowed: std::ops::RangeInclusive<u64>,
        value: &Json<'_>,
        trail: &Trail<'_>,
    ) -> Verdict {
        let mut found = Found::default();
        for place in places {
            found.add(self.quietly(*place, value, trail));
            if *allowed.end() == u64::MAX && found.sure > 0 {
                return Ok(());
            }
        }
        self.found(found, allowed, trail, |sure| match sure {
            0 => "satisfies none of the schemas that are allowed".to_owned(),
            _ if places.len() == 1 => "satisfies a schema that is forbidden".to_owned(),
            _ => format!("satisfies {sure} schemas where exactly one is allowed"),
        })
    }

    fn found(
        &self,
        found: Found,
        allowed: std::ops::RangeInclusive<u64>,
        trail: &Trail<'_>,
        message: impl FnOnce(u64) -> String,
    ) -> Verdict {
        let most = found.sure + found.unclear;
        if allowed.contains(&found.sure) && allowed.contains(&most) {
            return Ok(());
        }
        let unclear = found.sure <= *allowed.end() && most >= *allowed.start();
        self.fault(trail, unclear, || message(found.sure))
    }

    fn branch(&mut self, test: Place, places: [Option<Place>; 2], value: &Json<'_>, trail: &Trail<'_>) -> Verdict {
        let [then, otherwise] = places;
        let place = match self.quietly(test, value, trail) {
            Some(true) => then,
            Some(false) => otherwise,
            None => return self.fault(trail, true, || "the schema's `if` cannot be checked".to_owned()),
        };
        place.map_or(Ok(()), |place| self.same(place, value, trail))
    }
}

/// How many schemas or elements hold, and of how many it cannot be told.
#[derive(Clone, Copy, Default)]
struct Found {
    sure: u64,
    unclear: u64,
}

impl Found {
    fn add(&mut self, holds: Option<bool>) {
        self.sure += u64::from(holds == Some(true));
        self.unclear += u64::from(holds.is_none());
    }
}

impl Schema {
    fn is_never(&self, place: Place) -> bool {
        matches!(self.places.get(place).map(Vec::as_slice), Some([Check::Never]))
    }
}

fn if_key(value: &Json<'_>, key: &str, check: impl FnOnce() -> Verdict) -> Verdict {
    if value.as_object().is_some_and(|object: &Object<'_>| object.get(key).is_some()) { check() } else { Ok(()) }
}

fn among(allowed: &[Json<'_>]) -> String {
    const SHOWN: usize = 8;
    let shown: Vec<String> = allowed.iter().take(SHOWN).map(|one| format!("`{}`", text_of(one))).collect();
    let more = if allowed.len() > SHOWN { ", …" } else { "" };
    format!("must be one of {}{more}", shown.join(", "))
}

fn unknown_key<'k>(key: &str, known: impl Iterator<Item = &'k str>) -> String {
    let hint = crate::suggest::nearest(key, known).map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
    format!("`{}` is not a known key{hint}", key.escape_debug())
}
