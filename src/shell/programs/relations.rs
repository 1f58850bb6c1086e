//! What a row says of its options among each other: what they mean, expand to, take back, and what changes with them.

use std::borrow::Cow;

use super::super::model::{Draft, Effect, Items, Opt, Patch, Text, WORDS_THERE, When};
use super::super::tree::{Kind, Tree, text_of};
use super::Lowering;

impl Lowering {
    /// The options of some spellings, separated by blanks or `|`.
    pub(super) fn named(&mut self, row: &mut Draft, tree: &Tree) -> Items<u16> {
        let words = self.words(tree);
        let spellings: Vec<&str> = words.iter().flat_map(|word| word.split('|')).collect();
        let mut options = Vec::new();
        for spelling in spellings {
            match option_of(row, spelling).or_else(|| self.brought(row, spelling)) {
                Some(option) => options.push(option),
                None => drop(self.fault::<()>(tree.line, format!("`{spelling}` is not among the row's options"))),
            }
        }
        options.dedup();
        options.into()
    }

    /// An option of a row around this one, which is then this one's too.
    fn brought(&self, row: &mut Draft, spelling: &str) -> Option<u16> {
        let option = self
            .above
            .iter()
            .rev()
            .find_map(|above| above.options.get(usize::from(option_of(above, spelling)?)).cloned())?;
        let index = u16::try_from(row.options.len()).ok()?;
        let spellings = row.spellings.to_mut();
        spellings.extend(option.spellings.iter().map(|spelling| (spelling.clone(), index)));
        spellings.sort();
        spellings.dedup_by(|one, other| one.0 == other.0);
        row.options.to_mut().push(Opt { says: Cow::Borrowed(&[]), ..option });
        Some(index)
    }

    pub(super) fn pairs(&mut self, tree: &Tree) -> Vec<(Text, Effect)> {
        let mut pairs = Vec::new();
        for (word, keys) in self.map(tree) {
            match Effect::of_word(&text_of(word)) {
                Some(effect) => pairs.extend(self.words(keys).into_iter().map(|key| (Text::from(key), effect))),
                None => drop(self.fault::<()>(word.line, format!("`{}` is no effect", text_of(word)))),
            }
        }
        pairs
    }

    pub(super) fn expands(&mut self, row: &mut Draft, tree: &Tree) {
        for (option, says) in self.map(tree) {
            let (own, said) = (self.named(row, option), self.named(row, says));
            let mut options = row.options.to_vec();
            for index in own.iter() {
                if let Some(option) = options.get_mut(usize::from(*index)) {
                    option.says = said.clone();
                }
            }
            row.options = options.into();
        }
    }

    pub(super) fn means(&mut self, row: &mut Draft, parent: Option<&Draft>, tree: &Tree) -> Vec<(Text, Items<u16>)> {
        let mut means = Vec::new();
        for (glob, says) in self.map(tree) {
            let text = text_of(glob);
            if let Some((option, _)) = text.split_once(' ').filter(|_| text.starts_with('-'))
                && option_of(row, option).is_none()
                && parent.and_then(|parent| option_of(parent, option)).is_none()
                && self.brought(row, option).is_none()
            {
                self.fault::<()>(glob.line, format!("`{option}` is not among the row's options"));
            }
            let nothing = text_of(says) == "nothing";
            let says = if nothing { Cow::Borrowed(&[][..]) } else { self.named(row, says) };
            means.push((Text::from(text), says));
        }
        means
    }

    pub(super) fn undoes(&mut self, row: &mut Draft, tree: &Tree) -> Vec<(u16, Items<u16>)> {
        let mut undoes = Vec::new();
        for (options, others) in self.map(tree) {
            let (options, others) = (self.named(row, options), self.named(row, others));
            undoes.extend(options.iter().map(|option| (*option, others.clone())));
        }
        undoes
    }

    pub(super) fn stands_for(&mut self, row: &mut Draft, tree: &Tree) -> Vec<(Text, Text)> {
        let Kind::Map(entries) = &tree.kind else { return vec![(Text::from(""), Text::from(text_of(tree)))] };
        let mut stands = Vec::new();
        for (when, words) in entries {
            let when_text = text_of(when);
            let option = when_text.split(' ').next().unwrap_or_default();
            let of_words = WORDS_THERE.contains(&when_text.as_str());
            if !of_words && option_of(row, option).or_else(|| self.brought(row, option)).is_none() {
                self.fault::<()>(when.line, format!("`{option}` is not among the row's options"));
            }
            stands.push((Text::from(when_text), Text::from(text_of(words))));
        }
        stands
    }

    pub(super) fn patches(&mut self, row: &mut Draft, tree: &Tree) -> Vec<Patch> {
        let mut patches = Vec::new();
        for (when, keys) in self.map(tree) {
            let text = text_of(when);
            let condition = match (text.as_str(), text.split_once(' ')) {
                ("operand", _) => When::Operands(1),
                ("no operand", _) => When::NoOperand,
                (_, Some(("operand", count))) => match count.parse() {
                    Ok(count) => When::Operands(count),
                    Err(_) => {
                        self.fault::<()>(when.line, format!("`{count}` is no number of operands"));
                        continue;
                    }
                },
                (_, Some((option, glob))) => {
                    let option = Tree { kind: Kind::Text(option.to_owned()), line: when.line };
                    When::Options(self.named(row, &option), Some(Text::from(glob.to_owned())))
                }
                _ => When::Options(self.named(row, when), None),
            };
            let mut patch = Patch { when: condition, operands: None, stdin: None, implicit: None, absent: None };
            for (key, value) in self.map(keys) {
                match text_of(key).as_str() {
                    "operands" => patch.operands = self.operands(value),
                    "stdin" => patch.stdin = self.stdin(value),
                    "implicit" => patch.implicit = Some(self.implicit(value)),
                    "absent" => patch.absent = self.absent(value),
                    other => drop(self.fault::<()>(key.line, format!("`{other}` cannot be patched"))),
                }
            }
            patches.push(patch);
        }
        patches
    }
}

/// The option of a spelling.
fn option_of(row: &Draft, spelling: &str) -> Option<u16> {
    let of = |spelling: &str| row.spellings.iter().find(|(known, _)| known == spelling).map(|(_, option)| *option);
    of(spelling).or_else(|| of(spelling.strip_prefix('-').filter(|_| row.style.single)?))
}
