"""What the first stage brings up for each query: what the cross-encoder trains on.

    codesearch train candidates --corpus DIR --encoder DIR --out FILE

Hardware: any. What takes time is encoding: with six layers, 2 cores of a 2.8 GHz Xeon without bfloat16
encode 65 queries and as many passages a second, and a repository has up to 2,000 of each, or more where
functions are long. A run that was stopped begins anew.

Each repository is a pool of its own. Dense and lexical scores are put on one scale and added. A query
whose own function is not found near the top is likely not about it (the consistency filter of
CoRNStack, arXiv 2412.01007).
"""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

import numpy as np
from numpy.typing import NDArray

from codesearch.training.corpus import is_asked, read_corpus
from codesearch.training.encoder import PASSAGE_TOKENS, QUERY_TOKENS, encode, load_encoder, load_tokenizer
from codesearch.training.lexical import bm25_scores
from codesearch.training.pools import (
    Encode,
    Pool,
    best_passage,
    function_scores,
    make_pool,
    passage_cosines,
    ranks,
)


@dataclass(frozen=True, slots=True)
class CandidateList:
    """A query, its answer's best passage, and the best passages of the functions ranked beside it.

    The best passage of a function is the one nearest to the query by the encoder. `rank` is the answer's
    rank in the first stage, from 1. `others` come in the first stage's order, without the answer.
    """

    repository: str
    kind: str
    query: str
    answer: str
    rank: int
    others: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ByOrigin:
    """Lists whose queries were written by reading the code, and lists whose queries were mined from it."""

    asked: tuple[CandidateList, ...]
    mined: tuple[CandidateList, ...]

    def some(self, random: Random, asked: float) -> tuple[CandidateList, ...]:
        """The former with probability `asked`, else the latter; never none, where there are any."""
        return (self.asked if random.random() < asked else self.mined) or self.asked or self.mined


def by_origin(lists: Iterable[CandidateList]) -> ByOrigin:
    """The lists parted by who wrote their queries."""
    parted: tuple[list[CandidateList], list[CandidateList]] = ([], [])
    for each in lists:
        parted[not is_asked(each.kind)].append(each)
    return ByOrigin(*map(tuple, parted))


@dataclass(frozen=True, slots=True)
class CandidateSettings:
    """Whose recall is collected, over how much of each repository. `encoder` is a checkpoint."""

    corpus: Path
    encoder: Path
    out: Path
    functions: int = 1_000
    queries: int = 1_000
    device: str = "cpu"
    bfloat16: bool = False


def collect_candidates(settings: CandidateSettings) -> int:
    """Writes the candidate lists of every repository of the corpus and returns how many."""
    tokenizer = load_tokenizer(settings.encoder)
    model = load_encoder(settings.encoder, bfloat16=settings.bfloat16).to(settings.device)
    lists = candidate_lists(
        _pools(settings),
        lambda texts: encode(model, tokenizer, texts, most_tokens=PASSAGE_TOKENS),
        lambda texts: encode(model, tokenizer, texts, most_tokens=QUERY_TOKENS),
    )
    return write_candidates(lists, settings.out)


def _pools(settings: CandidateSettings) -> Iterator[Pool]:
    """Each repository twice: as it is for what people ask, without doc comments for what was mined."""
    for corpus in read_corpus(settings.corpus):
        for wanted, with_doc in ((is_asked, True), (_is_mined, False)):
            pool = make_pool(
                corpus, wanted, with_doc=with_doc, functions=settings.functions, queries=settings.queries
            )
            if pool is not None:
                yield pool


def _is_mined(kind: str) -> bool:
    # A commit or a test often speaks of more than the function that it changed or calls, and a name
    # stands in the passage.
    return not is_asked(kind) and kind not in ("commit", "test", "name", "doc_paragraph")


def fused_scores(
    dense: NDArray[np.float32], lexical: NDArray[np.float32], weight: float
) -> NDArray[np.float32]:
    """`weight` of the lexical and the rest of the dense score, each query's scaled to its own maximum.

    Both float32 [queries, functions], and so is what is returned.
    """
    scaled = lexical / np.maximum(lexical.max(axis=1, keepdims=True), 1e-6)
    near = dense / np.maximum(dense.max(axis=1, keepdims=True), 1e-6)
    fused: NDArray[np.float32] = (weight * scaled + (1.0 - weight) * near).astype(np.float32)
    return fused


def candidate_lists(
    pools: Iterable[Pool],
    encode_passages: Encode,
    encode_queries: Encode,
    *,
    lexical_weight: float = 0.4,
    depth: int = 20,
    worst_rank: int = 50,
) -> Iterator[CandidateList]:
    """The candidates of every query whose answer stands at `worst_rank` or better."""
    for pool in pools:
        cosines = passage_cosines(pool, encode_passages, encode_queries)
        lexical = function_scores(pool, bm25_scores(pool.passages, pool.queries))
        scores = fused_scores(function_scores(pool, cosines), lexical, lexical_weight)
        for row, rank in enumerate(ranks(scores, pool.answers)):
            if rank > worst_rank:
                continue
            order = np.argsort(-scores[row], kind="stable")[: depth + 1]
            answer = int(pool.answers[row])
            yield CandidateList(
                repository=pool.repository,
                kind=pool.kinds[row],
                query=pool.queries[row],
                answer=best_passage(pool, cosines[row], answer),
                rank=int(rank),
                others=tuple(best_passage(pool, cosines[row], i) for i in order if i != answer)[:depth],
            )


def write_candidates(lists: Iterable[CandidateList], path: Path) -> int:
    """Writes candidate lists as gzipped JSON Lines, whole or not at all, and returns how many."""
    count = 0
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.part")
    with gzip.open(part, "wt", encoding="utf-8", compresslevel=4) as file:
        for each in lists:
            row = [each.repository, each.kind, each.query, each.answer, each.rank, each.others]
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
            count += 1
    os.replace(part, path)
    return count


def read_candidates(path: Path) -> Iterator[CandidateList]:
    """The candidate lists in a file."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            repository, kind, query, answer, rank, others = json.loads(line)
            yield CandidateList(repository, kind, query, answer, rank, tuple(others))
