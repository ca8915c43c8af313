"""While an index is being made it answers from what is there, and says what is missing."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from codesearch.encode.encoder import Encoder
from codesearch.index.build import Progress, find_changes
from codesearch.index.location import Location
from codesearch.index.nearest import open_nearest
from codesearch.index.open import open_index
from codesearch.index.refresh import refresh
from codesearch.index.store import Store
from codesearch.render.progress import so_far
from codesearch.search.models import Models
from codesearch.search.search import search, target
from tests.conftest import FILES, write_files

# More texts than are encoded at once.
MANY = {
    f"many/{name}.py": "".join(f"def {name}_{number}():\n    return {number}\n\n" for number in range(150))
    for name in ("ant", "bee", "cat", "dog")
}


def interrupted(location: Location, encoder: Encoder, store: Store, when: Callable[[Progress], bool]) -> None:
    """Builds until something is so."""

    def stop(progress: Progress) -> None:
        if when(progress):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        refresh(location, store, encoder, stop, before_waiting=None)


def first_result(location: Location, models: Models, store: Store, query: str) -> tuple[str, float]:
    """Name and probability of the best result."""
    best = search(target(location, store, models.encoder), models, query, limit=1).results[0]
    return best.unit.name, best.score


def test_words_and_meaning_find_what_has_no_vector_yet(
    location: Location, encoder: Encoder, models: Models, store: Store
) -> None:
    interrupted(location, encoder, store, lambda progress: progress.encoding)
    assert store.count_vectors() == 0
    query = "drop discount codes that are no longer valid"
    with_words = first_result(location, models, store, query)
    refresh(location, store, encoder, lambda _: None, before_waiting=None)
    complete = first_result(location, models, store, query)
    assert with_words[0] == complete[0] == "Cart.remove_expired_vouchers"
    assert with_words[1] == pytest.approx(complete[1], abs=0.1)


def test_every_file_is_found_by_its_words_before_the_first_vector_is_made(
    location: Location, encoder: Encoder, store: Store
) -> None:
    write_files(location.root, MANY)
    interrupted(location, encoder, store, lambda progress: progress.encoding)
    assert store.counts()[0] == len(FILES) - 1 + len(MANY)
    assert list(store.lexical(["dog"], (1.0,) * 5))


def test_a_build_interrupted_while_encoding_keeps_its_vectors(
    location: Location, encoder: Encoder, store: Store
) -> None:
    write_files(location.root, MANY)
    interrupted(location, encoder, store, lambda progress: progress.encoding and progress.files_done > 0)
    kept = store.count_vectors()
    assert kept
    assert not find_changes(location.root, store).changed
    update = refresh(location, store, encoder, lambda _: None, before_waiting=None)
    assert update is not None
    assert update.files_changed == 0
    assert update.encoded + kept == store.count_vectors()
    assert not store.files_to_encode()
    assert find_changes(location.root, store).is_empty


def test_a_file_that_changes_before_its_turn_is_read_again(
    location: Location, encoder: Encoder, models: Models, store: Store
) -> None:
    def change(progress: Progress) -> None:
        if progress.encoding:
            write_files(location.root, {"shop/cart.py": "def other():\n    pass\n"})

    refresh(location, store, encoder, change, before_waiting=None)
    assert [each.path for each in store.files_to_encode()] == ["shop/cart.py"]
    refresh(location, store, encoder, lambda _: None, before_waiting=None)
    assert not store.files_to_encode()
    assert first_result(location, models, store, "other")[0] == "other"


def test_the_nearest_grow_with_a_build(location: Location, encoder: Encoder, store: Store) -> None:
    """A question in between does not freeze what later ones see."""
    write_files(location.root, MANY)
    seen: list[tuple[int, int]] = []

    def look(progress: Progress) -> None:
        if progress.encoding:
            nearest = open_nearest(store, location.folder, encoder.manifest.dimensions, threads=1)
            vector = encoder.encode_query("ant")
            seen.append((len(nearest.search(vector, 10_000)), store.count_vectors()))

    refresh(location, store, encoder, look, before_waiting=None)
    assert all(found == stored for found, stored in seen)
    assert seen[0][0] < seen[-1][0]


def test_what_is_missing_is_told(location: Location, encoder: Encoder, store: Store) -> None:
    told: list[str] = []

    def ask(progress: Progress) -> None:
        if progress.files_done == progress.files:
            return
        with open_index(location, encoder.manifest).store as other:
            assert refresh(location, other, encoder, lambda _: None, before_waiting=None) is None
            first = not other.meta("complete")
            told.append(so_far(find_changes(location.root, other), first=first))

    refresh(location, store, encoder, ask, before_waiting=None)
    assert f"0 of {len(FILES)} files so far" in told[0]
    # What is no code needs no vector.
    assert f"1 of {len(FILES)} by their meaning" in told[-1]
    write_files(location.root, {"shop/cart.py": "def other():\n    pass\n"})
    told.clear()
    refresh(location, store, encoder, ask, before_waiting=None)
    assert "1 changed file not among it" in told[0]
