"""The noun of the search room: what a query finds."""

from __future__ import annotations

from dataclasses import dataclass

from codesearch.parse.unit import Unit


@dataclass(frozen=True, slots=True)
class Result:
    """A unit that answers a query.

    `path` is relative to the root that was searched. `file_lines` are all lines of the file as it is
    now. `score` is the probability, from 0 to 1, that it or one after it is what was asked for.
    """

    path: str
    language: str
    unit: Unit
    score: float
    file_lines: tuple[str, ...]

    @property
    def lines(self) -> tuple[str, ...]:
        """The lines of the unit's whole span."""
        return self.file_lines[self.unit.start_line - 1 : self.unit.end_line]
