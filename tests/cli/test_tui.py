"""`codesearch tui` on a real terminal: it draws there, whatever its output is, and leaves it as it was."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import termios
from collections.abc import Iterator
from pathlib import Path
from time import monotonic

import pytest

from tests.conftest import OWN_TERMINAL, PROGRAM, Run, program_environment, write_files

_SECONDS = 60
_ALTERNATE_SCREEN, _ORDINARY_SCREEN = b"\x1b[?1049h", b"\x1b[?1049l"


class Terminal:
    """The program on a terminal of its own, its standard output a pipe, as in `$(codesearch tui)`, or not."""

    def __init__(self, cwd: Path, environment: dict[str, str], *, piped: bool = True) -> None:
        self._ours, theirs = pty.openpty()
        self.before = termios.tcgetattr(theirs)
        self._theirs = theirs
        program = [*OWN_TERMINAL, *PROGRAM, "tui"]
        self._process = subprocess.Popen(
            program,
            cwd=cwd,
            env=environment,
            stdin=theirs,
            stderr=theirs,
            stdout=subprocess.PIPE if piped else theirs,
        )
        self.drawn = b""
        self._seen = 0

    def type(self, keys: bytes) -> None:
        """Strikes keys."""
        os.write(self._ours, keys)

    def terminate(self) -> None:
        """Sends SIGTERM."""
        self._process.terminate()

    def wait_for(self, text: bytes) -> None:
        """Reads until a text is drawn, after the one that was waited for before."""
        give_up = monotonic() + _SECONDS
        while (found := self.drawn.find(text, self._seen)) < 0:
            # A cursor that blinks draws for ever.
            assert monotonic() < give_up, f"{text!r} did not come, but {self.drawn[self._seen :]!r}"
            if select.select([self._ours], [], [], 1)[0]:
                self.drawn += os.read(self._ours, 65_536)
        self._seen = found + len(text)

    def end(self) -> tuple[int, bytes]:
        """Exit status and standard output."""
        self.wait_for(_ORDINARY_SCREEN)
        output, _ = self._process.communicate(timeout=_SECONDS)
        while select.select([self._ours], [], [], 0)[0]:
            self.drawn += os.read(self._ours, 65_536)
        return self._process.returncode, output

    def attributes(self) -> list[object]:
        """The terminal's settings."""
        return termios.tcgetattr(self._theirs)

    def close(self) -> None:
        """Ends everything."""
        if self._process.poll() is None:
            self._process.kill()
        self._process.communicate()
        os.close(self._ours)
        os.close(self._theirs)


@pytest.fixture
def terminal(repository: Path, index_home: Path, run: Run, tmp_path: Path) -> Iterator[Terminal]:
    assert run("index", cwd=repository).returncode == 0
    editor = tmp_path / "vim"
    editor.write_text(f'#!/bin/sh\n[ -t 0 ] && [ -t 1 ] && printf "%s|" "$@" > "{tmp_path}/opened"\n')
    editor.chmod(0o755)
    terminal = Terminal(repository, _environment(index_home, VISUAL=os.fspath(editor)))
    yield terminal
    terminal.close()


def _environment(index_home: Path, **variables: str) -> dict[str, str]:
    return program_environment(index_home, **{"TERM": "xterm-256color", **variables})


def test_edit_then_print_on_a_terminal_that_is_left_as_it_was(
    terminal: Terminal, repository: Path, tmp_path: Path
) -> None:
    terminal.wait_for(_ALTERNATE_SCREEN)
    terminal.type(b"email the buyer")
    terminal.wait_for(b"sendConfirmation")
    terminal.type(b"\r")
    # The editor has the terminal in between.
    terminal.wait_for(_ORDINARY_SCREEN)
    terminal.wait_for(_ALTERNATE_SCREEN)
    assert (tmp_path / "opened").read_text() == f"+2|{repository}/shop/mail.js|"
    terminal.wait_for(b"sendConfirmation")
    terminal.type(b"\x19")
    assert terminal.end() == (0, b"shop/mail.js:2\n")
    after = terminal.drawn.rpartition(_ALTERNATE_SCREEN)[2]
    for switched_on, switched_off in ((b"\x1b[?1000h", b"\x1b[?1000l"), (b"\x1b[?25l", b"\x1b[?25h")):
        assert after.rfind(switched_off) > after.rfind(switched_on)
    assert terminal.attributes() == terminal.before


def test_an_editor_that_cannot_be_started_leaves_the_search_as_it_was(
    terminal: Terminal, tmp_path: Path
) -> None:
    (tmp_path / "vim").unlink()
    terminal.wait_for(_ALTERNATE_SCREEN)
    terminal.type(b"email the buyer")
    terminal.wait_for(b"sendConfirmation")
    terminal.type(b"\r")
    terminal.wait_for(_ALTERNATE_SCREEN)
    terminal.wait_for(b"cannot start the editor")
    terminal.type(b"\x1b")
    assert terminal.end() == (1, b"")


def test_a_path_that_is_printed_on_the_terminal_cannot_steer_it(
    run: Run, tmp_path: Path, index_home: Path
) -> None:
    write_files(tmp_path, {"a\x1b]0;x\x07b.py": "def water_plants():\n    pump.on()\n"})
    assert run("index", cwd=tmp_path).returncode == 0
    terminal = Terminal(tmp_path, _environment(index_home), piped=False)
    try:
        terminal.wait_for(_ALTERNATE_SCREEN)
        terminal.type(b"water the plants")
        terminal.wait_for(b"pump")
        terminal.type(b"\x19")
        status, _ = terminal.end()
    finally:
        terminal.close()
    assert status == 0
    assert b"\x1b]0;x" not in terminal.drawn
    assert b"a\\x1b]0;x\\x07b.py:1\r\n" in terminal.drawn.rpartition(_ORDINARY_SCREEN)[2]


@pytest.mark.parametrize(("key", "status"), [(b"\x1b", 1), (b"\x03", 130)])
def test_leaving_prints_nothing(terminal: Terminal, key: bytes, status: int) -> None:
    terminal.wait_for(b"6 functions")
    terminal.type(key)
    assert terminal.end() == (status, b"")
    assert terminal.attributes() == terminal.before


def test_who_ends_it_from_elsewhere_leaves_the_terminal_as_it_was(terminal: Terminal) -> None:
    terminal.wait_for(b"6 functions")
    terminal.terminate()
    assert terminal.end() == (143, b"")
    assert terminal.attributes() == terminal.before


def test_without_a_terminal_one_line_says_what_to_do(repository: Path, index_home: Path) -> None:
    done = subprocess.run(
        [*PROGRAM, "tui"],
        cwd=repository,
        env=program_environment(index_home),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        start_new_session=True,
    )
    assert done.returncode == 2
    assert done.stdout == b""
    assert done.stderr == b"codesearch: tui needs a terminal; without one: codesearch query TEXT\n"
