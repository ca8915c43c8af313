"""What the lexical side of the index knows of a unit: its words, field by field.

Identifiers count whole and in their parts; the full-text table stems them. A change of what these
functions return is a new `WORDS_FORMAT`, and older indexes are rebuilt.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import astuple, dataclass

from codesearch.encode.text import split_identifier
from codesearch.parse.unit import Unit

WORDS_FORMAT = 2

_WORD = re.compile(r"\w+")
_LONGEST_WORD = 64
# More of one unit says nothing new about it.
_MOST_WORDS = 4_000


@dataclass(frozen=True, slots=True)
class UnitWords:
    """The words of a unit, with spaces between, in the fields that are weighed apart."""

    path: str
    name: str
    signature: str
    doc: str
    body: str

    def columns(self) -> tuple[str, ...]:
        """The fields in the order of the full-text table's columns."""
        columns: tuple[str, ...] = astuple(self)
        return columns


def unit_words(path: str, unit: Unit, lines: Sequence[str]) -> UnitWords:
    """The words of a unit; `lines` are all lines of its file."""
    doc = set(range(unit.doc.start, unit.doc.end + 1)) if unit.doc else set()
    shown = [number for part in unit.shown for number in range(part.start, part.end + 1)]
    return UnitWords(
        path=" ".join(words_of(path)),
        name=" ".join(words_of(unit.name)),
        signature=" ".join(words_of(unit.signature)),
        doc=" ".join(words_of("\n".join(lines[number - 1] for number in shown if number in doc))),
        body=" ".join(words_of("\n".join(lines[number - 1] for number in shown if number not in doc))),
    )


def words_of(text: str) -> list[str]:
    """The words of a text in small letters: parts of identifiers, then those identifiers that have parts."""
    found = [word for word in _WORD.findall(text) if len(word) <= _LONGEST_WORD][:_MOST_WORDS]
    parts: list[str] = []
    whole: list[str] = []
    for word in found:
        pieces = split_identifier(word)
        parts.extend(pieces)
        if len(pieces) > 1:
            whole.append(word)
    return [word.lower() for word in (*parts, *whole)]
