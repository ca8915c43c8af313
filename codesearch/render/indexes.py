"""Indexes as a table for people and as lines for scripts."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import datetime, timezone

from rich.filesize import decimal
from rich.table import Table
from rich.text import Text

from codesearch.index.catalogue import Indexed
from codesearch.render.counted import counted
from codesearch.render.plain import json_object, printable

# The version of the JSON objects: it changes when a field is taken away or means something else.
INDEX_VERSION = 1


def index_line(indexed: Indexed) -> bytes:
    """The columns with tabs between; the paths as the file system spells them."""
    held = indexed.contents
    numbers = (held.files, held.units, held.source_size) if held else ("-", "-", "-")
    changed = "-" if held is None or held.changed is None else held.changed
    skipped = len(held.skipped) if held else "-"
    rest = (*numbers, indexed.size, _written(indexed), changed, skipped)
    root = os.fsencode(indexed.root) if indexed.root else b"-"
    return b"\t".join([root, os.fsencode(indexed.folder), *(str(each).encode() for each in rest)]) + b"\n"


def index_json(indexed: Indexed) -> bytes:
    """One JSON object; what cannot be told is null."""
    held = indexed.contents
    fields = {
        "type": "index",
        "version": INDEX_VERSION,
        "root": str(indexed.root) if indexed.root else None,
        "folder": str(indexed.folder),
        "files": held.files if held else None,
        "units": held.units if held else None,
        "source_bytes": held.source_size if held else None,
        "index_bytes": indexed.size,
        "written": _written(indexed),
        "changed_files": held.changed if held else None,
        "files_without_vectors": held.to_encode if held else None,
        "skipped_files": held.skipped if held else None,
        "gone": indexed.is_orphan,
    }
    return json_object(fields) + b"\n"


def index_view(found: Sequence[Indexed]) -> Text:
    """A line for what each index is of and one for what it holds, and what all take together."""
    view = Text()
    for each in found:
        view.append(printable(str(each.root or each.folder)), "bold").append("\n  ")
        held = each.contents
        if held is not None:
            view.append(f"{counted(held.files, 'file')}, {counted(held.units, 'unit')}")
            view.append(f", {decimal(held.source_size)} of source")
            if held.skipped:
                view.append(f", {counted(len(held.skipped), 'file')} skipped")
            view.append("\n  ")
        written = datetime.fromtimestamp(each.written).strftime("%Y-%m-%d %H:%M")
        view.append(f"index {decimal(each.size)}, written {written}; ").append(*_freshness(each))
        view.append("\n")
    return view.append(f"{decimal(sum(each.size for each in found))} in all", "dim")


def skipped_table(found: Sequence[Indexed]) -> Table:
    """A row a file that looks like code and is not searched."""
    table = Table(box=None, pad_edge=False)
    for name in ("skipped", "because"):
        table.add_column(name)
    for each in found:
        for path, reason in sorted(each.contents.skipped.items() if each.contents else ()):
            table.add_row(Text(printable(path), overflow="fold"), reason)
    return table


def _freshness(indexed: Indexed) -> tuple[str, str]:
    """How the index stands to its repository, and the style to say it in."""
    if indexed.is_orphan:
        return "its folder is gone: codesearch clean --gone", "yellow"
    if indexed.contents is None:
        return "unreadable: made anew by the next question", "yellow"
    changed, to_encode = indexed.contents.changed, indexed.contents.to_encode
    if changed is None:
        return "whether anything has changed since is unknown", "yellow"
    if changed:
        return f"{counted(changed, 'file')} changed since", "yellow"
    if to_encode:
        return f"{counted(to_encode, 'file')} found by words only", "yellow"
    return "up to date", "green"


def _written(indexed: Indexed) -> str:
    return datetime.fromtimestamp(indexed.written, tz=timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
