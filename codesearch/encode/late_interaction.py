"""Late interaction: a query and a passage compared word by word, by the dual encoder's own token vectors.

A passage's score is the mean, over the words of the query, of the best cosine with a word of the passage
(ColBERT's MaxSim, arXiv 2004.12832, as a mean so that long and short queries compare). It costs a
passage's encoding, which is little with a small student, and no weights.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from codesearch.encode.encoder import Encoder


class LateInteraction:
    """Scores passages for a query with a dual encoder's weights."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder

    def scores(self, query: str, passages: Sequence[str]) -> NDArray[np.float32]:
        """From -1 to 1, float32 [passages]: higher is better."""
        asked = self._encoder.query_tokens(query)
        scores = np.zeros(len(passages), dtype=np.float32)
        if len(asked):
            for row, words in enumerate(self._encoder.passage_tokens(passages)):
                if len(words):
                    scores[row] = (asked @ words.T).max(axis=1).mean()
        return scores
