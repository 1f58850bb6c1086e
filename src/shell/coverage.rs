//! Which lists of commands hold wherever others do.
//!
//! Lint asks this of rules behind each other. Nothing is said that the reading of entries does not prove: an entry goes on
//! from another one where it adds subcommands and nothing else, since options and operands that an entry spells out are
//! more than its program's name allows.

use super::list::{Entry, List};
use super::programs::{self, Effect, Is, Programs, Role, base_name};
use super::script::Word;

impl List {
    /// Whether a command that this list allows in `runs_only` is allowed by the other one too, as far as that is proved.
    #[must_use]
    pub fn is_within(&self, wider: &Self, programs: &Programs) -> bool {
        let allowed = |entry: &Entry| wider.entries.iter().any(|wide| entry.goes_on_from(wide, programs));
        self.entries.iter().all(allowed)
    }

    /// Whether a command that this list names in `runs_any` is named by the other one too, as far as that is proved.
    #[must_use]
    pub fn is_named_by(&self, wider: &Self, programs: &Programs) -> bool {
        let named = |entry: &Entry| wider.entries.iter().any(|wide| entry.is_named_by(wide, programs));
        self.entries.iter().all(named)
    }
}

impl List {
    /// Whether an entry allows programs that it does not name: what stands behind it is a script, program text, or a
    /// command for somewhere else.
    #[must_use]
    pub fn opens(entry: &str, programs: &Programs) -> bool {
        let Ok(list) = Self::read([entry]) else { return false };
        list.entries.iter().any(|entry| entry.opens(programs))
    }

    /// Whether a row says what an entry's program does.
    #[must_use]
    pub fn has_row(entry: &str, programs: &Programs) -> bool {
        Self::read([entry]).is_ok_and(|list| list.entries.iter().all(|entry| programs.row_of(&entry.words).is_some()))
    }
}

impl Entry {
    fn opens(&self, programs: &Programs) -> bool {
        let mut words = self.words.clone();
        words.push(Word::literal("x"));
        let Some(row) = programs.row_of(&words) else { return false };
        let opens = |effect: Effect| {
            matches!(
                effect,
                Effect::Script | Effect::Code | Effect::Shell | Effect::Line | Effect::Elsewhere | Effect::Runs
            )
        };
        let reading = programs::read(row, &words);
        let only_tells = |part: &programs::Part<'_>| matches!(&part.is, Is::Option { option, .. } if option.effect() == Effect::Informs);
        !reading.parts.iter().any(only_tells)
            && reading.parts.iter().any(|part| match &part.is {
                Is::Operand(Role::One(effect)) => part.at >= self.words.len() && opens(*effect),
                Is::Option { option, value: Some(value), .. } => value.at >= self.words.len() && opens(option.effect()),
                _ => false,
            })
    }

    /// Whether it is the wider entry, or that one's words and further subcommands.
    fn goes_on_from(&self, wide: &Self, programs: &Programs) -> bool {
        self.words == wide.words || (self.words.starts_with(&wide.words) && self.names_only_subcommands(programs))
    }

    fn is_named_by(&self, wide: &Self, programs: &Programs) -> bool {
        let program =
            |entry: &Self| entry.words.first().and_then(Word::as_literal).map(|name| base_name(name).to_owned());
        let whole_program = wide.words.len() == 1 && program(wide).is_some() && program(wide) == program(self);
        whole_program || self.goes_on_from(wide, programs)
    }

    /// Whether behind the program stand subcommands alone; of a program without a row, any words.
    fn names_only_subcommands(&self, programs: &Programs) -> bool {
        if self.chain(programs).len() > 1 {
            return false;
        }
        let Some(row) = programs.row_of(&self.words) else { return true };
        let reading = programs::read(row, &self.words);
        reading.path.len() + 1 == self.words.len()
            && reading.parts.iter().all(|part| matches!(part.is, Is::Subcommand { runs: false }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shell::{Script, Verdict};

    fn list(entries: &[&str]) -> List {
        List::read(entries.iter().copied()).unwrap()
    }

    #[test]
    fn an_entry_goes_on_from_one_that_names_less_of_the_subcommand() {
        let within = |narrow: &[&str], wide: &[&str]| list(narrow).is_within(&list(wide), &Programs::default());
        assert!(within(&["git push"], &["git"]) && within(&["git push", "ls"], &["ls", "git"]));
        assert!(within(&["my-tool a b"], &["my-tool a"]) && within(&["ls"], &["ls"]));
        assert!(!within(&["git"], &["git push"]) && !within(&["git push", "rm"], &["git"]));
        // `find . -delete` is the second list's and a doubt to the first.
        assert!(!within(&["find -delete"], &["find"]) && !within(&["git push --force"], &["git push"]));
    }

    #[test]
    fn a_program_names_all_that_begins_with_it() {
        let named = |narrow: &[&str], wide: &[&str]| list(narrow).is_named_by(&list(wide), &Programs::default());
        assert!(
            named(&["git push --force"], &["git"]) && named(&["/bin/rm"], &["rm"]) && named(&["sudo rm"], &["sudo"])
        );
        assert!(!named(&["git"], &["git push"]) && !named(&["git push --force"], &["git push -u"]));
    }

    /// What is proved of lists holds for every command.
    #[test]
    fn no_command_contradicts_what_is_proved() {
        let entries =
            ["git", "git push", "git push --force", "git stash", "git stash list", "find", "find -delete", "ls"];
        let entries =
            entries.into_iter().chain(["ls -l", "rm", "rm -r", "sudo", "sudo rm", "tool", "tool a", "tool a b"]);
        let entries: Vec<&str> = entries.collect();
        let texts: Vec<String> = entries
            .iter()
            .flat_map(|entry| {
                ["", " x", " -f", " -o out x", " --force", "; ls", " > f"].map(|end| format!("{entry}{end}"))
            })
            .collect();
        for narrow in &entries {
            for wide in &entries {
                let (narrow, wide) = (list(&[narrow]), list(&[wide]));
                let programs = Programs::default();
                for script in texts.iter().map(|text| Script::of_text(text)) {
                    if narrow.is_within(&wide, &programs) && narrow.runs_only(&script) == Verdict::Yes {
                        assert_eq!(wide.runs_only(&script), Verdict::Yes, "{narrow:?} {wide:?} {script:?}");
                    }
                    if narrow.is_named_by(&wide, &programs) && narrow.runs_any(&script) == Verdict::Yes {
                        assert_eq!(wide.runs_any(&script), Verdict::Yes, "{narrow:?} {wide:?} {script:?}");
                    }
                }
            }
        }
    }
}
