//! Options of a program, as a table names them.

/// The options a row knows, separated by blanks: `-x` for a letter, `--long` for a word.
#[derive(Clone, Copy)]
pub(super) struct Options {
    /// Options without a value.
    pub(super) flags: &'static str,
    /// Options with a value: in the same word, or the next one.
    pub(super) values: &'static str,
}

/// What an option is to a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// It takes no value, or has it in the same word.
    Whole,
    /// The next word is its value.
    ValueFollows,
    /// It is not in the table.
    Unlisted,
}

impl Options {
    /// Looks an option up: `--long`, `--long=value`, `-x`, `-xvalue`, `-xyz`.
    pub(super) fn find(&self, option: &str) -> Found {
        if option.starts_with("--") {
            return match option.split_once('=') {
                Some((name, _)) if self.flag(name) || self.value(name) => Found::Whole,
                Some(_) => Found::Unlisted,
                None if self.flag(option) => Found::Whole,
                None if self.value(option) => Found::ValueFollows,
                None => Found::Unlisted,
            };
        }
        if self.flag(option) {
            return Found::Whole;
        }
        if self.value(option) {
            return Found::ValueFollows;
        }
        if let Some((name, _)) = option.split_once('=').filter(|(name, _)| name.len() > 2)
            && (self.flag(name) || self.value(name))
        {
            return Found::Whole;
        }
        self.cluster(option)
    }

    /// Letters behind one dash; the value of the first that takes one is the rest.
    fn cluster(&self, option: &str) -> Found {
        let letters = option.strip_prefix('-').unwrap_or_default();
        let mut rest = letters.chars();
        while let Some(letter) = rest.next() {
            if self.letter(self.values, letter) {
                return if rest.as_str().is_empty() { Found::ValueFollows } else { Found::Whole };
            }
            if !self.letter(self.flags, letter) {
                return Found::Unlisted;
            }
        }
        if letters.is_empty() { Found::Unlisted } else { Found::Whole }
    }

    /// How many words an option takes; nothing where it is not in the table.
    pub(super) fn length(&self, option: &str) -> Option<usize> {
        match self.find(option) {
            Found::Whole => Some(1),
            Found::ValueFollows => Some(2),
            Found::Unlisted => None,
        }
    }

    fn flag(&self, option: &str) -> bool {
        listed(self.flags, option)
    }

    fn value(&self, option: &str) -> bool {
        listed(self.values, option)
    }

    #[expect(clippy::unused_self, reason = "reads better beside its neighbours")]
    fn letter(&self, list: &'static str, letter: char) -> bool {
        list.split(' ').any(|listed| {
            let mut chars = listed.chars();
            (chars.next(), chars.next(), chars.next()) == (Some('-'), Some(letter), None)
        })
    }
}

/// Whether a list separated by blanks holds an option.
pub(super) fn listed(list: &str, option: &str) -> bool {
    list.split_ascii_whitespace().any(|listed| listed == option)
}
