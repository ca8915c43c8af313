"""A run that was stopped goes on as it would have, and with nothing that another left."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from codesearch.errors import CodesearchError
from codesearch.training.batches import PairSampler, SamplerSettings
from codesearch.training.corpus import read_corpus
from codesearch.training.distil import draw_pairs, make_targets
from codesearch.training.encoder import load_encoder, load_tokenizer
from codesearch.training.loop import Progress, Schedule, run
from codesearch.training.teacher import TeacherSettings, train_teacher
from tests.training.conftest import FAST, silent

pytestmark = pytest.mark.filterwarnings("default")


def test_a_run_that_was_stopped_ends_as_an_unbroken_one(tmp_path: Path) -> None:
    target = torch.arange(4.0)

    def trained(folder: Path, *stops: int) -> Tensor:
        torch.manual_seed(3)
        model = nn.Linear(4, 4)
        schedule = Schedule(steps=12, learning_rate=0.1, checkpoint_every=4)

        def loss_of(step: int) -> Tensor:
            if step in stops:
                raise KeyboardInterrupt
            inputs = torch.randn(4, generator=torch.Generator().manual_seed(step))
            loss: Tensor = (model(inputs) - target).square().sum()
            return loss

        try:
            run(model, loss_of, schedule, folder, lambda progress: None)
        except KeyboardInterrupt:
            with torch.no_grad():
                model.weight.zero_()  # nothing of the broken run may be needed
            return trained(folder)
        return model.weight.detach()

    torch.testing.assert_close(trained(tmp_path / "broken", 6), trained(tmp_path / "whole"))


@pytest.mark.parametrize("other", ["schedule", "start", "data"])
def test_a_run_does_not_go_on_with_what_another_left(tmp_path: Path, other: str) -> None:
    def trained(steps: int = 4, start: float = 1.0, made_from: str = "this") -> None:
        model = nn.Linear(1, 1)
        with torch.no_grad():
            model.weight.fill_(start)
            model.bias.zero_()
        schedule = Schedule(steps, 0.1, checkpoint_every=2)
        run(model, lambda step: model.weight.sum(), schedule, tmp_path, lambda _: None, made_from=made_from)

    trained()
    trained()
    changed: dict[str, dict[str, Any]] = {
        "schedule": {"steps": 6},
        "start": {"start": 2.0},
        "data": {"made_from": "that"},
    }
    with pytest.raises(CodesearchError, match="remove it or name another --out"):
        trained(**changed[other])


@pytest.mark.parametrize(
    "change", [{"steps": 41}, {"temperature": 0.1}, {"sampler": SamplerSettings(size=23)}]
)
def test_a_teacher_is_not_resumed_under_other_settings_but_elsewhere_it_is(
    checkpoint: Path, corpus: Path, teacher: Path, tmp_path: Path, change: dict[str, Any]
) -> None:
    moved = shutil.copytree(teacher, tmp_path / "moved")
    settings = TeacherSettings(
        corpus, checkpoint, moved, FAST, SamplerSettings(size=24), frozen_layers=0, passage_tokens=32
    )
    said: list[str] = []
    train_teacher(settings, said.append)
    assert not any("step" in line for line in said)
    if "steps" in change:
        change = {"schedule": replace(FAST, steps=change["steps"])}
    with pytest.raises(CodesearchError, match="other settings"):
        train_teacher(replace(settings, **change), silent)


def test_targets_are_the_same_when_read_again_and_those_of_their_teacher_and_pairs(
    checkpoint: Path, teacher: Path, corpus: Path, tmp_path: Path
) -> None:
    keep = tmp_path / "targets.npz"
    tokenizer = load_tokenizer(teacher)
    pairs = draw_pairs(PairSampler(read_corpus(corpus), SamplerSettings(size=8)), 16)
    first = make_targets(load_encoder(teacher), tokenizer, pairs[:8], keep)
    written = keep.stat().st_mtime_ns
    again = make_targets(load_encoder(teacher), tokenizer, pairs[:8], keep)
    assert keep.stat().st_mtime_ns == written
    np.testing.assert_array_equal(first.queries, again.queries)
    np.testing.assert_array_equal(first.passages, again.passages)
    others = make_targets(load_encoder(teacher), tokenizer, pairs[8:], keep)
    untaught = make_targets(load_encoder(checkpoint), tokenizer, pairs[8:], keep)
    assert not np.allclose(first.queries, others.queries)
    assert not np.allclose(others.queries, untaught.queries)
    assert len({first.made_from, others.made_from, untaught.made_from}) == 3


def test_the_rate_climbs_then_falls_to_nothing() -> None:
    schedule = Schedule(steps=100, learning_rate=1.0, warmup=0.1)
    rates = [schedule.rate(step) for step in range(100)]
    assert rates.index(max(rates)) == pytest.approx(10, abs=1)
    assert max(rates) <= 1.0
    assert rates[0] < 0.2
    assert rates[-1] < 0.02


def test_progress_tells_the_mean_loss_since_the_last(tmp_path: Path) -> None:
    model = nn.Linear(1, 1)
    said: list[Progress] = []
    run(
        model,
        lambda step: model.weight.sum() * 0 + step,
        Schedule(4, 0.1, checkpoint_every=2),
        tmp_path,
        said.append,
    )
    assert [(each.step, each.loss) for each in said] == [(2, 0.5), (4, 2.5)]
