//! Programs in the languages of `sed` and `awk`: whether they only print.
//!
//! What is not certainly harmless is not; no attempt is made to follow a program.

/// Why a program may run another, and why it may write.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Doubt {
    pub(super) runs: Option<&'static str>,
    pub(super) writes: Option<&'static str>,
    /// Whether it reads or writes files that no word of the command names.
    pub(super) files: bool,
}

/// What a program of `sed` may do beside printing, deleting and substituting.
pub(super) fn sed_doubt(program: &str) -> Doubt {
    const RUNS: &str = "a program of `sed` that may run another";
    let mut doubt = Doubt::default();
    let mut rest = blank(program);
    while !rest.is_empty() {
        match sed_command(rest, &mut doubt) {
            Some(behind) if behind.len() < rest.len() => rest = blank(behind),
            _ => return Doubt { runs: Some(RUNS), ..doubt },
        }
    }
    doubt
}

/// A program without the blanks and separators it begins with.
fn blank(program: &str) -> &str {
    program.trim_start_matches([' ', '\t', ';', '\n', '}'])
}

/// What stands behind one command with its addresses; nothing where it cannot be told, or may run something.
fn sed_command<'p>(text: &'p str, doubt: &mut Doubt) -> Option<&'p str> {
    let behind = sed_address(text)?;
    let behind = match behind.trim_start_matches([' ', '\t']).strip_prefix(',') {
        Some(second) => sed_address(second.trim_start_matches([' ', '\t']).trim_start_matches(['+', '~']))?,
        None => behind,
    };
    let behind = behind.trim_start_matches([' ', '\t', '!']);
    let mut chars = behind.chars();
    let command = chars.next()?;
    let behind = chars.as_str();
    match command {
        '{' => Some(behind),
        '#' => Some(behind.split_once('\n').map_or("", |(_, rest)| rest)),
        'p' | 'd' | '=' | 'n' | 'N' | 'g' | 'G' | 'h' | 'H' | 'x' | 'D' | 'P' | 'z' | 'F' => ended(behind),
        'q' | 'Q' | 'l' | 'L' => ended(behind.trim_start().trim_start_matches(|char: char| char.is_ascii_digit())),
        // A label ends at a blank in some, and a command may follow it there.
        'b' | 't' | 'T' | ':' => {
            let label = |char: char| char.is_ascii_alphanumeric() || "_-.".contains(char);
            ended(behind.trim_start_matches([' ', '\t']).trim_start_matches(label))
        }
        'a' | 'i' | 'c' => sed_text(behind),
        'r' | 'R' => {
            doubt.files = true;
            Some(behind.split_once('\n').map_or("", |(_, rest)| rest))
        }
        'w' | 'W' => {
            (doubt.writes, doubt.files) = (Some("a program of `sed` that writes a file"), true);
            Some(behind.split_once('\n').map_or("", |(_, rest)| rest))
        }
        's' => sed_substitution(behind, doubt),
        'y' => ended(sed_delimited(behind, 2)?),
        _ => None,
    }
}

/// The rest, if the command ends here.
fn ended(text: &str) -> Option<&str> {
    let text = text.trim_start_matches([' ', '\t']);
    (text.is_empty() || text.starts_with([';', '\n', '}', '#'])).then_some(text)
}

/// What stands behind the text that `a`, `i` or `c` prints: it goes on where a line ends in a backslash.
fn sed_text(text: &str) -> Option<&str> {
    let mut rest = text;
    loop {
        match rest.split_once('\n') {
            None => return Some(""),
            Some((line, behind)) if continues(line) => rest = behind,
            Some((_, behind)) => return Some(behind),
        }
    }
}

/// Whether a line goes on in the next: it ends in a backslash that is not escaped itself.
fn continues(line: &str) -> bool {
    !(line.len() - line.trim_end_matches('\\').len()).is_multiple_of(2)
}

/// What stands behind an address: a line's number, `$`, or a regular expression.
fn sed_address(text: &str) -> Option<&str> {
    match text.chars().next() {
        Some('$') => text.strip_prefix('$'),
        Some('/') => sed_delimited(text, 1).map(|rest| rest.trim_start_matches(['I', 'M'])),
        Some('\\') => sed_delimited(text.get(1..)?, 1).map(|rest| rest.trim_start_matches(['I', 'M'])),
        _ => Some(text.trim_start_matches(|char: char| char.is_ascii_digit() || char == '~')),
    }
}

/// What stands behind `s/a/b/flags`, the `s` taken off; `e` among the flags runs, `w` writes.
fn sed_substitution<'p>(text: &'p str, doubt: &mut Doubt) -> Option<&'p str> {
    let behind = sed_delimited(text, 2)?;
    let behind = behind.trim_start_matches(|char: char| char.is_ascii_digit() || "gpiIMm".contains(char));
    if let Some(file) = behind.strip_prefix('w') {
        (doubt.writes, doubt.files) = (Some("a program of `sed` that writes a file"), true);
        return Some(file.split_once('\n').map_or("", |(_, rest)| rest));
    }
    ended(behind)
}

