//! `format`: text with its `%` clauses filled in.

use std::fmt::Write as _;

use super::conversions::{double_text, exponent_text};
use crate::cel::function::{Cause, Function, Overload, Site};
use crate::cel::time;
use crate::cel::types::Type;
use crate::cel::value::{List, Map, Value};

/// Most digits after the point that a clause may ask for.
const MAX_PRECISION: usize = 100;

pub(super) static ROWS: &[Function] = &[Function {
    name: "format",
    overloads: &[Overload::method(&[Type::Text, Type::List(None)], Type::Text)],
    doc: "The string with each `%s`, `%d`, `%f`, `%e`, `%b`, `%o`, `%x`, `%X` replaced by the list's next element; \
          `%.2f` says how many digits follow the point.",
    examples: &[
        ("'%s is %d'.format(['x', 3])", "'x is 3'"),
        ("'%.1f %x'.format([2.5, 255])", "'2.5 ff'"),
        ("'%d'.format([])", "unknown"),
    ],
    prepare: None,
    eval: format,
}];

fn format<'a>(site: Site<'_>, args: &[Value<'a>]) -> Result<Value<'a>, Cause> {
    let (text, list) = match args {
        [Value::Text(text), Value::List(list)] => (text, list),
        [Value::Text(_), other] => return Err(Cause::wrong_type("list", other)),
        [other, ..] => return Err(Cause::wrong_type("string", other)),
        [] => return Err(Cause::Missing),
    };
    let mut filler = Filler { site, list, next: 0, out: String::new() };
    filler.fill(text)?;
    Ok(Value::text(filler.out))
}

struct Filler<'f, 'a> {
    site: Site<'f>,
    list: &'f List<'a>,
    next: usize,
    out: String,
}

impl Filler<'_, '_> {
    fn fill(&mut self, text: &str) -> Result<(), Cause> {
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('%') {
            self.push(before)?;
            rest = match after.strip_prefix('%') {
                Some(after) => {
                    self.push("%")?;
                    after
                }
                None => self.clause(after)?,
            };
        }
        self.push(rest)
    }

    fn push(&mut self, text: &str) -> Result<(), Cause> {
        self.site.budget.build(text.len())?;
        self.out.push_str(text);
        Ok(())
    }

    /// Fills in one clause; `text` follows its `%`. Gives what follows the clause.
    fn clause<'t>(&mut self, text: &'t str) -> Result<&'t str, Cause> {
        self.site.budget.step()?;
        let (precision, text) = precision(text)?;
        let mut chars = text.chars();
        let letter = chars.next().ok_or(Cause::Unexplained("a format clause without a letter"))?;
        let value = self.list.get(self.next).ok_or(Cause::Arithmetic("index out of range"))?;
        self.next += 1;
        let filled = match letter {
            's' => self.shown(&value)?,
            'd' => decimal(&value)?,
            'f' => fixed(&value, precision.unwrap_or(6))?,
            'e' => scientific(&value, precision.unwrap_or(6))?,
            'b' => binary(&value)?,
            'o' => octal(&value)?,
            'x' => self.hexadecimal(&value)?,
            'X' => self.hexadecimal(&value)?.to_ascii_uppercase(),
            _ => return Err(Cause::Unexplained("an unknown format clause")),
        };
        self.push(&filled)?;
        Ok(chars.as_str())
    }

    fn shown(&self, value: &Value<'_>) -> Result<String, Cause> {
        self.site.budget.step()?;
        Ok(match value {
            Value::Null => "null".to_owned(),
            Value::Bool(value) => value.to_string(),
            Value::Int(value) => value.to_string(),
            Value::UInt(value) => value.to_string(),
            Value::Decimal(value) => value.to_string(),
            Value::Double(value) => double_text(*value),
            Value::Text(text) | Value::Path(text) => {
                self.site.budget.build(text.len())?;
                text.to_string()
            }
            Value::Bytes(bytes) => match std::str::from_utf8(bytes) {
                Ok(text) => text.to_owned(),
                Err(_) => return Err(Cause::Unexplained("bytes that are no UTF-8")),
            },
            Value::List(list) => self.list_shown(list)?,
            Value::Map(map) => self.map_shown(map)?,
            Value::Timestamp(time) => time.to_string(),
            Value::Duration(span) => time::duration_text(*span),
            Value::Type(ty) => ty.name().to_owned(),
            Value::Ip(address) => address.to_string(),
            Value::Cidr(net) => net.to_string(),
            Value::Url(url) => url.as_str().to_owned(),
            Value::Sql(sql) => sql.as_str().to_owned(),
            #[cfg(feature = "shell")]
            Value::Shell(_) => return Err(Cause::wrong_type("a value that has text", value)),
        })
    }

    fn list_shown(&self, list: &List<'_>) -> Result<String, Cause> {
        let items = list.iter().map(|item| self.shown(&item)).collect::<Result<Vec<_>, _>>()?;
        Ok(format!("[{}]", items.join(", ")))
    }

    /// Entries in the order of their keys' text, so that one map has one text.
    fn map_shown(&self, map: &Map<'_>) -> Result<String, Cause> {
        let mut entries = map
            .iter()
            .map(|(key, value)| Ok((self.shown(&key)?, self.shown(&value)?)))
            .collect::<Result<Vec<_>, Cause>>()?;
        entries.sort();
        let entries: Vec<String> = entries.into_iter().map(|(key, value)| format!("{key}: {value}")).collect();
        Ok(format!("{{{}}}", entries.join(", ")))
    }

    fn hexadecimal(&self, value: &Value<'_>) -> Result<String, Cause> {
        match value {
            Value::Int(value) => Ok(signed(*value, |magnitude| format!("{magnitude:x}"))),
            Value::UInt(value) => Ok(format!("{value:x}")),
            Value::Text(text) => self.digits(text.as_bytes()),
            Value::Bytes(bytes) => self.digits(bytes),
            other => Err(Cause::wrong_type("int, uint, string or bytes", other)),
        }
    }

    fn digits(&self, bytes: &[u8]) -> Result<String, Cause> {
        self.site.budget.build(bytes.len().saturating_mul(2))?;
        let mut digits = String::with_capacity(bytes.len() * 2);
        for byte in bytes {
            // writing to a string cannot fail
            let _ = write!(digits, "{byte:02x}");
        }
        Ok(digits)
    }
}

