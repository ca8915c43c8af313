"""The queries' encoder, trained against everything that a repository holds.

    codesearch train queries --corpus DIR --queries DIR --weights DIR --out DIR

Code's encoder stays as it is, as in SPENCER's distillation (arXiv 2508.00546): its vectors are made once, by
the files that ship. A step then costs its queries, which are short, and each query can stand against all
passages of its repository, as when it is asked, and against those of the other repositories in the batch.
The trained weights are averaged with the starting ones, as the teacher's are.

Hardware: 2 cores of a 2.8 GHz Xeon encode 300 passages a second and train on 115 queries a second.
1,200 steps of 192 queries took 35 minutes there, the passages before them 7.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer
from torch import Tensor

from codesearch.encode.encoder import Encoder
from codesearch.errors import CodesearchError
from codesearch.training.corpus import Function, RepositoryCorpus, is_asked, is_doc, read_corpus
from codesearch.training.encoder import (
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
from codesearch.training.pools import choice_over
from codesearch.training.teacher import AVERAGES, keep_best_average
from codesearch.training.views import passages

# A query, and its answer as a number of a function.
Asked = tuple[str, int]


@dataclass(frozen=True, slots=True)
class QueriesSettings:
    """What is trained from what, and how.

    `queries` is the checkpoint to start from, `weights` the exported ones that encode passages. Of a
    repository all functions that questions were written about are read and `functions` others, of each the
    first `windows` passages, and at most `documented` doc comments. A step has queries of `repositories`,
    at most `each` of one: an `asked` part of them written, a `doc` part doc comments, the rest mined. The
    embeddings and `frozen_layers` stay as they are.
    """

    corpus: Path
    queries: Path
    weights: Path
    out: Path
    schedule: Schedule = Schedule(steps=1_200, learning_rate=5e-5)
    repositories: int = 4
    each: int = 48
    asked: float = 0.70
    doc: float = 0.18
    functions: int = 400
    windows: int = 2
    documented: int = 80
    least: int = 20
    temperature: float = 0.05
    frozen_layers: int = 2
    portions: int = 3
    seed: int = 1
    threads: int = 2
    device: str = "cpu"


@dataclass(frozen=True, slots=True)
class Shelf:
    """A repository's passages as vectors, float16 [passages, dimensions], and what is asked about them.

    `owners` gives each passage's function, int64 [passages], `count` the number of functions. A doc comment
    (`documented`) is answered by its function's passage without it, whose vectors are `bare`, float16
    [documented, dimensions].
    """

    repository: str
    vectors: NDArray[np.float16]
    owners: NDArray[np.int64]
    count: int
    asked: tuple[Asked, ...]
    mined: tuple[Asked, ...]
    documented: tuple[Asked, ...]
    bare: NDArray[np.float16]

    @property
    def weight(self) -> float:
        """How often it is drawn. The square root lets large ones count for more, but not in proportion."""
        return float((len(self.asked) + 0.2 * (len(self.mined) + len(self.documented))) ** 0.5)


def train_queries(settings: QueriesSettings, report: Callable[[str], None]) -> dict[str, dict[str, float]]:
    """Trains, averages and saves the encoder of queries.

    Returns MRR@10 on the repositories for choosing by the share of trained weight, `0.0` being the start;
    `scores.json` holds the same. The best share is what is saved.
    """
    tokenizer = load_tokenizer(settings.queries)
    encoder = Encoder(settings.weights, threads=settings.threads)
    corpora = read_corpus(settings.corpus, wanted=lambda name: not is_held_out(name))
    shelves = make_shelves(corpora, encoder, settings, report)
    model = load_encoder(settings.queries)
    start = {name: value.clone() for name, value in model.state_dict().items()}
    freeze(model, settings.frozen_layers)
    model.to(settings.device)

    def loss_of(step: int) -> Tensor:
        return _loss(
            model, tokenizer, draw(Random(settings.seed * 1_000_003 + step), shelves, settings), settings
        )

    def say(progress: Progress) -> None:
        report(f"step {progress.step} loss {progress.loss:.3f} at {progress.speed:.2f} steps/s")

    read = [(shelf.repository, len(shelf.owners), shelf.asked[:1]) for shelf in shelves]
    made_from = fingerprint(settings, encoder.manifest.fingerprint, read)
    run(model, loss_of, settings.schedule, settings.out / "run", say, made_from=made_from)
    pools = choosing_pools(settings.corpus)

    def score() -> dict[str, float]:
        return choice_over(
            pools,
            encoder.encode_passages,
            lambda texts: encode(model, tokenizer, texts, most_tokens=QUERY_TOKENS),
        )

    scores = keep_best_average(model, start, (0.0, *AVERAGES), score, report)
    save_encoder(model.cpu(), tokenizer, settings.out)
    (settings.out / "scores.json").write_text(json.dumps(scores, indent=1) + "\n", "utf-8")
    return scores


def make_shelves(
    corpora: Iterable[RepositoryCorpus],
    encoder: Encoder,
    settings: QueriesSettings,
    report: Callable[[str], None],
) -> list[Shelf]:
    """The repositories with at least `settings.least` functions and something asked; their vectors are kept
    below `settings.out` and made only once.

    Raises:
        CodesearchError: there is no such repository.

    """
    kept = settings.out / "vectors"
    kept.mkdir(parents=True, exist_ok=True)
    shelves = [shelf for each in corpora if (shelf := _shelf(each, encoder, settings, kept)) is not None]
    if not shelves:
        raise CodesearchError(
            f"{settings.corpus} has no repository to train on; `codesearch train mine` makes one"
        )
    read, asked = sum(len(shelf.owners) for shelf in shelves), sum(len(shelf.asked) for shelf in shelves)
    report(f"{len(shelves)} repositories, {read} passages, {asked} written queries")
    return shelves


def _shelf(corpus: RepositoryCorpus, encoder: Encoder, settings: QueriesSettings, kept: Path) -> Shelf | None:
    functions = _some_functions(corpus, settings.functions)
    texts: list[str] = []
    owners: list[int] = []
    bare: list[str] = []
    asked: dict[bool, list[Asked]] = {True: [], False: []}
    documented: list[Asked] = []
    for number, function in enumerate(functions):
        found = passages(function)[: settings.windows]
        texts.extend(found)
        owners.extend([number] * len(found))
        for query in function.queries if found else ():
            if is_doc(query.kind):
                without = passages(function, with_doc=False)[:1]
                if without and len(documented) < settings.documented:
                    bare.extend(without)
                    documented.append((query.text, number))
            elif not query.hidden and not query.hide_name:
                asked[is_asked(query.kind)].append((query.text, number))
    if len(functions) < settings.least or not (asked[True] or asked[False] or documented):
        return None
    vectors = _vectors([*texts, *bare], encoder, kept)
    return Shelf(
        corpus.repository,
        vectors[: len(texts)],
        np.array(owners, dtype=np.int64),
        len(functions),
        tuple(asked[True]),
        tuple(asked[False]),
        tuple(documented),
        vectors[len(texts) :],
    )


def _some_functions(corpus: RepositoryCorpus, others: int) -> list[Function]:
    """Those that questions were written about, and so many others, one of a name in a file."""
    shown: dict[tuple[str, str], Function] = {}
    for each in corpus.functions:
        shown.setdefault((each.path, each.name), each)
    asked = [each for each in shown.values() if any(query.is_asked for query in each.queries)]
    rest = [each for each in shown.values() if not any(query.is_asked for query in each.queries)]
    Random(corpus.repository).shuffle(rest)
    return asked + rest[:others]


def _vectors(texts: Sequence[str], encoder: Encoder, kept: Path) -> NDArray[np.float16]:
    path = kept / f"{fingerprint(encoder.manifest.fingerprint, texts)[:24]}.npy"
    if not path.exists():
        np.save(path.with_suffix(".part.npy"), encoder.encode_passages(texts).astype(np.float16))
        path.with_suffix(".part.npy").replace(path)
    found: NDArray[np.float16] = np.load(path, allow_pickle=False)
    return found


@dataclass(frozen=True, slots=True)
class Step:
    """Queries, their answers as numbers of functions of all the step's repositories, int64 [queries], and the
    passages, float32 [passages, dimensions], with their functions, int64 [passages].

    `bare` are the rows of the queries whose answer is not among the passages, int64 [bare], and the vectors
    of those answers, float32 [bare, dimensions].
    """

    queries: tuple[str, ...]
    answers: Tensor
    passages: Tensor
    owners: Tensor
    bare: tuple[Tensor, Tensor]


def draw(random: Random, shelves: Sequence[Shelf], settings: QueriesSettings) -> Step:
    """What a step trains on."""
    weights = [shelf.weight for shelf in shelves]
    chosen: dict[str, Shelf] = {}
    while len(chosen) < min(settings.repositories, len(shelves)):
        shelf = random.choices(shelves, weights)[0]
        chosen[shelf.repository] = shelf
    queries: list[str] = []
    answers: list[int] = []
    rows: list[int] = []
    bare: list[NDArray[np.float16]] = []
    owners: list[NDArray[np.int64]] = []
    first = 0
    for shelf in chosen.values():
        seen: set[str] = set()
        # A repository may have fewer queries than are wanted.
        for _ in range(2 * settings.each):
            kind = random.random()
            doc = settings.asked <= kind < settings.asked + settings.doc
            some = shelf.documented if doc else shelf.asked if kind < settings.asked else shelf.mined
            if len(seen) == settings.each or not some:
                continue
            number = random.randrange(len(some))
            query, function = some[number]
            if query not in seen:
                seen.add(query)
                if doc:
                    rows.append(len(queries))
                    bare.append(shelf.bare[number])
                queries.append(query)
                answers.append(first + function)
        owners.append(shelf.owners + first)
        first += shelf.count
    vectors = np.concatenate([shelf.vectors for shelf in chosen.values()]).astype(np.float32)
    without = np.array(bare, dtype=np.float32).reshape(len(bare), vectors.shape[1])
    return Step(
        tuple(queries),
        torch.tensor(answers),
        torch.from_numpy(vectors),
        torch.from_numpy(np.concatenate(owners)),
        (torch.tensor(rows, dtype=torch.long), torch.from_numpy(without)),
    )


def _loss(model: MeanPooledEncoder, tokenizer: Tokenizer, step: Step, settings: QueriesSettings) -> Tensor:
    asked = in_portions(model, token_ids(tokenizer, step.queries, QUERY_TOKENS), settings.portions).vectors
    device = asked.device
    scores = asked @ step.passages.to(device).T / settings.temperature
    rows, vectors = (each.to(device) for each in step.bare)
    bare = (asked[rows] * vectors).sum(1) / settings.temperature
    own = step.owners.to(device)[None, :] == step.answers.to(device)[:, None]
    return whole_pool_loss(scores, own, rows, bare)


def whole_pool_loss(scores: Tensor, own: Tensor, rows: Tensor, bare: Tensor) -> Tensor:
    """The mean cross entropy of each answer's best passage among it and all other functions' passages.

    Args:
        scores: of each query with each passage, [queries, passages].
        own: which passages are the answer's, bool [queries, passages].
        rows: the queries whose answer is another text than those, int64 [bare].
        bare: the scores of those answers, [bare].

    """
    right = scores.masked_fill(~own, -torch.inf).amax(1).index_put((rows,), bare)
    wrong = scores.masked_fill(own, -torch.inf).logsumexp(1)
    return (torch.logaddexp(right, wrong) - right).mean()
