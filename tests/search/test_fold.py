"""Results that show the same lines are one result; others are never lost."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codesearch.index.stored import StoredUnit
from codesearch.parse.unit import Kind, LineRange, Unit
from codesearch.search.question import read_question
from codesearch.search.ranking import Ranked, only, rank
from codesearch.search.recall import Candidate


def candidate(start: int, end: int, path: str = "a.py") -> Candidate:
    unit = Unit(Kind.FUNCTION, "f", "f()", start, end, start, 1, (LineRange(start, end),))
    return Candidate(StoredUnit(0, path, "python", b"", unit), 0.5, 0.0, 0.0)


def ranked(candidates: list[Candidate], again: float = 0.0) -> list[Ranked]:
    """The candidates ranked, the better ones coming first in the list."""
    nearer = [replace(each, dense=1.0 - n / 100) for n, each in enumerate(candidates)]
    return rank(replace(only("dense"), again=again), read_question("x"), nearer)


def spans(found: list[Ranked]) -> list[tuple[int, int]]:
    units = (each.candidate.stored.unit for each in found)
    return [(unit.start_line, unit.end_line) for unit in units]


def test_the_better_of_two_that_mostly_overlap_stays() -> None:
    assert spans(ranked([candidate(2, 9), candidate(1, 10)])) == [(2, 9)]
    assert spans(ranked([candidate(1, 10), candidate(2, 9)])) == [(1, 10)]


def test_a_method_and_its_large_class_both_stay() -> None:
    assert spans(ranked([candidate(1, 100), candidate(10, 20)])) == [(1, 100), (10, 20)]


def test_other_files_and_other_lines_are_other_results() -> None:
    both = [candidate(1, 10), candidate(1, 10, "b.py"), candidate(11, 20)]
    assert len(ranked(both)) == 3


def test_what_is_folded_away_takes_nothing_off_the_others_of_its_file() -> None:
    decorated = [candidate(2, 10), candidate(1, 10), candidate(3, 10), candidate(20, 30)]
    first, other = ranked(decorated, again=0.5)
    assert dict(first.parts) == {"dense": 1.0}
    assert dict(other.parts) == {"dense": pytest.approx(0.97), "again": -0.5}


@given(st.lists(st.tuples(st.integers(1, 50), st.integers(0, 30)), max_size=20))
def test_folding_keeps_the_first_and_folds_only_what_overlaps(pairs: list[tuple[int, int]]) -> None:
    kept: list[tuple[int, int]] = []
    for start, length in pairs:
        lines = LineRange(start, start + length)
        if all(lines.overlap(LineRange(*other)) < 0.5 for other in kept):
            kept.append((lines.start, lines.end))
    candidates = [candidate(start, start + length) for start, length in pairs]
    assert spans(ranked(candidates)) == kept
    assert spans(ranked(candidates, again=0.1)) == kept
