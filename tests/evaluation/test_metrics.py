"""The metrics are those that their names promise."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codesearch.evaluation.metrics import ndcg, paired_bootstrap, reciprocal_rank, success

RANKS = st.sets(st.integers(1, 30), max_size=5)


def test_reciprocal_rank_is_that_of_the_first_and_none_beyond_the_depth() -> None:
    assert reciprocal_rank([3, 2]) == 0.5
    assert reciprocal_rank([11]) == 0.0
    assert reciprocal_rank([]) == 0.0
    assert reciprocal_rank([11], depth=20) == pytest.approx(1 / 11)


def test_ndcg_counts_a_rank_by_its_logarithm() -> None:
    assert ndcg([1], 1) == 1.0
    assert ndcg([2], 1) == pytest.approx(1 / math.log2(3))
    assert ndcg([1, 3], 2) == pytest.approx((1 + 0.5) / (1 + 1 / math.log2(3)))
    assert ndcg([], 0) == 0.0


def test_several_that_one_result_shows_count_as_one() -> None:
    assert ndcg([1, 1], 2) == 1.0
    assert ndcg([1, 3, 3], 4) == ndcg([1, 3], 3)


@given(st.lists(st.integers(1, 30), max_size=8), st.integers(0, 3), st.integers(1, 20))
def test_ndcg_is_never_above_one(ranks: list[int], missed: int, depth: int) -> None:
    assert 0.0 <= ndcg(ranks, len(ranks) + missed, depth) <= 1.0 + 1e-9


@given(RANKS, st.integers(1, 20))
def test_success_is_that_something_stands_within_the_depth(ranks: set[int], depth: int) -> None:
    assert success(ranks, depth) == float(any(rank <= depth for rank in ranks))
    assert 0.0 <= ndcg(ranks, max(1, len(ranks)), depth) <= 1.0 + 1e-9


def test_a_difference_that_is_everywhere_is_sure_and_noise_is_not() -> None:
    sure = paired_bootstrap([0.6] * 50, [0.5] * 50)
    assert sure.low == pytest.approx(0.1)
    assert sure.high == pytest.approx(0.1)
    noise = paired_bootstrap([0.0, 1.0] * 20, [1.0, 0.0] * 20)
    assert noise.low < 0 < noise.high
