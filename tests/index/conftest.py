"""What tests of the index share: a small repository's, not yet built."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from codesearch.encode.encoder import Encoder
from codesearch.index.location import Location, locate
from codesearch.index.store import Store
from tests.index.indexed import opened


@pytest.fixture
def location(repository: Path, index_home: Path) -> Location:
    """The small repository's place."""
    return locate(repository, index_home)


@pytest.fixture
def store(location: Location, encoder: Encoder) -> Iterator[Store]:
    """Its index, open and empty."""
    with opened(location, encoder) as store:
        yield store
