//! Text to the tree as written.

use pest::Parser;
use pest::iterators::Pair;

use super::ast::{Ast, AstKind, MAX_DEPTH, Place, Word};
use super::literal::{self, BadLiteral};
use super::operators::{self, Operator};
use super::scan::{self, Fault};
use super::value::Value;
use super::wording;
use crate::diagnostic::kinds;

/// The parser that pest makes of the grammar.
#[derive(pest_derive::Parser)]
#[grammar = "../grammar/expression.pest"]
pub(super) struct Grammar;

/// The tree, or everything that keeps the text from being one.
pub(super) fn parse(text: &str) -> Result<Ast, Vec<Fault>> {
    let faults = scan::scan(text);
    if !faults.is_empty() {
        return Err(faults);
    }
    let mut pairs = Grammar::parse(Rule::text, text).map_err(|error| vec![wording::syntax(text, &error)])?;
    pairs.next().ok_or_else(|| unexpected(0, text.len())).and_then(expression).map_err(|fault| vec![fault])
}

type Built = Result<Ast, Fault>;

/// A shape the grammar does not make; said as an error, for want of a better way to go on.
fn unexpected(start: usize, end: usize) -> Fault {
    Fault::syntax(start, end, "this is not an expression")
}

/// Where a rule matched; an optional part at its end leaves white space in it, so trees are placed by their parts.
fn place(pair: &Pair<'_, Rule>) -> Place {
    Place { start: pair.as_span().start(), end: pair.as_span().end() }
}

fn node(kind: AstKind, place: Place, below: u16) -> Built {
    if below >= MAX_DEPTH {
        let message = format!("the expression's tree has more than {MAX_DEPTH} levels");
        return Err(Fault { kind: &kinds::EXPRESSION_TOO_DEEP, ..Fault::syntax(place.start, place.end, message) });
    }
    Ok(Ast { kind, place, depth: below + 1 })
}

fn deepest<'t>(nodes: impl IntoIterator<Item = &'t Ast>) -> u16 {
    nodes.into_iter().map(|node| node.depth).max().unwrap_or(0)
}

fn expression(pair: Pair<'_, Rule>) -> Built {
    let whole = place(&pair);
    let mut parts = pair.into_inner().filter(|part| part.as_rule() != Rule::otherwise);
    match (parts.next(), parts.next(), parts.next()) {
        (Some(condition), Some(then), Some(otherwise)) => {
            let parts = [chain(condition)?, chain(then)?, expression(otherwise)?];
            let below = deepest(&parts);
            let [condition, _, otherwise] = &parts;
            let place = condition.place.to(otherwise.place);
            node(AstKind::Conditional(Box::new(parts)), place, below)
        }
        (Some(only), ..) => chain(only),
        _ => Err(unexpected(whole.start, whole.end)),
    }
}

/// `a + b * c`: operands with operators between, grouped by the table of operators.
fn chain(pair: Pair<'_, Rule>) -> Built {
    let whole = place(&pair);
    let mut grouping = Grouping::default();
    for part in pair.into_inner() {
        match part.as_rule() {
            Rule::operator => {
                let place = place(&part);
                let operator = operators::written(part.as_str());
                grouping.operator(operator.ok_or_else(|| unexpected(place.start, place.end))?, place)?;
            }
            _ => grouping.operands.push(unary(part)?),
        }
    }
    grouping.finish().and_then(|tree| tree.ok_or_else(|| unexpected(whole.start, whole.end)))
}

/// Operands and operators waiting for their right side; no deeper than there are levels of precedence.
#[derive(Default)]
struct Grouping {
    operands: Vec<Ast>,
    waiting: Vec<(&'static Operator, Place)>,
}

impl Grouping {
    fn operator(&mut self, operator: &'static Operator, place: Place) -> Result<(), Fault> {
        while self.waiting.last().is_some_and(|(waiting, _)| waiting.precedence >= operator.precedence) {
            self.join()?;
        }
        self.waiting.push((operator, place));
        Ok(())
    }

    fn join(&mut self) -> Result<(), Fault> {
        if let (Some((operator, place)), Some(right), Some(left)) =
            (self.waiting.pop(), self.operands.pop(), self.operands.pop())
        {
            self.operands.push(binary(operator, place, left, right)?);
        }
        Ok(())
    }

