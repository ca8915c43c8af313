"""Rerank: the cross-encoder reads the best candidates once more and orders them anew."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePosixPath

from codesearch.encode.cross_encoder import CrossEncoder
from codesearch.encode.text import passage_texts
from codesearch.search.result import Result


def rerank(cross_encoder: CrossEncoder, query: str, results: Sequence[Result]) -> list[Result]:
    """The results by the cross-encoder's score of their best window, best first."""
    texts: list[str] = []
    owners: list[int] = []
    for number, result in enumerate(results):
        windows = passage_texts(PurePosixPath(result.path), result.unit, result.file_lines)
        texts.extend(windows)
        owners.extend([number] * len(windows))
    best = [float("-inf")] * len(results)
    for owner, score in zip(owners, cross_encoder.scores(query, texts), strict=True):
        best[owner] = max(best[owner], float(score))
    order = sorted(range(len(results)), key=lambda number: -best[number])
    return [results[number] for number in order]
