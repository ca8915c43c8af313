"""Ranking weighs what it is given, keeps its numbers, and spreads results over files."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from codesearch.encode.weights import student_folder
from codesearch.errors import CodesearchError
from codesearch.index.stored import StoredUnit
from codesearch.parse.role import Role, role_of
from codesearch.parse.unit import Kind, LineRange, Unit
from codesearch.search.features import FEATURES, features
from codesearch.search.question import read_question
from codesearch.search.ranking import Ranking, lifted, read_ranking, spread, write_ranking
from codesearch.search.recall import Candidate
from codesearch.search.result import Evidence

RANKING = Ranking(tuple(range(len(FEATURES))), 1.0, 0.5, (1.0, 0.0, 0.0, 0.0, -0.5), (1.0,) * 6, 0.25)


def candidate(name: str, path: str = "a.py", dense: float = 0.5, lexical: float = 1.0) -> Candidate:
    unit = Unit(Kind.FUNCTION, name, f"{name}()", 1, 9, 1, 1, (LineRange(1, 9),))
    return Candidate(StoredUnit(1, path, "python", b"", unit), dense, lexical, 0.0)


def feature(name: str, query: str, *candidates: Candidate) -> list[float]:
    found: list[float] = features(read_question(query), candidates)[:, FEATURES.index(name)].tolist()
    return found


@pytest.mark.parametrize("query", ["getUserById", "get_user_by_id", "user by id get", "Store.get_user_by_id"])
def test_a_name_is_exact_whatever_its_case_joints_and_order(query: str) -> None:
    assert feature("exact", query, candidate("Store.getUserById"), candidate("Store.getUser")) == [1.0, 0.0]


@pytest.mark.parametrize(
    "name", ["UserService.createUser", "CookieJar.drop_cookie", "map_to_map", "Logger::logLog"]
)
def test_a_name_in_which_a_word_stands_twice_is_exact(name: str) -> None:
    assert feature("exact", name, candidate(name), candidate(name + "s")) == [1.0, 0.0]


def test_a_name_in_which_a_word_stands_twice_is_spelled_as_itself() -> None:
    assert feature("spelled", "log_log", candidate("log_log")) == [1.0]


def test_a_name_is_exact_with_its_parts_joined_and_near_with_a_letter_wrong() -> None:
    right, other = candidate("_Option._parse_timedelta"), candidate("_Option._parse_datetime")
    assert feature("exact", "_parseTimeDelta", right, other) == [1.0, 0.0]
    near, far = feature("spelled", "parseTimedalta", right, other)
    assert 1.0 > near > far > 0.0
    assert feature("spelled", "how long until the parser gives up", right) == [0.0]


def test_endings_do_not_keep_words_apart_and_other_words_stay_apart() -> None:
    assert feature("asked", "retrying cookies", candidate("retryCookie"), candidate("realCast")) == [1.0, 0.0]


def test_lexical_scores_count_as_parts_of_the_best() -> None:
    assert feature("lexical", "x", candidate("a", lexical=4.0), candidate("b", lexical=1.0)) == [1.0, 0.25]
    assert feature("lexical", "x", candidate("a", lexical=0.0)) == [0.0]


def test_tests_are_marked_unless_they_are_asked_for() -> None:
    tests = candidate("check", "tests/test_jar.py")
    assert feature("test", "where are cookies dropped", tests, candidate("drop")) == [1.0, 0.0]
    assert feature("test", "tests of dropping cookies", tests) == [0.0]
    assert feature("example", "an example of a jar", candidate("jar", "examples/jar.py")) == [0.0]


def test_a_question_about_tests_does_not_make_other_peoples_code_ones_own() -> None:
    paths = ("vendor/lib/tests/jar.py", "gen/jar_test.go", "src/legacy/jar.py")
    found = feature("foreign", "tests of the jar", *(candidate("jar", path) for path in paths))
    assert found == [1.0] * len(paths)


@pytest.mark.parametrize(
    ("path", "role"),
    [
        ("src/jar.py", Role.SOURCE),
        ("tests/jar.py", Role.TEST),
        ("pkg/jar_test.go", Role.TEST),
        ("src/JarTest.java", Role.TEST),
        ("src/latest.py", Role.SOURCE),
        ("app/contest.rb", Role.SOURCE),
        ("examples/jar.py", Role.EXAMPLE),
        ("vendor/lib/tests/x.go", Role.VENDORED),
        ("web/jar.min.js", Role.GENERATED),
        ("api/jar_pb2.py", Role.GENERATED),
        ("src/legacy/jar.py", Role.LEGACY),
    ],
)
def test_a_file_has_a_role_by_its_path(path: str, role: Role) -> None:
    assert role_of(path) is role


def test_a_file_with_several_hits_is_lifted_for_the_others_only() -> None:
    scores = np.array([1.0, 1.0, 1.0], dtype=np.float32)
    found = lifted(RANKING, scores, ["a", "a", "b"])
    assert found[0] == found[1] > found[2] == pytest.approx(1.0)


def units(paths: str) -> list[StoredUnit]:
    """A unit in each of the files, none of which shows lines of another."""
    found = (
        Unit(Kind.FUNCTION, "f", "f()", 9 * n + 1, 9 * n + 9, 9 * n + 1, 1, ()) for n in range(len(paths))
    )
    return [StoredUnit(1, path, "python", b"", unit) for path, unit in zip(paths, found, strict=True)]


def test_results_of_one_file_make_room_for_other_files() -> None:
    scores = np.array([3.0, 2.9, 2.8, 2.6], dtype=np.float32)
    assert list(spread(RANKING, scores, units("aaab"))) == [0, 3, 1, 2]
    assert sorted(spread(RANKING, scores, units("aaaa"))) == [0, 1, 2, 3]


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 12)), max_size=80))
def test_each_result_is_the_best_of_what_is_left_beside_those_that_are_shown(
    rows: list[tuple[str, int]],
) -> None:
    paths = "".join(path for path, _ in rows)
    scores = np.array([score / 4 for _, score in rows], dtype=np.float32)
    shown: Counter[str] = Counter()
    left = set(range(len(rows)))
    for row, better in spread(RANKING, scores, units(paths)).items():
        lowered = {each: scores[each] - RANKING.again * shown[paths[each]] for each in left}
        assert lowered[row] == max(lowered.values())
        assert better == shown[paths[row]]
        shown[paths[row]] += 1
        left.remove(row)
    assert not left


def test_a_ranking_is_read_as_it_was_written(tmp_path: Path) -> None:
    write_ranking(RANKING, tmp_path)
    assert read_ranking(tmp_path) == RANKING


def test_a_ranking_for_other_features_is_one_clear_error(tmp_path: Path) -> None:
    write_ranking(RANKING, tmp_path)
    file = tmp_path / "ranking.json"
    found = json.loads(file.read_text("utf-8"))
    del found["weights"]["dense"]
    file.write_text(json.dumps(found), "utf-8")
    with pytest.raises(CodesearchError, match="reinstall"):
        read_ranking(tmp_path)


def test_the_bundled_ranking_trusts_what_speaks_for_a_unit() -> None:
    ranking = read_ranking(student_folder())
    assert ranking.probability(Evidence(0.8, 1.0, 1.0, 1.0)) > ranking.probability(
        Evidence(0.1, 0.0, 0.0, 0.0)
    )
    assert 0.0 <= ranking.probability(Evidence(-1.0, 0.0, 0.0, 0.0)) <= 1.0
