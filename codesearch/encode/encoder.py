"""The student dual encoder: text in, unit vectors out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from codesearch.encode.manifest import MODEL, QUERY_MODEL, TOKENIZER, Manifest, read_manifest
from codesearch.encode.session import batches_by_length, open_session, open_tokenizer, pad
from codesearch.encode.text import query_text
from codesearch.errors import CodesearchError

if TYPE_CHECKING:
    from onnxruntime import InferenceSession
    from tokenizers import Tokenizer

Vectors = NDArray[np.float32]


class Encoder:
    """Encodes passages and queries with one set of weights.

    Queries may have a model of their own, larger because they are short and few: both give vectors of
    one space. A model is loaded when it is first needed; most queries find nothing to index.
    """

    def __init__(self, folder: Path, *, threads: int) -> None:
        """Opens the weights in a folder.

        Raises:
            CodesearchError: the folder does not hold usable weights; a model that is damaged is found
                when it is first used.

        """
        self.manifest: Manifest = read_manifest(folder)
        self.threads = threads
        self._models: dict[str, InferenceSession] = {}
        self._passage_model = folder / MODEL
        self._query_model = folder / (QUERY_MODEL if QUERY_MODEL in self.manifest.sha256 else MODEL)
        for model in (self._passage_model, self._query_model):
            if not model.is_file():
                raise CodesearchError(f"cannot load {model}: reinstall codesearch (it is missing)")
        self._passages: Tokenizer = open_tokenizer(
            folder / TOKENIZER, max_tokens=self.manifest.passage_tokens
        )
        self._queries: Tokenizer = open_tokenizer(folder / TOKENIZER, max_tokens=self.manifest.query_tokens)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors, float32 [texts, dimensions], in the order of the texts."""
        return self._encode(
            self._passage_model, [each.ids for each in self._passages.encode_batch(list(texts))]
        )

    def encode_query(self, query: str) -> Vectors:
        """The query's unit vector, float32 [dimensions]."""
        ids = self._queries.encode(query_text(query)).ids
        vector: Vectors = self._encode(self._query_model, [ids])[0]
        return vector

    def _encode(self, model: Path, sequences: list[list[int]]) -> Vectors:
        if sequences and model.name not in self._models:
            self._models[model.name] = open_session(model, self.threads)
        vectors = np.zeros((len(sequences), self.manifest.dimensions), dtype=np.float32)
        for rows in batches_by_length(list(map(len, sequences))):
            ids, mask = pad([sequences[row] for row in rows])
            vectors[rows] = self._models[model.name].run(None, {"input_ids": ids, "attention_mask": mask})[0]
        return vectors
