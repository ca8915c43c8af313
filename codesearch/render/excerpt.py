"""Which lines of a result are shown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

from codesearch.parse.unit import LineRange
from codesearch.search.result import Result

# Enough to recognise a function by; ten results of this height are two or three screens.
MOST_LINES = 14
# Lines above and below the best one that come before anything else but the header.
_NEAR = 2
_AROUND = 4


@dataclass(frozen=True, slots=True)
class Excerpt:
    """How much of a result is shown: the `most` telling lines; or with `around` the best line and so many
    lines of the file before and after it; or with `whole` all lines, however many.
    """

    most: int = MOST_LINES
    around: tuple[int, int] | None = None
    whole: bool = False

    @property
    def is_asked_for(self) -> bool:
        """Whether lines are to be shown where otherwise a signature would do."""
        return self.whole or self.around is not None


TELLING_LINES = Excerpt()
BRIEF_LINES = Excerpt(most=5)


def shown_lines(result: Result, excerpt: Excerpt) -> list[LineRange]:
    """The lines of the file to show, in order, with gaps of at least two lines between them."""
    unit = result.unit
    if excerpt.around is not None:
        before, after = excerpt.around
        # A file's last line break ends a line and begins none.
        last = len(result.file_lines) - (not result.file_lines[-1])
        return [LineRange(max(result.best_line - before, 1), min(result.best_line + after, last))]
    # A gap of one line is shown: to say that it is not takes a line, too.
    if excerpt.whole or len(result.lines) <= (excerpt.most + 1 if excerpt.most else 0):
        return [unit.span]
    chosen: set[int] = set()
    for number in _by_importance(result):
        if len(chosen) == excerpt.most:
            break
        chosen.add(number)
    return _ranges(chosen, unit.span)


def _ranges(chosen: set[int], span: LineRange) -> list[LineRange]:
    ranges: list[LineRange] = []
    for number in sorted(chosen):
        before = ranges[-1].end if ranges else span.start - 1
        if number - before > 2:
            ranges.append(LineRange(number, number))
        elif ranges:
            ranges[-1] = LineRange(ranges[-1].start, number)
        else:
            ranges.append(LineRange(span.start, number))
    if ranges and ranges[-1].end == span.end - 1:
        ranges[-1] = LineRange(ranges[-1].start, span.end)
    return ranges


def _by_importance(result: Result) -> Iterator[int]:
    """The unit's lines, those first that say the most to somebody who looks for what was asked."""
    unit, best = result.unit, result.best_line
    opening = _opening(result)
    doc = set() if unit.doc is None else set(range(unit.doc.start, unit.doc.end + 1)).difference(opening)
    told = [number for number, words in result.why.lines if len(words) > 1]
    candidates = chain(
        (unit.line, best),
        opening,
        _beside(best, _NEAR),
        (near for number in told for near in (number, *_beside(number, 1))),
        _beside(best, _AROUND),
        range(unit.line, unit.end_line + 1),
    )
    # What of a doc comment is no opening comes late: it is long, and the code is what was asked for. So do
    # decorators and blank lines.
    code = (number for number in candidates if number not in doc and _is_body(result, number))
    yield from dict.fromkeys(
        chain((unit.line, best), code, sorted(doc), range(unit.start_line, unit.end_line + 1))
    )


def _is_body(result: Result, number: int) -> bool:
    unit = result.unit
    first = unit.line if result.best_line >= unit.line else unit.start_line
    in_doc = unit.doc is not None and unit.doc.start <= number <= unit.doc.end
    return (first <= number <= unit.end_line or in_doc) and bool(result.file_lines[number - 1].strip())


def _opening(result: Result) -> tuple[int, ...]:
    """The lines that a doc comment begins with, up to its first with a word in it."""
    doc = result.unit.doc
    if doc is None:
        return ()
    for number in range(doc.start, doc.end + 1):
        if any(character.isalnum() for character in result.file_lines[number - 1]):
            return tuple(range(doc.start, number + 1))
    return ()


def _beside(line: int, farthest: int) -> Iterator[int]:
    for distance in range(1, farthest + 1):
        yield line + distance
        yield line - distance
