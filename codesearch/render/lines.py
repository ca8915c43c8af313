"""Results a line each, as grep and its kin print them: `path:line:column:signature`."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from codesearch.parse.unit import Unit
from codesearch.render.excerpt import Excerpt, shown_lines
from codesearch.render.hyperlink import Hyperlinks
from codesearch.render.plain import best_column, explained, printable, shown_path
from codesearch.search.result import Result

_PATH, _LINE, _PLAIN = b"\x1b[35m", b"\x1b[32m", b"\x1b[0m"
_LINK, _LINK_ENDS = b"\x1b]8;;", b"\x1b\\"
_BETWEEN = b"--\n"


@dataclass(frozen=True, slots=True)
class Ink:
    """How places are written: in colours or without, as links or not; `exact` spells paths byte for byte,
    as programs need them and no terminal can be shown them.
    """

    coloured: bool = False
    links: Hyperlinks | None = None
    exact: bool = True

    def path(self, root: Path, path: str, line: int = 1, column: int = 1) -> bytes:
        """A path as seen from the current folder."""
        shown = shown_path(root, path)
        written = os.fsencode(shown) if self.exact else printable(shown).encode()
        if self.coloured:
            written = _PATH + written + _PLAIN
        if self.coloured and self.links is not None:
            url = self.links.url(root / path, line, column).encode()
            written = _LINK + url + _LINK_ENDS + written + _LINK + _LINK_ENDS
        return written

    def number(self, line: int) -> bytes:
        """A line's number."""
        return _LINE + b"%d" % line + _PLAIN if self.coloured else b"%d" % line


def plain_lines(
    result: Result, excerpt: Excerpt, ink: Ink, *, query: str = "", explain: bool = False
) -> bytes:
    """`path:line:column:signature`, then the same for each unit alike; where `query` is not empty, it and
    a tab come first. With `explain`, what speaks for the result follows on lines that start with a tab.

    Where the excerpt is asked for, `path:line:column:text` of the best line, and `path-line-text` of those
    around it.
    """
    before = f"{printable(' '.join(query.split()))}\t".encode() if query else b""
    best = result.best_line
    header = result.unit.signature if not excerpt.is_asked_for else result.file_lines[best - 1]
    place = (result.root, result.path, best, best_column(result))
    lines = [_hit(ink, *place, header)]
    if explain:
        lines.append("".join(f"\t{each}\n" for each in explained(result)).encode())
    if excerpt.is_asked_for:
        above, below = _around(result, excerpt, ink)
        lines = [*above, *lines, *below]
    lines += [_alike(ink, each.path, result.root, each.unit) for each in result.alike]
    return b"".join(line if line.startswith(b"\t") else before + line for line in lines)


def between(excerpt: Excerpt) -> bytes:
    """What stands between the lines of one result and those of the next."""
    return _BETWEEN if excerpt.whole or any(excerpt.around or ()) else b""


def _around(result: Result, excerpt: Excerpt, ink: Ink) -> tuple[list[bytes], list[bytes]]:
    above: list[bytes] = []
    below: list[bytes] = []
    for number in _numbers(result, excerpt):
        if number != result.best_line:
            path = ink.path(result.root, result.path, number)
            text = _text(result.file_lines[number - 1])
            line = path + b"-" + ink.number(number) + b"-" + text + b"\n"
            (above if number < result.best_line else below).append(line)
    return above, below


def _numbers(result: Result, excerpt: Excerpt) -> Iterator[int]:
    for part in shown_lines(result, excerpt):
        yield from range(part.start, part.end + 1)


def _alike(ink: Ink, path: str, root: Path, unit: Unit) -> bytes:
    return _hit(ink, root, path, unit.line, unit.column, unit.signature)


def _hit(ink: Ink, root: Path, path: str, line: int, column: int, text: str) -> bytes:
    place = ink.path(root, path, line, column) + b":" + ink.number(line) + b":%d:" % column
    return place + _text(text) + b"\n"


def _text(text: str) -> bytes:
    return printable(text.rstrip("\r")).encode()
