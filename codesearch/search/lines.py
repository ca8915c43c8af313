"""Which lines of a unit speak for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from codesearch.encode.text import split_identifier
from codesearch.parse.unit import Unit
from codesearch.search.question import finder

_MOST_LINES = 3
# A header must be beaten clearly: it is where people expect to land.
_HEADER_LEAD = 1.25


def telling_lines(
    unit: Unit, file_lines: Sequence[str], worth: Mapping[str, float]
) -> tuple[tuple[int, tuple[str, ...]], ...]:
    """The lines of a unit that share the most with a query, best first, each with the words it shares.

    Of a type only its outline is looked at, its members being units themselves.

    Args:
        unit: the unit.
        file_lines: all lines of its file.
        worth: what each of the query's words counts.

    """
    shared_with = finder(worth)
    found: list[tuple[float, int, tuple[str, ...]]] = []
    for number in (number for part in unit.shown for number in range(part.start, part.end + 1)):
        words = {part.lower() for part in split_identifier(file_lines[number - 1])}
        shared = tuple(dict.fromkeys(each for word in sorted(words) for each in shared_with(word)))
        if shared:
            lead = _HEADER_LEAD if number == unit.line else 1.0
            found.append((lead * sum(worth[each] for each in shared), number, shared))
    found.sort(key=lambda each: (-each[0], each[1]))
    return tuple((number, shared) for _, number, shared in found[:_MOST_LINES])
