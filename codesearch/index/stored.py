"""What the index gives back: files and units as it keeps them, and a unit's form in the database."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from codesearch.parse.unit import Kind, LineRange, Unit


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file as the index last saw it. `encoded` says whether its units have their vectors yet."""

    id: int
    path: str
    size: int
    mtime_ns: int
    digest: bytes
    language: str
    skipped: str
    encoded: bool


@dataclass(frozen=True, slots=True)
class StoredUnit:
    """A unit and the file that it lies in."""

    id: int
    path: str
    language: str
    digest: bytes
    unit: Unit


@dataclass(frozen=True, slots=True)
class UnitPlace:
    """What filters ask of a unit."""

    id: int
    path: str
    digest: bytes
    kind: Kind
    start_line: int
    end_line: int


def unit_row(unit: Unit) -> tuple[str | int, ...]:
    """The columns of a unit: kind, name, signature, first and last line, line, column, shown, doc."""
    return (
        unit.kind.value,
        unit.name,
        unit.signature,
        unit.start_line,
        unit.end_line,
        unit.line,
        unit.column,
        _from_ranges(unit.shown),
        _from_ranges((unit.doc,) if unit.doc else ()),
    )


def stored_unit(row: Sequence[object]) -> StoredUnit:
    """The unit in a row: its id, its file's path, language and digest, then as `unit_row` gives it."""
    unit_id, path, language, digest, kind, name, signature, start, end, line, column, shown, doc = row
    unit = Unit(
        kind=Kind(kind),
        name=str(name),
        signature=str(signature),
        start_line=int(str(start)),
        end_line=int(str(end)),
        line=int(str(line)),
        column=int(str(column)),
        shown=_to_ranges(str(shown)),
        doc=next(iter(_to_ranges(str(doc))), None),
    )
    assert isinstance(path, bytes)
    assert isinstance(digest, bytes)
    return StoredUnit(int(str(unit_id)), os.fsdecode(path), str(language), digest, unit)


def _from_ranges(ranges: Iterable[LineRange]) -> str:
    return ",".join(f"{each.start}-{each.end}" for each in ranges)


def _to_ranges(text: str) -> tuple[LineRange, ...]:
    parts = (part.split("-") for part in text.split(",") if part)
    return tuple(LineRange(int(start), int(end)) for start, end in parts)
