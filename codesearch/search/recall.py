"""Recall: from all units of an index to the few that may answer."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from codesearch.index.nearest import open_nearest
from codesearch.index.store import Store, StoredUnit


@dataclass(frozen=True, slots=True)
class Candidate:
    """A recalled unit and the cosine of the query and its best window."""

    stored: StoredUnit
    score: float


def recall(
    store: Store,
    folder: Path,
    vector: NDArray[np.float32],
    *,
    depth: int,
    below: str,
    threads: int,
) -> list[Candidate]:
    """The units nearest to a query's vector, best first, each once.

    Args:
        store: the index's database.
        folder: where the hnswlib file lies.
        vector: the query's unit vector, float32 [dimensions].
        depth: how many vectors are looked at.
        below: a path under the root that narrows the search to it; empty for everything.
        threads: the cores to use.

    """
    if below:
        hits = _exact(store, store.vector_ids_below(below), vector, depth)
    else:
        hits = open_nearest(store, folder, len(vector), threads=threads).search(vector, depth)
    scores = dict(hits)
    best: dict[int, Candidate] = {}
    for vector_id, stored in store.units_of_vectors(list(scores)):
        if below and not _is_below(stored.path, below):
            continue
        score = scores[vector_id]
        known = best.get(stored.id)
        if known is None or known.score < score:
            best[stored.id] = Candidate(stored, score)
    return sorted(best.values(), key=lambda each: (-each.score, each.stored.path, each.stored.unit.line))


def _exact(store: Store, ids: list[int], vector: NDArray[np.float32], depth: int) -> list[tuple[int, float]]:
    """The best of the given vectors, every one looked at: a filter must not empty the results."""
    if not ids:
        return []
    scores = store.vectors(ids) @ vector
    order = np.argsort(-scores)[:depth]
    return [(ids[row], float(scores[row])) for row in order]


def _is_below(path: str, folder: str) -> bool:
    return path == folder or path.startswith(f"{folder}/")
