//! A tree's canonical text: equal text means equal meaning, wherever it was written.
//!
//! It is also what people read in explanations, so it is the language itself: brackets only where they are needed, the
//! types of constants visible, loop variables named by their slot. Rows that stand for CEL's in policies print as those.

use std::fmt::{self, Display, Formatter, Write};
use std::hash::{Hash, Hasher};

use super::environment::Environment;
use super::expr::{Comprehension, Expr, ExprKind, Fold};
use super::function::Function;
use super::functions::beside::{BOUNDED, INVOCATION};
use super::operators::{self, AND, CONDITIONAL, OR, RELATION, UNARY};
use super::time;
use super::value::Value;

/// What binds tightest: names, literals, calls.
const PRIMARY: u8 = UNARY + 1;

impl Expr {
    /// The canonical text: equal for two expressions exactly when they mean the same by the same steps.
    #[must_use]
    pub fn canonical(&self) -> String {
        self.to_string()
    }

    /// The text with the variables' names from an environment of one's own.
    pub fn display<'d>(&'d self, environment: &'d Environment) -> impl Display + 'd {
        Shown { expr: self, environment }
    }
}

struct Shown<'d> {
    expr: &'d Expr,
    environment: &'d Environment,
}

impl Display for Shown<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        Printer { names: self.environment }.expr(f, self.expr, CONDITIONAL)
    }
}

impl Display for Expr {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        Printer { names: &Environment::policy() }.expr(f, self, CONDITIONAL)
    }
}

impl PartialEq for Expr {
    fn eq(&self, other: &Self) -> bool {
        self.canonical() == other.canonical()
    }
}

impl Eq for Expr {}

impl Hash for Expr {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.canonical().hash(state);
    }
}

impl fmt::Debug for ExprKind {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        Printer { names: &Environment::policy() }.kind(f, self)
    }
}

impl Display for Value<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        value(f, self)
    }
}

struct Printer<'n> {
    names: &'n Environment,
}

