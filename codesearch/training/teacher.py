"""The teacher: a dual encoder fine-tuned to bring a query and the function that answers it together.

    codesearch train teacher --corpus DIR --start DIR --out DIR

Hardware: 2 cores of a 2.8 GHz Xeon without bfloat16 train about 25 pairs a second. InfoNCE both
ways (arXiv 1807.03748) over batches half of which stay within one repository, where the wrong answers
are hard. The trained weights are then averaged with the starting ones (arXiv 2109.01903): fine-tuning
forgets, and the average is better on questions that are unlike the training's.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import torch
from tokenizers import Tokenizer
from torch import Tensor, nn

from codesearch.training.batches import Pair, PairSampler, SamplerSettings
from codesearch.training.corpus import read_corpus
from codesearch.training.encoder import (
    PASSAGE_TOKENS,
    QUERY_TOKENS,
    MeanPooledEncoder,
    encode,
    freeze,
    in_portions,
    load_encoder,
    load_tokenizer,
    save_encoder,
    token_ids,
)
from codesearch.training.fingerprint import fingerprint
from codesearch.training.heldout import choosing_pools, is_held_out
from codesearch.training.loop import Progress, Schedule, run
from codesearch.training.pools import Pool, choice_over

AVERAGES = (0.5, 0.7, 0.85, 1.0)


@dataclass(frozen=True, slots=True)
class TeacherSettings:
    """What is trained from what, and how.

    `temperature` divides the cosines. The embeddings and `frozen_layers` stay as they are: a quarter
    faster, and less is forgotten. `passage_tokens` is what training reads of a passage; the product
    reads more.
    """

    corpus: Path
    start: Path
    out: Path
    schedule: Schedule = Schedule(steps=1_200, learning_rate=8e-5)
    sampler: SamplerSettings = field(default_factory=SamplerSettings)
    temperature: float = 0.05
    frozen_layers: int = 2
    passage_tokens: int = 96
    bfloat16: bool = False
    device: str = "cpu"


def train_teacher(settings: TeacherSettings, report: Callable[[str], None]) -> dict[str, dict[str, float]]:
    """Trains, averages and saves the teacher; returns MRR@10 on the repositories for choosing.

    The keys are the shares of trained weight that were tried; the best by people's questions and doc
    comments together is what is saved. `scores.json` beside it holds the same.
    """
    tokenizer = load_tokenizer(settings.start)
    model = load_encoder(settings.start, bfloat16=settings.bfloat16).to(settings.device)
    freeze(model, settings.frozen_layers)
    sampler = PairSampler(
        read_corpus(settings.corpus, wanted=lambda name: not is_held_out(name)), settings.sampler
    )
    report(f"{sampler.pairs} pairs")

    def loss_of(step: int) -> Tensor:
        asked, found = encode_pairs(model, tokenizer, sampler.batch(step), settings.passage_tokens)
        return info_nce(asked, found, settings.temperature)

    def say(progress: Progress) -> None:
        report(f"step {progress.step} loss {progress.loss:.3f} at {progress.speed:.2f} steps/s")

    # The corpus is known by the number of its pairs and a sample.
    made_from = fingerprint(settings, sampler.pairs, sampler.batch(0))
    run(model, loss_of, settings.schedule, settings.out / "run", say, made_from=made_from)
    start = {name: value.clone() for name, value in load_encoder(settings.start).state_dict().items()}
    pools = choosing_pools(settings.corpus)
    scores = keep_best_average(model, start, AVERAGES, lambda: score(model, tokenizer, pools), report)
    save_encoder(model.cpu(), tokenizer, settings.out)
    (settings.out / "scores.json").write_text(json.dumps(scores, indent=1) + "\n", "utf-8")
    return scores


def encode_pairs(
    model: MeanPooledEncoder, tokenizer: Tokenizer, pairs: Sequence[Pair], passage_tokens: int
) -> tuple[Tensor, Tensor]:
    """Unit vectors of a batch's queries and passages, each [pairs, dimensions]."""
    queries = token_ids(tokenizer, [pair.query for pair in pairs], QUERY_TOKENS)
    passages = token_ids(tokenizer, [pair.passage for pair in pairs], passage_tokens)
    return in_portions(model, queries).vectors, in_portions(model, passages).vectors


def info_nce(queries: Tensor, passages: Tensor, temperature: float) -> Tensor:
    """The mean cross entropy of each query's passage among all and each passage's query among all.

    Args:
        queries: unit vectors [pairs, dimensions].
        passages: unit vectors [pairs, dimensions], in the same order.
        temperature: divides the cosines.

    """
    return contrastive(queries.float() @ passages.float().T / temperature)


def contrastive(scores: Tensor) -> Tensor:
    """The mean cross entropy of each query's own passage among all and of each own passage's query among all.

    Args:
        scores: of each query with each passage, [queries, passages]; the first passages are the queries' own,
            in their order, and others may follow.

    """
    own = torch.arange(len(scores), device=scores.device)
    cross_entropy = nn.functional.cross_entropy
    return (cross_entropy(scores, own) + cross_entropy(scores[:, : len(scores)].T, own)) / 2


def keep_best_average(
    model: nn.Module,
    start: dict[str, Tensor],
    shares: Sequence[float],
    score: Callable[[], dict[str, float]],
    report: Callable[[str], None],
) -> dict[str, dict[str, float]]:
    """Leaves the model with the best of its averages with the starting weights, by `choice`.

    Args:
        model: as it was trained.
        start: the weights before, on the CPU.
        shares: the shares of trained weight to try.
        score: what the model, as it then is, reaches.
        report: hears of each.

    Returns:
        What each share reached.

    """
    trained = {name: value.cpu().clone() for name, value in model.state_dict().items()}
    scores: dict[str, dict[str, float]] = {}
    for share in shares:
        model.load_state_dict(averaged(start, trained, share))
        scores[str(share)] = score()
        report(f"share {share}: {scores[str(share)]}")
    best = max(scores, key=lambda share: scores[share]["choice"])
    model.load_state_dict(averaged(start, trained, float(best)))
    return scores


def averaged(start: dict[str, Tensor], trained: dict[str, Tensor], share: float) -> dict[str, Tensor]:
    """`share` of the trained weights and the rest of the starting ones."""
    return {name: torch.lerp(start[name].float(), trained[name].float(), share) for name in trained}


def score(
    model: MeanPooledEncoder,
    tokenizer: Tokenizer,
    pools: dict[str, list[Pool]],
    *,
    queries_by: MeanPooledEncoder | None = None,
) -> dict[str, float]:
    """MRR@10 on each set of pools, and `choice`: their plain mean.

    Where queries have an encoder of their own, `queries_by` is it.
    """
    return choice_over(
        pools,
        lambda texts: encode(model, tokenizer, texts, most_tokens=PASSAGE_TOKENS),
        lambda texts: encode(queries_by or model, tokenizer, texts, most_tokens=QUERY_TOKENS),
    )
