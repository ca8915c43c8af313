"""Brings an index up to date with its repository: only what changed is read, parsed and encoded."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath

from codesearch.encode.encoder import Encoder
from codesearch.encode.text import passage_texts
from codesearch.index.borrow import Lenders
from codesearch.index.quantised import pack
from codesearch.index.store import Store
from codesearch.index.stored import StoredFile
from codesearch.index.words import unit_words
from codesearch.parse.file import ParsedFile, digest_of, parse_file, read_file
from codesearch.parse.source import Skip
from codesearch.parse.unit import Unit
from codesearch.walk import FoundFile, walk

# Files are written in portions of about this many texts: enough to batch by length, few enough
# that an interrupted run loses seconds.
_TEXTS_A_PORTION = 256
# Rows of the lexical table may outlive their units by this many, and by as many as there are units.
_MOST_WASTE = 10_000

# What is indexed of a unit.
Adapt = Callable[[Unit], Unit]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a build is. Bytes are of the files to be read, units those found so far."""

    files_done: int
    files: int
    bytes_done: int
    bytes: int
    units: int


@dataclass(frozen=True, slots=True)
class Update:
    """What a build changed: files read and written anew, files gone, texts encoded and reused."""

    files_changed: int
    files_removed: int
    units: int
    encoded: int
    reused: int

    @property
    def is_empty(self) -> bool:
        """Whether the index was up to date already."""
        return not (self.files_changed or self.files_removed)


@dataclass(frozen=True, slots=True)
class Changes:
    """How the repository differs from its index, by path, size and modification time."""

    changed: tuple[FoundFile, ...]
    removed: tuple[StoredFile, ...]
    known: dict[str, StoredFile]

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to look at."""
        return not (self.changed or self.removed)


@dataclass(slots=True)
class _Portion:
    """Files parsed and not yet written, and their texts."""

    files: list[tuple[FoundFile, ParsedFile, list[list[str]]]] = field(default_factory=list)
    texts: int = 0


def find_changes(root: Path, store: Store) -> Changes:
    """What to look at: files that are new or whose size or time changed, and files that are gone."""
    known = store.files()
    found = walk(root)
    changed = tuple(file for file in found if not _is_unchanged(file, known.get(file.path)))
    paths = {file.path for file in found}
    removed = tuple(file for file in known.values() if file.path not in paths)
    return Changes(changed, removed, known)


def update(
    root: Path,
    store: Store,
    changes: Changes,
    encoder: Encoder,
    report: Callable[[Progress], None],
    adapt: Adapt,
    lenders: Lenders,
) -> Update:
    """Makes the index say what the repository says. Interrupted, it goes on from there next time.

    Returns:
        What was done.

    """
    with store.transaction():
        store.delete_files(file.id for file in changes.removed)
    if store.lexical_waste() > _MOST_WASTE + store.counts()[1]:
        # All is read again; vectors are found by their texts, so nothing is encoded again.
        with store.transaction():
            store.forget_files()
        changes = find_changes(root, store)
    total = sum(file.size for file in changes.changed)
    files = size = units = encoded = reused = 0
    if changes.changed:
        report(Progress(0, len(changes.changed), 0, total, 0))
    for portion in _portions(root, store, changes, adapt):
        new, old = _write(store, portion, encoder, lenders)
        encoded, reused = encoded + new, reused + old
        files += len(portion.files)
        size += sum(found.size for found, _, _ in portion.files)
        units += sum(len(parsed.units) for _, parsed, _ in portion.files)
        report(Progress(files, len(changes.changed), size, total, units))
    result = Update(files, len(changes.removed), units, encoded, reused)
    if not result.is_empty:
        with store.transaction():
            store.delete_unused_vectors()
            store.set_meta("generation", str(int(store.meta("generation") or "0") + 1))
    return result


def _is_unchanged(file: FoundFile, known: StoredFile | None) -> bool:
    return known is not None and (known.size, known.mtime_ns) == (file.size, file.mtime_ns)


def as_it_is(unit: Unit) -> Unit:
    """The unit itself."""
    return unit


def _portions(root: Path, store: Store, changes: Changes, adapt: Adapt) -> Iterator[_Portion]:
    portion = _Portion()
    for file in changes.changed:
        data = read_file(root, file.path)
        known = changes.known.get(file.path)
        if known is not None and not isinstance(data, Skip) and digest_of(data) == known.digest:
            store.touch_file(known.id, file.mtime_ns)
            continue
        parsed = ParsedFile(b"", skip=data) if isinstance(data, Skip) else parse_file(file.path, data)
        parsed = replace(parsed, units=tuple(map(adapt, parsed.units)))
        texts = [passage_texts(PurePosixPath(file.path), unit, parsed.lines) for unit in parsed.units]
        portion.files.append((file, parsed, texts))
        portion.texts += sum(map(len, texts))
        if portion.texts >= _TEXTS_A_PORTION:
            yield portion
            portion = _Portion()
    if portion.files:
        yield portion


def _write(store: Store, portion: _Portion, encoder: Encoder, lenders: Lenders) -> tuple[int, int]:
    """Encodes what no vector exists for, writes it all. Returns how many texts were encoded and reused."""
    texts = {_digest(text): text for _, _, of_units in portion.files for texts in of_units for text in texts}
    ids = store.vector_ids(list(texts))
    unknown = [digest for digest in texts if digest not in ids]
    lent = lenders.vectors(unknown)
    missing = [digest for digest in unknown if digest not in lent]
    vectors = encoder.encode_passages([texts[digest] for digest in missing])
    with store.transaction():
        for digest, packed in lent.items():
            ids[digest] = store.put_packed_vector(digest, packed)
        for digest, vector in zip(missing, vectors, strict=True):
            ids[digest] = store.put_packed_vector(digest, pack(vector))
        for found, parsed, of_units in portion.files:
            skip = parsed.skip.value if parsed.skip else ""
            file_id = store.put_file(
                found.path, found.size, found.mtime_ns, parsed.digest, parsed.language, skip
            )
            for unit, unit_texts in zip(parsed.units, of_units, strict=True):
                words = unit_words(found.path, unit, parsed.lines)
                store.put_unit(file_id, unit, [ids[_digest(text)] for text in unit_texts], words)
    return len(missing), portion.texts - len(missing)


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:16]
