-- Times are RFC 3339 in UTC with nine digits behind the point, so that their texts sort as they do.

CREATE TABLE requests (
  id INTEGER PRIMARY KEY,
  agent TEXT NOT NULL,
  state TEXT NOT NULL,
  call_digest TEXT NOT NULL,
  expires_at TEXT,
  body TEXT NOT NULL,     -- JSON, without the two columns behind it
  audited_params TEXT,    -- JSON, declared secrets taken out
  result TEXT             -- JSON: what execution gave; lists do not read it
) STRICT;

-- One call waits once.
CREATE UNIQUE INDEX requests_pending_call ON requests (call_digest) WHERE state = 'pending';
CREATE INDEX requests_due ON requests (expires_at, id) WHERE state = 'pending' AND expires_at IS NOT NULL;
CREATE INDEX requests_by_state ON requests (state);
CREATE INDEX requests_by_agent ON requests (agent, state);

CREATE TRIGGER requests_stay BEFORE DELETE ON requests
BEGIN SELECT RAISE(ABORT, 'requests are never deleted'); END;

-- Columns before `body` repeat what it says, for finding; `audit verify` compares them.
CREATE TABLE records (
  sequence INTEGER PRIMARY KEY,
  at TEXT NOT NULL,
  event TEXT NOT NULL,
  agent TEXT,
  capability TEXT,
  outcome TEXT,
  request INTEGER,
  body TEXT NOT NULL,     -- the text that is hashed
  hash TEXT NOT NULL
) STRICT;

CREATE INDEX records_by_time ON records (at);
CREATE INDEX records_by_agent ON records (agent) WHERE agent IS NOT NULL;
CREATE INDEX records_by_capability ON records (capability) WHERE capability IS NOT NULL;
CREATE INDEX records_by_outcome ON records (outcome) WHERE outcome IS NOT NULL;
CREATE INDEX records_by_request ON records (request) WHERE request IS NOT NULL;

CREATE TRIGGER records_unchanged BEFORE UPDATE ON records
BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;
CREATE TRIGGER records_stay BEFORE DELETE ON records
BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;

-- Where the trail ends. What is cut from it is missed.
CREATE TABLE head (
  only INTEGER PRIMARY KEY CHECK (only = 1),
  sequence INTEGER NOT NULL,
  hash TEXT NOT NULL
) STRICT;

INSERT INTO head VALUES (1, 0, 'sha256:0000000000000000000000000000000000000000000000000000000000000000');

CREATE TRIGGER head_stays BEFORE DELETE ON head
BEGIN SELECT RAISE(ABORT, 'the end of the audit trail stays known'); END;

-- Decisions whose execution has not ended.
CREATE TABLE open_calls (
  sequence INTEGER PRIMARY KEY REFERENCES records (sequence)
) STRICT;

CREATE TABLE accounts (
  role TEXT NOT NULL,
  name TEXT NOT NULL,
  key_digest TEXT,
  body TEXT NOT NULL,     -- JSON, without the key's digest
  PRIMARY KEY (role, name)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX accounts_by_key ON accounts (role, key_digest) WHERE key_digest IS NOT NULL;

CREATE TABLE sessions (
  id TEXT PRIMARY KEY,
  agent TEXT NOT NULL,
  opened_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE entries (
  scope TEXT NOT NULL,    -- persistent, session or shared
  owner TEXT NOT NULL,    -- an agent, a session, or nothing
  key TEXT NOT NULL,
  value TEXT NOT NULL,    -- JSON
  version INTEGER NOT NULL,
  updated_at TEXT NOT NULL,
  PRIMARY KEY (scope, owner, key)
) STRICT;
