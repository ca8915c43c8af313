"""A query is read for what it is: words, quotes, a symbol, a question about tests."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codesearch.search.question import read_question


@pytest.mark.parametrize(
    "text", ["getUserById", "parse_config", "Foo::bar", "http.Server#close", "Jar->drop()", "SELECT", "a/b/c"]
)
def test_one_identifier_is_a_symbol(text: str) -> None:
    assert read_question(text).is_symbol


@pytest.mark.parametrize("text", ["where are cookies dropped", "retry backoff", "what is x?", "a + b"])
def test_words_are_no_symbol(text: str) -> None:
    assert not read_question(text).is_symbol


def test_what_is_quoted_must_occur_and_its_words_count_too() -> None:
    found = read_question('who raises "no such table" or `SQLITE_BUSY`')
    assert found.literals == ("no such table", "SQLITE_BUSY")
    assert {"table", "sqlite", "busy", "sqlite_busy"} <= set(found.words)


def test_content_leaves_out_what_questions_are_made_of() -> None:
    content = read_question("How does the router find the right handler?").content
    assert content == ("router", "right", "handler")
    # Where nothing else is said, the idle words are all there is.
    assert read_question("what is this").content


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("tests for the parser", True),
        ("example of a plugin", True),
        ("code samples", True),
        ("test_parse_header", True),
        ("ParserTest.parsesHeaders", True),
        ("where is the latest release", False),
        ("attest_header", False),
    ],
)
def test_a_question_about_tests_is_known(text: str, expected: bool) -> None:
    assert read_question(text).about_tests is expected


def test_of_a_long_text_identifiers_and_words_that_say_something_are_kept() -> None:
    idle = "what is the code that would be used for it and how can we use this with any of those when it has "
    others = " ".join(f"w{chr(97 + n // 10)}{chr(97 + n % 10)}" for n in range(60))
    found = read_question(f"{idle} {others} drop_stale_cookie")
    assert "drop_stale_cookie" in found.words
    assert {"waa", "wab", "wdd"} <= set(found.words) & set(found.content)
    assert not {"the", "when"} & {*found.words, *found.content}


@given(st.text(max_size=200))
def test_any_text_is_a_question(text: str) -> None:
    found = read_question(text)
    assert len(found.words) <= 48
    assert len(set(found.words)) == len(found.words)
    assert all(word == word.lower() for word in found.content)
