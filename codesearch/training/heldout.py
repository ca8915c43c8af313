"""The repositories that training never sees, kept for choosing between models."""

from __future__ import annotations

from pathlib import Path

from codesearch.training.corpus import is_asked, is_doc, read_corpus
from codesearch.training.pools import Pool, make_pool

# One or two a language, from those that questions were written for.
FOR_CHOOSING = frozenset(
    {
        "doctrine/dbal",
        "explosion/spacy",
        "fastify/fastify",
        "google/leveldb",
        "helm/helm",
        "hyperium/hyper",
        "juliaweb/http.jl",
        "luarocks/luarocks",
        "mockito/mockito",
        "nlog/nlog",
        "puma/puma",
        "restsharp/restsharp",
        "sorentwo/oban",
        "square/okio",
        "vuejs/core",
        "yesodweb/yesod",
    }
)


def is_held_out(repository: str) -> bool:
    """Whether training leaves a repository alone."""
    return repository.lower() in FOR_CHOOSING


def choosing_pools(corpus: Path, *, functions: int = 200, queries: int = 120) -> dict[str, list[Pool]]:
    """The held-out repositories as pools: `asked` (written questions) and `doc` (doc comments, which
    the passages then lack).
    """
    found: dict[str, list[Pool]] = {"asked": [], "doc": []}
    for each in read_corpus(corpus, wanted=is_held_out):
        for name, wanted, with_doc in (("asked", is_asked, True), ("doc", is_doc, False)):
            pool = make_pool(each, wanted, with_doc=with_doc, functions=functions, queries=queries)
            if pool is not None:
                found[name].append(pool)
    return {name: pools for name, pools in found.items() if pools}
