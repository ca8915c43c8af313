"""Finding nearest vectors: all compared, out of a flat file, against an hnswlib graph.

    python -m codesearch.evaluation.nearest REPOSITORY [--vectors 50000] [--threads 2]

The vectors are those of the repository's index, made as many as asked for by copies with a little noise.
Loading counts, since a command that starts for each question must load.
"""

from __future__ import annotations

import statistics
import tempfile
from pathlib import Path
from time import monotonic
from typing import Annotated

import numpy as np
import typer
from numpy.typing import NDArray

from codesearch.encode.encoder import Encoder
from codesearch.encode.weights import student_folder
from codesearch.index.location import locate
from codesearch.index.nearest import open_nearest
from codesearch.index.open import open_index
from codesearch.index.quantised import pack
from codesearch.index.refresh import refresh
from codesearch.index.seal import write_seal
from codesearch.index.store import Store

_NOISE = 0.03
_COUNT = 200
_QUERIES = 20


def vectors_like(found: NDArray[np.float32], count: int, seed: int = 1) -> NDArray[np.float32]:
    """So many unit vectors, each near one of those found: float32 [count, dimensions]."""
    random = np.random.default_rng(seed)
    chosen = found[random.integers(0, len(found), count)]
    noisy = chosen + random.normal(scale=_NOISE, size=chosen.shape).astype(np.float32)
    vectors: NDArray[np.float32] = noisy / np.linalg.norm(noisy, axis=1, keepdims=True)
    return vectors


def main(
    repository: Annotated[Path, typer.Argument(help="A folder with code in it.")],
    vectors: Annotated[int, typer.Option(help="How many vectors.")] = 50_000,
    threads: Annotated[int, typer.Option(help="The cores to use.")] = 2,
) -> None:
    """Prints time to build, size, milliseconds to load and search, and what part of the nearest is found."""
    encoder = Encoder(student_folder(), threads=threads)
    dimensions = encoder.manifest.dimensions
    with tempfile.TemporaryDirectory() as home:
        location = locate(repository, Path(home))
        with open_index(location, encoder.manifest).store as store:
            refresh(location, store, encoder, lambda _: None, before_waiting=None)
            found = store.vectors(store.all_vector_ids())
    made = vectors_like(found, vectors + _QUERIES)
    with tempfile.TemporaryDirectory() as folder, Store(Path(folder)) as store:
        with store.transaction():
            for number, vector in enumerate(made[:vectors]):
                store.put_packed_vector(number.to_bytes(8, "little"), pack(vector))
        store.checkpoint()
        write_seal(Path(folder), store.fileno())
        exact: list[frozenset[int]] = []
        for name, most_compared in (("all compared", vectors), ("graph", 0)):
            began = monotonic()
            open_nearest(store, Path(folder), dimensions, threads=threads, most_compared=most_compared)
            built = monotonic() - began
            times: list[float] = []
            recalls: list[float] = []
            for number, query in enumerate(made[vectors:]):
                began = monotonic()
                opened = open_nearest(
                    store, Path(folder), dimensions, threads=threads, most_compared=most_compared
                )
                hits = frozenset(each for each, _ in opened.search(query, _COUNT))
                times.append(1_000 * (monotonic() - began))
                if len(exact) <= number:
                    exact.append(hits)
                recalls.append(len(hits & exact[number]) / _COUNT)
            size = sum(each.stat().st_size for each in Path(folder).glob("vectors-*"))
            print(
                f"{name}: built in {built:.2f} s, {size / vectors:.0f} bytes a vector, load and search"
                f" {statistics.median(times):.0f} ms, {statistics.mean(recalls):.3f} of the nearest {_COUNT}"
            )


if __name__ == "__main__":
    typer.run(main)
