"""What the database of an index holds: files, their units, and the vectors of the units' texts.

Vectors are kept under the hash of the text that they were made from, so that a text that is found in another
place (a renamed file, a moved function) is not encoded again. The file of vectors beside the database
is only a way to search them fast and can always be made again from here.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from codesearch.index.database import Database
from codesearch.index.quantised import SCALE_BYTES, rows_of, unpack
from codesearch.index.stored import StoredFile, StoredUnit, UnitPlace, stored_unit, unit_row
from codesearch.index.words import UnitWords
from codesearch.parse.unit import Kind, Unit

# SQLite allows this many parameters in one statement everywhere.
_PARAMETERS = 900


class Store(Database):
    """An open database and what is in it. Use as a context manager, or call `close`."""

    def files(self) -> dict[str, StoredFile]:
        """All files that the index knows, skipped ones too, by path."""
        return {file.path: file for file in self._files("")}

    def files_to_encode(self) -> list[StoredFile]:
        """The files whose units have no vectors yet, by path."""
        return self._files("WHERE NOT encoded ORDER BY path")

    def _files(self, which: str) -> list[StoredFile]:
        rows = self._database.execute(
            f"SELECT id, path, size, mtime_ns, digest, language, skipped, encoded FROM file {which}"
        )
        return [StoredFile(row[0], os.fsdecode(row[1]), *row[2:]) for row in rows]

    def put_file(
        self, path: str, size: int, mtime_ns: int, digest: bytes, language: str, skipped: str
    ) -> int:
        """Adds a file, or replaces it with all its units, none of which has a vector. Returns its new id."""
        key = os.fsencode(path)
        self._database.execute("DELETE FROM file WHERE path = ?", (key,))
        cursor = self._database.execute(
            "INSERT INTO file (path, size, mtime_ns, digest, language, skipped, encoded)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            (key, size, mtime_ns, digest, language, skipped, bool(skipped)),
        )
        assert cursor.lastrowid is not None
        return cursor.lastrowid

    def touch_file(self, file_id: int, size: int, mtime_ns: int) -> None:
        """Records what the walk says of a file whose bytes are the same: when it was read before, it may
        have changed since the walk.
        """
        self._database.execute(
            "UPDATE file SET size = ?, mtime_ns = ? WHERE id = ?", (size, mtime_ns, file_id)
        )

    def delete_files(self, file_ids: Iterable[int]) -> None:
        """Removes files and their units."""
        self._database.executemany("DELETE FROM file WHERE id = ?", ((each,) for each in file_ids))

    def put_unit(self, file_id: int, unit: Unit, words: UnitWords) -> None:
        """Adds a unit of a file and its words."""
        cursor = self._database.execute(
            "INSERT INTO unit (file_id, kind, name, signature, start_line, end_line, line,"
            " column_number, shown, doc) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (file_id, *unit_row(unit)),
        )
        self._database.execute(
            "INSERT INTO lexical (rowid, path, name, signature, doc, body) VALUES (?, ?, ?, ?, ?, ?)",
            (cursor.lastrowid, *words.columns()),
        )

    def put_passages(self, unit_id: int, vector_ids: Sequence[int]) -> None:
        """Gives a unit the vectors of its texts, in order."""
        rows = ((unit_id, position, each) for position, each in enumerate(vector_ids))
        self._database.executemany("INSERT INTO passage VALUES (?, ?, ?)", rows)

    def mark_encoded(self, file_id: int) -> None:
        """Records that all units of a file have their vectors."""
        self._database.execute("UPDATE file SET encoded = 1 WHERE id = ?", (file_id,))

    def next_generation(self) -> None:
        """Records that the vectors are others than before: what was made from them is to be made again."""
        self.set_meta("generation", str(int(self.meta("generation") or "0") + 1))

    def vector_ids(self, digests: Sequence[bytes]) -> dict[bytes, int]:
        """The ids of those vectors that exist already, by the hash of their text."""
        found: dict[bytes, int] = {}
        for some in portions(digests):
            marks = ",".join("?" * len(some))
            rows = self._database.execute(f"SELECT digest, id FROM vector WHERE digest IN ({marks})", some)
            found.update(rows.fetchall())
        return found

    def put_packed_vector(self, digest: bytes, packed: bytes) -> int:
        """Adds the vector of a text, as `codesearch.index.quantised` packs it. Returns its id."""
        cursor = self._database.execute("INSERT INTO vector (digest, data) VALUES (?, ?)", (digest, packed))
        assert cursor.lastrowid is not None
        return cursor.lastrowid

    def delete_unused_vectors(self) -> int:
        """Removes vectors that no unit uses any more. Returns how many."""
        return self._database.execute(
            "DELETE FROM vector WHERE NOT EXISTS (SELECT 1 FROM passage WHERE vector_id = vector.id)"
        ).rowcount

    def all_vector_ids(self) -> list[int]:
        """The ids of all vectors, ascending."""
        return [row[0] for row in self._database.execute("SELECT id FROM vector ORDER BY id")]

    def count_vectors(self) -> int:
        """How many vectors there are."""
        (count,) = self._database.execute("SELECT count(*) FROM vector").fetchone()
        return int(count)

    def vectors_by_text(self) -> Iterator[tuple[bytes, bytes]]:
        """The packed vectors with the hashes of their texts, ascending by these."""
        yield from self._database.execute("SELECT digest, data FROM vector ORDER BY digest")

    def vectors(self, ids: Sequence[int]) -> NDArray[np.float32]:
        """The vectors with these ids, float32 [ids, dimensions], in their order; ids is not empty."""
        return unpack(self.packed_vectors(ids))

    def packed_vectors(self, ids: Sequence[int]) -> NDArray[np.void]:
        """The same as rows of `codesearch.index.quantised`."""
        # Row by row into their place: all of them as objects take several times as much memory.
        rows: NDArray[np.void] | None = None
        start = 0
        for some in portions(ids):
            marks = ",".join("?" * len(some))
            data: dict[bytes | int, bytes] = dict(
                self._database.execute(f"SELECT id, data FROM vector WHERE id IN ({marks})", some).fetchall()
            )
            packed = [data[each] for each in some]
            found = rows_of(packed, len(packed[0]) - SCALE_BYTES)
            if rows is None:
                rows = np.empty(len(ids), dtype=found.dtype)
            rows[start : start + len(some)] = found
            start += len(some)
        assert rows is not None
        return rows

    def unit_ids(self, files: Iterable[StoredFile] | None = None, kinds: Collection[Kind] = ()) -> list[int]:
        """The ids of the units of these files, or of all, that are of one of the kinds, or of any."""
        if files is None and not kinds:
            return [row[0] for row in self._database.execute("SELECT id FROM unit")]
        wanted = self._files("") if files is None else files
        return [row[0] for row in self._unit_rows("id", [file.id for file in wanted], kinds)]

    def unit_places(self, files: Iterable[StoredFile], kinds: Collection[Kind] = ()) -> Iterator[UnitPlace]:
        """The units of these files, file by file, that are of one of the kinds, or of any."""
        by_id = {file.id: file for file in files}
        rows = self._unit_rows("id, file_id, kind, start_line, end_line", list(by_id), kinds)
        for unit_id, file_id, kind, start, end in rows:
            file = by_id[file_id]
            yield UnitPlace(unit_id, file.path, file.digest, Kind(kind), start, end)

    def _unit_rows(
        self, columns: str, file_ids: Sequence[int], kinds: Collection[Kind]
    ) -> Iterator[tuple[Any, ...]]:
        of_kinds = f" AND kind IN ({','.join('?' * len(kinds))})" if kinds else ""
        for some in portions(file_ids):
            yield from self._database.execute(
                f"SELECT {columns} FROM unit WHERE file_id IN ({','.join('?' * len(some))}){of_kinds}"
                " ORDER BY file_id, id",
                (*some, *(kind.value for kind in kinds)),
            )

    def passages_of_vectors(self, ids: Sequence[int]) -> list[tuple[int, int]]:
        """(vector id, unit id) for every use of one of the vectors."""
        return self._passages("vector_id", ids)

    def passages_of_units(self, ids: Sequence[int]) -> list[tuple[int, int]]:
        """(vector id, unit id) for every window of one of the units."""
        return self._passages("unit_id", ids)

    def _passages(self, column: str, ids: Sequence[int]) -> list[tuple[int, int]]:
        found: list[tuple[int, int]] = []
        for some in portions(ids):
            marks = ",".join("?" * len(some))
            rows = self._database.execute(
                f"SELECT vector_id, unit_id FROM passage WHERE {column} IN ({marks})", some
            )
            found.extend(rows.fetchall())
        return found

    def units(self, ids: Sequence[int]) -> list[StoredUnit]:
        """The units with these ids."""
        found: list[StoredUnit] = []
        for some in portions(ids):
            found.extend(self._units(f"unit.id IN ({','.join('?' * len(some))})", some))
        return found

    def units_of(self, paths: Sequence[str]) -> list[StoredUnit]:
        """The units of the files at these paths."""
        found: list[StoredUnit] = []
        for some in portions([os.fsencode(path) for path in paths]):
            found.extend(self._units(f"path IN ({','.join('?' * len(some))})", some))
        return found

    def units_of_file(self, file_id: int) -> list[StoredUnit]:
        """The units of a file, in the order in which they were added."""
        return self._units("file_id = ? ORDER BY unit.id", [file_id])

    def units_to_encode(self, ids: Sequence[int]) -> list[StoredUnit]:
        """Those of the units with these ids whose files wait for their vectors."""
        found: list[StoredUnit] = []
        for some in portions(ids):
            found.extend(self._units(f"NOT encoded AND unit.id IN ({','.join('?' * len(some))})", some))
        return found

    def _units(self, which: str, parameters: Sequence[bytes | int]) -> list[StoredUnit]:
        rows = self._database.execute(
            "SELECT unit.id, path, language, digest, kind, name, signature, start_line, end_line, line,"
            f" column_number, shown, doc FROM unit JOIN file ON file.id = file_id WHERE {which}",
            parameters,
        )
        return list(map(stored_unit, rows))

    def lexical(
        self,
        words: Sequence[str],
        weights: Sequence[float],
        *,
        limit: int = -1,
        among: Sequence[int] | None = None,
    ) -> Iterator[tuple[int, float]]:
        """(unit id, BM25) of the units that share a word with these, best first; of many to look at, the
        best first in each of several portions.

        Args:
            words: as `codesearch.index.words` spells them.
            weights: how much a word counts in each column of the table.
            limit: the most units; all where negative.
            among: the units to look at; all where None.

        """
        if not words:
            return
        # Quoted, so that none is taken for an operator.
        wanted = " OR ".join('"{}"'.format(word.replace('"', '""')) for word in words)
        score = f"-bm25(lexical, {', '.join(map(str, weights))})"
        for some in [None] if among is None else portions(among):
            # With the plus SQLite finds the words once and not once for each row: 9 ms instead of 240 for
            # 200 rows among 50,000 units.
            narrowed = "" if some is None else f" AND +lexical.rowid IN ({','.join('?' * len(some))})"
            yield from self._database.execute(
                f"SELECT lexical.rowid, {score} FROM lexical JOIN unit ON unit.id = lexical.rowid"
                f" WHERE lexical MATCH ?{narrowed} ORDER BY 2 DESC LIMIT ?",
                (wanted, *(some or ()), limit),
            )

    def holders(self, word: str) -> list[int]:
        """The ids of the units that have a word, or one of its stem; some may be gone."""
        wanted = '"{}"'.format(word.replace('"', '""'))
        rows = self._database.execute("SELECT rowid FROM lexical WHERE lexical MATCH ?", (wanted,))
        return [row[0] for row in rows]

    def lexical_waste(self) -> int:
        """How many rows of the lexical table are of units that are gone."""
        (rows,) = self._database.execute("SELECT count(*) FROM lexical_docsize").fetchone()
        (units,) = self._database.execute("SELECT count(*) FROM unit").fetchone()
        return int(rows) - int(units)

    def forget_files(self) -> None:
        """Drops all files, units and words, and keeps the vectors, for a build that reads all anew."""
        self._database.execute("DELETE FROM file")
        self._database.execute("INSERT INTO lexical (lexical) VALUES ('delete-all')")

    def counts(self) -> tuple[int, int]:
        """How many files are searchable, and how many units they hold."""
        (files,) = self._database.execute("SELECT count(*) FROM file WHERE skipped = ''").fetchone()
        (units,) = self._database.execute("SELECT count(*) FROM unit").fetchone()
        return files, units

    def count_callables(self) -> int:
        """How many of the units are functions or methods."""
        (count,) = self._database.execute(
            "SELECT count(*) FROM unit WHERE kind IN (?, ?)", (Kind.FUNCTION.value, Kind.METHOD.value)
        ).fetchone()
        return int(count)

    def languages(self) -> dict[str, int]:
        """How many units there are in each language, most first."""
        rows = self._database.execute(
            "SELECT language, count(*) FROM unit JOIN file ON file.id = file_id GROUP BY language"
            " ORDER BY 2 DESC, 1"
        )
        return dict(rows.fetchall())

    def skipped_below(self, path: str) -> set[str]:
        """Why the files at or below a path are skipped, empty for one that is not."""
        key = os.fsencode(path)
        rows = self._database.execute(
            "SELECT DISTINCT skipped FROM file WHERE path = ? OR (path > ? AND path < ?)",
            # All that begin with a slash after it: 0 comes next to / in ASCII.
            (key, key + b"/", key + b"0"),
        )
        return {row[0] for row in rows}

    def skipped(self) -> dict[str, int]:
        """How many files were skipped, by reason."""
        rows = self._database.execute(
            "SELECT skipped, count(*) FROM file WHERE skipped != '' GROUP BY skipped ORDER BY skipped"
        )
        return dict(rows.fetchall())


def portions(items: Sequence[bytes] | Sequence[int]) -> Iterator[list[bytes | int]]:
    """The items in lists that one statement takes as parameters."""
    for start in range(0, len(items), _PARAMETERS):
        yield list(items[start : start + _PARAMETERS])
