//! Numbers as they are written: digits and a power of ten, which compare exactly whatever their spelling.
//!
//! A double cannot hold `100.00000000000000001` or tell `9007199254740993.0` from its neighbour; a rule on a bound must.
//! What would need more than [`MAX_DIGITS`] digits is refused where it is read, and has no result where it is computed.

use std::cmp::Ordering;
use std::fmt::{self, Display, Formatter};
use std::hash::{Hash, Hasher};

/// Most significant digits of a number.
pub const MAX_DIGITS: u32 = 38;
/// Ten to the power of [`MAX_DIGITS`].
const TOO_LARGE: i128 = 100_000_000_000_000_000_000_000_000_000_000_000_000;
/// The places that a number's first digit may stand at: as far as doubles go above, a little further below.
const PLACES: std::ops::RangeInclusive<i64> = -400..=308;

/// A number: so many digits times a power of ten. Where the power is not 1, the last digit is not zero.
#[derive(Clone, Copy)]
pub struct Number {
    /// An `i128`, in bytes so that the alignment of what holds a number stays that of its other parts.
    digits: [u8; 16],
    exponent: i16,
}

/// Why a text is not a number that can be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NumberError {
    /// It is not the text of a number.
    Malformed,
    /// It has more than [`MAX_DIGITS`] significant digits.
    TooManyDigits,
    /// It is too large for a double, or too close to zero.
    OutOfRange,
}

impl Display for NumberError {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed => f.write_str("no number"),
            Self::TooManyDigits => {
                write!(f, "a number with more than {MAX_DIGITS} digits, which cannot be kept exactly")
            }
            Self::OutOfRange => f.write_str("a number out of range"),
        }
    }
}

impl std::error::Error for NumberError {}

impl From<i64> for Number {
    fn from(value: i64) -> Self {
        Self::raw(value.into(), 0)
    }
}

impl From<u64> for Number {
    fn from(value: u64) -> Self {
        Self::raw(value.into(), 0)
    }
}

impl Number {
    /// Nothing.
    pub const ZERO: Self = Self::raw(0, 0);

    const fn raw(digits: i128, exponent: i16) -> Self {
        Self { digits: digits.to_ne_bytes(), exponent }
    }

    /// The number `digits × 10^exponent`; `None` where it has too many digits or is out of range.
    #[must_use]
    pub fn new(mut digits: i128, mut exponent: i64) -> Option<Self> {
        while digits != 0 && digits % 10 == 0 {
            digits /= 10;
            exponent += 1;
        }
        Self::of_parts(digits, exponent).ok()
    }

    fn of_parts(digits: i128, exponent: i64) -> Result<Self, NumberError> {
        if digits == 0 {
            return Ok(Self::ZERO);
        }
        if digits.abs() >= TOO_LARGE {
            return Err(NumberError::TooManyDigits);
        }
        let place = exponent + i64::from(digits.unsigned_abs().ilog10());
        let exponent = i16::try_from(exponent).ok().filter(|_| PLACES.contains(&place));
        let number = Self::raw(digits, exponent.ok_or(NumberError::OutOfRange)?);
        // the last place of a double's range is not all of it
        if place == *PLACES.end() && number.to_f64().is_infinite() {
            return Err(NumberError::OutOfRange);
        }
        Ok(number)
    }

