"""An index's vectors in a file: made in one place, of use in every other checkout of the same code.

The file holds vectors under the hashes of the texts that they were made from, and nothing else. Who takes it
in reads and parses the files that are there and looks up what else would have to be encoded; paths, lines and
words are never taken from it. A forged file can give wrong vectors, and so a wrong order of results.

One line of JSON, then rows in ascending order of their hashes, then the SHA-256 of all that.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from codesearch.encode.manifest import Manifest
from codesearch.errors import CodesearchError
from codesearch.index.quantised import are_sound, row_type
from codesearch.index.store import Store

_TYPE = "codesearch vectors"
_VERSION = 1
_DIGEST_BYTES = 16
# Four times the most functions that anybody is known to index, and 2 GB.
_MOST_ROWS = 5_000_000
_LONGEST_HEADER = 1_000
_READ_AT_ONCE = 1 << 20


class Carried:
    """The vectors of a file."""

    def __init__(self, rows: NDArray[np.void]) -> None:
        """Wraps rows of `digest`, ascending, and `vector` (a row of `codesearch.index.quantised`)."""
        self._rows = rows

    def __len__(self) -> int:
        return len(self._rows)

    def vectors(self, digests: Sequence[bytes]) -> dict[bytes, bytes]:
        """The packed vectors that are there, by the hash of their text."""
        if not (digests and len(self)):
            return {}
        known = self._rows["digest"]
        wanted = np.array(digests, dtype=known.dtype)
        at = np.minimum(np.searchsorted(known, wanted), len(known) - 1)
        return {
            digest: self._rows["vector"][row].tobytes()
            for digest, row, is_there in zip(digests, at, known[at] == wanted, strict=True)
            if is_there
        }


def export_vectors(store: Store, manifest: Manifest, file: BinaryIO) -> int:
    """Writes the vectors of an index to a file, the same bytes for the same vectors. Returns how many.

    Raises:
        OSError: the file cannot be written.

    """
    digest = hashlib.sha256()

    def write(data: bytes) -> None:
        digest.update(data)
        file.write(data)

    with store.snapshot():
        count = store.count_vectors()
        header = {
            "type": _TYPE,
            "version": _VERSION,
            "weights": manifest.fingerprint,
            "dimensions": manifest.dimensions,
            "count": count,
        }
        write(json.dumps(header).encode() + b"\n")
        for text, packed in store.vectors_by_text():
            write(text + packed)
    file.write(digest.digest())
    return count


@contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """A file to write that takes its place when all is written, and not before.

    Raises:
        OSError: the file cannot be written.

    """
    if path.exists() and not path.is_file():
        # A pipe or a device.
        with path.open("wb") as file:
            yield file
        return
    unfinished = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    try:
        with unfinished.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(unfinished, path)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise


def import_vectors(file: BinaryIO, manifest: Manifest) -> Carried:
    """The vectors of a file that `export_vectors` wrote; all of it is looked at before any is used.

    Raises:
        CodesearchError: the file is none, is damaged, or is of other weights.
        OSError: the file cannot be read.

    """
    line = file.readline(_LONGEST_HEADER)
    count = _count(line, manifest)
    form = np.dtype([("digest", f"S{_DIGEST_BYTES}"), ("vector", row_type(manifest.dimensions))])
    body = _read(file, count * form.itemsize)
    checksum = _read(file, hashlib.sha256().digest_size)
    if len(body) < count * form.itemsize:
        raise CodesearchError("it is cut short")
    digest = hashlib.sha256(line)
    digest.update(body)
    if digest.digest() != checksum or file.read(1):
        raise CodesearchError("it is damaged")
    rows = np.frombuffer(body, dtype=form)
    ascending = bool(np.all(rows["digest"][:-1] < rows["digest"][1:]))
    if not (ascending and are_sound(rows["vector"])):
        raise CodesearchError("what it holds are no vectors")
    return Carried(rows)


def _count(line: bytes, manifest: Manifest) -> int:
    """How many rows the first line says there are."""
    try:
        header = json.loads(line)
        if header["type"] != _TYPE:
            raise ValueError
        of = (header["version"], header["weights"], header["dimensions"])
        count = header["count"]
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise CodesearchError("it is no export of an index") from error
    if of[0] != _VERSION:
        raise CodesearchError("it was made by another version of codesearch")
    if of[1:] != (manifest.fingerprint, manifest.dimensions):
        raise CodesearchError("it was made with other weights")
    if type(count) is not int or not 0 <= count <= _MOST_ROWS:
        raise CodesearchError(f"it does not hold up to {_MOST_ROWS:,} vectors")
    return count


def _read(file: BinaryIO, size: int) -> bytearray:
    """Up to so many bytes, and no more memory than there are of them."""
    data = bytearray()
    while len(data) < size and (block := file.read(min(size - len(data), _READ_AT_ONCE))):
        data += block
    return data
