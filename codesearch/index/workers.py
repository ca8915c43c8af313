"""Files -> readings, made by worker processes that may crash or stall without harm.

A thread each hands its process one file at a time and waits, so that it is known which file a dead process
had. The processes are started when the first file needs parsing; files of no code or without change
need none. Where none can be started, as some sandboxes will have it, files are parsed without this safety.
"""

from __future__ import annotations

import pickle
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from queue import LifoQueue
from typing import TypeVar

from codesearch.index.read import Adapt, Reading, guarded
from codesearch.index.worker import READY, STALLED
from codesearch.parse.source import Skip

# A file of a megabyte takes a second or two; what takes longer is no source that somebody wrote.
SECONDS_A_FILE = 10.0
# So many files for each process are read ahead of the one that is wanted next.
_AHEAD = 8
# A process takes as long to start as some twenty files take to parse.
_FILES_A_PROCESS = 20
# From the end of a process's output to its own.
_SECONDS_TO_END = 1.0

Item = TypeVar("Item")
Made = TypeVar("Made")


class Worker:
    """A process that parses files, started when first needed and again after it died."""

    def __init__(self, adapt: Adapt, seconds: float) -> None:
        """Keeps what the process is told when it starts: what to index of a unit, and the most
        seconds of processor time a file may take.
        """
        self._adapt = adapt
        self._orders = pickle.dumps((adapt, seconds))
        self._process: subprocess.Popen[bytes] | None = None
        self._can_start = True
        self._closed = False

    def read(self, path: str, data: bytes) -> Reading:
        """What a file gives; a file that ends the process is skipped."""
        status = 0
        # What crashes a parser does so twice; a process that something else ended is replaced.
        for _ in range(2):
            found = self._ask(path, data)
            if isinstance(found, Reading):
                return found
            status = found
            if not self._can_start:
                return guarded(path, data, self._adapt)
            if status == STALLED or self._closed:
                break
        return Reading(skip=Skip.STALLED if status == STALLED else Skip.FAILED)

    def kill(self) -> None:
        """Ends the process, whatever it is doing, and lets no other one start."""
        self._closed = True
        process = self._process
        if process is not None:
            process.kill()

    def close(self) -> None:
        """Waits for the end of the process; nobody may be reading."""
        if self._process is not None:
            _end(self._process)

    def _ask(self, path: str, data: bytes) -> Reading | int:
        """What a file gives, or the status that the process ended with."""
        fresh = self._process is None
        process = self._process or self._start()
        if process is None:
            return 0
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            if fresh:
                process.stdin.write(self._orders)
            pickle.dump((path, data), process.stdin, protocol=pickle.HIGHEST_PROTOCOL)
            process.stdin.flush()
            if fresh:
                fresh = pickle.load(process.stdout) != READY  # noqa: S301 - our own process
            found: Reading = pickle.load(process.stdout)  # noqa: S301
        except (EOFError, OSError, pickle.UnpicklingError):
            self._process = None
            status = _end(process)
            # One that never was ready is none of ours.
            self._can_start = not fresh or self._closed
            return status
        return found

    def _start(self) -> subprocess.Popen[bytes] | None:
        if not self._can_start:
            return None
        # Modules are found where this process finds them, and not in the folder that it stands in.
        program = f"import sys; sys.path[:] = {sys.path!r}; from codesearch.index.worker import main; main()"
        try:
            process = subprocess.Popen(
                [sys.executable, "-c", program],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )
        except OSError:
            self._can_start = False
            return None
        self._process = process
        if self._closed:
            process.kill()
        return process


def _end(process: subprocess.Popen[bytes]) -> int:
    """Ends a process that has nothing more to say, and returns its status."""
    try:
        process.wait(_SECONDS_TO_END)
    except subprocess.TimeoutExpired:
        process.kill()
    # What was not yet sent to it is lost.
    with suppress(OSError), process:
        pass
    return process.wait()


class Workers:
    """Several workers, each with a thread that waits for it."""

    def __init__(self, count: int, adapt: Adapt, seconds: float) -> None:
        """Starts nothing yet."""
        self._all = [Worker(adapt, seconds) for _ in range(count)]
        self._idle: LifoQueue[Worker] = LifoQueue()
        for worker in self._all:
            self._idle.put(worker)
        self._threads = ThreadPoolExecutor(count)

    def read(self, path: str, data: bytes) -> Reading:
        """What a file gives, once a worker is idle. See `Worker.read`."""
        worker = self._idle.get()
        try:
            return worker.read(path, data)
        finally:
            self._idle.put(worker)

    def each(self, make: Callable[[Item], Made], items: Iterable[Item]) -> Iterator[Made]:
        """What `make` makes of each item, in their order, in the workers' threads and a little ahead."""
        pending: deque[Future[Made]] = deque()
        for item in items:
            pending.append(self._threads.submit(make, item))
            if len(pending) > _AHEAD * len(self._all):
                yield pending.popleft().result()
        while pending:
            yield pending.popleft().result()

    def close(self) -> None:
        """Ends all, whatever they are doing."""
        for worker in self._all:
            worker.kill()
        self._threads.shutdown(cancel_futures=True)
        for worker in self._all:
            worker.close()


@contextmanager
def workers(files: int, cores: int, adapt: Adapt, seconds: float) -> Iterator[Workers]:
    """As many workers as so many files are worth, on so many cores."""
    opened = Workers(max(1, min(cores, files // _FILES_A_PROCESS)), adapt, seconds)
    try:
        yield opened
    finally:
        opened.close()
