//! A word as written to the word that a program gets, and the texts inside it that are run.

use brush_parser::ast::UnexpandedArithmeticExpr;
use brush_parser::word::{Parameter, ParameterExpr, ParameterTransformOp, WordPiece, WordPieceWithSource};

use super::script::Word;

/// A word, read.
#[derive(Default)]
pub(super) struct Read {
    text: String,
    dynamic: Option<usize>,
    splits: bool,
    /// Where an unquoted `{` stands: a `,` or `.` behind it makes several words.
    brace: Option<usize>,
    /// Where an unquoted `[` stands: a `]` behind it makes a pattern.
    bracket: Option<usize>,
    /// The texts that the word has a shell run.
    pub(super) runs: Vec<String>,
    /// Names of variables that the word sets.
    pub(super) sets: Vec<String>,
    /// Why the word cannot be told.
    pub(super) doubt: Option<&'static str>,
    /// Whether the word could not even be read.
    pub(super) refused: bool,
}

/// Reads a word of a command.
pub(super) fn read(raw: &str) -> Read {
    let mut read = Read::default();
    if !raw.contains(['$', '`']) {
        read.quoted(raw);
        return read;
    }
    if raw.starts_with('~') {
        read.dynamic(false);
    }
    if raw.contains("<<")
        && let Some((inner, quoted)) = whole_substitution(raw)
    {
        read.runs.push(inner.to_owned());
        read.dynamic(!quoted);
        return read;
    }
    match brush_parser::word::parse(raw, &super::read::options()) {
        Ok(pieces) => read.pieces(&pieces, raw, Quotes::None),
        Err(_) => read.refuse("a word that the parser refuses"),
    }
    read
}

/// The text inside a word that is one substitution with a here-document in it, whose quotes need not be even; and whether
/// the word is quoted. Where the word is more than one, the text is no command, and found so.
fn whole_substitution(raw: &str) -> Option<(&str, bool)> {
    let quoted = raw.strip_prefix('"').and_then(|raw| raw.strip_suffix('"'));
    let inner = quoted.unwrap_or(raw).strip_prefix("$(")?.strip_suffix(')')?;
    (!inner.starts_with('(')).then_some((inner, quoted.is_some()))
}

/// Reads the body of a here-document whose end is not quoted.
pub(super) fn read_here_document(raw: &str) -> Read {
    let mut read = Read::default();
    if raw.contains(['$', '`']) {
        match brush_parser::word::parse_heredoc(raw, &super::read::options()) {
            Ok(pieces) => read.pieces(&pieces, raw, Quotes::Double),
            Err(_) => read.refuse("a here-document that the parser refuses"),
        }
    }
    read
}

#[derive(Clone, Copy, PartialEq)]
enum Quotes {
    None,
    Double,
}

impl Read {
    /// The word as a program gets it.
    pub(super) fn word(&self) -> Word {
        match self.dynamic {
            None => Word::literal(self.text.as_str()),
            Some(known) => {
                Word::Dynamic { prefix: self.text.get(..known).unwrap_or_default().into(), splits: self.splits }
            }
        }
    }

    fn doubt(&mut self, why: &'static str) {
        self.doubt = self.doubt.or(Some(why));
        self.dynamic(true);
    }

    /// The word is none that a shell reads the same way.
    fn refuse(&mut self, why: &'static str) {
        self.doubt(why);
        self.refused = true;
    }

    /// From here on nothing is known.
    fn dynamic(&mut self, splits: bool) {
        self.dynamic = self.dynamic.or(Some(self.text.len()));
        self.splits |= splits;
    }

    /// A word without expansions of `$` and backquotes: quotes and backslashes are all there is.
    fn quoted(&mut self, raw: &str) {
        if raw.starts_with('~') {
            self.dynamic(false);
        }
        let mut chars = raw.chars();
        while let Some(char) = chars.next() {
            match char {
                '\\' => self.text.extend(chars.next().filter(|next| *next != '\n')),
                '\'' => self.until_quote(&mut chars),
                '"' => self.until_double_quote(&mut chars),
                other => self.bare(other),
            }
        }
    }

    fn until_quote(&mut self, chars: &mut std::str::Chars<'_>) {
        for char in chars {
            if char == '\'' {
                return;
            }
            self.text.push(char);
        }
        self.refuse("a quote without its end");
    }

    fn until_double_quote(&mut self, chars: &mut std::str::Chars<'_>) {
        while let Some(char) = chars.next() {
            match char {
                '"' => return,
                '\\' => match chars.next() {
                    Some(next @ ('$' | '`' | '"' | '\\')) => self.text.push(next),
                    Some('\n') => {}
                    Some(next) => self.text.extend(['\\', next]),
                    None => break,
                },
                other => self.text.push(other),
            }
        }
        self.refuse("a quote without its end");
    }

