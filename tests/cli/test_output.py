"""The output half of the shell contract: colours, lines around, links, editors, readers that stop."""

from __future__ import annotations

import json
import os
import pty
import re
import signal
import subprocess
import time
from pathlib import Path

import pytest

from codesearch.cli.open_editor import editor_command, users_editor
from codesearch.errors import CodesearchError
from tests.cli.test_terminal import on_terminal, plain
from tests.conftest import HEARS_CTRL_C, OWN_TERMINAL, PROGRAM, Run, git, program_environment, write_files

SOURCE = """PUMP = find_pump()


def water_plants(plants):
    for plant in plants:
        PUMP.water(plant)
"""
ASKED = ("query", "water the plants", "-k1")
# What the other commands that print tell of the same repository.
TOLD = [("status",), ("languages",), ("config",), ("doctor",), ("parse", "a.py"), ("eval", "--most", "1")]


@pytest.fixture(scope="module")
def garden(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository of one file, indexed; the index lies beside it."""
    root = tmp_path_factory.mktemp("garden") / "root"
    write_files(root, {"a.py": SOURCE})
    git(root, "init", "--quiet")
    on_terminal(["index"], root, root.parent / "indexes")
    return root


@pytest.fixture
def index_home(garden: Path) -> Path:
    return garden.parent / "indexes"


def test_a_pipe_is_coloured_only_when_asked(run: Run, garden: Path) -> None:
    here = b"a.py:4:5:def water_plants(plants)\n"
    coloured = b"\x1b[35ma.py\x1b[0m:\x1b[32m4\x1b[0m:5:def water_plants(plants)\n"
    assert run(*ASKED, cwd=garden).stdout == here
    assert run(*ASKED, cwd=garden, env={"CLICOLOR_FORCE": "1"}).stdout == coloured
    assert run(*ASKED, "--color", "always", cwd=garden, env={"NO_COLOR": "1"}).stdout == coloured
    assert run(*ASKED, "--color=always", "-l", cwd=garden).stdout == b"\x1b[35ma.py\x1b[0m\n"
    assert b"\x1b" not in run(*ASKED, "--color=always", "--json", cwd=garden).stdout
    assert run(*ASKED, "--color=never", cwd=garden, env={"FORCE_COLOR": "1"}).stdout == here


def test_forced_colours_draw_no_progress_into_a_pipe(run: Run, tmp_path: Path) -> None:
    write_files(tmp_path / "new", {"a.py": SOURCE})
    done = run(*ASKED, cwd=tmp_path / "new", env={"FORCE_COLOR": "1"})
    assert done.returncode == 0
    assert b"\x1b" not in done.stderr


def test_no_escape_sequence_reaches_a_terminal_without_colours(garden: Path, index_home: Path) -> None:
    for term, no_colour, options in (
        ("xterm", "1", []),
        ("dumb", "", []),
        ("xterm", "", ["--color=never", "--hyperlink-format=vscode"]),
    ):
        status, text = on_terminal([*ASKED, *options], garden, index_home, TERM=term, NO_COLOR=no_colour)
        assert status == 0
        assert "\x1b" not in text
        assert "❱ 4  def water_plants(plants):" in text


@pytest.mark.parametrize("arguments", TOLD)
def test_no_escape_sequence_is_in_a_table_without_colours(
    garden: Path, index_home: Path, arguments: tuple[str, ...]
) -> None:
    # A bar on stderr moves the cursor, coloured or not.
    nowhere = subprocess.DEVNULL
    status, text = on_terminal([*arguments], garden, index_home, stderr=nowhere, NO_COLOR="1")
    assert status == 0
    assert text
    assert "\x1b" not in text


def test_a_terminal_that_cannot_wipe_a_bar_away_is_shown_none(tmp_path: Path, index_home: Path) -> None:
    write_files(tmp_path, {"a.py": SOURCE})
    _, text = on_terminal(["index"], tmp_path, index_home, TERM="dumb")
    assert re.fullmatch(r"codesearch: .*: 1 file, [^\r]*\r\n", text)


def test_lines_around_the_best_one_are_printed_as_grep_does(run: Run, garden: Path, tmp_path: Path) -> None:
    write_files(tmp_path / "b", {"b.py": "def water_plants_twice(plants):\n    water(water(plants))\n"})
    done = run("query", "water the plants", ".", str(tmp_path / "b"), "-A1", "-k2", cwd=garden)
    groups = sorted(done.stdout.decode().split("--\n"))
    other = os.path.relpath(tmp_path / "b/b.py", garden)
    assert groups == sorted(
        [
            "a.py:4:5:def water_plants(plants):\na.py-5-    for plant in plants:\n",
            f"{other}:1:5:def water_plants_twice(plants):\n{other}-2-    water(water(plants))\n",
        ]
    )
    around = run(*ASKED, "-C2", "-A0", cwd=garden).stdout
    assert around == b"a.py-2-\na.py-3-\na.py:4:5:def water_plants(plants):\n"
    assert run(*ASKED, "-C0", cwd=garden).stdout == b"a.py:4:5:def water_plants(plants):\n"
    # What is asked for now outweighs what a settings file says about fewer lines.
    whole = run(*ASKED, "--whole", "-C0", "--max-lines", "1", cwd=garden).stdout.decode()
    assert re.sub(r"a\.py[-:]\d[-:](\d:)?", "", whole) == "".join(SOURCE.splitlines(keepends=True)[3:])


def test_the_view_shows_as_many_lines_as_asked_for(garden: Path, index_home: Path) -> None:
    heading = r"a\.py:4  water_plants  function  [━─]{5} \d+%\n"
    for options, lines in (
        (["-B", "1"], "  3  \n❱ 4  def water_plants(plants):\n"),
        (["--max-lines", "1"], "❱ 4  def water_plants(plants):\n  …  2 more lines\n"),
        (["--max-lines", "0"], ""),
    ):
        _, text = on_terminal([*ASKED, *options], garden, index_home)
        assert re.fullmatch(heading + re.escape(lines), plain(text))


def test_a_typed_number_of_lines_outweighs_the_lines_around_of_a_settings_file(
    garden: Path, index_home: Path, tmp_path: Path
) -> None:
    write_files(tmp_path, {"user.toml": "[query]\ncontext = 2\n"})
    heading, around = r"a\.py:4  water_plants  function  [━─]{5} \d+%\n", "  2  \n  3  \n❱ 4  def water_"
    for options, lines in (
        ([], re.escape(around) + "(?s:.*)"),
        (["--max-lines", "1"], "❱ 4  def water_plants\\(plants\\):\n  …  2 more lines\n"),
        (["--max-lines", "1", "-C2"], re.escape(around) + "(?s:.*)"),
    ):
        config = str(tmp_path / "user.toml")
        _, text = on_terminal([*ASKED, *options], garden, index_home, CODESEARCH_CONFIG=config)
        assert re.fullmatch(heading + lines, plain(text))


def test_the_view_can_be_had_in_a_pipe_and_nothing_of_it_is_cut(run: Run, tmp_path: Path) -> None:
    write_files(tmp_path, {"a.py": f"def water_plants():\n    return '{'x' * 900}'\n"})
    done = run(*ASKED, "--pretty", cwd=tmp_path, env={"COLUMNS": "80"})
    assert b"\x1b[" in done.stdout
    assert f"'{'x' * 900}'\n" in plain(done.stdout.decode())
    bare = run(*ASKED, "--pretty", cwd=tmp_path, env={"NO_COLOR": "1", "PYTHONIOENCODING": "ascii"})
    assert bare.stdout.startswith(b"a.py:1  water_plants  function  ")
    assert b"\n> 1  def water_plants():\n" in bare.stdout


def test_places_are_linked_where_there_is_colour(run: Run, garden: Path, index_home: Path) -> None:
    url = f"vscode://file{garden}/a.py:4:5"
    linked = ("--hyperlink-format", "vscode")
    assert b"\x1b]8" not in run(*ASKED, *linked, cwd=garden).stdout
    done = run(*ASKED, *linked, "--color=always", cwd=garden)
    assert done.stdout.startswith(f"\x1b]8;;{url}\x1b\\\x1b[35ma.py\x1b[0m\x1b]8;;\x1b\\:".encode())
    _, text = on_terminal([*ASKED], garden, index_home, CODESEARCH_HYPERLINK_FORMAT="vscode")
    assert re.search(rf"\x1b\]8;[^;]*;{re.escape(url)}\x1b\\", text)
    assert plain(text).startswith("a.py:4  water_plants")


def test_names_cannot_steer_a_terminal_in_any_form(tmp_path: Path, index_home: Path) -> None:
    root = tmp_path / "root"
    write_files(root, {"a\x1b[2J\x07b.py": SOURCE})
    for options in (["-W", "--vimgrep"], ["-l"], ["--hyperlink-format=file"]):
        status, text = on_terminal([*ASKED, *options], root, index_home)
        assert status == 0
        assert "\x1b[2J" not in text
        assert "\x07" not in text
        assert "a\\x1b[2J\\x07b.py" in plain(text)


@pytest.mark.parametrize(
    "arguments",
    [
        [*ASKED, "--json"],
        ["query", "water the \x9b2Jplants", "--format", "{root} {path} {query}"],
        ["query", "water the plants", "gone\x1b]0;x\x07"],
        ["parse", "--json", "a\x9b2J\x7fb.py"],
        ["parse", "a\x9b2J\x7fb.py", "dangling\x1b]0;x\x07"],
        ["status", "--json"],
        ["status"],
    ],
)
def test_nothing_that_is_told_can_steer_a_terminal(
    run: Run, tmp_path: Path, index_home: Path, arguments: list[str]
) -> None:
    root = tmp_path / "ro\x1b[2J\x9b2Jot"
    write_files(root, {"a\x9b2J\x7fb.py": SOURCE.replace("PUMP.", "PUMP\x9b\x7f.")})
    (root / "dangling\x1b]0;x\x07").symlink_to("nowhere")
    assert run("index", cwd=root).returncode == 0
    _, text = on_terminal(arguments, root, index_home, NO_COLOR="1")
    assert text.strip()
    assert not re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]", text)


def test_programs_are_told_names_as_they_are(run: Run, tmp_path: Path) -> None:
    name = "a\x1b\x9b2J\x7fb.py"
    write_files(tmp_path, {name: SOURCE})
    assert run(*ASKED, "--format", "{path}", cwd=tmp_path).stdout == f"{name}\n".encode()
    assert json.loads(run(*ASKED, "--json", cwd=tmp_path).stdout)["path"] == name


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["-C", "-1"], "invalid value for '--context'"),
        (["--pretty", "--json"], "--pretty and --json are different forms"),
        (["--open", "-l"], "--files-with-matches and --open are different forms"),
        (["--hyperlink-format", "emacs"], "--hyperlink-format: 'emacs' is none of cursor, default"),
        (["--color", "sometimes"], "invalid value for '--color'"),
        (["--open"], "no editor is set; set one: export EDITOR=vim"),
    ],
)
def test_what_does_not_go_together_is_exit_2(
    run: Run, garden: Path, options: list[str], message: str
) -> None:
    done = run(*ASKED, *options, cwd=garden, env={"VISUAL": "", "EDITOR": ""})
    assert (done.returncode, done.stdout) == (2, b"")
    assert message in done.stderr.decode()


def test_the_best_result_is_opened_in_the_editor_at_its_line(run: Run, garden: Path, tmp_path: Path) -> None:
    editor = _editor(tmp_path / "my tools/nvim", f'printf "%s|" "$@" > "{tmp_path}/opened"')
    done = run(*ASKED, "--open", cwd=garden, env={"VISUAL": f"'{editor}' -R", "EDITOR": "false"})
    assert (done.returncode, done.stdout) == (0, b"")
    assert (tmp_path / "opened").read_text() == f"-R|+4|{garden}/a.py|"
    failed = run(*ASKED, "--open", cwd=garden, env={"VISUAL": "", "EDITOR": "no-such-editor"})
    assert failed.returncode == 2
    assert failed.stderr.startswith(b"codesearch: cannot start the editor no-such-editor: ")


def _editor(path: Path, does: str) -> Path:
    """An editor that is a shell script."""
    write_files(path.parent, {path.name: f"#!/bin/sh\n{does}\n"})
    path.chmod(0o755)
    return path


def test_the_editor_has_the_terminal_though_the_question_came_out_of_a_pipe(
    garden: Path, index_home: Path, tmp_path: Path
) -> None:
    editor = _editor(
        tmp_path / "vim",
        f'[ -t 0 ] && [ -t 1 ] && [ -t 2 ] && read line && echo "$line" > "{tmp_path}/typed"',
    )
    ours, theirs = pty.openpty()
    os.write(ours, b"typed in the editor\n")
    command = [*OWN_TERMINAL, *PROGRAM, "query", "-", "-k1", "--open"]
    done = subprocess.run(
        command,
        cwd=garden,
        env=program_environment(index_home, VISUAL=os.fspath(editor)),
        input=b"water the plants",
        stdout=subprocess.PIPE,
        stderr=theirs,
    )
    os.close(ours)
    os.close(theirs)
    assert (done.returncode, done.stdout) == (0, b"")
    assert (tmp_path / "typed").read_text() == "typed in the editor\n"


def test_ctrl_c_in_the_editor_is_the_editors(garden: Path, index_home: Path, tmp_path: Path) -> None:
    started, finish, saved = (tmp_path / name for name in ("started", "finish", "saved"))
    editor = _editor(
        tmp_path / "vim", f'touch "{started}"; until [ -e "{finish}" ]; do sleep 0.05; done; touch "{saved}"'
    )
    process = subprocess.Popen(
        [*HEARS_CTRL_C, *PROGRAM, *ASKED, "--open"],
        cwd=garden,
        env=program_environment(index_home, VISUAL=os.fspath(editor)),
        stdin=subprocess.DEVNULL,
        start_new_session=True,
    )
    while not started.exists():
        assert process.poll() is None
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    # Python gives a child a quarter of a second more, and then kills it.
    time.sleep(1)
    finish.touch()
    assert process.wait(timeout=60) == 0
    assert saved.exists()


@pytest.mark.parametrize(
    ("editor", "rest"),
    [
        ("vim", ["+3", "/-a.py"]),
        ("/usr/bin/emacsclient -t", ["+3:7", "/-a.py"]),
        ("nano", ["+3,7", "/-a.py"]),
        ("hx", ["/-a.py:3:7"]),
        ("code --wait", ["--goto", "/-a.py:3:7"]),
        ("pycharm", ["--line", "3", "--column", "7", "/-a.py"]),
        ("Cursor.exe", ["--goto", "/-a.py:3:7"]),
        ("my-editor -x", ["/-a.py"]),
    ],
)
def test_editors_are_told_the_place_in_their_own_way(editor: str, rest: list[str]) -> None:
    words = users_editor({"EDITOR": editor})
    assert editor_command(words, Path("/-a.py"), 3, 7) == [*editor.split(), *rest]


def test_an_editor_that_is_no_command_is_refused() -> None:
    with pytest.raises(CodesearchError, match="EDITOR is not a command"):
        users_editor({"VISUAL": " ", "EDITOR": '"vim'})


@pytest.mark.parametrize(
    "arguments",
    [
        *(ASKED, (*ASKED, "--pretty"), (*ASKED, "--json"), (*ASKED, "-W", "--color=always")),
        ("query", "--type-list"),
        *((*command, *form) for command in TOLD for form in ((), ("--json",))),
    ],
)
def test_a_reader_that_is_gone_is_no_error(
    garden: Path, index_home: Path, arguments: tuple[str, ...]
) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    done = _printed_into(writer, arguments, garden, index_home)
    os.close(writer)
    # `config` names the files that it looked at.
    said = [line for line in done.stderr.splitlines() if b": settings are read" not in line]
    assert (done.returncode, [line for line in said if b": no settings in" not in line]) == (0, [])


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="stands for a disk without room")
@pytest.mark.parametrize(
    "arguments", [ASKED, ("query", "--type-list"), ("languages",), ("parse", "a.py"), ("status", "--json")]
)
def test_what_cannot_be_written_is_one_clear_error(
    garden: Path, index_home: Path, arguments: tuple[str, ...]
) -> None:
    with Path("/dev/full").open("wb") as full:
        done = _printed_into(full.fileno(), arguments, garden, index_home)
    assert done.returncode == 2
    assert done.stderr == b"codesearch: cannot write to stdout: No space left on device\n"


def _printed_into(
    stdout: int, arguments: tuple[str, ...], cwd: Path, index_home: Path
) -> subprocess.CompletedProcess[bytes]:
    environment = program_environment(index_home)
    return subprocess.run(
        [*PROGRAM, *arguments], cwd=cwd, env=environment, stdout=stdout, stderr=subprocess.PIPE
    )


def test_after_ctrl_c_the_terminal_is_as_it_was(tmp_path: Path, index_home: Path) -> None:
    """Interrupted while the bar is shown: it is wiped away, and the cursor is back."""
    for number in range(60):
        source = "".join(f"def f{n}(): return {n * number}\n\n" for n in range(100))
        write_files(tmp_path, {f"{number}.py": source})
    interrupted: list[int] = []

    def interrupt(written: bytes, pid: int) -> None:
        # Vectors are being made: something is there to go on with.
        if re.search(rb"units, [\d,]+/s", written) and not interrupted:
            os.kill(pid, signal.SIGINT)
            interrupted.append(pid)

    status, text = on_terminal(["index"], tmp_path, index_home, watch=interrupt, columns=120)
    assert status == 130
    assert text.rindex("\x1b[?25h") > text.rindex("\x1b[?25l")
    remains = plain(re.split(r"\x1b\[2K", text)[-1])
    said = "codesearch: stopped; what is done is kept, and this goes on with it: codesearch index"
    assert remains.strip() == f"{said} {tmp_path}"


def test_ctrl_c_while_the_program_loads_shows_no_traceback(run: Run, tmp_path: Path) -> None:
    """A module that is interrupted stands for the moment."""
    write_files(tmp_path, {"typer.py": "raise KeyboardInterrupt\n"})
    done = run(*ASKED, cwd=tmp_path, env={"PYTHONPATH": str(tmp_path)})
    assert (done.returncode, done.stdout, done.stderr) == (130, b"", b"")
