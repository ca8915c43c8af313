"""The units of a file: a table for people, lines or JSON for scripts."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from codesearch.parse.file import ParsedFile
from codesearch.parse.unit import Unit
from codesearch.render.plain import printable
from codesearch.render.rows import show_rows


def show_units(path: Path, parsed: ParsedFile, *, as_json: bool) -> None:
    """Prints the units of a file on stdout in the form that it is for."""
    if not as_json and not sys.stdout.isatty():
        for unit in parsed.units:
            name = printable(unit.name or unit.signature)
            rest = f":{unit.line}:{unit.column}:{unit.kind.value} {name}\n"
            sys.stdout.buffer.write(os.fsencode(path) + rest.encode("utf-8", "replace"))
        return
    if not parsed.units:
        return
    if as_json:
        show_rows("unit", [_row(path, parsed, unit) for unit in parsed.units], columns=(), as_json=True)
        return
    sys.stdout.write(f"{printable(os.fspath(path))}: {parsed.language}, {len(parsed.units)} units\n")
    sys.stdout.flush()
    rows = [
        {
            "lines": f"{unit.start_line}-{unit.end_line}",
            "kind": unit.kind.value,
            "name": unit.name,
            "signature": unit.signature,
        }
        for unit in parsed.units
    ]
    show_rows("unit", rows, columns=("lines", "kind", "name", "signature"), as_json=False)


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