    /// Reads `-12.5e3`: a sign, digits, a fraction, an exponent.
    ///
    /// # Errors
    /// What keeps the text from being a number.
    pub fn parse(text: &str) -> Result<Self, NumberError> {
        let (negative, unsigned) = match text.strip_prefix(['-', '+']) {
            Some(rest) => (text.starts_with('-'), rest),
            None => (false, text),
        };
        let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, power(exponent)?),
            None => (unsigned, 0),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        if whole.is_empty() && fraction.is_empty() {
            return Err(NumberError::Malformed);
        }
        let (digits, length) = significant(whole.bytes().chain(fraction.bytes()))?;
        let whole = i64::try_from(whole.len()).unwrap_or(i64::MAX);
        Self::of_parts(if negative { -digits } else { digits }, exponent.saturating_add(whole - length))
    }

    /// The number that a double is written as, by the fewest digits that tell it from others; `None` for what is no number.
    #[must_use]
    pub fn of_double(double: f64) -> Option<Self> {
        Self::parse(&format!("{double:e}")).ok()
    }

    /// The nearest double.
    #[must_use]
    pub fn to_f64(self) -> f64 {
        format!("{}e{}", self.digits(), self.exponent).parse().unwrap_or(f64::NAN)
    }

    /// Whether a reader who knows only doubles would take it for another number: it has too many digits.
    #[must_use]
    pub fn is_beyond_doubles(self) -> bool {
        Self::of_double(self.to_f64()) != Some(self)
    }

    const fn digits(self) -> i128 {
        i128::from_ne_bytes(self.digits)
    }

    const fn exponent(self) -> i64 {
        self.exponent as i64
    }

    /// The whole number that it is, if it has no fraction and at most 38 places.
    #[must_use]
    pub fn as_whole(self) -> Option<i128> {
        let zeros = u32::try_from(self.exponent).ok()?;
        if zeros == 0 { Some(self.digits()) } else { self.digits().checked_mul(10_i128.checked_pow(zeros)?) }
    }

    /// Whether there is no fraction: `1.0` is whole.
    #[must_use]
    pub const fn is_whole(self) -> bool {
        self.exponent >= 0
    }

    /// The whole part, cut towards zero; `None` where it has more than 38 places.
    #[must_use]
    pub fn truncated(self) -> Option<i128> {
        if self.is_whole() {
            return self.as_whole();
        }
        let unit = 10_i128.checked_pow(self.exponent.unsigned_abs().into());
        Some(unit.map_or(0, |unit| self.digits() / unit))
    }

    /// Digits of both over one power of ten, which is the third part.
    fn aligned(self, other: Self) -> Option<(i128, i128, i64)> {
        let exponent = self.exponent().min(other.exponent());
        let scaled = |number: Self| {
            let zeros = u32::try_from(number.exponent() - exponent).ok()?;
            if number.digits() == 0 { Some(0) } else { number.digits().checked_mul(10_i128.checked_pow(zeros)?) }
        };
        Some((scaled(self)?, scaled(other)?, exponent))
    }

    /// The sum; `None` where it has too many digits.
    #[must_use]
    pub fn sum(self, other: Self) -> Option<Self> {
        let (left, right, exponent) = self.aligned(other)?;
        Self::new(left.checked_add(right)?, exponent)
    }

    /// Whether it is below zero.
    #[must_use]
    pub const fn is_negative(self) -> bool {
        self.digits() < 0
    }

    /// The number with the other sign.
    #[must_use]
    pub const fn negated(self) -> Self {
        Self::raw(-self.digits(), self.exponent)
    }

    /// The product; `None` where it has too many digits.
    #[must_use]
    pub fn product(self, other: Self) -> Option<Self> {
        Self::new(self.digits().checked_mul(other.digits())?, self.exponent() + other.exponent())
    }

    /// The quotient; `None` where it is not a number of few enough digits, and for a division by zero.
    #[must_use]
    pub fn quotient(self, other: Self) -> Option<Self> {
        let (left, right) = (self.digits(), other.digits());
        let common = greatest_common_divisor(left.unsigned_abs(), right.unsigned_abs());
        let common = i128::try_from(common).ok().filter(|_| right != 0)?;
        let (left, right) = (left / common, right / common);
        (0..=MAX_DIGITS).find_map(|zeros| {
            let left = left.checked_mul(10_i128.checked_pow(zeros)?)?;
            (left % right == 0)
                .then(|| Self::new(left / right, self.exponent() - other.exponent() - i64::from(zeros)))?
        })
    }

    /// Whether this is a whole multiple of `unit`; `None` where they have too many digits to tell.
    #[must_use]
    pub fn is_multiple_of(self, unit: Self) -> Option<bool> {
        let (value, unit, _) = self.aligned(unit)?;
        value.checked_rem(unit).map(|rest| rest == 0)
    }

    /// The text of a number with a fraction, as JSON and expressions write doubles: plain where the point stands near the
    /// digits, else with an exponent. `1.0`, `0.25`, `1e300`.
    #[must_use]
    pub fn text(self) -> String {
        let sign = if self.digits() < 0 { "-" } else { "" };
        let digits = self.digits().unsigned_abs().to_string();
        let point = i64::try_from(digits.len()).unwrap_or(i64::MAX) + self.exponent();
        let places = usize::try_from(point.unsigned_abs()).unwrap_or(0);
        match point {
            1..=16 if self.exponent >= 0 => format!("{sign}{digits:0<places$}.0"),
            1..=16 => {
                let (whole, fraction) = digits.split_at_checked(places).unwrap_or((&digits, "0"));
                format!("{sign}{whole}.{fraction}")
            }
            -4..=0 => format!("{sign}0.{:0>places$}{digits}", ""),
            _ => {
                let (first, rest) = digits.split_at_checked(1).unwrap_or((&digits, ""));
                let rest = rest.trim_end_matches('0');
                format!("{sign}{first}{}{rest}e{:+}", if rest.is_empty() { "" } else { "." }, point - 1)
            }
        }
    }
}

