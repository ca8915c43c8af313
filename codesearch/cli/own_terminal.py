"""The terminal for a program that draws on it, whatever its output is redirected to."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

from codesearch.errors import CodesearchError

_STREAMS = (0, 1, 2)


@contextmanager
def own_terminal() -> Iterator[BinaryIO]:
    """Standard input, output and error are the terminal inside; gives what standard output was before.

    So `$(codesearch tui)` draws on the terminal, learns its size from it, and starts editors on it.

    Raises:
        CodesearchError: there is no terminal.

    """
    redirected = [stream for stream in _STREAMS if not os.isatty(stream)]
    kept: dict[int, int] = {}
    try:
        with os.fdopen(os.dup(1), "wb") as output:
            if redirected:
                terminal = os.open(os.ctermid(), os.O_RDWR | os.O_NOCTTY)
                kept = {stream: os.dup(stream) for stream in redirected}
                _flush()
                for stream in redirected:
                    os.dup2(terminal, stream)
                os.close(terminal)
            yield output
    except (OSError, AttributeError) as error:
        # Windows has no os.ctermid.
        if kept or not redirected:
            raise
        raise CodesearchError("tui needs a terminal; without one: codesearch query TEXT") from error
    finally:
        if kept:
            _flush()
        for stream, before in kept.items():
            os.dup2(before, stream)
            os.close(before)


def _flush() -> None:
    sys.stdout.flush()
    sys.stderr.flush()
