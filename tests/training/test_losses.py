"""The losses say what their papers say."""

from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from codesearch.training.cross_encoder import fit_platt, listwise_loss
from codesearch.training.distil import dual_modal_loss, single_modal_loss
from codesearch.training.teacher import averaged, info_nce


def vectors(count: int, seed: int) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    return nn.functional.normalize(torch.randn(count, 8, generator=generator), dim=-1)


@given(st.integers(0, 1_000), st.integers(2, 9))
def test_a_student_that_says_the_same_as_its_teacher_has_no_loss(seed: int, count: int) -> None:
    taught, others = vectors(count, seed), vectors(count, seed + 1)
    assert single_modal_loss(taught, taught).item() == pytest.approx(0.0, abs=1e-6)
    assert dual_modal_loss(taught, taught, others).item() == pytest.approx(0.0, abs=1e-6)


def test_the_single_modal_loss_is_the_mean_distance_from_cosine_one() -> None:
    student = torch.tensor([[1.0, 0.0], [0.0, 1.0]])
    teacher = torch.tensor([[1.0, 0.0], [0.0, -1.0]])
    assert single_modal_loss(student, teacher).item() == pytest.approx((0.0 + 2.0) / 2)


def test_the_dual_modal_loss_sums_the_differences_of_cosines_to_the_other_side() -> None:
    student = torch.tensor([[1.0, 0.0]])
    teacher = torch.tensor([[0.0, 1.0]])
    others = torch.tensor([[1.0, 0.0], [0.6, 0.8]])
    assert dual_modal_loss(student, teacher, others).item() == pytest.approx(abs(0 - 1) + abs(0.8 - 0.6))


def test_info_nce_falls_as_pairs_part_from_the_others() -> None:
    queries = vectors(6, 1)
    assert info_nce(queries, queries, 0.05) < info_nce(queries, vectors(6, 2), 0.05)
    # All alike: every one of six is as likely.
    same = torch.ones(6, 4) / 2
    assert info_nce(same, same, 0.05).item() == pytest.approx(math.log(6), abs=1e-4)


def test_the_listwise_loss_wants_the_answer_up_and_nothing_where_there_is_no_answer() -> None:
    has = torch.tensor([True])
    none = torch.tensor([False])
    good, bad, low = torch.tensor([[5.0, -5.0]]), torch.tensor([[-5.0, 5.0]]), torch.tensor([[-5.0, -5.0]])
    assert listwise_loss(good, has) < 0.1 < listwise_loss(bad, has)
    assert listwise_loss(low, none) < 0.1 < listwise_loss(good, none)


def test_averaging_goes_from_the_start_to_the_trained_weights() -> None:
    start, trained = {"w": torch.tensor([0.0])}, {"w": torch.tensor([4.0])}
    assert [averaged(start, trained, share)["w"].item() for share in (0.0, 0.25, 1.0)] == [0.0, 1.0, 4.0]


def test_platt_gives_the_rates_that_were_seen() -> None:
    scores = torch.tensor([0.0] * 100 + [2.0] * 100, dtype=torch.float64)
    right = torch.tensor([1.0] * 20 + [0.0] * 80 + [1.0] * 90 + [0.0] * 10, dtype=torch.float64)
    found = fit_platt(scores.numpy(), right.numpy())

    def probability(score: float) -> float:
        return 1 / (1 + math.exp(-(found.slope * score + found.offset)))

    assert probability(0.0) == pytest.approx(0.2, abs=0.01)
    assert probability(2.0) == pytest.approx(0.9, abs=0.01)
