"""Vectors in 8 bits a dimension, each with a scale of its own before it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

# How many bytes a packed vector has before its values.
SCALE_BYTES = 4
_LARGEST = 127
# Rows that are looked at together.
_AT_ONCE = 8_192
_MOST_OFF = 0.02


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


def are_sound(rows: NDArray[np.void]) -> bool:
    """Whether all are vectors as an encoder gives them: finite, of length 1 but for the rounding."""
    for start in range(0, len(rows), _AT_ONCE):
        some = rows[start : start + _AT_ONCE]
        with np.errstate(over="ignore", invalid="ignore"):
            lengths = np.linalg.norm(unpack(some), axis=1)
        # What is no number is near to nothing; a negative scale would turn a vector about.
        if not (np.all(np.abs(lengths - 1) < _MOST_OFF) and np.all(some["scale"] > 0)):
            return False
    return True


def cosines(
    rows: NDArray[np.void], vector: NDArray[np.float32], *, at_once: int = _AT_ONCE
) -> NDArray[np.float32]:
    """The products of the vectors in rows with another: float32 [rows]."""
    found = np.empty(len(rows), dtype=np.float32)
    for start in range(0, len(rows), at_once):
        some = rows[start : start + at_once]
        found[start : start + at_once] = (some["values"].astype(np.float32) @ vector) * some["scale"]
    return found
