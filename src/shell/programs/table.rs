//! Rows as flat tables: everything that rows hold in a few arrays, so that the rows that ship are constants that nothing
//! has to read at run time. A [`Row`] is a view into them. `build.rs` includes this file.

use std::borrow::Cow;

use super::model::{Absent, Arity, Effect, Many, SAME_NAME, Stdin, fits, fits_begun, fits_setting, one_line, signal};

/// A part of an array: where it begins, and how many.
pub type Span = (u32, u16);
/// No part.
pub const NOTHING: Span = (u32::MAX, 0);

/// The arrays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// All text, one behind the other.
    pub text: Cow<'static, str>,
    /// Where each text stands.
    pub texts: Cow<'static, [Span]>,
    /// Lists of texts, by number.
    pub lists: Cow<'static, [u16]>,
    /// Lists of options, by their place in their row.
    pub numbers: Cow<'static, [u16]>,
    /// The rows; a program's subcommands stand together.
    pub rows: Cow<'static, [RowData]>,
    /// The programs' names, sorted, with their rows.
    pub names: Cow<'static, [(u16, u16)]>,
    /// The families of names that stand for one thing, each with a row's names; a family of several rows is there several times.
    pub families: Cow<'static, [(u16, Span)]>,
    /// The options, those of a row together.
    pub options: Cow<'static, [OptData]>,
    /// The spellings, those of a row together and sorted, with the option.
    pub spellings: Cow<'static, [(u16, u16)]>,
    /// The operands, those of a row together.
    pub operands: Cow<'static, [OperandData]>,
    /// The patches, those of a row together.
    pub patches: Cow<'static, [PatchData]>,
    /// Keys with an effect, those of a row together.
    pub pairs: Cow<'static, [(u16, u8)]>,
    /// Globs with the options they mean, those of a row together.
    pub means: Cow<'static, [(u16, Span)]>,
    /// Options with those that they take back, those of a row together.
    pub undoes: Cow<'static, [(u16, Span)]>,
    /// What commands that say the same hang on, and their words, those of a row together.
    pub stands: Cow<'static, [(u16, u16)]>,
}

/// An operand: the effect's place in [`Effect::WORDS`], and how many.
pub type OperandData = (u8, Many);

/// An option: the spellings, what else it says, the effect's place in [`Effect::WORDS`], the arity.
pub type OptData = (Span, Span, u8, Arity);

/// A row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RowData {
    /// Names.
    pub names: Span,
    /// Options.
    pub options: Span,
    /// Spellings.
    pub spellings: Span,
    /// Operands; [`NOTHING`] where nothing is known of them.
    pub operands: Span,
    /// Options that take the first operand's place.
    pub instead: Span,
    /// Options that make anew what is else changed.
    pub anew: Span,
    /// Patches.
    pub with: Span,
    /// Pairs.
    pub pairs: Span,
    /// Means.
    pub means: Span,
    /// Options that take others back.
    pub undoes: Span,
    /// Commands that say the same.
    pub stands: Span,
    /// Settings.
    pub settings: Span,
    /// Settings that may say what options do.
    pub defaults: Span,
    /// Environment.
    pub environment: Span,
    /// Scripts.
    pub scripts: Span,
    /// Subcommands.
    pub subcommands: Span,
    /// The row of other subcommands.
    pub others: Span,
    /// What is read and written without a word.
    pub implicit: ImplicitData,
    /// The family of its names.
    pub alike: Option<u16>,
    /// The subcommand that it is another way to.
    pub also: Option<u16>,
    /// Standard input.
    pub stdin: Option<Stdin>,
    /// Without a command.
    pub absent: Absent,
    /// A set of [`flag`]s.
    pub flags: u16,
}

/// The texts of what is read, of what is written and of where the command inside works, by number.
pub type ImplicitData = (Option<u16>, Option<u16>, Option<u16>);

/// A patch: when (options, a number of operands behind [`OPERANDS`], or [`NO_OPERAND`]), a glob of the option's value,
/// operands, standard input, implicit, absent.
pub type PatchData = (Span, Option<u16>, Span, Option<Stdin>, Option<ImplicitData>, Option<Absent>);

/// The beginning of what is no part, but a number of operands.
pub const OPERANDS: u32 = u32::MAX;
/// A patch where no operand is there.
pub const NO_OPERAND: Span = (u32::MAX - 1, 0);

