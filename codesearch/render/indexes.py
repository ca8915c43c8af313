"""Indexes as a table for people and as lines for scripts."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from datetime import datetime, timezone

from rich.filesize import decimal
from rich.table import Table
from rich.text import Text

from codesearch.index.catalogue import Indexed
from codesearch.render.counted import counted
from codesearch.render.plain import printable

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
    return json.dumps(fields, ensure_ascii=False).encode("utf-8", "replace") + b"\n"


def index_table(found: Sequence[Indexed]) -> Table:
    """A row an index, and what all take together."""
    table = Table(box=None, pad_edge=False)
    for name in ("root", "files", "units", "source", "index", "written", "skipped", "since then"):
        table.add_column(name, justify="left" if name in ("root", "since then") else "right")
    for each in found:
        held = each.contents
        table.add_row(
            Text(printable(str(each.root or each.folder)), overflow="fold"),
            *((f"{held.files:,}", f"{held.units:,}", decimal(held.source_size)) if held else ("-", "-", "-")),
            decimal(each.size),
            datetime.fromtimestamp(each.written).strftime("%Y-%m-%d %H:%M"),
            f"{len(held.skipped):,}" if held else "-",
            _freshness(each),
        )
    table.caption = f"{decimal(sum(each.size for each in found))} in all"
    table.caption_justify = "left"
    return table


def skipped_table(found: Sequence[Indexed]) -> Table:
    """A row a file that looks like code and is not searched."""
    table = Table(box=None, pad_edge=False)
    for name in ("skipped", "because"):
        table.add_column(name)
    for each in found:
        for path, reason in sorted(each.contents.skipped.items() if each.contents else ()):
            table.add_row(Text(printable(path), overflow="fold"), reason)
    return table


def _freshness(indexed: Indexed) -> str:
    if indexed.is_orphan:
        return "gone: codesearch clean --gone"
    if indexed.contents is None:
        return "unreadable: made anew by the next question"
    changed, to_encode = indexed.contents.changed, indexed.contents.to_encode
    if changed is None:
        return "unknown"
    if changed or not to_encode:
        return f"{counted(changed, 'file')} changed" if changed else "up to date"
    return f"{counted(to_encode, 'file')} by words only"


def _written(indexed: Indexed) -> str:
    return datetime.fromtimestamp(indexed.written, tz=timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
