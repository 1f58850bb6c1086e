//! Admitted calls in memory.

use super::{Rows, count};
use crate::tables::{Counted, Kept, ReadAdmissions, WriteAdmissions};

/// A call that was admitted.
#[derive(Clone, Copy, Debug)]
pub(super) struct Admitted {
    at_ms: i64,
    until_ms: i64,
}

impl ReadAdmissions for Rows {
    fn admitted(&self, counted: Counted<'_>, nth: u32) -> Kept<Option<i64>> {
        let calls = self.admissions.get(&(counted.limit.to_owned(), counted.key.to_owned()));
        let place = |calls: &std::collections::VecDeque<Admitted>| calls.len().checked_sub(count(nth));
        Ok(calls.and_then(|calls| calls.get(place(calls)?)).map(|call| call.at_ms))
    }

    fn counted_limits(&self) -> Kept<Vec<String>> {
        let mut limits: Vec<String> = self.admissions.keys().map(|(limit, _)| limit.clone()).collect();
        limits.dedup();
        Ok(limits)
    }
}

impl WriteAdmissions for Rows {
    fn admit(&mut self, counted: Counted<'_>, at_ms: i64, until_ms: i64, most: u32) -> Kept<()> {
        let calls = self.admissions.entry((counted.limit.to_owned(), counted.key.to_owned())).or_default();
        calls.push_back(Admitted { at_ms, until_ms });
        while calls.len() > count(most) {
            calls.pop_front();
        }
        Ok(())
    }

    fn forget_limit(&mut self, limit: &str) -> Kept<()> {
        self.admissions.retain(|(own, _), _| own != limit);
        Ok(())
    }

    fn forget_admissions(&mut self, now_ms: i64) -> Kept<()> {
        self.admissions.retain(|_, calls| {
            calls.retain(|call| call.until_ms > now_ms);
            !calls.is_empty()
        });
        Ok(())
    }
}
