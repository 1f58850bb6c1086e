//! A command's words told apart by its program's row: options with their values, operands with their roles, subcommands.
//!
//! The reading says what each word is, and what cannot be told; it draws no conclusion.

use super::model::{Absent, Arity, Effect, fits};
use super::operands::{Role, role_from, role_of, runs_by_itself, without_assignments};
use super::reading::{Is, Part, Reading, Value};
use super::table::{Condition, OperandData, Opt, Row, effect_of, flag};
use crate::shell::script::Word;

/// Reads the words of a command, the program being the first.
pub(in crate::shell) fn read<'r>(row: Row<'r>, words: &[Word]) -> Reading<'r> {
    let mut reader = Reader {
        words,
        program: row,
        row,
        above: Vec::new(),
        path: Vec::new(),
        parts: Vec::new(),
        operands: Vec::new(),
        open: !row.has(flag::PLAIN),
        expression: false,
        shifted: Shifted::No,
        handed: None,
        at: 1,
    };
    while let Some(word) = words.get(reader.at) {
        reader.at += 1;
        reader.word(word);
    }
    reader.finish()
}

/// An option that was found.
#[derive(Clone, Copy)]
struct Known<'r> {
    row: Row<'r>,
    index: u16,
    option: Opt<'r>,
}

struct Reader<'r, 'w> {
    words: &'w [Word],
    /// The program's own row.
    program: Row<'r>,
    row: Row<'r>,
    /// The rows around it, whose options may stand behind its name.
    above: Vec<Row<'r>>,
    path: Vec<&'r str>,
    parts: Vec<Part<'r>>,
    /// The words that are operands of the innermost row, with whether words before them are not told apart.
    operands: Vec<(usize, Shifted)>,
    /// Whether a word may still be an option.
    open: bool,
    /// Whether the expression of `find` has begun.
    expression: bool,
    /// Whether some word before may have been several, or an option's value.
    shifted: Shifted,
    /// Where words begin that are data for what is run.
    handed: Option<usize>,
    /// The word that comes next.
    at: usize,
}

/// What is not told of the words before one.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shifted {
    /// All is told.
    No,
    /// How many operands a pattern stands for; none of them is an option.
    Patterned,
    /// Which of them are options, and whose values.
    Anyhow,
}

