"""Recall: from all units of an index to the few that may answer, by meaning and by words."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import islice
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from codesearch.index.nearest import Nearest
from codesearch.index.store import Store
from codesearch.index.stored import StoredUnit
from codesearch.search.mentions import Mention
from codesearch.search.question import Question

# How much a word counts in each field of the lexical index: path, name, signature, doc, body.
FIELD_WEIGHTS = (2.0, 4.0, 1.5, 1.5, 1.0)

# Of no more units than these all vectors are read; of more, it is faster to look among the nearest of all.
_FEW = 2_000
_FACTOR = 8


@dataclass(frozen=True, slots=True)
class Candidate:
    """A recalled unit.

    `dense` is the cosine of the query and the unit's best window, `lexical` the unit's BM25, 0 where it
    shares no word with the query, and `covered` the part of the query's words that it has, each counting
    for as much as it is rare in the index. `mention` is where the query names it, None where it does not.
    """

    stored: StoredUnit
    dense: float
    lexical: float
    covered: float
    mention: Mention | None = None


@dataclass(frozen=True, slots=True)
class Recalled:
    """What recall brings up: candidates, in the order of their files and lines, and what each of the
    question's words is worth: the logarithm of how many units there are to each that has it.
    """

    candidates: tuple[Candidate, ...]
    worth: Mapping[str, float]


def recall(
    store: Store,
    nearest: Callable[[], Nearest],
    question: Question,
    vector: NDArray[np.float32],
    *,
    depth: int,
    only: Iterable[int] | None,
    mentions: Mapping[int, Mention] = MappingProxyType({}),
) -> Recalled:
    """The units nearest to a query's vector, those that share the most with its words, those that it names.

    Every one comes with both scores, whichever side brought it up.

    Args:
        store: the index's database.
        nearest: finds the nearest vectors; not asked where `only` leaves few units, as all are compared then.
        question: what is looked for.
        vector: the query's unit vector, float32 [dimensions].
        depth: how many units each side brings up, about.
        only: the units to look among; all where None.
        mentions: the units that the query names by their places.

    """
    allowed = None if only is None else frozenset(only)
    named = [unit for unit in mentions if allowed is None or unit in allowed]
    near = _dense(store, nearest, vector, depth, allowed)
    near.update(_exact(store, [unit for unit in named if unit not in near], vector))
    near.update(dict.fromkeys((unit for unit in named if unit not in near), 0.0))
    # A filter must not empty the results, so what it leaves out is not counted.
    hits = store.lexical(question.words, FIELD_WEIGHTS, limit=depth if allowed is None else -1)
    worded = dict(islice((hit for hit in hits if allowed is None or hit[0] in allowed), depth))
    units = frozenset((*near, *worded))
    missing = [unit for unit in near if unit not in worded]
    worded.update(store.lexical(question.words, FIELD_WEIGHTS, among=missing))
    near.update(_exact(store, [unit for unit in units if unit not in near], vector))
    worth, holders = _worth(store, question)
    whole = max(sum(worth.values()), 1e-6)
    covered: dict[int, float] = {}
    for word, having in holders.items():
        for unit in units.intersection(having):
            covered[unit] = covered.get(unit, 0.0) + worth[word] / whole
    found = [
        Candidate(
            stored,
            near.get(stored.id, 0.0),
            worded.get(stored.id, 0.0),
            covered.get(stored.id, 0.0),
            mentions.get(stored.id),
        )
        for stored in store.units(sorted(units))
    ]
    # In an order that says nothing of them, since ranking leaves what it finds equal as it is.
    found.sort(key=lambda each: (each.stored.path, each.stored.unit.line))
    return Recalled(tuple(found), worth)


def _dense(
    store: Store,
    nearest: Callable[[], Nearest],
    vector: NDArray[np.float32],
    depth: int,
    allowed: frozenset[int] | None,
) -> dict[int, float]:
    """The nearest units and their cosines."""
    if allowed is None:
        hits = dict(nearest().search(vector, depth))
        return _best(store.passages_of_vectors(list(hits)), hits)
    scores = _exact(store, sorted(allowed), vector) if len(allowed) <= _FEW else {}
    if len(allowed) > _FEW:
        # The nearest of all, more and more of them, until enough are allowed.
        count, total = 0, store.count_vectors()
        while len(scores) < depth and count < total:
            count = _FACTOR * max(count, depth)
            hits = dict(nearest().search(vector, count))
            passages = store.passages_of_vectors(list(hits))
            scores = _best((each for each in passages if each[1] in allowed), hits)
    return dict(sorted(scores.items(), key=lambda each: -each[1])[:depth])


def _worth(store: Store, question: Question) -> tuple[dict[str, float], dict[str, list[int]]]:
    """What each of the question's words is worth, most where no unit has it, and which units have it."""
    (_, total) = store.counts()
    holders = {word: store.holders(word) for word in question.content}
    worth = {
        word: math.log((max(total, len(having)) + 1.0) / (len(having) + 0.5))
        for word, having in holders.items()
    }
    return worth, holders


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
