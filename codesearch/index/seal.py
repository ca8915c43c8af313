"""The seal of an index: its database's checksum, written when a build is done and broken before the next.

Under an unbroken seal every bit of the database is what the last build left. Without one a build is at it
or was interrupted. Whoever changes an index holds its lock, breaks the seal, writes, has it all
on the disk, and seals it again.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from zlib import crc32

LOCK = "lock"
DATABASE = "index.db"
SEAL = "seal"

_CONDEMNED = "damaged"
_AT_ONCE = 1 << 20


def is_sealed(folder: Path) -> bool:
    """Whether the last build of the index was ended."""
    return (folder / SEAL).is_file()


def is_intact(folder: Path) -> bool | None:
    """Whether the database is the one that was sealed; None where there is no seal.

    Not to be asked while this process has the database open: closing the file would drop SQLite's locks.

    Raises:
        OSError: seal or database cannot be read.

    """
    while (seal := _read(folder)) is not None:
        with (folder / DATABASE).open("rb") as file:
            if _checksum(file.fileno()) == seal:
                return True
        if _read(folder) == seal:
            return False
        # Another process wrote the index meanwhile.
    return None


def write_seal(folder: Path, descriptor: int) -> None:
    """Seals the database that is open under a descriptor, all of it being on the disk."""
    _write(folder, _checksum(descriptor))


def break_seal(folder: Path) -> None:
    """Says that the database is about to be changed."""
    (folder / SEAL).unlink(missing_ok=True)


def condemn(folder: Path) -> None:
    """Says that the database is damaged: who opens the index next makes it anew."""
    _write(folder, _CONDEMNED)


def discard(folder: Path) -> None:
    """Removes an index, all but its lock, which the caller holds.

    Cut short at any point, what is left is recognised as damaged or as nothing.
    """
    vectors = sorted(folder.glob("vectors-*"))
    # The seal is last: a damaged database without one might be taken for one of an interrupted build.
    for path in (*(folder / f"{DATABASE}{tail}" for tail in ("", "-wal", "-shm")), *vectors, folder / SEAL):
        remove(path)


def remove(path: Path) -> None:
    """Removes what is at a path of an index's folder, if anything is."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _read(folder: Path) -> str | None:
    try:
        return (folder / SEAL).read_text("utf-8", "replace")
    except FileNotFoundError:
        return None


def _write(folder: Path, text: str) -> None:
    unfinished = folder / f"{SEAL}.tmp"
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with open(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    os.replace(unfinished, folder / SEAL)


def _checksum(descriptor: int) -> str:
    """The size and CRC-32 of an open file."""
    os.lseek(descriptor, 0, os.SEEK_SET)
    size = checksum = 0
    while block := os.read(descriptor, _AT_ONCE):
        size += len(block)
        checksum = crc32(block, checksum)
    return f"{size} {checksum:08x}\n"
