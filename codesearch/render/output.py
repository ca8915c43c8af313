"""Bytes to stdout: a reader that has had enough (`| head -1`) is no error, a full disk is one."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING

from codesearch.errors import CodesearchError, said_by

if TYPE_CHECKING:
    from rich.console import Console, RenderableType


def write(parts: Iterable[bytes]) -> bool:
    """Writes to stdout. False where its reader has had enough.

    Raises:
        CodesearchError: it cannot be written to.

    """
    try:
        for part in parts:
            sys.stdout.buffer.write(part)
        sys.stdout.buffer.flush()
    except OSError as error:
        # Python would complain when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if _is_closed_pipe(error):
            return False
        raise CodesearchError(f"cannot write to stdout: {said_by(error)}") from error
    return True


def _is_closed_pipe(error: OSError) -> bool:
    # Windows has another word for it.
    return isinstance(error, BrokenPipeError) or (os.name == "nt" and error.errno == errno.EINVAL)


def drawn(console: Console, shown: RenderableType, *, whole_lines: bool = False) -> bytes:
    """What a console would print, in its encoding; characters that this lacks become question marks.

    `whole_lines` leaves it to the terminal to break lines that are too long, so that they are copied whole.
    """
    with console.capture() as capture:
        console.print(shown, soft_wrap=whole_lines)
    return capture.get().encode(console.encoding, "replace")
