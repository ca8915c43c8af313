"""How much of each result is shown, in every form: what one option says where others say something else."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.test_terminal import on_terminal, plain
from tests.conftest import Run, write_files

SOURCE = '''def water_plants(plants):
    """Waters all the thirsty plants in the greenhouse.

    Thirsty plants in the greenhouse come first.
    """
    for plant in plants:
        PUMP.serve(plant)
'''
COPIED = "def frobnicate_widget(widget):\n" + "".join(f"    widget.turn({n}, speed=1)\n" for n in range(9))
ASKED = ("query", "water the plants", "-k1")


@pytest.fixture(scope="module")
def garden(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a commented function and one that stands in two files, indexed."""
    root = tmp_path_factory.mktemp("garden") / "root"
    write_files(root, {"a.py": SOURCE, "one.py": COPIED, "two.py": COPIED})
    on_terminal(["index"], root, root.parent / "indexes")
    return root


@pytest.fixture
def index_home(garden: Path) -> Path:
    return garden.parent / "indexes"


@pytest.mark.parametrize("options", [["-C0"], ["--max-lines", "0"], ["-A1", "--max-lines", "1"]])
def test_json_has_all_lines_however_few_are_asked_for(run: Run, garden: Path, options: list[str]) -> None:
    found = json.loads(run(*ASKED, "--json", *options, cwd=garden).stdout)
    assert found["text"] == SOURCE.removesuffix("\n")


def test_lines_before_and_after_overrule_lines_around(run: Run, garden: Path) -> None:
    best, docs = b"a.py:1:5:def water_plants(plants):\n", SOURCE.encode().splitlines(keepends=True)[1:]
    after = [b"a.py-%d-%s" % (number, line) for number, line in enumerate(docs, start=2)]
    for options, lines in (
        (["-C2"], [best, *after[:2]]),
        (["-C2", "-A1"], [best, *after[:1]]),
        (["-C2", "-B0"], [best, *after[:2]]),
        (["-C0", "-A3"], [best, *after[:3]]),
    ):
        assert run(*ASKED, *options, cwd=garden).stdout == b"".join(lines)
    # Of the copy, which the lines of the other stand for, there is only its place.
    asked = ("query", "turn the widget at speed", "-k1", "one.py")
    both = run(*asked, "-C2", cwd=garden).stdout.splitlines()
    (best_line,) = (number for number, line in enumerate(both) if line.startswith(b"one.py:"))
    assert run(*asked, "-C2", "-B0", cwd=garden).stdout.splitlines() == both[best_line:]


def test_lines_around_outweigh_a_number_of_lines(garden: Path, index_home: Path) -> None:
    for options, lines in (
        (["--max-lines", "0"], []),
        (["--max-lines", "0", "-A1"], SOURCE.splitlines()[:2]),
    ):
        _, text = on_terminal([*ASKED, *options], garden, index_home)
        _, *shown = plain(text).splitlines()
        assert [line[5:].rstrip() for line in shown] == lines


def test_files_with_copies_are_listed_and_counted(run: Run, garden: Path) -> None:
    asked = ("query", "frobnicate_widget", "-k1")
    assert sorted(run(*asked, "-l", cwd=garden).stdout.splitlines()) == [b"one.py", b"two.py"]
    assert sorted(run(*asked, "-c", cwd=garden).stdout.splitlines()) == [b"one.py:1", b"two.py:1"]


@pytest.mark.parametrize("asked", ["thirsty plants in the greenhouse", "what waters all the thirsty plants"])
def test_the_best_line_is_never_one_of_the_doc_comment(run: Run, garden: Path, asked: str) -> None:
    found = json.loads(run("query", asked, "-k1", "--explain", "--json", cwd=garden).stdout)
    # These share the most with the question, but stand for the whole.
    assert found["why"]["lines"][0]["line"] in (2, 4)
    assert found["best_line"] == found["line"] == 1


def test_many_questions_are_answered_one_after_the_other_in_each_form(
    run: Run, garden: Path, index_home: Path, tmp_path: Path
) -> None:
    questions = tmp_path / "questions.txt"
    questions.write_text("water the plants\nserve \x1b[31mplants\nfrobnicate_widget\n")
    asked = ("query", "--from", str(questions), "-k1")
    files = run(*asked, "-l", cwd=garden).stdout.splitlines()
    assert (files[:2], sorted(files[2:])) == ([b"a.py", b"a.py"], [b"one.py", b"two.py"])
    found = [json.loads(line) for line in run(*asked, "--json", cwd=garden).stdout.splitlines()]
    assert [each["query"] for each in found] == questions.read_text().splitlines()
    assert [each["rank"] for each in found] == [1, 1, 1]
    _, text = on_terminal([*asked, "--max-lines", "0"], garden, index_home)
    lines = [line for line in plain(text).splitlines() if line]
    assert lines[:4:2] == ["── water the plants", "── serve \\x1b[31mplants"]
    assert [line.split(":")[0] for line in lines[1:4:2]] == ["a.py", "a.py"]
    assert lines[4] == "── frobnicate_widget"
