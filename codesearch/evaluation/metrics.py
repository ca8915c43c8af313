"""How good a ranking is, by the ranks of what is relevant in it."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


def reciprocal_rank(ranks: Collection[int], depth: int = 10) -> float:
    """1/rank of the first relevant result, from 1; 0 where none stands within the depth."""
    best = min(ranks, default=depth + 1)
    return 1.0 / best if best <= depth else 0.0


def success(ranks: Collection[int], depth: int) -> float:
    """1 where a relevant result stands within the depth, else 0."""
    return float(min(ranks, default=depth + 1) <= depth)


def ndcg(ranks: Collection[int], relevant: int, depth: int = 10) -> float:
    """Normalised discounted cumulative gain with binary relevance (Jarvelin and Kekalainen 2002).

    Args:
        ranks: the ranks of the relevant ones that were found, from 1. Those that one result shows together
            have its rank in common, and count as one.
        relevant: how many relevant ones there are.
        depth: where the list ends.

    """
    shown = set(ranks)
    expected = relevant - (len(ranks) - len(shown))
    gain = sum(1.0 / math.log2(rank + 1) for rank in shown if rank <= depth)
    ideal = sum(1.0 / math.log2(rank + 1) for rank in range(1, min(expected, depth) + 1))
    return gain / ideal if ideal else 0.0


@dataclass(frozen=True, slots=True)
class Difference:
    """A system's mean minus another's on the same queries, and the middle 95 % of resampled ones."""

    mean: float
    low: float
    high: float


def paired_bootstrap(
    ours: Sequence[float], theirs: Sequence[float], *, samples: int = 10_000, seed: int = 1
) -> Difference:
    """How sure a difference of means is, by resampling queries (Efron 1979)."""
    differences: NDArray[np.float64] = np.asarray(ours, dtype=np.float64) - np.asarray(theirs)
    random = np.random.default_rng(seed)
    drawn = random.integers(0, len(differences), (samples, len(differences)))
    means = differences[drawn].mean(axis=1)
    low, high = np.quantile(means, [0.025, 0.975])
    return Difference(float(differences.mean()), float(low), float(high))


def means(rows: Mapping[str, Sequence[float]]) -> dict[str, float]:
    """The mean of each metric."""
    return {name: float(np.mean(values)) for name, values in rows.items()}
