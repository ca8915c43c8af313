"""Logistic regression: the curve that turns scores and other evidence into probabilities."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

# Enough to keep a sample that can be told apart without error from running away.
_DECAY = 1e-4


def logistic_weights(inputs: NDArray[np.float64], outcomes: NDArray[np.float64]) -> tuple[float, ...]:
    """The weights of each column under which the outcomes are the likeliest.

    Args:
        inputs: [samples, columns]; a constant needs a column of ones.
        outcomes: 0 or 1, [samples].

    """
    x, y = torch.from_numpy(inputs), torch.from_numpy(outcomes)
    weights = torch.zeros(x.shape[1], dtype=x.dtype, requires_grad=True)
    minimise(
        weights,
        lambda: (
            nn.functional.binary_cross_entropy_with_logits(x @ weights, y) + _DECAY * weights.square().sum()
        ),
    )
    return tuple(weights.detach().tolist())


def minimise(weights: Tensor, loss: Callable[[], Tensor]) -> None:
    """Moves the weights to where a smooth loss is least."""
    optimiser = torch.optim.LBFGS([weights], max_iter=500, line_search_fn="strong_wolfe")

    def closure() -> Tensor:
        optimiser.zero_grad()
        found = loss()
        found.backward()
        return found

    optimiser.step(closure)
