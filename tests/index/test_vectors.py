"""The files of vectors beside the database follow it, and are made again where they are damaged."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from codesearch.encode.encoder import Encoder
from codesearch.index.location import Location
from codesearch.index.quantised import cosines, pack, rows_of, unpack
from tests.conftest import write_files
from tests.index.indexed import built, nearest_of, opened

# All vectors compared, and a graph.
SIZES = pytest.mark.parametrize("most_compared", [1_000, 0], ids=["flat", "graph"])


@SIZES
def test_the_nearest_follow_the_store(location: Location, encoder: Encoder, most_compared: int) -> None:
    """After an edit every vector of the store is its own nearest neighbour."""
    with opened(location, encoder) as store:
        built(location, encoder, store)
        nearest_of(location, store, encoder, most_compared)
        (location.root / "server/pool.go").unlink()
        write_files(location.root, {"new.py": "def parse_iban(text):\n    return text.strip()\n"})
        built(location, encoder, store)
        nearest = nearest_of(location, store, encoder, most_compared)
        for vector_id in store.all_vector_ids():
            found, score = nearest.search(store.vectors([vector_id])[0], 1)[0]
            assert found == vector_id
            assert score == pytest.approx(1, abs=5e-3)
        assert len(list(location.folder.glob("vectors-*"))) == 1


@SIZES
@pytest.mark.parametrize("damage", ["truncated", "garbage", "empty", "missing"])
def test_a_damaged_file_of_vectors_is_made_again(
    location: Location, encoder: Encoder, damage: str, most_compared: int
) -> None:
    with opened(location, encoder) as store:
        built(location, encoder, store)
        nearest_of(location, store, encoder, most_compared)
        (file,) = location.folder.glob("vectors-*")
        data = file.read_bytes()
        file.write_bytes({"truncated": data[: len(data) // 2], "garbage": b"\xff" * 5_000}.get(damage, b""))
        if damage == "missing":
            file.unlink()
        nearest = nearest_of(location, store, encoder, most_compared)
        ids = store.all_vector_ids()
        assert {found for found, _ in nearest.search(store.vectors(ids)[0], len(ids))} == set(ids)


@given(st.lists(st.floats(-1, 1, width=32), min_size=4, max_size=4), st.integers(1, 9))
def test_a_packed_vector_is_nearly_the_vector(values: list[float], copies: int) -> None:
    vector = np.array(values, dtype=np.float32)
    rows = rows_of([pack(vector)] * copies, 4)
    assert np.abs(unpack(rows) - vector).max() <= np.abs(vector).max() / 250 + 1e-9
    np.testing.assert_allclose(
        cosines(rows, np.ones(4, dtype=np.float32), at_once=2), unpack(rows).sum(axis=1), atol=1e-5
    )
