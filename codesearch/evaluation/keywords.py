"""Keyword search, to compare with: what one finds by searching for the words of a question one by one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from codesearch.index.store import Store
from codesearch.parse.file import lines_of_file
from codesearch.search.question import read_question
from codesearch.search.result import Place


def keyword_search(root: Path, store: Store) -> Callable[[str, int], list[Place]]:
    """A function of a query and a depth to places: first those that hold the most of the query's words,
    anywhere and in any case, as `ripgrep -i` would find them; among these those that hold them more often.
    """
    ids = store.unit_ids()
    texts: list[tuple[Place, str]] = []
    for stored in store.units(ids):
        lines = lines_of_file(root, stored.path, stored.digest) or ()
        unit = stored.unit
        # What is indexed of the unit, so that what is hidden from the others is hidden here.
        shown = [line for part in unit.shown for line in lines[part.start - 1 : part.end]]
        text = "\n".join(shown).lower()
        texts.append((Place(stored.path, unit), text))

    def find(query: str, depth: int) -> list[Place]:
        words = read_question(query).content
        scored = [(*_score(text, words), -number) for number, (_, text) in enumerate(texts)]
        best = sorted(scored, reverse=True)[:depth]
        return [texts[-number][0] for present, _, number in best if present]

    return find


def _score(text: str, words: Sequence[str]) -> tuple[int, int]:
    counts = [text.count(word) for word in words]
    return sum(count > 0 for count in counts), sum(counts)
