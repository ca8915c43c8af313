"""Brings an index up to date with its repository: only what changed is read, parsed and encoded.

First all files are read and parsed, so that words find everything within seconds; then their texts become
vectors, a few hundred at a time. Each step is a transaction, so an interrupted build goes on where it was.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from time import monotonic

from codesearch.encode.encoder import Encoder
from codesearch.encode.text import passage_texts
from codesearch.index.borrow import Lenders
from codesearch.index.quantised import pack
from codesearch.index.read import Adapt, Reading
from codesearch.index.store import Store
from codesearch.index.stored import StoredFile
from codesearch.index.workers import Workers, workers
from codesearch.parse.file import digest_of, lines_of_file, read_file
from codesearch.parse.languages import could_be_code
from codesearch.parse.source import Skip
from codesearch.walk import FoundFile, walk

# Files are read in portions of about this many units: readers see them soon, and committing costs little.
_UNITS_A_PORTION = 500
# Files are encoded in portions of about this many texts: enough to batch by length, few enough
# that an interrupted run loses seconds.
_TEXTS_A_PORTION = 256
# A single file may have many more: so many are encoded and written at once.
_MOST_TEXTS_AT_ONCE = 512
# No file's modification time, so that the file is read again.
_NEVER = -1
# Rows of the lexical table may outlive their units by this many, and by as many as there are units.
_MOST_WASTE = 10_000


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a build is with its first step, reading, or its second, encoding. Bytes are of the files
    to be read or encoded, units those read or encoded so far.
    """

    encoding: bool
    files_done: int
    files: int
    bytes_done: int
    bytes: int
    units: int


