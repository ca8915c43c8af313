"""An index says what the repository says: after edits, deletions, renames, damage and interruption."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from codesearch.encode.encoder import Encoder
from codesearch.errors import CodesearchError
from codesearch.index.build import Progress, Update
from codesearch.index.location import Location, locate
from codesearch.index.nearest import Nearest, open_nearest
from codesearch.index.open import open_index
from codesearch.index.quantised import cosines, pack, rows_of, unpack
from codesearch.index.refresh import refresh
from codesearch.index.seal import DATABASE, LOCK, break_seal
from codesearch.index.store import Store
from tests.conftest import FILES, write_files


@pytest.fixture
def location(repository: Path, index_home: Path) -> Location:
    return locate(repository, index_home)


@contextmanager
def opened(location: Location, encoder: Encoder) -> Iterator[Store]:
    with open_index(location, encoder.manifest).store as store:
        yield store


def built(location: Location, encoder: Encoder, store: Store) -> Update:
    """The result of bringing the index up to date."""
    update = refresh(location, store, encoder, lambda _: None, before_waiting=None)
    assert update is not None
    return update


def contents(store: Store) -> set[tuple[str, str, int, int]]:
    """Every unit of the index: path, name, first and last line."""
    units = store.units([place.id for place in store.unit_places()])
    return {(each.path, each.unit.name, each.unit.start_line, each.unit.end_line) for each in units}


def fresh(location: Location, encoder: Encoder, tmp_path: Path) -> set[tuple[str, str, int, int]]:
    """What an index made from nothing would hold."""
    elsewhere = replace(location, folder=tmp_path / "fresh" / str(len(list(tmp_path.glob("fresh/*")))))
    with opened(elsewhere, encoder) as store:
        built(elsewhere, encoder, store)
        return contents(store)


def test_a_build_finds_every_unit_and_skips_what_is_no_code(location: Location, encoder: Encoder) -> None:
    with opened(location, encoder) as store:
        update = built(location, encoder, store)
        names = {name for _, name, _, _ in contents(store) if name}
        assert {"Cart", "Cart.total_price", "sendConfirmation", "retryWithBackoff", "Pool.Acquire"} <= names
        assert update.files_changed == len(FILES)
        assert store.skipped() == {"not code": 1}
        assert store.counts()[0] == 4


def test_a_second_build_does_nothing(location: Location, encoder: Encoder) -> None:
    with opened(location, encoder) as store:
        built(location, encoder, store)
        generation = store.meta("generation")
        assert built(location, encoder, store) == Update(0, 0, 0, 0, 0)
        assert store.meta("generation") == generation


def test_a_touched_file_is_not_parsed_again(location: Location, encoder: Encoder) -> None:
    with opened(location, encoder) as store:
        built(location, encoder, store)
        os.utime(location.root / "shop/cart.py", (1, 1))
        assert built(location, encoder, store).is_empty
        assert store.files()["shop/cart.py"].mtime_ns == 1_000_000_000


def test_only_the_changed_function_is_encoded(location: Location, encoder: Encoder, tmp_path: Path) -> None:
    with opened(location, encoder) as store:
        built(location, encoder, store)
        cart = location.root / "shop/cart.py"
        cart.write_text(
            "# moved down\n\n" + cart.read_text().replace("self.lines = []", "self.lines = list()")
        )
        update = built(location, encoder, store)
        # The constructor and the passage that gained a line; total_price and the others only moved.
        assert update.encoded == 2
        assert update.reused == 3
        assert contents(store) == fresh(location, encoder, tmp_path)


def test_a_deleted_file_leaves_no_ghosts(location: Location, encoder: Encoder, tmp_path: Path) -> None:
    with opened(location, encoder) as store:
        built(location, encoder, store)
        (location.root / "shop/cart.py").unlink()
        assert built(location, encoder, store).files_removed == 1
        assert contents(store) == fresh(location, encoder, tmp_path)
        assert not any(path == "shop/cart.py" for path, _, _, _ in contents(store))


def test_a_file_renamed_into_another_folder_is_not_encoded_again(
    location: Location, encoder: Encoder, tmp_path: Path
) -> None:
    with opened(location, encoder) as store:
        built(location, encoder, store)
        (location.root / "moved").mkdir()
        (location.root / "shop/cart.py").rename(location.root / "moved/cart.py")
        update = built(location, encoder, store)
        assert (update.encoded, update.files_removed) == (0, 1)
        assert contents(store) == fresh(location, encoder, tmp_path)


def test_a_file_that_vanishes_while_it_is_read_is_counted(
    location: Location, encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_files(location.root, {"a_first.py": "x = 1\n", "b_second.py": "y = 1\n"})
    real_open = os.open

    def vanishing_open(path: str | Path, *arguments: int) -> int:
        if str(path).endswith("b_second.py"):
            Path(path).unlink(missing_ok=True)
        return real_open(path, *arguments)

    with opened(location, encoder) as store:
        monkeypatch.setattr(os, "open", vanishing_open)
        built(location, encoder, store)
        monkeypatch.undo()
        assert store.skipped()["unreadable"] == 1
        assert built(location, encoder, store).files_removed == 1
        assert "unreadable" not in store.skipped()


def test_a_file_that_changes_while_it_is_read_is_read_again(
    location: Location, encoder: Encoder, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    write_files(location.root, {"a.py": "def first(): pass\n"})
    real_open = os.open

    def changing_open(path: str | Path, *arguments: int) -> int:
        if str(path).endswith("a.py"):
            Path(path).write_text("def second_and_longer(): pass\n")
        return real_open(path, *arguments)

    with opened(location, encoder) as store:
        monkeypatch.setattr(os, "open", changing_open)
        built(location, encoder, store)
        monkeypatch.undo()
        built(location, encoder, store)
        assert contents(store) == fresh(location, encoder, tmp_path)
        assert any(name == "second_and_longer" for _, name, _, _ in contents(store))


def test_a_pipe_put_in_a_files_place_is_not_waited_for(
    location: Location, encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_files(location.root, {"a.py": "def first(): pass\n"})
    real_open = os.open

    def switching_open(path: str | Path, *arguments: int) -> int:
        if str(path).endswith("a.py"):
            Path(path).unlink()
            os.mkfifo(path)
        return real_open(path, *arguments)

    with opened(location, encoder) as store:
        monkeypatch.setattr(os, "open", switching_open)
        built(location, encoder, store)
        monkeypatch.undo()
        assert store.skipped()["unreadable"] == 1


def test_a_file_that_may_be_read_again_is(ordinary_folder: Path, encoder: Encoder) -> None:
    write_files(ordinary_folder / "root", {"a.py": "def first(): pass\n"})
    location = locate(ordinary_folder / "root", ordinary_folder / "indexes")
    (location.root / "a.py").chmod(0)
    with opened(location, encoder) as store:
        built(location, encoder, store)
        assert store.skipped() == {"unreadable": 1}
        # Neither its size nor its time tells.
        (location.root / "a.py").chmod(0o600)
        built(location, encoder, store)
        assert store.counts()[0] == 1


def test_an_interrupted_build_goes_on_where_it_was(
    location: Location, encoder: Encoder, tmp_path: Path
) -> None:
    functions = "".join(f"def f{number}():\n    return {number}\n\n" for number in range(300))
    write_files(location.root, {f"big/{name}.py": functions for name in "abcd"})

    def interrupt(progress: Progress) -> None:
        if progress.files_done:
            raise KeyboardInterrupt

    with opened(location, encoder) as store:
        with pytest.raises(KeyboardInterrupt):
            refresh(location, store, encoder, interrupt, before_waiting=None)
        kept = len(store.files())
        assert kept
    with opened(location, encoder) as store:
        assert built(location, encoder, store).files_changed == len(FILES) + 4 - kept
        assert contents(store) == fresh(location, encoder, tmp_path)


def test_a_clone_is_not_encoded_again(
    location: Location, encoder: Encoder, index_home: Path, tmp_path: Path
) -> None:
    with opened(location, encoder) as store:
        first = built(location, encoder, store)
    clone = shutil.copytree(location.root, tmp_path / "clone")
    write_files(clone, {"own.py": "def parse_iban(text):\n    return text.strip()\n"})
    with opened(locate(clone, index_home), encoder) as store:
        second = built(locate(clone, index_home), encoder, store)
        assert (second.encoded, second.reused) == (1, first.encoded + first.reused)
        assert contents(store) == fresh(locate(clone, index_home), encoder, tmp_path)


def test_other_weights_and_damaged_indexes_lend_nothing(
    location: Location, encoder: Encoder, index_home: Path, tmp_path: Path
) -> None:
    with opened(location, encoder) as store:
        first = built(location, encoder, store)
        store.set_meta("weights", "others")
    (index_home / "damaged-0").mkdir()
    (index_home / "damaged-0" / DATABASE).write_bytes(b"no database at all" * 500)
    clone = locate(shutil.copytree(location.root, tmp_path / "clone"), index_home)
    with opened(clone, encoder) as store:
        assert built(clone, encoder, store).encoded == first.encoded


def test_progress_ends_with_everything_done(location: Location, encoder: Encoder) -> None:
    seen: list[Progress] = []
    with opened(location, encoder) as store:
        refresh(location, store, encoder, seen.append, before_waiting=None)
        assert seen[0].files_done == 0
        assert (seen[-1].files_done, seen[-1].bytes_done) == (seen[-1].files, seen[-1].bytes)
        assert seen[-1].units == store.counts()[1]


# All vectors compared, and a graph.
SIZES = pytest.mark.parametrize("most_compared", [1_000, 0], ids=["flat", "graph"])


def nearest_of(location: Location, store: Store, encoder: Encoder, most_compared: int) -> Nearest:
    dimensions = encoder.manifest.dimensions
    return open_nearest(store, location.folder, dimensions, threads=1, most_compared=most_compared)


@SIZES
def test_the_nearest_follow_the_store(location: Location, encoder: Encoder, most_compared: int) -> None:
    """After an edit every vector of the store is its own nearest neighbour."""
    with opened(location, encoder) as store:
        built(location, encoder, store)
        nearest_of(location, store, encoder, most_compared)
        (location.root / "server/pool.go").unlink()
        write_files(location.root, {"new.py": "def parse_iban(text):\n    return text.strip()\n"})
        built(location, encoder, store)
        nearest = nearest_of(location, store, encoder, most_compared)
        for vector_id in store.all_vector_ids():
            found, score = nearest.search(store.vectors([vector_id])[0], 1)[0]
            assert found == vector_id
            assert score == pytest.approx(1, abs=5e-3)
        assert len(list(location.folder.glob("vectors-*"))) == 1


@SIZES
@pytest.mark.parametrize("damage", ["truncated", "garbage", "empty", "missing"])
def test_a_damaged_file_of_vectors_is_made_again(
    location: Location, encoder: Encoder, damage: str, most_compared: int
) -> None:
    with opened(location, encoder) as store:
        built(location, encoder, store)
        nearest_of(location, store, encoder, most_compared)
        (file,) = location.folder.glob("vectors-*")
        data = file.read_bytes()
        file.write_bytes({"truncated": data[: len(data) // 2], "garbage": b"\xff" * 5_000}.get(damage, b""))
        if damage == "missing":
            file.unlink()
        nearest = nearest_of(location, store, encoder, most_compared)
        ids = store.all_vector_ids()
        assert {found for found, _ in nearest.search(store.vectors(ids)[0], len(ids))} == set(ids)


@given(st.lists(st.floats(-1, 1, width=32), min_size=4, max_size=4), st.integers(1, 9))
def test_a_packed_vector_is_nearly_the_vector(values: list[float], copies: int) -> None:
    vector = np.array(values, dtype=np.float32)
    rows = rows_of([pack(vector)] * copies, 4)
    assert np.abs(unpack(rows) - vector).max() <= np.abs(vector).max() / 250 + 1e-9
    np.testing.assert_allclose(
        cosines(rows, np.ones(4, dtype=np.float32), at_once=2), unpack(rows).sum(axis=1), atol=1e-5
    )


@pytest.mark.parametrize("damage", ["truncated", "garbage", "middle"])
def test_a_damaged_database_is_made_anew_and_said_so(
    location: Location, encoder: Encoder, damage: str
) -> None:
    with opened(location, encoder) as store:
        built(location, encoder, store)
    path = location.folder / DATABASE
    data = path.read_bytes()
    middle = data[:8192] + os.urandom(len(data) - 12288) + data[-4096:]
    path.write_bytes(
        {"truncated": data[: len(data) // 3], "garbage": b"\0" * 9_999, "middle": middle}[damage]
    )
    opened_again = open_index(location, encoder.manifest)
    assert opened_again.discarded == "it was damaged"
    with opened_again.store as store:
        assert built(location, encoder, store).files_changed == len(FILES)


@pytest.mark.parametrize(
    ("key", "reason"),
    [
        ("schema_version", "it was made by another version of codesearch"),
        ("weights", "it was made with other weights"),
        ("parser", "it was made with other grammars"),
    ],
)
def test_a_foreign_index_is_made_anew_and_said_so(
    location: Location, encoder: Encoder, key: str, reason: str
) -> None:
    with opened(location, encoder) as store:
        built(location, encoder, store)
        break_seal(location.folder)
        store.set_meta(key, "other")
    again = open_index(location, encoder.manifest)
    assert again.discarded == reason
    assert not again.store.files()
    again.store.close()


def test_a_database_of_something_else_is_made_anew(location: Location, encoder: Encoder) -> None:
    location.folder.mkdir(parents=True)
    with closing(sqlite3.connect(location.folder / DATABASE)) as database:
        database.execute("CREATE TABLE other (x)")
    again = open_index(location, encoder.manifest)
    assert again.discarded == "it was made by another version of codesearch"
    again.store.close()


@pytest.fixture
def generous_umask() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


@pytest.mark.usefixtures("generous_umask")
def test_the_index_is_for_its_owners_eyes(location: Location, encoder: Encoder) -> None:
    with opened(location, encoder) as store:
        built(location, encoder, store)
        for most_compared in (1_000, 0):
            nearest_of(location, store, encoder, most_compared)
            modes = {path.name: path.stat().st_mode & 0o077 for path in location.folder.iterdir()}
            assert len([name for name in modes if name.startswith("vectors-")]) == 1
            # The lock has nothing in it.
            assert {name for name, mode in modes.items() if mode} <= {LOCK}
        assert location.folder.stat().st_mode & 0o077 == 0


def test_a_place_that_cannot_be_written_is_one_clear_error(ordinary_folder: Path, encoder: Encoder) -> None:
    (ordinary_folder / "closed").mkdir(mode=0o500)
    location = locate(ordinary_folder, ordinary_folder / "closed")
    with pytest.raises(CodesearchError, match="--index-dir"):
        open_index(location, encoder.manifest)


def test_while_one_process_writes_another_is_not_kept_waiting(
    location: Location, encoder: Encoder, index_home: Path
) -> None:
    answers: list[Update | None] = []

    def look_from_elsewhere(_: Progress) -> None:
        with opened(location, encoder) as other:
            answers.append(refresh(location, other, encoder, lambda _: None, before_waiting=None))

    with opened(location, encoder) as store:
        refresh(location, store, encoder, look_from_elsewhere, before_waiting=None)
    assert answers[0] is None


def test_words_of_units_that_are_gone_do_not_pile_up(
    location: Location, encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("codesearch.index.build._MOST_WASTE", 5)
    with opened(location, encoder) as store:
        built(location, encoder, store)
        for number in range(12):
            write_files(location.root, {"shop/cart.py": FILES["shop/cart.py"] + f"# {number}\n"})
            built(location, encoder, store)
            assert store.lexical_waste() <= 5 + 2 * store.counts()[1]
        (_, units) = store.counts()
        found = {unit for unit, _ in store.lexical(["vouchers"], (1.0,) * 5)}
        assert found <= {place.id for place in store.unit_places()}
        assert found
        assert units == len(list(store.unit_places()))
