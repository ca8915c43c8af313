"""Nearest vectors, from a file beside the database, made from it and made again whenever in doubt.

The file's name has the name of the state of the database that it was made from, and a checksum is with it.

In all but very large indexes all vectors are compared, out of a flat file. Those have an hnswlib graph
(Malkov and Yashunin, "Efficient and robust approximate nearest neighbor search using Hierarchical
Navigable Small World graphs", arXiv 1603.09320).
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Protocol
from zlib import crc32

import hnswlib
import numpy as np
from numpy.typing import NDArray

from codesearch.index.quantised import cosines, row_type
from codesearch.index.seal import is_sealed, remove
from codesearch.index.store import Store

# More vectors than these have a graph. Loading and comparing all takes no longer than loading the graph and
# searching it, both grow with the vectors, and the graph takes four times the memory: this is as far as a
# question asked of a program that runs already gets its answer in a second or so.
MOST_COMPARED = 2_000_000
_CHECKSUM_BYTES = 4
# hnswlib's usual middle ground. Against exact search over 15,576 vectors it found 99.7 % of the
# nearest 100 (networkx, 200 of its own vectors as queries).
_LINKS = 16
_BUILD_WIDTH = 200
_LEAST_SEARCH_WIDTH = 200
# Vectors of deleted functions stay in the graph until they are this share of it.
_MOST_STALE = 0.2
_ADD_AT_ONCE = 10_000
_READ_AT_ONCE = 1 << 20
_SEED = 100


class Nearest(Protocol):
    """Finds the vectors of a store that are nearest to another."""

    def search(self, vector: NDArray[np.float32], count: int) -> list[tuple[int, float]]:
        """Up to `count` (vector id, cosine similarity) pairs, best first; some may be gone from the store."""


class Flat:
    """All vectors, compared one by one."""

    def __init__(self, rows: NDArray[np.void]) -> None:
        """Wraps rows of `id` and `vector` (a row of `codesearch.index.quantised`)."""
        self._rows = rows

    def search(self, vector: NDArray[np.float32], count: int) -> list[tuple[int, float]]:
        """Up to `count` (vector id, cosine similarity) pairs, best first."""
        scores = cosines(self._rows["vector"], vector)
        best = np.argsort(-scores, kind="stable")[:count]
        return list(zip(self._rows["id"][best].tolist(), scores[best].tolist(), strict=True))


class Graph:
    """An hnswlib graph over the vectors of a store, under their ids."""

    def __init__(self, graph: hnswlib.Index, stale: int) -> None:
        """Wraps a graph in which `stale` of the vectors are no longer in the store."""
        self._graph = graph
        self._stale = stale

    def search(self, vector: NDArray[np.float32], count: int) -> list[tuple[int, float]]:
        """Up to `count` (vector id, cosine similarity) pairs, best first, stale ids included."""
        total = self._graph.element_count
        wanted = min(count + min(self._stale, count), total)
        if not wanted:
            return []
        self._graph.set_ef(max(_LEAST_SEARCH_WIDTH, 2 * wanted))
        ids, distances = self._graph.knn_query(vector, k=wanted)
        return [
            (int(each), 1.0 - float(distance)) for each, distance in zip(ids[0], distances[0], strict=True)
        ]


def open_nearest(
    store: Store, folder: Path, dimensions: int, *, threads: int, most_compared: int = MOST_COMPARED
) -> Nearest:
    """What finds the nearest vectors in the store as it is now, its file made again if need be.

    While a build is at it, or where the folder cannot be written, what was made lives in memory only.
    """
    state = store.state()
    count = store.count_vectors()
    is_settled = is_sealed(folder)
    if count <= most_compared or not is_settled:
        return _open_flat(store, folder, f"vectors-{state}.flat", dimensions, keep=is_settled)
    return _open_graph(store, count, folder, state, dimensions, threads)


def _open_flat(store: Store, folder: Path, name: str, dimensions: int, *, keep: bool) -> Flat:
    form = np.dtype([("id", "<i8"), ("vector", row_type(dimensions))])
    rows = _load_flat(folder / name, form) if keep else None
    if rows is None:
        ids = store.all_vector_ids()
        rows = np.zeros(len(ids), dtype=form)
        if ids:
            rows["id"] = ids
            rows["vector"] = store.packed_vectors(ids)
        if keep:
            made = rows
            _save(folder, lambda path: _write_flat(path, made), lambda _: name)
    return Flat(rows)


def _write_flat(path: Path, rows: NDArray[np.void]) -> None:
    # As they lie in memory: a copy of all vectors may be half a gigabyte.
    data = rows.view(np.uint8).data
    with path.open("wb") as file:
        file.write(_checksum(data))
        file.write(data)


def _load_flat(path: Path, form: np.dtype[np.void]) -> NDArray[np.void] | None:
    """The rows in a file, None where there is none that can be read."""
    try:
        data = memoryview(path.read_bytes())
    except OSError:
        return None
    checksum, rows = data[:_CHECKSUM_BYTES], data[_CHECKSUM_BYTES:]
    # Damaged, or for other weights: the caller makes it again.
    if len(rows) % form.itemsize or _checksum(rows) != checksum:
        return None
    return np.frombuffer(rows, dtype=form)


def _checksum(data: bytes | memoryview) -> bytes:
    return crc32(data).to_bytes(_CHECKSUM_BYTES, "little")


def _open_graph(store: Store, count: int, folder: Path, state: str, dimensions: int, threads: int) -> Graph:
    graph = _load_graph(folder, f"vectors-{state}.", dimensions)
    if graph is None:
        # Ids of a database are never used twice, so what an earlier state of it had under an id holds.
        graph = _load_graph(folder, f"vectors-{state.rpartition('-')[0]}-", dimensions)
        made = graph = _updated(graph, store, store.all_vector_ids(), dimensions, threads)
        _save(
            folder,
            lambda path: made.save_index(os.fspath(path)),
            lambda path: f"vectors-{state}.{_file_checksum(path)}.hnsw",
        )
    graph.set_num_threads(threads)
    return Graph(graph, graph.element_count - count)


def _load_graph(folder: Path, start: str, dimensions: int) -> hnswlib.Index | None:
    """The graph in the newest file whose name starts so, None where there is none that can be read.

    hnswlib believes what it reads, so the file's checksum, which is in its name, is compared first.
    """
    graph = hnswlib.Index(space="ip", dim=dimensions)
    try:
        files = [path for path in folder.glob(f"{start}*.hnsw") if path.is_file()]
        path = max(files, key=lambda each: each.stat().st_mtime_ns, default=None)
        if path is None or path.suffixes[-2:-1] != [f".{_file_checksum(path)}"]:
            return None
        graph.load_index(os.fspath(path))
    except (OSError, RuntimeError):
        # Unreadable or foreign: the caller makes it again.
        return None
    return graph


def _file_checksum(path: Path) -> str:
    checksum = 0
    with path.open("rb") as file:
        while block := file.read(_READ_AT_ONCE):
            checksum = crc32(block, checksum)
    return f"{checksum:08x}"


def _updated(
    graph: hnswlib.Index | None, store: Store, ids: list[int], dimensions: int, threads: int
) -> hnswlib.Index:
    """A graph that holds the vectors with these ids, and at most a few stale ones besides."""
    known = set(graph.get_ids_list()) if graph is not None else set()
    missing = [each for each in ids if each not in known]
    stale = len(known) + len(missing) - len(ids)
    if graph is None or stale > _MOST_STALE * len(ids):
        graph = hnswlib.Index(space="ip", dim=dimensions)
        graph.init_index(
            max_elements=max(len(ids), 1), M=_LINKS, ef_construction=_BUILD_WIDTH, random_seed=_SEED
        )
        missing = ids
    elif missing:
        graph.resize_index(graph.element_count + len(missing))
    graph.set_num_threads(threads)
    for start in range(0, len(missing), _ADD_AT_ONCE):
        some = missing[start : start + _ADD_AT_ONCE]
        graph.add_items(store.vectors(some), some)
    return graph


def _save(folder: Path, write: Callable[[Path], object], name: Callable[[Path], str]) -> None:
    """Writes a file beside its final place, then moves it there, then removes all others of its kind."""
    unfinished = folder / f"vectors-{os.getpid()}.tmp"
    try:
        os.close(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
        write(unfinished)
        path = folder / name(unfinished)
        if path.is_dir():
            remove(path)
        os.replace(unfinished, path)
        for other in folder.glob("vectors-*"):
            if other != path:
                remove(other)
    except (OSError, RuntimeError):
        # A full disk or a read-only folder: the next run makes it again.
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)
