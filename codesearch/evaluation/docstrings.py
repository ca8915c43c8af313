"""How well an encoder finds functions by their doc comments, which are removed from the code.

    python -m codesearch.evaluation.docstrings CORPUS [--weights DIR] [--json FILE]

CORPUS is what `codesearch train mine` made of repositories that no training saw. Two protocols: pools
of 1,000 functions of one language (CodeSearchNet's, arXiv 1909.09436), and each repository whole.
"""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from numpy.typing import NDArray

from codesearch.encode.weights import student_folder
from codesearch.evaluation.pools import of_weights
from codesearch.training.corpus import Function, RepositoryCorpus, is_doc, read_corpus
from codesearch.training.pools import Pool, dense_scores, make_pool, ranks

_POOL = 1_000


def language_pools(corpora: list[RepositoryCorpus], size: int = _POOL) -> dict[str, Pool]:
    """One pool a language: functions that have a doc comment, taken in turn from each repository."""
    by_language: dict[str, list[list[Function]]] = defaultdict(list)
    for corpus in corpora:
        documented: dict[str, list[Function]] = defaultdict(list)
        for function in corpus.functions:
            if any(is_doc(query.kind) for query in function.queries):
                # Others may have a function of that name in a file of that name.
                path = f"{corpus.repository}/{function.path}"
                documented[function.language].append(replace(function, path=path))
        for language, functions in documented.items():
            by_language[language].append(functions)
    pools: dict[str, Pool] = {}
    for language, groups in by_language.items():
        mixed = [group[i] for i in range(max(map(len, groups))) for group in groups if i < len(group)][:size]
        pool = make_pool(
            RepositoryCorpus(language, tuple(mixed)), is_doc, with_doc=False, functions=size, queries=size
        )
        if pool is not None:
            pools[language] = pool
    return pools


def repository_pools(corpora: list[RepositoryCorpus], queries: int = 200) -> dict[str, Pool]:
    """Each repository whole, with at most so many queries."""
    pools: dict[str, Pool] = {}
    for corpus in corpora:
        pool = make_pool(corpus, is_doc, with_doc=False, functions=len(corpus.functions), queries=queries)
        if pool is not None:
            pools[corpus.repository] = pool
    return pools


def main(
    corpus: Annotated[Path, typer.Argument(help="What `codesearch train mine` wrote.")],
    weights: Annotated[
        Path | None, typer.Option(help="The dual encoder.  [default: the bundled one]")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--json", help="Write each query's reciprocal rank here.")
    ] = None,
    whole: Annotated[bool, typer.Option(help="Search whole repositories too.")] = False,
    threads: Annotated[int, typer.Option(help="The cores to use.")] = 2,
) -> None:
    """Prints the MRR of each pool and the mean over pools."""
    ways = of_weights(weights or student_folder(), threads)
    corpora = list(read_corpus(corpus))
    protocols = {"language": language_pools(corpora)}
    if whole:
        protocols["repository"] = repository_pools(corpora)
    everything: dict[str, list[float]] = {}
    for protocol, pools in protocols.items():
        print(f"| {protocol} | functions | queries | MRR |\n| --- | --- | --- | --- |")
        scores: list[float] = []
        for name, pool in sorted(pools.items()):
            found = ranks(dense_scores(pool, *ways), pool.answers)
            reciprocal: NDArray[np.float64] = 1.0 / found
            everything[f"{protocol} {name}"] = reciprocal.tolist()
            scores.append(float(reciprocal.mean()))
            print(f"| {name} | {pool.owners[-1] + 1} | {len(found)} | {scores[-1]:.3f} |")
        print(f"| mean | | | {np.mean(scores):.3f} |\n")
    if out is not None:
        out.write_text(json.dumps(everything) + "\n", "utf-8")


if __name__ == "__main__":
    typer.run(main)
