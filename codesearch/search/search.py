"""Query -> results: recall, fold, rerank."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import islice
from pathlib import Path

from codesearch.encode.cross_encoder import CrossEncoder
from codesearch.encode.encoder import Encoder
from codesearch.index.location import Location
from codesearch.index.store import Store
from codesearch.parse.file import lines_of_file
from codesearch.search.fold import fold
from codesearch.search.recall import Candidate, recall
from codesearch.search.rerank import rerank
from codesearch.search.result import Result

# Windows of one unit and overlapping units fall together, so more are recalled than are asked for.
_RECALL_FACTOR = 5
_LEAST_RECALLED = 100
# The cross-encoder reads this many at least, so that it can bring a good one up into a short list.
_LEAST_RERANKED = 20


def search(
    location: Location,
    store: Store,
    encoder: Encoder,
    cross_encoder: CrossEncoder | None,
    query: str,
    *,
    limit: int,
    below: str = "",
    threads: int = 1,
) -> list[Result]:
    """The units that answer a query, best first.

    Args:
        location: the root that is searched and where its index lies.
        store: the index.
        encoder: the dual encoder that the index was made with.
        cross_encoder: reranks the best candidates; None leaves recall's order.
        query: what is looked for, in words.
        limit: the most results to return.
        below: a path under the root that narrows the search to it; empty for everything.
        threads: the cores to use.

    """
    with store.snapshot():
        candidates = recall(
            store,
            location.folder,
            encoder.encode_query(query),
            depth=max(_LEAST_RECALLED, _RECALL_FACTOR * limit),
            below=below,
            threads=threads,
        )
    results = _readable(location.root, fold(candidates))
    if cross_encoder is None:
        return list(islice(results, limit))
    return rerank(cross_encoder, query, list(islice(results, max(_LEAST_RERANKED, limit))))[:limit]


def _readable(root: Path, candidates: Iterable[Candidate]) -> Iterator[Result]:
    """The candidates with their lines, without those whose file is no longer the one indexed."""

    @lru_cache(maxsize=None)
    def lines(path: str, digest: bytes) -> tuple[str, ...] | None:
        return lines_of_file(root, path, digest)

    for candidate in candidates:
        stored = candidate.stored
        file_lines = lines(stored.path, stored.digest)
        if file_lines is not None:
            yield Result(stored.path, stored.language, stored.unit, candidate.score, file_lines)
