//! Rows as their files say, put into flat tables. `build.rs` includes this file.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::model::{Draft, Effect, Implicit, Operand, Style, Text, When};
use super::table::{
    ImplicitData, NO_OPERAND, NOTHING, OPERANDS, OperandData, OptData, PatchData, RowData, Span, Table, flag,
};

/// Puts rows into arrays.
#[derive(Default)]
pub struct Builder {
    table: Table,
    known: BTreeMap<String, u16>,
    overflow: bool,
}

impl Builder {
    /// The table of some programs' rows; nothing where they are too many.
    #[must_use]
    pub fn table<'d>(drafts: impl IntoIterator<Item = &'d Draft>) -> Option<Table> {
        let mut builder = Self::default();
        let drafts: Vec<&Draft> = drafts.into_iter().collect();
        let (from, _) = builder.rows(&drafts);
        let from = u16::try_from(from).ok()?;
        let mut names: Vec<(String, u16)> = Vec::new();
        for (at, draft) in drafts.iter().enumerate() {
            let row = from.checked_add(u16::try_from(at).ok()?)?;
            names.extend(draft.names.iter().map(|name| (name.to_string(), row)));
        }
        names.sort();
        let names: Vec<(u16, u16)> = names.iter().map(|(name, row)| (builder.text(name), *row)).collect();
        builder.table.names = names.into();
        let rows = builder.table.rows.iter();
        builder.table.families = rows.filter_map(|row| Some((row.alike?, row.names))).collect();
        (!builder.overflow).then_some(builder.table)
    }

    fn number(&mut self, count: usize) -> u16 {
        u16::try_from(count).unwrap_or_else(|_| {
            self.overflow = true;
            0
        })
    }

    fn text(&mut self, text: &str) -> u16 {
        if let Some(number) = self.known.get(text) {
            return *number;
        }
        let number = self.number(self.table.texts.len());
        let place = (u32::try_from(self.table.text.len()).unwrap_or_default(), self.number(text.len()));
        self.table.text.to_mut().push_str(text);
        self.table.texts.to_mut().push(place);
        self.known.insert(text.to_owned(), number);
        number
    }

    fn texts(&mut self, texts: &[Text]) -> Span {
        let numbers: Vec<u16> = texts.iter().map(|text| self.text(text)).collect();
        append(&mut self.table.lists, &numbers)
    }

    fn rows(&mut self, drafts: &[&Draft]) -> Span {
        let rows: Vec<RowData> = drafts.iter().map(|draft| self.row(draft)).collect();
        append(&mut self.table.rows, &rows)
    }

    fn row(&mut self, draft: &Draft) -> RowData {
        let subcommands: Vec<&Draft> = draft.subcommands.iter().collect();
        let others: Vec<&Draft> = draft.others.iter().collect();
        RowData {
            names: self.texts(&draft.names),
            options: self.options(draft),
            spellings: self.spellings(draft),
            operands: self.operands(draft.operands.as_deref()),
            instead: append(&mut self.table.numbers, &draft.instead),
            anew: append(&mut self.table.numbers, &draft.anew),
            with: self.patches(draft),
            pairs: self.pairs(draft),
            means: self.means(draft),
            undoes: self.undoes(draft),
            stands: self.stands(draft),
            settings: self.texts(&draft.settings),
            defaults: self.texts(&draft.defaults),
            environment: self.texts(&draft.environment),
            scripts: self.texts(&draft.scripts),
            subcommands: self.rows(&subcommands),
            others: self.rows(&others),
            implicit: self.implicit(&draft.implicit),
            alike: draft.alike.as_ref().map(|alike| self.text(alike)),
            also: draft.also.as_ref().map(|also| self.text(also)),
            stdin: draft.stdin,
            absent: draft.absent,
            flags: flags(draft),
        }
    }

    fn options(&mut self, draft: &Draft) -> Span {
        let mut options: Vec<OptData> = Vec::new();
        for option in draft.options.iter() {
            let spellings = self.texts(&option.spellings);
            let says = append(&mut self.table.numbers, &option.says);
            options.push((spellings, says, place(option.effect), option.arity));
        }
        append(&mut self.table.options, &options)
    }

    fn spellings(&mut self, draft: &Draft) -> Span {
        let spellings = draft.spellings.iter().map(|(spelling, option)| (self.text(spelling), *option));
        let spellings: Vec<(u16, u16)> = spellings.collect();
        append(&mut self.table.spellings, &spellings)
    }

    fn patches(&mut self, draft: &Draft) -> Span {
        let mut patches: Vec<PatchData> = Vec::new();
        for patch in draft.with.iter() {
            let (when, glob) = match &patch.when {
                When::Operands(count) => ((OPERANDS, *count), None),
                When::NoOperand => (NO_OPERAND, None),
                When::Options(options, glob) => {
                    (append(&mut self.table.numbers, options), glob.as_ref().map(|glob| self.text(glob)))
                }
            };
            let operands = self.operands(patch.operands.as_deref());
            let implicit = patch.implicit.as_ref().map(|implicit| self.implicit(implicit));
            patches.push((when, glob, operands, patch.stdin, implicit, patch.absent));
        }
        append(&mut self.table.patches, &patches)
    }

    fn pairs(&mut self, draft: &Draft) -> Span {
        let pairs: Vec<(u16, u8)> = draft.pairs.iter().map(|(key, effect)| (self.text(key), place(*effect))).collect();
        append(&mut self.table.pairs, &pairs)
    }

    fn means(&mut self, draft: &Draft) -> Span {
        let mut means: Vec<(u16, Span)> = Vec::new();
        for (glob, says) in draft.means.iter() {
            let says = append(&mut self.table.numbers, says);
            means.push((self.text(glob), says));
        }
        append(&mut self.table.means, &means)
    }

    fn undoes(&mut self, draft: &Draft) -> Span {
        let mut undoes: Vec<(u16, Span)> = Vec::new();
        for (option, others) in draft.undoes.iter() {
            undoes.push((*option, append(&mut self.table.numbers, others)));
        }
        append(&mut self.table.undoes, &undoes)
    }

    fn stands(&mut self, draft: &Draft) -> Span {
        let stands: Vec<(u16, u16)> =
            draft.stands_for.iter().map(|(when, words)| (self.text(when), self.text(words))).collect();
        append(&mut self.table.stands, &stands)
    }

    fn operands(&mut self, operands: Option<&[Operand]>) -> Span {
        let Some(operands) = operands else { return NOTHING };
        let operands: Vec<OperandData> = operands.iter().map(|operand| (place(operand.effect), operand.many)).collect();
        append(&mut self.table.operands, &operands)
    }

    fn implicit(&mut self, implicit: &Implicit) -> ImplicitData {
        let reads = implicit.reads.as_ref().map(|text| self.text(text));
        let target = implicit.target.as_ref().map(|text| self.text(text));
        (reads, target, implicit.works.as_ref().map(|text| self.text(text)))
    }
}

