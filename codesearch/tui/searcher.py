"""Questions answered from several open indexes as one; for the one thread that opened them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from codesearch.index.build import Progress
from codesearch.index.refresh import refresh
from codesearch.search.mode import Rerank
from codesearch.search.models import Models
from codesearch.search.question import read_question
from codesearch.search.result import Answer
from codesearch.search.scope import Scope
from codesearch.search.search import Target, search_all, target
from codesearch.tui.filters import Filters


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, and what it is narrowed to."""

    text: str
    filters: Filters


@dataclass(frozen=True, slots=True)
class Holdings:
    """What is searched: how many functions and methods, and the languages, most used first."""

    functions: int
    languages: tuple[str, ...]


class Searcher:
    """Several open indexes."""

    def __init__(
        self,
        targets: Sequence[tuple[Target, Scope]],
        models: Models,
        *,
        limit: int,
        floor: float | None = None,
    ) -> None:
        self._targets = list(targets)
        self._generations = [_generation(each) for each, _ in targets]
        self._writes = [each.store.writes() for each, _ in targets]
        self._models = models
        self._limit = limit
        self._floor = floor

    def holdings(self) -> Holdings:
        """What can be found."""
        languages = Counter[str]()
        for each, _ in self._targets:
            languages.update(each.store.languages())
        functions = sum(each.store.count_callables() for each, _ in self._targets)
        return Holdings(functions, tuple(name for name, _ in languages.most_common()))

    def warm_up(self) -> None:
        """Loads what the first question would have to wait for."""
        self._models.encoder.encode_query("")
        for each, _ in self._targets:
            # Another process may remove vectors meanwhile.
            with each.store.snapshot():
                each.nearest()

    def answer(self, asked: Asked) -> Answer:
        """What answers a question, best first."""
        return search_all(
            ((each, asked.filters.within(scope)) for each, scope in self._targets),
            self._models,
            read_question(asked.text),
            limit=self._limit,
            floor=self._floor,
            mode=Rerank.NEVER,
        )

    def update(self, report: Callable[[Progress], None]) -> bool:
        """Brings the indexes up to date. True where answers may be others now.

        Raises:
            CodesearchError: an index cannot be written.

        """
        for number, (each, scope) in enumerate(self._targets):
            refresh(each.location, each.store, self._models.encoder, report, before_waiting=None)
            # Another process may have made other vectors, too.
            self._targets[number] = (
                (each, scope)
                if _generation(each) == self._generations[number]
                else (target(each.location, each.store, self._models.encoder), scope)
            )
        self._generations = [_generation(each) for each, _ in self._targets]
        # Answers depend on more than vectors: a line put in at a file's top moves all that is in it.
        before, self._writes = self._writes, [each.store.writes() for each, _ in self._targets]
        return before != self._writes


def _generation(of: Target) -> str:
    """The number of an index's state."""
    return of.store.meta("generation")
