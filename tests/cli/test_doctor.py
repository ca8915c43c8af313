"""What `doctor` sees, and what it says to do."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest

from codesearch.doctor import Finding, State, examine
from codesearch.index.location import locate
from codesearch.parse.languages import LANGUAGES
from tests.conftest import Run, write_files


def by_subject(home: Path, place: Path) -> dict[str, Finding]:
    """The findings; where there are several about one thing, the last."""
    return {each.about: each for each in examine(locate(place, home), threads=2)}


def test_all_is_well_here_and_every_part_is_looked_at(run: Run, repository: Path) -> None:
    run("index", cwd=repository)
    done = run("doctor", cwd=repository, env={"PYTHONUTF8": "1"})
    assert done.returncode == 0, done.stdout.decode()
    rows = [line.split("\t") for line in done.stdout.decode().splitlines()]
    # A disk that is nearly full is a warning.
    assert {(state, advice) for state, name, _, advice in rows if name != "index folder"} == {("ok", "-")}
    about = {name: seen for _, name, seen, _ in rows}
    assert set(about) == {
        *("installation", "packages", "weights", "encoder", "grammars", "SQLite", "git"),
        *("index folder", "index", "terminal"),
    }
    assert f"{repository}: 4 files, " in about["index"]
    assert "up to date" in about["index"]
    assert "onnxruntime " in about["packages"]
    assert f"{sum(bool(row.grammar) for row in LANGUAGES)} languages parse" in about["grammars"]


def test_a_problem_is_exit_2_and_says_what_to_do(run: Run, tmp_path: Path) -> None:
    place = "/proc/nowhere" if sys.platform == "linux" else os.devnull
    done = run("doctor", "--json", "--index-dir", place, cwd=tmp_path)
    assert done.returncode == 2
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    (folder,) = [row for row in rows if row["about"] == "index folder"]
    assert (folder["type"], folder["version"], folder["state"]) == ("finding", 1, "problem")
    assert "--index-dir" in folder["advice"]


def test_an_index_folder_that_cannot_be_looked_at_is_no_fault_of_the_installation(
    ordinary_folder: Path,
) -> None:
    (ordinary_folder / "locked").mkdir(mode=0)
    for home in (ordinary_folder / "locked/indexes", ordinary_folder / ("long" * 100)):
        found = by_subject(home, ordinary_folder)
        assert found["index folder"].state is State.PROBLEM
        assert "--index-dir" in found["index folder"].advice
        assert "reinstall" not in found["index"].advice


def test_changed_weights_are_found_out(
    monkeypatch: pytest.MonkeyPatch, index_home: Path, repository: Path, tmp_path: Path
) -> None:
    from codesearch.encode import weights

    changed = tmp_path / "weights"
    changed.mkdir()
    for each in weights.student_folder().iterdir():
        if each.name != "tokenizer.json":
            (changed / each.name).symlink_to(each)
    tokenizer = (weights.student_folder() / "tokenizer.json").read_bytes()
    (changed / "tokenizer.json").write_bytes(tokenizer + b"\n")
    monkeypatch.setattr(weights, "student_folder", lambda: changed)
    found = by_subject(index_home, repository)["weights"]
    assert found.state is State.PROBLEM
    # The package index has another program of this name.
    assert found.advice.endswith("in a clone of it: pip install --force-reinstall .")


def test_an_index_is_told_to_be_missing_changed_foreign_or_damaged_and_left_alone(
    run: Run, index_home: Path, repository: Path
) -> None:
    assert "the first question makes it" in by_subject(index_home, repository)["index"].seen
    assert list(index_home.iterdir()) == []
    run("index", cwd=repository)
    write_files(repository, {"new.py": "def f(): pass\n"})
    assert "1 file changed, read by the next question" in by_subject(index_home, repository)["index"].seen
    (folder,) = index_home.iterdir()
    (folder / "index.db").chmod(0o644)
    found = by_subject(index_home, repository)["index"]
    assert (found.state, found.advice) == (State.WARNING, f"chmod -R go-rwx {folder}")
    for each in folder.glob("index.db*"):
        each.unlink()
    (folder / "index.db").write_bytes(b"no database at all")
    found = by_subject(index_home, repository)["index"]
    assert found.state is State.WARNING
    assert "is of no use, it was damaged" in found.seen
    assert (folder / "index.db").read_bytes() == b"no database at all"


def test_no_git_is_a_warning(monkeypatch: pytest.MonkeyPatch, index_home: Path, repository: Path) -> None:
    monkeypatch.setenv("PATH", "")
    found = by_subject(index_home, repository)["git"]
    assert found.state is State.WARNING
    assert found.advice.startswith("install git")


def test_a_repository_that_git_refuses_is_a_warning_in_gits_words_whatever_their_bytes(
    monkeypatch: pytest.MonkeyPatch, index_home: Path, repository: Path, tmp_path: Path
) -> None:
    monkeypatch.setenv("GIT_DIR", os.fspath(tmp_path / "nowhere"))
    assert "repository" not in by_subject(index_home, repository)
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken/.git").write_bytes(b"gitdir: caf\xe9\n")
    found = by_subject(index_home, tmp_path / "broken")["repository"]
    assert found.state is State.WARNING
    assert "caf\N{REPLACEMENT CHARACTER}" in found.seen
    assert found.advice.startswith("do as git says")


def test_a_check_that_fails_is_a_finding(
    monkeypatch: pytest.MonkeyPatch, index_home: Path, repository: Path
) -> None:
    from codesearch.parse import languages

    monkeypatch.setattr(languages, "LANGUAGES", None)
    found = by_subject(index_home, repository)
    assert found["grammars"].state is State.PROBLEM
    assert found["git"].state is State.OK


def test_an_encoding_that_cannot_show_all_is_a_warning(run: Run, tmp_path: Path) -> None:
    done = run("doctor", cwd=tmp_path, env={"PYTHONIOENCODING": "latin-1", "PYTHONUTF8": "0"})
    assert done.returncode == 0
    assert b"PYTHONUTF8=1" in done.stdout
