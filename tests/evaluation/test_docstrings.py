"""The pools that doc comments are asked of hold what they say."""

from __future__ import annotations

from codesearch.evaluation.docstrings import language_pools
from codesearch.training.corpus import Function, Query, RepositoryCorpus


def corpus(repository: str, doc: str) -> RepositoryCorpus:
    lines = ("def run(self):", f"    return {len(doc)}")
    return RepositoryCorpus(
        repository, (Function("setup.py", "run", "python", lines, (), (Query("doc", doc),)),)
    )


def test_functions_of_one_name_in_several_repositories_are_all_in_the_pool() -> None:
    pool = language_pools([corpus("one/one", "Install it all"), corpus("two/two", "Run each test")])["python"]
    assert pool.queries == ("Install it all", "Run each test")
    assert pool.answers.tolist() == [0, 1]
    assert all(text.startswith("setup run\n") for text in pool.passages)
