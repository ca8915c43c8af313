"""The last polish: the teacher, for queries, and the student, for passages, trained towards each other.

    codesearch train tune --corpus DIR --queries DIR --passages DIR --out DIR

Distillation brings the student near to its teacher; what it lost, and what both lack, InfoNCE on the pairs
themselves can give back, now between the two networks as they are used: the deep one reads the few
words of a query, the shallow one the many of a passage, so a pair costs half of what it costs to train
the teacher. Both are then averaged with what they started from, as the teacher is.

With `--candidates`, what `train candidates` wrote, the pairs are those of its lists, and each answer stands
against what recall brought up beside it, as well as against the others of the batch.

The same loss is put on how the texts meet token by token (late interaction, ColBERT, arXiv 2004.12832),
which is what the second stage of a search orders its best candidates by: that needs no weights of its own.

Hardware: 2 cores of a 2.8 GHz Xeon without bfloat16 train about 35 pairs a second, or 12 with three hard
negatives each.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from torch import Tensor, nn

from codesearch.training.batches import PairSampler, SamplerSettings
from codesearch.training.candidates import ByOrigin, CandidateList, by_origin, read_candidates
from codesearch.training.corpus import read_corpus
from codesearch.training.encoder import (
    PASSAGE_TOKENS,
    QUERY_TOKENS,
    Encoded,
    MeanPooledEncoder,
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
from codesearch.training.teacher import AVERAGES, contrastive, keep_best_average, score

QUERIES, PASSAGES = "queries", "passages"


@dataclass(frozen=True, slots=True)
class TuneSettings:
    """What is trained from what, and how.

    `queries` and `passages` are the checkpoints to start from, with one tokenizer. Of the queries'
    encoder the embeddings and `frozen_layers` stay as they are. A batch is read in `portions` of texts
    of like length. `by_token` weighs the loss on late interaction. With `candidates` a batch has `lists`
    queries, an `asked` part of them written by reading the code, and `negatives` a query.
    """

    corpus: Path
    queries: Path
    passages: Path
    out: Path
    candidates: Path | None = None
    schedule: Schedule = Schedule(steps=1_200, learning_rate=6e-5)
    sampler: SamplerSettings = field(default_factory=lambda: SamplerSettings(size=128, seed=2))
    temperature: float = 0.05
    token_temperature: float = 0.03
    by_token: float = 1.0
    frozen_layers: int = 2
    portions: int = 4
    lists: int = 64
    negatives: int = 3
    asked: float = 0.75
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
    batch_of = _from_pairs(settings, report) if settings.candidates is None else _from_lists(settings, report)

    def loss_of(step: int) -> Tensor:
        batch = batch_of(step)
        queries = token_ids(tokenizer, batch.queries, QUERY_TOKENS)
        passages = token_ids(tokenizer, batch.passages, PASSAGE_TOKENS)
        asked = in_portions(model.queries, queries, settings.portions)
        found = in_portions(model.passages, passages, settings.portions)
        whole = asked.vectors @ found.vectors.T / settings.temperature
        tokens = late_interaction(asked, found) / settings.token_temperature
        return contrastive(whole) + settings.by_token * contrastive(tokens)

    def say(progress: Progress) -> None:
        report(f"step {progress.step} loss {progress.loss:.3f} at {progress.speed:.2f} steps/s")

    made_from = fingerprint(settings, batch_of(0))
    run(model, loss_of, settings.schedule, settings.out / "run", say, made_from=made_from)
    pools = choosing_pools(settings.corpus)
    scores = keep_best_average(
        model,
        start,
        (0.0, *AVERAGES),
        lambda: score(model.passages, tokenizer, pools, queries_by=model.queries),
        report,
    )
    model.cpu()
    save_encoder(model.queries, tokenizer, settings.out / QUERIES)
    save_encoder(model.passages, tokenizer, settings.out / PASSAGES)
    (settings.out / "scores.json").write_text(json.dumps(scores, indent=1) + "\n", "utf-8")
    return scores


@dataclass(frozen=True, slots=True)
class Batch:
    """Texts to train on: the first passages answer the queries, in their order; no other passage does."""

    queries: tuple[str, ...]
    passages: tuple[str, ...]


def _from_pairs(settings: TuneSettings, report: Callable[[str], None]) -> Callable[[int], Batch]:
    """Batches of the corpus's pairs, by the step's number."""
    corpora = read_corpus(settings.corpus, wanted=lambda name: not is_held_out(name))
    sampler = PairSampler(corpora, settings.sampler)
    report(f"{sampler.pairs} pairs")

    def batch(step: int) -> Batch:
        pairs = sampler.batch(step)
        queries, passages = (pair.query for pair in pairs), (pair.passage for pair in pairs)
        return Batch(tuple(queries), tuple(passages))

    return batch


def _from_lists(settings: TuneSettings, report: Callable[[str], None]) -> Callable[[int], Batch]:
    """Batches of candidate lists, by the step's number."""
    assert settings.candidates is not None
    lists = read_candidates(settings.candidates)
    trained = by_origin(each for each in lists if not is_held_out(each.repository) and each.others)
    report(f"{len(trained.asked)} lists of written queries, {len(trained.mined)} of mined ones")

    return lambda step: batch_of_lists(Random(settings.sampler.seed * 1_000_003 + step), trained, settings)


def batch_of_lists(random: Random, lists: ByOrigin, settings: TuneSettings) -> Batch:
    """A batch of `settings.lists` queries, or of fewer where there are no more, with what recall brought up.

    Each function stands in it once, and so does each query: several queries have one answer, and what answers
    one may have been brought up for another.
    """
    rows: dict[tuple[str, str], CandidateList] = {}
    texts: set[str] = set()
    for _ in range(6 * settings.lists):
        if len(rows) == settings.lists:
            break
        row = random.choice(lists.some(random, settings.asked))
        answer = _function(row.repository, row.answer)
        if answer not in rows and row.query not in texts:
            rows[answer] = row
            texts.add(row.query)
    passages = {answer: row.answer for answer, row in rows.items()}
    for row in rows.values():
        for text in random.sample(row.others, min(settings.negatives, len(row.others))):
            passages.setdefault(_function(row.repository, text), text)
    return Batch(tuple(row.query for row in rows.values()), tuple(passages.values()))


def _function(repository: str, passage: str) -> tuple[str, str]:
    """What tells a passage's function from others: with its doc comment and without, each window has the
    same title.
    """
    return repository, passage.partition("\n")[0]


def late_interaction(queries: Encoded, passages: Encoded) -> Tensor:
    """Scores [queries, passages]: the mean over a query's words of the best cosine with a passage's words."""
    count = len(queries.vectors)
    scores = queries.vectors.new_zeros(count, len(passages.vectors))
    for rows, asked, asked_words in queries.portions:
        for columns, found, found_words in passages.portions:
            flat = asked.flatten(0, 1) @ found.flatten(0, 1).T
            cosines = flat.view(*asked.shape[:2], *found.shape[:2])
            best = cosines.masked_fill(~found_words, -1.0).amax(-1)
            weights = asked_words / asked_words.sum(1, keepdim=True).clamp(min=1)
            block = (best * weights.unsqueeze(-1)).sum(1)
            scores = scores.index_put((rows.unsqueeze(1), columns.unsqueeze(0)), block)
    return scores
