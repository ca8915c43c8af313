"""The whole system's performance with a given dual encoder: recall, then the cross-encoder over the best.

The paper's choice of students goes by this and not by the dual encoder alone: what the cross-encoder
puts right need not be right before. Its scores do not depend on the student, so each pair is scored
once and remembered.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from codesearch.training.pools import Encode, Pool, best_passage, function_scores, mrr, passage_cosines, ranks

Score = Callable[[str, Sequence[str]], NDArray[np.float32]]


@dataclass(frozen=True, slots=True)
class Performance:
    """MRR@10 of the dual encoder alone and with the cross-encoder, mean over the sets of pools."""

    recalled: float
    reranked: float


@dataclass(frozen=True, slots=True)
class Ranked:
    """The rank of each query's answer, from 1, int64 [queries]: as recalled, and after the cross-encoder."""

    recalled: NDArray[np.int64]
    reranked: NDArray[np.int64]


class System:
    """Sets of pools to search in, and a cross-encoder; None leaves the dual encoder's order."""

    def __init__(
        self, pools: dict[str, list[Pool]], score: Score | None, *, depth: int = 10, cross_weight: float = 0.5
    ) -> None:
        self._pools = pools
        self._score = score
        self._depth = depth
        self._cross_weight = cross_weight
        self._known: dict[tuple[str, str], float] = {}

    def performance(self, encode_passages: Encode, encode_queries: Encode) -> Performance:
        """How the system does with this dual encoder."""
        found = self.ranks(encode_passages, encode_queries).values()
        return Performance(
            float(np.mean([mrr(each.recalled) for each in found])),
            float(np.mean([mrr(each.reranked) for each in found])),
        )

    def ranks(self, encode_passages: Encode, encode_queries: Encode) -> dict[str, Ranked]:
        """Where the answers stand with this dual encoder, by the name of the set of pools."""
        return {
            name: self._ranked(pools, encode_passages, encode_queries) for name, pools in self._pools.items()
        }

    def _ranked(self, pools: Sequence[Pool], encode_passages: Encode, encode_queries: Encode) -> Ranked:
        before: list[NDArray[np.int64]] = []
        after: list[NDArray[np.int64]] = []
        for pool in pools:
            cosines = passage_cosines(pool, encode_passages, encode_queries)
            before.append(ranks(function_scores(pool, cosines), pool.answers))
            after.append(ranks(self._reranked(pool, cosines), pool.answers))
        return Ranked(np.concatenate(before), np.concatenate(after))

    def _reranked(self, pool: Pool, cosines: NDArray[np.float32]) -> NDArray[np.float32]:
        """Functions' scores, with each query's best put in the order of both scores together.

        Of a function the cross-encoder reads the passage nearest to the query.
        """
        scores = function_scores(pool, cosines)
        if self._score is None:
            return scores
        found: NDArray[np.float32] = scores.copy()
        for row, query in enumerate(pool.queries):
            best = np.argsort(-scores[row], kind="stable")[: self._depth]
            crossed = self._cross(query, [best_passage(pool, cosines[row], i) for i in best])
            fused = self._cross_weight * _standard(crossed) + (1 - self._cross_weight) * _standard(
                scores[row, best]
            )
            # Above all others, in the new order.
            found[row, best] = scores[row].max() + 1.0 + np.argsort(np.argsort(fused))
        return found

    def _cross(self, query: str, passages: Sequence[str]) -> NDArray[np.float32]:
        assert self._score is not None
        missing = [passage for passage in passages if (query, passage) not in self._known]
        if missing:
            for passage, score in zip(missing, self._score(query, missing), strict=True):
                self._known[query, passage] = float(score)
        return np.fromiter((self._known[query, passage] for passage in passages), dtype=np.float32)


def _standard(scores: NDArray[np.float32]) -> NDArray[np.float32]:
    """Mean 0, deviation 1."""
    return np.asarray((scores - scores.mean()) / max(float(scores.std()), 1e-6), dtype=np.float32)