/// What stands behind parts that a character of choice ends; where a bracket makes that character doubtful, nothing.
fn sed_delimited(text: &str, parts: usize) -> Option<&str> {
    let mut chars = text.chars();
    let delimiter = chars.next().filter(|char| char.is_ascii_punctuation() && *char != '\\')?;
    for part in 0..parts {
        let mut bracket = false;
        loop {
            match chars.next()? {
                '\\' => drop(chars.next()?),
                '\n' if part == 0 => return None,
                char if char == delimiter && bracket => return None,
                char if char == delimiter => break,
                '[' if part == 0 => bracket = true,
                ']' => bracket = false,
                _ => {}
            }
        }
    }
    Some(chars.as_str())
}

/// What a program of `awk` may do beside printing.
pub(super) fn awk_doubt(program: &str) -> Doubt {
    let pipes = program.replace("||", "").contains('|');
    let runs = pipes || ["system", "getline", "@", "close", "ENVIRON"].iter().any(|word| program.contains(word));
    let writes = program.split_once('{').is_some_and(|(_, actions)| actions.contains('>'));
    Doubt {
        runs: runs.then_some("a program of `awk` that may run another"),
        writes: writes.then_some("a program of `awk` that may write a file"),
        // It may name further files itself.
        files: runs || writes || ["ARGV", "ARGC"].iter().any(|word| program.contains(word)),
    }
}

/// Words by which SQL, or a client of a database, reaches programs and files.
const BEYOND_SQL: &[&str] = &[
    "program",
    "load_extension",
    "writefile",
    "readfile",
    "edit",
    "system",
    "shell",
    "source",
    "outfile",
    "dumpfile",
    "infile",
    "load_file",
    "sys_exec",
    "sys_eval",
    "lo_export",
    "lo_import",
    "fileio",
    "attach",
    "load",
    "install",
    "delimiter",
    "tee",
    "vacuum",
    "pager",
    "copy",
    "dblink",
    "plpythonu",
    "plperlu",
    "language",
];

/// Commands of `sqlite3` that show, or change how it shows.
const SHOWING: &[&str] = &[
    "tables",
    "schema",
    "fullschema",
    "dump",
    "indexes",
    "indices",
    "databases",
    "headers",
    "header",
    "mode",
    "help",
    "quit",
    "exit",
    "show",
    "width",
    "nullvalue",
    "stats",
    "timer",
    "changes",
    "dbinfo",
    "version",
];
/// Commands of `psql` that show: the letters behind the backslash.
const SHOWING_OF_PSQL: &[&str] = &["l", "conninfo", "q", "x", "timing", "h", "z", "sf", "sv", "encoding"];

/// Whether a line is a command of a client that only shows: `.tables`, `\dt+ x`.
fn shows(line: &str) -> bool {
    let plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b" _-.,*?+%".contains(&byte));
    let (sign, rest) = line.split_at_checked(1).unwrap_or_default();
    let (name, behind) = rest.split_once(' ').unwrap_or((rest, ""));
    let name = name.trim_end_matches('+');
    let known = match sign {
        "." => SHOWING.contains(&name),
        "\\" => {
            SHOWING_OF_PSQL.contains(&name)
                || name.starts_with('d') && name.bytes().all(|byte| byte.is_ascii_alphabetic())
        }
        _ => false,
    };
    known && plain(behind)
}

/// Whether text is plain SQL for a client that has commands of its own, which it may use to show.
pub(super) fn sql_is_plain(text: &str) -> bool {
    if !text.contains('\n') && shows(text.trim()) {
        return true;
    }
    let own = text.contains(['\\', '`']) || text.trim_start().starts_with(['.', '!']) || text.contains("\n.");
    let words = text.split(|char: char| !(char.is_ascii_alphanumeric() || char == '_'));
    !own && words.into_iter().all(|word| !BEYOND_SQL.contains(&word.to_ascii_lowercase().as_str()))
}

/// Whether SQL may read or write files that no word of the command names.
pub(super) fn sql_touches_files(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    let words = || lower.split(|char: char| !(char.is_ascii_alphanumeric() || char == '_'));
    let reaches = |word: &str| {
        word.starts_with("read_")
            || word.starts_with("sniff_")
            || matches!(word, "fsdir" | "zipfile" | "sqlar" | "csv" | "lsdir")
            || word.contains("scan")
            || word.contains("import")
            || word.contains("export")
            || matches!(word, "glob" | "pragma" | "into" | "pg_read_file" | "pg_ls_dir" | "backup" | "restore")
    };
    // A text in the place of a table is a file to some.
    let quoted = |keyword: &str| {
        let behind = lower.match_indices(keyword).filter_map(|(at, _)| lower.get(at + keyword.len()..));
        behind.into_iter().any(|rest| rest.trim_start().starts_with(['\'', '"']))
    };
    let inserts = lower.trim_start().starts_with("insert into") || lower.trim_start().starts_with("replace into");
    !sql_is_plain(text)
        || words().any(|word| reaches(word) && !(word == "into" && inserts))
        || ["from", "join", ","].iter().any(|keyword| quoted(keyword))
}
