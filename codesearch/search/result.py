"""The nouns of the search room: what a query finds, and why."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from codesearch.parse.unit import Unit
from codesearch.search.mentions import Mention

# One word is shared by chance too often.
_ENOUGH_WORDS = 2


@dataclass(frozen=True, slots=True)
class Place:
    """A unit and its file, by the path relative to the root that was searched."""

    path: str
    unit: Unit


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for a unit by itself, whatever else was found.

    `dense` is its cosine with the query, `covered` the part of the query's words, each counting for as
    much as it is rare, that occur in it, `asked` and `exact` as in `FEATURES`, `read` the second stage's
    score, None where it was not read. `mention` is where the query names it, None where it does not.
    """

    dense: float
    covered: float
    asked: float
    exact: float
    read: float | None = None
    mention: Mention | None = None


@dataclass(frozen=True, slots=True)
class Why:
    """What put a result where it stands.

    `lexical` is its BM25. `parts` are what the first stage's `score` is
    the sum of, by the names in `FEATURES`, `place` for one that the query names, `together` for other hits
    in the file and `again` for better ones that stand before it. `lines` are the unit's lines that share the
    most with the query, best first, with the words that they share.
    """

    evidence: Evidence
    lexical: float
    parts: tuple[tuple[str, float], ...]
    score: float
    lines: tuple[tuple[int, tuple[str, ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class Result:
    """A unit that answers a query.

    `path` is relative to `root`, the folder that was searched. `file_lines` are all lines of the file as
    it is now. `score` is the probability, from 0 to 1, that it or one after it is what was asked for.
    `alike` are the places of other units with nearly the same lines, which this one stands for.
    """

    root: Path
    path: str
    language: str
    unit: Unit
    score: float
    file_lines: tuple[str, ...]
    why: Why
    alike: tuple[Place, ...] = ()

    @property
    def lines(self) -> tuple[str, ...]:
        """The lines of the unit's whole span."""
        return self.file_lines[self.unit.start_line - 1 : self.unit.end_line]

    @property
    def best_line(self) -> int:
        """Where to look first: the line that the query names, else the one that shares the most with it, if
        it shares two words or more and is no doc comment, which stands for the whole; else the name's line.
        """
        if self.why.evidence.mention:
            return self.why.evidence.mention.line
        doc = self.unit.doc
        for number, words in self.why.lines:
            if number == self.unit.line or (doc is not None and doc.start <= number <= doc.end):
                break
            if len(words) >= _ENOUGH_WORDS:
                return number
        return self.unit.line


@dataclass(frozen=True, slots=True)
class Answer:
    """What a query found: results, best first. `nearest` is the best one that was too unlikely to be
    shown, where no result was likely enough.
    """

    results: tuple[Result, ...]
    nearest: Result | None = None


def merged(answers: Iterable[Answer], limit: int) -> Answer:
    """Answers to one query from several places as one, by their scores."""
    found = list(answers)
    results = sorted((each for answer in found for each in answer.results), key=lambda each: -each.score)
    misses = [answer.nearest for answer in found if answer.nearest is not None]
    nearest = max(misses, key=lambda each: each.score, default=None)
    return Answer(tuple(results[:limit]), None if results else nearest)
