"""Fits the fusion of the first stage, and the probability that is shown, to questions with answers.

    codesearch train ranking --questions FILE --checkouts DIR --weights DIR

Hardware: any; what takes time is indexing the checkouts, by the program itself. The questions are
written ones about repositories that no encoder was trained on (`heldout.py`). Weights are listwise
(the chance of the answer among all that was recalled); the probability is a logistic curve over what
speaks for the best result alone, fitted to as many questions that the repository cannot answer:
those of the others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from codesearch.encode.encoder import Encoder
from codesearch.errors import CodesearchError
from codesearch.parse.file import lines_of_file
from codesearch.parse.unit import LineRange
from codesearch.search.features import FEATURES, features
from codesearch.search.models import Models, load_reader
from codesearch.search.question import read_question
from codesearch.search.ranking import EVIDENCE, Ranked, Ranking, as_row, lifted, rank, spread, write_ranking
from codesearch.search.recall import Candidate
from codesearch.search.rerank import MOST_READ, Reader, as_read, second_scores
from codesearch.search.result import Result, Why
from codesearch.search.scope import EVERYTHING
from codesearch.search.search import as_shown, recalled
from codesearch.training.checkout import indexed
from codesearch.training.corpus import file_stem
from codesearch.training.heldout import is_held_out
from codesearch.training.logistic import logistic_weights, minimise
from codesearch.training.mine.questions import read_questions

Item = TypeVar("Item")

_LIMIT = 40
_NEUTRAL = Ranking((1.0,) * len(FEATURES), 0.0, 0.0, (0.0,) * len(EVIDENCE))
# The questions were written about functions of the program itself, so that they cannot tell what a test,
# a type, a bare passage or a very short function is worth to a user: these are set, gently, and the others
# fitted around them.
_SET = {"test": -2.5, "example": -1.0, "foreign": -0.7, "passage": -1.0, "type": -0.4, "short": -0.4}
_TOGETHER = (0.0, 0.5, 1.0, 2.0)
_AGAIN = (0.0, 0.05, 0.1, 0.2, 0.4)
_COST_OF_ROOM = 0.002
# Reading takes time, and these few weights need no more questions than about so many.
_ENOUGH = 350
_UNCLEAR = 0.05


@dataclass(frozen=True, slots=True)
class RankingSettings:
    """What is fitted to what. Each of `rows` is a question with `repo`, `query`, `path`, `start_line` and
    `end_line`; `checkouts` holds the repositories as `<owner>+<name>`. `cross_encoder` is the second stage's
    folder, as `load_reader` takes it. `lost` is the share of right first results that the floor may cost.
    """

    rows: tuple[dict[str, Any], ...]
    checkouts: Path
    weights: Path
    cross_encoder: Path | None = None
    decay: float = 0.0005
    lost: float = 0.01
    threads: int = 2
    seed: int = 1


@dataclass(frozen=True, slots=True)
class Asked:
    """A question about the repository at `root`, its candidates, their features [candidates, features] and
    the rows of the right ones.
    """

    query: str
    root: Path
    candidates: tuple[Candidate, ...]
    features: NDArray[np.float32]
    right: tuple[int, ...]

    @property
    def paths(self) -> list[str]:
        """The candidates' paths."""
        return [each.stored.path for each in self.candidates]