/// The digits from the first that is not zero to the last, as one number, and how many there are to the last.
fn significant(digits: impl Iterator<Item = u8>) -> Result<(i128, i64), NumberError> {
    let (mut number, mut zeros, mut last) = (0_i128, 0_u32, 0_i64);
    for (at, digit) in (1..).zip(digits) {
        let value = digit.is_ascii_digit().then(|| i128::from(digit - b'0')).ok_or(NumberError::Malformed)?;
        if value == 0 {
            zeros += u32::from(number != 0);
            continue;
        }
        let shifted = 10_i128.checked_pow(zeros + 1).and_then(|shift| number.checked_mul(shift));
        number = shifted.and_then(|number| number.checked_add(value)).ok_or(NumberError::TooManyDigits)?;
        (zeros, last) = (0, at);
    }
    Ok((number, last))
}

/// The exponent behind an `e`, held far outside of the range where it is longer.
fn power(text: &str) -> Result<i64, NumberError> {
    const FAR: i64 = 1_000_000_000;
    let (negative, digits) = match text.strip_prefix(['-', '+']) {
        Some(digits) => (text.starts_with('-'), digits),
        None => (false, text),
    };
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(NumberError::Malformed);
    }
    let power = digits.parse::<i64>().unwrap_or(FAR).min(FAR);
    Ok(if negative { -power } else { power })
}

const fn greatest_common_divisor(mut left: u128, mut right: u128) -> u128 {
    while right != 0 {
        (left, right) = (right, left % right);
    }
    left
}

impl Ord for Number {
    fn cmp(&self, other: &Self) -> Ordering {
        let (left, right) = (self.digits(), other.digits());
        if self.exponent == other.exponent || left.signum() != right.signum() || left == 0 {
            return if self.exponent == other.exponent { left.cmp(&right) } else { left.signum().cmp(&right.signum()) };
        }
        let place = |number: &Self| number.exponent() + i64::from(number.digits().unsigned_abs().ilog10());
        let magnitude = place(self).cmp(&place(other)).then_with(|| {
            // as both have their first digit at one place, the longer one's digits are as many as both need
            let magnitudes = self.aligned(*other).map(|(left, right, _)| left.abs().cmp(&right.abs()));
            magnitudes.unwrap_or(Ordering::Equal)
        });
        if left < 0 { magnitude.reverse() } else { magnitude }
    }
}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Number {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Number {}

impl Hash for Number {
    fn hash<H: Hasher>(&self, state: &mut H) {
        match self.as_whole() {
            Some(whole) => whole.hash(state),
            None => (self.digits(), self.exponent).hash(state),
        }
    }
}

/// As people write it, equal numbers alike: without a point where there is no fraction.
impl Display for Number {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.as_whole() {
            Some(whole) => Display::fmt(&whole, f),
            None => f.write_str(&self.text()),
        }
    }
}

impl fmt::Debug for Number {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests;
