"""Damage to any file of an index is found before it can do harm: the index is made anew, which is said."""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rich.console import Console

from codesearch.cli.building import build
from codesearch.errors import CodesearchError
from codesearch.index.location import Location, locate
from codesearch.index.nearest import open_nearest
from codesearch.index.open import open_index
from codesearch.index.seal import DATABASE, LOCK, SEAL, break_seal
from tests.conftest import FILES, write_files
from tests.index.standin import StandIn
from tests.index.whole import Told, told, told_when_brought_up_to_date

ENCODER = StandIn()
ROUNDS = int(os.environ.get("CODESEARCH_TEST_DAMAGES", "40"))


@pytest.fixture
def place(tmp_path: Path) -> Location:
    """An index of a small folder."""
    write_files(tmp_path / "root", FILES)
    location = locate(tmp_path / "root", tmp_path / "indexes")
    told_when_brought_up_to_date(location, ENCODER)
    return location


@pytest.fixture
def right(place: Location) -> Told:
    """What it tells."""
    return told_when_brought_up_to_date(place, ENCODER)[0]


def files_of(place: Location) -> list[Path]:
    """The files that an index consists of."""
    return sorted(path for path in place.folder.iterdir() if path.name != LOCK)


def flip(data: bytearray, chance: random.Random) -> None:
    """One bit."""
    data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)


def cut(data: bytearray, chance: random.Random) -> None:
    """The end is gone."""
    del data[chance.randrange(len(data)) :]


def overwrite(data: bytearray, chance: random.Random) -> None:
    """Other bytes in the middle."""
    start = chance.randrange(len(data))
    data[start : start + 512] = chance.randbytes(min(512, len(data) - start))


def wipe(data: bytearray, chance: random.Random) -> None:
    """A page of zeros."""
    start = chance.randrange(0, len(data), 4096)
    data[start : start + 4096] = bytes(min(4096, len(data) - start))


def append(data: bytearray, chance: random.Random) -> None:
    """Something after the end."""
    data += chance.randbytes(chance.randrange(1, 5_000))


