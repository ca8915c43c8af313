"""Lists of what recall brings up, and the cross-encoder that learns from them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tokenizers import Tokenizer

from codesearch.encode.cross_encoder import CrossEncoder
from codesearch.training.candidates import (
    candidate_lists,
    read_candidates,
)
from codesearch.training.cross_encoder import (
    CrossEncoderModel,
    calibrate,
    cross_scores,
    load_cross_encoder,
    new_cross_encoder,
    read_calibration,
)
from codesearch.training.encoder import load_tokenizer
from codesearch.training.export import ExportSettings, export_cross_encoder
from codesearch.training.heldout import is_held_out
from codesearch.training.pools import Pool
from codesearch.training.system import System
from tests.training.conftest import HELD_OUT, TRAINED

pytestmark = pytest.mark.filterwarnings("default")


def test_candidates_hold_the_answer_and_what_was_ranked_beside_it(candidates: Path) -> None:
    lists = list(read_candidates(candidates))
    assert {each.repository for each in lists} == {HELD_OUT, TRAINED}
    for each in lists:
        assert each.answer not in each.others
        assert 1 <= each.rank <= 50
        assert len(each.others) <= 20
    assert [path.name for path in candidates.parent.iterdir()] == [candidates.name]


# Two functions of two windows, and a question that the later one of each is near to.
WINDOWED = Pool(
    "a/b", ("a1", "a2", "b1", "b2"), np.array([0, 0, 1, 1]), ("q",), ("asked_question",), np.array([0])
)
WINDOW_VECTORS = np.array([[0.1, 0.0], [0.9, 0.0], [0.2, 0.0], [0.8, 0.0]], dtype=np.float32)
ASKED_VECTOR = np.array([[1.0, 0.0]], dtype=np.float32)


def test_a_function_stands_in_a_list_by_its_window_nearest_to_the_query() -> None:
    (found,) = candidate_lists([WINDOWED], lambda texts: WINDOW_VECTORS, lambda texts: ASKED_VECTOR)
    assert (found.answer, found.others) == ("a2", ("b2",))


def test_the_second_stage_reads_the_window_nearest_to_the_query() -> None:
    read: list[str] = []

    def score(query: str, texts: Sequence[str]) -> np.ndarray:
        read.extend(texts)
        return np.zeros(len(texts), dtype=np.float32)

    system = System({"asked": [WINDOWED]}, score)
    system.performance(lambda texts: WINDOW_VECTORS, lambda texts: ASKED_VECTOR)
    assert read == ["a2", "b2"]


def test_the_cross_encoder_learns_to_put_the_answer_first(
    candidates: Path, teacher: Path, reranker: Path
) -> None:
    some = [each for each in read_candidates(candidates) if is_held_out(each.repository)][::2]

    def lead(model: CrossEncoderModel, tokenizer: Tokenizer) -> float:
        """How far the answer's score is above the others' mean, in their deviations."""
        found = [cross_scores(model, tokenizer, each.query, [each.answer, *each.others[:7]]) for each in some]
        return float(np.mean([(scores[0] - scores[1:].mean()) / (scores.std() + 1e-6) for scores in found]))

    assert lead(new_cross_encoder(teacher, None), load_tokenizer(teacher)) == 0.0
    assert lead(load_cross_encoder(reranker), load_tokenizer(reranker)) > 0.3
    assert read_calibration(reranker).slope > 0


def test_calibration_reads_lists_of_all_repositories(candidates: Path, reranker: Path) -> None:
    model, tokenizer = load_cross_encoder(reranker), load_tokenizer(reranker)
    good = list(read_candidates(candidates))[:16]
    # In the latter half the answer is another query's: what comes first there is seldom right.
    bad = [
        replace(each, answer=other.others[-1]) for each, other in zip(good, good[1:] + good[:1], strict=True)
    ]
    found = calibrate(model, tokenizer, [*good, *bad], most=16)
    assert found == calibrate(model, tokenizer, [*good, *bad][::2])
    assert found != calibrate(model, tokenizer, good)


def test_the_cross_encoder_is_trained_on_pairs_as_long_as_the_program_reads(reranker: Path) -> None:
    longest = ExportSettings(reranker, "tiny", "MIT", reranker)
    # All but the markers and the query's one word.
    room = longest.query_tokens + longest.passage_tokens - 4
    model, tokenizer = load_cross_encoder(reranker), load_tokenizer(reranker)

    def scores(before: int) -> list[float]:
        passages = ["read " * before + last for last in ("file", "socket")]
        return [float(cross_scores(model, tokenizer, "read", [each])[0]) for each in passages]

    assert len(set(scores(room - 1))) == 2
    assert len(set(scores(room))) == 1


def test_the_exported_cross_encoder_says_the_same_as_log_odds(
    candidates: Path, reranker: Path, tmp_path: Path
) -> None:
    manifest = export_cross_encoder(ExportSettings(reranker, "tiny", "MIT", tmp_path / "w"))
    assert manifest.verify(tmp_path / "w")
    some = next(iter(read_candidates(candidates)))
    passages = [some.answer, *some.others[:7]]
    found = CrossEncoder(tmp_path / "w", threads=1).scores(some.query, passages)
    calibration = read_calibration(reranker)
    raw = cross_scores(load_cross_encoder(reranker), load_tokenizer(reranker), some.query, passages)
    expected = raw * calibration.slope + calibration.offset
    assert np.corrcoef(found, expected)[0, 1] > 0.98
