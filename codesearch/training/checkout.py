"""A checkout to ask questions about."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from codesearch.encode.encoder import Encoder
from codesearch.index.location import Location
from codesearch.index.open import open_index
from codesearch.index.refresh import refresh
from codesearch.search.search import Target, target


@contextmanager
def indexed(root: Path, encoder: Encoder) -> Iterator[Target]:
    """All files below an absolute root, to be searched; their index is thrown away afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        location = Location(root, Path(folder), is_repository=False)
        with open_index(location, encoder.manifest).store as store:
            refresh(location, store, encoder, lambda progress: None, before_waiting=None)
            yield target(location, store, encoder)