@pytest.mark.parametrize("which", [DATABASE, SEAL, "vectors-*"])
@pytest.mark.parametrize("damage", [flip, cut, overwrite, wipe, append])
def test_no_damage_changes_an_answer(
    place: Location,
    right: Told,
    tmp_path: Path,
    which: str,
    damage: Callable[[bytearray, random.Random], None],
) -> None:
    (file,) = place.folder.glob(which)
    whole = file.read_bytes()
    chance = random.Random(f"{which} {damage.__name__}")
    for number in range(max(ROUNDS // 10, 1)):
        data = bytearray(whole)
        damage(data, chance)
        one = replace(place, folder=shutil.copytree(place.folder, tmp_path / str(number)))
        (one.folder / file.name).write_bytes(data)
        answer, discarded = told_when_brought_up_to_date(one, ENCODER)
        assert answer == right
        # The file of vectors is made again without a word: nothing that takes long was lost.
        if file.name in (DATABASE, SEAL) and data != whole:
            assert discarded == "it was damaged"
        else:
            assert not discarded


def directory(path: Path) -> None:
    path.unlink()
    (path / "inside").mkdir(parents=True)


def unreadable(path: Path) -> None:
    path.chmod(0)


def empty(path: Path) -> None:
    path.write_bytes(b"")


def another_files(path: Path) -> None:
    path.write_bytes(b"SQLite format 3\0 not at all")


def dangling_link(path: Path) -> None:
    path.unlink()
    path.symlink_to(path.parent / "nothing")


@pytest.mark.parametrize("which", [DATABASE, SEAL, "vectors-*"])
@pytest.mark.parametrize("change", [directory, unreadable, empty, another_files, dangling_link])
def test_something_else_in_a_files_place_is_replaced(
    ordinary_folder: Path, which: str, change: Callable[[Path], None]
) -> None:
    write_files(ordinary_folder / "root", FILES)
    place = locate(ordinary_folder / "root", ordinary_folder / "indexes")
    right, _ = told_when_brought_up_to_date(place, ENCODER)
    (file,) = place.folder.glob(which)
    change(file)
    answer, discarded = told_when_brought_up_to_date(place, ENCODER)
    assert answer == right
    # A link to nothing is as good as no seal.
    is_seen = which == DATABASE or (which == SEAL and change is not dangling_link)
    assert (discarded == "it was damaged") == is_seen
    # And it stays so.
    assert told_when_brought_up_to_date(place, ENCODER) == (right, "")


def test_a_folder_that_belongs_to_another_is_one_clear_error(ordinary_folder: Path) -> None:
    write_files(ordinary_folder / "root", FILES)
    place = locate(ordinary_folder / "root", ordinary_folder / "indexes")
    told_when_brought_up_to_date(place, ENCODER)
    place.folder.chmod(0)
    with pytest.raises(CodesearchError, match="--index-dir"):
        open_index(place, ENCODER.manifest)
    place.folder.chmod(0o700)


def test_vectors_of_a_database_that_was_removed_are_not_those_of_the_next(
    place: Location, right: Told
) -> None:
    """The cache is cleared by hand, in part; the new database has other vectors under the same ids."""
    (place.folder / DATABASE).unlink()
    (place.folder / SEAL).unlink()
    write_files(place.root, {"a_first.py": "def first():\n    return 1\n"})
    answer, _ = told_when_brought_up_to_date(place, ENCODER)
    (place.root / "a_first.py").unlink()
    assert answer > right
    assert told_when_brought_up_to_date(place, ENCODER)[0] == right


@pytest.mark.parametrize("damage", [flip, cut, overwrite, append])
def test_a_damaged_graph_is_made_again(
    place: Location, damage: Callable[[bytearray, random.Random], None]
) -> None:
    """The library that reads it would believe it."""
    chance = random.Random(damage.__name__)
    for _ in range(max(ROUNDS // 10, 1)):
        with open_index(place, ENCODER.manifest).store as store:
            dimensions = ENCODER.manifest.dimensions
            open_nearest(store, place.folder, dimensions, threads=1, most_compared=0)
            (file,) = place.folder.glob("vectors-*.hnsw")
            data = bytearray(file.read_bytes())
            damage(data, chance)
            file.write_bytes(data)
            nearest = open_nearest(store, place.folder, dimensions, threads=1, most_compared=0)
            for vector_id in store.all_vector_ids():
                assert nearest.search(store.vectors([vector_id])[0], 1)[0][0] == vector_id


@settings(max_examples=ROUNDS, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(contents=st.binary(max_size=300), name=st.sampled_from([DATABASE, SEAL, f"{DATABASE}-wal"]))
def test_any_bytes_in_a_files_place_are_seen_through(
    place: Location, right: Told, tmp_path: Path, contents: bytes, name: str
) -> None:
    folder = tmp_path / "damaged"
    shutil.rmtree(folder, ignore_errors=True)
    one = replace(place, folder=shutil.copytree(place.folder, folder))
    (folder / name).write_bytes(contents)
    assert told_when_brought_up_to_date(one, ENCODER)[0] == right


@pytest.mark.parametrize("damage", [cut, overwrite, wipe])
def test_a_database_that_falls_apart_after_an_interrupted_build_is_made_anew(
    place: Location, right: Told, tmp_path: Path, damage: Callable[[bytearray, random.Random], None]
) -> None:
    """Without a seal there is SQLite's own look, and what it says when it comes to the place."""
    whole = (place.folder / DATABASE).read_bytes()
    chance = random.Random(damage.__name__)
    for number in range(max(ROUNDS // 5, 1)):
        one = replace(place, folder=shutil.copytree(place.folder, tmp_path / str(number)))
        data = bytearray(whole)
        # Its second half: words, above all.
        half = data[len(data) // 2 :]
        damage(half, chance)
        (one.folder / DATABASE).write_bytes(data[: len(data) // 2] + half)
        break_seal(one.folder)
        try:
            with build(one, ENCODER, Console(stderr=True), wait=True, talk=False):
                pass
        except CodesearchError as error:
            assert "damaged" in str(error)
            assert told_when_brought_up_to_date(one, ENCODER) == (right, "it was damaged")
        with open_index(one, ENCODER.manifest).store as store:
            told(one, store, ENCODER)


def test_a_table_of_words_of_another_form_is_made_anew(place: Location, right: Told) -> None:
    """SQLite reports it as it reports a locked or a full database."""
    with open_index(place, ENCODER.manifest).store as store:
        break_seal(place.folder)
        store._database.execute("UPDATE lexical_config SET v = 99 WHERE k = 'version'")
    # Newer versions of SQLite see it when the index is opened.
    with suppress(CodesearchError), build(place, ENCODER, Console(stderr=True), wait=True, talk=False):
        pass
    assert told_when_brought_up_to_date(place, ENCODER)[0] == right
