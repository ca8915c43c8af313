"""An encoder that costs nothing: every text has a vector of its own, given by the text's hash."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

import numpy as np

from codesearch.encode.encoder import Encoder, Vectors
from codesearch.encode.manifest import read_manifest
from codesearch.encode.weights import student_folder


class StandIn(Encoder):
    """Encodes with no model, under the bundled weights' name."""

    def __init__(self) -> None:
        self.manifest = read_manifest(student_folder())
        self.threads = 1

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """As many vectors of chance."""
        found = np.zeros((len(texts), self.manifest.dimensions), dtype=np.float32)
        for row, text in enumerate(texts):
            found[row] = self.encode_query(text)
        return found

    def encode_query(self, query: str) -> Vectors:
        """A vector of chance."""
        chance = np.random.default_rng(zlib.crc32(query.encode("utf-8", "surrogatepass")))
        vector: Vectors = chance.standard_normal(self.manifest.dimensions, dtype=np.float32)
        vector /= np.linalg.norm(vector)
        return vector
