"""Every stage learns on a tiny corpus and hands on what the next reads."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from codesearch.errors import CodesearchError
from codesearch.evaluation.ladder import (
    Found,
    Ladder,
    Measures,
    ReportSettings,
    as_markdown,
    as_svg,
    measure_ladders,
    read_found,
    write_report,
)
from codesearch.training.batches import SamplerSettings
from codesearch.training.distil import DistilSettings
from codesearch.training.encoder import in_portions, load_encoder, load_tokenizer, padded, token_ids
from codesearch.training.heldout import choosing_pools, is_held_out
from codesearch.training.ladder import Trial, read_trials
from codesearch.training.lexical import bm25_scores
from codesearch.training.pools import Pool, function_scores, ranks
from codesearch.training.students import StudentsSettings, choose_student, encoders
from codesearch.training.system import System
from codesearch.training.teacher import score
from codesearch.training.tune import TuneSettings, late_interaction, tune
from tests.training.conftest import FAST, HELD_OUT, NOUNS, TRAINED, VERBS, silent

pytestmark = pytest.mark.filterwarnings("default")


def test_the_teacher_learns_without_the_held_out_repositories_and_finds_their_functions(
    checkpoint: Path, corpus: Path, teacher: Path
) -> None:
    assert is_held_out(HELD_OUT)
    assert not is_held_out(TRAINED)
    system = System(choosing_pools(corpus), None)
    before, after = (system.performance(*encoders(each)) for each in (checkpoint, teacher))
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


def test_students_of_the_queries_alone_meet_the_passages_as_they_are(
    corpus: Path, teacher: Path, tmp_path: Path
) -> None:
    settings = StudentsSettings(
        corpus,
        teacher,
        tmp_path,
        passages=teacher,
        straight=True,
        sizes=(2, 1),
        pairs=96,
        sampler=SamplerSettings(size=24),
        distil=DistilSettings(FAST, batch=24),
        limit=0.9,
    )
    found = choose_student(settings, silent)
    assert [trial.student for trial in found.trials if trial.layers == 2] == ["2-from-teacher"]
    system = System(choosing_pools(corpus), None)
    for trial in found.trials:
        _, queries = encoders(tmp_path / trial.student)
        assert system.performance(encoders(teacher)[0], queries).reranked == pytest.approx(trial.performance)
    assert read_trials(tmp_path / "selection.json") == found.trials

    settings_of_report = ReportSettings(corpus, teacher, teacher, (tmp_path,))
    measured = measure_ladders(settings_of_report, silent)
    (ladder,) = measured.ladders
    assert [trial for trial, _ in ladder.trials] == list(found.trials)
    assert [each.overall for _, each in ladder.trials] == pytest.approx([t.performance for t in found.trials])
    assert sorted(measured.milliseconds) == [1, 2, 3]
    write_report(measured, tmp_path / "docs")
    again = read_found(tmp_path / "docs" / "models.json")
    page = (tmp_path / "docs" / "models.md").read_text("utf-8")
    assert page == as_markdown(again)
    assert page.count("| from the teacher (3 layers) |") >= 1
    assert (tmp_path / "docs" / "models.svg").read_text("utf-8") == as_svg(again)


def test_the_report_sets_what_was_kept_beside_students_straight_from_the_teacher() -> None:
    def measures(mrr: float) -> Measures:
        metrics = {"mrr@10": mrr, "recall@1": mrr, "recall@5": mrr, "recall@10": mrr}
        return Measures({"doc": metrics}, {"doc": metrics})

    def trial(role: str, mrr: float, *, kept: bool) -> tuple[Trial, Measures]:
        return Trial(role, 1, 2, role, mrr, 1.0 - mrr, kept), measures(mrr)

    def found(*runs: Ladder) -> Found:
        return Found(1, {"doc": 9}, 6, measures(1.0), runs, {6: 2.0, 1: 1.0}, with_cross_encoder=False)

    rivals = (trial("teacher", 0.7, kept=False), trial("assistant", 0.8, kept=True))
    beside = (Ladder("1", (trial("straight", 0.75, kept=False), *rivals)),)
    assert "| 1 | 2 | 0.8000 | 0.8000 | +0.0500, -0.0500 | 1 |" in as_markdown(
        found(*beside, Ladder("2", (trial("straight", 0.85, kept=False), *rivals)))
    )
    assert "straight" not in as_markdown(found(Ladder("1", rivals)))


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
