"""The cross-encoder: reads a query and a passage together and says how well they belong.

    codesearch train cross-encoder --candidates FILE --start DIR --out DIR

Starts from the dual encoder's weights and learns listwise (R2PS, APSEC 2024): the answer against what
the first stage really brought up beside it, and against other repositories' passages. A part of the
lists has no answer at all, so that the score, once calibrated, is a probability.

Hardware: a GPU is meant; with pairs of at most 160 tokens the settings below would take some 140 minutes on
2 cores without bfloat16. A run of 650 batches there was stopped: its scores, added to the first stage's,
helped nothing yet.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Encoding, Tokenizer
from torch import Tensor, nn

from codesearch.training.candidates import ByOrigin, CandidateList, by_origin, read_candidates
from codesearch.training.encoder import (
    PASSAGE_TOKENS,
    QUERY_TOKENS,
    MeanPooledEncoder,
    autocast,
    device_of,
    load_encoder,
    load_tokenizer,
    save_encoder,
)
from codesearch.training.fingerprint import fingerprint
from codesearch.training.heldout import is_held_out
from codesearch.training.logistic import logistic_weights
from codesearch.training.loop import Progress, Schedule, run

# As many as the program reads.
PAIR_TOKENS = QUERY_TOKENS + PASSAGE_TOKENS
_AT_ONCE = 20
HEAD = "head.pt"
CALIBRATION = "calibration.json"


class CrossEncoderModel(nn.Module):
    """Token ids, mask and segment numbers, each [batch, tokens] -> scores, float32 [batch]."""

    def __init__(self, base: MeanPooledEncoder, dimensions: int) -> None:
        super().__init__()
        self.base = base
        self.head = nn.Linear(dimensions, 1)
        # From zero a run is the same each time, and all choices are equal at first.
        nn.init.zeros_(self.head.weight)
        nn.init.zeros_(self.head.bias)

    @property
    def bfloat16(self) -> bool:
        """Whether it calculates in bfloat16."""
        return self.base.bfloat16

    def forward(self, input_ids: Tensor, attention_mask: Tensor, token_type_ids: Tensor) -> Tensor:
        """The mean token vector, put through one linear layer."""
        states: Tensor = self.base.encoder(
            input_ids=input_ids, attention_mask=attention_mask, token_type_ids=token_type_ids
        ).last_hidden_state
        mask = attention_mask.unsqueeze(-1).to(states.dtype)
        pooled = (states * mask).sum(1) / mask.sum(1)
        scores: Tensor = self.head(pooled).squeeze(-1).float()
        return scores


@dataclass(frozen=True, slots=True)
class CrossEncoderSettings:
    """What is trained from what, and how.

    A list holds the answer and `negatives` others, `strangers` of them from anywhere and the rest
    from the first stage's best. `without_answer` is the share of lists that lack the answer, `asked` that
    of lists whose query was written by reading the code, where the rest was mined from it.
    """

    candidates: Path
    start: Path
    out: Path
    layers: tuple[int, ...] | None = (0, 1, 3, 5)
    schedule: Schedule = Schedule(steps=2_500, learning_rate=1e-4)
    lists: int = 16
    negatives: int = 4
    strangers: int = 0
    without_answer: float = 0.1
    asked: float = 0.7
    bfloat16: bool = False
    device: str = "cpu"
    seed: int = 1


@dataclass(frozen=True, slots=True)
class Calibration:
    """score -> probability: 1 / (1 + exp(-(slope * score + offset))) (Platt 1999)."""

    slope: float
    offset: float


def train_cross_encoder(settings: CrossEncoderSettings, report: Callable[[str], None]) -> Calibration:
    """Trains, calibrates on the held-out repositories' lists, and saves; returns the calibration."""
    lists = list(read_candidates(settings.candidates))
    trained = by_origin(each for each in lists if not is_held_out(each.repository) and each.others)
    kept_back = [each for each in lists if is_held_out(each.repository) and each.others]
    tokenizer = load_tokenizer(settings.start)
    model = new_cross_encoder(settings.start, settings.layers, bfloat16=settings.bfloat16).to(settings.device)
    report(f"{len(trained.asked) + len(trained.mined)} lists to train on, {len(kept_back)} to calibrate with")

    def loss_of(step: int) -> Tensor:
        random = Random(settings.seed * 1_000_003 + step)
        rows = [draw_list(random, trained, settings) for _ in range(settings.lists)]
        texts = [(query, passage) for query, passages, _ in rows for passage in passages]
        scores = score_pairs(model, tokenizer, texts).view(len(rows), -1)
        return listwise_loss(scores, torch.tensor([has for _, _, has in rows], device=scores.device))

    def say(progress: Progress) -> None:
        report(f"step {progress.step} loss {progress.loss:.4f} at {progress.speed:.2f} steps/s")

    made_from = fingerprint(settings, len(lists), lists[:1], lists[-1:])
    run(model, loss_of, settings.schedule, settings.out / "run", say, made_from=made_from)
    calibration = calibrate(model, tokenizer, kept_back or [*trained.asked, *trained.mined])
    save_encoder(model.cpu().base, tokenizer, settings.out)
    torch.save(model.head.state_dict(), settings.out / HEAD)
    (settings.out / CALIBRATION).write_text(json.dumps(asdict(calibration)) + "\n", "utf-8")
    return calibration


