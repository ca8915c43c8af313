"""The student dual encoder: text in, unit vectors out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
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

# What a model gives: one vector a text, and one a token of it.
VECTOR, TOKENS = OUTPUTS = ("vector", "tokens")


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
        sequences = self._passage_ids(texts)
        vectors = np.zeros((len(sequences), self.manifest.dimensions), dtype=np.float32)
        for rows, found in self._run(self._passage_model, sequences, VECTOR):
            vectors[rows] = found
        return vectors

    def encode_query(self, query: str) -> Vectors:
        """The query's unit vector, float32 [dimensions]."""
        ((_, found),) = self._run(self._query_model, [self._query_ids(query)], VECTOR)
        vector: Vectors = found[0]
        return vector

    def passage_tokens(self, texts: Sequence[str]) -> list[Vectors]:
        """Each text's words as unit vectors, float32 [words, dimensions], markers left out."""
        sequences = self._passage_ids(texts)
        tokens: dict[int, Vectors] = {}
        for rows, found in self._run(self._passage_model, sequences, TOKENS):
            tokens.update({row: found[i, 1 : len(sequences[row]) - 1] for i, row in enumerate(rows)})
        return [tokens[row] for row in range(len(sequences))]

    def query_tokens(self, query: str) -> Vectors:
        """The query's words as unit vectors, float32 [words, dimensions], markers left out."""
        ids = self._query_ids(query)
        ((_, found),) = self._run(self._query_model, [ids], TOKENS)
        tokens: Vectors = found[0, 1 : len(ids) - 1]
        return tokens

    def _passage_ids(self, texts: Sequence[str]) -> list[list[int]]:
        return [each.ids for each in self._passages.encode_batch(list(texts))]

    def _query_ids(self, query: str) -> list[int]:
        ids: list[int] = self._queries.encode(query_text(query)).ids
        return ids

    def _run(
        self, model: Path, sequences: list[list[int]], output: str
    ) -> Iterator[tuple[list[int], NDArray[np.float32]]]:
        """An output of a model for token ids, in batches: the rows that it is of, and itself."""
        if sequences and model.name not in self._models:
            self._models[model.name] = open_session(model, self.threads)
        for rows in batches_by_length(list(map(len, sequences))):
            ids, mask = pad([sequences[row] for row in rows])
            inputs = {"input_ids": ids, "attention_mask": mask}
            yield rows, self._models[model.name].run([output], inputs)[0]
