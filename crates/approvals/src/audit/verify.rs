//! Checking a trail, record by record: the first that is not as it was written is named.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::audit::Record;
use crate::digest::Digest;

/// Where a trail ends. Whoever remembers a head notices later that records behind it are gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Head {
    /// The sequence number of the last record; 0 for an empty trail.
    pub sequence: u64,
    /// Its hash.
    pub hash: Digest,
}

impl Head {
    /// The head of an empty trail.
    pub const EMPTY: Self = Self { sequence: 0, hash: Digest::NONE };
}

impl fmt::Display for Head {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.sequence, self.hash)
    }
}

impl FromStr for Head {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || "a head is a sequence number, `@` and a digest, as `audit verify` prints it".to_owned();
        let (sequence, hash) = text.split_once('@').ok_or_else(wrong)?;
        let head = sequence.parse().ok().zip(hash.parse().ok());
        head.map(|(sequence, hash)| Self { sequence, hash }).ok_or_else(wrong)
    }
}

/// What is wrong with a trail, and where it begins to be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Broken {
    /// The first sequence number that is not as it was written.
    pub sequence: u64,
    /// What is wrong with it.
    pub problem: String,
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "record {}: {}", self.sequence, self.problem)
    }
}

impl std::error::Error for Broken {}

/// Checks one record after the other.
#[derive(Clone, Debug)]
pub struct Verifier {
    head: Head,
    expected: Option<Head>,
    expected_seen: bool,
}

impl Verifier {
    /// A check from the first record on; `expected` is a head that the trail once had.
    #[must_use]
    pub fn new(expected: Option<Head>) -> Self {
        let expected_seen = expected.is_none_or(|head| head == Head::EMPTY);
        Self { head: Head::EMPTY, expected, expected_seen }
    }

    /// Where the trail ends so far.
    #[must_use]
    pub const fn head(&self) -> Head {
        self.head
    }

    /// Checks the next record: the number it is kept under, its text and hash.
    ///
    /// # Errors
    /// When it is not what was written there.
    pub fn check(&mut self, sequence: u64, body: &str, hash: Digest) -> Result<Record, Broken> {
        let next = self.head.sequence + 1;
        let broken = |problem: &str| Broken { sequence: next, problem: problem.to_owned() };
        if sequence != next {
            return Err(broken(&format!("it is missing; the next that is there is {sequence}")));
        }
        if Digest::of(body.as_bytes()) != hash {
            return Err(broken("its text was changed: the hash kept beside it is another"));
        }
        let record = Record::parse(body).map_err(|error| broken(&format!("its text is no record: {error}")))?;
        if record.sequence != next {
            return Err(broken(&format!("its text is that of record {}", record.sequence)));
        }
        if record.previous != self.head.hash {
            return Err(broken("it does not follow the record before it: one of them was replaced"));
        }
        self.head = Head { sequence, hash };
        match self.expected {
            Some(expected) if expected.sequence == sequence && expected.hash != hash => {
                Err(broken("its hash is not the one that was remembered: the trail was rewritten"))
            }
            Some(expected) => {
                self.expected_seen |= expected.sequence == sequence;
                Ok(record)
            }
            None => Ok(record),
        }
    }

    /// Ends the check; `head` is where the store says that its trail ends.
    ///
    /// # Errors
    /// When records behind a remembered head, or the store's own, are gone.
    pub fn finish(self, stored: Option<Head>) -> Result<Head, Broken> {
        let cut = |known: Head| Broken {
            sequence: self.head.sequence + 1,
            problem: format!("it is missing: the trail is cut, it once reached record {}", known.sequence),
        };
        match (self.expected, stored) {
            (Some(expected), _) if !self.expected_seen => Err(cut(expected)),
            (_, Some(stored)) if stored.sequence > self.head.sequence => Err(cut(stored)),
            (_, Some(stored)) if stored.sequence < self.head.sequence => Err(Broken {
                sequence: stored.sequence + 1,
                problem: format!("it was added: the store knows of {} records", stored.sequence),
            }),
            (_, Some(stored)) if stored != self.head => Err(Broken {
                sequence: stored.sequence,
                problem: "its hash is not the one that the store remembers: the trail was rewritten".to_owned(),
            }),
            _ => Ok(self.head),
        }
    }
}

#[cfg(test)]
mod tests;
