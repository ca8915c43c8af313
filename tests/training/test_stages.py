"""Every stage learns on a tiny corpus, resumes where it was stopped, and hands on what the next reads."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest
import torch
from tokenizers import Tokenizer
from torch import Tensor, nn

from codesearch.encode.cross_encoder import CrossEncoder
from codesearch.errors import CodesearchError
from codesearch.training.batches import PairSampler, SamplerSettings
from codesearch.training.candidates import (
    CandidateList,
    CandidateSettings,
    by_origin,
    candidate_lists,
    collect_candidates,
    read_candidates,
)
from codesearch.training.corpus import RepositoryCorpus, read_corpus
from codesearch.training.cross_encoder import (
    CrossEncoderModel,
    CrossEncoderSettings,
    calibrate,
    cross_scores,
    load_cross_encoder,
    new_cross_encoder,
    read_calibration,
    train_cross_encoder,
)
from codesearch.training.distil import DistilSettings, draw_pairs, make_targets
from codesearch.training.encoder import load_encoder, load_tokenizer, padded, token_ids
from codesearch.training.export import ExportSettings, export_cross_encoder
from codesearch.training.heldout import choosing_pools, is_held_out
from codesearch.training.lexical import bm25_scores
from codesearch.training.loop import Progress, Schedule, run
from codesearch.training.pools import Pool, function_scores, ranks
from codesearch.training.students import StudentsSettings, choose_student, measure
from codesearch.training.system import System
from codesearch.training.teacher import TeacherSettings, score, train_teacher
from codesearch.training.tune import TuneSettings, batch_of_lists, in_portions, late_interaction, tune
from tests.training.conftest import HELD_OUT, NOUNS, TRAINED, VERBS

pytestmark = pytest.mark.filterwarnings("default")

FAST = Schedule(steps=40, learning_rate=3e-3, checkpoint_every=20)


def silent(text: str) -> None:
    """Hears reports and says nothing."""


@pytest.fixture(scope="module")
def teacher(checkpoint: Path, corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A teacher trained on the tiny corpus."""
    out = tmp_path_factory.mktemp("teacher")
    settings = TeacherSettings(
        corpus, checkpoint, out, FAST, SamplerSettings(size=24), frozen_layers=0, passage_tokens=32
    )
    train_teacher(settings, silent)
    return out


