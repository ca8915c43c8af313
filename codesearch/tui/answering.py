"""The thread that answers: one question after the other, of those that wait the newest alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from threading import Condition, Thread
from time import monotonic

from codesearch.index.build import Progress
from codesearch.search.models import Models
from codesearch.search.result import Answer
from codesearch.search.scope import Scope
from codesearch.search.search import Target
from codesearch.tui.searcher import Asked, Holdings, Searcher

# Files are looked at again when nobody waits, not more often than this: a walk of a large repository takes
# a few tenths of a second.
_SECONDS_BETWEEN_LOOKS = 5.0

OpenTargets = Callable[[], AbstractContextManager[Sequence[tuple[Target, Scope]]]]


@dataclass(frozen=True, slots=True)
class Answered:
    """A question with its answer."""

    asked: Asked
    answer: Answer


Told = Holdings | Answered | Exception


class _LeftError(Exception):
    """Nobody waits any more."""


class Answering:
    """Answers questions on a thread of its own, which opens and closes the indexes, as SQLite wants it.

    Use as a context manager: leaving it waits for what is being done.
    """

    def __init__(
        self,
        open_targets: OpenTargets,
        models: Models,
        *,
        limit: int,
        floor: float | None = None,
        update: bool = True,
    ) -> None:
        """Nothing happens before `start`.

        Args:
            open_targets: opens what is searched.
            models: what searches think with; used by the thread alone once it has started.
            limit: the most results of an answer.
            floor: the least probability of a result; what the ranking was fitted with where None.
            update: whether the indexes are brought up to date while the thread runs.

        """
        self._open_targets = open_targets
        self._models = models
        self._limit = limit
        self._floor = floor
        self._update = update
        self._thread = Thread(target=self._run, name="answering")
        self._tell: Callable[[Told], object] = lambda _: None
        self._changed = Condition()
        # What follows is read and written under `_changed`.
        self._next: Asked | None = None
        self._look_first = False
        self._left = False

    def __enter__(self) -> Answering:
        return self

    def __exit__(self, *_: object) -> None:
        with self._changed:
            self._left = True
            self._changed.notify()
        if self._thread.is_alive():
            self._thread.join()

    def start(self, tell: Callable[[Told], object]) -> None:
        """Opens the indexes and waits for questions.

        Args:
            tell: called on the thread with what is searched, with each answer, with an error after which
                there are no more answers.

        """
        self._tell = tell
        self._thread.start()

    def ask(self, asked: Asked, *, look_first: bool = False) -> None:
        """Has a question answered, unless another one comes before its turn.

        Args:
            asked: the question.
            look_first: whether to look first for files that changed.

        """
        with self._changed:
            self._next = asked
            self._look_first |= look_first
            self._changed.notify()

    def _run(self) -> None:
        try:
            with self._open_targets() as targets:
                searcher = Searcher(targets, self._models, limit=self._limit, floor=self._floor)
                self._tell(searcher.holdings())
                searcher.warm_up()
                self._answer_all(searcher)
        except _LeftError:
            pass
        except Exception as error:
            # It is for the thread that shows things to say so.
            self._tell(error)

    def _answer_all(self, searcher: Searcher) -> None:
        looked = monotonic()
        while True:
            asked, look_first = self._taken()
            if self._update and look_first:
                searcher.update(self._stop_if_left)
                looked = monotonic()
            self._tell(Answered(asked, searcher.answer(asked)))
            if self._update and monotonic() - looked > _SECONDS_BETWEEN_LOOKS and not self._is_waited_for():
                changed = searcher.update(self._stop_if_left)
                looked = monotonic()
                if changed and not self._is_waited_for():
                    self._tell(Answered(asked, searcher.answer(asked)))

    def _taken(self) -> tuple[Asked, bool]:
        """The next question, when there is one."""
        with self._changed:
            self._changed.wait_for(lambda: self._left or self._next is not None)
            if self._left or self._next is None:
                raise _LeftError
            taken = self._next, self._look_first
            self._next, self._look_first = None, False
            return taken

    def _is_waited_for(self) -> bool:
        with self._changed:
            return self._left or self._next is not None

    def _stop_if_left(self, _: Progress) -> None:
        """What is written is kept; the rest is done the next time."""
        with self._changed:
            if self._left:
                raise _LeftError
