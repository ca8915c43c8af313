"""A process that parses files for another one, so that a file that crashes or stalls a parser costs no more
than itself.

On its input come, pickled, how to read and then path and bytes of one file after another; on its output
go `READY` and then one `Reading` a file. It ends with its input. It watches itself: what takes too much
processor time ends it with the status `STALLED`, whatever its code is stuck in and whether or not anybody
still waits. What takes far too long without it ends it, too, which says nothing of the file: a process that
was stopped and goes on, or a machine that is busy with something else, looks the same.
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
# Windows has no such timer: there all time counts, and what `faulthandler` exits with is the status.
_HAS_TIMER = hasattr(signal, "setitimer")
STALLED = -signal.SIGPROF if _HAS_TIMER else 1
# How many times its processor time a file may take by the clock.
_PATIENCE = 20 if _HAS_TIMER else 1


def main() -> None:
    """Reads files until there are no more."""
    # Ctrl-C reaches all processes of a terminal: the one that this works for decides.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if _HAS_TIMER:
        signal.signal(signal.SIGPROF, signal.SIG_DFL)
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
            faulthandler.dump_traceback_later(_PATIENCE * seconds, exit=True, file=nowhere)
            if _HAS_TIMER:
                signal.setitimer(signal.ITIMER_PROF, seconds)
            found = guarded(path, data, adapt)
            if _HAS_TIMER:
                signal.setitimer(signal.ITIMER_PROF, 0)
            faulthandler.cancel_dump_traceback_later()
            pickle.dump(found, answers, protocol=pickle.HIGHEST_PROTOCOL)
            answers.flush()