/// Appends some items, and where they stand. Lists of more than 65,535 items are cut, and none is so long.
fn append<T: Clone>(array: &mut Cow<'static, [T]>, items: &[T]) -> Span {
    let from = u32::try_from(array.len()).unwrap_or(u32::MAX);
    array.to_mut().extend_from_slice(items);
    (from, u16::try_from(items.len()).unwrap_or(u16::MAX))
}

/// An effect's place in [`Effect::WORDS`].
fn place(effect: Effect) -> u8 {
    let place = Effect::WORDS.iter().position(|(_, known)| *known == effect);
    place.and_then(|place| u8::try_from(place).ok()).unwrap_or(u8::MAX)
}

/// Whether a row, or one below it, may say what another command does.
fn says(draft: &Draft) -> bool {
    !draft.stands_for.is_empty() || draft.subcommands.iter().chain(draft.others.iter()).any(says)
}

fn flags(draft: &Draft) -> u16 {
    let Style { exact, stop, single, plus, plain, tar, find, each, short } = draft.style;
    let set = [
        (draft.handed, flag::HANDED),
        (draft.transparent, flag::TRANSPARENT),
        (draft.closed, flag::CLOSED),
        (draft.dynamic, flag::DYNAMIC),
        (draft.inherits, flag::INHERITS),
        (draft.nests, flag::NESTS),
        (exact, flag::EXACT),
        (stop, flag::STOP),
        (single, flag::SINGLE),
        (plus, flag::PLUS),
        (plain, flag::PLAIN),
        (tar, flag::TAR),
        (find, flag::FIND),
        (each, flag::EACH),
        (short, flag::SHORT),
        (says(draft), flag::SAYS),
    ];
    set.into_iter().filter(|(is, _)| *is).fold(0, |flags, (_, flag)| flags | flag)
}
