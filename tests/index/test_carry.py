"""Vectors go from one checkout to another in a file, and nothing else comes in with it."""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from codesearch.errors import CodesearchError
from codesearch.index.build import Update
from codesearch.index.carry import Carried, export_vectors, import_vectors, whole_file
from codesearch.index.location import Location, locate
from codesearch.index.open import open_index
from codesearch.index.quantised import pack
from codesearch.index.refresh import refresh
from tests.conftest import FILES, write_files
from tests.index.standin import StandIn
from tests.index.whole import Told, told, told_when_brought_up_to_date

ENCODER = StandIn()
MANIFEST = ENCODER.manifest


def built(place: Location, carried: Carried | None = None) -> tuple[Update, Told]:
    with open_index(place, MANIFEST).store as store:
        update = refresh(place, store, ENCODER, lambda _: None, before_waiting=None, carried=carried)
        assert update is not None
        return update, told(place, store, ENCODER)


def exported(place: Location) -> bytes:
    file = io.BytesIO()
    with open_index(place, MANIFEST).store as store:
        assert export_vectors(store, MANIFEST, file) == store.count_vectors()
    return file.getvalue()


@pytest.fixture
def place(tmp_path: Path) -> Location:
    """A folder of code."""
    write_files(tmp_path / "root", FILES)
    return locate(tmp_path / "root", tmp_path / "indexes")


def elsewhere(place: Location) -> Location:
    """The same code in another folder, with an index that lies apart."""
    root = place.root.with_name("clone")
    return locate(shutil.copytree(place.root, root), place.folder.parent.with_name("others"))


def test_another_checkout_makes_only_what_the_file_has_not(place: Location) -> None:
    first, _ = built(place)
    clone = elsewhere(place)
    (clone.root / "deploy.zig").unlink()
    write_files(clone.root, {"own.py": "def parse_iban(text):\n    return text.strip()\n"})
    right, _ = told_when_brought_up_to_date(
        replace(clone, folder=clone.folder.parent / "apart" / "fresh"), ENCODER
    )
    update, answer = built(clone, import_vectors(io.BytesIO(exported(place)), MANIFEST))
    assert first.encoded > 5
    assert update.encoded == 1
    # All else comes from the files that are there: nothing of the file that only the first one has.
    assert answer == right


def test_the_same_vectors_give_the_same_bytes(place: Location) -> None:
    built(place)
    data = exported(place)
    clone = elsewhere(place)
    # Files are read in another order.
    (clone.root / "server").rename(clone.root / "a_server")
    (clone.root / "a_server").rename(clone.root / "server")
    built(clone, import_vectors(io.BytesIO(data), MANIFEST))
    assert exported(clone) == data


def test_an_empty_index_can_be_carried(tmp_path: Path) -> None:
    (tmp_path / "root").mkdir()
    place = locate(tmp_path / "root", tmp_path / "indexes")
    built(place)
    assert len(import_vectors(io.BytesIO(exported(place)), MANIFEST)) == 0


def file_of(header: dict[str, Any], rows: list[tuple[bytes, bytes]]) -> bytes:
    """An export that says what it is told to."""
    whole: dict[str, Any] = {
        "type": "codesearch vectors",
        "version": 1,
        "weights": MANIFEST.fingerprint,
        "dimensions": MANIFEST.dimensions,
        "count": len(rows),
    }
    data = json.dumps({**whole, **header}).encode() + b"\n" + b"".join(text + packed for text, packed in rows)
    return data + hashlib.sha256(data).digest()


def row(number: int) -> tuple[bytes, bytes]:
    return number.to_bytes(16, "big"), pack(ENCODER.encode_query(str(number)))


def scaled(factor: float) -> bytes:
    with np.errstate(over="ignore"):
        return np.array(factor, dtype="<f4").tobytes() + row(1)[1][4:]


