"""What `parse` and `languages` say about files."""

from __future__ import annotations

import json
from pathlib import Path

from codesearch.parse.languages import LANGUAGES
from tests.cli.test_terminal import on_terminal, plain
from tests.conftest import Run, write_files

CART = [
    'shop/cart.py:1:1:passage """The shopping cart."""',
    "shop/cart.py:6:7:class Cart",
    "shop/cart.py:9:9:method Cart.__init__",
    "shop/cart.py:12:9:method Cart.total_price",
    "shop/cart.py:16:9:method Cart.remove_expired_vouchers",
]


def test_units_are_a_line_each(run: Run, repository: Path) -> None:
    done = run("parse", "shop/cart.py", cwd=repository)
    assert (done.returncode, done.stdout.decode().splitlines()) == (0, CART)


def test_units_as_json_have_spans_and_signatures(run: Run, repository: Path) -> None:
    rows = [
        json.loads(line)
        for line in run("parse", "--json", "server/pool.go", cwd=repository).stdout.splitlines()
    ]
    assert rows[-1] == {
        "type": "unit",
        "version": 1,
        "path": "server/pool.go",
        "language": "go",
        "kind": "method",
        "name": "Pool.Acquire",
        "start_line": 3,
        "end_line": 6,
        "line": 4,
        "column": 16,
        "signature": "func (p *Pool) Acquire() *Conn",
    }


def test_stdin_needs_a_language_and_then_is_a_file_like_any(run: Run, repository: Path) -> None:
    source = (repository / "shop/cart.py").read_bytes()
    done = run("parse", "-", "--type", "python", cwd=repository, stdin=source)
    assert done.stdout.decode().splitlines() == [line.replace("shop/cart.py", "-") for line in CART]
    without = run("parse", "-", cwd=repository, stdin=source)
    assert without.returncode == 2
    assert b"say it with --type" in without.stderr
    twice = run("parse", "-", "-t", "python", "-", cwd=repository, stdin=source)
    assert (twice.returncode, twice.stderr) == (2, b"codesearch: stdin can be read once: give one -\n")
    unknown = run("parse", "-", "-t", "pyhton", cwd=repository, stdin=source)
    assert b"no language is called 'pyhton'; did you mean python" in unknown.stderr


def test_a_file_that_gives_nothing_is_said_and_the_others_are_shown(run: Run, repository: Path) -> None:
    write_files(repository, {"empty.py": "\n", "min.js": "function a(){return 1};" * 4_000})
    (repository / "binary.py").write_bytes(b"\x7fELF\x00")
    files = ("README.md", "empty.py", "min.js", "binary.py", "shop/cart.py")
    done = run("parse", *files, cwd=repository)
    assert done.returncode == 0
    assert done.stderr.decode().splitlines() == [
        "codesearch: README.md: left out, not code",
        "codesearch: empty.py: left out, empty",
        "codesearch: min.js: left out, minified or very long lines",
        "codesearch: binary.py: left out, binary",
    ]
    assert done.stdout.decode().splitlines() == CART
    assert run("parse", "README.md", cwd=repository).returncode == 1
    assert run("parse", "nowhere.py", cwd=repository).returncode == 2


def test_what_cannot_be_read_is_said_and_the_others_are_shown(run: Run, repository: Path) -> None:
    done = run("parse", "shop", "shop/cart.py", "nowhere.py", cwd=repository)
    assert done.returncode == 2
    assert done.stdout.decode().splitlines() == CART
    assert done.stderr.decode().splitlines() == [
        "codesearch: cannot read shop: Is a directory",
        "codesearch: cannot read nowhere.py: No such file or directory",
    ]


def test_a_terminal_shows_a_table_that_no_file_can_steer(repository: Path, index_home: Path) -> None:
    write_files(repository, {"odd.py": "def water():\n    pass\n'\x1b[2J'\n"})
    status, text = on_terminal(["parse", "odd.py"], repository, index_home)
    assert status == 0
    assert "odd.py: python, 2 units" in plain(text)
    assert "\x1b[2J" not in text
    _, text = on_terminal(["parse", "deploy.zig"], repository, index_home)
    assert "deploy.zig: zig, 1 unit\n" in plain(text).replace("\r", "")


def test_a_terminal_that_knows_few_characters_is_shown_what_it_can(
    repository: Path, index_home: Path
) -> None:
    write_files(repository, {"庭.py": "def gießen():\n    pass\n"})
    status, text = on_terminal(["parse", "庭.py"], repository, index_home, PYTHONIOENCODING="ascii")
    assert status == 0
    assert "?.py: python, 1 unit\n" in plain(text)
    assert "def gie?en()" in plain(text)


def test_languages_say_which_files_are_cut_into_what(run: Run, tmp_path: Path) -> None:
    rows = [line.split("\t") for line in run("languages", cwd=tmp_path).stdout.decode().splitlines()]
    assert [row[0] for row in rows] == [language.name for language in LANGUAGES]
    table = {name: rest for name, *rest in rows}
    assert table["rust"] == ["definitions", "*.rs", "rust-script"]
    assert table["docker"] == ["passages", "*.dockerfile Dockerfile Containerfile", "-"]
    found = map(json.loads, run("languages", "--json", cwd=tmp_path).stdout.splitlines())
    (python,) = [each for each in found if each["language"] == "python"]
    assert (python["type"], python["version"], python["cut_into"]) == ("language", 1, "definitions")
    assert "*.py" in python["files"]
