"""How fast and how large: whole processes on a real repository, and the encoder against the obvious way.

    python -m codesearch.evaluation.speed REPOSITORY [--threads 2] [--other WEIGHTS]

Times of processes are what a shell user waits; peak memory is the largest of the process. The obvious way
is sentence-transformers on torch with all-MiniLM-L6-v2 (extra `train`); it and other weights are compared in
the same run, so that ratios hold on a noisy machine. Takes four minutes for 1,000 functions on 2 cores. Needs
Linux or macOS.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from time import monotonic
from typing import Annotated, Any

import typer

from codesearch.encode.encoder import Encoder
from codesearch.encode.text import passage_texts
from codesearch.encode.weights import student_folder
from codesearch.evaluation.cases import own_cases
from codesearch.index.location import locate
from codesearch.index.open import open_index
from codesearch.parse.file import ParsedFile, parse_file, read_file
from codesearch.parse.source import Skip
from codesearch.search.mode import Rerank
from codesearch.search.models import load_models
from codesearch.search.search import Target, search, target
from codesearch.walk import walk

_QUESTION = "where are errors reported to the user"
_REPEATS = 7
# The slowest of the ways compared encodes a few of these a second.
_COMPARED_TEXTS = 256
_COMPARED_ROUNDS = 3
_TIMED_QUESTIONS = 20
_LIMIT = 10


@dataclass(frozen=True, slots=True)
class Cost:
    """What a finished process took: seconds of wall time and of processor time, peak memory in MB."""

    wall: float
    processor: float
    memory: float


# Runs and weighs one process from a small one: a large parent's memory would count as its child's.
_WEIGH = """
import json, os, subprocess, sys, time
started = time.monotonic()
process = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
_, status, usage = os.wait4(process.pid, 0)
scale = 1e6 if sys.platform == "darwin" else 1e3
figures = [time.monotonic() - started, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / scale]
print(json.dumps([os.waitstatus_to_exitcode(status), *figures]))
"""


def program(*arguments: str) -> list[str]:
    """The command line that runs codesearch as it is installed.

    Isolated: a module of the measured repository would else stand in for the library's of the same name, and
    a setting of the environment could keep Python from its compiled files.
    """
    return [sys.executable, "-I", "-m", "codesearch", *arguments]


def measure(command: list[str], cwd: Path, environment: Mapping[str, str]) -> Cost:
    """Runs a command once and waits for it.

    Raises:
        subprocess.CalledProcessError: it ended with an error (not: with no match).

    """
    weigh = [sys.executable, "-S", "-c", _WEIGH, *command]
    done = subprocess.run(weigh, cwd=cwd, env=environment, stdout=subprocess.PIPE, check=True)
    status, wall, processor, memory = json.loads(done.stdout)
    if status not in (0, 1):
        raise subprocess.CalledProcessError(status, command)
    return Cost(wall, processor, memory)


def median(costs: list[Cost]) -> Cost:
    """The median of each figure."""
    columns = zip(*((cost.wall, cost.processor, cost.memory) for cost in costs), strict=True)
    return Cost(*(statistics.median(column) for column in columns))


def compare_encoders(texts: list[str], threads: int, others: list[Path]) -> dict[str, float]:
    """Texts a second by each way of encoding them, the median of interleaved rounds."""
    ways: dict[str, Callable[[list[str]], Any]] = {
        "codesearch": Encoder(student_folder(), threads=threads).encode_passages
    }
    for folder in others:
        other = Encoder(folder, threads=threads)
        ways[f"{other.manifest.name}, as codesearch runs it"] = other.encode_passages
    ways.update(_obvious_ways(threads))
    rates: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(_COMPARED_ROUNDS):
        for name, encode in ways.items():
            started = monotonic()
            encode(texts)
            rates[name].append(len(texts) / (monotonic() - started))
    return {name: statistics.median(each) for name, each in rates.items()}


def _obvious_ways(threads: int) -> dict[str, Callable[[list[str]], Any]]:
    try:
        import torch
        from sentence_transformers import SentenceTransformer

        from codesearch.training.start import starting_checkpoint
    except ModuleNotFoundError:
        return {}
    torch.set_num_threads(threads)
    model = SentenceTransformer(os.fspath(starting_checkpoint()), device="cpu")
    model.max_seq_length = Encoder(student_folder(), threads=1).manifest.passage_tokens
    return {
        "sentence-transformers, batches of 32": lambda texts: model.encode(texts, batch_size=32),
        "sentence-transformers, one at a time": lambda texts: [model.encode(text) for text in texts],
    }


def time_stages(searched: Target, encoder: Encoder) -> dict[str, float]:
    """Milliseconds of a question in a program that is running, medians over the root's own questions."""
    models = load_models(threads=encoder.threads)
    stages: dict[str, Callable[[str], Any]] = {
        "its vector": encoder.encode_query,
        "first stage, vector included": lambda text: search(
            searched, models, text, limit=_LIMIT, mode=Rerank.NEVER
        ),
        "both stages": lambda text: search(searched, models, text, limit=_LIMIT, mode=Rerank.ALWAYS),
    }
    times: dict[str, list[float]] = {name: [] for name in stages}
    for case in own_cases(searched.location.root, most=_TIMED_QUESTIONS, seed=1):
        for name, stage in stages.items():
            started = monotonic()
            stage(case.query)
            times[name].append(1_000 * (monotonic() - started))
    return {name: statistics.median(each) for name, each in times.items() if each}


