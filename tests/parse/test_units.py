"""What holds for the units of every file, whatever is in it."""

from __future__ import annotations

import subprocess
import sys
from itertools import pairwise
from pathlib import PurePosixPath

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codesearch.parse.file import parse_file
from codesearch.parse.language import Language
from codesearch.parse.languages import HEAD_BYTES, LANGUAGES, detect_language
from codesearch.parse.source import to_utf8
from codesearch.parse.unit import Kind, LineRange, Unit
from codesearch.parse.units import parse_source
from tests.parse.test_languages import SAMPLES

LINES = {sample.name: sample.read_text("utf-8").split("\n") for sample in SAMPLES}
PYTHON = next(language for language in LANGUAGES if language.name == "python")


def language_of(name: str) -> Language:
    language = detect_language(PurePosixPath(name), "\n".join(LINES[name]).encode()[:HEAD_BYTES])
    assert language is not None
    return language


def check_invariants(source: bytes, units: list[Unit]) -> None:
    """Every non-blank line is in a unit; every line number lies where it should."""
    lines = source.split(b"\n")
    covered: set[int] = set()
    for unit in units:
        assert 1 <= unit.start_line <= unit.line <= unit.end_line <= len(lines)
        assert 1 <= unit.column <= len(lines[unit.line - 1]) + 1
        assert lines[unit.start_line - 1].strip()
        assert unit.shown
        for shown in unit.shown:
            assert unit.start_line <= shown.start <= shown.end <= unit.end_line
        if unit.doc is not None:
            assert unit.start_line <= unit.doc.start <= unit.doc.end <= unit.end_line
        assert "\n" not in unit.signature
        assert bool(unit.name) == (unit.kind is not Kind.PASSAGE)
        covered.update(range(unit.start_line, unit.end_line + 1))
    blank = {number for number, line in enumerate(lines, 1) if not line.strip()}
    assert covered | blank >= set(range(1, len(lines) + 1))


@pytest.mark.parametrize("name", sorted(LINES))
def test_every_line_of_a_sample_is_in_a_unit(name: str) -> None:
    source = "\n".join(LINES[name]).encode()
    check_invariants(source, parse_source(source, language_of(name)))


@settings(max_examples=300)
@given(st.data())
def test_every_line_of_a_mangled_sample_is_in_a_unit(data: st.DataObject) -> None:
    """Files in the middle of an edit: lines lost, doubled, moved, cut, and any text in between."""
    name = data.draw(st.sampled_from(sorted(LINES)))
    picked = data.draw(st.lists(st.sampled_from(range(len(LINES[name]))), max_size=40))
    if data.draw(st.booleans()):
        picked.sort()
    lines = [LINES[name][number] for number in picked]
    for _ in range(data.draw(st.integers(0, 3))):
        at = data.draw(st.integers(0, len(lines)))
        lines.insert(at, data.draw(st.text(st.characters(exclude_categories=["Cs"]), max_size=30)))
    source = "\n".join(lines).encode()
    check_invariants(source, parse_source(source, language_of(name)))


# One of the two grammars for Perl never ends on some bytes. A build gives such a file up, in a process of its
# own (tests/index/test_containment.py); here nothing could. So the bytes are always the same, too.
NAMES = sorted(
    f"x{language.extensions[0]}" for language in LANGUAGES if language.grammar and language.name != "perl"
)


@settings(max_examples=400, derandomize=True)
@given(
    st.sampled_from(NAMES),
    st.lists(st.binary(max_size=20) | st.sampled_from([b"(", b"{", b"\n", b'"""', b"def f", b"//", b"/*"])),
)
def test_any_bytes_are_units_that_cover_them_or_are_skipped(name: str, parts: list[bytes]) -> None:
    data = b"".join(parts)
    parsed = parse_file(name, data)
    source = to_utf8(data)
    if parsed.skip is None:
        assert isinstance(source, bytes)
        check_invariants(source, list(parsed.units))
    else:
        assert not parsed.units


@settings(max_examples=150)
@given(st.lists(st.sampled_from(["", "  ", "x = 1", "    y = 2", "\tz = 3", "}", "é 日"]), max_size=200))
def test_every_line_of_a_file_without_grammar_is_in_one_passage(lines: list[str]) -> None:
    source = "\n".join(lines).encode()
    units = parse_source(source, Language("nothing"))
    check_invariants(source, units)
    assert all(unit.kind is Kind.PASSAGE for unit in units)
    ends = [(unit.start_line, unit.end_line) for unit in units]
    assert all(end < start for (_, end), (start, _) in pairwise(ends))
    assert all(end - start < 40 for start, end in ends)


