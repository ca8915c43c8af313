"""Everything that an index tells, ids aside: two that say the same answer every question alike."""

from __future__ import annotations

from codesearch.encode.encoder import Encoder
from codesearch.index.location import Location
from codesearch.index.nearest import open_nearest
from codesearch.index.open import open_index
from codesearch.index.refresh import refresh
from codesearch.index.seal import LOCK, SEAL, is_sealed
from codesearch.index.store import Store

Told = frozenset[object]


def told(location: Location, store: Store, encoder: Encoder) -> Told:
    """Files; units with their texts; which words find which units; vectors as a search sees them."""
    stored = store.units(store.unit_ids())
    units = {each.id: (each.path, each.unit) for each in stored}
    texts = [digest for digest, _ in store.vectors_by_text()]
    text_of = {vector_id: digest for digest, vector_id in store.vector_ids(texts).items()}
    nearest = open_nearest(store, location.folder, encoder.manifest.dimensions, threads=1)
    ids = list(text_of)
    vectors = zip(ids, store.packed_vectors(ids), strict=True) if ids else ()
    found = nearest.search(encoder.encode_query("any"), len(ids) + 100)
    # All are there, each as near as the vector in the database is.
    assert {each for each, _ in found} == set(ids)
    words = {word for _, unit in units.values() for word in unit.name.lower().split("_") if word.isalnum()}
    return frozenset(
        [
            *((file.path, file.digest, file.language, file.skipped) for file in store.files().values()),
            *((units[unit], text_of[vector]) for vector, unit in store.passages_of_units(list(units))),
            *((text_of[each], vector.tobytes()) for each, vector in vectors),
            *((text_of[each], round(score, 4)) for each, score in found),
            *((word, units[each]) for word in words for each in store.holders(word) if each in units),
        ]
    )


def told_when_brought_up_to_date(location: Location, encoder: Encoder) -> tuple[Told, str]:
    """What an index tells after the next build, and why the one before was thrown away, if it was.

    It must then be at rest: sealed, its lock free, nothing unfinished lying about.
    """
    opened = open_index(location, encoder.manifest)
    with opened.store as store:
        update = refresh(location, store, encoder, lambda _: None, before_waiting=None)
        assert update is not None
        answer = told(location, store, encoder)
    assert is_sealed(location.folder)
    names = {path.name for path in location.folder.iterdir()}
    assert {name for name in names if not name.startswith("vectors-")} <= {LOCK, SEAL, "index.db"}
    # One that a process did not come to removing goes with the next build.
    assert 1 <= len([name for name in names if name.startswith("vectors-")]) <= 2
    return answer, opened.discarded