    fn finish(mut self) -> Result<Option<Ast>, Fault> {
        while !self.waiting.is_empty() {
            self.join()?;
        }
        Ok(self.operands.pop())
    }
}

fn binary(operator: &'static Operator, operator_place: Place, left: Ast, right: Ast) -> Built {
    let whole = left.place.to(right.place);
    let below = left.depth.max(right.depth);
    match operator.precedence {
        operators::AND => flat(left, right, whole, AstKind::And, |kind| match kind {
            AstKind::And(operands) => Ok(operands),
            other => Err(other),
        }),
        operators::OR => flat(left, right, whole, AstKind::Or, |kind| match kind {
            AstKind::Or(operands) => Ok(operands),
            other => Err(other),
        }),
        _ => node(AstKind::Binary { operator, operator_place, operands: Box::new([left, right]) }, whole, below),
    }
}

/// Appends to the operands that the left side has already, if it is of the same kind.
fn flat(
    left: Ast,
    right: Ast,
    whole: Place,
    make: fn(Vec<Ast>) -> AstKind,
    take: fn(AstKind) -> Result<Vec<Ast>, AstKind>,
) -> Built {
    let (place, depth) = (left.place, left.depth);
    let (mut operands, below) = match take(left.kind) {
        Ok(operands) => (operands, depth.saturating_sub(1)),
        Err(kind) => (vec![Ast { kind, place, depth }], depth),
    };
    let below = below.max(right.depth);
    operands.push(right);
    node(make(operands), whole, below)
}

/// Pairs of `!` and of `-` cancel out; an odd one is kept.
fn unary(pair: Pair<'_, Rule>) -> Built {
    let whole = place(&pair);
    let (mut nots, mut minuses) = (0_usize, 0_usize);
    for part in pair.into_inner() {
        match part.as_rule() {
            Rule::not => nots += 1,
            Rule::minus => minuses += 1,
            _ => return signed(part, whole, nots % 2 == 1, minuses % 2 == 1),
        }
    }
    Err(unexpected(whole.start, whole.end))
}

fn signed(pair: Pair<'_, Rule>, whole: Place, not: bool, minus: bool) -> Built {
    let (operand, negated) = member(pair, minus)?;
    let below = operand.depth;
    let whole = whole.to(operand.place);
    match (not, minus && !negated) {
        (true, _) => node(AstKind::Not(Box::new(operand)), whole, below),
        (_, true) => node(AstKind::Negate(Box::new(operand)), whole, below),
        _ => Ok(operand),
    }
}

/// A primary with what is selected and called on it, and whether the minus before it went into its number.
fn member(pair: Pair<'_, Rule>, minus: bool) -> Result<(Ast, bool), Fault> {
    let whole = place(&pair);
    let mut parts = pair.into_inner();
    let first = parts.next().ok_or_else(|| unexpected(whole.start, whole.end))?;
    let number = matches!(first.as_rule(), Rule::int | Rule::double) && minus && parts.peek().is_none();
    let mut tree = primary(first, number)?;
    for part in parts {
        tree = match part.as_rule() {
            Rule::selection => selection(tree, part)?,
            Rule::index => index(tree, part)?,
            _ => {
                let place = tree.place.to(place(&part));
                node(AstKind::Message, place, tree.depth)?
            }
        };
    }
    Ok((tree, number))
}

fn selection(operand: Ast, pair: Pair<'_, Rule>) -> Built {
    let whole = operand.place.to(place(&pair));
    let mut parts = pair.into_inner();
    let Some(selector) = parts.next() else { return Err(unexpected(whole.start, whole.end)) };
    let quoted = selector.as_rule() == Rule::quoted;
    let name = Word { text: selector.as_str().trim_matches('`').to_owned(), place: place(&selector) };
    match parts.next() {
        None => {
            let (below, whole) = (operand.depth, whole.to(name.place));
            node(AstKind::Select { operand: Box::new(operand), field: name, quoted }, whole, below)
        }
        Some(arguments) => {
            let args = each(arguments)?;
            let below = deepest(&args).max(operand.depth);
            node(AstKind::Method { receiver: Box::new(operand), name, args }, whole, below)
        }
    }
}

fn index(operand: Ast, pair: Pair<'_, Rule>) -> Built {
    let whole = operand.place.to(place(&pair));
    let inner = pair.into_inner().next().ok_or_else(|| unexpected(whole.start, whole.end))?;
    let operands = [operand, expression(inner)?];
    let below = deepest(&operands);
    node(AstKind::Index(Box::new(operands)), whole, below)
}

fn each(pair: Pair<'_, Rule>) -> Result<Vec<Ast>, Fault> {
    pair.into_inner().map(expression).collect()
}

fn primary(pair: Pair<'_, Rule>, negative: bool) -> Built {
    let whole = place(&pair);
    match pair.as_rule() {
        Rule::name => name(pair),
        Rule::group => {
            let inner = pair.into_inner().next().ok_or_else(|| unexpected(whole.start, whole.end))?;
            expression(inner).map(|tree| Ast { place: whole, ..tree })
        }
        Rule::list => {
            let items = each(pair)?;
            let below = deepest(&items);
            node(AstKind::List(items), whole, below)
        }
        Rule::map => {
            let entries = pair.into_inner().map(entry).collect::<Result<Vec<_>, _>>()?;
            let below = entries.iter().map(|(key, value)| key.depth.max(value.depth)).max().unwrap_or(0);
            node(AstKind::Map(entries), whole, below)
        }
        _ => literal(&pair, negative),
    }
}

fn entry(pair: Pair<'_, Rule>) -> Result<(Ast, Ast), Fault> {
    let whole = place(&pair);
    let mut parts = pair.into_inner();
    match (parts.next(), parts.next()) {
        (Some(key), Some(value)) => Ok((expression(key)?, expression(value)?)),
        _ => Err(unexpected(whole.start, whole.end)),
    }
}

/// Words that CEL keeps for later languages: no variable or function may have them, fields may.
const RESERVED: [&str; 17] = [
    "as",
    "break",
    "const",
    "continue",
    "else",
    "for",
    "function",
    "if",
    "import",
    "let",
    "loop",
    "package",
    "namespace",
    "return",
    "var",
    "void",
    "while",
];

fn name(pair: Pair<'_, Rule>) -> Built {
    let whole = place(&pair);
    let mut parts = pair.into_inner().peekable();
    let absolute = parts.next_if(|part| part.as_rule() == Rule::dot).is_some();
    let Some(identifier) = parts.next() else { return Err(unexpected(whole.start, whole.end)) };
    let word = Word { text: identifier.as_str().to_owned(), place: place(&identifier) };
    if RESERVED.contains(&word.text.as_str()) {
        let message = format!("`{}` is a reserved word", word.text);
        return Err(Fault::syntax(word.place.start, word.place.end, message).help("a field is read as `x.if`"));
    }
    match parts.next() {
        None => {
            let whole = whole.to(word.place);
            node(AstKind::Name { word, absolute }, whole, 0)
        }
        Some(arguments) => {
            let args = each(arguments)?;
            let below = deepest(&args);
            node(AstKind::Call { name: word, absolute, args }, whole, below)
        }
    }
}

fn literal(pair: &Pair<'_, Rule>, negative: bool) -> Built {
    let (text, whole) = (pair.as_str(), place(pair));
    let kind = match pair.as_rule() {
        Rule::int => literal::int(text, negative).map(AstKind::Literal),
        Rule::uint => literal::uint(text).map(AstKind::Literal),
        Rule::double => literal::real(text, negative).map(AstKind::Real),
        Rule::string => literal::string(text).map(AstKind::Literal),
        Rule::bytes => literal::bytes(text).map(AstKind::Literal),
        _ => Ok(AstKind::Literal(constant(text))),
    };
    let kind = kind.map_err(|bad: BadLiteral| Fault {
        kind: &kinds::BAD_LITERAL,
        ..Fault::syntax(whole.start + bad.start, whole.start + bad.end, bad.message)
    })?;
    node(kind, whole, 0)
}

fn constant(text: &str) -> Value<'static> {
    match text {
        "true" => Value::Bool(true),
        "false" => Value::Bool(false),
        _ => Value::Null,
    }
}
