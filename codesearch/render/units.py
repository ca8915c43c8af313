"""The units of a file: a table for people, lines or JSON for scripts."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from codesearch.parse.file import ParsedFile
from codesearch.parse.unit import Unit
from codesearch.render.colour import results_console
from codesearch.render.counted import counted
from codesearch.render.output import drawn, write
from codesearch.render.plain import printable
from codesearch.render.rows import show_rows


def show_units(path: Path, parsed: ParsedFile, *, as_json: bool) -> bool:
    """Prints a file's units on stdout in the form that it is for. False where its reader has had enough."""
    if as_json:
        rows = (_row(path, parsed, unit) for unit in parsed.units)
        return show_rows("unit", rows, columns=(), as_json=True)
    if not sys.stdout.isatty():
        return write(_line(path, unit) for unit in parsed.units)
    if not parsed.units:
        return True
    from rich.text import Text

    units = counted(len(parsed.units), "unit")
    heading = Text(f"{printable(os.fspath(path))}: {parsed.language}, {units}")
    write([drawn(results_console(), heading, whole_lines=True)])
    cells = [
        {
            "lines": f"{unit.start_line}-{unit.end_line}",
            "kind": unit.kind.value,
            "name": unit.name,
            "signature": unit.signature,
        }
        for unit in parsed.units
    ]
    return show_rows("unit", cells, columns=("lines", "kind", "name", "signature"), as_json=False)


def _line(path: Path, unit: Unit) -> bytes:
    rest = f":{unit.line}:{unit.column}:{unit.kind.value} {printable(unit.name or unit.signature)}\n"
    return os.fsencode(path) + rest.encode("utf-8", "replace")


def _row(path: Path, parsed: ParsedFile, unit: Unit) -> dict[str, object]:
    return {
        "path": os.fspath(path).encode("utf-8", "replace").decode(),
        "language": parsed.language,
        "kind": unit.kind.value,
        "name": unit.name,
        "start_line": unit.start_line,
        "end_line": unit.end_line,
        "line": unit.line,
        "column": unit.column,
        "signature": unit.signature,
    }
