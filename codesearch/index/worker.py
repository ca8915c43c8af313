"""A process that parses files for another one, so that a file that crashes or stalls a parser costs no more
than itself.

On its input come, pickled, how to read and then path and bytes of one file after another; on its output
go `READY` and then one `Reading` a file. It ends with its input. It watches itself: what takes too long ends
it with the status `STALLED`, whatever its code is stuck in and whether or not anybody still waits.
"""

from __future__ import annotations

import faulthandler
import os
import pickle
import signal
import sys
from pathlib import Path

from codesearch.index.read import guarded

READY = "ready"
# What `faulthandler` exits with.
STALLED = 1


def main() -> None:
    """Reads files until there are no more."""
    # Ctrl-C reaches all processes of a terminal: the one that this works for decides.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # What a parser prints must not come between the answers.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    files = sys.stdin.buffer
    with answers, Path(os.devnull).open("wb") as nowhere:
        adapt, seconds = pickle.load(files)  # noqa: S301 - from the process that started this one
        pickle.dump(READY, answers)
        answers.flush()
        while True:
            try:
                path, data = pickle.load(files)  # noqa: S301
            except EOFError:
                return
            faulthandler.dump_traceback_later(seconds, exit=True, file=nowhere)
            found = guarded(path, data, adapt)
            faulthandler.cancel_dump_traceback_later()
            pickle.dump(found, answers, protocol=pickle.HIGHEST_PROTOCOL)
            answers.flush()
