"""What a batch holds."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from codesearch.training.batches import PairSampler, SamplerSettings
from codesearch.training.candidates import (
    CandidateList,
    by_origin,
)
from codesearch.training.corpus import RepositoryCorpus, read_corpus
from codesearch.training.tune import TuneSettings, batch_of_lists

pytestmark = pytest.mark.filterwarnings("default")


def told_apart(corpus: Path) -> list[RepositoryCorpus]:
    """The corpus, each query ending in its repository's and its function's name."""
    return [
        replace(
            each,
            functions=tuple(
                replace(
                    function,
                    queries=tuple(
                        replace(query, text=f"{query.text} {each.repository} {function.name}")
                        for query in function.queries
                    ),
                )
                for function in each.functions
            ),
        )
        for each in read_corpus(corpus)
    ]


def test_batches_are_the_same_each_time_and_name_no_function_twice(corpus: Path) -> None:
    sampler = PairSampler(told_apart(corpus), SamplerSettings(size=20))
    assert sampler.batch(5) == sampler.batch(5) != sampler.batch(6)
    for number in range(20):
        functions = [tuple(pair.query.split()[-2:]) for pair in sampler.batch(number)]
        assert len(set(functions)) == len(functions) == 20


def test_half_of_the_batches_stay_within_one_repository(corpus: Path) -> None:
    sampler = PairSampler(told_apart(corpus), SamplerSettings(size=16, one_repository=0.5))
    alone = sum(len({pair.query.split()[-2] for pair in sampler.batch(number)}) == 1 for number in range(60))
    assert 20 <= alone <= 40


def test_a_batch_of_lists_holds_each_function_once_and_no_query_with_another_answer_to_it() -> None:
    # Each function answers two written questions, and a mined query by the form that lacks its doc comment.
    with_doc = [f"cart {name}\n# Says it\n{name}()" for name in "abcdefgh"]
    without = [f"cart {name}\n{name}()" for name in "abcdefgh"]
    lists = by_origin(
        CandidateList(
            "a/b", kind, f"{kind} {number}", forms[number], 1, (*forms[:number], *forms[number + 1 :])
        )
        for number in range(8)
        for kind, forms in (("asked_question", with_doc), ("asked_keywords", with_doc), ("comment", without))
    )
    settings = TuneSettings(Path(), Path(), Path(), Path(), lists=5, negatives=4, asked=0.5)
    for seed in range(30):
        batch = batch_of_lists(Random(seed), lists, settings)
        assert len(batch.queries) == 5
        titles = [passage.splitlines()[0] for passage in batch.passages]
        assert len(set(titles)) == len(titles) > 5
        for query, passage in zip(batch.queries, batch.passages, strict=False):
            kind, number = query.split()
            assert passage == (without if kind == "comment" else with_doc)[int(number)]
