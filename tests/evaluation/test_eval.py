"""`codesearch eval` on a small repository: a table, JSON, a plot, and honest questions."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.conftest import Run, write_files

SYSTEMS = [
    "codesearch",
    "with --rerank auto",
    "words alone (BM25)",
    "meaning alone (dense)",
    "keyword search",
]


def test_a_repository_is_measured_and_its_index_left_as_it_is(
    run: Run, repository: Path, tmp_path: Path
) -> None:
    source = 'def tidy_jar(jar):\n    """Wipe the xylophones that nobody has played."""\n    jar.clear()\n'
    write_files(repository, {"jar.py": source})
    plot = tmp_path / "plot.svg"
    done = run("eval", "--svg", str(plot), cwd=repository)
    assert done.returncode == 0, done.stderr
    table = done.stdout.decode()
    assert all(
        name in table
        for name in (*SYSTEMS, "doc: 5 asked", "name: 5 asked", "p95", "lead of codesearch over")
    )
    ElementTree.parse(plot)
    # The doc comment was hidden for the questions and is there for everybody else.
    assert run("query", "xylophones", "-k1", cwd=repository).stdout.startswith(b"jar.py:1:")


def test_a_doc_comment_is_asked_for_where_nothing_shows_it(run: Run, tmp_path: Path) -> None:
    for n, word in enumerate(("alpha", "beta", "gamma", "delta")):
        source = f'def g(jar):\n    """Wipe the {word} xylophones away."""\n    jar.clear()\n    return {n}\n'
        write_files(tmp_path, {f"f{n}.py": source})
    done = run("eval", "--json", cwd=tmp_path)
    found = json.loads(done.stdout)["systems"]
    assert [row["kind"] for row in found["keyword search"]["questions"]] == ["doc"] * 4
    # No word of the comments is left to be found by.
    assert {row["success@100"] for row in found["keyword search"]["questions"]} == {0.0}


def test_questions_of_ones_own_are_asked_of_the_index_as_it_is(
    run: Run, repository: Path, tmp_path: Path
) -> None:
    questions = tmp_path / "questions.jsonl"
    row = {"query": "delete coupons that ran out", "path": "shop/cart.py", "start_line": 1, "end_line": 500}
    questions.write_text(json.dumps(row), "utf-8")
    found = json.loads(run("eval", "--questions", str(questions), "--json", cwd=repository).stdout)
    assert (found["type"], found["version"]) == ("evaluation", 2)
    assert list(found["systems"]) == SYSTEMS
    (asked,) = found["systems"]["codesearch"]["questions"]
    assert asked["query"] == row["query"]
    assert asked["answers"] == [{"path": "shop/cart.py", "start_line": 1, "end_line": 500}]
    assert asked["milliseconds"] > 0
    summed_up = found["systems"]["codesearch"]["summary"]["asked"]
    assert summed_up["milliseconds"] == pytest.approx(asked["milliseconds"], abs=0.01)
    assert summed_up["milliseconds_p95"] == summed_up["milliseconds"]
    assert "lead" not in found["systems"]["codesearch"]
    assert set(found["systems"]["keyword search"]["lead"]) == {"mean", "low", "high"}


def test_ways_to_search_are_compared_by_the_options_of_query(
    run: Run, repository: Path, tmp_path: Path
) -> None:
    write_files(repository, {"tests/test_cart.py": "def expired_coupons_go():\n    pass\n"})
    questions = tmp_path / "questions.jsonl"
    row = {"query": "expired coupons go", "path": "tests/test_cart.py", "start_line": 1, "end_line": 2}
    questions.write_text(json.dumps(row), "utf-8")
    options = (
        "--tests no --rerank never",
        "--tests  only --rerank always",
        "--kind function -g '!shop/*' -t python",
    )
    compare = [each for text in (*options, options[0]) for each in ("--compare", text)]
    done = run("eval", "--questions", str(questions), "--json", *compare, cwd=repository)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)["systems"]
    assert list(found) == [*SYSTEMS, options[0], "--tests only --rerank always", options[2]]
    recalled = {name: each["questions"][0]["success@100"] for name, each in found.items()}
    assert [recalled["codesearch"], *(recalled[name] for name in list(found)[-3:])] == [1.0, 0.0, 1.0, 1.0]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ("-k 3", "--limit changes no ranking; it takes --glob, --type, --type-not, --kind, --tests, --grep"),
        ("--type-list", "--type-list changes no ranking"),
        ("--help", "--help changes no ranking"),
        ("cookies", "a question or path has no place here"),
        ("", "is no option"),
        ("--rerank sometimes", "'sometimes' is not one of"),
        ("--rerunk always", "No such option: --rerunk"),
        ("--kind 'function", "No closing quotation"),
        ("--grep (", "not a regular expression"),
        ("-t pyton", "did you mean python"),
    ],
)
def test_what_cannot_be_compared_is_one_clear_error(
    run: Run, tmp_path: Path, options: str, said: str
) -> None:
    done = run("eval", "--compare", options, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, b"")
    (line,) = done.stderr.decode().splitlines()
    assert line.startswith("codesearch: ")
    assert said in line


def test_nothing_to_ask_is_one_clear_error(run: Run, tmp_path: Path) -> None:
    write_files(tmp_path, {"a.py": "X = 1\n"})
    done = run("eval", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, b"")
    assert "give --questions FILE" in done.stderr.decode()
