//! Admitted calls in SQLite: numbered by limit and key, so that the one that lies so many back is found at once.

use rusqlite::params;

use super::Rows;
use crate::tables::{Counted, Kept, ReadAdmissions, WriteAdmissions};

impl Rows<'_> {
    fn last_admission(&self, counted: Counted<'_>) -> Kept<i64> {
        let sql = "SELECT number FROM admissions WHERE limit_id = ?1 AND key = ?2 ORDER BY number DESC LIMIT 1";
        Ok(self.one(sql, params![counted.limit, counted.key], |row| row.get(0))?.unwrap_or(0))
    }
}

impl ReadAdmissions for Rows<'_> {
    fn admitted(&self, counted: Counted<'_>, nth: u32) -> Kept<Option<i64>> {
        let number = self.last_admission(counted)?.saturating_sub(i64::from(nth)).saturating_add(1);
        let sql = "SELECT at_ms FROM admissions WHERE limit_id = ?1 AND key = ?2 AND number = ?3";
        self.one(sql, params![counted.limit, counted.key, number], |row| row.get(0))
    }

    fn counted_limits(&self) -> Kept<Vec<String>> {
        self.all("SELECT DISTINCT limit_id FROM admissions ORDER BY limit_id", [], |row| row.get(0), Ok)
    }
}

impl WriteAdmissions for Rows<'_> {
    fn admit(&mut self, counted: Counted<'_>, at_ms: i64, until_ms: i64, most: u32) -> Kept<()> {
        let number = self.last_admission(counted)?.saturating_add(1);
        let sql = "INSERT INTO admissions (limit_id, key, number, at_ms, until_ms) VALUES (?1, ?2, ?3, ?4, ?5)";
        self.write(sql, params![counted.limit, counted.key, number, at_ms, until_ms])?;
        let sql = "DELETE FROM admissions WHERE limit_id = ?1 AND key = ?2 AND number <= ?3";
        self.write(sql, params![counted.limit, counted.key, number.saturating_sub(i64::from(most))]).map(drop)
    }

    fn forget_limit(&mut self, limit: &str) -> Kept<()> {
        self.write("DELETE FROM admissions WHERE limit_id = ?1", [limit]).map(drop)
    }

    fn forget_admissions(&mut self, now_ms: i64) -> Kept<()> {
        self.write("DELETE FROM admissions WHERE until_ms <= ?1", [now_ms]).map(drop)
    }
}
