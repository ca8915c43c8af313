"""Results for scripts, one a line: `path:line:column:signature`, or a JSON object."""

from __future__ import annotations

import base64
import json
import os
from pathlib import Path

from codesearch.search.result import Result

# The version of the JSON objects: it changes when a field is taken away or means something else.
JSON_VERSION = 2


def plain_line(result: Result, root: Path) -> bytes:
    """`path:line:column:signature`, the path as the file system spells it, seen from where we stand."""
    unit = result.unit
    signature = printable(unit.signature)
    return os.fsencode(shown_path(root, result.path)) + f":{unit.line}:{unit.column}:{signature}\n".encode()


def json_line(result: Result, root: Path, rank: int) -> bytes:
    """One JSON object. A path that is not UTF-8 also comes as base64, in `path_bytes`."""
    unit = result.unit
    path = os.fsencode(shown_path(root, result.path))
    fields: dict[str, object] = {
        "type": "result",
        "version": JSON_VERSION,
        "rank": rank,
        "path": path.decode("utf-8", "replace"),
        "start_line": unit.start_line,
        "end_line": unit.end_line,
        "line": unit.line,
        "column": unit.column,
        "kind": unit.kind.value,
        "name": unit.name,
        "signature": unit.signature,
        "language": result.language,
        "score": round(result.score, 4),
        "text": "\n".join(result.lines),
    }
    if fields["path"] != path.decode("utf-8", "ignore"):
        fields["path_bytes"] = base64.b64encode(path).decode()
    return json.dumps(fields, ensure_ascii=False).encode("utf-8", "replace") + b"\n"


def shown_path(root: Path, path: str) -> str:
    """A path below the root as seen from the current folder."""
    return os.path.relpath(root / path)


def printable(text: str) -> str:
    """The text with control characters, which could steer a terminal, spelled out."""
    return "".join(
        character if character.isprintable() or character in "\t " else _spelled(character)
        for character in text
    )


def _spelled(character: str) -> str:
    return character.encode("unicode_escape", "backslashreplace").decode("ascii")
