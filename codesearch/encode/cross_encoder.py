"""The cross-encoder: reads a query and a passage together and scores how well they belong."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from codesearch.encode.manifest import MODEL, TOKENIZER, Manifest, read_manifest
from codesearch.encode.session import batches_by_length, open_session, open_tokenizer, pad
from codesearch.encode.text import query_text

if TYPE_CHECKING:
    from onnxruntime import InferenceSession
    from tokenizers import Tokenizer


class CrossEncoder:
    """Scores passages for a query with one set of weights."""

    def __init__(self, folder: Path, *, threads: int) -> None:
        """Loads the weights in a folder.

        Raises:
            CodesearchError: the folder does not hold usable weights.

        """
        self.manifest: Manifest = read_manifest(folder)
        self._session: InferenceSession = open_session(folder / MODEL, threads)
        self._tokenizer: Tokenizer = open_tokenizer(
            folder / TOKENIZER, max_tokens=self.manifest.query_tokens + self.manifest.passage_tokens
        )

    def scores(self, query: str, passages: Sequence[str]) -> NDArray[np.float32]:
        """Raw scores, float32 [passages]: higher is better, comparable within one query only."""
        pairs = self._tokenizer.encode_batch([(query_text(query), passage) for passage in passages])
        scores = np.zeros(len(pairs), dtype=np.float32)
        for rows in batches_by_length([len(pair.ids) for pair in pairs]):
            ids, mask = pad([pairs[row].ids for row in rows])
            kinds, _ = pad([pairs[row].type_ids for row in rows])
            inputs = {"input_ids": ids, "attention_mask": mask, "token_type_ids": kinds}
            scores[rows] = self._session.run(None, inputs)[0].reshape(-1)
        return scores
