"""Patterns of ignore files match what git would, however they and the names are made."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pathspec import GitIgnoreSpec

from codesearch.patterns import read_patterns

PIECES = ["a", "b", "*", "**", "/", "?", "[ab]", ".", "\\*", "**/", "/**/", "x"]
patterns = st.lists(st.sampled_from(PIECES), min_size=1, max_size=8).map("".join)
paths = st.lists(st.text("abx.*", min_size=1, max_size=5), min_size=1, max_size=6).map("/".join)


@settings(max_examples=1_500)
@given(patterns, st.lists(paths, min_size=1, max_size=8), st.booleans())
def test_patterns_mean_what_they_mean_to_pathspec(pattern: str, names: list[str], negated: bool) -> None:
    lines = ["*a*", f"!{pattern}"] if negated else [pattern]
    try:
        plain = GitIgnoreSpec.from_lines(lines)
    except ValueError:
        return
    ours = read_patterns(lines)
    for name in (*names, *(f"{each}/" for each in names)):
        assert ours.check_file(name).include == plain.check_file(name).include


@pytest.mark.parametrize(
    ("pattern", "path", "matches"),
    [
        ("x[!a]y", "xby", True),
        ("x[!a]y", "xay", False),
        ("x[!a]y", "x/y", False),
        ("*[!a]*a", "a/./a", False),
    ],
)
def test_a_set_of_other_characters_holds_no_slash(pattern: str, path: str, matches: bool) -> None:
    assert bool(read_patterns([pattern]).check_file(path).include) == matches


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("*a" * 40 + "b", "a" * 250),
        ("?*" * 40 + "b", "a" * 250),
        ("**/x/" * 20 + "b", "x/" * 500 + "c"),
        ("**/*a*a*a/" * 9 + "b", "aaaaaaaaaaaa/" * 90),
        ("*" * 500 + "b", "a" * 250),
    ],
)
def test_no_pattern_takes_forever(pattern: str, path: str) -> None:
    """In a process of its own, which can be stopped."""
    program = "import sys; from codesearch.patterns import read_patterns;"
    program += "assert not read_patterns([sys.argv[1]]).check_file(sys.argv[2]).include"
    subprocess.run([sys.executable, "-c", program, pattern, path], check=True, timeout=30)
