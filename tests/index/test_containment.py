"""A file that crashes or stalls a parser costs itself, is named, and is not tried again until it changes."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from codesearch.encode.encoder import Encoder
from codesearch.index.build import Progress, Update
from codesearch.index.location import Location
from codesearch.index.read import Adapt, as_it_is
from codesearch.index.refresh import refresh
from codesearch.index.store import Store
from codesearch.index.workers import Worker
from codesearch.parse.source import Skip
from codesearch.parse.unit import Unit
from tests.conftest import FILES, linux_only, write_files

# Processor time that the processes here have for a file; a parse takes milliseconds.
SECONDS = 1.0


def dangerous(unit: Unit) -> Unit:
    """Where parsing happens, does what a broken parser does, to units that ask for it by name."""
    if unit.name == "crash":
        os.abort()
    if unit.name == "stall":
        while True:
            pass
    if unit.name == "leave":
        sys.exit(1)
    if unit.name == "wait":
        time.sleep(1.5 * SECONDS)
    if unit.name == "fail":
        raise RecursionError
    return unit


def built(location: Location, encoder: Encoder, store: Store, adapt: Adapt = dangerous) -> Update:
    update = refresh(
        location,
        store,
        encoder,
        lambda _: None,
        before_waiting=None,
        adapt=adapt,
        seconds_a_file=SECONDS,
    )
    assert update is not None
    return update


@contextmanager
def working(adapt: Adapt) -> Iterator[Worker]:
    """A process that parses; it is gone afterwards."""
    worker = Worker(adapt, SECONDS)
    try:
        yield worker
    finally:
        worker.kill()
        worker.close()


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("crash", "parser failed"),
        ("fail", "parser failed"),
        ("leave", "parser failed"),
        ("stall", "too slow to parse"),
    ],
)
def test_what_ends_a_parser_costs_one_file(
    location: Location, encoder: Encoder, store: Store, name: str, reason: str
) -> None:
    write_files(location.root, {"bad.py": f"def {name}():\n    pass\n"})
    built(location, encoder, store)
    assert store.skipped() == {"not code": 1, reason: 1}
    assert store.files()["bad.py"].skipped == reason
    assert store.counts()[0] == len(FILES) - 1

    # Not tried again, even if it was touched, until it says something else.
    os.utime(location.root / "bad.py", (1, 1))
    assert built(location, encoder, store, as_it_is).is_empty
    assert store.files()["bad.py"].skipped == reason
    write_files(location.root, {"bad.py": "def good():\n    pass\n"})
    assert built(location, encoder, store).files_changed == 1
    assert store.skipped() == {"not code": 1}


def test_many_bad_files_among_many_good_ones(location: Location, encoder: Encoder, store: Store) -> None:
    """Every file is read or skipped for its own reason, whichever process had it."""
    names = ["crash" if number % 20 == 3 else f"good_{number}" for number in range(40)]
    files = {f"many/{number:02}.py": f"def {name}():\n    pass\n" for number, name in enumerate(names)}
    write_files(location.root, files)
    built(location, encoder, store)
    known = store.files()
    for path, name in zip(files, names, strict=True):
        assert (known[path].skipped == "parser failed") == (name == "crash")
    assert store.skipped()["parser failed"] == names.count("crash")


def test_a_process_that_is_kept_waiting_is_not_too_slow() -> None:
    """On a busy machine, or stopped for a while, it takes long and does little."""
    with working(dangerous) as worker:
        assert worker.read("a.py", b"def wait(): pass").units


def test_a_process_that_is_ended_from_outside_costs_nothing() -> None:
    with working(as_it_is) as worker:
        assert worker.read("a.py", b"def one(): pass").units
        assert worker._process is not None
        worker._process.kill()
        assert [unit.name for unit, _ in worker.read("b.py", b"def two(): pass").units] == ["two"]


@linux_only
def test_an_interrupted_build_leaves_no_process_behind(
    location: Location, encoder: Encoder, store: Store
) -> None:
    write_files(location.root, {f"{number}.py": "x = 1\n" for number in range(50)})
    started: list[int] = []

    def interrupt(progress: Progress) -> None:
        children = Path("/proc/self/task")
        started.extend(
            int(child) for task in children.iterdir() for child in (task / "children").read_text().split()
        )
        if progress.files_done:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        refresh(location, store, encoder, interrupt, before_waiting=None)
    assert started
    assert not any(Path(f"/proc/{child}").exists() for child in started)


@pytest.mark.parametrize("program", ["/nowhere/python", "/bin/true"])
def test_where_no_process_can_be_started_files_are_parsed_without(
    monkeypatch: pytest.MonkeyPatch, program: str
) -> None:
    worker = Worker(as_it_is, SECONDS)
    monkeypatch.setattr(sys, "executable", program)
    for name in ("one", "two"):
        reading = worker.read("a.py", f"def {name}(): pass".encode())
        assert [unit.name for unit, _ in reading.units] == [name]
    worker.close()


def test_a_worker_takes_no_module_from_the_folder_that_it_stands_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A repository is not trusted: its `pickle.py` is only read."""
    write_files(tmp_path, {"pickle.py": "raise SystemExit\n", "codesearch/__init__.py": "raise SystemExit\n"})
    monkeypatch.chdir(tmp_path)
    with working(as_it_is) as worker:
        assert worker.read("a.py", b"def one(): pass").units


def test_a_file_with_definitions_without_end_is_skipped() -> None:
    worker = Worker(as_it_is, 60)
    try:
        assert worker.read("a.py", b"def a(): pass\n" * 10_001).skip is Skip.TOO_MANY
    finally:
        worker.kill()
        worker.close()
