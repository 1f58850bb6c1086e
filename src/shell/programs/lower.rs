//! A row as written to a row as it is used: names to indexes, lists of options to a table.
//!
//! Knows no YAML: a row comes as a [`Tree`], from `build.rs` or from a catalog's document. `build.rs` includes this file.

#[path = "relations.rs"]
mod relations;

use std::borrow::Cow;

use super::model::{Absent, Arity, Draft, Effect, Implicit, Items, Many, Operand, Opt, SAME_NAME, Stdin, Style, Text};
use super::tree::{Fault, Kind, Tree, text_of, values_of};

/// A row with its cases.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The row.
    pub row: Draft,
    /// Command lines and what the two questions answer.
    pub cases: Vec<Case>,
    /// Where it stands, from 1.
    pub line: usize,
}

/// A command line, and what is answered for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// The command line.
    pub text: String,
    /// What `runs_only` of the program's first name answers: `yes`, `no` or `unknown`.
    pub only: String,
    /// What `runs_any` of `rm` answers.
    pub any: String,
    /// Whether all that is written is below the working directory, and all that is read, where the case says so.
    pub within: Option<[String; 2]>,
    /// Its line, from 1.
    pub line: usize,
}

/// Most options of one row, those of its groups counted.
const MAX_OPTIONS: usize = 2000;
/// Most levels of subcommands.
const MAX_LEVELS: usize = 6;

/// Reads the rows of a file.
///
/// # Errors
/// Everything that is wrong with them.
pub fn rows(tree: &Tree) -> Result<Vec<Entry>, Vec<Fault>> {
    let mut lowering = Lowering { groups: Vec::new(), above: Vec::new(), also: Vec::new(), faults: Vec::new() };
    let items = lowering.list(tree).to_vec();
    let mut entries = Vec::new();
    for item in &items {
        if let Some(name) = lowering.key(item, "group").map(text_of) {
            lowering.groups.push((name, item.clone()));
        } else if let Some(entry) = lowering.entry(item) {
            entries.push(entry);
        }
    }
    if lowering.faults.is_empty() { Ok(entries) } else { Err(lowering.faults) }
}

/// The keys of a row, those of a program's own first.
const KEYS: &[&str] = &[
    "program",
    "source",
    "cases",
    "alike",
    "replaces",
    "group",
    "use",
    "style",
    "options",
    "operands",
    "instead",
    "anew",
    "dashes",
    "stdin",
    "with",
    "implicit",
    "absent",
    "pairs",
    "means",
    "expands",
    "settings",
    "defaults",
    "environment",
    "transparent",
    "closed",
    "inherits",
    "subcommands",
    "others",
    "dynamic",
    "scripts",
    "also",
    "undoes",
    "stands_for",
    "because",
];
/// How many of [`KEYS`] only a program has.
const OF_PROGRAMS: usize = 5;

struct Lowering {
    groups: Vec<(String, Tree)>,
    /// The rows around the one that is read, whose options may stand behind its name.
    above: Vec<Draft>,
    /// The subcommands that those of the program are another way to, with their lines.
    also: Vec<(String, usize)>,
    faults: Vec<Fault>,
}

/// The options of a row while they are read.
#[derive(Default)]
struct Options {
    options: Vec<Opt>,
    spellings: Vec<(Text, u16)>,
    /// Where the options of the body begin that is being read; those before are of its groups.
    body: usize,
}

impl Lowering {
    fn fault<T>(&mut self, line: usize, why: impl Into<String>) -> Option<T> {
        self.faults.push(Fault::new(line, why));
        None
    }