def test_passages_are_cut_before_unindented_lines_after_a_blank_one() -> None:
    block = ["start {", *["    work()"] * 13, "}", ""]
    units = parse_source("\n".join(block * 4).encode(), Language("nothing"))
    assert [unit.start_line for unit in units] == [1, 33]


@pytest.mark.parametrize("opening", ["(", "[", "{", "if x:\n", "f(", "a.b(", "not ", "lambda: "])
def test_deep_nesting_neither_crashes_nor_loses_lines(opening: str) -> None:
    source = (opening * 10_000).encode()
    check_invariants(source, parse_source(source, PYTHON))


@pytest.mark.parametrize(
    ("name", "opening"),
    [
        ("kiosk.js", "function a(b = "),
        ("kiosk.js", "function a() {"),
        ("kiosk.js", "const a = () => {"),
        ("thermostat.py", "class A:\n def f(self, x=("),
        ("thermostat.py", "lambda x: "),
        ("inventory.rb", "module A\n"),
        ("routing.cpp", "namespace a { struct A {"),
        ("timetable.rs", "mod a { impl A { fn f() {"),
        ("packer.erl", "f() -> fun() -> "),
        ("queue.ex", "defmodule A do def f do "),
        ("Inventory.hs", "f = let g x = (\n"),
    ],
)
def test_definitions_nested_thousands_deep_are_survived(name: str, opening: str) -> None:
    source = (opening * 3_000).encode()
    check_invariants(source, parse_source(source, language_of(name)))


def test_functions_nested_in_functions_are_all_named() -> None:
    source = b"".join(b" " * depth + b"def f():\n" for depth in range(100)) + b" " * 100 + b"pass\n"
    units = parse_source(source, PYTHON)
    assert sum(unit.kind is Kind.FUNCTION for unit in units) == 100


def test_a_long_function_shows_the_headers_of_those_inside_it() -> None:
    inner = ["    def inner():", *["        work()"] * 30, ""]
    source = "\n".join(["def outer():", *inner * 3, "    return 1"]).encode()
    outer = parse_source(source, PYTHON)[0]
    assert [(shown.start, shown.end) for shown in outer.shown] == [(1, 2), (33, 34), (65, 66), (97, 98)]


def test_a_decorated_short_function_shows_everything() -> None:
    source = b"@cached\ndef outer():\n    def inner():\n        return 1\n    return inner\n"
    outer = parse_source(source, PYTHON)[0]
    assert [(shown.start, shown.end) for shown in outer.shown] == [(1, 5)]


@pytest.mark.parametrize("name", sorted(LINES))
def test_a_files_units_do_not_depend_on_the_file_before(name: str) -> None:
    """Scanners of some grammars carry state over, above all out of files that end in mid-string."""
    language = language_of(name)
    source = "\n".join(LINES[name]).encode()
    expected = parse_source(source, language)
    for cut in range(0, len(source), len(source) // 25):
        parse_source(source[:cut] + b"\nx = '", language)
        assert parse_source(source, language) == expected


TINY = ["x = 1", "print(1)", "x", ""]


@pytest.mark.parametrize(
    ("language", "source"),
    [("lua", source) for source in TINY] + [(row.name, TINY[0]) for row in LANGUAGES if row.grammar],
)
def test_the_first_file_of_a_process_may_be_tiny(language: str, source: str) -> None:
    """A scanner that starts in a bad state has hung on these."""
    program = (
        "from codesearch.parse.languages import language_named\n"
        "from codesearch.parse.units import parse_source\n"
        f"assert len(parse_source({source.encode()!r}, language_named({language!r}))) < 3\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True, timeout=20)


def test_what_stands_above_a_line_belongs_to_the_first_definition_on_it() -> None:
    source = b"/* licence */\nfunction a() {} function b() {}\n"
    language = detect_language(PurePosixPath("a.js"), source)
    assert language is not None
    first, second = (unit for unit in parse_source(source, language) if unit.kind is Kind.FUNCTION)
    assert (first.start_line, first.doc) == (1, LineRange(1, 1))
    assert (second.start_line, second.doc) == (2, None)
