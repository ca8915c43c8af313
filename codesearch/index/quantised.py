"""Vectors in 8 bits a dimension, each with a scale of its own before it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

# How many bytes a packed vector has before its values.
SCALE_BYTES = 4
_LARGEST = 127


def row_type(dimensions: int) -> np.dtype[np.void]:
    """The form of a packed vector: `scale` and `values`."""
    return np.dtype([("scale", "<f4"), ("values", np.int8, (dimensions,))])


def pack(vector: NDArray[np.float32]) -> bytes:
    """The bytes of a vector, 4 more than it has dimensions. Each component is off by 1/254 of the largest
    at most.
    """
    scale = np.float32(max(float(np.abs(vector).max()), 1e-12) / _LARGEST)
    values: NDArray[np.int8] = np.rint(vector / scale).astype(np.int8)
    return np.array(scale, dtype="<f4").tobytes() + values.tobytes()


def rows_of(packed: Sequence[bytes], dimensions: int) -> NDArray[np.void]:
    """Packed vectors as rows of `row_type`."""
    return np.frombuffer(b"".join(packed), dtype=row_type(dimensions))


def unpack(rows: NDArray[np.void]) -> NDArray[np.float32]:
    """The vectors in rows: float32 [rows, dimensions]."""
    vectors: NDArray[np.float32] = rows["values"].astype(np.float32) * rows["scale"][:, None]
    return vectors


def cosines(
    rows: NDArray[np.void], vector: NDArray[np.float32], *, at_once: int = 8_192
) -> NDArray[np.float32]:
    """The products of the vectors in rows with another: float32 [rows]."""
    found = np.empty(len(rows), dtype=np.float32)
    for start in range(0, len(rows), at_once):
        some = rows[start : start + at_once]
        found[start : start + at_once] = (some["values"].astype(np.float32) @ vector) * some["scale"]
    return found