def new_cross_encoder(
    start: Path, layers: Sequence[int] | None, *, bfloat16: bool = False
) -> CrossEncoderModel:
    """A cross-encoder with a dual encoder's weights and a fresh head."""
    base: Any = load_encoder(start, layers=layers, bfloat16=bfloat16)
    return CrossEncoderModel(base, base.encoder.config.hidden_size)


def load_cross_encoder(checkpoint: Path) -> CrossEncoderModel:
    """A cross-encoder as `train_cross_encoder` saved it."""
    model = new_cross_encoder(checkpoint, None)
    model.head.load_state_dict(torch.load(checkpoint / HEAD, weights_only=True))
    return model


def read_calibration(checkpoint: Path) -> Calibration:
    """The calibration beside a cross-encoder's weights."""
    return Calibration(**json.loads((checkpoint / CALIBRATION).read_text("utf-8")))


def draw_list(
    random: Random,
    origins: ByOrigin,
    settings: CrossEncoderSettings,
) -> tuple[str, list[str], bool]:
    """A query, its passages, and whether the first of them is the answer."""
    lists = origins.some(random, settings.asked)
    own = random.choice(lists)
    strangers = [random.choice(random.choice(lists).others) for _ in range(settings.strangers)]
    near = list(own.others)
    wanted = settings.negatives - settings.strangers
    hard = random.sample(near, min(wanted, len(near)))
    while len(hard) < wanted:
        hard.append(random.choice(random.choice(lists).others))
    has_answer = random.random() >= settings.without_answer
    first = own.answer if has_answer else random.choice(random.choice(lists).others)
    return own.query, [first, *hard, *strangers], has_answer


def listwise_loss(scores: Tensor, has_answer: Tensor) -> Tensor:
    """Cross entropy of the answer, which stands first, among its list; a further choice is "none of these".

    Args:
        scores: [lists, passages].
        has_answer: bool [lists]; where false the right choice is "none of these", whose score is 0.

    """
    none = torch.zeros(len(scores), 1, dtype=scores.dtype, device=scores.device)
    right = torch.where(has_answer, 0, scores.shape[1])
    return nn.functional.cross_entropy(torch.cat([scores, none], dim=1), right)


def score_pairs(model: CrossEncoderModel, tokenizer: Tokenizer, texts: Sequence[tuple[str, str]]) -> Tensor:
    """Scores of (query, passage) pairs, float32 [pairs], with gradients where they are on."""
    tokenizer.enable_truncation(PAIR_TOKENS)
    encoded = tokenizer.encode_batch(list(texts))
    # Pairs of like lengths together, so that little is calculated for padding.
    order = sorted(range(len(encoded)), key=lambda row: len(encoded[row].ids))
    parts = [
        _score_batch(model, [encoded[row] for row in order[start : start + _AT_ONCE]])
        for start in range(0, len(order), _AT_ONCE)
    ]
    return torch.cat(parts)[torch.tensor(order).argsort().to(device_of(model))]


def _score_batch(model: CrossEncoderModel, pairs: Sequence[Encoding]) -> Tensor:
    inputs = torch.zeros(3, len(pairs), max(len(each.ids) for each in pairs), dtype=torch.long)
    for row, each in enumerate(pairs):
        inputs[0, row, : len(each.ids)] = torch.tensor(each.ids)
        inputs[1, row, : len(each.ids)] = 1
        inputs[2, row, : len(each.ids)] = torch.tensor(each.type_ids)
    with autocast(model):
        scores: Tensor = model(*inputs.to(device_of(model)))
    return scores


def cross_scores(
    model: CrossEncoderModel, tokenizer: Tokenizer, query: str, passages: Sequence[str], *, batch: int = 64
) -> NDArray[np.float32]:
    """Scores of one query's passages, float32 [passages]."""
    model.eval()
    with torch.inference_mode():
        parts = [
            score_pairs(model, tokenizer, [(query, each) for each in passages[start : start + batch]])
            for start in range(0, len(passages), batch)
        ]
    found: NDArray[np.float32] = torch.cat(parts).cpu().numpy()
    return found


def calibrate(
    model: CrossEncoderModel, tokenizer: Tokenizer, lists: Sequence[CandidateList], *, most: int = 600
) -> Calibration:
    """Platt's scaling on the answers and the others of lists that were not trained on.

    What is calibrated is the score of the best passage shown: the answer's list half of the time,
    and half of the time the list without it, where whatever comes first is wrong. At most so many lists
    are read, evenly from the whole, which is sorted by repository.
    """
    scores: list[float] = []
    right: list[float] = []
    for number, each in enumerate(lists[:: max(1, -(-len(lists) // most))]):
        shown = [*each.others[:7]] if number % 2 else [each.answer, *each.others[:7]]
        found = cross_scores(model, tokenizer, each.query, shown)
        scores.append(float(found.max()))
        right.append(float(number % 2 == 0 and int(found.argmax()) == 0))
    return fit_platt(np.array(scores), np.array(right))


def fit_platt(scores: NDArray[np.float64], right: NDArray[np.float64]) -> Calibration:
    """The logistic curve through scores and outcomes (0 or 1), by maximum likelihood."""
    slope, offset = logistic_weights(np.stack([scores, np.ones_like(scores)], axis=1), right)
    return Calibration(slope, offset)
