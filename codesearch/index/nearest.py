"""The hnswlib file: nearest vectors fast. Made from the database, and made again whenever in doubt.

hnswlib: Malkov and Yashunin, "Efficient and robust approximate nearest neighbor search using
Hierarchical Navigable Small World graphs", arXiv 1603.09320.
"""

from __future__ import annotations

import os
from pathlib import Path

import hnswlib
import numpy as np
from numpy.typing import NDArray

from codesearch.index.store import Store

# hnswlib's usual middle ground. Against exact search over 15,576 vectors it found 99.7 % of the
# nearest 100 (networkx, 200 of its own vectors as queries).
_LINKS = 16
_BUILD_WIDTH = 200
_LEAST_SEARCH_WIDTH = 200
# Vectors of deleted functions stay in the graph until they are this share of it.
_MOST_STALE = 0.2
_ADD_AT_ONCE = 10_000
_SEED = 100


class Nearest:
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


def open_nearest(store: Store, folder: Path, dimensions: int, *, threads: int) -> Nearest:
    """The graph for the store as it is now, brought up to date or made again if need be.

    A folder that cannot be written is no hindrance: the graph then lives in memory only.
    """
    generation = store.meta("generation") or "0"
    path = folder / f"vectors-{generation}.hnsw"
    ids = store.all_vector_ids()
    graph = _load(path, dimensions)
    if graph is not None:
        graph.set_num_threads(threads)
        return Nearest(graph, graph.element_count - len(ids))
    previous = max(folder.glob("vectors-*.hnsw"), key=lambda each: each.stat().st_mtime_ns, default=None)
    graph = _load(previous, dimensions) if previous is not None else None
    graph = _updated(graph, store, ids, dimensions, threads)
    _save(graph, path)
    return Nearest(graph, graph.element_count - len(ids))


def _load(path: Path | None, dimensions: int) -> hnswlib.Index | None:
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


def _save(graph: hnswlib.Index, path: Path) -> None:
    """Writes the graph beside its final name, then moves it there, then removes older ones."""
    unfinished = path.with_suffix(f".{os.getpid()}.tmp")
    try:
        graph.save_index(os.fspath(unfinished))
        os.chmod(unfinished, 0o600)
        os.replace(unfinished, path)
        for other in path.parent.glob("vectors-*.hnsw"):
            if other != path:
                other.unlink(missing_ok=True)
    except (OSError, RuntimeError):
        # A full disk or a read-only folder: the next run makes the graph again.
        unfinished.unlink(missing_ok=True)
