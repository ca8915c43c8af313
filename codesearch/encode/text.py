"""How a unit and a query become the text that an encoder reads: the one place that says so.

Training, indexing and querying all come here. A change of what these functions return is a new
`TEXT_FORMAT`, and indexes made with another one are rebuilt.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import PurePosixPath

from codesearch.parse.unit import Unit

TEXT_FORMAT = 2

# A long unit is read in windows of this many lines; neighbours share some, so that nothing is cut
# in two unseen. An encoder reads the first tokens of a text only, and these lines about fill it.
WINDOW_LINES = 20
_SHARED_LINES = 5

# More than any encoder reads of one line; keeps one long literal from filling a window.
_LINE_CHARACTERS = 400
# So much of a question is looked at.
QUERY_CHARACTERS = 4_000

_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[^\W\d_a-zA-Z]+")


class _Shapes(dict[int, str]):
    """What each character, by its code, is to a word: `A` a capital, `a` a small letter, `0` a digit, `一` a
    letter of a script that knows no capitals, `_` what stands between words.
    """

    def __missing__(self, code: int) -> str:
        character = chr(code)
        if not character.isalnum():
            shape = "_"
        elif character.isdecimal():
            shape = "0"
        elif character.isupper():
            shape = "A"
        else:
            shape = "a" if character.islower() else "\u4e00"
        self[code] = shape
        return shape


_SHAPES = _Shapes()


def split_identifier(identifier: str) -> list[str]:
    """`parseHTTPHeader_v2` -> ['parse', 'HTTP', 'Header', 'v', '2'], in the order they stand."""
    if identifier.isascii():
        return _WORDS.findall(identifier)
    # Regular expressions know no capitals but those that they list.
    shapes = identifier.translate(_SHAPES)
    return [identifier[match.start() : match.end()] for match in _WORDS.finditer(shapes)]


def last_name(qualified: str) -> str:
    """A name without what qualifies it: `Jar::drop` -> `drop`."""
    for joint in (".", "::", "#", ":", "/"):
        qualified = qualified.rpartition(joint)[2] or qualified
    return qualified


def passage_texts(path: PurePosixPath, unit: Unit, lines: Sequence[str]) -> list[str]:
    """The texts whose vectors stand for a unit: one, or one a window of a long unit.

    Args:
        path: the unit's file, relative to the root of what is indexed.
        unit: the unit.
        lines: all lines of the file.

    Returns:
        Texts of the form `words of path and name`, newline, source lines. Empty where the unit has
        no word to be found by, such as a lone closing bracket.

    """
    shown = [lines[number - 1] for part in unit.shown for number in range(part.start, part.end + 1)]
    return windows(passage_title(f"{path.stem} {unit.name}"), shown)


def passage_title(names: str) -> str:
    """The words of a file's stem and a unit's qualified name, in small letters: a passage's first line."""
    return " ".join(split_identifier(names)).lower()


def windows(title: str, lines: Iterable[str]) -> list[str]:
    """The title and each window of the lines that are not blank, as texts; none if they have no word."""
    shown = [kept for line in lines if (kept := line.rstrip()[:_LINE_CHARACTERS]).strip()]
    if not any(character.isalnum() for line in shown for character in line):
        return []
    step = WINDOW_LINES - _SHARED_LINES
    starts = range(0, max(len(shown) - _SHARED_LINES, 1), step)
    return ["\n".join([title, *shown[start : start + WINDOW_LINES]]) for start in starts]


def query_text(query: str) -> str:
    """The text that an encoder reads for a query: the query on one line, cut to a sane length."""
    # Arguments that are not UTF-8 arrive with surrogates, which no tokenizer takes.
    text = query[:QUERY_CHARACTERS].encode("utf-8", "replace").decode()
    return " ".join(text.split())