@dataclass(frozen=True, slots=True)
class Update:
    """What a build changed: files read and written anew, files gone, texts encoded and reused; and how many
    files still wait for vectors, because the build's time was up.
    """

    files_changed: int
    files_removed: int
    units: int
    encoded: int
    reused: int
    waiting: int = 0

    @property
    def is_empty(self) -> bool:
        """Whether the index was up to date already."""
        return self == Update(0, 0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Changes:
    """How the repository differs from its index, by path, size and modification time; how many files it
    has, and how many of those that did not change wait for vectors.
    """

    changed: tuple[FoundFile, ...]
    removed: tuple[StoredFile, ...]
    known: dict[str, StoredFile]
    files: int
    to_encode: int

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to look at."""
        return not (self.changed or self.removed or self.to_encode)


def find_changes(root: Path, store: Store) -> Changes:
    """What to look at: files that are new or whose size or time changed, files that are gone, and files
    that were read and not encoded.
    """
    known = store.files()
    found = walk(root)
    changed = tuple(file for file in found if not _is_unchanged(root, file, known.get(file.path)))
    paths = {file.path for file in found}
    removed = tuple(file for file in known.values() if file.path not in paths)
    waiting = sum(not file.encoded for file in known.values())
    lost = {*(file.path for file in changed), *(file.path for file in removed)}
    waiting -= sum(not known[path].encoded for path in lost if path in known)
    return Changes(changed, removed, known, len(found), waiting)


def update(
    root: Path,
    store: Store,
    changes: Changes,
    encoder: Encoder,
    report: Callable[[Progress], None],
    adapt: Adapt,
    lenders: Lenders,
    seconds_a_file: float,
    patience: float,
) -> Update:
    """Makes the index say what the repository says. Interrupted, it goes on from there next time.

    Once `patience` seconds have passed, no more vectors are made than those that are being made.

    Returns:
        What was done.

    """
    until = monotonic() + patience
    with store.transaction():
        store.delete_files(file.id for file in changes.removed)
    if store.lexical_waste() > _MOST_WASTE + store.counts()[1]:
        # All is read again; vectors are found by their texts, so nothing is encoded again.
        with store.transaction():
            store.forget_files()
        changes = find_changes(root, store)
    with workers(len(changes.changed), encoder.threads, adapt, seconds_a_file) as pool:
        files, units = _read(root, store, changes, pool, report)
    encoded, reused, waiting = _encode(root, store, encoder, lenders, report, until)
    result = Update(files, len(changes.removed), units, encoded, reused, waiting)
    # While files wait, a vector that no unit uses may be that of a text in one of them.
    if not waiting:
        with store.transaction():
            if not result.is_empty and store.delete_unused_vectors():
                store.next_generation()
            store.set_meta("complete", "yes")
    return result


def _is_unchanged(root: Path, file: FoundFile, known: StoredFile | None) -> bool:
    if known is None:
        return False
    if (known.size, known.mtime_ns) != (file.size, file.mtime_ns):
        # Prose and data are no code whatever they say.
        return known.skipped == Skip.NOT_CODE.value and not could_be_code(PurePosixPath(file.path))
    # Neither size nor time tells that a file may be read now.
    return known.skipped != Skip.UNREADABLE.value or read_file(root, file.path) is Skip.UNREADABLE


def _read(
    root: Path, store: Store, changes: Changes, pool: Workers, report: Callable[[Progress], None]
) -> tuple[int, int]:
    """Writes the changed files' units and words. Returns how many files and units were written."""

    def look(file: FoundFile) -> tuple[FoundFile, bytes, Reading | None]:
        data = read_file(root, file.path)
        if isinstance(data, Skip):
            return file, b"", Reading(skip=data)
        digest, known = digest_of(data), changes.known.get(file.path)
        if known is not None and digest == known.digest:
            return file, digest, None
        return file, digest, pool.read(file.path, data)

    total = sum(file.size for file in changes.changed)
    seen = size = files = units = 0
    portion: list[tuple[FoundFile, bytes, Reading]] = []
    waiting = 0
    if changes.changed:
        report(Progress(False, 0, len(changes.changed), 0, total, 0))
    for file, digest, reading in pool.each(look, changes.changed):
        seen, size = seen + 1, size + file.size
        if reading is None:
            store.touch_file(changes.known[file.path].id, file.size, file.mtime_ns)
        else:
            portion.append((file, digest, reading))
            files, units, waiting = files + 1, units + len(reading.units), waiting + len(reading.units)
        if waiting >= _UNITS_A_PORTION or (portion and seen == len(changes.changed)):
            _write(store, portion)
            portion, waiting = [], 0
            report(Progress(False, seen, len(changes.changed), size, total, units))
    return files, units


def _write(store: Store, portion: list[tuple[FoundFile, bytes, Reading]]) -> None:
    with store.transaction():
        for file, digest, reading in portion:
            skip = reading.skip.value if reading.skip else ""
            file_id = store.put_file(file.path, file.size, file.mtime_ns, digest, reading.language, skip)
            for unit, words in reading.units:
                store.put_unit(file_id, unit, words)


@dataclass(frozen=True, slots=True)
class _Texts:
    """The texts of a file's units, by the units' ids."""

    file: StoredFile
    texts: dict[int, list[str]]

    def digests(self) -> set[bytes]:
        """The texts' hashes."""
        return {_digest(text) for some in self.texts.values() for text in some}


def _encode(
    root: Path,
    store: Store,
    encoder: Encoder,
    lenders: Lenders,
    report: Callable[[Progress], None],
    until: float,
) -> tuple[int, int, int]:
    """Gives units that wait for them their vectors, until a time of the monotonic clock. Returns how many
    texts were encoded and reused, and how many files still wait.
    """
    waiting = store.files_to_encode()
    total = sum(file.size for file in waiting)
    files = size = units = encoded = reused = 0
    if waiting:
        report(Progress(True, 0, len(waiting), 0, total, 0))
    for portion in _portions(root, store, waiting):
        texts = {_digest(text): text for each in portion for some in each.texts.values() for text in some}
        ids, new = _vectors(store, encoder, lenders, texts, until)
        # Those whose turn did not come find what was made already when they are encoded again.
        done = [each for each in portion if each.digests() <= ids.keys()]
        with store.transaction():
            for each in done:
                for unit, of_unit in each.texts.items():
                    store.put_passages(unit, [ids[_digest(text)] for text in of_unit])
                store.mark_encoded(each.file.id)
        encoded += new
        reused += max(sum(len(of_unit) for each in done for of_unit in each.texts.values()) - new, 0)
        files += len(done)
        size += sum(each.file.size for each in done)
        units += sum(len(each.texts) for each in done)
        report(Progress(True, files, len(waiting), size, total, units))
        if monotonic() >= until:
            return encoded, reused, len(waiting) - files
    return encoded, reused, 0


def _portions(root: Path, store: Store, waiting: list[StoredFile]) -> Iterator[list[_Texts]]:
    """The files with the texts of their units. Those that changed since they were read, or can no longer be
    read, are left out: their turn comes when they have been read again.
    """
    portion: list[_Texts] = []
    count = 0
    for file in waiting:
        lines = lines_of_file(root, file.path, file.digest)
        if lines is None:
            # By its size and time it may look unchanged.
            store.touch_file(file.id, file.size, _NEVER)
            continue
        path = PurePosixPath(file.path)
        units = store.units_of_file(file.id)
        texts = {each.id: passage_texts(path, each.unit, lines) for each in units}
        portion.append(_Texts(file, texts))
        count += sum(map(len, texts.values()))
        if count >= _TEXTS_A_PORTION:
            yield portion
            portion, count = [], 0
    if portion:
        yield portion


def _vectors(
    store: Store, encoder: Encoder, lenders: Lenders, texts: dict[bytes, str], until: float
) -> tuple[dict[bytes, int], int]:
    """The ids of the vectors of texts, given by their hash; those that nobody has are made, a portion a
    transaction, until a time of the monotonic clock. Returns the ids by the texts' hash, and how many
    were made.
    """
    ids = store.vector_ids(list(texts))
    unknown = [digest for digest in texts if digest not in ids]
    lent = lenders.vectors(unknown)
    missing = [digest for digest in unknown if digest not in lent]
    if lent:
        with store.transaction():
            ids.update((digest, store.put_packed_vector(digest, packed)) for digest, packed in lent.items())
            store.next_generation()
    made_so_far = 0
    for start in range(0, len(missing), _MOST_TEXTS_AT_ONCE):
        some = missing[start : start + _MOST_TEXTS_AT_ONCE]
        made = encoder.encode_passages([texts[digest] for digest in some])
        with store.transaction():
            for digest, vector in zip(some, made, strict=True):
                ids[digest] = store.put_packed_vector(digest, pack(vector))
            store.next_generation()
        made_so_far += len(some)
        if monotonic() >= until:
            break
    return ids, made_so_far


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:16]
