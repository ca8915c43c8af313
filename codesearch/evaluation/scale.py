"""How an index grows: time, memory and size for very many functions.

    python -m codesearch.evaluation.scale REPOSITORY [--functions 200000] [--threads 2]

Makes a repository of so many functions out of a real one, by copies in which every definition has another
name, and indexes and asks it in processes of their own. A stand-in takes the encoder's place and gives
random vectors at once: what is measured is everything else. Takes some four minutes of
processor time and 1 GB of disk for 200,000 functions. Needs Linux or macOS.
"""

from __future__ import annotations

import json
import re
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, process_time
from typing import Annotated

import numpy as np
import typer

from codesearch.encode.encoder import Encoder, Vectors
from codesearch.encode.text import last_name
from codesearch.encode.weights import student_folder
from codesearch.index.build import find_changes
from codesearch.index.location import Location
from codesearch.index.open import open_index
from codesearch.index.refresh import refresh
from codesearch.parse.file import parse_file, read_file
from codesearch.parse.source import Skip
from codesearch.search.mode import Tests
from codesearch.search.models import Models
from codesearch.search.ranking import read_ranking
from codesearch.search.scope import EVERYTHING, Scope
from codesearch.search.search import search, target
from codesearch.walk import walk

_QUESTIONS = (
    "where are errors reported to the user",
    "shortest path between two nodes",
    "read the configuration",
    "convert an adjacency matrix",
    "retry with backoff",
)
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_SHORTEST_NAME = 3


class StandIn(Encoder):
    """Random unit vectors in place of an encoder's."""

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors, float32 [texts, dimensions]."""
        random = np.random.default_rng(len(texts))
        made = random.standard_normal((len(texts), self.manifest.dimensions), dtype=np.float32)
        vectors: Vectors = made / np.linalg.norm(made, axis=1, keepdims=True)
        return vectors

    def encode_query(self, query: str) -> Vectors:
        """A unit vector, float32 [dimensions]."""
        vector: Vectors = self.encode_passages([query])[0]
        return vector


def make_repository(source: Path, root: Path, functions: int) -> tuple[int, int]:
    """Writes a repository of at least so many functions. Returns how many functions and files it has."""
    made = files = 0
    for copy, (path, text, names, callables) in _copies(source):
        if made >= functions:
            break
        new = root / f"part_{copy}" / path
        new.parent.mkdir(parents=True, exist_ok=True)
        letters = "".join(_LETTERS[copy // 26**place % 26] for place in range(3))
        new.write_bytes(names.sub(rf"\g<0>_{letters}", text).encode("utf-8", "replace"))
        made, files = made + callables, files + 1
    return made, files


def _copies(source: Path) -> Iterator[tuple[int, tuple[str, str, re.Pattern[str], int]]]:
    """The files of a repository again and again: path, text, the names defined in it, number of functions."""
    found: list[tuple[str, str, re.Pattern[str], int]] = []
    for file in walk(source):
        data = read_file(source, file.path)
        parsed = None if isinstance(data, Skip) else parse_file(file.path, data)
        if parsed is not None and parsed.units:
            names = {last_name(unit.name) for unit in parsed.units}
            wanted = "|".join(sorted(re.escape(each) for each in names if len(each) > _SHORTEST_NAME))
            pattern = re.compile(rf"\b(?:{wanted or 'nothing'})\b")
            callables = sum(unit.kind.is_callable for unit in parsed.units)
            found.append((file.path, "\n".join(parsed.lines), pattern, callables))
    copy = 0
    while any(callables for _, _, _, callables in found):
        yield from ((copy, each) for each in found)
        copy += 1


def _index(location: Location, encoder: Encoder) -> dict[str, float]:
    began, used = monotonic(), process_time()
    with open_index(location, encoder.manifest).store as store:
        refresh(location, store, encoder, lambda _: None, before_waiting=None)
        files, units = store.counts()
        vectors = store.count_vectors()
    workers = resource.getrusage(resource.RUSAGE_CHILDREN)
    return {
        "files": files,
        "units": units,
        "vectors": vectors,
        "seconds": monotonic() - began,
        "processor seconds": process_time() - used,
        "workers' processor seconds": workers.ru_utime + workers.ru_stime,
        "workers' peak MB": _megabytes(workers.ru_maxrss),
        "index MB": sum(each.stat().st_size for each in location.folder.iterdir()) / 1e6,
    }


def _ask(location: Location, encoder: Encoder) -> dict[str, float]:
    models = Models(encoder, read_ranking(student_folder()))
    times: dict[str, float] = {}

    @contextmanager
    def timed(name: str, count: int = 1) -> Iterator[None]:
        began, used = monotonic(), process_time()
        yield
        times[f"{name} ms"] = 1_000 * (monotonic() - began) / count
        times[f"{name} processor ms"] = 1_000 * (process_time() - used) / count

    with timed("open"):
        opened = open_index(location, encoder.manifest)
    with opened.store as store:
        with timed("look for changes"):
            assert find_changes(location.root, store).is_empty
        searched = target(location, store, encoder)
        with timed("load vectors"):
            searched.nearest()
        for name, scope in (("question", EVERYTHING), ("question without tests", Scope(tests=Tests.NO))):
            with timed(name, len(_QUESTIONS)):
                for question in _QUESTIONS:
                    search(searched, models, question, limit=10, scope=scope)
    return times


_STAGES: dict[str, Callable[[Location, Encoder], dict[str, float]]] = {"index": _index, "query": _ask}


def _peak() -> float:
    """The most memory that this process has had, in MB."""
    return _megabytes(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)


def _megabytes(most: int) -> float:
    return most / (1e6 if sys.platform == "darwin" else 1e3)


def main(
    repository: Annotated[Path, typer.Argument(help="A folder with code in it.")],
    functions: Annotated[int, typer.Option(help="How many functions.")] = 200_000,
    threads: Annotated[int, typer.Option(help="The cores to use.")] = 2,
    stage: Annotated[str, typer.Option(hidden=True)] = "",
) -> None:
    """Prints what indexing and asking so many functions takes."""
    if stage:
        location = Location(repository / "source", repository / "index", is_repository=True)
        figures = _STAGES[stage](location, StandIn(student_folder(), threads=threads))
        print(json.dumps({**figures, "peak MB": _peak()}))
        return
    with tempfile.TemporaryDirectory() as folder:
        made, files = make_repository(repository, Path(folder) / "source", functions)
        print(f"{made:,} functions in {files:,} files")
        for name in _STAGES:
            command = [sys.executable, "-m", __spec__.name, folder, "--threads", str(threads)]
            done = subprocess.run([*command, "--stage", name], check=True, stdout=subprocess.PIPE)
            figures = json.loads(done.stdout)
            print(
                f"{name}: " + ", ".join(f"{key} {value:,.1f}" for key, value in figures.items()), flush=True
            )


if __name__ == "__main__":
    typer.run(main)
