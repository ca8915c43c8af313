"""Distillation: a student of fewer layers learns to give its teacher's vectors.

The losses are SPENCER's (arXiv 2508.00546): the single-modal one holds the student's vector against
its teacher's, the dual-modal one the cosines to the other side's vectors; both are sums of absolute
differences with equal weight. The paper distils the query encoder and leaves the code encoder as it is.
Because a local tool pays for indexing, the code encoder can learn in the same way; both sides are then
one network.

Hardware: any. Teachers' vectors are made once and kept, so a student costs only itself: two layers
train on about 36 pairs a second on 2 cores of a 2.8 GHz Xeon without bfloat16, and on more queries alone.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer
from torch import Tensor

from codesearch.training.batches import Pair, PairSampler
from codesearch.training.encoder import (
    PASSAGE_TOKENS,
    QUERY_TOKENS,
    MeanPooledEncoder,
    device_of,
    encode,
    in_portions,
    token_ids,
)
from codesearch.training.fingerprint import fingerprint
from codesearch.training.loop import Progress, Schedule, run
from codesearch.training.teacher import info_nce


@dataclass(frozen=True, slots=True)
class Targets:
    """Pairs and the vectors that a teacher gives them, float32 [pairs, dimensions] each.

    `passages_stay` says that passages are encoded by a network that stays as it is, so that there is only
    the queries' encoder to learn. `made_from` tells them from those of other pairs and teachers.
    """

    pairs: tuple[Pair, ...]
    queries: NDArray[np.float32]
    passages: NDArray[np.float32]
    made_from: str
    passages_stay: bool = False


@dataclass(frozen=True, slots=True)
class DistilSettings:
    """How a student is distilled. The three weights are those of the losses; `labelled` is ours: the
    teacher's own training loss on the pairs, which the paper's distillation leaves out.
    """

    schedule: Schedule = Schedule(steps=800, learning_rate=3e-4)
    batch: int = 96
    single_modal: float = 1.0
    dual_modal: float = 1.0
    labelled: float = 0.0
    temperature: float = 0.05
    seed: int = 1


def draw_pairs(sampler: PairSampler, count: int) -> list[Pair]:
    """The first `count` pairs of the sampler's batches."""
    pairs: list[Pair] = []
    number = 0
    while len(pairs) < count:
        pairs.extend(sampler.batch(number))
        number += 1
    return pairs[:count]


def make_targets(
    teacher: MeanPooledEncoder,
    tokenizer: Tokenizer,
    pairs: Sequence[Pair],
    keep: Path,
    *,
    passages: NDArray[np.float32] | None = None,
) -> Targets:
    """A teacher's vectors of pairs, read from the file `keep`; made and written there if it holds no such.

    `passages` are those of the pairs' passages, float32 [pairs, dimensions], where an encoder gives them that
    stays as it is.
    """
    passages_stay = passages is not None
    given = "" if passages is None else sha256(passages.tobytes()).hexdigest()
    made_from = fingerprint(teacher, teacher.bfloat16, QUERY_TOKENS, PASSAGE_TOKENS, pairs, given)
    if not keep.exists() or _kept_from(keep) != made_from:
        queries = encode(teacher, tokenizer, [pair.query for pair in pairs], most_tokens=QUERY_TOKENS)
        if passages is None:
            texts = [pair.passage for pair in pairs]
            passages = encode(teacher, tokenizer, texts, most_tokens=PASSAGE_TOKENS)
        keep.parent.mkdir(parents=True, exist_ok=True)
        part = keep.with_suffix(".part")
        with part.open("wb") as file:
            np.savez(
                file,
                made_from=np.array(made_from),
                queries=queries.astype(np.float16),
                passages=passages.astype(np.float16),
            )
        os.replace(part, keep)
    # Read even if just written: a resumed run must see the same numbers.
    with np.load(keep, allow_pickle=False) as kept:
        return Targets(
            tuple(pairs),
            kept["queries"].astype(np.float32),
            kept["passages"].astype(np.float32),
            made_from,
            passages_stay,
        )


def _kept_from(keep: Path) -> str:
    with np.load(keep, allow_pickle=False) as kept:
        return str(kept["made_from"]) if "made_from" in kept else ""


def distil(
    student: MeanPooledEncoder,
    tokenizer: Tokenizer,
    targets: Targets,
    settings: DistilSettings,
    folder: Path,
    report: Callable[[str], None],
) -> None:
    """Trains the student in place towards the targets, for both sides or for queries alone as they say;
    `folder` keeps its checkpoint.
    """
    device = device_of(student)

    def encoded(texts: list[str], most: int) -> Tensor:
        return in_portions(student, token_ids(tokenizer, texts, most)).vectors

    def losses(own: Tensor, taught: Tensor, others: Tensor) -> Tensor:
        return settings.single_modal * single_modal_loss(own, taught) + settings.dual_modal * dual_modal_loss(
            own, taught, others
        )

    def loss_of(step: int) -> Tensor:
        random = np.random.default_rng((settings.seed, step))
        rows = random.choice(len(targets.pairs), min(settings.batch, len(targets.pairs)), replace=False)
        pairs = [targets.pairs[row] for row in rows]
        taught_queries = torch.from_numpy(targets.queries[rows]).to(device)
        taught_passages = torch.from_numpy(targets.passages[rows]).to(device)
        queries = encoded([pair.query for pair in pairs], QUERY_TOKENS)
        loss = losses(queries, taught_queries, taught_passages)
        passages = taught_passages
        if not targets.passages_stay:
            passages = encoded([pair.passage for pair in pairs], PASSAGE_TOKENS)
            loss = loss + losses(passages, taught_passages, taught_queries)
        if settings.labelled:
            loss = loss + settings.labelled * info_nce(queries, passages, settings.temperature)
        return loss

    def say(progress: Progress) -> None:
        report(f"step {progress.step} loss {progress.loss:.4f} at {progress.speed:.2f} steps/s")

    made_from = fingerprint(settings, targets.made_from, targets.passages_stay, student.bfloat16)
    run(student, loss_of, settings.schedule, folder, say, made_from=made_from)


def single_modal_loss(student: Tensor, teacher: Tensor) -> Tensor:
    """The mean over a batch of |1 - cosine| between a student's vectors and its teacher's.

    Args:
        student: unit vectors [batch, dimensions].
        teacher: unit vectors [batch, dimensions].

    """
    return (1.0 - (student * teacher).sum(-1)).abs().mean()


def dual_modal_loss(student: Tensor, teacher: Tensor, others: Tensor) -> Tensor:
    """The sum over the other side's vectors of |teacher's cosine - student's|, mean over a batch.

    Args:
        student: unit vectors [batch, dimensions].
        teacher: unit vectors [batch, dimensions] of the same texts.
        others: the frozen unit vectors of the other side [others, dimensions].

    """
    return (teacher @ others.T - student @ others.T).abs().sum(-1).mean()