impl Printer<'_> {
    /// Writes an expression, in brackets where it binds looser than `least`.
    fn expr(&self, f: &mut Formatter<'_>, expr: &Expr, least: u8) -> fmt::Result {
        if precedence(&expr.kind) >= least {
            return self.kind(f, &expr.kind);
        }
        f.write_char('(')?;
        self.kind(f, &expr.kind)?;
        f.write_char(')')
    }

    fn kind(&self, f: &mut Formatter<'_>, kind: &ExprKind) -> fmt::Result {
        match kind {
            ExprKind::Const(constant) => value(f, constant),
            ExprKind::Variable(index) => match self.names.variables.get(*index) {
                Some((name, _)) => f.write_str(name),
                None => write!(f, "${index}"),
            },
            ExprKind::Local(slot) => write!(f, "_{slot}"),
            ExprKind::Select { operand, field } => self.select(f, operand, field),
            ExprKind::Has { operand, field } => {
                f.write_str("has(")?;
                self.select(f, operand, field)?;
                f.write_char(')')
            }
            ExprKind::Call { function, args, .. } => self.call(f, function, args),
            ExprKind::And(operands) => self.separated(f, operands, " && ", AND + 1),
            ExprKind::Or(operands) => self.separated(f, operands, " || ", OR + 1),
            ExprKind::Not(operand) => {
                f.write_char('!')?;
                self.expr(f, operand, PRIMARY)
            }
            ExprKind::Conditional(parts) => {
                let [condition, then, otherwise] = parts.as_ref();
                self.expr(f, condition, CONDITIONAL + 1)?;
                f.write_str(" ? ")?;
                self.expr(f, then, CONDITIONAL + 1)?;
                f.write_str(" : ")?;
                self.expr(f, otherwise, CONDITIONAL)
            }
            ExprKind::List(items) => self.bracketed(f, '[', items, ']'),
            ExprKind::Map(entries) => self.map(f, entries),
            ExprKind::Comprehension(comprehension) => self.comprehension(f, comprehension),
        }
    }

    fn select(&self, f: &mut Formatter<'_>, operand: &Expr, name: &str) -> fmt::Result {
        self.expr(f, operand, PRIMARY)?;
        f.write_char('.')?;
        field(f, name)
    }

    fn separated(&self, f: &mut Formatter<'_>, items: &[Expr], separator: &str, least: u8) -> fmt::Result {
        if let [only] = items {
            // one operand of a junction stands for its truth, which nothing shorter says
            f.write_str(if least > AND { "true" } else { "false" })?;
            f.write_str(separator)?;
            return self.expr(f, only, least);
        }
        for (at, item) in items.iter().enumerate() {
            if at > 0 {
                f.write_str(separator)?;
            }
            self.expr(f, item, least)?;
        }
        Ok(())
    }

    fn bracketed(&self, f: &mut Formatter<'_>, open: char, items: &[Expr], close: char) -> fmt::Result {
        f.write_char(open)?;
        for (at, item) in items.iter().enumerate() {
            f.write_str(if at > 0 { ", " } else { "" })?;
            self.expr(f, item, CONDITIONAL)?;
        }
        f.write_char(close)
    }

    fn map(&self, f: &mut Formatter<'_>, entries: &[(Expr, Expr)]) -> fmt::Result {
        f.write_char('{')?;
        for (at, (key, value)) in entries.iter().enumerate() {
            f.write_str(if at > 0 { ", " } else { "" })?;
            self.expr(f, key, CONDITIONAL)?;
            f.write_str(": ")?;
            self.expr(f, value, CONDITIONAL)?;
        }
        f.write_char('}')
    }

    fn call(&self, f: &mut Formatter<'_>, function: &Function, args: &[Expr]) -> fmt::Result {
        if let (Some(operator), [left, right]) = (operators::of_function(function.name), args) {
            self.expr(f, left, operator.precedence)?;
            write!(f, " {} ", operator.symbol)?;
            return self.expr(f, right, operator.precedence + 1);
        }
        match (function.name, args) {
            ("@is", [element, ty]) => {
                f.write_str("type(")?;
                self.expr(f, element, CONDITIONAL)?;
                f.write_str(") == ")?;
                self.expr(f, ty, CONDITIONAL)
            }
            (INVOCATION, [command, _, arguments @ ..]) => {
                f.write_str("shell(")?;
                self.expr(f, command, CONDITIONAL)?;
                for argument in arguments {
                    f.write_str(", ")?;
                    self.expr(f, argument, CONDITIONAL)?;
                }
                f.write_char(')')
            }
            (BOUNDED, [command, list]) => {
                self.expr(f, command, PRIMARY)?;
                f.write_str(".runs_only(")?;
                self.expr(f, list, CONDITIONAL)?;
                f.write_str(", beside its writes)")
            }
            ("-_", [operand]) => {
                f.write_char('-')?;
                let literal = matches!(operand.constant(), Some(Value::Int(_) | Value::Decimal(_) | Value::Double(_)));
                self.expr(f, operand, if literal { PRIMARY + 1 } else { PRIMARY })
            }
            ("_[_]", [operand, index]) => {
                self.expr(f, operand, PRIMARY)?;
                self.bracketed(f, '[', std::slice::from_ref(index), ']')
            }
            (name, [receiver, rest @ ..]) if is_method(function, args.len()) => {
                self.expr(f, receiver, PRIMARY)?;
                write!(f, ".{name}")?;
                self.bracketed(f, '(', rest, ')')
            }
            (name, args) => {
                f.write_str(name.trim_start_matches('@'))?;
                self.bracketed(f, '(', args, ')')
            }
        }
    }

    fn comprehension(&self, f: &mut Formatter<'_>, all: &Comprehension) -> fmt::Result {
        self.expr(f, &all.range, PRIMARY)?;
        write!(f, ".{}(_{}", macro_name(all), all.slots.0)?;
        if let Some(slot) = all.slots.1 {
            write!(f, ", _{slot}")?;
        }
        if let Some(filter) = &all.filter {
            f.write_str(", ")?;
            self.expr(f, filter, CONDITIONAL)?;
        }
        match &all.yields {
            None => {}
            Some((key, Some(value))) => {
                f.write_str(", {")?;
                self.expr(f, key, CONDITIONAL)?;
                f.write_str(": ")?;
                self.expr(f, value, CONDITIONAL)?;
                f.write_char('}')?;
            }
            Some((value, None)) => {
                f.write_str(", ")?;
                self.expr(f, value, CONDITIONAL)?;
            }
        }
        f.write_char(')')
    }
}

/// The macro that makes this comprehension, the most general where several do.
const fn macro_name(all: &Comprehension) -> &'static str {
    match (all.fold, all.slots.1) {
        (Fold::All, _) => "all",
        (Fold::Exists, _) => "exists",
        (Fold::ExistsOne, _) => "existsOne",
        (Fold::List, None) => "map",
        (Fold::List, Some(_)) => "transformList",
        (Fold::Map, _) => "transformMapEntry",
    }
}

/// Whether the function can only be called as `x.f()` with so many arguments.
fn is_method(function: &Function, count: usize) -> bool {
    let mut ways = function.overloads.iter().filter(|way| way.params.len() == count).peekable();
    ways.peek().is_some() && ways.all(|way| way.method)
}

fn precedence(kind: &ExprKind) -> u8 {
    match kind {
        ExprKind::Conditional(_) => CONDITIONAL,
        ExprKind::Or(_) => OR,
        ExprKind::And(_) => AND,
        ExprKind::Not(_) => UNARY,
        ExprKind::Const(Value::Int(value)) if *value < 0 => UNARY,
        ExprKind::Const(Value::Decimal(value)) if value.is_negative() => UNARY,
        ExprKind::Const(Value::Double(value)) if value.is_sign_negative() && value.is_finite() => UNARY,
        ExprKind::Call { function, .. } if function.name == "-_" => UNARY,
        ExprKind::Call { function, .. } if function.name == "@is" => RELATION,
        ExprKind::Call { function, args, .. } if args.len() == 2 => {
            operators::of_function(function.name).map_or(PRIMARY, |operator| operator.precedence)
        }
        _ => PRIMARY,
    }
}

