"""The program's commands, each imported and built when it is asked for.

Building all of them takes longer than most of them run: help, a completion and a question need one or none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple

import typer
from typer.main import get_command, get_group

from codesearch.cli.command import Command

if TYPE_CHECKING:
    from typer._click import Command as AnyCommand


class Entry(NamedTuple):
    """A command as the program's help lists it.

    `panel` is the group that it opens there, None where it stands in that of the one before it; `help`
    the first line of its own help; `module` and `name` where it is.
    """

    panel: str | None
    help: str
    module: str
    name: str


COMMANDS: Mapping[str, Entry] = {
    "query": Entry(
        "Searching", "Find the functions that answer a question.", "codesearch.cli.query", "query"
    ),
    "tui": Entry(None, "Search as you type, with a preview.", "codesearch.cli.tui", "tui"),
    "index": Entry("Indexes", "Make or update the index of a repository.", "codesearch.cli.index", "index"),
    "status": Entry(
        None, "Tell what is indexed, where, how large and how fresh.", "codesearch.cli.status", "status"
    ),
    "clean": Entry(
        None,
        "Remove indexes: of some places, of those that are gone, or all.",
        "codesearch.cli.status",
        "clean",
    ),
    "config": Entry(
        "About itself",
        "Show every setting, its value and where it comes from.",
        "codesearch.cli.config",
        "config",
    ),
    "doctor": Entry(
        None, "Check that all works, and say what to do where it does not.", "codesearch.cli.doctor", "doctor"
    ),
    "languages": Entry(
        None,
        "Show which files are searched, and how each language is cut.",
        "codesearch.cli.languages",
        "languages",
    ),
    "parse": Entry(
        None,
        "Show the functions, types and passages that files are cut into.",
        "codesearch.cli.parse",
        "parse",
    ),
    "eval": Entry(
        "Measuring and training",
        "Measure how well questions about a repository are answered.",
        "codesearch.cli.eval",
        "evaluate",
    ),
    "train": Entry(
        None, "Make weights (needs, in a clone: pip install '.[train]').", "codesearch.cli.train", "train"
    ),
}


class Commands(Mapping[str, "AnyCommand"]):
    """The commands of a table by name; what is looked up is imported and built."""

    def __init__(self, entries: Mapping[str, Entry]) -> None:
        self._entries = entries
        self._built: dict[str, AnyCommand] = {}

    def __getitem__(self, name: str) -> AnyCommand:
        if name not in self._built:
            self._built[name] = _build(name, self._entries[name])
        return self._built[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)


def _build(name: str, entry: Entry) -> AnyCommand:
    found = getattr(import_module(entry.module), entry.name)
    if isinstance(found, typer.Typer):
        group = get_group(found)
        group.name = name
        return group
    # Typer makes of a program with one command that command.
    alone = typer.Typer(add_completion=False, rich_markup_mode=None)
    alone.command(name, cls=Command)(found)
    return get_command(alone)
