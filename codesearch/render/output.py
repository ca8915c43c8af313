"""Bytes to stdout: a reader that has had enough (`| head -1`) is no error."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console, RenderableType


def write(parts: Iterable[bytes]) -> bool:
    """Writes to stdout. False where its reader has had enough."""
    try:
        for part in parts:
            sys.stdout.buffer.write(part)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        # Python would complain when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return False
    return True


def drawn(console: Console, shown: RenderableType, *, whole_lines: bool = False) -> bytes:
    """What a console would print, in its encoding; characters that this lacks become question marks.

    `whole_lines` leaves it to the terminal to break lines that are too long, so that they are copied whole.
    """
    with console.capture() as capture:
        console.print(shown, soft_wrap=whole_lines)
    return capture.get().encode(console.encoding, "replace")
