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

/// A command that an entry may allow, in which a word that the entry does not name is what is run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opening {
    /// The command.
    pub command: String,
    /// The word of it that the entry does not name.
    pub word: &'static str,
    /// What that word is.
    pub is: &'static str,
}

/// Words that are tried behind an entry, the one of them that is looked at, and what it runs something as: text in SQL and
/// programs of `sed` and `awk` are looked at by themselves where an entry does not ask for them.
const PROBES: &[(&[&str], &str, Option<Effect>)] = &[
    (&["x"], "x", None),
    (&["x", "y"], "y", None),
    (&["x", "y", "z"], "z", None),
    (&[r"\! x"], "x", Some(Effect::Sql)),
    (&[".shell x"], "x", Some(Effect::Sql)),
    (&["1e x"], "x", Some(Effect::Sed)),
    (&["BEGIN { system(\"x\") }"], "x", Some(Effect::Awk)),
];

impl List {
    /// Commands of an entry in which something is run that the entry does not name, as the program's row says: a script, program
    /// text, a command for somewhere else. Whether a list allows them is for the caller to ask.
    #[must_use]
    pub fn openings(entry: &str, programs: &Programs) -> Vec<Opening> {
        let Ok(list) = Self::read([entry]) else { return Vec::new() };
        list.entries.iter().flat_map(|entry| entry.openings(programs)).collect()
    }

    /// Whether a row says what an entry's program does.
    #[must_use]
    pub fn has_row(entry: &str, programs: &Programs) -> bool {
        Self::read([entry]).is_ok_and(|list| list.entries.iter().all(|entry| programs.row_of(&entry.words).is_some()))
    }
}

impl Entry {
    fn openings(&self, programs: &Programs) -> Vec<Opening> {
        let tried = PROBES.iter().filter_map(|(probe, word, text)| {
            let effect = self.effect_of_last(probe, programs)?;
            let own = effect == text.unwrap_or(effect) && text.is_some() == is_looked_at(effect);
            let is = what_is_run(effect).filter(|_| own)?;
            let behind: Vec<String> = probe.iter().map(|word| Word::literal(*word).to_string()).collect();
            Some(Opening { command: format!("{} {}", self.text, behind.join(" ")), word, is })
        });
        tried.collect()
    }

    /// What the last of these words does behind the entry.
    fn effect_of_last(&self, probe: &[&str], programs: &Programs) -> Option<Effect> {
        let words: Vec<Word> =
            self.words.iter().cloned().chain(probe.iter().map(|word| Word::literal(*word))).collect();
        let reading = programs::read(programs.row_of(&words)?, &words);
        if programs::only_informs(&reading) {
            return None;
        }
        let last = words.len() - 1;
        reading.parts.iter().find_map(|part| match &part.is {
            Is::Operand(Role::One(effect)) if part.at == last => Some(*effect),
            Is::Option { option, value: Some(value), .. } if value.at == last => Some(option.effect()),
            _ => None,
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

/// Whether a text is looked at by itself.
const fn is_looked_at(effect: Effect) -> bool {
    matches!(effect, Effect::Sql | Effect::Sed | Effect::Awk)
}

/// What a word is that is run; nothing where it is judged itself, or is data.
const fn what_is_run(effect: Effect) -> Option<&'static str> {
    Some(match effect {
        Effect::Script => "a script",
        Effect::Code => "program text",
        Effect::Sql => "a text that may be SQL, or a command of the client's own",
        Effect::Sed | Effect::Awk => "a program, which may start others",
        Effect::Elsewhere => "a command for another machine or container",
        Effect::Package => "a program of a package",
        Effect::Task => "a task, or another program",
        Effect::Runs => "a program",
        Effect::Setting => "a setting, which may start a program",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shell::{Script, Verdict};

    fn list(entries: &[&str]) -> List {
        List::read(entries.iter().copied()).unwrap()
    }

    fn allowed(entry: &str) -> Option<String> {
        let list = list(&[entry]);
        let commands = List::openings(entry, &Programs::default()).into_iter().map(|opening| opening.command);
        let mut allowed = commands.filter(|text| list.runs_only(&Script::of_text(text)) == Verdict::Yes);
        allowed.next()
    }

    #[test]
    fn an_opening_is_a_command_that_the_entry_allows_and_does_not_name() {
        for (entry, expected) in [
            ("python", Some("python x")),
            ("python -c", Some("python -c x")),
            ("python -m", Some("python -m x")),
            ("bash", Some("bash x")),
            ("node -e", Some("node -e x")),
            ("npx", Some("npx x")),
            ("psql -c", Some(r"psql -c '\! x'")),
            ("docker exec", Some("docker exec x y")),
            ("docker exec web", Some("docker exec web x")),
            ("kubectl exec pod --", Some("kubectl exec pod -- x")),
            ("ssh", Some("ssh x y")),
            ("sh -c", None),
            ("python -V", None),
            ("python -m pytest", None),
            ("python a.py", None),
            ("psql", None),
            ("sqlite3", None),
            ("git", None),
            ("xargs", None),
            ("tool", None),
        ] {
            assert_eq!(allowed(entry).as_deref(), expected, "{entry}");
        }
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
