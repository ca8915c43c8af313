"""A file on disk -> its language, lines and units, or why it has none."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from codesearch.parse.language import Language
from codesearch.parse.languages import HEAD_BYTES, could_be_code, detect_language
from codesearch.parse.source import LARGEST_FILE, Skip, to_utf8
from codesearch.parse.unit import Unit
from codesearch.parse.units import parse_source
from codesearch.regular import read_regular

# A file with more of them is a list that some program wrote: it would drown the others and take minutes.
_MOST_UNITS = 10_000


@dataclass(frozen=True, slots=True)
class ParsedFile:
    """What a file gave. `language` is empty and `skip` says why where the file is not searched."""

    language: str = ""
    skip: Skip | None = None
    lines: tuple[str, ...] = ()
    units: tuple[Unit, ...] = ()


def read_file(root: Path, path: str) -> bytes | Skip:
    """A file's bytes, or why it is left alone without a second look.

    Args:
        root: the folder that is indexed.
        path: the file's path below it.

    """
    if not could_be_code(PurePosixPath(path)):
        return Skip.NOT_CODE
    try:
        # A link put in the file's place since the walk would lead out of the repository.
        data = read_regular(root / path, LARGEST_FILE + 1, follow=False)
    except OSError:
        return Skip.UNREADABLE
    return data if len(data) <= LARGEST_FILE else Skip.TOO_LARGE


def digest_of(data: bytes) -> bytes:
    """The hash under which a file's bytes are recognised."""
    return hashlib.sha256(data).digest()


def parse_file(path: str, data: bytes, language: Language | None = None) -> ParsedFile:
    """The units of a file whose bytes have been read, in the language given, else in its own."""
    language = language or detect_language(PurePosixPath(path), data[:HEAD_BYTES])
    if language is None:
        return ParsedFile(skip=Skip.NOT_CODE)
    source = to_utf8(data)
    if isinstance(source, Skip):
        return ParsedFile(skip=source)
    lines = tuple(source.decode("utf-8").split("\n"))
    units = tuple(parse_source(source, language))
    if len(units) > _MOST_UNITS:
        return ParsedFile(skip=Skip.TOO_MANY)
    return ParsedFile(language.name, None, lines, units)


def lines_of_file(root: Path, path: str, digest: bytes) -> tuple[str, ...] | None:
    """A file's lines as they were parsed; None where the file is no longer the one with this digest."""
    data = read_file(root, path)
    if isinstance(data, Skip) or digest_of(data) != digest:
        return None
    source = to_utf8(data)
    return None if isinstance(source, Skip) else tuple(source.decode("utf-8").split("\n"))
