"""Which lines of a result are shown."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from codesearch.parse.unit import LineRange
from codesearch.render.excerpt import TELLING_LINES, Excerpt, shown_lines
from tests.render.made import result


def spans(parts: list[LineRange]) -> list[tuple[int, int]]:
    return [(part.start, part.end) for part in parts]


def test_a_short_unit_is_shown_whole() -> None:
    assert spans(shown_lines(result(["x"] * 15), TELLING_LINES)) == [(1, 15)]


def test_of_a_long_one_the_header_the_opening_of_its_doc_and_what_is_around_the_best_line() -> None:
    lines = ["def f():", '    """', "    What f does.", *["    More."] * 20, '    """', *["    g()"] * 40]
    found = result(lines, best=50, doc=LineRange(2, 24))
    parts = spans(shown_lines(found, TELLING_LINES))
    assert parts[0] == (1, 3)
    assert parts[1][0] in range(24, 27)
    assert parts[-1] == (46, 54)


def test_context_is_lines_of_the_file_and_ends_with_it() -> None:
    found = result([*"abcdefgh", ""], best=3, header=3, span=LineRange(3, 4))
    assert spans(shown_lines(found, Excerpt(around=(1, 2)))) == [(2, 5)]
    assert spans(shown_lines(found, Excerpt(around=(0, 0)))) == [(3, 3)]
    assert spans(shown_lines(found, Excerpt(around=(99, 99)))) == [(1, 8)]


def test_all_lines_or_none_can_be_had() -> None:
    assert spans(shown_lines(result(["x"] * 500), Excerpt(whole=True))) == [(1, 500)]
    assert shown_lines(result(["x"]), Excerpt(most=0)) == []


@given(st.data(), st.lists(st.sampled_from(["x = 1", "", "    y"]), min_size=1, max_size=60))
def test_the_telling_lines_are_in_order_apart_and_no_more_than_asked_for(
    data: st.DataObject, lines: list[str]
) -> None:
    numbers = st.integers(1, len(lines))
    start, header, best, end = sorted(data.draw(st.tuples(numbers, numbers, numbers, numbers)))
    doc = data.draw(st.none() | st.just(LineRange(start, header)))
    most = data.draw(st.integers(1, 20))
    found = result(lines, best=best, header=header, span=LineRange(start, end), doc=doc)
    parts = shown_lines(found, Excerpt(most=most))
    assert all(after.start - before.end > 2 for before, after in pairwise(parts))
    shown = [number for part in parts for number in range(part.start, part.end + 1)]
    assert start <= shown[0] <= header <= shown[-1] <= end
    assert most == 1 or found.best_line in shown
    # Gaps of one line are shown: at most one before each line asked for, and one at the end.
    assert len(shown) <= 2 * most + 1
    assert len(shown) >= min(most, end - start + 1)
