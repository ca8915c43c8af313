"""Which files a search is narrowed to: those of a list, and those that have changed."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from codesearch.cli.given import content_of
from codesearch.errors import CodesearchError, said_by
from codesearch.git import unquoted

if TYPE_CHECKING:
    from codesearch.search.changed import Changes


@dataclass(frozen=True, slots=True)
class Narrowed:
    """What is searched of one root: `files` below it and what has `changed` there, None for everything."""

    files: frozenset[str] | None
    changed: Mapping[str, Changes] | None


def narrowed(
    roots: Sequence[Path], source: str | None, revision: str | None, tell: Callable[[str], None]
) -> dict[Path, Narrowed]:
    """What is searched of each root, by a list of files and a revision, None where there is none.

    `tell` hears of listed files that cannot be searched.

    Raises:
        CodesearchError: the list cannot be read, none of its files can be searched, git knows no such
            revision.
        typer.Exit: the list is empty or nothing has changed; `tell` hears which.

    """
    from codesearch.search.changed import changed_since

    files = _listed(roots, source, tell) if source is not None else {}
    changed = {root: changed_since(root, revision) for root in roots} if revision is not None else {}
    if changed and not any(changed.values()):
        tell(f"nothing has changed since {revision}")
        raise typer.Exit(1)
    return {root: Narrowed(files.get(root), changed.get(root)) for root in roots}


def _listed(roots: Sequence[Path], source: str, tell: Callable[[str], None]) -> dict[Path, frozenset[str]]:
    """The listed files below each root, relative to it.

    A list with a zero byte in it has one after each name, else it has a name a line, as seen from the current
    folder.
    """
    try:
        data = content_of(source)
    except OSError as error:
        raise CodesearchError(f"--files-from: cannot read {source}: {said_by(error)}") from error
    names = dict.fromkeys(name for name in data.split(b"\0" if b"\0" in data else b"\n") if name)
    if not names:
        tell("the list of files is empty: there is nothing to search")
        raise typer.Exit(1)
    found = [_file(name) for name in names]
    below = {root: frozenset(_below(root, found)) for root in roots}
    inside = sum(any(_is_below(path, root) for root in roots) for path in found)
    if not inside:
        raise CodesearchError(
            f"--files-from: none of the files listed ({len(names):,}) is there and in what is searched (names"
            " are as seen from the current folder; git diff prints them so with --relative)"
        )
    if inside < len(names):
        tell(
            f"{len(names) - inside:,} of the {len(names):,} files listed are not there, or not in what is"
            " searched"
        )
    return below


def _file(name: bytes) -> str:
    """The file of that name, or of what git puts in quotes for it, without links; empty for none."""
    for spelled in (name, unquoted(name)):
        path = os.fsdecode(spelled)
        if os.path.isfile(path):
            return os.path.realpath(path)
    return ""


def _below(root: Path, files: Sequence[str]) -> list[str]:
    start = os.path.join(root, "")
    return [path[len(start) :].replace(os.sep, "/") for path in files if _is_below(path, root)]


def _is_below(path: str, root: Path) -> bool:
    return path.startswith(os.path.join(root, ""))
