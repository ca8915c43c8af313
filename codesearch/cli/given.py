"""What is piped into `codesearch query` as a question."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from codesearch.errors import CodesearchError

STDIN = "-"
# Of a long log the beginning says what was run, and the end what went wrong.
_HEAD = 128 * 1024
_TAIL = 384 * 1024
_PORTION = 64 * 1024


def sole_reader_of_stdin(options: dict[str, bool]) -> None:
    """Raises CodesearchError where more than one of the options, by their names, reads stdin."""
    readers = [name for name, reads in options.items() if reads]
    if len(readers) > 1:
        raise CodesearchError(f"{' and '.join(readers)} cannot both read stdin: give one of them a file")


def content_of(source: str) -> bytes:
    """What a file holds, or what comes in on stdin where it is called `-`. Raises OSError.

    As it was typed: to a `Path`, `./-` is the same.
    """
    return sys.stdin.buffer.read() if source == STDIN else Path(source).read_bytes()


def text_of_stdin(tell: Callable[[str], None]) -> str:
    """The text on stdin; `tell` hears of what is left out of a long one.

    Raises:
        CodesearchError: there is none.

    """
    try:
        data, left_out = head_and_tail(sys.stdin.buffer)
    except OSError as error:
        raise CodesearchError(f"cannot read the question from stdin: {error}") from error
    # As `os.fsdecode` does it, which raises on Windows where it is no UTF-8.
    text = data.decode(sys.getfilesystemencoding(), "surrogateescape")
    if not text.strip():
        raise CodesearchError("nothing came in on stdin to search for")
    if left_out:
        tell(
            f"of {(len(data) + left_out) / 1e6:,.1f} MB on stdin the first {_HEAD // 1024} and the last"
            f" {_TAIL // 1024} KiB are read"
        )
    return text


def head_and_tail(stream: BinaryIO, head: int = _HEAD, tail: int = _TAIL) -> tuple[bytes, int]:
    """The first and the last bytes of a stream, parted by a line's end, and how many between are left out.

    Reads all of it, and holds no more than it returns and a portion.
    """
    first = stream.read(head)
    last = bytearray()
    dropped = 0
    while portion := stream.read(_PORTION):
        last += portion
        if len(last) > tail + _PORTION:
            dropped += len(last) - tail
            del last[:-tail]
    if len(last) > tail:
        dropped += len(last) - tail
        del last[:-tail]
    return (first + b"\n" + last if dropped else first + last), dropped
