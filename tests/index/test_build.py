"""An index says what the repository says: after edits, deletions, renames, damage and interruption."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from codesearch.encode.encoder import Encoder
from codesearch.errors import CodesearchError
from codesearch.index.build import Progress, Update
from codesearch.index.location import Location, locate
from codesearch.index.open import open_index
from codesearch.index.refresh import refresh
from codesearch.index.seal import DATABASE
from codesearch.walk import FoundFile, walk
from tests.conftest import FILES, write_files
from tests.index.indexed import built, contents, fresh, opened
from tests.index.standin import StandIn


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


def test_a_vector_is_not_taken_from_an_index_with_a_wrong_bit(
    location: Location, index_home: Path, tmp_path: Path
) -> None:
    with opened(location, StandIn()) as store:
        first = built(location, StandIn(), store)
        (_, packed) = next(store.vectors_by_text())
    database = location.folder / DATABASE
    wrong = packed[:-1] + bytes([packed[-1] ^ 1])
    database.write_bytes(database.read_bytes().replace(packed, wrong))
    clone = locate(shutil.copytree(location.root, tmp_path / "clone"), index_home)
    with opened(clone, StandIn()) as store:
        assert built(clone, StandIn(), store).encoded == first.encoded


def test_an_index_that_is_open_here_lends_its_vectors(
    location: Location, index_home: Path, tmp_path: Path
) -> None:
    clone = locate(shutil.copytree(location.root, tmp_path / "clone"), index_home)
    with opened(location, StandIn()) as store:
        built(location, StandIn(), store)
        with opened(clone, StandIn()) as other:
            assert built(clone, StandIn(), other).encoded == 0


def test_a_question_after_an_edit_looks_for_files_once(
    location: Location, monkeypatch: pytest.MonkeyPatch
) -> None:
    walks: list[Path] = []

    def counted_walk(root: Path) -> list[FoundFile]:
        walks.append(root)
        return walk(root)

    with opened(location, StandIn()) as store:
        built(location, StandIn(), store)
        write_files(location.root, {"new.py": "def new():\n    pass\n"})
        monkeypatch.setattr("codesearch.index.build.walk", counted_walk)
        assert built(location, StandIn(), store).files_changed == 1
    assert walks == [location.root]


def test_progress_ends_with_everything_done(location: Location, encoder: Encoder) -> None:
    seen: list[Progress] = []
    with opened(location, encoder) as store:
        refresh(location, store, encoder, seen.append, before_waiting=None)
        assert seen[0].files_done == 0
        assert (seen[-1].files_done, seen[-1].bytes_done) == (seen[-1].files, seen[-1].bytes)
        assert seen[-1].units == store.counts()[1]


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
        assert found <= set(store.unit_ids())
        assert found
        assert units == len(store.unit_ids())


def test_a_touched_file_leaves_the_vectors_as_they_are(location: Location, encoder: Encoder) -> None:
    with opened(location, encoder) as store:
        built(location, encoder, store)
        (vectors,) = location.folder.glob("vectors-*")
        before = vectors.stat().st_ino, store.state()
        os.utime(location.root / "shop/cart.py", (1, 1))
        built(location, encoder, store)
        (vectors,) = location.folder.glob("vectors-*")
        assert (vectors.stat().st_ino, store.state()) == before


def test_vectors_that_files_wait_for_are_kept(location: Location, encoder: Encoder) -> None:
    """Many files are edited in one place, and the time is up before most have their vectors back."""

    def shared(name: str) -> str:
        return "".join(f"def {name}_{part}():\n    return {part}\n\n\n" for part in range(30))

    def version(number: int) -> dict[str, str]:
        return {
            f"many/{name}.py": f"def {name}():\n    return {number}\n\n\n{shared(name)}" for name in names
        }

    names = [f"file{number}" for number in range(20)]
    write_files(location.root, version(0))
    with opened(location, encoder) as store:
        built(location, encoder, store)
        write_files(location.root, version(1))
        cut_short = refresh(location, store, encoder, lambda _: None, before_waiting=None, patience=0)
        assert cut_short is not None
        assert cut_short.waiting
        assert cut_short.encoded + built(location, encoder, store).encoded == len(names)
        used = store.passages_of_vectors(store.all_vector_ids())
        assert {vector for vector, _ in used} == set(store.all_vector_ids())


def test_not_even_a_single_file_outlasts_a_builds_patience(
    location: Location, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("codesearch.index.build._MOST_TEXTS_AT_ONCE", 10)
    functions = "".join(f"def f{number}():\n    return {number}\n\n\n" for number in range(30))
    write_files(location.root, {"a_first.py": functions})
    with opened(location, StandIn()) as store:
        cut_short = refresh(location, store, StandIn(), lambda _: None, before_waiting=None, patience=0)
        assert cut_short is not None
        assert (cut_short.encoded, cut_short.waiting) == (10, len(FILES))
        assert built(location, StandIn(), store).encoded == store.count_vectors() - 10
        assert not store.files_to_encode()
