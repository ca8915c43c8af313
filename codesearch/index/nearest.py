"""Nearest vectors, from a file beside the database, made from it and made again whenever in doubt.

In all but very large indexes all vectors are compared, out of a flat file. Those have an hnswlib graph
(Malkov and Yashunin, "Efficient and robust approximate nearest neighbor search using Hierarchical
Navigable Small World graphs", arXiv 1603.09320).
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Protocol
from zlib import crc32

import hnswlib
import numpy as np
from numpy.typing import NDArray

from codesearch.index.quantised import cosines, row_type
from codesearch.index.store import Store

# More vectors than these have a graph. Loading and comparing all takes no longer than loading the graph and
# searching it, both grow with the vectors, and the graph takes four times the memory.
MOST_COMPARED = 1_000_000
_CHECKSUM_BYTES = 4
# hnswlib's usual middle ground. Against exact search over 15,576 vectors it found 99.7 % of the
# nearest 100 (networkx, 200 of its own vectors as queries).
_LINKS = 16
_BUILD_WIDTH = 200
_LEAST_SEARCH_WIDTH = 200
# Vectors of deleted functions stay in the graph until they are this share of it.
_MOST_STALE = 0.2
_ADD_AT_ONCE = 10_000
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
    """What finds the nearest vectors in the store as it is now, its file brought up to date or made again
    if need be.

    A folder that cannot be written is no hindrance: what was made then lives in memory only.
    """
    stem = f"vectors-{store.meta('generation') or '0'}"
    count = store.count_vectors()
    if count <= most_compared:
        return _open_flat(store, folder, f"{stem}.flat", dimensions)
    return _open_graph(store, count, folder, f"{stem}.hnsw", dimensions, threads)


def _open_flat(store: Store, folder: Path, name: str, dimensions: int) -> Flat:
    form = np.dtype([("id", "<i8"), ("vector", row_type(dimensions))])
    rows = _load_flat(folder / name, form)
    if rows is None:
        ids = store.all_vector_ids()
        old = _load_flat(_newest(folder, "flat"), form)
        kept = old[np.isin(old["id"], ids)] if old is not None else np.zeros(0, dtype=form)
        known = set(kept["id"].tolist())
        missing = [each for each in ids if each not in known]
        added = np.zeros(len(missing), dtype=form)
        if missing:
            added["id"] = missing
            added["vector"] = store.packed_vectors(missing)
        rows = np.concatenate([kept, added])
        data = rows.tobytes()
        _save(folder / name, lambda path: path.write_bytes(_checksum(data) + data))
    return Flat(rows)


def _load_flat(path: Path | None, form: np.dtype[np.void]) -> NDArray[np.void] | None:
    """The rows in a file, None where there is none that can be read."""
    if path is None or not path.is_file():
        return None
    data = memoryview(path.read_bytes())
    checksum, rows = data[:_CHECKSUM_BYTES], data[_CHECKSUM_BYTES:]
    # Damaged, or for other weights: the caller makes it again.
    if len(rows) % form.itemsize or _checksum(rows) != checksum:
        return None
    return np.frombuffer(rows, dtype=form)


def _checksum(data: bytes | memoryview) -> bytes:
    return crc32(data).to_bytes(_CHECKSUM_BYTES, "little")


def _open_graph(store: Store, count: int, folder: Path, name: str, dimensions: int, threads: int) -> Graph:
    graph = _load_graph(folder / name, dimensions)
    if graph is None:
        graph = _load_graph(_newest(folder, "hnsw"), dimensions)
        graph = _updated(graph, store, store.all_vector_ids(), dimensions, threads)
        made = graph
        _save(folder / name, lambda path: made.save_index(os.fspath(path)))
    graph.set_num_threads(threads)
    return Graph(graph, graph.element_count - count)


def _load_graph(path: Path | None, dimensions: int) -> hnswlib.Index | None:
    """The graph in a file, None where there is none that can be read."""
    if path is None or not path.is_file():
        return None
    graph = hnswlib.Index(space="ip", dim=dimensions)
    try:
        graph.load_index(os.fspath(path))
    except RuntimeError:
        # Truncated or foreign: the caller makes it again.
        return None
    return graph


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


def _newest(folder: Path, suffix: str) -> Path | None:
    """The last written file of its kind, which was made for an earlier state of the store."""
    return max(folder.glob(f"vectors-*.{suffix}"), key=lambda each: each.stat().st_mtime_ns, default=None)


def _save(path: Path, write: Callable[[Path], object]) -> None:
    """Writes a file beside its final name, then moves it there, then removes older ones."""
    unfinished = path.with_suffix(f".{os.getpid()}.tmp")
    try:
        write(unfinished)
        os.chmod(unfinished, 0o600)
        os.replace(unfinished, path)
        for other in path.parent.glob("vectors-*"):
            if other != path and other.suffix != ".tmp":
                other.unlink(missing_ok=True)
    except (OSError, RuntimeError):
        # A full disk or a read-only folder: the next run makes it again.
        unfinished.unlink(missing_ok=True)
