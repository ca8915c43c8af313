"""The nouns of the parse room: what a file is made of."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Kind(str, Enum):
    """What a unit is, in the words that users filter by."""

    FUNCTION = "function"
    METHOD = "method"
    CLASS = "class"
    STRUCT = "struct"
    TRAIT = "trait"
    INTERFACE = "interface"
    ENUM = "enum"
    TYPE = "type"
    MODULE = "module"
    PASSAGE = "passage"

    @property
    def is_callable(self) -> bool:
        """Whether the unit is something that runs: a function or a method."""
        return self in (Kind.FUNCTION, Kind.METHOD)


@dataclass(frozen=True, slots=True)
class LineRange:
    """Lines of a file, 1-based, both ends included."""

    start: int
    end: int

    def overlap(self, other: LineRange) -> float:
        """The lines of both over all lines from the first to the last, from 0 to 1."""
        shared = min(self.end, other.end) - max(self.start, other.start) + 1
        whole = max(self.end, other.end) - min(self.start, other.start) + 1
        return max(shared, 0) / whole

    def is_nearly(self, other: LineRange) -> bool:
        """Whether both are mostly the same lines."""
        return self.overlap(other) >= 0.5


@dataclass(frozen=True, slots=True)
class Unit:
    """One findable piece of a file.

    `start_line` to `end_line` is the whole span, doc comment and decorators included. `line` and
    `column` (1-based, column in bytes as editors' grep formats count it) point at the name.
    `shown` are the lines that stand for the unit when it is encoded: all of them for a function,
    an outline (members reduced to their headers) for a type. `doc` is the doc comment's or
    docstring's lines, a part of the span.
    """

    kind: Kind
    name: str
    signature: str
    start_line: int
    end_line: int
    line: int
    column: int
    shown: tuple[LineRange, ...]
    doc: LineRange | None = None

    @property
    def span(self) -> LineRange:
        """The whole span."""
        return LineRange(self.start_line, self.end_line)
