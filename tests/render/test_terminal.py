"""What results look like to people."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

from codesearch.parse.unit import LineRange
from codesearch.render.excerpt import Excerpt
from codesearch.render.terminal import View, results_by_file
from codesearch.search.result import Result
from tests.render.made import result


def shown(*results: Result, width: int = 60, view: View | None = None) -> list[str]:
    """The lines that a terminal without colours shows."""
    console = Console(file=io.StringIO(), width=width, color_system=None)
    with console.capture() as capture:
        console.print(*results_by_file(results, view or View(), console.width))
    return capture.get().splitlines()


def test_one_result_of_a_file_is_headed_by_place_name_kind_and_score() -> None:
    assert shown(result(["def f():", "    g()"], best=2, score=0.62)) == [
        "a.py:2  f  function  ━━━── 62%",
        "  1  def f():",
        "❱ 2      g()",
    ]


def test_results_of_a_file_that_follow_each_other_stand_under_one_heading() -> None:
    lines = ["def f(): pass", "def g(): pass"]
    first = result(lines, span=LineRange(1, 1))
    other = result(["def h(): pass"], name="h", path="b.py", score=0.4)
    second = result(lines, span=LineRange(2, 2), header=2, best=2, name="g", score=0.3)
    assert shown(first, second, other) == [
        "a.py",
        "  :1  f  function  ━━─── 50%",
        "❱ 1  def f(): pass",
        "",
        "  :2  g  function  ━━─── 30%",
        "❱ 2  def g(): pass",
        "",
        "b.py:1  h  function  ━━─── 40%",
        "❱ 1  def h(): pass",
    ]
    headings = [line for line in shown(first, other, second) if ".py" in line]
    assert [line.partition(":")[0] for line in headings] == ["a.py", "b.py", "a.py"]


def test_the_best_result_shows_more_lines_than_the_others_unless_told() -> None:
    long = [f"line_{number}()" for number in range(40)]
    first, second = result(long), result(long, path="b.py")
    lines = shown(first, second)
    split = lines.index("")
    assert 14 <= sum("line_" in line for line in lines[:split]) <= 15
    assert 5 <= sum("line_" in line for line in lines[split:]) <= 6


def test_a_heading_that_is_too_long_goes_on_below_the_path_and_nothing_is_lost() -> None:
    lines = shown(result(["x"], path="deep/" * 20 + "a.py", name="n" * 50), width=40)
    assert "".join(lines[:3]) == "deep/" * 20 + "a.py"
    assert "n" * 50 in "".join(line.strip() for line in lines[3:])


def test_what_is_folded_is_counted() -> None:
    lines = shown(result(["def f():", *["    g()"] * 29]), view=View(Excerpt(most=3)))
    assert lines[1:] == ["❱ 1  def f():", "  2      g()", "  3      g()", "  …  27 more lines"]


def test_without_unicode_there_are_other_marks() -> None:
    lines = shown(result(["y" * 100, "def f():", *["z"] * 50], best=2), view=View(ascii=True))
    assert all(line.isascii() for line in lines)
    assert lines[0].endswith("a.py:2  f  function  50%")
    assert lines[1].endswith("yyy...")
    assert lines[2] == ">  2  def f():"


def test_lines_are_as_deep_as_they_stand_among_those_shown() -> None:
    method = result(
        ["class C:", "\tdef f():", "\t\tif x:", "\t\t\tg()"], header=2, best=2, span=LineRange(2, 4)
    )
    assert shown(method)[1:] == ["❱ 2  def f():", "  3      if x:", "  4          g()"]
    around = View(Excerpt(around=(1, 0)))
    assert shown(method, view=around)[1:] == ["  1  class C:", "❱ 2      def f():"]


_TEXT = st.text(st.sampled_from("ab \t\"'#\\植🌱é\u0301\u202e\x1b\x9b\r\x0b\u2028(:"), max_size=120)


@given(st.lists(_TEXT, min_size=1, max_size=6), st.integers(24, 100))
def test_whatever_is_in_a_file_lines_are_cut_and_neither_wrapped_nor_lost(
    lines: list[str], width: int
) -> None:
    first, *rest = shown(result(lines), width=width)
    assert first.startswith("a.py")
    code = rest[-len(lines) :]
    assert [line[2:3] for line in code] == [str(number) for number in range(1, len(lines) + 1)]
    assert all(cell_len(line) <= width for line in code)
    assert all(character.isprintable() for line in code for character in line)


@pytest.mark.parametrize("length", [600, 5_000])
def test_a_line_far_inside_a_long_unit_is_shown_as_what_it_is(length: int) -> None:
    lines = ["def f():", *[f"    g({number})" for number in range(2, length)]]
    assert f"❱ {length - 50}      g({length - 50})" in shown(result(lines, best=length - 50))
