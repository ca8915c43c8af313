"""Text in any encoding keeps its line numbers; what is no text is named as such."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codesearch.parse.source import LARGEST_FILE, LONGEST_LINE, Skip, to_utf8


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ("größe = 1\n".encode(), "größe = 1\n"),
        (codecs.BOM_UTF8 + b"x = 1\n", "x = 1\n"),
        ("größe\n".encode("latin-1"), "größe\n"),
        (codecs.BOM_UTF16_LE + "größe\n".encode("utf-16-le"), "größe\n"),
        (codecs.BOM_UTF16_BE + "größe\n".encode("utf-16-be"), "größe\n"),
        (codecs.BOM_UTF32_LE + "x\n".encode("utf-32-le"), "x\n"),
        (b"a\r\nb\r\n", "a\r\nb\r\n"),
    ],
    ids=["utf-8", "utf-8 with mark", "latin-1", "utf-16-le", "utf-16-be", "utf-32-le", "crlf"],
)
def test_text_is_read_in_its_encoding(data: bytes, text: str) -> None:
    assert to_utf8(data) == text.encode()


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"\x7fELF\x00\x01", Skip.BINARY),
        (b"x = 1\x00\n", Skip.BINARY),
        (codecs.BOM_UTF16_LE + b"\x00\xd8\x00", Skip.BINARY),
        (b"x" * (LARGEST_FILE + 1), Skip.TOO_LARGE),
        (b"x = 1\n" + b"y" * (LONGEST_LINE + 1), Skip.LONG_LINES),
        (b"var a=1;" * 2_000 + b"\n" + b"var b=2;" * 1_000, Skip.LONG_LINES),
        (b" \n\t\n", Skip.EMPTY),
        (b"", Skip.EMPTY),
    ],
    ids=["elf", "nul", "broken utf-16", "too large", "long line", "minified", "blank", "empty"],
)
def test_what_is_no_source_is_skipped_with_its_reason(data: bytes, reason: Skip) -> None:
    assert to_utf8(data) is reason


@given(st.binary(max_size=300))
def test_any_bytes_are_text_with_as_many_lines_or_skipped(data: bytes) -> None:
    source = to_utf8(data)
    if isinstance(source, bytes):
        source.decode("utf-8")
        if not data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            assert source.count(b"\n") == data.count(b"\n")
