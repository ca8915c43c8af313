"""Bytes from disk -> UTF-8 source, or the reason why a file is no source."""

from __future__ import annotations

import codecs
from enum import Enum

# Beyond these sizes a file is data, generated or minified: nobody looks for a function in it.
LARGEST_FILE = 1_000_000
LONGEST_LINE = 20_000
_LARGEST_AVERAGE_LINE = 500
# In a small file one long literal may be most of it.
_MINIFIED_FROM = 20_000

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


class Skip(str, Enum):
    """Why a file is left out, as the summary says it."""

    NOT_CODE = "not code"
    BINARY = "binary"
    TOO_LARGE = "too large"
    LONG_LINES = "minified or very long lines"
    UNREADABLE = "unreadable"
    EMPTY = "empty"
    TOO_MANY = "too many definitions"
    STALLED = "too slow to parse"
    FAILED = "parser failed"


def to_utf8(data: bytes) -> bytes | Skip:
    """The file's text as UTF-8 with no byte order mark, line numbers unchanged; or why it is no text.

    Text that is not Unicode is taken as Latin-1, in which every byte is a character.
    """
    if len(data) > LARGEST_FILE:
        return Skip.TOO_LARGE
    encoding = "utf-8"
    for mark, name in _MARKS:
        if data.startswith(mark):
            data, encoding = data[len(mark) :], name
            break
    else:
        if b"\0" in data:
            return Skip.BINARY
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        if encoding != "utf-8":
            return Skip.BINARY
        text = data.decode("latin-1")
    if "\0" in text:
        return Skip.BINARY
    source = text.encode("utf-8", "replace")
    lines = source.split(b"\n")
    longest = max(map(len, lines))
    if longest > LONGEST_LINE or (
        len(source) > _MINIFIED_FROM and len(source) > _LARGEST_AVERAGE_LINE * len(lines)
    ):
        return Skip.LONG_LINES
    return source if source.strip() else Skip.EMPTY