def read_rows(files: Sequence[Path], checkouts: Path, *, most: int = 150) -> tuple[dict[str, Any], ...]:
    """The questions about the held-out repositories that are checked out, at most so many of each."""
    rows: dict[str, list[dict[str, Any]]] = {}
    for repository, found in read_questions(files).items():
        folder = checkouts / file_stem(found[0]["repo"])
        if is_held_out(repository) and folder.is_dir():
            asked = [
                {**row, "query": each["text"], "kind": each["kind"]}
                for row in found
                for each in row["queries"]
            ]
            rows[repository] = asked[:: max(1, -(-len(asked) // most))]
    return tuple(row for found in rows.values() for row in found)


def fit_ranking(settings: RankingSettings, report: Callable[[str], None]) -> Ranking:
    """Fits, writes `ranking.json` beside the weights and returns what it holds.

    Raises:
        CodesearchError: the questions are not about two repositories at least.

    """
    encoder = Encoder(settings.weights, threads=settings.threads)
    answered: list[Asked] = []
    foreign: list[Asked] = []
    by_repository: dict[str, list[dict[str, Any]]] = {}
    for row in settings.rows:
        by_repository.setdefault(row["repo"], []).append(row)
    random = np.random.default_rng(settings.seed)
    for repository, rows in sorted(by_repository.items()):
        others = [row for row in settings.rows if row["repo"] != repository]
        strange = [others[i] for i in random.choice(len(others), min(len(rows), len(others)), replace=False)]
        found = list(_recall(repository, [*rows, *strange], settings, encoder))
        answered.extend(each for each in found[: len(rows)] if each.right)
        foreign.extend(replace(each, right=()) for each in found[len(rows) :] if each.candidates)
        report(
            f"{repository}: {sum(bool(each.right) for each in found[: len(rows)])} of {len(rows)} recalled"
        )
    if not answered or not foreign:
        raise CodesearchError("a ranking needs questions about two of the held-out repositories, checked out")
    known = {FEATURES.index(name): weight for name, weight in _SET.items()}
    weights = listwise_weights([(each.features, each.right) for each in answered], settings.decay, known)
    ranking = replace(_NEUTRAL, weights=weights)
    ranking = _with_files(ranking, answered)
    report(f"first stage: MRR@10 {mean_reciprocal_rank(ranking, answered):.3f} on what it was fitted to")
    reader = load_reader(encoder, settings.cross_encoder)
    count = min(_ENOUGH, len(answered), len(foreign))
    own = [_read(ranking, each, reader) for each in evenly(answered, count)]
    lists = [*own, *(_read(ranking, each, reader) for each in evenly(foreign, count))]
    ranking = replace(ranking, reread=_reread_weight(lists))
    ranking = replace(ranking, lead=_lead(lists, ranking.reread))
    report(f"second stage: {ranking.reread:.2f} times its score; a lead of {ranking.lead:.2f} mostly stays")
    # What is shown, and whether what stands first is right, without the second stage and with it.
    plain = [(each.results, 0 in each.right) for each in lists]
    read = [_reordered(ranking, each) for each in lists]
    ranking = replace(ranking, confidence=_confidence(plain), confidence_read=_confidence(read))
    of_others = np.arange(len(lists)) >= len(own)
    floors: list[float] = []
    for stage, shown in (("first", plain), ("second", read)):
        floor, refused, unanswered = _floor(ranking, shown, of_others, settings.lost)
        floors.append(floor)
        report(
            f"{stage} stage: below the floor of {floor:.3f} are {refused:.0%} of first results to other"
            f" repositories' questions, {unanswered:.0%} of those to own, {settings.lost:.0%} of right ones"
        )
    ranking = replace(ranking, floor=floors[0], floor_read=floors[1])
    write_ranking(ranking, settings.weights)
    return ranking


def evenly(items: Sequence[Item], count: int) -> list[Item]:
    """So many of the items, spread over all of them."""
    return [items[number * len(items) // count] for number in range(count)]


def _recall(
    repository: str, rows: Sequence[dict[str, Any]], settings: RankingSettings, encoder: Encoder
) -> Iterator[Asked]:
    root = (settings.checkouts / file_stem(repository)).resolve()
    models = Models(encoder, _NEUTRAL)
    with indexed(root, encoder) as searched:
        for row in rows:
            question = read_question(row["query"])
            found = recalled(searched, models, question, limit=_LIMIT, scope=EVERYTHING).candidates
            right = tuple(i for i, each in enumerate(found) if _is_answer(each, row))
            yield Asked(row["query"], root, found, features(question, found), right)


def _is_answer(candidate: Candidate, row: dict[str, Any]) -> bool:
    asked = LineRange(row["start_line"], row["end_line"])
    stored = candidate.stored
    return bool(stored.path == row["path"]) and stored.unit.span.is_nearly(asked)


def listwise_weights(
    lists: Sequence[tuple[NDArray[np.float32], tuple[int, ...]]],
    decay: float,
    known: Mapping[int, float] = MappingProxyType({}),
) -> tuple[float, ...]:
    """The weights under which the right rows are the likeliest, by maximum likelihood with decay.

    Args:
        lists: features [candidates, features] and the rows of the right ones, at least one.
        decay: how much large weights cost.
        known: the weights of some columns, which stay as they are.

    """
    count = lists[0][0].shape[1]
    longest = max(len(found) for found, _ in lists)
    inputs = torch.zeros(len(lists), longest, count)
    absent = torch.ones(len(lists), longest, dtype=torch.bool)
    wrong = torch.ones(len(lists), longest, dtype=torch.bool)
    for row, (found, right) in enumerate(lists):
        inputs[row, : len(found)] = torch.from_numpy(found)
        absent[row, : len(found)] = False
        wrong[row, list(right)] = False
    weights = torch.zeros(count, requires_grad=True)
    given = torch.tensor([known.get(column, 0.0) for column in range(count)])
    free = torch.tensor([column not in known for column in range(count)])
    never = float("-inf")

    def loss() -> Tensor:
        scores = (inputs @ torch.where(free, weights, given)).masked_fill(absent, never)
        answers = scores.masked_fill(wrong, never)
        likelihood = torch.logsumexp(answers, dim=1) - torch.logsumexp(scores, dim=1)
        return decay * weights.square().sum() - likelihood.mean()

    minimise(weights, loss)
    return tuple(torch.where(free, weights, given).tolist())


def _with_files(ranking: Ranking, answered: Sequence[Asked]) -> Ranking:
    """The ranking with the best of a few weights for other hits in a file, and with as much room made for
    other files as costs next to nothing: a question here has one answer, a user's may have several.
    """
    tried = [replace(ranking, together=together) for together in _TOGETHER]
    best = max(tried, key=lambda each: mean_reciprocal_rank(each, answered))
    least = mean_reciprocal_rank(best, answered) - _COST_OF_ROOM
    roomy = [replace(best, again=again) for again in _AGAIN]
    return next(each for each in reversed(roomy) if mean_reciprocal_rank(each, answered) >= least)


def mean_reciprocal_rank(ranking: Ranking, answered: Sequence[Asked], depth: int = 10) -> float:
    """MRR@10 of the first stage over questions whose answers were recalled."""
    found: list[float] = []
    for each in answered:
        scores = lifted(ranking, ranking.scores(each.features), each.paths)
        order = islice(spread(ranking, scores, [one.stored for one in each.candidates]), depth)
        found.append(next((1.0 / place for place, row in enumerate(order, 1) if row in each.right), 0.0))
    return float(np.mean(found))


@dataclass(frozen=True, slots=True)
class Read:
    """What the second stage reads of a question: results in the first stage's order, its scores of them, and
    which of them are right.
    """

    results: tuple[Result, ...]
    scores: tuple[float, ...]
    right: frozenset[int]


def _read(ranking: Ranking, asked: Asked, reader: Reader) -> Read:
    ranked = rank(ranking, read_question(asked.query), asked.candidates)[:MOST_READ]
    results = [_result(asked.root, each) for each in ranked]
    right = {id(asked.candidates[row]) for row in asked.right}
    scores = second_scores(reader, asked.query, results)
    return Read(
        tuple(results),
        tuple(scores),
        frozenset(i for i, each in enumerate(ranked) if id(each.candidate) in right),
    )


def _result(root: Path, ranked: Ranked) -> Result:
    stored = ranked.candidate.stored
    lines = lines_of_file(root, stored.path, stored.digest)
    assert lines is not None
    why = Why(ranked.evidence, ranked.candidate.lexical, ranked.parts, ranked.score, ())
    return Result(root, stored.path, stored.language, stored.unit, ranked.probability, lines, why)


def _reread_weight(lists: Sequence[Read]) -> float:
    """How much the second stage's score counts beside the first's, over what it reads.

    Both are fitted, and what counts is the one against the other: the first stage's weights were fitted to
    tell the answer from all that was recalled, which is easier than from the best twenty.
    """
    rows = [
        (
            np.array(
                [(result.why.score, score) for result, score in zip(each.results, each.scores, strict=True)],
                dtype=np.float32,
            ),
            tuple(sorted(each.right)),
        )
        for each in lists
        if each.right
    ]
    first, second = listwise_weights(rows, 0.0)
    return second / first


def _lead(lists: Sequence[Read], weight: float) -> float:
    """What the second stage adds to a later result beyond what it adds to the first, at most, but for the
    `_UNCLEAR` part of the lists.
    """
    gains = [weight * (max(each.scores[1:]) - each.scores[0]) for each in lists if len(each.scores) > 1]
    return float(np.quantile(gains, 1.0 - _UNCLEAR))


def _reordered(ranking: Ranking, read: Read) -> tuple[tuple[Result, ...], bool]:
    """What the second stage makes of the results, and whether the first is right then."""
    results = [
        as_read(ranking, result, score) for result, score in zip(read.results, read.scores, strict=True)
    ]
    order = sorted(range(len(results)), key=lambda row: -results[row].why.score)
    return tuple(results[row] for row in order), order[0] in read.right


def _floor(
    ranking: Ranking,
    shown: Sequence[tuple[Sequence[Result], bool]],
    of_others: NDArray[np.bool_],
    lost: float,
) -> tuple[float, float, float]:
    """The score that so large a share of the right first results stays below; and the shares of first results
    to others' questions, and to own ones, that do.
    """
    scores: list[float] = []
    for results, _ in shown:
        likely = (replace(each, score=ranking.probability(each.why.evidence)) for each in results)
        scores.append(as_shown(likely, 1)[0].score)
    found = np.array(scores)
    right = np.array([is_right for _, is_right in shown])
    floor = float(np.quantile(found[right], lost))
    return floor, float((found[of_others] < floor).mean()), float((found[~of_others] < floor).mean())


def _confidence(shown: Sequence[tuple[Sequence[Result], bool]]) -> tuple[float, ...]:
    """The weights of `Evidence` that tell a right first result from a wrong one."""
    evidence = np.array([as_row(results[0].why.evidence) for results, _ in shown])
    return logistic_weights(evidence, np.array([float(is_right) for _, is_right in shown]))
