"""The student dual encoder: text in, unit vectors out."""

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

Vectors = NDArray[np.float32]


class Encoder:
    """Encodes passages and queries with one set of weights."""

    def __init__(self, folder: Path, *, threads: int) -> None:
        """Loads the weights in a folder.

        Raises:
            CodesearchError: the folder does not hold usable weights.

        """
        self.manifest: Manifest = read_manifest(folder)
        self.threads = threads
        self._session: InferenceSession = open_session(folder / MODEL, threads)
        self._passages: Tokenizer = open_tokenizer(
            folder / TOKENIZER, max_tokens=self.manifest.passage_tokens
        )
        self._queries: Tokenizer = open_tokenizer(folder / TOKENIZER, max_tokens=self.manifest.query_tokens)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors, float32 [texts, dimensions], in the order of the texts."""
        return self._encode([each.ids for each in self._passages.encode_batch(list(texts))])

    def encode_query(self, query: str) -> Vectors:
        """The query's unit vector, float32 [dimensions]."""
        vector: Vectors = self._encode([self._queries.encode(query_text(query)).ids])[0]
        return vector

    def _encode(self, sequences: list[list[int]]) -> Vectors:
        vectors = np.zeros((len(sequences), self.manifest.dimensions), dtype=np.float32)
        for rows in batches_by_length(list(map(len, sequences))):
            ids, mask = pad([sequences[row] for row in rows])
            vectors[rows] = self._session.run(None, {"input_ids": ids, "attention_mask": mask})[0]
        return vectors
