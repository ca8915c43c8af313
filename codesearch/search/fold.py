"""Results that show the same lines are one result."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from codesearch.parse.unit import Unit
from codesearch.search.ranking import Ranked

# A function and the one that makes up most of it share this much of their lines.
_SAME = 0.5


def fold(ranked: Iterable[Ranked]) -> Iterator[Ranked]:
    """The candidates, in order, without those that mostly overlap a better one of the same file."""
    seen: dict[str, list[Unit]] = {}
    for each in ranked:
        candidate = each.candidate
        others = seen.setdefault(candidate.stored.path, [])
        unit = candidate.stored.unit
        if not any(unit.span.overlap(other.span) >= _SAME for other in others):
            others.append(unit)
            yield each
