"""Questions answered from open indexes, while files and indexes change."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from rich.console import Console

from codesearch.cli.searched import located, searched
from codesearch.encode.encoder import Encoder
from codesearch.encode.weights import student_folder
from codesearch.search.models import Models
from codesearch.search.ranking import read_ranking
from codesearch.search.scope import Scope
from codesearch.tui.filters import Filters
from codesearch.tui.searcher import Asked, Searcher

WATER = "def water_plants():\n    pump.on()\n"


@contextmanager
def searcher(repository: Path, index_home: Path, encoder: Encoder) -> Iterator[Searcher]:
    """What answers from the repository's index."""
    scopes = dict.fromkeys(located([repository], index_home), Scope())
    with searched(scopes, encoder, Console(quiet=True), update=True) as targets:
        yield Searcher(targets, Models(encoder, read_ranking(student_folder())), limit=5, floor=0.0)


@pytest.mark.parametrize("text", [f"\n{WATER}", f"{WATER}\n\ndef feed_fish():\n    tank.open()\n", ""])
@pytest.mark.parametrize("by_another", [False, True])
def test_an_update_tells_whether_answers_may_be_others_now(
    repository: Path, index_home: Path, encoder: Encoder, text: str, *, by_another: bool
) -> None:
    garden = repository / "garden.py"
    garden.write_text(WATER)
    with searcher(repository, index_home, encoder) as here:
        asked = Asked("water plants", Filters())

        def found() -> list[tuple[str, int]]:
            return [(each.unit.name, each.unit.line) for each in here.answer(asked).results]

        assert found()[0] == ("water_plants", 1)
        assert not here.update(lambda _: None)
        garden.write_text(text)
        assert not any(name == "water_plants" for name, _ in found())
        if by_another:
            with searcher(repository, index_home, encoder):
                pass
        assert here.update(lambda _: None)
        assert any(name == "water_plants" for name, _ in found()) is bool(text)
        assert not here.update(lambda _: None)
