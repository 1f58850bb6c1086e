"""On demand: no text that the engine says only reads is refused by a server that may only read.

    cargo test -p kruxos-policy --all-features --test sql_answers --no-run
    python3 tests/sql_servers.py TEST-BINARY [PSQL ARGUMENTS …]

Texts are everyday queries with words put in, left out and swapped. PostgreSQL runs them in a read-only transaction, where
psql's arguments lead to one; SQLite asks its authorizer. A text that a server refuses as a write is printed.
"""

from __future__ import annotations

import json
import os
import random
import re
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

WORDS = (
    "SELECT FROM INTO t u a b c WHERE AS * 1 'x' ( ) , ; UNION ALL DISTINCT ON WITH x AS VALUES TABLE TEMP TEMPORARY "
    "EXPLAIN ANALYZE DELETE UPDATE SET INSERT RETURNING MERGE USING LOCK FOR SHARE FETCH LIMIT ORDER BY GROUP CROSS "
    "JOIN LATERAL ONLY EXISTS IN NOT NULL CASE WHEN THEN ELSE END COPY TO STDOUT STDIN PROGRAM CREATE DROP DO CALL "
    "EXECUTE PREPARE DECLARE CURSOR nextval( 's' ) setval( , 1) REPLACE PRAGMA ATTACH VACUUM REINDEX ANALYSE UNLOGGED "
    "BEGIN COMMIT SAVEPOINT SHOW ALL REFRESH MATERIALIZED VIEW NOTIFY LISTEN TRUNCATE GRANT = < + || :: int . [ 1 ] $1"
).split()

SEEDS = [
    "SELECT a , b FROM t WHERE a = 1 ORDER BY b LIMIT 3",
    "WITH x AS ( SELECT a FROM t ) SELECT * FROM x",
    "WITH x AS ( DELETE FROM t RETURNING a ) SELECT * FROM x",
    "SELECT INTO zz FROM t",
    "SELECT a INTO zz FROM t",
    "( SELECT a FROM t ) UNION ( SELECT b FROM u )",
    "EXPLAIN ANALYZE SELECT a FROM t",
    "EXPLAIN ( ANALYZE ) DELETE FROM t",
    "SELECT DISTINCT ON ( a ) a FROM t JOIN u ON t.a = u.a",
    "COPY ( SELECT a FROM t ) TO STDOUT",
    "COPY t TO PROGRAM 'cat'",
    "VALUES ( 1 ) , ( 2 )",
    "TABLE t",
    "SELECT a FROM t FOR UPDATE",
    "SELECT CASE WHEN a = 1 THEN b ELSE 2 END FROM t GROUP BY a , b HAVING count(*) > 1",
    "SELECT a DELETE FROM t",
    "SELECT nextval( 's' ) FROM t",
    "SELECT * FROM ( SELECT a FROM t ) AS x CROSS JOIN LATERAL ( SELECT b FROM u ) AS y",
    "INSERT INTO t SELECT a FROM u",
    "UPDATE t SET a = 1",
    "MERGE INTO t USING u ON t.a = u.a WHEN MATCHED THEN DELETE",
    "CREATE TABLE zz AS SELECT a FROM t",
    "PRAGMA table_info ( t )",
    "PRAGMA user_version",
    "REPLACE INTO t SELECT a FROM u",
    "SHOW ALL",
]


def mutated(seed: str) -> str:
    words = seed.split(" ")
    for _ in range(random.randint(0, 4)):
        at = random.randrange(len(words) + 1)
        kind = random.random()
        if kind < 0.5 or not words:
            words.insert(at, random.choice(WORDS))
        elif kind < 0.75:
            words.pop(min(at, len(words) - 1))
        elif kind < 0.9:
            words[min(at, len(words) - 1)] = random.choice(WORDS)
        else:
            other = random.choice(SEEDS).split(" ")
            words[at:at] = other[random.randrange(len(other)) :]
    return " ".join(words)


def reading(binary: str, texts: list[str], dialect: str) -> list[str]:
    """The texts of which the engine says that they only read."""
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl", delete=False) as file:
        file.writelines(json.dumps(text) + "\n" for text in texts)
    environment = {**os.environ, "SQL_TEXTS": file.name, "SQL_DIALECT": dialect}
    arguments = [binary, "--ignored", "--nocapture"]
    told = subprocess.run(arguments, env=environment, capture_output=True, text=True, check=True).stdout
    Path(file.name).unlink()
    answers = re.findall(r"answer (.*)", told)
    assert len(answers) == len(texts)
    return [text for text, answer in zip(texts, answers, strict=True) if answer == "Some(true)"]


TABLES = "CREATE TABLE t (a int, b int, c int); CREATE TABLE u (a int, b int); INSERT INTO t VALUES (1, 2, 3);"


def postgres(arguments: list[str], texts: list[str]) -> list[str]:
    """The texts that PostgreSQL refuses to run where it may only read."""
    psql = ["psql", "-X", "-q", "-t", *arguments]
    fresh = "DROP TABLE IF EXISTS t, u, zz; DROP SEQUENCE IF EXISTS s; CREATE SEQUENCE s;"
    subprocess.run([*psql, "-c", fresh + TABLES], check=True, capture_output=True)
    script = ["\\set VERBOSITY sqlstate", "SET statement_timeout = '1s';"]
    for number, text in enumerate(texts):
        script += [f"\\warn text {number}", "BEGIN READ ONLY;", text.replace("\\", ""), ";", "ROLLBACK;"]
    told = subprocess.run(psql, input="\n".join(script), capture_output=True, text=True, check=False).stderr
    refused, number = [], 0
    for line in told.splitlines():
        if line.startswith("text "):
            number = int(line.removeprefix("text "))
        elif "25006" in line and texts[number] not in refused:
            refused.append(texts[number])
    return refused


HARMLESS = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_RECURSIVE}


def sqlite(texts: list[str]) -> list[str]:
    """The texts for which SQLite asks for more than to read."""
    database = sqlite3.connect(":memory:")
    database.executescript(TABLES)
    asked: list[int] = []
    database.set_authorizer(lambda action, *_: (asked.append(action), sqlite3.SQLITE_OK)[1])
    refused = []
    for text in texts:
        asked.clear()
        try:
            database.execute("EXPLAIN " + text if not text.upper().startswith("PRAGMA") else text)
        except (sqlite3.Error, sqlite3.Warning):
            continue
        pragma = {sqlite3.SQLITE_PRAGMA} if text.upper().startswith("PRAGMA") else set()
        if set(asked) - HARMLESS - pragma:
            refused.append(text)
    return refused


def main() -> None:
    binary, arguments = sys.argv[1], sys.argv[2:]
    random.seed(int(os.environ.get("SEED", "1")))
    count = int(os.environ.get("TEXTS", "20000"))
    texts = sorted({mutated(random.choice(SEEDS)) for _ in range(count)})
    wrong = []
    for dialect in ("generic", "postgres", "ansi"):
        read = reading(binary, texts, dialect)
        found = postgres(arguments, read) if arguments else []
        print(f"{dialect}: {len(read)} of {len(texts)} texts only read, PostgreSQL refuses {len(found)}")
        wrong += [(dialect, text) for text in found]
    for dialect in ("generic", "sqlite"):
        read = reading(binary, texts, dialect)
        found = sqlite(read)
        print(f"{dialect}: {len(read)} of {len(texts)} texts only read, SQLite refuses {len(found)}")
        wrong += [(dialect, text) for text in found]
    for dialect, text in wrong:
        print(f"  {dialect}: {text}")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