    fn list<'t>(&mut self, tree: &'t Tree) -> &'t [Tree] {
        match &tree.kind {
            Kind::List(items) => items,
            _ => {
                self.fault::<()>(tree.line, "a list must stand here");
                &[]
            }
        }
    }

    fn map<'t>(&mut self, tree: &'t Tree) -> &'t [(Tree, Tree)] {
        match &tree.kind {
            Kind::Map(entries) => entries,
            _ => {
                self.fault::<()>(tree.line, "a map must stand here");
                &[]
            }
        }
    }

    fn key<'t>(&mut self, tree: &'t Tree, name: &str) -> Option<&'t Tree> {
        self.map(tree).iter().find(|(key, _)| text_of(key) == name).map(|(_, value)| value)
    }

    /// The words of a text or of a list of texts.
    fn words(&mut self, tree: &Tree) -> Vec<String> {
        match &tree.kind {
            Kind::Text(text) => text.split_ascii_whitespace().map(str::to_owned).collect(),
            Kind::List(items) => items.iter().flat_map(|item| self.words(item)).collect(),
            Kind::Map(_) => self.fault(tree.line, "words must stand here, not a map").unwrap_or_default(),
        }
    }

    fn truth(&mut self, tree: &Tree) -> bool {
        match text_of(tree).as_str() {
            "true" => true,
            "false" => false,
            _ => self.fault(tree.line, "`true` or `false` must stand here").unwrap_or_default(),
        }
    }

    fn entry(&mut self, tree: &Tree) -> Option<Entry> {
        let Some(program) = self.key(tree, "program") else {
            return self.fault(tree.line, "a row needs `program:`, the name or names of one program");
        };
        let names = self.words(program);
        if names.is_empty() {
            return self.fault(program.line, "a row needs at least one name");
        }
        // a program of the system is looked up by the last component of its path: another name would never be found
        for name in names.iter().filter(|name| name.starts_with(['/', '~', '-', '+'])) {
            let why = format!("`{name}` is no name of a program: write its last component alone");
            self.fault::<()>(program.line, why);
        }
        if self.key(tree, "source").is_none() {
            self.fault::<()>(tree.line, "a row needs `source:`, where its facts are from");
        }
        let mut row = self.row(tree, None, 0);
        row.names = names.into_iter().map(Text::from).collect();
        row.replaces = self.key(tree, "replaces").cloned().is_some_and(|tree| self.truth(&tree));
        row.alike = self.key(tree, "alike").map(|tree| Text::from(text_of(tree)));
        let cases = self.key(tree, "cases").map(|cases| self.cases(cases)).unwrap_or_default();
        self.other_ways(&row);
        Some(Entry { row, cases, line: tree.line })
    }

    /// Whether the subcommands that others are another way to are there.
    fn other_ways(&mut self, program: &Draft) {
        for (also, line) in std::mem::take(&mut self.also) {
            if !has_subcommand(program, &also) {
                self.fault::<()>(line, format!("`also: {also}`: the program has no such subcommand"));
            }
        }
    }

    fn cases(&mut self, tree: &Tree) -> Vec<Case> {
        let mut cases = Vec::new();
        for (text, answers) in self.map(tree) {
            let words = self.words(answers);
            let known = words.iter().all(|word| ["yes", "no", "unknown"].contains(&word.as_str()));
            let (only, any, within) = match words.as_slice() {
                [only, any] if known => (only, any, None),
                [only, any, writes, reads] if known => (only, any, Some([writes.clone(), reads.clone()])),
                _ => {
                    self.fault::<()>(answers.line, "a case is two of `yes`, `no`, `unknown`, or four");
                    continue;
                }
            };
            cases.push(Case { text: text_of(text), only: only.clone(), any: any.clone(), within, line: text.line });
        }
        cases
    }

    /// A row's body, those of its groups before it.
    fn row(&mut self, tree: &Tree, parent: Option<&Draft>, level: usize) -> Draft {
        let mut bodies: Vec<Tree> = Vec::new();
        self.with_groups(tree, &mut bodies, 0);
        let known = if level == 0 { KEYS } else { KEYS.get(OF_PROGRAMS..).unwrap_or_default() };
        for (key, _) in self.map(tree) {
            if !known.contains(&text_of(key).as_str()) {
                self.faults.push(Fault {
                    choices: known.to_vec(),
                    ..Fault::new(key.line, format!("`{}` is no key of a row", text_of(key)))
                });
            }
        }
        if level > MAX_LEVELS {
            self.fault::<()>(tree.line, "more than 6 levels of subcommands");
            return Draft::default();
        }
        let mut row = self.with_options(&bodies, parent);
        self.properties(&mut row, &bodies, parent);
        self.words_that_are_known(&mut row, &bodies, parent);
        let depth = self.above.len();
        if row.inherits {
            self.above.push(row.clone());
        }
        let subcommands = values_of(&bodies, "subcommands");
        row.subcommands = subcommands.iter().flat_map(|tree| self.subcommands(&row, tree, level)).collect();
        let others = values_of(&bodies, "others").pop();
        self.open_row(others.as_ref());
        row.others = others.map(|tree| vec![self.row(&tree, Some(&row), level + 1)]).unwrap_or_default().into();
        self.above.truncate(depth);
        row.nests = nests(&row);
        if row.stdin == Some(Stdin::Data) && hands_on(row.operands.as_deref()) {
            let why = "what runs elsewhere is given the input: `stdin` is no `data` beside `elsewhere`; leave it out";
            self.fault::<()>(tree.line, why);
        }
        row
    }

    /// Subcommands that nobody looked at: whoever says what they do says why it is so for all of them.
    fn open_row(&mut self, others: Option<&Tree>) {
        let Some(tree) = others else { return };
        if self.key(tree, "because").is_none() {
            let why = "`others` says what subcommands do that are not named; say why with `because:`, or name them";
            self.fault::<()>(tree.line, why);
        }
    }

    /// A row with the options of its bodies.
    fn with_options(&mut self, bodies: &[Tree], parent: Option<&Draft>) -> Draft {
        let mut options = Options::default();
        for table in values_of(bodies, "options") {
            options.body = options.options.len();
            self.options(&table, &mut options);
        }
        options.spellings.sort();
        Draft {
            options: Cow::Owned(options.options),
            spellings: Cow::Owned(options.spellings),
            inherits: parent.is_some_and(|parent| parent.inherits),
            ..Draft::default()
        }
    }

    /// What is said once of a row: the last body says it.
    fn properties(&mut self, row: &mut Draft, bodies: &[Tree], parent: Option<&Draft>) {
        let last = |name: &str| values_of(bodies, name).pop();
        for (key, set) in [
            ("transparent", &mut row.transparent as &mut bool),
            ("closed", &mut row.closed),
            ("inherits", &mut row.inherits),
        ] {
            if let Some(tree) = last(key) {
                *set = self.truth(&tree);
            }
        }
        row.dynamic = last("dynamic").is_some_and(|tree| self.only(&tree, "dynamic", "harmless"));
        row.handed = last("dashes").is_some_and(|tree| self.only(&tree, "dashes", "handed"));
        row.style = match last("style") {
            Some(tree) => self.style(&tree),
            None => parent.map(|parent| parent.style).unwrap_or_default(),
        };
        row.operands = last("operands").and_then(|tree| self.operands(&tree));
        row.also = last("also").map(|tree| {
            if text_of(&tree) != SAME_NAME {
                self.also.push((text_of(&tree), tree.line));
            }
            Text::from(text_of(&tree))
        });
        row.stdin = last("stdin").and_then(|tree| self.stdin(&tree));
        row.absent = last("absent").and_then(|tree| self.absent(&tree)).unwrap_or_default();
        row.implicit = last("implicit").map(|tree| self.implicit(&tree)).unwrap_or_default();
        let instead = last("instead").map(|tree| self.named(row, &tree));
        row.instead = instead.unwrap_or_default();
        let anew = last("anew").map(|tree| self.named(row, &tree));
        row.anew = anew.unwrap_or_default();
    }

    /// What every body adds to.
    fn words_that_are_known(&mut self, row: &mut Draft, bodies: &[Tree], parent: Option<&Draft>) {
        let all = |name: &str| values_of(bodies, name);
        let (settings, environment) =
            parent.map(|parent| (&*parent.settings, &*parent.environment)).unwrap_or_default();
        let own = |lowering: &mut Self, key: &str, above: &[Text]| -> Items<Text> {
            let own = all(key).iter().flat_map(|tree| lowering.words(tree)).map(Text::from).collect::<Vec<_>>();
            above.iter().cloned().chain(own).collect()
        };
        row.settings = own(self, "settings", settings);
        row.defaults = own(self, "defaults", parent.map(|parent| &*parent.defaults).unwrap_or_default());
        row.environment = own(self, "environment", environment);
        row.scripts = own(self, "scripts", &[]);
        if let Some(glob) = row.scripts.iter().find(|glob| !glob.contains(['.', '*', '/'])) {
            let line = all("scripts").first().map_or(0, |tree| tree.line);
            self.fault::<()>(line, format!("`scripts: {glob}` is no glob of files, such as `*.py`"));
        }
        row.pairs = all("pairs").iter().flat_map(|tree| self.pairs(tree)).collect();
        for tree in all("expands") {
            self.expands(row, &tree);
        }
        for tree in all("means") {
            let means = self.means(row, parent, &tree);
            row.means.to_mut().extend(means);
        }
        for tree in all("undoes") {
            let undoes = self.undoes(row, &tree);
            row.undoes.to_mut().extend(undoes);
        }
        for tree in all("stands_for") {
            let stands = self.stands_for(row, &tree);
            row.stands_for.to_mut().extend(stands);
        }
        for tree in all("with") {
            let patches = self.patches(row, &tree);
            row.with.to_mut().extend(patches);
        }
    }

    /// Whether a key has the one value that it can have.
    fn only(&mut self, tree: &Tree, key: &str, value: &str) -> bool {
        let is = text_of(tree) == value;
        if !is {
            self.fault::<()>(tree.line, format!("`{key}` can only be `{value}`"));
        }
        is
    }

    /// The groups that a body uses, then the body.
    fn with_groups(&mut self, tree: &Tree, bodies: &mut Vec<Tree>, level: usize) {
        if let Some(uses) = self.key(tree, "use").cloned() {
            for name in self.words(&uses) {
                match self.groups.iter().find(|(known, _)| *known == name).map(|(_, group)| group.clone()) {
                    Some(group) if level < MAX_LEVELS => self.with_groups(&group, bodies, level + 1),
                    _ => drop(self.fault::<()>(uses.line, format!("there is no group `{name}` above"))),
                }
            }
        }
        bodies.push(tree.clone());
    }

    fn options(&mut self, tree: &Tree, options: &mut Options) {
        for (word, list) in self.map(tree) {
            let Some(effect) = Effect::of_word(&text_of(word)) else {
                let why = format!("`{}` is no effect of an option", text_of(word));
                self.faults.push(Fault { choices: Effect::names(), ..Fault::new(word.line, why) });
                continue;
            };
            for token in self.words(list) {
                self.option(&token, effect, list.line, options);
            }
        }
    }

    fn option(&mut self, token: &str, effect: Effect, line: usize, options: &mut Options) {
        let (spellings, arity) = if let Some(spellings) = token.strip_suffix("=2") {
            (spellings, Arity::Two)
        } else if let Some(spellings) = token.strip_suffix("?=") {
            (spellings, Arity::Equals)
        } else if let Some(spellings) = token.strip_suffix('=') {
            (spellings, Arity::Required)
        } else if let Some(spellings) = token.strip_suffix('?').filter(|spellings| !spellings.ends_with(['-', '|'])) {
            (spellings, Arity::Attached)
        } else if let Some(spellings) = token.strip_suffix('#').filter(|spellings| !spellings.ends_with(['-', '|'])) {
            (spellings, Arity::Digits)
        } else {
            (token, Arity::Bare)
        };
        let spellings: Vec<Text> = spellings.split('|').map(|text| Text::from(text.to_owned())).collect();
        let Ok(index) = u16::try_from(options.options.len()) else { return };
        if usize::from(index) >= MAX_OPTIONS {
            self.fault::<()>(line, format!("a row has more than {MAX_OPTIONS} options"));
            return;
        }
        for spelling in &spellings {
            if !spelling.starts_with(['-', '+', '(', '!', ')', ',']) || spelling.len() < 2 && spelling.starts_with('-')
            {
                self.fault::<()>(line, format!("`{spelling}` is no option"));
            }
            if spelling.ends_with('=') || spelling.starts_with("---") {
                let why = "an option is written without its value: `--name`, `--name=` where it takes one";
                self.fault::<()>(line, format!("`{spelling}` is no option: {why}"));
            }
            if spelling.trim_end_matches('*').contains('*') {
                self.fault::<()>(line, format!("`{spelling}`: a `*` may only stand at the end"));
            }
            let known = options.spellings.iter().position(|(known, _)| known == spelling);
            match known.and_then(|at| Some((at, options.spellings.get(at)?.1))) {
                Some((_, of)) if usize::from(of) >= options.body => {
                    self.fault::<()>(line, format!("`{spelling}` stands twice in one row"));
                }
                Some((at, _)) => drop(options.spellings.swap_remove(at)),
                None => {}
            }
            options.spellings.push((spelling.clone(), index));
        }
        options.options.push(Opt { spellings: spellings.into(), effect, arity, says: Cow::Borrowed(&[]) });
    }

    fn style(&mut self, tree: &Tree) -> Style {
        let mut style = Style::default();
        for word in self.words(tree) {
            match word.as_str() {
                "gnu" => {}
                "exact" => style.exact = true,
                "stop" => style.stop = true,
                "single" => style.single = true,
                "plus" => style.plus = true,
                "plain" => style.plain = true,
                "tar" => style.tar = true,
                "find" => (style.find, style.single) = (true, true),
                "each" => style.each = true,
                "short" => style.short = true,
                _ => {
                    let known = "gnu, exact, stop, single, plus, plain, tar, find, each, short";
                    let _ = self.fault::<()>(tree.line, format!("`{word}` is no word of `style`; those are {known}"));
                }
            }
        }
        style
    }

    fn operands(&mut self, tree: &Tree) -> Option<Items<Operand>> {
        let mut operands = Vec::new();
        for word in self.words(tree) {
            if word == "none" {
                if self.words(tree).len() > 1 {
                    return self.fault(tree.line, "`none` stands alone: it says that there are no operands");
                }
                continue;
            }
            let name = word.trim_end_matches(['?', '*', '+']);
            let Some(effect) = Effect::of_word(name).filter(|effect| !matches!(effect, Effect::Informs | Effect::Mark))
            else {
                let why = format!("`{name}` is no role of an operand");
                self.faults.push(Fault { choices: Effect::names(), ..Fault::new(tree.line, why) });
                return None;
            };
            let many = match word.strip_prefix(name).unwrap_or_default() {
                "" => Many::One,
                "?" => Many::Optional,
                "*" => Many::Any,
                "+" => {
                    operands.push(Operand { effect, many: Many::One });
                    Many::Any
                }
                _ => return self.fault(tree.line, format!("`{word}`: one of `?`, `*`, `+` may stand behind a role")),
            };
            operands.push(Operand { effect, many });
        }
        let many = |operand: &&Operand| operand.many == Many::Any && operand.effect != Effect::Assignment;
        if operands.iter().filter(many).count() > 1 {
            return self.fault(tree.line, "at most one role may stand for any number of operands");
        }
        Some(operands.into())
    }

    fn stdin(&mut self, tree: &Tree) -> Option<Stdin> {
        match text_of(tree).as_str() {
            "ignored" => Some(Stdin::Ignored),
            "data" => Some(Stdin::Data),
            "code" => Some(Stdin::Code),
            "words" => Some(Stdin::Words),
            "typed" => Some(Stdin::Typed),
            "unknown" => Some(Stdin::Untold),
            _ => self.fault(tree.line, "`stdin` is one of `data`, `code`, `typed`, `words`, `ignored`, `unknown`"),
        }
    }

    fn absent(&mut self, tree: &Tree) -> Option<Absent> {
        match text_of(tree).as_str() {
            "shell" => Some(Absent::Shell),
            "nothing" => Some(Absent::Nothing),
            _ => self.fault(tree.line, "`absent` is `shell` or `nothing`"),
        }
    }

    fn implicit(&mut self, tree: &Tree) -> Implicit {
        let mut implicit = Implicit::default();
        for (key, value) in self.map(tree) {
            let path = Some(Text::from(text_of(value)));
            match text_of(key).as_str() {
                "reads" => implicit.reads = path,
                "target" => implicit.target = path,
                "works" => implicit.works = path,
                _ => drop(self.fault::<()>(key.line, "`implicit` has `reads`, `target` and `works`")),
            }
        }
        implicit
    }

    fn subcommands(&mut self, parent: &Draft, tree: &Tree, level: usize) -> Vec<Draft> {
        let mut rows: Vec<Draft> = Vec::new();
        for (names, body) in self.map(tree) {
            let body = match &body.kind {
                Kind::Text(text) if text.is_empty() => Tree { kind: Kind::Map(Vec::new()), line: body.line },
                _ => body.clone(),
            };
            let mut row = self.row(&body, Some(parent), level + 1);
            row.names = text_of(names).split('|').map(|name| Text::from(name.to_owned())).collect();
            let parts = |row: &Draft| -> Vec<String> {
                row.names.iter().flat_map(|names| names.split('=').map(str::to_owned).collect::<Vec<_>>()).collect()
            };
            let known: Vec<String> = rows.iter().flat_map(parts).collect();
            for name in parts(&row).iter().filter(|name| name.starts_with('-') || name.contains(char::is_whitespace)) {
                let why = format!(
                    "`{name}` is no subcommand: write one word, and what stands below it in its own `subcommands`"
                );
                self.fault::<()>(names.line, why);
            }
            if let Some(name) = parts(&row).into_iter().find(|name| known.contains(name)) {
                self.fault::<()>(names.line, format!("the subcommand `{name}` stands twice"));
            }
            rows.push(row);
        }
        rows
    }
}

/// Whether a word of a row may be a command, or text for a shell.
fn nests(row: &Draft) -> bool {
    let operands = |operands: &Option<Items<Operand>>| {
        operands.as_ref().is_some_and(|operands| operands.iter().any(|operand| operand.effect.nests()))
    };
    operands(&row.operands)
        || row.options.iter().any(|option| option.effect.nests())
        || row.with.iter().any(|patch| operands(&patch.operands))
        || row.subcommands.iter().chain(row.others.iter()).any(|row| row.nests)
}

/// Whether a command that is handed on is among operands.
fn hands_on(operands: Option<&[Operand]>) -> bool {
    operands.is_some_and(|operands| operands.iter().any(|operand| operand.effect.hands_on()))
}

/// Whether a row has a subcommand of these names, one below the other.
fn has_subcommand(row: &Draft, words: &str) -> bool {
    let mut row = row;
    for word in words.split(' ') {
        let named = |row: &&Draft| row.names.iter().any(|names| names.split('=').any(|name| name == word));
        match row.subcommands.iter().find(named) {
            Some(below) => row = below,
            None => return false,
        }
    }
    true
}
