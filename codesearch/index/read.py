"""A file's bytes -> what the index keeps of it before it has vectors."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from codesearch.index.words import UnitWords, unit_words
from codesearch.parse.file import parse_file
from codesearch.parse.source import Skip
from codesearch.parse.unit import Unit

# What is indexed of a unit. It is called in other processes, so it is a function of some module.
Adapt = Callable[[Unit], Unit]


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file gave: its units, each with its words, or why it is skipped."""

    language: str = ""
    skip: Skip | None = None
    units: tuple[tuple[Unit, UnitWords], ...] = ()


def as_it_is(unit: Unit) -> Unit:
    """The unit itself."""
    return unit


def read_units(path: str, data: bytes, adapt: Adapt) -> Reading:
    """Parses a file whose bytes have been read."""
    parsed = parse_file(path, data)
    units = map(adapt, parsed.units)
    return Reading(
        parsed.language, parsed.skip, tuple((unit, unit_words(path, unit, parsed.lines)) for unit in units)
    )


def guarded(path: str, data: bytes, adapt: Adapt) -> Reading:
    """The same; a file that makes the parser fail is skipped, which is kept and told as such."""
    try:
        return read_units(path, data, adapt)
    except Exception:
        return Reading(skip=Skip.FAILED)
