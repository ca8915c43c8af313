"""The training loop that every stage shares: AdamW, a linear schedule, checkpoints, resuming."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn

from codesearch.errors import CodesearchError
from codesearch.training.fingerprint import fingerprint

_STATE = "state.pt"


@dataclass(frozen=True, slots=True)
class Schedule:
    """How long and how fast: the rate climbs to `learning_rate`, then falls in a line to zero."""

    steps: int
    learning_rate: float
    warmup: float = 0.05
    weight_decay: float = 0.01
    checkpoint_every: int = 100

    def rate(self, step: int) -> float:
        """The learning rate of a step, counted from 0."""
        climb = max(1, round(self.warmup * self.steps))
        if step < climb:
            return self.learning_rate * (step + 1) / climb
        return self.learning_rate * (self.steps - step) / max(1, self.steps - climb)


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a run stands: the mean loss since the last report, and steps a second."""

    step: int
    loss: float
    speed: float


def run(
    model: nn.Module,
    loss_of: Callable[[int], Tensor],
    schedule: Schedule,
    folder: Path,
    report: Callable[[Progress], None],
    *,
    made_from: str = "",
) -> None:
    """Trains the model in place; a run that was stopped goes on from its last checkpoint.

    Args:
        model: what is trained.
        loss_of: the loss of a step, which draws its own batch. It must depend on the step's number
            and the model only, so that a resumed run sees what an unbroken one would have.
        schedule: how long and how fast.
        folder: where the checkpoint lies.
        report: hears of the progress at each checkpoint and at the end.
        made_from: what the losses depend on besides (`fingerprint`).

    Raises:
        CodesearchError: the checkpoint is that of a run with another schedule, from other weights, or made
            from something else.

    """
    folder.mkdir(parents=True, exist_ok=True)
    optimiser = _optimiser(model, schedule)
    # Taken before resuming: these are the weights that the run starts from.
    own = fingerprint(schedule, made_from, model)
    first = _resume(model, optimiser, folder / _STATE, own)
    began, since, losses = time.monotonic(), first, 0.0
    for step in range(first, schedule.steps):
        model.train()
        for group in optimiser.param_groups:
            group["lr"] = schedule.rate(step)
        loss = loss_of(step)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        losses += loss.item()
        done = step + 1
        if done % schedule.checkpoint_every == 0 or done == schedule.steps:
            _save(model, optimiser, done, folder / _STATE, own)
            speed = (done - since) / max(time.monotonic() - began, 1e-9)
            report(Progress(done, losses / (done - since), speed))
            began, since, losses = time.monotonic(), done, 0.0


def _optimiser(model: nn.Module, schedule: Schedule) -> torch.optim.Optimizer:
    trained = [each for each in model.parameters() if each.requires_grad]
    groups = [
        {"params": [each for each in trained if each.ndim > 1], "weight_decay": schedule.weight_decay},
        {"params": [each for each in trained if each.ndim <= 1], "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(groups, lr=schedule.learning_rate, fused=True)


def _resume(model: nn.Module, optimiser: torch.optim.Optimizer, path: Path, own: str) -> int:
    if not path.exists():
        return 0
    state = torch.load(path, weights_only=True, map_location="cpu")
    if state.get("run") != own:
        raise CodesearchError(
            f"{path.parent} holds a run with other settings or other data; remove it or name another --out"
        )
    model.load_state_dict(state["model"])
    optimiser.load_state_dict(state["optimiser"])
    step: int = state["step"]
    return step


def _save(model: nn.Module, optimiser: torch.optim.Optimizer, step: int, path: Path, own: str) -> None:
    part = path.with_suffix(".part")
    state = {"run": own, "step": step, "model": model.state_dict(), "optimiser": optimiser.state_dict()}
    torch.save(state, part)
    os.replace(part, path)
