"""The SQLite database of an index as a whole: its tables, and how it is opened, checked and changed."""

from __future__ import annotations

import os
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from time import monotonic, sleep
from typing import TYPE_CHECKING

from codesearch.index.seal import DATABASE

if TYPE_CHECKING:
    from typing_extensions import Self

# The folders of the databases that this process has open. SQLite's locks belong to the whole process, and who
# reads such a file by itself gives them all up on closing it: so the whole process has to know.
_OPEN: list[Path] = []

# A change of the tables below is a new version; an index of another version is rebuilt.
SCHEMA_VERSION = 4

# What SQLite says where not the file is at fault but what is around it. (Error codes come with Python 3.11.)
_ELSEWHERE = ("locked", "locking", "interrupted", "disk I/O", "is full", "readonly", "unable to open")
# Seconds to wait for another process, and between two attempts.
_PATIENCE = 10
_PAUSE = 0.02

_TABLES = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE file (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    path BLOB NOT NULL UNIQUE,      -- relative to the root, as the file system spells it
    size INTEGER NOT NULL,
    mtime_ns INTEGER NOT NULL,
    digest BLOB NOT NULL,           -- of the bytes; empty where they were not read
    language TEXT NOT NULL,         -- empty where the file is skipped
    skipped TEXT NOT NULL,          -- why it is skipped; empty where it is not
    encoded INTEGER NOT NULL        -- whether its units have their vectors; before, words alone find them
);
CREATE TABLE unit (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    file_id INTEGER NOT NULL REFERENCES file (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    signature TEXT NOT NULL,
    start_line INTEGER NOT NULL,
    end_line INTEGER NOT NULL,
    line INTEGER NOT NULL,
    column_number INTEGER NOT NULL,
    shown TEXT NOT NULL,            -- line ranges, as 1-4,9-12
    doc TEXT NOT NULL               -- a line range or empty
);
CREATE INDEX unit_file ON unit (file_id);
CREATE TABLE vector (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    digest BLOB NOT NULL UNIQUE,    -- of the text
    data BLOB NOT NULL              -- codesearch.index.quantised
);
CREATE TABLE passage (
    unit_id INTEGER NOT NULL REFERENCES unit (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,      -- the window within the unit
    vector_id INTEGER NOT NULL REFERENCES vector (id),
    PRIMARY KEY (unit_id, position)
) WITHOUT ROWID;
CREATE INDEX passage_vector ON passage (vector_id);
CREATE VIRTUAL TABLE lexical USING fts5 (
    path, name, signature, doc, body,
    tokenize = "porter unicode61 remove_diacritics 2 tokenchars '_'", content = ''
);
"""
# `lexical` holds the words of units under the units' ids, and not the text that they are from. SQLite
# can take nothing out of such a table before 3.43, so rows of units that are gone stay until they
# outnumber the others; ids are never used twice.


def is_open_here(folder: Path) -> bool:
    """Whether this process has the database in a folder open."""
    return folder in _OPEN


def is_of_the_file(error: sqlite3.OperationalError) -> bool:
    """Whether an error tells of what the database's file holds, and not of other processes or the disk."""
    return not any(words in str(error) for words in _ELSEWHERE)


class Database:
    """An open database, whatever its tables hold. Use as a context manager, or call `close`."""

    def __init__(self, folder: Path) -> None:
        """Opens the database in a folder, making folder and database where there are none.

        Raises:
            OSError: the folder cannot be made or written.
            sqlite3.Error: the file is no database of ours.

        """
        # The index tells what is in the source: it is for its owner's eyes.
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if folder.stat().st_mode & 0o077:
            # Made for the lock, or by somebody else, who decides.
            with suppress(PermissionError):
                folder.chmod(0o700)
        self._path = path = folder / DATABASE
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o600)
        try:
            self._database = sqlite3.connect(path, isolation_level=None)
        except BaseException:
            os.close(self._descriptor)
            raise
        _OPEN.append(folder)
        try:
            self._prepare()
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Closes the database."""
        self._database.close()
        # Not before: closing any descriptor of a file drops all locks that the process has on it.
        os.close(self._descriptor)
        _OPEN.remove(self._path.parent)

    def fileno(self) -> int:
        """The descriptor of the database's file, open as long as the store is."""
        return self._descriptor

    def is_current(self) -> bool:
        """Whether the database still is the one in its folder, and not one that was removed meanwhile."""
        try:
            return os.path.samestat(os.fstat(self._descriptor), self._path.stat())
        except FileNotFoundError:
            return False

    def _prepare(self) -> None:
        self._database.execute(f"PRAGMA busy_timeout = {1_000 * _PATIENCE}")
        self._keep_a_log()
        self._database.execute("PRAGMA synchronous = NORMAL")
        self._database.execute("PRAGMA foreign_keys = ON")
        self._database.execute("PRAGMA trusted_schema = OFF")
        self._database.execute("PRAGMA cell_size_check = ON")
        if self._is_new():
            with self.transaction():
                # Asked again: another process may have been faster.
                if self._is_new():
                    for statement in _TABLES.split(";\n"):
                        self._database.execute(statement)
                    self.set_meta("schema_version", str(SCHEMA_VERSION))
                    self.set_meta("born", secrets.token_hex(8))

    def _keep_a_log(self) -> None:
        """Lets readers read while one writes. Of several processes that open a new database at once, SQLite
        turns all but one away here without waiting.
        """
        until = monotonic() + _PATIENCE
        while True:
            try:
                self._database.execute("PRAGMA journal_mode = WAL")
                return
            except sqlite3.OperationalError as error:
                # Waiting makes no folder writable and no disk larger.
                if "locked" not in str(error) or monotonic() >= until:
                    raise
                sleep(_PAUSE)

    def _is_new(self) -> bool:
        return not self._database.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone()

    def damage(self) -> bool:
        """Whether SQLite finds the file's structure damaged."""
        return bool(self._database.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok")

    def check_words(self) -> None:
        """Raises sqlite3.DatabaseError where the full-text table is damaged, which `damage` cannot tell."""
        try:
            self._database.execute("INSERT INTO lexical (lexical) VALUES ('integrity-check')")
        except sqlite3.OperationalError as error:
            if not is_of_the_file(error):
                raise
            raise sqlite3.DatabaseError(str(error)) from error

    def checkpoint(self) -> bool:
        """Has all that was written on the disk, in the database's own file. Returns whether that is so:
        a reader that stays long in the log is not waited for.
        """
        busy, _, _ = self._database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        return not busy

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All of what is written inside, or none of it."""
        self._database.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._roll_back()
            raise
        self._database.execute("COMMIT")

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """All of what is read inside is of one moment."""
        self._database.execute("BEGIN")
        try:
            yield
        finally:
            self._roll_back()

    def _roll_back(self) -> None:
        # On a full disk SQLite has done so by itself, and would say that there is nothing to roll back.
        if self._database.in_transaction:
            self._database.execute("ROLLBACK")

    def meta(self, key: str) -> str:
        """A value of the index's own state; empty where it was never set."""
        row = self._database.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return row[0] if row else ""

    def set_meta(self, key: str, value: str) -> None:
        """Sets a value of the index's own state."""
        self._database.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))

    def writes(self) -> tuple[int, int]:
        """Another value than before where anything was written, by others or through this connection."""
        (others,) = self._database.execute("PRAGMA data_version").fetchone()
        return int(others), self._database.total_changes

    def state(self) -> str:
        """A name for the vectors that the database holds: no other database has it, nor this one when it
        holds others.
        """
        return f"{self.meta('born')}-{self.meta('generation') or '0'}"
