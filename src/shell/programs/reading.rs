//! What a command's words are, as its program's row tells them apart; it draws no conclusion.

use super::model::Effect;
use super::model::{Absent, Stdin};
use super::operands::Role;
use super::table::{Implicit, OperandData, Opt, Row};
use crate::shell::script::Word;

/// A command, read by its program's row.
pub(in crate::shell) struct Reading<'r> {
    /// The subcommands on the way, by their main names.
    pub(in crate::shell) path: Vec<&'r str>,
    /// What each word is, in order.
    pub(in crate::shell) parts: Vec<Part<'r>>,
    /// The operands that it expects, as the options make it.
    pub(in crate::shell) spec: Option<&'r [OperandData]>,
    /// Whether an option takes the place of the first operand.
    pub(in crate::shell) replaced: bool,
    /// Whether an option makes anew what is else read and changed.
    pub(in crate::shell) anew: bool,
    /// What standard input does, as the options and operands make it.
    pub(in crate::shell) stdin: Option<Stdin>,
    /// What is read and written though no word says so.
    pub(in crate::shell) implicit: Implicit<'r>,
    /// What happens where a command is expected and none is given.
    pub(in crate::shell) absent: Absent,
    /// Whether a command is expected.
    pub(in crate::shell) expects_command: bool,
}

/// One word, or an option with its value.
pub(in crate::shell) struct Part<'r> {
    /// Which of the command's words it begins with.
    pub(in crate::shell) at: usize,
    /// The row that it was read by.
    pub(in crate::shell) row: Row<'r>,
    /// What it is.
    pub(in crate::shell) is: Is<'r>,
}

impl Part<'_> {
    /// Whether it is an operand that does one of these.
    pub(in crate::shell) fn is_operand_of(&self, effects: &[Effect]) -> bool {
        matches!(&self.is, Is::Operand(Role::One(effect)) if effects.contains(effect))
    }
}

/// What a word is.
pub(in crate::shell) enum Is<'r> {
    /// An option that the row names.
    Option {
        /// The option.
        option: Opt<'r>,
        /// Its index in the row.
        index: u16,
        /// Its value, where it has one.
        value: Option<Value>,
    },
    /// An option that a word may say, being known only when it runs: a doubt for an entry with the option. What the word does in
    /// any case is told by its own role.
    Maybe {
        /// The option.
        option: Opt<'r>,
        /// Its index in the row.
        index: u16,
    },
    /// What looks like an option and is none that the row names.
    Unlisted,
    /// A word that may be an option, or several words.
    Unsure {
        /// Whether it may be several words, or none.
        several: bool,
    },
    /// A subcommand that the row names.
    Subcommand {
        /// Whether it runs something, of which the row does not say what.
        runs: bool,
    },
    /// An option that does nothing with the value it has, or a sign of an expression.
    Nothing {
        /// The option's index in the row.
        index: Option<u16>,
    },
    /// A word in the place of a subcommand that no row names.
    UnknownSubcommand,
    /// An operand.
    Operand(Role<'r>),
}

/// An option's value.
pub(in crate::shell) struct Value {
    /// Which of the command's words holds it, or its beginning.
    pub(in crate::shell) at: usize,
    /// The value itself.
    pub(in crate::shell) word: Word,
}