    /// A character outside of quotes.
    fn bare(&mut self, char: char) {
        match char {
            '*' | '?' => self.dynamic(false),
            '[' => self.bracket = self.bracket.or(Some(self.text.len())),
            ']' => self.dynamic = self.dynamic.or(self.bracket),
            '{' => self.brace = self.brace.or(Some(self.text.len())),
            ',' | '.' => self.dynamic = self.dynamic.or(self.brace),
            ' ' | '\t' | '\n' | ';' | '&' | '|' | '<' | '>' | '(' | ')' => {
                self.refuse("a word with a shell's sign in it");
            }
            _ => {}
        }
        self.text.push(char);
    }

    fn pieces(&mut self, pieces: &[WordPieceWithSource], raw: &str, quotes: Quotes) {
        for piece in pieces {
            let source = raw.get(piece.start_index..piece.end_index).unwrap_or_default();
            self.piece(&piece.piece, source, raw, quotes);
        }
    }

    fn piece(&mut self, piece: &WordPiece, source: &str, raw: &str, quotes: Quotes) {
        match piece {
            WordPiece::Text(text) if quotes == Quotes::Double => self.text.push_str(text),
            WordPiece::Text(text) => text.chars().for_each(|char| self.bare(char)),
            WordPiece::SingleQuotedText(text) => self.text.push_str(text),
            WordPiece::AnsiCQuotedText(text) => match ansi(text) {
                Some(text) => self.text.push_str(&text),
                None => self.refuse("an escape in `$'…'` that shells read differently"),
            },
            WordPiece::DoubleQuotedSequence(pieces) | WordPiece::GettextDoubleQuotedSequence(pieces) => {
                self.pieces(pieces, raw, Quotes::Double);
            }
            WordPiece::EscapeSequence(escape) => self.text.extend(escape.chars().skip(1).filter(|char| *char != '\n')),
            WordPiece::TildeExpansion(_) => self.dynamic(false),
            WordPiece::CommandSubstitution(text) => {
                self.runs.push(text.clone());
                self.dynamic(quotes == Quotes::None);
            }
            WordPiece::BackquotedCommandSubstitution(text) => {
                if source.contains('\\') {
                    self.refuse("a backslash inside backquotes");
                }
                self.runs.push(text.clone());
                self.dynamic(quotes == Quotes::None);
            }
            WordPiece::ArithmeticExpression(_) if source.starts_with("$[") => {
                self.refuse("`$[`, which is arithmetic to some shells and text to others");
            }
            WordPiece::ArithmeticExpression(expression) => self.arithmetic(expression),
            WordPiece::ParameterExpansion(expression) => self.parameter(expression, source, quotes),
        }
    }

    /// Arithmetic evaluates what variables hold, and may run what stands in a subscript: only numbers are harmless.
    fn arithmetic(&mut self, expression: &UnexpandedArithmeticExpr) {
        self.dynamic(false);
        if expression.value.contains(|char: char| !(char.is_ascii_digit() || " \t+-*/%()<>=!&|^~?:,".contains(char))) {
            self.doubt("arithmetic over more than numbers");
        }
    }

    fn parameter(&mut self, expression: &ParameterExpr, source: &str, quotes: Quotes) {
        let number = special_number(expression);
        self.dynamic(quotes == Quotes::None && !number || all_positional(source));
        for part in self.parts(expression) {
            self.inner(part, quotes);
        }
        if source.contains('\\') {
            self.refuse("a backslash inside `${…}`");
        }
    }

