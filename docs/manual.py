"""Writes the manual page docs/codesearch.1 from the program itself: `python docs/manual.py`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from inspect import cleandoc
from pathlib import Path
from typing import Any

from typer.main import get_command

from codesearch import __version__
from codesearch.cli.app import app
from codesearch.cli.examples import EXAMPLES
from codesearch.cli.help import grouped, panel_of

TARGET = Path(__file__).parent / "codesearch.1"

_ENVIRONMENT = {
    "CODESEARCH_CONFIG": "The user's settings file, in the place of the one in the configuration folder.",
    "CODESEARCH_TRACEBACK": "Where it is set, an internal error shows where it happened.",
    "CLICOLOR_FORCE, FORCE_COLOR": "Where one is set, and not to 0, output is coloured into a pipe, too;"
    " NO_COLOR outweighs them.",
    "NO_COLOR": "Where it is set, nothing is coloured, unless --color says so.",
    "VISUAL, EDITOR": "The editor that results are opened in; the first one that is set.",
}

_FILES = {
    "~/.config/codesearch/config.toml": "The user's settings, on Linux; codesearch config names the file"
    " elsewhere.",
    ".codesearch.toml, pyproject.toml": "A repository's settings, at its root; in pyproject.toml the table"
    " tool.codesearch.",
    ".ignore, .codesearchignore": "What is not searched, beside what git ignores.",
    "~/.cache/codesearch/indexes": "The indexes, on Linux; codesearch status names them elsewhere.",
}

_STATUS = {
    "0": "Something was found or done.",
    "1": "Nothing was found.",
    "2": "An error.",
    "130": "Interrupted by Ctrl-C.",
    "143": "Ended by another program (SIGTERM).",
}


def manual() -> str:
    """The whole page, in roff."""
    program: Any = get_command(app)
    context = program.context_class(program, info_name="codesearch", **program.context_settings)
    lines = [
        '.\\" Written by python docs/manual.py from the program itself.',
        f'.TH CODESEARCH 1 "" "codesearch {__version__}" "User Commands"',
        ".SH NAME",
        "codesearch \\- find code by meaning",
        ".SH SYNOPSIS",
        ".B codesearch",
        _text("[--no-config] COMMAND [ARGS]..."),
        ".SH DESCRIPTION",
        _text(program.help),
        *_examples("codesearch"),
        ".SH OPTIONS",
        *_options(program, context),
        ".SH COMMANDS",
    ]
    for name, command in program.commands.items():
        lines += _command(name, command, program, context)
    environment = {**_variables(program.commands.values()), **_ENVIRONMENT}
    lines += [".SH ENVIRONMENT", *_terms(sorted(environment.items()))]
    lines += [".SH FILES", *_terms(_FILES.items())]
    lines += [".SH EXIT STATUS", *_terms(_STATUS.items())]
    lines += [".SH SEE ALSO", ".BR git (1),", ".BR grep (1)"]
    return "\n".join(lines) + "\n"


def _command(name: str, command: Any, program: Any, root: Any) -> Iterator[str]:  # noqa: ANN401
    context = command.context_class(command, info_name=name, parent=root)
    usage = " ".join(command.collect_usage_pieces(context))
    yield f".SS {_escaped(f'codesearch {name} {usage}')}"
    first, *rest = cleandoc(command.help).split("\n\n")
    yield _text(first)
    for paragraph in rest:
        yield ".PP"
        yield _text(paragraph)
    if hasattr(command, "list_commands"):
        yield ".PP"
        yield _text(
            f"Its commands: {', '.join(command.list_commands(context))}; see codesearch {name} --help."
        )
    yield from _options(command, context)
    yield from _examples(name)


def _options(command: Any, context: Any) -> Iterator[str]:  # noqa: ANN401
    """A command's arguments and options, in the groups of its help; not --help, which all have."""
    rows: list[tuple[str | None, tuple[str, str]]] = []
    arguments: list[tuple[str, str]] = []
    for parameter in command.params:
        row = parameter.get_help_record(context)
        if row is not None and parameter.param_type_name == "argument":
            arguments.append(row)
        elif row is not None:
            rows.append((panel_of(parameter), row))
    yield from _terms(arguments)
    groups = grouped(rows, "")
    for title, group in groups.items():
        if title:
            yield from (".PP", f".I {_escaped(title)}")
        yield from _terms(group)


def _examples(name: str) -> Iterator[str]:
    found = EXAMPLES.get(name, ())
    if found:
        yield from (".PP", "Examples:", ".PP", ".RS 4", ".nf")
        for line, meaning in found:
            yield _line(f"{line}  # {meaning}" if meaning else line)
        yield from (".fi", ".RE")


def _variables(commands: Iterable[Any]) -> dict[str, str]:
    """The environment variables that stand for options."""
    return {
        option.envvar: f"Stands for {option.opts[0]}."
        for command in commands
        for option in command.params
        if isinstance(option.envvar, str)
    } | {"CODESEARCH_NO_CONFIG": "Where it is set, no settings file is read."}


def _terms(rows: Iterable[tuple[str, str]]) -> Iterator[str]:
    for name, text in rows:
        yield from (".TP", f".B {_escaped(name)}", _text(text))


def _text(text: str) -> str:
    """A paragraph: one line, which the formatter fills."""
    return _line(" ".join(text.split()))


def _line(text: str) -> str:
    """A line that is no request, whatever it begins with."""
    escaped = _escaped(text)
    return f"\\&{escaped}" if escaped[:1] in (".", "'") else escaped


def _escaped(text: str) -> str:
    """The text with what roff reads as its own spelled out, so that what the page shows can be copied."""
    named = {"\\": "\\e", "-": "\\-", "'": "\\(aq", "`": "\\(ga", "^": "\\(ha", "~": "\\(ti", '"': "\\(dq"}
    return re.sub(r"[\\\-'`^~\"]", lambda mark: named[mark[0]], text)


if __name__ == "__main__":
    TARGET.write_text(manual(), "utf-8")
