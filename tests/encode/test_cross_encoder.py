"""The cross-encoder's seam: pairs in, one score a passage out, in order."""

from __future__ import annotations

from pathlib import Path

from codesearch.encode.cross_encoder import CrossEncoder
from tests.encode.tiny import write_tiny_cross_encoder


def test_scores_are_of_the_pairs_and_in_the_passages_order(tmp_path: Path) -> None:
    cross_encoder = CrossEncoder(write_tiny_cross_encoder(tmp_path / "weights"), threads=1)
    passages = ["nothing of it", "red apple", "red apple and green pear " + "filler " * 90, ""]
    scores = cross_encoder.scores("green apple", passages * 10)
    assert scores.tolist() == [0.0, 1.0, 2.0, 0.0] * 10


def test_no_passages_have_no_scores(tmp_path: Path) -> None:
    cross_encoder = CrossEncoder(write_tiny_cross_encoder(tmp_path / "weights"), threads=1)
    assert cross_encoder.scores("anything", []).shape == (0,)