/// What is true of a row, a bit each.
pub mod flag {
    /// Data behind `--`.
    pub const HANDED: u16 = 1;
    /// Needs no entry.
    pub const TRANSPARENT: u16 = 1 << 1;
    /// All options that matter are named.
    pub const CLOSED: u16 = 1 << 2;
    /// Unknown words do no harm.
    pub const DYNAMIC: u16 = 1 << 3;
    /// Options behind subcommands.
    pub const INHERITS: u16 = 1 << 4;
    /// Commands inside.
    pub const NESTS: u16 = 1 << 5;
    /// Long options are spelt out.
    pub const EXACT: u16 = 1 << 6;
    /// Options end at an operand.
    pub const STOP: u16 = 1 << 7;
    /// Words behind one dash.
    pub const SINGLE: u16 = 1 << 8;
    /// `+x` is an option.
    pub const PLUS: u16 = 1 << 9;
    /// No word is an option.
    pub const PLAIN: u16 = 1 << 10;
    /// Letters without a dash.
    pub const TAR: u16 = 1 << 11;
    /// An expression.
    pub const FIND: u16 = 1 << 12;
    /// A command for each of what is found.
    pub const EACH: u16 = 1 << 13;
    /// Operands by their beginning.
    pub const SHORT: u16 = 1 << 14;
    /// It, or a subcommand of it, may say what another command does.
    pub const SAYS: u16 = 1 << 15;
}

/// A row of a table.
#[derive(Clone, Copy)]
pub struct Row<'t> {
    table: &'t Table,
    data: &'t RowData,
}

/// An option of a row.
#[derive(Clone, Copy)]
pub struct Opt<'t> {
    table: &'t Table,
    data: &'t OptData,
}

/// What is read and written though no word says so.
#[derive(Clone, Copy, Default)]
pub struct Implicit<'t> {
    /// A path that is read.
    pub reads: Option<&'t str>,
    /// A path that is written.
    pub target: Option<&'t str>,
    /// Where the command inside it works, if that is not where it works itself.
    pub works: Option<&'t str>,
}

/// What changes where a condition holds.
pub struct Patch<'t> {
    /// When.
    pub when: Condition<'t>,
    /// The operands.
    pub operands: Option<&'t [OperandData]>,
    /// Standard input.
    pub stdin: Option<Stdin>,
    /// What is read and written without a word.
    pub implicit: Option<Implicit<'t>>,
    /// Without a command.
    pub absent: Option<Absent>,
}

/// When a patch applies.
pub enum Condition<'t> {
    /// One of these options is there, with a value that fits a glob, if there is one.
    Options(&'t [u16], Option<&'t str>),
    /// At least so many operands are there.
    Operands(u16),
    /// No operand is there.
    NoOperand,
}

/// The items of a part; none where it is out of the array.
fn part<T>(array: &[T], (from, count): Span) -> &[T] {
    let from = usize::try_from(from).unwrap_or(usize::MAX);
    array.get(from..).and_then(|rest| rest.get(..usize::from(count))).unwrap_or_default()
}

/// The effect of a place in [`Effect::WORDS`].
fn effect(place: u8) -> Effect {
    Effect::WORDS.get(usize::from(place)).map_or(Effect::Code, |(_, effect)| *effect)
}

/// What an operand does.
#[must_use]
pub fn effect_of(operand: &OperandData) -> Effect {
    effect(operand.0)
}

impl Table {
    fn str(&self, number: u16) -> &str {
        let (from, length) = self.texts.get(usize::from(number)).copied().unwrap_or_default();
        let from = usize::try_from(from).unwrap_or(usize::MAX);
        self.text.get(from..).and_then(|rest| rest.get(..usize::from(length))).unwrap_or_default()
    }

    fn list(&self, list: Span) -> impl Iterator<Item = &str> {
        part(&self.lists, list).iter().map(|number| self.str(*number))
    }

    /// A program's row by one of its names.
    #[must_use]
    pub fn program(&self, name: &str) -> Option<Row<'_>> {
        let at = self.names.binary_search_by(|(known, _)| self.str(*known).cmp(name)).ok()?;
        let (_, row) = self.names.get(at)?;
        Some(Row { table: self, data: self.rows.get(usize::from(*row))? })
    }

    /// The names of a family, which stand for one thing.
    pub fn family<'t>(&'t self, family: &str) -> impl Iterator<Item = &'t str> {
        let of_family = self.families.iter().filter(move |(word, _)| self.str(*word) == family);
        of_family.flat_map(|(_, names)| self.list(*names))
    }

    /// The programs' rows.
    pub fn programs(&self) -> impl Iterator<Item = Row<'_>> {
        let mut rows: Vec<u16> = self.names.iter().map(|(_, row)| *row).collect();
        rows.sort_unstable();
        rows.dedup();
        rows.into_iter().filter_map(|row| Some(Row { table: self, data: self.rows.get(usize::from(row))? }))
    }
}

