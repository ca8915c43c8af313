"""The manifest beside a set of weights: what they are, and the hashes that prove it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path

from codesearch.errors import CodesearchError

MANIFEST = "manifest.json"
MODEL = "model.onnx"
# Encodes queries, where that is another model than the one for passages.
QUERY_MODEL = "query.onnx"
TOKENIZER = "tokenizer.json"
FILES = (MODEL, QUERY_MODEL, TOKENIZER)


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a folder of weights holds.

    `passage_tokens` and `query_tokens` are the longest inputs, markers included. `text_format` is
    the version of `codesearch.encode.text` that the weights were made for. `sha256` maps file names
    to their hashes.
    """

    name: str
    licence: str
    dimensions: int
    passage_tokens: int
    query_tokens: int
    text_format: int
    sha256: dict[str, str]

    @property
    def fingerprint(self) -> str:
        """A short hash that changes whenever vectors made with these weights would."""
        parts = [*sorted(self.sha256.values()), str(self.passage_tokens), str(self.text_format)]
        return hashlib.sha256(" ".join(parts).encode()).hexdigest()[:16]

    def verify(self, folder: Path) -> bool:
        """Whether the files in the folder are the ones that the manifest was written for."""
        return all(_sha256(folder / name) == digest for name, digest in self.sha256.items())


def read_manifest(folder: Path) -> Manifest:
    """The manifest in a folder of weights.

    Raises:
        CodesearchError: the manifest is missing or is not one.

    """
    path = folder / MANIFEST
    try:
        return Manifest(**json.loads(path.read_text("utf-8")))
    except (OSError, ValueError, TypeError) as error:
        raise CodesearchError(f"no usable weights at {folder}: reinstall codesearch ({error})") from error


def write_manifest(
    folder: Path,
    *,
    name: str,
    licence: str,
    dimensions: int,
    passage_tokens: int,
    query_tokens: int,
    text_format: int,
) -> Manifest:
    """Writes and returns the manifest for the models and the tokenizer that lie in the folder."""
    manifest = Manifest(
        name=name,
        licence=licence,
        dimensions=dimensions,
        passage_tokens=passage_tokens,
        query_tokens=query_tokens,
        text_format=text_format,
        sha256={each: _sha256(folder / each) for each in FILES if (folder / each).exists()},
    )
    (folder / MANIFEST).write_text(json.dumps(asdict(manifest), indent=2) + "\n", "utf-8")
    return manifest


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        digest = hashlib.sha256()
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()
