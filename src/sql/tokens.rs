//! The tokens of SQL text, where servers agree on them.
//!
//! Where a string or a comment ends decides what is a statement and what is data. So texts whose strings or comments some
//! server would end elsewhere are refused before they are parsed.

use sqlparser::keywords::Keyword;
use sqlparser::tokenizer::{Token, Tokenizer, Whitespace};

use super::{Dialect, MAX_OPERATORS};
use crate::path::Unexplained;

/// The tokens of a text without its spaces and comments.
pub(super) fn of(
    text: &str,
    dialect: Dialect,
    parser: &dyn sqlparser::dialect::Dialect,
) -> Result<Vec<Token>, Unexplained> {
    characters(text, dialect)?;
    let tokens = Tokenizer::new(parser, text).tokenize();
    let mut tokens = tokens.map_err(|_| Unexplained("SQL whose strings or comments do not end"))?;
    tokens.iter().try_for_each(|token| agreed(token, dialect))?;
    tokens.retain(|token| !matches!(token, Token::Whitespace(_)));
    if matches!(dialect, Dialect::Generic | Dialect::MsSql) && has_unseparated(&tokens) {
        return Err(Unexplained(
            "SQL with a word that is a statement of its own on a server that needs no `;` before it",
        ));
    }
    if tokens.iter().filter(|token| may_nest(token)).count() > MAX_OPERATORS {
        return Err(Unexplained("SQL of more than 1000 keywords and operators"));
    }
    Ok(tokens)
}

/// Words that begin what changes something, or, as `INTO`, send what a query reads somewhere else.
const CHANGING: [&str; 15] = [
    "alter", "call", "delete", "do", "drop", "exec", "execute", "grant", "insert", "into", "merge", "replace",
    "revoke", "truncate", "update",
];

/// Whether a word that changes something stands where it is no name for sure: not quoted, not part of a longer name, not
/// after `AS`, no function. Where the parser took such a word for a name all the same, a server may not: `SELECT INTO a
/// FROM b` makes a table of no columns, and `SELECT a DELETE FROM b` is two statements where no `;` is needed.
pub(super) fn has_changing_word(tokens: &[Token]) -> bool {
    let before = std::iter::once(None).chain(tokens.iter().map(Some));
    let after = tokens.iter().skip(1).map(Some).chain(std::iter::once(None));
    tokens.iter().zip(before).zip(after).any(|((token, before), after)| match token {
        Token::Word(word) if word.quote_style.is_none() => {
            CHANGING.iter().any(|changing| word.value.eq_ignore_ascii_case(changing))
                && !matches!(before, Some(Token::Period))
                && !matches!(before, Some(Token::Word(word)) if word.keyword == Keyword::AS && word.quote_style.is_none())
                && !matches!(after, Some(Token::Period | Token::LParen))
        }
        _ => false,
    })
}

fn characters(text: &str, dialect: Dialect) -> Result<(), Unexplained> {
    if text.chars().any(|char| char.is_control() && !matches!(char, '\t' | '\n' | '\r')) {
        return Err(Unexplained("SQL with a control character"));
    }
    if text.contains("/*!") || text.contains("/*M!") || text.contains("/*+") {
        return Err(Unexplained("SQL with a comment that a server obeys"));
    }
    if text.contains("\\'") || text.contains("\\\"") || text.contains("\\`") {
        return Err(Unexplained("SQL with a backslash before a quote, which ends the string on some servers"));
    }
    if dialect == Dialect::Generic && text.contains('\\') {
        return Err(Unexplained("SQL with a backslash, without a dialect that says what it means"));
    }
    Ok(())
}

/// Refuses tokens that other servers, or other settings of the same server, cut differently.
fn agreed(token: &Token, dialect: Dialect) -> Result<(), Unexplained> {
    match token {
        Token::Whitespace(space) => comment(space, dialect),
        Token::DollarQuotedString(_) if dialect != Dialect::Postgres => {
            Err(Unexplained("SQL with a `$$` string, which only PostgreSQL reads as one"))
        }
        Token::Backslash => Err(Unexplained("SQL with a command of a terminal program")),
        Token::LBracket | Token::RBracket if dialect == Dialect::Generic => {
            Err(Unexplained("SQL with brackets, without a dialect that says whether they quote"))
        }
        _ => Ok(()),
    }
}

fn comment(space: &Whitespace, dialect: Dialect) -> Result<(), Unexplained> {
    match space {
        Whitespace::MultiLineComment(text) if text.contains("/*") || text.contains("*/") => {
            Err(Unexplained("SQL with a comment inside a comment, which servers end at different places"))
        }
        Whitespace::SingleLineComment { prefix, comment } => match (prefix.as_str(), dialect) {
            ("--", Dialect::Generic) if !comment.is_empty() && !comment.starts_with([' ', '\t', '\n', '\r']) => {
                Err(Unexplained("SQL with `--` and no space after it, which MySQL takes for two signs"))
            }
            ("--", _) | ("#", Dialect::MySql) => carriage(comment),
            _ => Err(Unexplained("SQL with a comment that only some servers take for one")),
        },
        _ => Ok(()),
    }
}

/// A carriage return inside a line's comment ends it on some servers.
fn carriage(comment: &str) -> Result<(), Unexplained> {
    if comment.trim_end_matches(['\r', '\n']).contains('\r') {
        return Err(Unexplained("SQL with a carriage return inside a comment"));
    }
    Ok(())
}

/// Transact-SQL needs no `;` between statements: whether a word that is a whole statement stands where another reader
/// takes it for an alias.
fn has_unseparated(tokens: &[Token]) -> bool {
    const ALONE: [&str; 9] =
        ["shutdown", "checkpoint", "reconfigure", "revert", "commit", "rollback", "break", "continue", "return"];
    tokens.iter().zip(tokens.iter().skip(1)).any(|(before, token)| match token {
        Token::Word(word) if word.quote_style.is_none() => {
            ALONE.iter().any(|alone| word.value.eq_ignore_ascii_case(alone)) && !expects_a_name(before)
        }
        _ => false,
    })
}

/// Whether a name must follow, so that the next word is no statement.
fn expects_a_name(token: &Token) -> bool {
    match token {
        Token::Word(word) => matches!(
            word.keyword,
            Keyword::SELECT
                | Keyword::DISTINCT
                | Keyword::FROM
                | Keyword::JOIN
                | Keyword::WHERE
                | Keyword::ON
                | Keyword::AND
                | Keyword::OR
                | Keyword::NOT
                | Keyword::BY
                | Keyword::AS
                | Keyword::HAVING
                | Keyword::INTO
                | Keyword::TABLE
                | Keyword::UPDATE
                | Keyword::SET
        ),
        Token::Number(..) | Token::SingleQuotedString(_) | Token::RParen | Token::RBracket => false,
        Token::Placeholder(_) | Token::NationalStringLiteral(_) | Token::HexStringLiteral(_) => false,
        _ => true,
    }
}

/// Whether a tree may grow by a level at this token: everything but names, literals, commas and parentheses, which the
/// parser's own limit counts.
fn may_nest(token: &Token) -> bool {
    match token {
        Token::Word(word) => word.keyword != Keyword::NoKeyword,
        Token::Number(..)
        | Token::SingleQuotedString(_)
        | Token::DoubleQuotedString(_)
        | Token::NationalStringLiteral(_)
        | Token::EscapedStringLiteral(_)
        | Token::HexStringLiteral(_)
        | Token::Placeholder(_)
        | Token::Comma
        | Token::Period
        | Token::LParen
        | Token::RParen => false,
        _ => true,
    }
}
