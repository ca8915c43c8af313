"""Reading a file that may be anything: a pipe would wait for ever, a device never end."""

from __future__ import annotations

import os
import stat
from pathlib import Path


def read_regular(path: Path, most: int, *, follow: bool) -> bytes:
    """The first bytes of a regular file.

    Args:
        path: where it is.
        most: how many bytes to read at most.
        follow: whether the file may be a link to one.

    Raises:
        OSError: there is none, or it cannot be read.

    """
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    if not follow:
        flags |= getattr(os, "O_NOFOLLOW", 0)
    # Opened by `open`, which closes what turns out to be a folder.
    with open(path, "rb", opener=lambda name, _: os.open(name, flags)) as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise OSError(f"{path} is no regular file")
        return file.read(most)
