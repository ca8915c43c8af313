"""Results that show the same lines are one result; others are never lost."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from codesearch.index.stored import StoredUnit
from codesearch.parse.unit import Kind, LineRange, Unit
from codesearch.search.fold import fold
from codesearch.search.ranking import Ranked
from codesearch.search.recall import Candidate
from codesearch.search.result import Evidence

NONE = Evidence(0.0, 0.0, 0.0, 0.0)


def candidate(start: int, end: int, path: str = "a.py") -> Ranked:
    unit = Unit(Kind.FUNCTION, "f", "f()", start, end, start, 1, (LineRange(start, end),))
    return Ranked(Candidate(StoredUnit(0, path, "python", b"", unit), 0.5, 0.0, 0.0), 0.5, (), NONE, 0.5)


def spans(candidates: list[Ranked]) -> list[tuple[int, int]]:
    return [
        (each.candidate.stored.unit.start_line, each.candidate.stored.unit.end_line)
        for each in fold(candidates)
    ]


def test_the_better_of_two_that_mostly_overlap_stays() -> None:
    assert spans([candidate(2, 9), candidate(1, 10)]) == [(2, 9)]
    assert spans([candidate(1, 10), candidate(2, 9)]) == [(1, 10)]


def test_a_method_and_its_large_class_both_stay() -> None:
    assert spans([candidate(1, 100), candidate(10, 20)]) == [(1, 100), (10, 20)]


def test_other_files_and_other_lines_are_other_results() -> None:
    both = [candidate(1, 10), candidate(1, 10, "b.py"), candidate(11, 20)]
    assert len(list(fold(both))) == 3


@given(st.lists(st.tuples(st.integers(1, 50), st.integers(0, 30)), max_size=20))
def test_folding_keeps_the_first_and_folds_only_what_overlaps(pairs: list[tuple[int, int]]) -> None:
    candidates = [candidate(start, start + length) for start, length in pairs]
    kept = list(fold(candidates))
    assert kept[:1] == candidates[:1]
    assert list(fold(kept)) == kept
    assert bool(spans(candidates)) == bool(candidates)