/// `.3` before a clause's letter, and what follows.
fn precision(text: &str) -> Result<(Option<usize>, &str), Cause> {
    let Some(rest) = text.strip_prefix('.') else { return Ok((None, text)) };
    let after = rest.trim_start_matches(|char: char| char.is_ascii_digit());
    let digits = rest.get(..rest.len() - after.len()).unwrap_or_default();
    match digits.parse() {
        Ok(precision) if precision <= MAX_PRECISION => Ok((Some(precision), after)),
        _ => Err(Cause::Unexplained("a format clause whose precision is no number up to 100")),
    }
}

fn signed(value: i64, digits: fn(u64) -> String) -> String {
    format!("{}{}", if value < 0 { "-" } else { "" }, digits(value.unsigned_abs()))
}

fn decimal(value: &Value<'_>) -> Result<String, Cause> {
    match value {
        Value::Int(value) => Ok(value.to_string()),
        Value::UInt(value) => Ok(value.to_string()),
        Value::Decimal(value) => Ok(value.to_string()),
        Value::Double(value) => Ok(double_text(*value)),
        other => Err(Cause::wrong_type("number", other)),
    }
}

fn double(value: &Value<'_>) -> Result<f64, Cause> {
    #[expect(clippy::cast_precision_loss, reason = "the nearest double is what is shown")]
    match value {
        Value::Decimal(value) => Ok(value.to_f64()),
        Value::Double(value) => Ok(*value),
        Value::Int(value) => Ok(*value as f64),
        Value::UInt(value) => Ok(*value as f64),
        other => Err(Cause::wrong_type("number", other)),
    }
}

fn fixed(value: &Value<'_>, precision: usize) -> Result<String, Cause> {
    let value = double(value)?;
    Ok(if value.is_finite() { format!("{value:.precision$}") } else { double_text(value) })
}

fn scientific(value: &Value<'_>, precision: usize) -> Result<String, Cause> {
    let value = double(value)?;
    Ok(if value.is_finite() { exponent_text(&format!("{value:.precision$e}")) } else { double_text(value) })
}

fn binary(value: &Value<'_>) -> Result<String, Cause> {
    match value {
        Value::Int(value) => Ok(signed(*value, |magnitude| format!("{magnitude:b}"))),
        Value::UInt(value) => Ok(format!("{value:b}")),
        Value::Bool(value) => Ok(u8::from(*value).to_string()),
        other => Err(Cause::wrong_type("int, uint or bool", other)),
    }
}

fn octal(value: &Value<'_>) -> Result<String, Cause> {
    match value {
        Value::Int(value) => Ok(signed(*value, |magnitude| format!("{magnitude:o}"))),
        Value::UInt(value) => Ok(format!("{value:o}")),
        other => Err(Cause::wrong_type("int or uint", other)),
    }
}
