"""Processes that share an index: one writes at a time, and nobody reads what is half written."""

from __future__ import annotations

import os
import random
import shutil
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path

import pytest

from codesearch.errors import CodesearchError
from codesearch.index.build import Progress
from codesearch.index.catalogue import index_folders, remove
from codesearch.index.location import Location, locate
from codesearch.index.nearest import open_nearest
from codesearch.index.open import open_index
from codesearch.index.refresh import refresh
from codesearch.index.seal import DATABASE
from tests.conftest import FILES, write_files
from tests.index.standin import StandIn
from tests.index.whole import told_when_brought_up_to_date

pytestmark = [
    pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are not copied here"),
    pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning"),
]
ENCODER = StandIn()
ROUNDS = int(os.environ.get("CODESEARCH_TEST_ROUNDS", "15"))


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Location:
    """A folder of code, to be indexed in several portions."""
    monkeypatch.setattr("codesearch.index.build._TEXTS_A_PORTION", 3)
    write_files(tmp_path / "root", FILES)
    return locate(tmp_path / "root", tmp_path / "indexes")


def beside(work: Callable[[], None]) -> int:
    """Starts a process that does something. Returns its number."""
    child = os.fork()
    if child:
        return child
    status = 1
    try:
        work()
        status = 0
    except BaseException:
        traceback.print_exc()
        sys.stderr.flush()
    os._exit(status)


def ends_well(children: list[int]) -> bool:
    """Waits for processes."""
    statuses = [os.waitpid(child, 0)[1] for child in children]
    return not any(statuses)


def nothing(_: Progress) -> None:
    """Reports nothing."""


def build(place: Location, *, wait: bool = True) -> None:
    with open_index(place, ENCODER.manifest).store as store:
        refresh(place, store, ENCODER, nothing, before_waiting=(lambda: None) if wait else None)


def test_several_processes_make_one_index(place: Location) -> None:
    for _ in range(max(ROUNDS // 5, 1)):
        shutil.rmtree(place.folder, ignore_errors=True)
        moment = time.monotonic() + 0.3

        def at_once(moment: float = moment) -> None:
            time.sleep(max(moment - time.monotonic(), 0))
            build(place)

        assert ends_well([beside(at_once) for _ in range(6)])
        answer, discarded = told_when_brought_up_to_date(place, ENCODER)
        assert answer
        assert not discarded


def test_a_damaged_index_is_made_anew_once(place: Location) -> None:
    build(place)
    right, _ = told_when_brought_up_to_date(place, ENCODER)
    for _ in range(max(ROUNDS // 5, 1)):
        (place.folder / DATABASE).write_bytes(b"no database at all" * 999)
        assert ends_well([beside(lambda: build(place)) for _ in range(6)])
        assert told_when_brought_up_to_date(place, ENCODER) == (right, "")


def test_readers_see_whole_files_while_a_writer_is_at_work(place: Location) -> None:
    """Two files change together and differ in all their functions from one version to the next."""

    def version(number: int) -> dict[str, str]:
        return {
            f"{name}.py": "".join(
                f"def {name}_{part}_{number}():\n    return {part}\n\n\n" for part in range(9)
            )
            for name in ("one", "two")
        }

    write_files(place.root, version(0))
    build(place)
    end = place.root.parent / "end"

    def read() -> None:
        looks = 0
        while not end.exists() or not looks:
            opened = open_index(place, ENCODER.manifest)
            assert not opened.discarded
            with opened.store as store, store.snapshot():
                nearest = open_nearest(store, place.folder, ENCODER.manifest.dimensions, threads=1)
                units = store.units(store.unit_ids())
                for name in ("one", "two"):
                    functions = [
                        each.unit.name for each in units if each.path == f"{name}.py" and each.unit.name
                    ]
                    assert len(functions) == 9
                    assert len({function.rpartition("_")[2] for function in functions}) == 1
                for vector_id in store.all_vector_ids():
                    vector = store.vectors([vector_id])[0]
                    assert nearest.search(vector, 1)[0][0] == vector_id
            looks += 1

    readers = [beside(read) for _ in range(2)]
    for number in range(1, ROUNDS):
        write_files(place.root, version(number))
        build(place)
    end.touch()
    assert ends_well(readers)


@pytest.mark.parametrize("by_hand", [False, True], ids=["clean", "rm -r"])
def test_an_index_may_be_removed_under_those_who_use_it(place: Location, by_hand: bool) -> None:
    """They end well or say in words what happened; none spoils the next index."""
    end = place.root.parent / "end"

    def use(seed: int) -> None:
        chance = random.Random(seed)
        while not end.exists():
            write_files(place.root, {f"{seed}.py": f"def f_{chance.randrange(999)}(): pass\n"})
            try:
                build(place, wait=chance.random() < 0.5)
            except CodesearchError as error:
                assert str(place.folder) in str(error)

    users = [beside(lambda seed=seed: use(seed)) for seed in range(3)]  # type: ignore[misc]
    for _ in range(ROUNDS):
        time.sleep(0.05)
        if by_hand:
            shutil.rmtree(place.folder, ignore_errors=True)
            continue
        for folder in index_folders(place.folder.parent):
            try:
                remove(folder)
            except CodesearchError as error:
                assert str(place.folder) in str(error)
    end.touch()
    assert ends_well(users)
    first, _ = told_when_brought_up_to_date(place, ENCODER)
    assert told_when_brought_up_to_date(place, ENCODER) == (first, "")
    shutil.rmtree(place.folder)
    assert told_when_brought_up_to_date(place, ENCODER) == (first, "")
