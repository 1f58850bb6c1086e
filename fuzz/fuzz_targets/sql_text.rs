//! Any text is SQL or refused with words, in every dialect; a write behind it is never read-only.
#![no_main]

use kruxos_policy::sql::{self, Dialect};
use libfuzzer_sys::fuzz_target;

const DIALECTS: [Dialect; 6] =
    [Dialect::Generic, Dialect::Ansi, Dialect::Postgres, Dialect::MySql, Dialect::Sqlite, Dialect::MsSql];

fuzz_target!(|text: &str| {
    for dialect in DIALECTS {
        let Ok(parsed) = sql::parse(text, dialect) else { continue };
        _ = (parsed.tables().is_ok(), parsed.statements().is_ok());
        if let Ok(longer) = sql::parse(&format!("{text}\n; DELETE FROM x"), dialect) {
            assert_ne!(longer.reads_only(), Ok(true), "{dialect:?}");
        }
    }
});
