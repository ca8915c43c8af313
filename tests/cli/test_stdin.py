"""`codesearch query -`: what a program wrote is asked about as it comes out of a pipe."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codesearch.cli.given import head_and_tail
from tests.conftest import Run, git

PROGRAM = """import sys
sys.path.insert(0, {root!r})
from shop.cart import Cart
cart = Cart()
cart.lines = [None]
cart.total_price()
"""


@pytest.fixture
def traceback(repository: Path, tmp_path: Path) -> bytes:
    """What Python says of a program elsewhere that calls the shop wrongly."""
    script = tmp_path / "elsewhere.py"
    script.write_text(PROGRAM.format(root=os.fspath(repository)))
    done = subprocess.run([sys.executable, script], capture_output=True)
    assert done.stderr.startswith(b"Traceback")
    return done.stderr


def test_a_real_traceback_finds_what_raised_it_on_its_line(
    run: Run, repository: Path, traceback: bytes
) -> None:
    as_users = {"CODESEARCH_MIN_SCORE": ""}
    done = run("query", "-", cwd=repository, stdin=traceback, env=as_users)
    assert done.stdout.splitlines()[0] == b"shop/cart.py:14:9:def total_price(self)"
    moved = traceback.replace(os.fsencode(repository), b"/srv/app")
    assert run("query", "-", cwd=repository, stdin=moved, env=as_users).stdout == done.stdout
    as_text = run("query", traceback.decode(), cwd=repository, env=as_users)
    assert as_text.stdout == done.stdout


def test_what_names_a_result_is_explained(run: Run, repository: Path, traceback: bytes) -> None:
    done = run("query", "-", "-k1", "--explain", cwd=repository, stdin=traceback)
    assert "\n\tnamed in the text: line 14, place 1\n" in done.stdout.decode()
    found = json.loads(
        run("query", "-", "-k1", "--explain", "--json", cwd=repository, stdin=traceback).stdout
    )
    assert found["why"]["named"] == {"line": 14, "place": 1}
    assert found["best_line"] == 14
    assert found["query"].startswith("AttributeError: 'NoneType' object has no attribute 'price'")
    assert "place" in found["why"]["parts"]
    plain = json.loads(run("query", "total price", "-k1", "--explain", "--json", cwd=repository).stdout)
    assert plain["why"]["named"] is None


def test_a_diff_finds_what_it_touches(run: Run, repository: Path) -> None:
    git(repository, "add", ".")
    pool = repository / "server/pool.go"
    pool.write_text(pool.read_text().replace("<-p.free", "<-p.idle"))
    diff = subprocess.run(["git", "diff"], cwd=repository, capture_output=True, check=True).stdout
    done = run("query", "-", "-k1", cwd=repository, stdin=diff)
    assert done.stdout == b"server/pool.go:5:2:func (p *Pool) Acquire() *Conn\n"


def test_words_on_stdin_are_a_question_below_the_paths_given(run: Run, repository: Path) -> None:
    words = b"get a free connection\nto the database\n"
    done = run("query", "-", "server", "-k1", cwd=repository, stdin=words)
    assert done.stdout.startswith(b"server/pool.go:")
    quoted = run("query", "-", "-l", cwd=repository, stdin=b'sends "order.email"\n')
    assert quoted.stdout == b"shop/mail.js\n"


def test_of_a_long_log_both_ends_are_read(run: Run, repository: Path, traceback: bytes) -> None:
    run("index", cwd=repository)
    noise = b"2026-01-01 12:00:00 INFO all is well with the work of the day\n" * 200_000
    done = run("query", "-", "-k1", cwd=repository, stdin=noise + traceback)
    assert done.stdout == b"shop/cart.py:14:9:def total_price(self)\n"
    assert done.stderr == (b"codesearch: of 12.4 MB on stdin the first 128 and the last 384 KiB are read\n")


def test_a_question_that_is_too_long_is_cut_and_that_is_said(run: Run, repository: Path) -> None:
    run("index", cwd=repository)
    done = run("query", "-", "-k1", cwd=repository, stdin=b"send mail to the buyer\n" * 1_000)
    assert done.stdout.startswith(b"shop/mail.js")
    assert done.stderr == b"codesearch: of a question this long the first 4,000 characters are read\n"


@pytest.mark.parametrize(
    ("arguments", "stdin", "message"),
    [
        (["-"], b"", "nothing came in on stdin"),
        (["-"], b" \n\n", "nothing came in on stdin"),
        (["-", "--from", "questions.txt"], b"x", "- asks what comes in on stdin"),
        (["-", "--files-from", "-"], b"x", "- and --files-from - cannot both read stdin"),
        (["--from", "-", "--files-from", "-"], b"x", "--from - and --files-from - cannot both read"),
    ],
)
def test_stdin_is_read_once_and_for_something(
    run: Run, repository: Path, arguments: list[str], stdin: bytes, message: str
) -> None:
    done = run("query", *arguments, cwd=repository, stdin=stdin)
    assert (done.returncode, done.stdout, done.stderr.count(b"\n")) == (2, b"", 1)
    assert message in done.stderr.decode()


@pytest.mark.parametrize("stdin", [b"\xff\xfe\0a\n" * 20, bytes(range(256)) * 10, b"a.py:1\n" * 5_000])
def test_any_bytes_on_stdin_are_answered(run: Run, repository: Path, stdin: bytes) -> None:
    done = run("query", "-", "--json", cwd=repository, stdin=stdin)
    assert done.returncode in (0, 1)
    assert b"Traceback" not in done.stderr
    assert all(json.loads(line) for line in done.stdout.splitlines())


def test_a_file_that_is_called_a_dash_is_read_where_its_folder_is_named(run: Run, repository: Path) -> None:
    dash = repository / "-"
    shutil.copy(repository / "shop/cart.py", dash)
    parsed = run("parse", "./-", "-t", "python", cwd=repository, stdin=b"def other(): pass\n")
    assert parsed.stdout.decode().splitlines()[1] == "-:6:7:class Cart"
    dash.write_text("email the buyer\n")
    asked = run("query", "--from", "./-", "-k1", cwd=repository, stdin=b"free connection\n")
    assert asked.stdout.startswith(b"email the buyer\tshop/mail.js:")
    dash.write_text("server/pool.go\n")
    piped = run("query", "-", "--files-from", "./-", "-k1", cwd=repository, stdin=b"email the buyer\n")
    assert piped.stdout.startswith(b"server/pool.go:")
    assert run("index", "--export", "./-", cwd=repository).stdout == b""
    taken = run("index", "--import", "./-", cwd=repository)
    assert (taken.returncode, dash.read_bytes()[:4] != b"serv") == (0, True)


def test_two_dashes_end_the_options(run: Run, repository: Path) -> None:
    done = run("query", "-k1", "--", "--email the buyer", cwd=repository)
    assert done.stdout.startswith(b"shop/mail.js")
    narrowed = run("query", "--", "-l anything", "server", cwd=repository)
    assert narrowed.stdout.startswith(b"server/pool.go:")
    piped = run("query", "-k1", "--", "-", cwd=repository, stdin=b"email the buyer\n")
    assert piped.stdout.startswith(b"shop/mail.js")


@given(st.binary(max_size=300), st.integers(1, 60), st.integers(1, 60))
def test_head_and_tail_are_kept_and_what_is_left_out_is_counted(data: bytes, head: int, tail: int) -> None:
    kept, left_out = head_and_tail(io.BytesIO(data), head, tail)
    if len(data) <= head + tail:
        assert (kept, left_out) == (data, 0)
    else:
        assert kept == data[:head] + b"\n" + data[-tail:]
        assert left_out == len(data) - head - tail