def _after_edits(files: list[Path], ask: Callable[[], Cost]) -> Cost:
    """What asking costs after a line was added to a file of middling size: a median, as the others."""
    edited = sorted(files, key=lambda file: file.stat().st_size)[len(files) // 2]
    costs: list[Cost] = []
    for number in range(_REPEATS):
        with edited.open("a", encoding="utf-8") as file:
            file.write(f"\nedited for time number {number}\n")
        costs.append(ask())
    return median(costs)


def texts_of(root: Path) -> tuple[list[str], int]:
    """Every text that an index of the folder encodes, and the size of the files that they are from."""
    texts: list[str] = []
    size = 0
    for file in walk(root):
        data = read_file(root, file.path)
        parsed = ParsedFile() if isinstance(data, Skip) else parse_file(file.path, data)
        if parsed.units:
            size += file.size
        path = PurePosixPath(file.path)
        texts.extend(text for unit in parsed.units for text in passage_texts(path, unit, parsed.lines))
    return texts, size


def main(
    repository: Annotated[Path, typer.Argument(help="A folder with code in it.")],
    threads: Annotated[int, typer.Option(help="The cores to use.")] = 2,
    other: Annotated[
        list[Path] | None, typer.Option(help="Weights to compare with; may be repeated.")
    ] = None,
) -> None:
    """Prints the measurements of one repository as a table."""
    home = Path(tempfile.mkdtemp())
    # A copy: a file of it will be edited.
    root = shutil.copytree(repository, home / "root", symlinks=True)
    location = locate(root, home / "indexes")
    cores = ("--threads", str(threads))
    environment = {**os.environ, "CODESEARCH_INDEX_DIR": os.fspath(home / "indexes")}

    def often(*arguments: str) -> Cost:
        return median([measure(program(*arguments), root, environment) for _ in range(_REPEATS)])

    try:
        texts, source = texts_of(root)
        build = measure(program("index", *cores), root, environment)
        encoder = Encoder(student_folder(), threads=threads)
        with open_index(location, encoder.manifest).store as store:
            stages = time_stages(target(location, store, encoder), encoder)
            files, units = store.counts()
            callables = store.count_callables()
            vectors = len(store.all_vector_ids())
            code = [root / path for path, file in store.files().items() if not file.skipped]
        again = often("index", *cores)
        query = often("query", _QUESTION, *cores)
        read = often("query", _QUESTION, "--rerank", "always", *cores)
        edited = _after_edits(code, lambda: measure(program("query", _QUESTION, *cores), root, environment))
        usage = often("--help")
        size = sum(path.stat().st_size for path in location.folder.iterdir())
    finally:
        shutil.rmtree(home)
    print(f"{files:,} files, {units:,} units ({callables:,} functions and methods), {vectors:,} vectors")
    print("\n| what | wall s | processor s | peak MB |\n| --- | --- | --- | --- |")
    for name, cost in (
        ("first index", build),
        ("index, nothing changed", again),
        ("query, nothing changed", query),
        ("the same with --rerank always", read),
        ("query after one file was edited", edited),
        ("--help", usage),
    ):
        print(f"| {name} | {cost.wall:.2f} | {cost.processor:.2f} | {cost.memory:.0f} |")
    print(f"\nfirst index: {units / build.wall:.0f} units/s, {vectors / build.wall:.0f} vectors/s")
    print(f"index {size / 1e6:.1f} MB, source {source / 1e6:.1f} MB, ratio {size / source:.1f}")
    print("\n| a question, in a running program | ms |\n| --- | --- |")
    for name, milliseconds in stages.items():
        print(f"| {name} | {milliseconds:.0f} |")
    step = max(1, len(texts) // _COMPARED_TEXTS)
    rates = compare_encoders(texts[::step][:_COMPARED_TEXTS], threads, other or [])
    print("\n| encoding | texts/s | ratio |\n| --- | --- | --- |")
    for name, rate in rates.items():
        print(f"| {name} | {rate:.0f} | {rate / rates['codesearch']:.2f} |")


if __name__ == "__main__":
    typer.run(main)
