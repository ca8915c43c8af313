"""Recall brings up the same units whichever way it looks among those that a filter leaves."""

from __future__ import annotations

from pathlib import Path

import pytest

from codesearch.encode.encoder import Encoder
from codesearch.index.location import locate
from codesearch.search.models import Models
from codesearch.search.question import read_question
from codesearch.search.ranking import only
from codesearch.search.recall import recall
from codesearch.search.search import search, target
from tests.conftest import write_files
from tests.index.indexed import built, opened


@pytest.mark.parametrize("every", [1, 2, 17])
def test_many_units_are_looked_among_as_few_are(
    repository: Path, index_home: Path, encoder: Encoder, monkeypatch: pytest.MonkeyPatch, every: int
) -> None:
    words = ["open", "close", "read", "write", "find", "sort", "merge", "split", "parse", "print"]
    functions = (f"def {one}_{two}(x):\n    return {one}({two}(x))\n\n" for one in words for two in words)
    write_files(repository, {"many.py": "".join(functions)})
    location = locate(repository, index_home)
    with opened(location, encoder) as store:
        built(location, encoder, store)
        only = store.unit_ids()[::every]
        question = read_question("sort what was read")
        vector = encoder.encode_query(question.text)
        nearest = target(location, store, encoder).nearest
        found = []
        for few in (1_000, 0):
            monkeypatch.setattr("codesearch.search.recall._FEW", few)
            found.append(recall(store, nearest, question, vector, depth=3, only=only).candidates)
        one_by_one, of_all = found
        assert [each.stored.id for each in of_all] == [each.stored.id for each in one_by_one]
        assert [each.dense for each in of_all] == pytest.approx([each.dense for each in one_by_one], abs=1e-5)
        assert {each.stored.id for each in of_all} <= set(only)


def test_what_shares_no_word_comes_in_no_order_by_meaning_where_words_alone_count(
    repository: Path, index_home: Path, encoder: Encoder
) -> None:
    location = locate(repository, index_home)
    with opened(location, encoder) as store:
        built(location, encoder, store)
        words_alone = Models(encoder, only("lexical"))
        searched = target(location, store, encoder)
        found = search(searched, words_alone, "email the buyer", limit=20, floor=0.0).results
    places = [(each.path, each.unit.line) for each in found if not each.why.lexical]
    assert len(places) > 3
    assert places == sorted(places)