def test_a_file_written_by_hand_is_read() -> None:
    carried = import_vectors(io.BytesIO(file_of({}, [row(0), row(1), row(256)])), MANIFEST)
    wanted = [row(number)[0] for number in (256, 3, 0, 2**127)]
    assert carried.vectors(wanted) == {row(0)[0]: row(0)[1], row(256)[0]: row(256)[1]}
    assert carried.vectors([]) == {}


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "no export"),
        (b"PK\x03\x04 a zip file", "no export"),
        (b"[" * 100_000, "no export"),
        (b'{"type": "codesearch vectors"}\n', "no export"),
        (b'"codesearch vectors"\n', "no export"),
        (file_of({"type": "else"}, []), "no export"),
        (file_of({"version": 2}, []), "another version"),
        (file_of({"weights": "others"}, []), "other weights"),
        (file_of({"dimensions": 10**9}, []), "other weights"),
        (file_of({"count": 4_999_999}, [row(0)]), "cut short"),
        (file_of({"count": 10**12}, [row(0)]), "up to 5,000,000"),
        (file_of({"count": -1}, []), "up to 5,000,000"),
        (file_of({"count": True}, [row(0)]), "up to 5,000,000"),
        (file_of({"count": 1.0}, [row(0)]), "up to 5,000,000"),
        (file_of({}, [row(0)]) + b"more", "damaged"),
        (file_of({}, [row(0)])[:-1], "damaged"),
        (file_of({}, [row(1), row(0)]), "no vectors"),
        (file_of({}, [row(1), row(1)]), "no vectors"),
        (file_of({}, [(row(0)[0], scaled(float("nan")))]), "no vectors"),
        (file_of({}, [(row(0)[0], scaled(float("inf")))]), "no vectors"),
        (file_of({}, [(row(0)[0], scaled(0))]), "no vectors"),
        (file_of({}, [(row(0)[0], scaled(1e38))]), "no vectors"),
        (file_of({}, [(row(0)[0], bytes(len(row(0)[1])))]), "no vectors"),
        (
            file_of({}, [(row(0)[0], (-np.frombuffer(row(1)[1][:4], "<f4")).tobytes() + row(1)[1][4:])]),
            "no vectors",
        ),
    ],
)
def test_a_file_that_is_none_is_refused_in_words(data: bytes, reason: str) -> None:
    with pytest.raises(CodesearchError, match=reason):
        import_vectors(io.BytesIO(data), MANIFEST)


WHOLE = file_of({}, [row(number) for number in range(20)])


@given(st.integers(0, 8 * len(WHOLE) - 1))
def test_one_wrong_bit_is_found(bit: int) -> None:
    data = bytearray(WHOLE)
    data[bit // 8] ^= 1 << bit % 8
    with pytest.raises(CodesearchError):
        import_vectors(io.BytesIO(data), MANIFEST)


@given(st.integers(0, len(WHOLE) - 1))
def test_a_file_cut_anywhere_is_refused(length: int) -> None:
    with pytest.raises(CodesearchError):
        import_vectors(io.BytesIO(WHOLE[:length]), MANIFEST)


@given(st.binary(max_size=200), st.sampled_from([b"", WHOLE[:60], WHOLE[: WHOLE.index(b"\n") + 1]]))
def test_any_bytes_are_refused_in_words(data: bytes, start: bytes) -> None:
    with pytest.raises(CodesearchError):
        import_vectors(io.BytesIO(start + data), MANIFEST)


def test_a_forged_file_changes_no_more_than_the_order(place: Location) -> None:
    """It may give other vectors for texts that are there: paths, lines and words stay right."""
    built(place)
    with open_index(place, MANIFEST).store as store:
        texts = [digest for digest, _ in store.vectors_by_text()]
    rows = [(digest, row(number)[1]) for number, digest in enumerate(texts)]
    clone = elsewhere(place)
    built(clone, import_vectors(io.BytesIO(file_of({}, rows)), MANIFEST))
    with open_index(place, MANIFEST).store as one, open_index(clone, MANIFEST).store as other:
        assert one.files().keys() == other.files().keys()
        for stores in (one, other):
            assert {digest for digest, _ in stores.vectors_by_text()} == set(texts)
        assert units(one) == units(other)


def units(store: Any) -> set[Any]:
    found = store.units(store.unit_ids())
    return {(each.path, each.unit) for each in found}


def test_a_file_that_could_not_be_written_leaves_the_one_before(tmp_path: Path) -> None:
    (tmp_path / "out").write_bytes(b"before")
    with pytest.raises(OSError, match="no space"), whole_file(tmp_path / "out") as file:
        file.write(b"half")
        raise OSError("no space")
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"out": b"before"}


def test_a_damaged_lender_lends_no_nonsense(place: Location) -> None:
    built(place)
    with open_index(place, MANIFEST).store as store, store.transaction():
        store._database.execute("UPDATE vector SET data = zeroblob(length(data)) WHERE id % 2")
        store._database.execute("UPDATE vector SET data = 'text' WHERE id = 2")
    clone = locate(shutil.copytree(place.root, place.root.with_name("clone")), place.folder.parent)
    assert os.fspath(clone.folder) != os.fspath(place.folder)
    right, _ = told_when_brought_up_to_date(
        replace(clone, folder=clone.folder.parent.with_name("x")), ENCODER
    )
    update, answer = built(clone)
    assert update.encoded > 1
    assert answer == right
