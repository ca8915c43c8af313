"""The last polish: the teacher, for queries, and the student, for passages, trained towards each other.

    codesearch train tune --corpus DIR --queries DIR --passages DIR --out DIR

Distillation brings the student near to its teacher; what it lost, and what both lack, InfoNCE on the pairs
themselves can give back, now between the two networks as they are used: the deep one reads the few
words of a query, the shallow one the many of a passage, so a pair costs half of what it costs to train
the teacher. Both are then averaged with what they started from, as the teacher is.

Hardware: 2 cores of a 2.8 GHz Xeon without bfloat16 train about SPEED pairs a second.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import torch
from tokenizers import Tokenizer
from torch import Tensor, nn

from codesearch.training.batches import PairSampler, SamplerSettings
from codesearch.training.corpus import read_corpus
from codesearch.training.encoder import (
    PASSAGE_TOKENS,
    QUERY_TOKENS,
    MeanPooledEncoder,
    autocast,
    device_of,
    encode,
    freeze,
    load_encoder,
    load_tokenizer,
    padded,
    save_encoder,
    token_ids,
)
from codesearch.training.heldout import choosing_pools, is_held_out
from codesearch.training.loop import Progress, Schedule, run
from codesearch.training.pools import Pool, mrr_over
from codesearch.training.teacher import AVERAGES, averaged, info_nce

QUERIES, PASSAGES = "queries", "passages"


@dataclass(frozen=True, slots=True)
class TuneSettings:
    """What is trained from what, and how.

    `queries` and `passages` are the checkpoints to start from, with one tokenizer. Of the queries'
    encoder the embeddings and `frozen_layers` stay as they are. A batch is read in `portions` of texts
    of like length.
    """

    corpus: Path
    queries: Path
    passages: Path
    out: Path
    schedule: Schedule = Schedule(steps=1_200, learning_rate=6e-5)
    sampler: SamplerSettings = field(default_factory=lambda: SamplerSettings(size=192, seed=2))
    temperature: float = 0.05
    frozen_layers: int = 2
    portions: int = 4
    bfloat16: bool = False
    device: str = "cpu"


class Tandem(nn.Module):
    """The encoder of queries and the one of passages, as one model to train."""

    def __init__(self, queries: MeanPooledEncoder, passages: MeanPooledEncoder) -> None:
        super().__init__()
        self.queries = queries
        self.passages = passages


def tune(settings: TuneSettings, report: Callable[[str], None]) -> dict[str, dict[str, float]]:
    """Trains, averages and saves both encoders, in `queries` and `passages` below `settings.out`.

    Returns MRR@10 on the repositories for choosing by the share of trained weight, `0.0` being the
    start; `scores.json` holds the same. The best share is what is saved.
    """
    tokenizer = load_tokenizer(settings.passages)
    model = Tandem(
        load_encoder(settings.queries, bfloat16=settings.bfloat16),
        load_encoder(settings.passages, bfloat16=settings.bfloat16),
    )
    start = {name: value.clone() for name, value in model.state_dict().items()}
    freeze(model.queries, settings.frozen_layers)
    model.to(settings.device)
    sampler = PairSampler(
        read_corpus(settings.corpus, wanted=lambda name: not is_held_out(name)), settings.sampler
    )
    report(f"{sampler.pairs} pairs")

    def loss_of(step: int) -> Tensor:
        pairs = sampler.batch(step)
        queries = token_ids(tokenizer, [pair.query for pair in pairs], QUERY_TOKENS)
        passages = token_ids(tokenizer, [pair.passage for pair in pairs], PASSAGE_TOKENS)
        return info_nce(
            in_portions(model.queries, queries, settings.portions),
            in_portions(model.passages, passages, settings.portions),
            settings.temperature,
        )

    def say(progress: Progress) -> None:
        report(f"step {progress.step} loss {progress.loss:.3f} at {progress.speed:.2f} steps/s")

    run(model, loss_of, settings.schedule, settings.out / "run", say)
    trained = {name: value.clone() for name, value in model.cpu().state_dict().items()}
    pools = choosing_pools(settings.corpus)
    scores: dict[str, dict[str, float]] = {}
    for share in (0.0, *AVERAGES):
        model.load_state_dict(averaged(start, trained, share))
        scores[str(share)] = _score(model.to(settings.device), tokenizer, pools)
        report(f"share {share}: {scores[str(share)]}")
    best = max(scores, key=lambda share: scores[share]["choice"])
    model.cpu().load_state_dict(averaged(start, trained, float(best)))
    save_encoder(model.queries, tokenizer, settings.out / QUERIES)
    save_encoder(model.passages, tokenizer, settings.out / PASSAGES)
    (settings.out / "scores.json").write_text(json.dumps(scores, indent=1) + "\n", "utf-8")
    return scores


def in_portions(model: MeanPooledEncoder, sequences: Sequence[Sequence[int]], portions: int) -> Tensor:
    """Unit vectors of sequences, [sequences, dimensions], computed with little padding."""
    order = sorted(range(len(sequences)), key=lambda row: len(sequences[row]))
    size = -(-len(order) // portions)
    parts = [order[start : start + size] for start in range(0, len(order), size)]
    device = device_of(model)
    with autocast(model):
        found = torch.cat(
            [model(*(each.to(device) for each in padded([sequences[row] for row in part]))) for part in parts]
        )
    return found[torch.tensor(order, device=device).argsort()]


def _score(model: Tandem, tokenizer: Tokenizer, pools: dict[str, list[Pool]]) -> dict[str, float]:
    found = {
        name: mrr_over(
            some,
            lambda texts: encode(model.passages, tokenizer, texts, most_tokens=PASSAGE_TOKENS),
            lambda texts: encode(model.queries, tokenizer, texts, most_tokens=QUERY_TOKENS),
        )["all"]
        for name, some in pools.items()
    }
    return {**found, "choice": sum(found.values()) / max(1, len(found))}