impl<'t> Row<'t> {
    /// Whether it is the same row of the same table.
    #[must_use]
    pub fn is(self, other: Row<'_>) -> bool {
        std::ptr::eq(self.data, other.data)
    }

    /// All its names.
    pub fn names(self) -> impl Iterator<Item = &'t str> {
        self.table.list(self.data.names)
    }

    /// Whether a flag is set.
    #[must_use]
    pub fn has(self, flag: u16) -> bool {
        self.data.flags & flag != 0
    }

    /// The option of a spelling.
    #[must_use]
    pub fn option(self, spelling: &str) -> Option<u16> {
        let spellings = self.spellings();
        let at = spellings.binary_search_by(|(known, _)| self.table.str(*known).cmp(spelling)).ok()?;
        spellings.get(at).map(|(_, option)| *option)
    }

    fn spellings(self) -> &'t [(u16, u16)] {
        part(&self.table.spellings, self.data.spellings)
    }

    /// An option by its place in the row.
    #[must_use]
    pub fn opt(self, index: u16) -> Option<Opt<'t>> {
        let data = part(&self.table.options, self.data.options).get(usize::from(index))?;
        Some(Opt { table: self.table, data })
    }

    /// Its options.
    pub fn options(self) -> impl Iterator<Item = Opt<'t>> {
        part(&self.table.options, self.data.options).iter().map(move |data| Opt { table: self.table, data })
    }

    /// The option of a spelling `-W*` that a word begins like; the longest, with how long it is.
    #[must_use]
    pub fn begun(self, word: &str) -> Option<(usize, u16)> {
        let spellings = self.spellings().iter();
        let stems = spellings.filter_map(|(known, option)| Some((self.table.str(*known).strip_suffix('*')?, *option)));
        let begun = stems.filter(|(stem, _)| word.starts_with(stem));
        begun.map(|(stem, option)| (stem.len(), option)).max_by_key(|(length, _)| *length)
    }

    /// The longest spelling that a word begins like, of an option that takes its value in the same word.
    #[must_use]
    pub fn glued(self, word: &str) -> Option<(usize, u16)> {
        let spellings = self.spellings().iter().map(|(known, option)| (self.table.str(*known), *option));
        let glued = spellings.filter(|(spelling, option)| {
            let takes = match self.opt(*option).map(Opt::arity) {
                Some(Arity::Attached) => true,
                Some(Arity::Required) => spelling.len() == 2,
                _ => false,
            };
            takes && word.starts_with(spelling)
        });
        glued.map(|(spelling, option)| (spelling.len(), option)).max_by_key(|(length, _)| *length)
    }

    /// How long the longest spelling is that a word begins like, of an option that needs a value and does something.
    #[must_use]
    pub fn worded(self, word: &str) -> Option<usize> {
        let spellings = self.spellings().iter().map(|(known, option)| (self.table.str(*known), *option));
        let worded = spellings.filter(|(spelling, option)| {
            let does = self.opt(*option).is_some_and(|option| {
                option.arity() == Arity::Required
                    && !matches!(option.effect(), Effect::Harmless | Effect::Text | Effect::Informs)
            });
            does && word.len() > spelling.len() && word.starts_with(spelling)
        });
        worded.map(|(spelling, _)| spelling.len()).max()
    }

    /// The options of which a long spelling begins with this text; each once.
    #[must_use]
    pub fn abbreviated(self, text: &str) -> Vec<u16> {
        let spellings = self.spellings();
        let from = spellings.partition_point(|(known, _)| self.table.str(*known) < text);
        let fitting = spellings.iter().skip(from).take_while(|(known, _)| self.table.str(*known).starts_with(text));
        let mut options: Vec<u16> = fitting.map(|(_, option)| *option).collect();
        options.sort_unstable();
        options.dedup();
        options
    }

    /// What a word says beside what it is, being an operand, or the value of an option: options, or that the option does
    /// nothing with this value.
    pub fn meant(self, option: Option<Opt<'t>>, text: &str) -> impl Iterator<Item = &'t [u16]> {
        let number = option.filter(|option| option.effect() == Effect::Signal).map(|_| signal(text));
        let fits_it = move |glob: &str| fits(glob, text) || number.as_ref().is_some_and(|number| fits(glob, number));
        let fitting = self.meanings(option).filter(move |(glob, _)| fits_it(glob));
        // What does nothing in one line may do anything in the next.
        fitting.filter(move |(glob, says)| !says.is_empty() || one_line(glob, text)).map(|(_, says)| says)
    }

    /// What a word says of which only the beginning is known, and whether it does whatever follows.
    pub fn may_mean(self, option: Option<Opt<'t>>, begun: &str) -> impl Iterator<Item = (bool, &'t [u16])> {
        self.meanings(option).filter_map(move |(glob, says)| match fits_begun(glob, begun) {
            Some(false) => None,
            fits => Some((fits.is_some(), says)),
        })
    }

    /// The globs of operands, or of an option's values, that say something, and what.
    fn meanings(self, option: Option<Opt<'t>>) -> impl Iterator<Item = (&'t str, &'t [u16])> {
        part(&self.table.means, self.data.means).iter().filter_map(move |(glob, says)| {
            let whole = self.table.str(*glob);
            let glob = match (whole.split_once(' ').filter(|_| whole.starts_with('-')), option) {
                (None, None) => whole,
                (Some((spelling, glob)), Some(option)) if option.spellings().any(|known| known == spelling) => glob,
                _ => return None,
            };
            Some((glob, part(&self.table.numbers, *says)))
        })
    }

    /// Whether one of its options takes another back.
    #[must_use]
    pub fn undoes(self, option: u16, other: u16) -> bool {
        let mut undoes = part(&self.table.undoes, self.data.undoes).iter();
        undoes.any(|(own, others)| *own == option && part(&self.table.numbers, *others).contains(&other))
    }

    /// The commands that say the same as this program or subcommand does, or as an option of it with some value does.
    pub fn stands_for(self, option: Option<(Opt<'t>, Option<&'t str>)>) -> impl Iterator<Item = &'t str> {
        let fitting = part(&self.table.stands, self.data.stands).iter().filter(move |(when, _)| {
            let when = self.table.str(*when);
            let Some((option, value)) = option else { return when.is_empty() };
            let (spelling, glob) = when.split_once(' ').map_or((when, None), |(spelling, glob)| (spelling, Some(glob)));
            let valued = glob.is_none_or(|glob| value.is_some_and(|value| fits(glob, value)));
            valued && option.spellings().any(|known| known == spelling)
        });
        fitting.map(|(_, words)| self.table.str(*words))
    }

    /// The commands that it says the same as where these words are there, of those that rows may ask for.
    pub fn stands_for_with(self, there: &str) -> impl Iterator<Item = &'t str> {
        let fitting = part(&self.table.stands, self.data.stands).iter();
        fitting.filter(move |(when, _)| self.table.str(*when) == there).map(|(_, words)| self.table.str(*words))
    }

    /// The commands that it says the same as with some option, whatever the option.
    pub fn stands_for_any(self) -> impl Iterator<Item = &'t str> {
        part(&self.table.stands, self.data.stands).iter().map(|(_, words)| self.table.str(*words))
    }

    /// What its operands do; nothing where that is not known.
    #[must_use]
    pub fn operands(self) -> Option<&'t [OperandData]> {
        (self.data.operands != NOTHING).then(|| part(&self.table.operands, self.data.operands))
    }

    /// The options that make anew what it else reads and changes.
    #[must_use]
    pub fn anew(self) -> &'t [u16] {
        part(&self.table.numbers, self.data.anew)
    }

    /// The options that take the first operand's place.
    #[must_use]
    pub fn instead(self) -> &'t [u16] {
        part(&self.table.numbers, self.data.instead)
    }

    /// What standard input does.
    #[must_use]
    pub fn stdin(self) -> Option<Stdin> {
        self.data.stdin
    }

    /// What happens where a command is expected and none is given.
    #[must_use]
    pub fn absent(self) -> Absent {
        self.data.absent
    }

    /// The family of names that stand for one thing, its own among them.
    #[must_use]
    pub fn alike(self) -> Option<&'t str> {
        self.data.alike.map(|text| self.table.str(text))
    }

    /// The subcommand that it, by this name, is another way to, its words from the program on.
    #[must_use]
    pub fn also(self, name: Option<&'t str>) -> Option<&'t str> {
        let also = self.data.also.map(|text| self.table.str(text))?;
        if also == SAME_NAME { name } else { Some(also) }
    }

    /// What is read and written though no word says so.
    #[must_use]
    pub fn implicit(self) -> Implicit<'t> {
        self.implicit_of(self.data.implicit)
    }

    fn implicit_of(self, (reads, target, works): ImplicitData) -> Implicit<'t> {
        let str = |number: Option<u16>| number.map(|number| self.table.str(number));
        Implicit { reads: str(reads), target: str(target), works: str(works) }
    }

    /// What changes where conditions hold, in order.
    pub fn with(self) -> impl Iterator<Item = Patch<'t>> {
        part(&self.table.patches, self.data.with).iter().map(move |(when, glob, operands, stdin, implicit, absent)| {
            Patch {
                when: match *when {
                    (OPERANDS, count) => Condition::Operands(count),
                    NO_OPERAND => Condition::NoOperand,
                    options => {
                        let glob = glob.map(|glob| self.table.str(glob));
                        Condition::Options(part(&self.table.numbers, options), glob)
                    }
                },
                operands: (*operands != NOTHING).then(|| part(&self.table.operands, *operands)),
                stdin: *stdin,
                implicit: implicit.map(|implicit| self.implicit_of(implicit)),
                absent: *absent,
            }
        })
    }

    /// Whether its operands may be `KEY=VALUE`.
    #[must_use]
    pub fn has_pairs(self) -> bool {
        self.data.pairs.1 > 0
    }

    /// What an operand `KEY=VALUE` does.
    #[must_use]
    pub fn pair(self, key: &str) -> Option<Effect> {
        let mut pairs = part(&self.table.pairs, self.data.pairs).iter();
        pairs.find(|(glob, _)| fits(self.table.str(*glob), key)).map(|(_, place)| effect(*place))
    }

    /// Whether setting a key of its configuration to this value is harmless.
    #[must_use]
    pub fn is_harmless_setting(self, key: &str, value: Option<&str>) -> bool {
        let lower = key.to_ascii_lowercase();
        let mut settings = self.table.list(self.data.settings);
        settings.any(|glob| fits_setting(glob, &lower, value) || fits_setting(glob, key, value))
            || self.is_default(key, value)
    }

    /// Whether setting a key runs nothing, and may say what an option or operand does.
    #[must_use]
    pub fn is_default(self, key: &str, value: Option<&str>) -> bool {
        let lower = key.to_ascii_lowercase();
        let mut defaults = self.table.list(self.data.defaults);
        defaults.any(|glob| fits_setting(glob, &lower, value) || fits_setting(glob, key, value))
    }

    /// Whether giving it a variable with this value is harmless.
    #[must_use]
    pub fn is_harmless_variable(self, name: &str, value: Option<&str>) -> bool {
        self.table.list(self.data.environment).any(|glob| fits_setting(glob, name, value))
    }

    /// Whether a word in the place of a command is a script.
    #[must_use]
    pub fn is_script(self, text: &str) -> bool {
        !text.contains("://") && self.table.list(self.data.scripts).any(|glob| fits(glob, text))
    }

    /// Its subcommands.
    pub fn subcommands(self) -> impl Iterator<Item = Row<'t>> {
        part(&self.table.rows, self.data.subcommands).iter().map(move |data| Row { table: self.table, data })
    }

    /// Whether it has subcommands.
    #[must_use]
    pub fn has_subcommands(self) -> bool {
        self.data.subcommands.1 > 0
    }

    /// The subcommand of a name, and the name of which that is an alias, or itself. The row may be that of several
    /// subcommands: `status|log` are two, `install=i` is one.
    #[must_use]
    pub fn subcommand(self, name: &str) -> Option<(Row<'t>, &'t str)> {
        self.subcommands().find_map(|row| {
            let names = row.names().find(|names| names.split('=').any(|known| known == name))?;
            Some((row, names.split('=').next().unwrap_or(names)))
        })
    }

    /// The row of subcommands that are not named.
    #[must_use]
    pub fn others(self) -> Option<Row<'t>> {
        part(&self.table.rows, self.data.others).first().map(|data| Row { table: self.table, data })
    }
}

impl<'t> Opt<'t> {
    /// Whether it can be written; what stands in parentheses is only said by other words.
    pub fn is_written(self) -> bool {
        self.spellings().any(|spelling| !spelling.contains('('))
    }

    /// Its spellings.
    pub fn spellings(self) -> impl Iterator<Item = &'t str> {
        self.table.list(self.data.0)
    }

    /// Options that it says as well.
    #[must_use]
    pub fn says(self) -> &'t [u16] {
        part(&self.table.numbers, self.data.1)
    }

    /// What it does, or its value.
    #[must_use]
    pub fn effect(self) -> Effect {
        effect(self.data.2)
    }

    /// Whether it takes a value.
    #[must_use]
    pub fn arity(self) -> Arity {
        self.data.3
    }
}
