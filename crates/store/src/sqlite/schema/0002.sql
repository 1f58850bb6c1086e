-- Calls that were taken from a limit, numbered by limit and key: the one that lies so many back says whether there is room.
CREATE TABLE admissions (
  limit_id TEXT NOT NULL,   -- what the limit says, as a digest
  key TEXT NOT NULL,        -- whose calls are counted together
  number INTEGER NOT NULL,
  at_ms INTEGER NOT NULL,   -- milliseconds since 1970
  until_ms INTEGER NOT NULL,
  PRIMARY KEY (limit_id, key, number)
) STRICT, WITHOUT ROWID;

CREATE INDEX admissions_by_end ON admissions (until_ms);
