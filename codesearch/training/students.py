"""From the teacher to the student that ships: distils the ladder of students and keeps its log.

    codesearch train students --corpus DIR --teacher DIR --cross-encoder DIR --out DIR
    codesearch train students --corpus DIR --teacher DIR --passages DIR --out DIR

With `--passages`, the checkpoint that encodes code, only the teacher's place as the queries' encoder is
taken, as in the paper; without, a student encodes both.

Hardware: on 2 cores of a 2.8 GHz Xeon without bfloat16, 20,000 pairs take 5 minutes to encode with a
six-layer teacher, and a student of two layers 24 minutes for 560 batches of 96.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from codesearch.training.batches import PairSampler, SamplerSettings
from codesearch.training.corpus import read_corpus
from codesearch.training.cross_encoder import cross_scores, load_cross_encoder
from codesearch.training.distil import DistilSettings, distil, draw_pairs, make_targets
from codesearch.training.encoder import (
    PASSAGE_TOKENS,
    QUERY_TOKENS,
    MeanPooledEncoder,
    encode,
    load_encoder,
    load_tokenizer,
    save_encoder,
)
from codesearch.training.heldout import choosing_pools, is_held_out
from codesearch.training.ladder import Selection, climb_down, write_selection
from codesearch.training.pools import Encode
from codesearch.training.system import Score, System


@dataclass(frozen=True, slots=True)
class StudentsSettings:
    """What is distilled, how, and how much may be lost.

    `passages` is what encodes code where students encode queries alone. `sizes` are the students' layers;
    0 is a student of token vectors alone. `straight` distils each size from the teacher itself besides.
    """

    corpus: Path
    teacher: Path
    out: Path
    cross_encoder: Path | None = None
    passages: Path | None = None
    sizes: tuple[int, ...] = (4, 3, 2, 1, 0)
    pairs: int = 30_000
    sampler: SamplerSettings = field(default_factory=SamplerSettings)
    distil: DistilSettings = field(default_factory=DistilSettings)
    limit: float = 0.02
    straight: bool = False
    bfloat16: bool = False
    device: str = "cpu"


def kept_layers(count: int, total: int) -> list[int]:
    """Which of a teacher's layers a student starts from: from first to last; a single one is the last."""
    if count == 1:
        return [total - 1]
    return [round(number * (total - 1) / (count - 1)) for number in range(count)]


def choose_student(settings: StudentsSettings, report: Callable[[str], None]) -> Selection[Path]:
    """Runs the ladder and returns its choice, whose model is a checkpoint's folder.

    Every student lies in a folder of its own below `settings.out`, beside `selection.json`. Students
    whose runs are there already are not trained again.

    Raises:
        CodesearchError: what is there was made with other settings or from other data.

    """
    tokenizer = load_tokenizer(settings.teacher)
    sampler = PairSampler(
        read_corpus(settings.corpus, wanted=lambda name: not is_held_out(name)), settings.sampler
    )
    pairs = draw_pairs(sampler, settings.pairs)
    system = System(choosing_pools(settings.corpus), cross_scorer(settings.cross_encoder, settings.device))
    code_vectors, taught_passages = None, None
    if settings.passages is not None:
        code_vectors = passage_encoder(settings.passages, device=settings.device)
        taught_passages = code_vectors([pair.passage for pair in pairs])

    def distilled(source: Path, source_layers: int, layers: int) -> Path:
        folder = settings.out / f"{layers}-from-{_lineage(source, settings)}"
        teacher = load_encoder(source, bfloat16=settings.bfloat16).to(settings.device)
        keep = settings.out / f"targets-{_lineage(source, settings)}.npz"
        targets = make_targets(teacher, tokenizer, pairs, keep, passages=taught_passages)
        chosen = kept_layers(layers, source_layers)
        student = load_encoder(source, layers=chosen, bfloat16=settings.bfloat16).to(settings.device)
        distil(student, tokenizer, targets, settings.distil, folder / "run", report)
        save_encoder(student.cpu(), tokenizer, folder)
        return folder

    def performance(checkpoint: Path) -> float:
        reached = system.performance(*encoders(checkpoint, code_vectors, device=settings.device))
        report(f"{_lineage(checkpoint, settings)}: {reached}")
        return reached.reranked

    layers: Any = load_encoder(settings.teacher).encoder
    selection = climb_down(
        settings.teacher,
        len(layers.encoder.layer),
        settings.sizes,
        distil=distilled,
        performance=performance,
        limit=settings.limit,
        straight=settings.straight,
        name=lambda checkpoint: checkpoint.name,
    )
    settings.out.mkdir(parents=True, exist_ok=True)
    write_selection(selection, settings.out / "selection.json")
    return selection


def encoders(
    checkpoint: Path, code_vectors: Encode | None = None, *, device: str = "cpu"
) -> tuple[Encode, Encode]:
    """What encodes passages and queries with a checkpoint; `code_vectors` does the passages where given."""
    tokenizer = load_tokenizer(checkpoint)
    model = load_encoder(checkpoint).to(device)
    return (
        code_vectors or partial(_encode_passages, model, tokenizer),
        lambda texts: encode(model, tokenizer, texts, most_tokens=QUERY_TOKENS),
    )


def passage_encoder(checkpoint: Path, *, device: str = "cpu") -> Encode:
    """What encodes passages with a checkpoint that stays as it is: a pool's are encoded once."""
    model, tokenizer = load_encoder(checkpoint).to(device), load_tokenizer(checkpoint)
    kept: dict[tuple[str, ...], NDArray[np.float32]] = {}

    def encoded(texts: Sequence[str]) -> NDArray[np.float32]:
        key = tuple(texts)
        if key not in kept:
            kept[key] = _encode_passages(model, tokenizer, texts)
        return kept[key]

    return encoded


def cross_scorer(checkpoint: Path | None, device: str = "cpu") -> Score | None:
    """What scores a query's passages with a cross-encoder; None without one."""
    if checkpoint is None:
        return None
    model = load_cross_encoder(checkpoint).to(device)
    tokenizer = load_tokenizer(checkpoint)
    return lambda query, passages: cross_scores(model, tokenizer, query, passages)


def _encode_passages(
    model: MeanPooledEncoder, tokenizer: Tokenizer, texts: Sequence[str]
) -> NDArray[np.float32]:
    return encode(model, tokenizer, texts, most_tokens=PASSAGE_TOKENS)


def _lineage(checkpoint: Path, settings: StudentsSettings) -> str:
    return "teacher" if checkpoint == settings.teacher else checkpoint.name
