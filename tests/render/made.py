"""Results made by hand, for what is shown of them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from codesearch.parse.unit import Kind, LineRange, Unit
from codesearch.search.result import Evidence, Result, Why


def result(
    lines: Sequence[str],
    *,
    best: int = 1,
    header: int = 1,
    doc: LineRange | None = None,
    span: LineRange | None = None,
    path: str = "a.py",
    name: str = "f",
    score: float = 0.5,
) -> Result:
    """A function on these lines, all of them or a span; `best` is where to look first."""
    span = span or LineRange(1, len(lines))
    unit = Unit(Kind.FUNCTION, name, f"def {name}()", span.start, span.end, header, 5, (span,), doc)
    told = () if best == header else ((best, ("two", "words")),)
    why = Why(Evidence(0.5, 0.5, 0.0, 0.0), 1.0, (), 0.5, told)
    return Result(Path.cwd(), path, "python", unit, score, tuple(lines), why)
