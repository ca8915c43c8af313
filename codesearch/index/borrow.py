"""Vectors that another index has already: a clone or a worktree need not be encoded again.

A vector depends on the text and the weights alone, so any index made with the same weights will do.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import numpy as np

from codesearch.index.carry import Carried
from codesearch.index.database import SCHEMA_VERSION, is_open_here
from codesearch.index.location import Location
from codesearch.index.quantised import are_sound, row_type
from codesearch.index.seal import DATABASE, is_intact
from codesearch.index.store import Store, portions

# The ones written last are asked, and no more: each costs a look for every text.
_MOST_ASKED = 8


class Lenders:
    """Other indexes' databases, open for reading, and a file of vectors."""

    def __init__(
        self, databases: Sequence[sqlite3.Connection], carried: Carried | None, dimensions: int
    ) -> None:
        self._databases = databases
        self._carried = carried
        self._form = row_type(dimensions)

    def vectors(self, digests: Sequence[bytes]) -> dict[bytes, bytes]:
        """The packed vectors that are there, by the hash of their text."""
        found = self._carried.vectors(digests) if self._carried else {}
        for database in self._databases:
            wanted = [each for each in digests if each not in found]
            for some in portions(wanted):
                marks = ",".join("?" * len(some))
                try:
                    rows = database.execute(
                        f"SELECT digest, data FROM vector WHERE digest IN ({marks})", some
                    )
                    found.update(row for row in rows if self._is_sound(row[1]))
                except sqlite3.DatabaseError:
                    # A damaged lender lends nothing; its own place will make it anew.
                    break
        return found

    def _is_sound(self, packed: object) -> bool:
        return (
            isinstance(packed, bytes)
            and len(packed) == self._form.itemsize
            and are_sound(np.frombuffer(packed, dtype=self._form))
        )


@contextmanager
def lenders(location: Location, store: Store, dimensions: int, carried: Carried | None) -> Iterator[Lenders]:
    """The indexes beside a location's that were made with the same weights, none once its own first build
    has come to its end; and what a file holds.
    """
    opened: list[sqlite3.Connection] = []
    try:
        if not store.meta("complete"):
            for path in _others(location.folder):
                database = _opened(path, store.meta("weights"))
                if database is not None:
                    opened.append(database)
        yield Lenders(opened, carried, dimensions)
    finally:
        for database in opened:
            database.close()


def _others(folder: Path) -> list[Path]:
    dated: list[tuple[int, Path]] = []
    for path in folder.parent.glob(f"*/{DATABASE}"):
        # Another process may be removing it.
        with suppress(OSError):
            if path.parent != folder:
                dated.append((path.stat().st_mtime_ns, path))
    return [path for _, path in sorted(dated, reverse=True)[:_MOST_ASKED]]


def _opened(path: Path, weights: str) -> sqlite3.Connection | None:
    """A database if it was made with these weights, and is what its last build left."""
    try:
        # One that is open here was looked through then, and must not be now.
        if not (is_open_here(path.parent) or is_intact(path.parent)):
            return None
        database = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, isolation_level=None)
    except (OSError, sqlite3.Error):
        return None
    try:
        meta = dict(database.execute("SELECT key, value FROM meta").fetchall())
    except sqlite3.Error:
        meta = {}
    if (meta.get("weights"), meta.get("schema_version")) == (weights, str(SCHEMA_VERSION)):
        return database
    with closing(database):
        return None
