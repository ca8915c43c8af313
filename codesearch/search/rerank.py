"""Rerank: the best candidates are read once more beside the query, and both scores weighed together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import PurePosixPath
from time import monotonic
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from codesearch.encode.text import passage_texts
from codesearch.search.mode import Rerank
from codesearch.search.question import Question
from codesearch.search.ranking import Ranking
from codesearch.search.result import Result

# What stands below these rarely is the answer, and each costs its encoding.
MOST_READ = 20
# A long unit is read in its first windows.
_WINDOWS = 3
# So many are read between two looks at the clock.
_AT_ONCE = 5
_SECONDS = 0.3


class Reader(Protocol):
    """Scores passages for a query, float32 [passages], having seen both."""

    def scores(self, query: str, passages: Sequence[str]) -> NDArray[np.float32]:
        """The scores: higher is better, comparable within one query."""


def rerank(
    reader: Reader, ranking: Ranking, question: Question, results: Sequence[Result], mode: Rerank
) -> list[Result]:
    """The results by the first stage's score and the reader's together, best first.

    Those that there was no time for get the mean of the others' second scores.
    """
    weight = ranking.reread
    if mode is Rerank.AUTO and is_clear(ranking, question, results):
        return list(results)
    began = monotonic()
    scores: list[float] = []
    for start in range(0, len(results), _AT_ONCE):
        if scores and mode is Rerank.AUTO and monotonic() - began > _SECONDS:
            break
        scores.extend(second_scores(reader, question.text, results[start : start + _AT_ONCE]))
    mean = sum(scores) / max(len(scores), 1)
    read = [as_read(ranking, result, score) for result, score in zip(results, scores, strict=False)]
    unread = [_with_part(result, weight * mean) for result in results[len(scores) :]]
    return sorted([*read, *unread], key=lambda result: -result.why.score)


def as_read(ranking: Ranking, result: Result, score: float) -> Result:
    """A result with the reader's score weighed in, and the probability that follows from it."""
    evidence = replace(result.why.evidence, read=score)
    read = _with_part(result, ranking.reread * score)
    why = replace(read.why, evidence=evidence)
    return replace(read, why=why, score=ranking.probability(evidence))


def is_clear(ranking: Ranking, question: Question, results: Sequence[Result]) -> bool:
    """Whether reading can hardly change what comes first: one result, a symbol's definition, a long lead."""
    if len(results) < 2:
        return True
    first, second = results[0].why, results[1].why
    if question.is_symbol and "exact" in dict(first.parts):
        return True
    return first.score - second.score > ranking.lead


def second_scores(reader: Reader, query: str, results: Sequence[Result]) -> list[float]:
    """The reader's score of each result's best window; the least of all for one that has no text."""
    texts: list[str] = []
    owners: list[int] = []
    for number, result in enumerate(results):
        windows = passage_texts(PurePosixPath(result.path), result.unit, result.file_lines)[:_WINDOWS]
        texts.extend(windows)
        owners.extend([number] * len(windows))
    scores = reader.scores(query, texts).tolist()
    lowest = min(scores, default=0.0)
    best = [lowest] * len(results)
    for owner, score in zip(owners, scores, strict=True):
        best[owner] = max(best[owner], score)
    return best


def _with_part(result: Result, part: float) -> Result:
    why = result.why
    return replace(result, why=replace(why, parts=(*why.parts, ("reread", part)), score=why.score + part))
