"""Recall: from all units of an index to the few that may answer, by meaning and by words."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from codesearch.index.nearest import open_nearest
from codesearch.index.store import Store
from codesearch.index.stored import StoredUnit
from codesearch.search.question import Question

# How much a word counts in each field of the lexical index: path, name, signature, doc, body.
FIELD_WEIGHTS = (2.0, 4.0, 1.5, 1.5, 1.0)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A recalled unit.

    `dense` is the cosine of the query and the unit's best window, `lexical` the unit's BM25, 0 where it
    shares no word with the query, and `covered` the part of the query's words that it has, each counting
    for as much as it is rare in the index.
    """

    stored: StoredUnit
    dense: float
    lexical: float
    covered: float


def recall(
    store: Store,
    folder: Path,
    question: Question,
    vector: NDArray[np.float32],
    *,
    depth: int,
    only: Iterable[int] | None,
    threads: int,
) -> list[Candidate]:
    """The units nearest to a query's vector and those that share the most with its words.

    Every one comes with both scores, whichever side brought it up. Best first by the cosine.

    Args:
        store: the index's database.
        folder: where the hnswlib file lies.
        question: what is looked for.
        vector: the query's unit vector, float32 [dimensions].
        depth: how many units each side brings up, about.
        only: the units to look among; all where None.
        threads: the cores to use.

    """
    allowed = None if only is None else frozenset(only)
    near = _dense(store, folder, vector, depth, allowed, threads)
    # A filter must not empty the results, so what it leaves out is not counted.
    limit = depth if allowed is None else -1
    worded = dict(store.lexical(question.words, FIELD_WEIGHTS, limit=limit))
    if allowed is not None:
        kept = [(unit, score) for unit, score in worded.items() if unit in allowed]
        worded = dict(kept[:depth])
    units = {*near, *worded}
    missing = [unit for unit in near if unit not in worded]
    worded.update(store.lexical(question.words, FIELD_WEIGHTS, among=missing))
    near.update(_exact(store, [unit for unit in units if unit not in near], vector))
    covered = _covered(store, question, sorted(units))
    found = [
        Candidate(stored, near.get(stored.id, 0.0), worded.get(stored.id, 0.0), covered.get(stored.id, 0.0))
        for stored in store.units(sorted(units))
    ]
    return sorted(found, key=lambda each: (-each.dense, each.stored.path, each.stored.unit.line))


def _dense(
    store: Store,
    folder: Path,
    vector: NDArray[np.float32],
    depth: int,
    allowed: frozenset[int] | None,
    threads: int,
) -> dict[int, float]:
    """The nearest units and their cosines."""
    if allowed is not None:
        scores = _exact(store, sorted(allowed), vector)
        return dict(sorted(scores.items(), key=lambda each: -each[1])[:depth])
    hits = dict(open_nearest(store, folder, len(vector), threads=threads).search(vector, depth))
    return _best(store.passages_of_vectors(list(hits)), hits)


def _covered(store: Store, question: Question, units: list[int]) -> dict[int, float]:
    """For each unit the part of the question's content that it has, rare words counting for more.

    A word counts the logarithm of how many units there are to each that has it; one that none has
    counts the most.
    """
    (_, total) = store.counts()
    wanted = frozenset(units)
    rarity: dict[str, float] = {}
    holders: dict[str, frozenset[int]] = {}
    for word in question.content:
        found = store.holders(word)
        rarity[word] = math.log((max(total, len(found)) + 1.0) / (len(found) + 0.5))
        holders[word] = wanted.intersection(found)
    whole = sum(rarity.values())
    covered: dict[int, float] = {}
    for word, having in holders.items():
        for unit in having:
            covered[unit] = covered.get(unit, 0.0) + rarity[word] / max(whole, 1e-6)
    return covered


def _exact(store: Store, units: list[int], vector: NDArray[np.float32]) -> dict[int, float]:
    """The cosine of each of the units that has a vector."""
    passages = store.passages_of_units(units)
    if not passages:
        return {}
    ids = sorted({vector_id for vector_id, _ in passages})
    return _best(passages, dict(zip(ids, (store.vectors(ids) @ vector).tolist(), strict=True)))


def _best(passages: Iterable[tuple[int, int]], scores: Mapping[int, float]) -> dict[int, float]:
    """Each unit's best score, from those of vectors; `passages` are (vector id, unit id)."""
    best: dict[int, float] = {}
    for vector_id, unit in passages:
        best[unit] = max(best.get(unit, -1.0), scores[vector_id])
    return best
