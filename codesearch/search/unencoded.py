"""Candidates that have no vectors yet, since the index is being made: the wordiest are encoded here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import PurePosixPath

import numpy as np
from numpy.typing import NDArray

from codesearch.encode.encoder import Encoder
from codesearch.encode.text import passage_texts
from codesearch.index.location import Location
from codesearch.index.store import Store
from codesearch.parse.file import lines_of_file
from codesearch.search.recall import Candidate

# Some 0.2 s beside a build that takes all cores.
_MOST_ENCODED = 24


def with_vectors(
    location: Location,
    store: Store,
    encoder: Encoder,
    candidates: Sequence[Candidate],
    vector: NDArray[np.float32],
) -> tuple[Candidate, ...]:
    """The candidates, those that words brought up from files without vectors compared with the query too.

    Ranking and probability weigh the meaning, so a unit without it would never be shown. Those that share
    fewer words keep a cosine of 0, the least.

    Args:
        location: where the candidates' files are.
        store: the index's database.
        encoder: makes the vectors.
        candidates: what recall brought up.
        vector: the query's unit vector, float32 [dimensions].

    """
    without = {each.id for each in store.units_to_encode([each.stored.id for each in candidates])}
    if not without:
        return tuple(candidates)
    wordiest = sorted(
        (each for each in candidates if each.stored.id in without), key=lambda each: -each.lexical
    )
    texts: list[tuple[int, str]] = []
    for each in wordiest[:_MOST_ENCODED]:
        stored = each.stored
        lines = lines_of_file(location.root, stored.path, stored.digest)
        if lines is not None:
            found = passage_texts(PurePosixPath(stored.path), stored.unit, lines)
            texts.extend((stored.id, text) for text in found)
    cosines: dict[int, float] = {}
    scores = (encoder.encode_passages([text for _, text in texts]) @ vector).tolist()
    for (unit, _), score in zip(texts, scores, strict=True):
        cosines[unit] = max(cosines.get(unit, -1.0), score)
    return tuple(replace(each, dense=cosines.get(each.stored.id, each.dense)) for each in candidates)
