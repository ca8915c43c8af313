"""Query -> answer: recall, rank, rerank, fold."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import accumulate, chain, islice

from codesearch.encode.encoder import Encoder
from codesearch.index.location import Location
from codesearch.index.nearest import Nearest, open_nearest
from codesearch.index.store import Store
from codesearch.parse.file import lines_of_file
from codesearch.search.fold import fold_alike
from codesearch.search.lines import telling_lines
from codesearch.search.mentions import mentioned
from codesearch.search.mode import Rerank
from codesearch.search.models import Models
from codesearch.search.question import Question, read_question
from codesearch.search.ranking import Ranked, rank
from codesearch.search.recall import Recalled, recall
from codesearch.search.rerank import rerank
from codesearch.search.result import Answer, Result, Why, merged
from codesearch.search.scope import EVERYTHING, Scope, units_in
from codesearch.search.unencoded import with_vectors

# Each side brings up this many, and more where more results are wanted.
_LEAST_RECALLED = 200
_RECALL_FACTOR = 5
# A score tells of so many results at least, whether they are shown or not.
_READ_ON = 10


@dataclass(frozen=True, slots=True)
class Target:
    """What is searched: a root with its index. `nearest` finds vectors, loaded when first asked."""

    location: Location
    store: Store
    nearest: Callable[[], Nearest]


def target(location: Location, store: Store, encoder: Encoder) -> Target:
    """The target of searches in an open index as it is now."""

    @lru_cache(maxsize=None)
    def nearest() -> Nearest:
        dimensions = encoder.manifest.dimensions
        return open_nearest(store, location.folder, dimensions, threads=encoder.threads)

    return Target(location, store, nearest)


def search(
    target: Target,
    models: Models,
    query: str | Question,
    *,
    limit: int,
    scope: Scope = EVERYTHING,
    floor: float | None = None,
    mode: Rerank = Rerank.NEVER,
) -> Answer:
    """The units that answer a query.

    Args:
        target: what is searched.
        models: the dual encoder that the index was made with, the ranking, the second stage.
        query: what is looked for, in words, read or not.
        limit: the most results to return.
        scope: what the search is narrowed to.
        floor: the least probability of a result; what the ranking was fitted with where None.
        mode: whether the best candidates are read once more.

    """
    question = read_question(query) if isinstance(query, str) else query
    scope = replace(scope, literals=(*scope.literals, *question.literals))
    found = recalled(target, models, question, limit=limit, scope=scope)
    results = _readable(target.location, rank(models.ranking, question, found.candidates))
    if models.reader is not None and mode is not Rerank.NEVER:
        read = rerank(models.reader, models.ranking, question, list(islice(results, models.most_read)), mode)
        results = chain(read, results)
    best = as_shown(results, limit)
    likely = tuple(
        _with_lines(each, found.worth)
        for each in best
        if each.score >= (models.ranking.least(each.why.evidence) if floor is None else floor)
    )
    return Answer(likely, None if likely else next(iter(best), None))


def search_all(
    targets: Iterable[tuple[Target, Scope]],
    models: Models,
    question: Question,
    *,
    limit: int,
    floor: float | None,
    mode: Rerank,
) -> Answer:
    """The units of several targets, each searched within its scope, that answer a question, as one answer."""
    return merged(
        (
            search(each, models, question, limit=limit, scope=scope, floor=floor, mode=mode)
            for each, scope in targets
        ),
        limit,
    )


def _with_lines(result: Result, worth: Mapping[str, float]) -> Result:
    """A result that knows which of its lines speak for it."""
    lines = telling_lines(result.unit, result.file_lines, worth)
    return replace(result, why=replace(result.why, lines=lines))


def as_shown(results: Iterable[Result], limit: int) -> list[Result]:
    """The first `limit` results, those alike as one, with no score below a later one's: who reads from the
    top will come to that one too. How many are wanted changes nothing of it, up to `_READ_ON`.
    """
    folded = fold_alike(results, max(limit, _READ_ON))
    best = accumulate((each.score for each in reversed(folded)), max)
    raised = zip(folded, reversed(list(best)), strict=True)
    return [replace(each, score=score) for each, score in islice(raised, limit)]


def recalled(target: Target, models: Models, question: Question, *, limit: int, scope: Scope) -> Recalled:
    """What recall brings up for a question."""
    vector = models.encoder.encode_query(question.text)
    with target.store.snapshot():
        found = recall(
            target.store,
            target.nearest,
            question,
            vector,
            depth=max(_LEAST_RECALLED, _RECALL_FACTOR * limit),
            only=units_in(scope, target.store, target.location.root) if scope.narrows else None,
            mentions=mentioned(question.frames, target.store, target.location.root),
        )
        candidates = with_vectors(target.location, target.store, models.encoder, found.candidates, vector)
        return replace(found, candidates=candidates)


def _readable(location: Location, ranked: Iterable[Ranked]) -> Iterator[Result]:
    """The candidates with their files' lines, without those whose file is no longer the one indexed."""

    @lru_cache(maxsize=None)
    def lines(path: str, digest: bytes) -> tuple[str, ...] | None:
        return lines_of_file(location.root, path, digest)

    for each in ranked:
        candidate = each.candidate
        stored = candidate.stored
        file_lines = lines(stored.path, stored.digest)
        if file_lines is not None:
            why = Why(evidence=each.evidence, lexical=candidate.lexical, parts=each.parts, score=each.score)
            yield Result(
                location.root, stored.path, stored.language, stored.unit, each.probability, file_lines, why
            )