@pytest.fixture(scope="module")
def candidates(corpus: Path, teacher: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the teacher recalls on the tiny corpus."""
    out = tmp_path_factory.mktemp("candidates") / "lists.jsonl.gz"
    assert collect_candidates(CandidateSettings(corpus, teacher, out)) > 0
    return out


@pytest.fixture(scope="module")
def reranker(candidates: Path, teacher: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cross-encoder trained on the teacher's candidates."""
    out = tmp_path_factory.mktemp("reranker")
    schedule = Schedule(steps=150, learning_rate=3e-3, checkpoint_every=50)
    train_cross_encoder(CrossEncoderSettings(candidates, teacher, out, None, schedule, lists=8), silent)
    return out


def test_a_run_that_was_stopped_ends_as_an_unbroken_one(tmp_path: Path) -> None:
    target = torch.arange(4.0)

    def trained(folder: Path, *stops: int) -> Tensor:
        torch.manual_seed(3)
        model = nn.Linear(4, 4)
        schedule = Schedule(steps=12, learning_rate=0.1, checkpoint_every=4)

        def loss_of(step: int) -> Tensor:
            if step in stops:
                raise KeyboardInterrupt
            inputs = torch.randn(4, generator=torch.Generator().manual_seed(step))
            loss: Tensor = (model(inputs) - target).square().sum()
            return loss

        try:
            run(model, loss_of, schedule, folder, lambda progress: None)
        except KeyboardInterrupt:
            with torch.no_grad():
                model.weight.zero_()  # nothing of the broken run may be needed
            return trained(folder)
        return model.weight.detach()

    torch.testing.assert_close(trained(tmp_path / "broken", 6), trained(tmp_path / "whole"))


@pytest.mark.parametrize("other", ["schedule", "start", "data"])
def test_a_run_does_not_go_on_with_what_another_left(tmp_path: Path, other: str) -> None:
    def trained(steps: int = 4, start: float = 1.0, made_from: str = "this") -> None:
        model = nn.Linear(1, 1)
        with torch.no_grad():
            model.weight.fill_(start)
            model.bias.zero_()
        schedule = Schedule(steps, 0.1, checkpoint_every=2)
        run(model, lambda step: model.weight.sum(), schedule, tmp_path, lambda _: None, made_from=made_from)

    trained()
    trained()
    changed: dict[str, dict[str, Any]] = {
        "schedule": {"steps": 6},
        "start": {"start": 2.0},
        "data": {"made_from": "that"},
    }
    with pytest.raises(CodesearchError, match="remove it or name another --out"):
        trained(**changed[other])


@pytest.mark.parametrize(
    "change", [{"steps": 41}, {"temperature": 0.1}, {"sampler": SamplerSettings(size=23)}]
)
def test_a_teacher_is_not_resumed_under_other_settings_but_elsewhere_it_is(
    checkpoint: Path, corpus: Path, teacher: Path, tmp_path: Path, change: dict[str, Any]
) -> None:
    moved = shutil.copytree(teacher, tmp_path / "moved")
    settings = TeacherSettings(
        corpus, checkpoint, moved, FAST, SamplerSettings(size=24), frozen_layers=0, passage_tokens=32
    )
    said: list[str] = []
    train_teacher(settings, said.append)
    assert not any("step" in line for line in said)
    if "steps" in change:
        change = {"schedule": replace(FAST, steps=change["steps"])}
    with pytest.raises(CodesearchError, match="other settings"):
        train_teacher(replace(settings, **change), silent)


def test_targets_are_the_same_when_read_again_and_those_of_their_teacher_and_pairs(
    checkpoint: Path, teacher: Path, corpus: Path, tmp_path: Path
) -> None:
    keep = tmp_path / "targets.npz"
    tokenizer = load_tokenizer(teacher)
    pairs = draw_pairs(PairSampler(read_corpus(corpus), SamplerSettings(size=8)), 16)
    first = make_targets(load_encoder(teacher), tokenizer, pairs[:8], keep)
    written = keep.stat().st_mtime_ns
    again = make_targets(load_encoder(teacher), tokenizer, pairs[:8], keep)
    assert keep.stat().st_mtime_ns == written
    np.testing.assert_array_equal(first.queries, again.queries)
    np.testing.assert_array_equal(first.passages, again.passages)
    others = make_targets(load_encoder(teacher), tokenizer, pairs[8:], keep)
    untaught = make_targets(load_encoder(checkpoint), tokenizer, pairs[8:], keep)
    assert not np.allclose(first.queries, others.queries)
    assert not np.allclose(others.queries, untaught.queries)
    assert len({first.made_from, others.made_from, untaught.made_from}) == 3


def test_the_rate_climbs_then_falls_to_nothing() -> None:
    schedule = Schedule(steps=100, learning_rate=1.0, warmup=0.1)
    rates = [schedule.rate(step) for step in range(100)]
    assert rates.index(max(rates)) == pytest.approx(10, abs=1)
    assert max(rates) <= 1.0
    assert rates[0] < 0.2
    assert rates[-1] < 0.02


def test_progress_tells_the_mean_loss_since_the_last(tmp_path: Path) -> None:
    model = nn.Linear(1, 1)
    said: list[Progress] = []
    run(
        model,
        lambda step: model.weight.sum() * 0 + step,
        Schedule(4, 0.1, checkpoint_every=2),
        tmp_path,
        said.append,
    )
    assert [(each.step, each.loss) for each in said] == [(2, 0.5), (4, 2.5)]


def told_apart(corpus: Path) -> list[RepositoryCorpus]:
    """The corpus, each query ending in its repository's and its function's name."""
    return [
        replace(
            each,
            functions=tuple(
                replace(
                    function,
                    queries=tuple(
                        replace(query, text=f"{query.text} {each.repository} {function.name}")
                        for query in function.queries
                    ),
                )
                for function in each.functions
            ),
        )
        for each in read_corpus(corpus)
    ]


def test_batches_are_the_same_each_time_and_name_no_function_twice(corpus: Path) -> None:
    sampler = PairSampler(told_apart(corpus), SamplerSettings(size=20))
    assert sampler.batch(5) == sampler.batch(5) != sampler.batch(6)
    for number in range(20):
        functions = [tuple(pair.query.split()[-2:]) for pair in sampler.batch(number)]
        assert len(set(functions)) == len(functions) == 20


def test_half_of_the_batches_stay_within_one_repository(corpus: Path) -> None:
    sampler = PairSampler(told_apart(corpus), SamplerSettings(size=16, one_repository=0.5))
    alone = sum(len({pair.query.split()[-2] for pair in sampler.batch(number)}) == 1 for number in range(60))
    assert 20 <= alone <= 40


def test_a_batch_of_lists_holds_each_function_once_and_no_query_with_another_answer_to_it() -> None:
    # Each function answers two written questions, and a mined query by the form that lacks its doc comment.
    with_doc = [f"cart {name}\n# Says it\n{name}()" for name in "abcdefgh"]
    without = [f"cart {name}\n{name}()" for name in "abcdefgh"]
    lists = by_origin(
        CandidateList(
            "a/b", kind, f"{kind} {number}", forms[number], 1, (*forms[:number], *forms[number + 1 :])
        )
        for number in range(8)
        for kind, forms in (("asked_question", with_doc), ("asked_keywords", with_doc), ("comment", without))
    )
    settings = TuneSettings(Path(), Path(), Path(), Path(), lists=5, negatives=4, asked=0.5)
    for seed in range(30):
        batch = batch_of_lists(Random(seed), lists, settings)
        assert len(batch.queries) == 5
        titles = [passage.splitlines()[0] for passage in batch.passages]
        assert len(set(titles)) == len(titles) > 5
        for query, passage in zip(batch.queries, batch.passages, strict=False):
            kind, number = query.split()
            assert passage == (without if kind == "comment" else with_doc)[int(number)]


def test_the_teacher_learns_without_the_held_out_repositories_and_finds_their_functions(
    checkpoint: Path, corpus: Path, teacher: Path
) -> None:
    assert is_held_out(HELD_OUT)
    assert not is_held_out(TRAINED)
    system = System(choosing_pools(corpus), None)
    before, after = measure(checkpoint, system), measure(teacher, system)
    assert after.recalled > before.recalled + 0.1
    scores = json.loads((teacher / "scores.json").read_text("utf-8"))
    assert max(row["choice"] for row in scores.values()) == pytest.approx(after.recalled, abs=0.02)


def test_the_pool_of_doc_comments_does_not_show_them(corpus: Path) -> None:
    pools = choosing_pools(corpus)
    assert [pool.repository for pool in pools["doc"]] == [HELD_OUT]
    assert not any('"""' in passage for passage in pools["doc"][0].passages)
    assert all('"""' in passage for passage in pools["asked"][0].passages)


def test_a_function_scores_as_its_best_passage_and_a_tie_counts_against_it() -> None:
    pool = Pool("a/b", ("x", "y", "z"), np.array([0, 0, 1]), ("q",), ("doc",), np.array([0]))
    scores = function_scores(pool, np.array([[0.1, 0.9, 0.5]], dtype=np.float32))
    assert scores.tolist() == [[pytest.approx(0.9), pytest.approx(0.5)]]
    assert ranks(scores, pool.answers).tolist() == [1]
    assert ranks(np.array([[0.5, 0.5]], dtype=np.float32), pool.answers).tolist() == [2]


def test_words_are_found_lexically_whole_split_and_stemmed() -> None:
    scores = bm25_scores(
        ["def dropCookies(jar)", "open a socket", ""], ["dropping cookie", "DROPCOOKIES", "zzz", '"']
    )
    assert scores.argmax(axis=1)[:2].tolist() == [0, 0]
    assert scores[0, 0] > 0
    assert not scores[2:].any()
    assert not scores[:, 2].any()


def test_candidates_hold_the_answer_and_what_was_ranked_beside_it(candidates: Path) -> None:
    lists = list(read_candidates(candidates))
    assert {each.repository for each in lists} == {HELD_OUT, TRAINED}
    for each in lists:
        assert each.answer not in each.others
        assert 1 <= each.rank <= 50
        assert len(each.others) <= 20
    assert [path.name for path in candidates.parent.iterdir()] == [candidates.name]


# Two functions of two windows, and a question that the later one of each is near to.
WINDOWED = Pool(
    "a/b", ("a1", "a2", "b1", "b2"), np.array([0, 0, 1, 1]), ("q",), ("asked_question",), np.array([0])
)
WINDOW_VECTORS = np.array([[0.1, 0.0], [0.9, 0.0], [0.2, 0.0], [0.8, 0.0]], dtype=np.float32)
ASKED_VECTOR = np.array([[1.0, 0.0]], dtype=np.float32)


def test_a_function_stands_in_a_list_by_its_window_nearest_to_the_query() -> None:
    (found,) = candidate_lists([WINDOWED], lambda texts: WINDOW_VECTORS, lambda texts: ASKED_VECTOR)
    assert (found.answer, found.others) == ("a2", ("b2",))


def test_the_second_stage_reads_the_window_nearest_to_the_query() -> None:
    read: list[str] = []

    def score(query: str, texts: Sequence[str]) -> np.ndarray:
        read.extend(texts)
        return np.zeros(len(texts), dtype=np.float32)

    system = System({"asked": [WINDOWED]}, score)
    system.performance(lambda texts: WINDOW_VECTORS, lambda texts: ASKED_VECTOR)
    assert read == ["a2", "b2"]


def test_the_cross_encoder_learns_to_put_the_answer_first(
    candidates: Path, teacher: Path, reranker: Path
) -> None:
    some = [each for each in read_candidates(candidates) if is_held_out(each.repository)][::2]

    def lead(model: CrossEncoderModel, tokenizer: Tokenizer) -> float:
        """How far the answer's score is above the others' mean, in their deviations."""
        found = [cross_scores(model, tokenizer, each.query, [each.answer, *each.others[:7]]) for each in some]
        return float(np.mean([(scores[0] - scores[1:].mean()) / (scores.std() + 1e-6) for scores in found]))

    assert lead(new_cross_encoder(teacher, None), load_tokenizer(teacher)) == 0.0
    assert lead(load_cross_encoder(reranker), load_tokenizer(reranker)) > 0.3
    assert read_calibration(reranker).slope > 0


def test_calibration_reads_lists_of_all_repositories(candidates: Path, reranker: Path) -> None:
    model, tokenizer = load_cross_encoder(reranker), load_tokenizer(reranker)
    good = list(read_candidates(candidates))[:16]
    # In the latter half the answer is another query's: what comes first there is seldom right.
    bad = [
        replace(each, answer=other.others[-1]) for each, other in zip(good, good[1:] + good[:1], strict=True)
    ]
    found = calibrate(model, tokenizer, [*good, *bad], most=16)
    assert found == calibrate(model, tokenizer, [*good, *bad][::2])
    assert found != calibrate(model, tokenizer, good)


def test_the_cross_encoder_is_trained_on_pairs_as_long_as_the_program_reads(reranker: Path) -> None:
    longest = ExportSettings(reranker, "tiny", "MIT", reranker)
    # All but the markers and the query's one word.
    room = longest.query_tokens + longest.passage_tokens - 4
    model, tokenizer = load_cross_encoder(reranker), load_tokenizer(reranker)

    def scores(before: int) -> list[float]:
        passages = ["read " * before + last for last in ("file", "socket")]
        return [float(cross_scores(model, tokenizer, "read", [each])[0]) for each in passages]

    assert len(set(scores(room - 1))) == 2
    assert len(set(scores(room))) == 1


def test_the_exported_cross_encoder_says_the_same_as_log_odds(
    candidates: Path, reranker: Path, tmp_path: Path
) -> None:
    manifest = export_cross_encoder(ExportSettings(reranker, "tiny", "MIT", tmp_path / "w"))
    assert manifest.verify(tmp_path / "w")
    some = next(iter(read_candidates(candidates)))
    passages = [some.answer, *some.others[:7]]
    found = CrossEncoder(tmp_path / "w", threads=1).scores(some.query, passages)
    calibration = read_calibration(reranker)
    raw = cross_scores(load_cross_encoder(reranker), load_tokenizer(reranker), some.query, passages)
    expected = raw * calibration.slope + calibration.offset
    assert np.corrcoef(found, expected)[0, 1] > 0.98


def test_two_encoders_learn_to_meet_each_other_and_the_best_share_is_kept(
    corpus: Path, checkpoint: Path, tmp_path: Path
) -> None:
    sampler = SamplerSettings(size=24, seed=2)
    settings = TuneSettings(
        corpus, checkpoint, checkpoint, tmp_path, schedule=FAST, sampler=sampler, frozen_layers=0
    )
    scores = tune(settings, silent)
    assert list(scores) == ["0.0", "0.5", "0.7", "0.85", "1.0"]
    best = max(row["choice"] for row in scores.values())
    assert best > scores["0.0"]["choice"] + 0.1
    passages, queries = (load_encoder(tmp_path / name) for name in ("passages", "queries"))
    reached = score(
        passages, load_tokenizer(tmp_path / "passages"), choosing_pools(corpus), queries_by=queries
    )
    assert reached["choice"] == pytest.approx(best, abs=0.02)
    assert json.loads((tmp_path / "scores.json").read_text("utf-8")) == scores


def test_two_encoders_learn_from_what_recall_brought_up(
    corpus: Path, checkpoint: Path, candidates: Path, tmp_path: Path
) -> None:
    settings = TuneSettings(
        corpus, checkpoint, checkpoint, tmp_path, candidates, schedule=FAST, frozen_layers=0, lists=12
    )
    scores = tune(settings, silent)
    assert max(row["choice"] for row in scores.values()) > scores["0.0"]["choice"] + 0.1


def test_portions_change_no_vector_and_words_meet_as_they_would_one_by_one(checkpoint: Path) -> None:
    tokenizer = load_tokenizer(checkpoint)
    model = load_encoder(checkpoint).eval()
    queries = token_ids(tokenizer, ["read the file", "a", "count a queue"], 32)
    passages = token_ids(tokenizer, ["close the cookie header of a queue", "read", "drop it", "the file"], 32)
    with torch.inference_mode():
        asked, found = in_portions(model, queries, 2), in_portions(model, passages, 3)
        torch.testing.assert_close(asked.vectors, model(*padded(queries)))
        torch.testing.assert_close(found.vectors, model(*padded(passages)))
        scores = late_interaction(asked, found)
        for row, query in enumerate(queries):
            _, words = model.both(*padded([query]))
            for column, passage in enumerate(passages):
                _, others = model.both(*padded([passage]))
                cosines = words[0, 1:-1] @ others[0, 1:-1].T
                torch.testing.assert_close(scores[row, column], cosines.amax(1).mean())


def test_students_are_distilled_chosen_and_not_trained_twice(
    corpus: Path, teacher: Path, reranker: Path, tmp_path: Path
) -> None:
    settings = StudentsSettings(
        corpus,
        teacher,
        tmp_path,
        reranker,
        sizes=(2, 1, 0),
        pairs=96,
        sampler=SamplerSettings(size=24),
        distil=DistilSettings(FAST, batch=24),
        limit=0.9,
    )
    said: list[str] = []
    found = choose_student(settings, said.append)
    assert found.layers == 0
    assert found.model is not None
    assert len(load_encoder(found.model).encoder.encoder.layer) == 0
    assert [(trial.layers, trial.role) for trial in found.trials if trial.layers == 2] == [(2, "teacher")]
    assert len(found.trials) == 5
    said.clear()
    assert choose_student(settings, said.append) == found
    assert not any("step" in line for line in said)
    with pytest.raises(CodesearchError, match="2-from-teacher"):
        choose_student(replace(settings, pairs=72), said.append)


def test_reranking_moves_only_the_best_and_keeps_the_rest_below(corpus: Path) -> None:
    pools = {"doc": choosing_pools(corpus)["doc"]}
    count = len(pools["doc"][0].passages)
    vectors = np.eye(count, dtype=np.float32)

    def passages(texts: object) -> np.ndarray:
        return vectors

    def queries(texts: object) -> np.ndarray:
        # Each query is nearest to the passage after its own, then to its own.
        rows = pools["doc"][0].answers
        return np.asarray(vectors[(rows + 1) % count] + 0.5 * vectors[rows], dtype=np.float32)

    def knows(query: str, texts: object) -> np.ndarray:
        verb, _, noun = query.split()
        return np.array([float(f"{verb} {noun}" in text) for text in texts], dtype=np.float32)  # type: ignore[attr-defined]

    assert len(VERBS) * len(NOUNS) == count
    alone = System(pools, None).performance(passages, queries)
    helped = System(pools, knows, cross_weight=0.9).performance(passages, queries)
    assert alone.recalled == pytest.approx(alone.reranked) == pytest.approx(0.5)
    assert helped.recalled == pytest.approx(0.5)
    assert helped.reranked == pytest.approx(1.0)
