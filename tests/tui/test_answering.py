"""The thread that answers: nothing that nobody waits for any more."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from queue import Queue
from threading import Event

import pytest
from rich.console import Console

from codesearch.cli.searched import located, searched
from codesearch.encode.encoder import Encoder
from codesearch.index.location import locate
from codesearch.index.store import Store
from codesearch.search.models import Models
from codesearch.search.scope import Scope
from codesearch.search.search import Target
from codesearch.tui.answering import Answered, Answering, Told
from codesearch.tui.filters import Filters
from codesearch.tui.searcher import Asked, Holdings, Searcher
from tests.conftest import write_files

_SECONDS = 60


def asked(text: str) -> Asked:
    return Asked(text, Filters())


def test_of_the_questions_that_wait_the_newest_alone_is_answered(
    repository: Path, index_home: Path, encoder: Encoder, models: Models
) -> None:
    may_open = Event()

    @contextmanager
    def open_late() -> Iterator[Sequence[tuple[Target, Scope]]]:
        assert may_open.wait(_SECONDS)
        scopes = dict.fromkeys(located([repository], index_home), Scope())
        with searched(scopes, encoder, Console(quiet=True), update=True) as targets:
            yield targets

    told: Queue[Told] = Queue()
    with Answering(open_late, models, limit=5, floor=0.0) as answering:
        answering.start(told.put)
        for text in ("email", "email the", "email the buyer"):
            answering.ask(asked(text))
        may_open.set()
        assert told.get(timeout=_SECONDS) == Holdings(6, ("python", "go", "javascript", "zig"))
        first = told.get(timeout=_SECONDS)
        assert isinstance(first, Answered)
        assert first.asked == asked("email the buyer")
        answering.ask(asked("retry with backoff"))
        second = told.get(timeout=_SECONDS)
        assert isinstance(second, Answered)
        assert second.answer.results[0].unit.name == "retryWithBackoff"
    assert told.empty()


def test_changed_files_are_found_when_they_are_looked_for(
    repository: Path, index_home: Path, encoder: Encoder, models: Models
) -> None:
    @contextmanager
    def opened() -> Iterator[Sequence[tuple[Target, Scope]]]:
        scopes = dict.fromkeys(located([repository], index_home), Scope())
        with searched(scopes, encoder, Console(quiet=True), update=True) as targets:
            yield targets

    told: Queue[Told] = Queue()
    with Answering(opened, models, limit=5, floor=0.0) as answering:
        answering.start(told.put)
        assert isinstance(told.get(timeout=_SECONDS), Holdings)
        write_files(repository, {"garden.py": "def water_plants():\n    pump.on()\n"})
        for look_first, found in ((False, False), (True, True)):
            answering.ask(asked("water plants"), look_first=look_first)
            answer = told.get(timeout=_SECONDS)
            assert isinstance(answer, Answered)
            assert ("water_plants" in {each.unit.name for each in answer.answer.results}) is found


def test_vectors_that_another_process_removes_while_they_are_loaded_do_no_harm(
    repository: Path,
    index_home: Path,
    encoder: Encoder,
    models: Models,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    location = locate(repository, index_home)
    real_ids = Store.all_vector_ids

    def ids_of_yesterday(store: Store) -> list[int]:
        found = real_ids(store)
        with Store(location.folder) as other:
            other.forget_files()
            other.delete_unused_vectors()
        return found

    with searched({location: Scope()}, encoder, Console(quiet=True), update=True) as targets:
        for path in location.folder.glob("vectors-*"):
            path.unlink()
        monkeypatch.setattr(Store, "all_vector_ids", ids_of_yesterday)
        Searcher(targets, models, limit=5).warm_up()
