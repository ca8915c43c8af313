"""Query -> results: recall, rank, fold, rerank."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import accumulate, islice

from codesearch.encode.cross_encoder import CrossEncoder
from codesearch.encode.encoder import Encoder
from codesearch.index.location import Location
from codesearch.index.store import Store
from codesearch.parse.file import lines_of_file
from codesearch.search.fold import fold
from codesearch.search.question import Question, read_question
from codesearch.search.ranking import Ranked, Ranking, rank
from codesearch.search.recall import Candidate, recall
from codesearch.search.rerank import rerank
from codesearch.search.result import Result
from codesearch.search.scope import EVERYTHING, Scope, units_in

# Each side brings up this many, and more where more results are wanted.
_LEAST_RECALLED = 200
_RECALL_FACTOR = 5
# Where lines decide, what is recalled must hold enough that have them.
_READ_FACTOR = 10
# The cross-encoder reads this many at least, so that it can bring a good one up into a short list.
_LEAST_RERANKED = 20


@dataclass(frozen=True, slots=True)
class Models:
    """What a search thinks with. `cross_encoder` is None where nothing reranks."""

    encoder: Encoder
    ranking: Ranking
    cross_encoder: CrossEncoder | None = None


def search(
    location: Location,
    store: Store,
    models: Models,
    query: str,
    *,
    limit: int,
    scope: Scope = EVERYTHING,
    floor: float = 0.0,
) -> list[Result]:
    """The units that answer a query, best first.

    Args:
        location: the root that is searched and where its index lies.
        store: the index.
        models: the dual encoder that the index was made with, the ranking, the cross-encoder.
        query: what is looked for, in words.
        limit: the most results to return.
        scope: what the search is narrowed to.
        floor: the least probability of a result.

    """
    question = read_question(query)
    scope = replace(scope, literals=(*scope.literals, *question.literals))
    candidates = recalled(location, store, models, question, limit=limit, scope=scope)
    results = _readable(location, fold(rank(models.ranking, question, candidates)), scope)
    if models.cross_encoder is None:
        found = list(islice(results, limit))
    else:
        wanted = max(_LEAST_RERANKED, limit)
        found = rerank(models.cross_encoder, query, list(islice(results, wanted)))[:limit]
    return [each for each in _descending(found) if each.score >= floor]


def _descending(results: list[Result]) -> list[Result]:
    """The results with no score below a later one's: who reads from the top will come to that one too."""
    best = accumulate((each.score for each in reversed(results)), max)
    return [replace(each, score=score) for each, score in zip(results, reversed(list(best)), strict=True)]


def recalled(
    location: Location, store: Store, models: Models, question: Question, *, limit: int, scope: Scope
) -> list[Candidate]:
    """What recall brings up for a question."""
    depth = max(_LEAST_RECALLED, _RECALL_FACTOR * limit) * (_READ_FACTOR if scope.reads_lines else 1)
    with store.snapshot():
        return recall(
            store,
            location.folder,
            question,
            models.encoder.encode_query(question.text),
            depth=depth,
            only=units_in(scope, store) if scope.narrows_units else None,
            threads=models.encoder.threads,
        )


def _readable(location: Location, ranked: Iterable[Ranked], scope: Scope) -> Iterator[Result]:
    """The candidates with their lines, without those whose file is no longer the one indexed and those
    whose lines the scope does not hold.
    """

    @lru_cache(maxsize=None)
    def lines(path: str, digest: bytes) -> tuple[str, ...] | None:
        return lines_of_file(location.root, path, digest)

    for each in ranked:
        stored = each.candidate.stored
        file_lines = lines(stored.path, stored.digest)
        if file_lines is None:
            continue
        result = Result(stored.path, stored.language, stored.unit, each.probability, file_lines)
        if not scope.reads_lines or scope.holds_lines("\n".join(result.lines)):
            yield result