impl<'r> Reader<'r, '_> {
    fn part(&mut self, at: usize, is: Is<'r>) {
        self.parts.push(Part { at, row: self.row, is });
    }

    fn word(&mut self, word: &Word) {
        let at = self.at - 1;
        if self.handed.is_some() {
            return self.operand(at);
        }
        match word {
            Word::Dynamic { below: Some(_), splits: true, .. } if self.takes_a_pattern(at) => {
                if self.shifted == Shifted::No {
                    self.shifted = Shifted::Patterned;
                }
                self.operand(at);
            }
            Word::Dynamic { prefix, splits, .. } => self.dynamic(at, prefix, *splits),
            Word::Literal(text) if self.open && &**text == "--" => {
                self.open = false;
                if self.row.has(flag::HANDED) {
                    self.handed = Some(self.at);
                }
            }
            // Behind operands of its own, before the command that it runs.
            Word::Literal(text) if &**text == "--" && self.operands_begun() && !self.takes_the_rest_by_now() => {}
            Word::Literal(text) if self.is_option(text) => self.option(at, text),
            Word::Literal(text) if at == 1 && self.row.has(flag::TAR) => self.letters(at, '-', text),
            Word::Literal(text) => self.bare(at, text),
        }
    }

    fn is_option(&self, text: &str) -> bool {
        let dashed = text.len() > 1 && (text.starts_with('-') || self.row.has(flag::PLUS) && text.starts_with('+'));
        let sign = self.row.has(flag::FIND) && matches!(text, "(" | ")" | "!" | ",");
        self.open && (dashed || sign || self.expression)
    }

    /// Whether the words of a pattern of paths are operands here.
    fn takes_a_pattern(&self, at: usize) -> bool {
        let letters = at == 1 && self.row.has(flag::TAR);
        let named = self.row.has_subcommands() && !self.operands_begun();
        !letters && !named && self.row.operands().is_some()
    }

    /// A word that is known only when it runs.
    fn dynamic(&mut self, at: usize, prefix: &str, splits: bool) {
        let word = Word::Dynamic { prefix: prefix.into(), splits, below: None };
        if self.open && prefix.len() > 1 && prefix.starts_with('-') && self.begun_option(at, prefix, splits) {
            // Each word of a pattern begins so: `--include=*.rs` is that option, as often as there are such files.
            if splits && !(prefix.starts_with("--") && prefix.contains('=')) {
                self.unsure(at, true);
            }
            return;
        }
        // The first word of `tar` may be letters without a dash.
        let letters = at == 1 && self.row.has(flag::TAR);
        if splits || letters || self.open && word.may_be_option() {
            self.unsure(at, splits);
            return;
        }
        if !self.row.has_subcommands() || self.operands_begun() {
            self.operand(at);
        } else {
            self.part(at, Is::UnknownSubcommand);
            self.shifted = Shifted::Anyhow;
        }
    }

    /// An option whose value is dynamic in its own word: `--format=…`, `-j…`.
    fn begun_option(&mut self, at: usize, prefix: &str, splits: bool) -> bool {
        let (name, value) =
            match prefix.split_once('=').filter(|_| prefix.starts_with("--") || self.row.has(flag::SINGLE)) {
                Some((name, value)) => (name, value),
                None if prefix.starts_with("--") || self.row.has(flag::SINGLE) => return false,
                None => prefix.split_at_checked(2).unwrap_or((prefix, "")),
            };
        let Some(Known { row, index, option }) = self.lookup(name) else { return false };
        if matches!(option.arity(), Arity::Bare | Arity::Two)
            || option.arity() == Arity::Equals && !prefix.contains('=')
        {
            return false;
        }
        let word = Word::Dynamic { prefix: value.into(), splits, below: None };
        self.may_mean(row, at, Some(option), value);
        self.parts.push(Part { at, row, is: Is::Option { option, index, value: Some(Value { at, word }) } });
        true
    }

    fn unsure(&mut self, at: usize, several: bool) {
        self.part(at, Is::Unsure { several });
        self.shifted = Shifted::Anyhow;
    }

    /// The option of a spelling, of this row or of one around it that passes its options on.
    fn lookup(&self, spelling: &str) -> Option<Known<'r>> {
        self.known(|row| row.option(spelling))
    }

    fn known(&self, find: impl Fn(Row<'r>) -> Option<u16>) -> Option<Known<'r>> {
        self.rows().find_map(|row| {
            let index = find(row)?;
            Some(Known { row, index, option: row.opt(index)? })
        })
    }

    /// The row, and those around it that pass their options on.
    fn rows(&self) -> impl Iterator<Item = Row<'r>> {
        let above = self.above.clone();
        std::iter::once(self.row).chain(above.into_iter().rev())
    }

    /// A word that begins like an option.
    fn option(&mut self, at: usize, text: &str) {
        if self.row.has(flag::FIND) {
            self.expression = true;
        }
        let spelt =
            self.lookup(text).is_some() || text.split_once('=').is_some_and(|(name, _)| self.lookup(name).is_some());
        let begun = self.rows().find_map(|row| Some((row, row.begun(text)?))).filter(|_| !spelt);
        if let Some((row, (length, index))) = begun
            && let Some(option) = row.opt(index)
            && !self.is_longer(text, length)
        {
            return self.found(at, Known { row, index, option }, text.get(length..));
        }
        if self.row.has(flag::FIND) && matches!(text, "(" | ")" | "!" | ",") {
            return self.part(at, Is::Nothing { index: None });
        }
        if self.row.has(flag::SINGLE) {
            return self.word_option(at, text);
        }
        if text.starts_with("--") {
            return self.long(at, text);
        }
        if let Some(known) = self.lookup(text) {
            return self.found(at, known, None);
        }
        if text.get(1..).is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))
            && let Some(known) = self.lookup("-#")
        {
            return self.found(at, known, None);
        }
        let sign = if text.starts_with('+') { '+' } else { '-' };
        self.letters(at, sign, text.get(1..).unwrap_or_default());
    }

    /// `--long`, `--long=value`, or an abbreviation.
    fn long(&mut self, at: usize, text: &str) {
        let (name, value) = match text.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (text, None),
        };
        let found = self.lookup(name).or_else(|| {
            let exact = self.row.has(flag::EXACT);
            let one = |row: Row<'r>| match row.abbreviated(name).as_slice() {
                [index] if !exact => Some(*index),
                _ => None,
            };
            self.known(one)
        });
        match found {
            Some(known) if known.option.arity() == Arity::Bare && value.is_some() => self.unlisted(at),
            Some(known) => self.found(at, known, value),
            None => self.unlisted(at),
        }
    }

    /// An option of one dash and a word: `-name value`, `-name=value`, `-Wname`.
    fn word_option(&mut self, at: usize, text: &str) {
        let single = text.strip_prefix('-').filter(|rest| rest.starts_with('-') && rest.len() > 1);
        for text in [Some(text), single].into_iter().flatten() {
            if let Some(known) = self.lookup(text) {
                return self.found(at, known, None);
            }
            if let Some((name, value)) = text.split_once('=')
                && let Some(known) = self.lookup(name)
                && known.option.arity() != Arity::Bare
            {
                return self.found(at, known, Some(value));
            }
        }
        let glued = self.rows().find_map(|row| {
            let (length, index) = row.glued(text)?;
            Some((length, Known { row, index, option: row.opt(index)? }))
        });
        match glued.filter(|(length, _)| !self.is_longer(text, *length)) {
            Some((length, known)) => self.found(at, known, text.get(length..)),
            None => self.unlisted(at),
        }
    }

    /// Whether a word begins like a longer option that does something: `-mllvmX` is perhaps that and no `-m*`.
    fn is_longer(&self, text: &str, length: usize) -> bool {
        !text.starts_with("--") && self.rows().any(|row| row.worded(text).is_some_and(|longest| longest > length))
    }

    /// Letters behind one sign; the value of the first that takes one is the rest, or the next word.
    fn letters(&mut self, at: usize, sign: char, letters: &str) {
        let tar = at == 1 && self.row.has(flag::TAR) && self.words.get(at).and_then(Word::as_literal) == Some(letters);
        let mut rest = letters.chars();
        while let Some(letter) = rest.next() {
            let Some(known) = self.lookup(&format!("{sign}{letter}")) else { return self.unlisted(at) };
            // Shells differ on `-oc`: some take the value of `-o` from the next word and go on with `-c`.
            if self.row.has(flag::PLUS) && known.option.arity() == Arity::Required && !rest.as_str().is_empty() {
                return self.unlisted(at);
            }
            let value = match known.option.arity() {
                Arity::Equals => rest.as_str().strip_prefix('='),
                Arity::Attached | Arity::Required if !tar && !rest.as_str().is_empty() => Some(rest.as_str()),
                _ => None,
            };
            if known.option.arity() == Arity::Digits {
                rest = rest.as_str().trim_start_matches(|char: char| char.is_ascii_digit()).chars();
            }
            self.found(at, known, value);
            if value.is_some() {
                return;
            }
        }
    }

    fn unlisted(&mut self, at: usize) {
        self.part(at, Is::Unlisted);
        self.shifted = Shifted::Anyhow;
    }

    /// An option that the row names, its value in the same word or the next.
    fn found(&mut self, at: usize, known: Known<'r>, value: Option<&str>) {
        let Known { row, index, option } = known;
        let mut taken = None;
        match (option.arity(), value) {
            (_, Some(value)) => taken = Some(Value { at, word: Word::literal(value) }),
            (Arity::Required, None) => taken = self.next_value(),
            (Arity::Two, None) => taken = self.next_value().and_then(|_| self.next_value()),
            (_, None) => {}
        }
        if let Some(Value { word: Word::Literal(text), at: value_at }) = &taken {
            let (text, value_at) = (text.clone(), *value_at);
            self.meant(row, value_at, Some(option), &text);
        }
        if let Some(Value { word: Word::Dynamic { prefix, .. }, at: value_at }) = &taken {
            let (prefix, value_at) = (prefix.clone(), *value_at);
            self.may_mean(row, value_at, Some(option), &prefix);
        }
        let several = matches!(&taken, Some(Value { word: Word::Dynamic { splits: true, .. }, .. }));
        let value_at = taken.as_ref().map_or(at, |value| value.at);
        let text = taken.as_ref().and_then(|value| value.word.as_literal());
        let nothing = text.is_some_and(|text| row.meant(Some(option), text).any(<[u16]>::is_empty));
        let is = if nothing { Is::Nothing { index: Some(index) } } else { Is::Option { option, index, value: taken } };
        self.parts.push(Part { at, row, is });
        if several {
            self.unsure(value_at, true);
        }
        if option.effect() == Effect::Command {
            self.inner_command();
        } else if row.is(self.row) && self.ends_options(index) {
            self.open = false;
        }
    }

    /// What a word says beside what it is, as options; whether there is anything.
    fn meant(&mut self, row: Row<'r>, at: usize, option: Option<Opt<'r>>, text: &str) -> bool {
        let mut any = false;
        for index in row.meant(option, text).flatten() {
            let Some(said) = row.opt(*index) else { continue };
            let value =
                (option.is_none() && said.arity() != Arity::Bare).then(|| Value { at, word: Word::literal(text) });
            self.parts.push(Part { at, row, is: Is::Option { option: said, index: *index, value } });
            any = true;
        }
        any
    }

    /// The same of a word of which only the beginning is known.
    fn may_mean(&mut self, row: Row<'r>, at: usize, option: Option<Opt<'r>>, begun: &str) {
        for (certain, says) in row.may_mean(option, begun) {
            for index in says {
                let Some(said) = row.opt(*index) else { continue };
                let is = match certain {
                    true => Is::Option { option: said, index: *index, value: None },
                    false => Is::Maybe { option: said, index: *index },
                };
                self.parts.push(Part { at, row, is });
            }
        }
    }

    fn next_value(&mut self) -> Option<Value> {
        let word = self.words.get(self.at)?.clone();
        self.at += 1;
        Some(Value { at: self.at - 1, word })
    }

    /// Whether what stands behind an option belongs to what it runs: `python -c code`.
    fn ends_options(&self, index: u16) -> bool {
        self.row.has(flag::STOP)
            && self.row.with().any(|patch| {
                let handed =
                    patch.operands.and_then(<[_]>::first).is_some_and(|first| effect_of(first) == Effect::Handed);
                handed && matches!(patch.when, Condition::Options(options, None) if options.contains(&index))
            })
    }

    /// The words of `find -exec … ;`, `fd -x … ;`: up to their end.
    fn inner_command(&mut self) {
        self.at = command_end(self.words, self.at, self.row.has(flag::FIND)).1;
    }

    fn operands_begun(&self) -> bool {
        !self.operands.is_empty()
    }

    /// A word that is no option.
    fn bare(&mut self, at: usize, text: &str) {
        if !self.row.has_subcommands() || self.operands_begun() || self.handed.is_some() {
            return self.operand(at);
        }
        let row = self.row;
        if let Some((inner, name)) = row.subcommand(text) {
            self.part(at, Is::Subcommand { runs: false });
            return self.enter(inner, Some(name));
        }
        if self.meant(row, at, None, text) {
            return;
        }
        if let Some(others) = row.others() {
            self.enter(others, None);
            return self.operand(at);
        }
        if row.operands().is_some_and(|operands| !operands.is_empty()) {
            return self.operand(at);
        }
        self.part(at, Is::UnknownSubcommand);
        self.shifted = Shifted::Anyhow;
        self.open = false;
        self.handed = None;
        self.operands.push((at, Shifted::Anyhow));
    }

    fn enter(&mut self, row: Row<'r>, name: Option<&'r str>) {
        if let Some(also) = row.also(name)
            && let Some((row, path)) = self.elsewhere(also)
        {
            (self.row, self.path) = (row, path);
            self.operands.clear();
            self.open = !row.has(flag::PLAIN);
            return;
        }
        if self.row.has(flag::INHERITS) {
            self.above.push(self.row);
        }
        self.row = row;
        self.path.extend(name);
        self.operands.clear();
        self.open = !row.has(flag::PLAIN);
    }

    /// The subcommand of some words from the program on, with its names.
    fn elsewhere(&mut self, words: &'r str) -> Option<(Row<'r>, Vec<&'r str>)> {
        let (mut row, mut path) = (self.program, Vec::new());
        self.above.clear();
        for word in words.split(' ') {
            if row.has(flag::INHERITS) {
                self.above.push(row);
            }
            let (inner, name) = row.subcommand(word)?;
            path.push(name);
            row = inner;
        }
        Some((row, path))
    }

    fn operand(&mut self, at: usize) {
        match self.words.get(at) {
            Some(Word::Literal(text)) => drop(self.meant(self.row, at, None, text)),
            Some(Word::Dynamic { prefix, .. }) => self.may_mean(self.row, at, None, prefix),
            None => {}
        }
        self.operands.push((at, self.shifted));
        let assigns = self.assignments(self.row.operands()) == self.operands.len();
        if self.row.has(flag::STOP) && !assigns || self.takes_the_rest_by_now() {
            self.open = false;
        }
    }

    /// Whether the operand that was just met makes all further words its own, whatever the options say.
    fn takes_the_rest_by_now(&self) -> bool {
        let Some(operands) = self.row.operands() else { return false };
        let assignments = self.assignments(Some(operands));
        let count = self.operands.len() - assignments;
        if count == 0 {
            return false;
        }
        let role = role_of(without_assignments(operands), count - 1, count);
        self.shifted == Shifted::No
            && matches!(role, Role::One(effect) if effect.takes_the_rest() && effect != Effect::Script)
    }

    /// The roles of the operands, now that all options are known.
    fn finish(mut self) -> Reading<'r> {
        let row = self.row;
        let mut spec = row.operands();
        let (mut stdin, mut implicit, mut absent) = (row.stdin(), row.implicit(), row.absent());
        for patch in row.with().filter(|patch| self.applies(&patch.when)) {
            spec = patch.operands.or(spec);
            stdin = patch.stdin.or(stdin);
            implicit = patch.implicit.unwrap_or(implicit);
            absent = patch.absent.unwrap_or(absent);
        }
        let whole = spec;
        let (replaced, anew) = (self.has(row.instead()), self.has(row.anew()));
        let spec = spec.map(|spec| if replaced { spec.get(1..).unwrap_or_default() } else { spec });
        let assignments = self.assignments(spec);
        let known = self.operands.len() - assignments;
        let mut parts = Vec::with_capacity(self.operands.len());
        let unnamed = self.parts.iter().find(|part| matches!(part.is, Is::UnknownSubcommand)).map(|part| part.at);
        for (number, (at, shifted)) in self.operands.iter().enumerate() {
            if unnamed.is_some_and(|unnamed| *at >= unnamed) {
                break;
            }
            let role = match spec {
                _ if self.handed.is_some_and(|from| *at >= from) => Role::One(Effect::Handed),
                None => Role::Untold,
                Some(spec) if *shifted == Shifted::Anyhow => Role::Any(spec),
                Some(spec) if *shifted == Shifted::Patterned => role_from(spec, number),
                Some(_) if number < assignments => Role::One(Effect::Assignment),
                Some(spec) => role_of(without_assignments(spec), number - assignments, known),
            };
            let text = self.words.get(*at).and_then(Word::as_literal).unwrap_or_default();
            let script = matches!(role, Role::One(Effect::Command)) && row.is_script(text);
            let role = if script { Role::One(Effect::Script) } else { role };
            parts.push(Part { at: *at, row, is: Is::Operand(role) });
            if matches!(role, Role::One(effect) if effect.takes_the_rest()) {
                break;
            }
        }
        let expects_command = spec.is_some_and(|spec| spec.iter().any(|operand| effect_of(operand) == Effect::Command));
        self.parts.extend(parts);
        self.parts.sort_by_key(|part| part.at);
        if whole.is_some_and(runs_by_itself) && absent == Absent::Shell && self.operands.is_empty() {
            self.doubt_the_subcommand();
        }
        Reading {
            path: self.path,
            parts: self.parts,
            spec: whole,
            replaced,
            anew,
            stdin,
            implicit,
            absent,
            expects_command,
        }
    }

    /// What a subcommand whose words are all programs runs where there is no word: something that the row does not say.
    fn doubt_the_subcommand(&mut self) {
        let informs =
            |part: &Part<'_>| matches!(part.is, Is::Option { option, .. } if option.effect() == Effect::Informs);
        if self.parts.iter().any(informs) {
            return;
        }
        if let Some(part) = self.parts.iter_mut().rev().find(|part| matches!(part.is, Is::Subcommand { .. })) {
            part.is = Is::Subcommand { runs: true };
        }
    }

    /// How many of the first operands give variables to the command behind them.
    fn assignments(&self, spec: Option<&[OperandData]>) -> usize {
        if spec.is_none_or(|spec| without_assignments(spec).len() == spec.len()) {
            return 0;
        }
        let assigns = |at: &usize| match self.words.get(*at) {
            Some(Word::Literal(text)) => text.contains('='),
            Some(Word::Dynamic { prefix, splits: false, .. }) => prefix.contains('='),
            _ => false,
        };
        self.operands.iter().take_while(|(at, _)| assigns(at)).count()
    }

    fn applies(&self, when: &Condition<'_>) -> bool {
        match when {
            Condition::Options(options, None) => self.has(options),
            Condition::Options(options, Some(glob)) => self.values(options).any(|value| fits(glob, value)),
            Condition::Operands(count) => self.operands.len() >= usize::from(*count),
            Condition::NoOperand => self.operands.is_empty(),
        }
    }

    /// The values that are known of some options of the innermost row.
    fn values<'p>(&'p self, options: &'p [u16]) -> impl Iterator<Item = &'p str> {
        self.parts.iter().filter_map(|part| match &part.is {
            Is::Option { index, value: Some(value), .. } if part.row.is(self.row) && options.contains(index) => {
                value.word.as_literal()
            }
            _ => None,
        })
    }

    /// Whether one of some options of the innermost row is there.
    fn has(&self, options: &[u16]) -> bool {
        self.parts.iter().any(|part| match &part.is {
            Is::Option { index, .. } | Is::Nothing { index: Some(index) } => {
                part.row.is(self.row) && options.contains(index)
            }
            _ => false,
        })
    }
}

/// Where a command inside a command's words ends, and where the words go on.
pub(in crate::shell) fn command_end(words: &[Word], from: usize, find: bool) -> (Option<usize>, usize) {
    for (at, word) in words.iter().enumerate().skip(from) {
        let ends = match word.as_literal() {
            Some(";") => true,
            Some("+") => find && at > from && words.get(at - 1).and_then(Word::as_literal) == Some("{}"),
            _ => false,
        };
        if ends {
            return (Some(at), at + 1);
        }
    }
    ((!find).then_some(words.len()), words.len())
}
