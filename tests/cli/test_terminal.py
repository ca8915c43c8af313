"""What people see: colour and progress on a terminal, and nothing left behind."""

from __future__ import annotations

import os
import pty
import re
import select
import subprocess
from collections.abc import Callable
from pathlib import Path
from time import monotonic

from tests.conftest import HEARS_CTRL_C, PROGRAM, program_environment, write_files

_SECONDS = 300


def on_terminal(
    arguments: list[str],
    cwd: Path,
    index_home: Path,
    columns: int = 80,
    watch: Callable[[bytes, int], None] | None = None,
    stderr: int | None = None,
    **environment: str,
) -> tuple[int, str]:
    """Exit status and everything that the program writes on a terminal of that width.

    `watch` is called with what is written, block by block, and the number of the process; `stderr` is where
    that goes, if not to the terminal.
    """
    variables = {"TERM": "xterm-256color", "COLUMNS": str(columns), **environment}
    command = [*HEARS_CTRL_C, *PROGRAM, *arguments]
    return everything_written(command, cwd, program_environment(index_home, **variables), watch, stderr)


def everything_written(
    command: list[str],
    cwd: Path,
    environment: dict[str, str],
    watch: Callable[[bytes, int], None] | None = None,
    stderr: int | None = None,
) -> tuple[int, str]:
    """Exit status of any program on a terminal, and what it writes there."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        command,
        cwd=cwd,
        env=environment,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs if stderr is None else stderr,
    )
    os.close(theirs)
    written = b""
    give_up = monotonic() + _SECONDS
    try:
        while select.select([ours], [], [], max(0.0, give_up - monotonic()))[0]:
            try:
                block = os.read(ours, 65_536)
            except OSError:
                break
            if not block:
                break
            written += block
            if watch is not None:
                watch(block, process.pid)
        else:
            raise AssertionError(f"did not end, but wrote {written!r}")
        return process.wait(_SECONDS), written.decode()
    finally:
        process.kill()
        process.wait()
        os.close(ours)


def plain(text: str) -> str:
    """The text without escape sequences."""
    return re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]|\x1b\]8;[^\x1b]*\x1b\\", "", text).replace("\r\n", "\n")


def test_results_show_place_name_score_and_highlighted_code(repository: Path, index_home: Path) -> None:
    on_terminal(["index"], repository, index_home)
    status, text = on_terminal(["query", "email the buyer", "-k", "1"], repository, index_home)
    assert status == 0
    assert "\x1b[" in text
    lines = plain(text).splitlines()
    assert re.fullmatch(r"shop/mail\.js:2  sendConfirmation  function  [━─]{5} \d+%", lines[0].rstrip())
    assert re.fullmatch(
        r"❱ 2  export async function sendConfirmation\(order, transport\) \{", lines[2].rstrip()
    )


def test_long_units_are_cut_and_say_by_how_much(repository: Path, index_home: Path) -> None:
    body = "".join(f"    brew_coffee({number})\n" for number in range(30))
    write_files(repository, {"coffee.py": f"def make_coffee():\n{body}"})
    _, text = on_terminal(["query", "make coffee", "-k", "1"], repository, index_home)
    assert "…  17 more lines" in plain(text)


def test_no_colour_where_none_is_wanted(repository: Path, index_home: Path) -> None:
    on_terminal(["index"], repository, index_home)
    _, text = on_terminal(["query", "email the buyer"], repository, index_home, NO_COLOR="1")
    assert not re.search(r"\x1b\[[0-9;]*3[0-9]m", text)
    assert "sendConfirmation" in text


def test_progress_is_shown_and_cleared_away(repository: Path, index_home: Path) -> None:
    source = "".join(f"def f{number}():\n    return {number}\n\n" for number in range(300))
    write_files(repository, {f"big/{name}.py": source for name in "abc"})
    status, text = on_terminal(["index"], repository, index_home, columns=120)
    assert status == 0
    assert re.search(r"indexing .*\d+% [\d,]+ units, [\d,]+/s .*left", plain(text))
    # What remains on the screen after the last clearing of a line is the summary alone.
    remains = plain(re.split(r"\x1b\[2K", text)[-1])
    assert re.match(rf"\s*codesearch: {repository}: 7 files", remains)
    assert "\x1b[?25h" in text


def test_nothing_in_a_repository_can_steer_the_terminal(tmp_path: Path, index_home: Path) -> None:
    root = tmp_path / "root"
    write_files(root, {"a\x1b[2Jb.py": "def water_plants():\n    return '\x1b]0;owned\x07\x1b[31m\x9b2J'\n"})
    status, text = on_terminal(["query", "water plants"], root, index_home)
    assert status == 0
    assert "\x1b[2J" not in text
    assert "\x1b]0;" not in text
    assert "\x9b" not in text
    assert "\\x1b[2J" in plain(text)


def test_wide_characters_tabs_and_narrow_terminals_are_fine(tmp_path: Path, index_home: Path) -> None:
    source = "# 植物に水をやる 🌱\ndef water_plants():\n\tif pump:\n\t\tpump.on('" + "x" * 400 + "')\n"
    write_files(tmp_path / "root", {"庭.py": source})
    for columns in (40, 80, 200):
        status, text = on_terminal(["query", "water plants"], tmp_path / "root", index_home, columns=columns)
        assert status == 0
        assert "庭.py" in plain(text)
        assert "植物に水をやる 🌱" in plain(text)
