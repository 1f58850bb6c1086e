//! The rows that ship, compiled from `commands/*.yaml` by `build.rs`.

use std::borrow::Cow;

use super::model::{Absent, Arity, Many, Stdin};
use super::table::{RowData, Table};

include!(concat!(env!("OUT_DIR"), "/commands.rs"));
