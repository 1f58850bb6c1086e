//! `kruxos policy schema`: the JSON Schemas of what people write and what the engine answers.

use clap::{Args, ValueEnum};
use kruxos_policy::schema::{self, SchemaKind};

use crate::exit::{Exit, Failure};
use crate::output::Streams;

/// Print a JSON Schema, for editors and other tools.
#[derive(Args)]
#[command(name = "schema")]
pub(crate) struct SchemaVerb {
    /// What the schema is of.
    #[arg(value_enum)]
    of: Of,
}

/// What there is a schema of.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Of {
    /// A policy file.
    Policy,
    /// A policy test file, `*.test.yaml`.
    Test,
    /// A decision, as `eval` prints it.
    Decision,
    /// A catalog of capabilities.
    Catalog,
}

impl From<Of> for SchemaKind {
    fn from(of: Of) -> Self {
        match of {
            Of::Policy => Self::Policy,
            Of::Test => Self::Test,
            Of::Decision => Self::Decision,
            Of::Catalog => Self::Catalog,
        }
    }
}

impl SchemaVerb {
    /// Prints the schema, byte for byte as the project stores it.
    pub(crate) fn run(&self, streams: &mut Streams) -> Result<Exit, Failure> {
        streams.out.text(&schema::json(self.of.into()))?;
        Ok(Exit::Clean)
    }
}
