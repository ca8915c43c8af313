"""What an encoder gets to read of a unit and of a query."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codesearch.encode.text import WINDOW_LINES, passage_texts, query_text, split_identifier
from codesearch.parse.languages import LANGUAGES
from codesearch.parse.units import parse_source

PYTHON = next(language for language in LANGUAGES if language.name == "python")


def texts_of(source: str, path: str = "a/http_pool.py") -> list[list[str]]:
    """The texts of each unit of a Python file."""
    lines = source.split("\n")
    return [passage_texts(PurePosixPath(path), unit, lines) for unit in parse_source(source.encode(), PYTHON)]


@pytest.mark.parametrize(
    ("identifier", "words"),
    [
        ("parseHTTPHeader_v2", ["parse", "HTTP", "Header", "v", "2"]),
        ("snake_case", ["snake", "case"]),
        ("Foo::Bar.baz", ["Foo", "Bar", "baz"]),
        ("HTTPServer", ["HTTP", "Server"]),
        ("größeÄndern", ["größe", "Ändern"]),
        ("défaut de réseau", ["défaut", "de", "réseau"]),
        ("ÉTATServeur2", ["ÉTAT", "Serveur", "2"]),
        ("СетьОшибка", ["Сеть", "Ошибка"]),
        ("日本語Parser", ["日本語", "Parser"]),
        ("", []),
    ],
)
def test_identifiers_are_split_where_people_see_words(identifier: str, words: list[str]) -> None:
    assert split_identifier(identifier) == words


@given(st.text(st.characters(max_codepoint=127)))
def test_what_is_ascii_is_split_as_the_weights_have_learnt_it(text: str) -> None:
    words = re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+", text)
    assert split_identifier(text) == words
    # A letter beyond ASCII changes nothing of the words around it.
    assert split_identifier(f"{text} ñ") == [*words, "ñ"]


@given(st.text())
def test_no_letter_or_digit_is_lost(text: str) -> None:
    assert "".join(split_identifier(text)) == "".join(re.findall(r"[^\W_]", text))


def test_a_functions_text_starts_with_the_words_of_its_file_and_name() -> None:
    ((text,),) = texts_of("def acquireConnection(self):\n\n    return 1\n")
    assert text == "http pool acquire connection\ndef acquireConnection(self):\n    return 1"


def test_a_classs_text_is_its_outline() -> None:
    (text,), _ = texts_of("class Pool:\n    size = 3\n    def get(self):\n        return 1\n")
    assert text == "http pool pool\nclass Pool:\n    size = 3\n    def get(self):"


def test_a_long_unit_is_read_in_overlapping_windows_that_leave_no_line_out() -> None:
    body = [f"    step_{number}()" for number in range(100)]
    (texts,) = texts_of("\n".join(["def run():", *body]))
    seen = [text.split("\n")[1:] for text in texts]
    assert len(seen) > 2
    assert all(len(window) <= WINDOW_LINES for window in seen)
    assert {line for window in seen for line in window} == {"def run():", *body}
    assert all(set(one) & set(next_one) for one, next_one in pairwise(seen))


def test_closing_brackets_alone_have_no_text() -> None:
    assert texts_of("}\n]\n)\n") == [[]]


@given(st.text(max_size=200))
def test_a_querys_text_is_one_line(query: str) -> None:
    assert "\n" not in query_text(query)
    assert query_text(query).split() == query.split()


def test_a_query_that_is_not_utf8_can_be_read() -> None:
    assert query_text("caf\udce9 menu") == "caf? menu"


def test_a_huge_query_is_cut() -> None:
    assert len(query_text("word " * 25_000)) <= 4_000