/// A field's name, quoted where it is no word.
fn field(f: &mut Formatter<'_>, name: &str) -> fmt::Result {
    let mut chars = name.chars();
    let word = chars.next().is_some_and(|char| char.is_ascii_alphabetic() || char == '_')
        && chars.all(|char| char.is_ascii_alphanumeric() || char == '_');
    if word && !matches!(name, "true" | "false" | "null" | "in") {
        return f.write_str(name);
    }
    f.write_char('`')?;
    for char in name.chars() {
        escaped(f, char, '`')?;
    }
    f.write_char('`')
}

fn value(f: &mut Formatter<'_>, value: &Value<'_>) -> fmt::Result {
    match value {
        Value::Null => f.write_str("null"),
        Value::Bool(value) => write!(f, "{value}"),
        Value::Int(value) => write!(f, "{value}"),
        Value::UInt(value) => write!(f, "{value}u"),
        Value::Decimal(value) => f.write_str(&value.text()),
        Value::Double(value) if value.is_finite() => write!(f, "{value:?}"),
        Value::Double(value) => write!(f, "double(\"{value}\")"),
        Value::Text(text) => quoted(f, text),
        Value::Bytes(bytes) => quoted_bytes(f, bytes),
        Value::List(list) => {
            f.write_char('[')?;
            for (at, item) in list.iter().enumerate() {
                write!(f, "{}{item}", if at > 0 { ", " } else { "" })?;
            }
            f.write_char(']')
        }
        Value::Map(map) => {
            f.write_char('{')?;
            for (at, (key, value)) in map.iter().enumerate() {
                write!(f, "{}{key}: {value}", if at > 0 { ", " } else { "" })?;
            }
            f.write_char('}')
        }
        Value::Timestamp(time) => write!(f, "timestamp(\"{time}\")"),
        Value::Duration(duration) => write!(f, "duration(\"{}\")", time::duration_text(*duration)),
        Value::Type(ty) => f.write_str(ty.name()),
        Value::Ip(address) => write!(f, "ip(\"{address}\")"),
        Value::Cidr(net) => write!(f, "cidr(\"{net}\")"),
        Value::Path(path) => {
            f.write_str("path(")?;
            quoted(f, path)?;
            f.write_char(')')
        }
        Value::Url(url) => {
            f.write_str("url(")?;
            quoted(f, url.as_str())?;
            f.write_char(')')
        }
        Value::Sql(sql) => {
            f.write_str("sql(")?;
            quoted(f, sql.as_str())?;
            write!(f, ", \"{}\")", sql.dialect())
        }
        #[cfg(feature = "shell")]
        Value::Shell(script) => shell(f, &script.source),
    }
}

#[cfg(feature = "shell")]
fn shell(f: &mut Formatter<'_>, source: &crate::shell::Source) -> fmt::Result {
    f.write_str("shell(")?;
    match source {
        crate::shell::Source::Text(text) => quoted(f, text)?,
        crate::shell::Source::Argv(argv) => {
            f.write_char('[')?;
            for (at, word) in argv.iter().enumerate() {
                f.write_str(if at > 0 { ", " } else { "" })?;
                quoted(f, word)?;
            }
            f.write_char(']')?;
        }
    }
    f.write_char(')')
}

fn quoted(f: &mut Formatter<'_>, text: &str) -> fmt::Result {
    f.write_char('"')?;
    for char in text.chars() {
        escaped(f, char, '"')?;
    }
    f.write_char('"')
}

fn escaped(f: &mut Formatter<'_>, char: char, quote: char) -> fmt::Result {
    match char {
        '\\' => f.write_str("\\\\"),
        '\n' => f.write_str("\\n"),
        '\r' => f.write_str("\\r"),
        '\t' => f.write_str("\\t"),
        _ if char == quote => write!(f, "\\{char}"),
        _ if char.is_control() || is_invisible(char) => match u32::from(char) {
            code @ ..=0xFFFF => write!(f, "\\u{code:04x}"),
            code => write!(f, "\\U{code:08x}"),
        },
        _ => f.write_char(char),
    }
}

/// Characters that make two different texts look alike, or one text look like another.
const fn is_invisible(char: char) -> bool {
    matches!(char, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

fn quoted_bytes(f: &mut Formatter<'_>, bytes: &[u8]) -> fmt::Result {
    f.write_str("b\"")?;
    for &byte in bytes {
        match byte {
            b'"' | b'\\' => write!(f, "\\{}", char::from(byte))?,
            b' '..=b'~' => f.write_char(char::from(byte))?,
            _ => write!(f, "\\x{byte:02x}")?,
        }
    }
    f.write_char('"')
}
