"""A place in a file, opened in the user's editor.

`click.edit` opens a file, and not at a line; so each kind of editor is told in the way that it understands.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path, PureWindowsPath

from codesearch.cli.own_terminal import own_terminal
from codesearch.errors import CodesearchError

# How editors are told where to go, by the names of their programs.
_WAYS = (
    ("vi vim nvim gvim mvim view vimx elvis nvi vise ex joe jed mg ne pico gedit", ("+{line}", "{file}")),
    ("emacs emacsclient micro kak", ("+{line}:{column}", "{file}")),
    ("nano", ("+{line},{column}", "{file}")),
    ("hx helix subl sublime_text zed zeditor", ("{file}:{line}:{column}",)),
    (
        "code code-insiders code-oss codium codium-insiders vscodium cursor windsurf",
        ("--goto", "{file}:{line}:{column}"),
    ),
    (
        "idea pycharm webstorm goland clion rider phpstorm rubymine rustrover kate",
        ("--line", "{line}", "--column", "{column}", "{file}"),
    ),
    ("mate", ("--line", "{line}:{column}", "{file}")),
)


def editor_asked_for(questions: int) -> list[str]:
    """The editor's program and its arguments, for the best answer to a question.

    Raises:
        CodesearchError: there is no editor, or there are several questions.

    """
    if questions > 1:
        raise CodesearchError("--open takes one question")
    return users_editor()


def users_editor(environment: Mapping[str, str] = os.environ) -> list[str]:
    """The editor's program and its arguments, as `VISUAL` or else `EDITOR` says.

    Raises:
        CodesearchError: neither says any.

    """
    import shlex

    for name in ("VISUAL", "EDITOR"):
        if environment.get(name, "").strip():
            try:
                # Where backslashes are in paths, they quote nothing.
                words = shlex.split(environment[name], posix=os.name != "nt")
            except ValueError as error:
                raise CodesearchError(f"{name} is not a command: {error}: {environment[name]}") from error
            return [word.strip('"') for word in words] if os.name == "nt" else words
    raise CodesearchError("no editor is set; set one: export EDITOR=vim")


def editor_command(editor: list[str], file: Path, line: int, column: int) -> list[str]:
    """The command that opens a file at a line and column, both from 1; an editor that is not known is given
    the file alone.
    """
    name = PureWindowsPath(editor[0]).name.lower()
    for ending in (".exe", ".cmd", ".bat"):
        name = name.removesuffix(ending)
    way = next((way for names, way in _WAYS if name in names.split()), ("{file}",))
    # An absolute path is never taken for an option.
    place = {"file": os.fspath(file.absolute()), "line": str(line), "column": str(column)}
    return [*editor, *(word.format(**place) for word in way)]


def open_in_editor(editor: list[str], file: Path, line: int, column: int) -> None:
    """Opens a file in an editor, and waits until it returns. The editor has the terminal, where there is one,
    and Ctrl-C.

    Raises:
        CodesearchError: it cannot be started, or fails.

    """
    import shutil
    import subprocess

    program, *arguments = editor_command(editor, file, line, column)
    try:
        with _terminal_for_the_editor(), _interrupts_left_to_the_editor():
            # Looked up here: Windows itself would find `code.exe` only, and not `code.cmd`.
            status = subprocess.run([shutil.which(program) or program, *arguments]).returncode
    except OSError as error:
        raise CodesearchError(f"cannot start the editor {editor[0]}: {error.strerror}") from error
    if status:
        raise CodesearchError(f"the editor {editor[0]} ended with status {status}")


@contextmanager
def _terminal_for_the_editor() -> Iterator[None]:
    """Not the pipe that the question, or a list of files, came out of."""
    with ExitStack() as terminal:
        # Without one there are editors still: those that open a window.
        with suppress(CodesearchError):
            terminal.enter_context(own_terminal())
        yield


@contextmanager
def _interrupts_left_to_the_editor() -> Iterator[None]:
    """Ctrl-C while the editor runs is meant for it. Not ignored: the editor would inherit that."""
    before = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
