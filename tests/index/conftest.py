"""What tests of the index share: the small repository's, not yet built."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from codesearch.encode.encoder import Encoder
from codesearch.index.location import Location
from codesearch.index.store import Store
from tests.index.indexed import opened


@pytest.fixture
def store(location: Location, encoder: Encoder) -> Iterator[Store]:
    """Its index, open and empty."""
    with opened(location, encoder) as store:
        yield store