    /// The words inside a parameter's expansion; what could run in a way that no word shows is a doubt.
    fn parts<'e>(&mut self, expression: &'e ParameterExpr) -> Vec<&'e str> {
        use ParameterExpr as P;
        let (parameter, indirect, parts) = match expression {
            P::Parameter { parameter, indirect } | P::ParameterLength { parameter, indirect } => {
                (parameter, indirect, Vec::new())
            }
            P::UseDefaultValues { parameter, indirect, default_value: value, .. }
            | P::IndicateErrorIfNullOrUnset { parameter, indirect, error_message: value, .. }
            | P::UseAlternativeValue { parameter, indirect, alternative_value: value, .. }
            | P::RemoveSmallestSuffixPattern { parameter, indirect, pattern: value }
            | P::RemoveLargestSuffixPattern { parameter, indirect, pattern: value }
            | P::RemoveSmallestPrefixPattern { parameter, indirect, pattern: value }
            | P::RemoveLargestPrefixPattern { parameter, indirect, pattern: value }
            | P::UppercaseFirstChar { parameter, indirect, pattern: value }
            | P::UppercasePattern { parameter, indirect, pattern: value }
            | P::LowercaseFirstChar { parameter, indirect, pattern: value }
            | P::LowercasePattern { parameter, indirect, pattern: value } => {
                (parameter, indirect, value.as_deref().into_iter().collect())
            }
            P::AssignDefaultValues { parameter, indirect, default_value, .. } => {
                self.sets.push(parameter.to_string());
                (parameter, indirect, default_value.as_deref().into_iter().collect())
            }
            P::Substring { parameter, indirect, offset, length } => {
                self.arithmetic(offset);
                length.iter().for_each(|length| self.arithmetic(length));
                (parameter, indirect, Vec::new())
            }
            P::ReplaceSubstring { parameter, indirect, pattern, replacement, .. } => {
                (parameter, indirect, std::iter::once(pattern.as_str()).chain(replacement.as_deref()).collect())
            }
            P::Transform { parameter, indirect, op } => {
                use ParameterTransformOp as Op;
                if !matches!(op, Op::CapitalizeInitial | Op::Quoted | Op::ToLowerCase | Op::ToUpperCase) {
                    self.doubt("a transformation that may run what a variable holds");
                }
                (parameter, indirect, Vec::new())
            }
            P::VariableNames { .. } | P::MemberKeys { .. } => return Vec::new(),
        };
        if *indirect {
            self.doubt("an indirect expansion");
        }
        if let Parameter::NamedWithIndex { index, .. } = parameter
            && index.bytes().any(|byte| !byte.is_ascii_digit())
        {
            self.doubt("a subscript that is no number");
        }
        parts
    }

    /// A word inside an expansion: what it runs and sets is the outer word's.
    fn inner(&mut self, part: &str, quotes: Quotes) {
        if part.contains(['\'', '"']) {
            return self.refuse("a quote inside `${…}`");
        }
        if !part.contains(['$', '`']) {
            return;
        }
        let parsed = brush_parser::word::parse(part, &super::read::options());
        let Ok(pieces) = parsed else { return self.refuse("a word that the parser refuses") };
        let mut inner = Self::default();
        inner.pieces(&pieces, part, quotes);
        self.runs.append(&mut inner.runs);
        self.sets.append(&mut inner.sets);
        self.refused |= inner.refused;
        if let Some(why) = inner.doubt {
            self.doubt(why);
        }
    }
}

/// Whether a parameter is always one number.
fn special_number(expression: &ParameterExpr) -> bool {
    use brush_parser::word::SpecialParameter as S;
    matches!(
        expression,
        ParameterExpr::Parameter {
            parameter: Parameter::Special(
                S::PositionalParameterCount | S::LastExitStatus | S::ProcessId | S::LastBackgroundProcessId
            ),
            indirect: false,
        } | ParameterExpr::ParameterLength { .. }
    )
}

/// Whether it may be `$@` or `${a[@]}`, which are several words even in double quotes.
fn all_positional(source: &str) -> bool {
    source.contains(['@', '*'])
}

/// The text of `$'…'`; nothing where an escape gives no character, or ends the word for some shells.
fn ansi(raw: &str) -> Option<String> {
    let mut text = String::new();
    let mut chars = raw.chars().peekable();
    while let Some(char) = chars.next() {
        if char != '\\' {
            text.push(char);
            continue;
        }
        let escaped = match chars.next()? {
            'a' => '\u{7}',
            'b' => '\u{8}',
            'e' | 'E' => '\u{1b}',
            'f' => '\u{c}',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'v' => '\u{b}',
            same @ ('\\' | '\'' | '"' | '?') => same,
            'x' => number(&mut chars, None, 16, 2)?,
            'u' => number(&mut chars, None, 16, 4)?,
            'U' => number(&mut chars, None, 16, 8)?,
            digit @ '0'..='7' => number(&mut chars, Some(digit), 8, 3)?,
            _ => return None,
        };
        text.push(escaped);
    }
    (!text.contains('\0')).then_some(text)
}

/// A character by its number; bytes above ASCII are not characters of their own, so they are not told.
fn number(
    chars: &mut std::iter::Peekable<std::str::Chars<'_>>,
    first: Option<char>,
    radix: u32,
    most: usize,
) -> Option<char> {
    let mut digits: String = first.into_iter().collect();
    while digits.len() < most {
        match chars.next_if(|char| char.is_digit(radix)) {
            Some(digit) => digits.push(digit),
            None => break,
        }
    }
    let code = u32::from_str_radix(&digits, radix).ok()?;
    char::from_u32(code).filter(char::is_ascii).filter(|char| *char != '\0')
}
