"""Repositories as pools to search in, and how well an encoder does there.

A pool holds all passages of a repository's functions. A function's score is that of its best passage,
as in the product.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from codesearch.training.corpus import Function, RepositoryCorpus
from codesearch.training.views import passages

Encode = Callable[[Sequence[str]], NDArray[np.float32]]


@dataclass(frozen=True, slots=True)
class Pool:
    """A repository's passages and queries. `owners` gives each passage's function, `answers` each
    query's, both as numbers of functions: int64 [passages] and [queries].
    """

    repository: str
    passages: tuple[str, ...]
    owners: NDArray[np.int64]
    queries: tuple[str, ...]
    kinds: tuple[str, ...]
    answers: NDArray[np.int64]


def make_pool(
    corpus: RepositoryCorpus, wanted: Callable[[str], bool], *, with_doc: bool, functions: int, queries: int
) -> Pool | None:
    """The pool of a repository's first functions and the queries of the wanted kinds, at most so many.

    None where there is no such query. Of functions with one name in one file the first stands for
    all: they are mostly one function at several revisions.
    """
    shown: dict[tuple[str, str], Function] = {}
    for each in corpus.functions:
        shown.setdefault((each.path, each.name), each)
    texts: list[str] = []
    owners: list[int] = []
    asked: list[tuple[str, str, int]] = []
    number = 0
    for function in list(shown.values())[:functions]:
        found = passages(function, with_doc=with_doc)
        if found:
            texts.extend(found)
            owners.extend([number] * len(found))
            asked.extend((q.text, q.kind, number) for q in function.queries if wanted(q.kind))
            number += 1
    # Evenly from the whole, so that no file is all of it.
    asked = asked[:: max(1, -(-len(asked) // queries))]
    if not asked:
        return None
    return Pool(
        repository=corpus.repository,
        passages=tuple(texts),
        owners=np.array(owners, dtype=np.int64),
        queries=tuple(text for text, _, _ in asked),
        kinds=tuple(kind for _, kind, _ in asked),
        answers=np.array([answer for _, _, answer in asked], dtype=np.int64),
    )


def function_scores(pool: Pool, passage_scores: NDArray[np.float32]) -> NDArray[np.float32]:
    """Scores of passages, float32 [queries, passages] -> of functions, float32 [queries, functions]."""
    starts = np.flatnonzero(np.r_[True, pool.owners[1:] != pool.owners[:-1]])
    best: NDArray[np.float32] = np.maximum.reduceat(passage_scores, starts, axis=1)
    return best


def best_passage(pool: Pool, scores: NDArray[np.float32], function: int) -> str:
    """The passage of a function that one query's scores, float32 [passages], are the highest for."""
    start, end = map(int, np.searchsorted(pool.owners, (function, function + 1)))
    return pool.passages[start + int(scores[start:end].argmax())]


def ranks(scores: NDArray[np.float32], answers: NDArray[np.int64]) -> NDArray[np.int64]:
    """The rank of each query's answer, from 1; a tie counts against it. int64 [queries]."""
    own = scores[np.arange(len(answers)), answers]
    rank: NDArray[np.int64] = (scores >= own[:, None]).sum(axis=1)
    return rank


def passage_cosines(pool: Pool, encode_passages: Encode, encode_queries: Encode) -> NDArray[np.float32]:
    """The cosine of each query with each passage, float32 [queries, passages]."""
    vectors = encode_passages(pool.passages)
    asked = encode_queries(pool.queries)
    cosines: NDArray[np.float32] = (asked @ vectors.T).astype(np.float32)
    return cosines


def dense_scores(pool: Pool, encode_passages: Encode, encode_queries: Encode) -> NDArray[np.float32]:
    """The cosine of each query with each function's best passage, float32 [queries, functions]."""
    return function_scores(pool, passage_cosines(pool, encode_passages, encode_queries))


def mrr(found: NDArray[np.int64], depth: int = 10) -> float:
    """The mean of 1/rank, counting zero beyond the depth."""
    return float(np.mean(np.where(found <= depth, 1.0 / found, 0.0)))


def mrr_over(pools: Sequence[Pool], encode_passages: Encode, encode_queries: Encode) -> dict[str, float]:
    """MRR@10 over all queries of the pools (`all`), and by kind."""
    found = [ranks(dense_scores(pool, encode_passages, encode_queries), pool.answers) for pool in pools]
    everything = np.concatenate(found)
    kinds = np.array([kind for pool in pools for kind in pool.kinds])
    by_kind = {kind: mrr(everything[kinds == kind]) for kind in sorted(set(kinds))}
    return {"all": mrr(everything), **by_kind}


def choice_over(
    sets: Mapping[str, Sequence[Pool]], encode_passages: Encode, encode_queries: Encode
) -> dict[str, float]:
    """MRR@10 on each set of pools, and `choice`, what models are chosen by: their plain mean."""
    found = {name: mrr_over(pools, encode_passages, encode_queries)["all"] for name, pools in sets.items()}
    return {**found, "choice": sum(found.values()) / max(1, len(found))}
