//! On demand: whether each text of a file only reads, one JSON string a line, one answer a line. `tests/sql_servers.py`
//! holds the answers to what servers do.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "tests")]

use kruxos_policy::sql::{Dialect, parse};

#[test]
#[ignore = "reads the file that SQL_TEXTS names"]
fn answers() {
    let dialect = Dialect::named(&std::env::var("SQL_DIALECT").unwrap()).unwrap();
    for line in std::fs::read_to_string(std::env::var("SQL_TEXTS").unwrap()).unwrap().lines() {
        let text: String = serde_json::from_str(line).unwrap();
        println!("answer {:?}", parse(&text, dialect).and_then(|sql| sql.reads_only()).ok());
    }
}
