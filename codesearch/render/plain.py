"""Results for scripts: a template filled in, or a JSON object; and what all forms spell alike."""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Mapping
from pathlib import Path
from string import Formatter

from codesearch.search.result import Result

# The version of the JSON objects: it changes when a field is taken away or means something else.
JSON_VERSION = 2
# The control characters that JSON may leave as they are; where they stand, they stand in text.
_CONTROLS = {code: f"\\u{code:04x}" for code in range(0x7F, 0xA0)}


def check_template(template: str) -> None:
    """Raises ValueError, saying what is wrong, where a template cannot be filled in."""
    for _, field, form, _ in Formatter().parse(template):
        if field is not None and field not in _SAMPLE:
            raise ValueError(f"no {{{field}}}; there are {', '.join(_SAMPLE)}")
        if "{" in (form or ""):
            # It would be filled in with what no sample can stand for.
            raise ValueError(f"not to be filled in: {{{field}:{form}}} has a field in a field")
    try:
        template.format(**_SAMPLE)
    except (KeyError, IndexError, AttributeError) as error:
        raise ValueError(f"not to be filled in: {error!r}") from error


_SAMPLE: Mapping[str, str | int | float] = {
    "path": "",
    "line": 1,
    "column": 1,
    "best_line": 1,
    "start_line": 1,
    "end_line": 1,
    "kind": "",
    "name": "",
    "signature": "",
    "language": "",
    "score": 0.5,
    "rank": 1,
    "query": "",
    "root": "",
}
TEMPLATE_FIELDS = tuple(_SAMPLE)


def filled(template: str, result: Result, rank: int, query: str, *, exact: bool = True) -> bytes:
    """A template with a result's values in it; `exact` spells what they are byte for byte, as programs need
    it and no terminal can be shown it.
    """
    unit = result.unit
    spelled = str if exact else printable
    values = {
        "best_line": result.best_line,
        "column": unit.column,
        "end_line": unit.end_line,
        "kind": unit.kind.value,
        "language": result.language,
        "line": unit.line,
        "name": printable(unit.name),
        "path": spelled(shown_path(result.root, result.path)),
        "query": spelled(query),
        "rank": rank,
        "root": spelled(os.fspath(result.root)),
        "score": round(result.score, 4),
        "signature": printable(unit.signature),
        "start_line": unit.start_line,
    }
    return os.fsencode(template.format(**values))


def best_column(result: Result) -> int:
    """Where the best line's text begins, in bytes from 1; at the name where that is the best line."""
    if result.best_line == result.unit.line:
        return result.unit.column
    text = result.file_lines[result.best_line - 1]
    return len(text[: len(text) - len(text.lstrip())].encode()) + 1


def explained(result: Result) -> list[str]:
    """What speaks for a result, in a few lines of text."""
    why = result.why
    found = why.evidence
    heaviest = sorted(why.parts, key=lambda part: -abs(part[1]))
    named = found.mention
    return [
        *([f"named in the text: line {named.line}, place {named.place}"] if named else []),
        f"meaning {found.dense:.2f} (cosine), words {why.lexical:.1f} (BM25), {found.covered:.0%} of words"
        + ("" if found.read is None else f", word by word {found.read:.2f}"),
        f"rank score {why.score:.2f} = " + " ".join(f"{part:+.2f} {name}" for name, part in heaviest),
        *(f"line {number}: {', '.join(words)}" for number, words in why.lines),
    ]


def json_line(result: Result, rank: int, query: str, *, explain: bool = False) -> bytes:
    """One JSON object. A path that is not UTF-8 also comes as base64, in `path_bytes`."""
    unit = result.unit
    fields: dict[str, object] = {
        "type": "result",
        "version": JSON_VERSION,
        "query": query,
        "rank": rank,
        **_path_fields(result.root, result.path),
        "start_line": unit.start_line,
        "end_line": unit.end_line,
        "line": unit.line,
        "column": unit.column,
        "best_line": result.best_line,
        "kind": unit.kind.value,
        "name": unit.name,
        "signature": unit.signature,
        "language": result.language,
        "score": round(result.score, 4),
        "alike": [
            {
                **_path_fields(result.root, each.path),
                "start_line": each.unit.start_line,
                "end_line": each.unit.end_line,
                "name": each.unit.name,
            }
            for each in result.alike
        ],
        "text": "\n".join(result.lines),
    }
    if explain:
        why = result.why
        named = why.evidence.mention
        fields["why"] = {
            "dense": round(why.evidence.dense, 4),
            "lexical": round(why.lexical, 4),
            "covered": round(why.evidence.covered, 4),
            "read": None if why.evidence.read is None else round(why.evidence.read, 4),
            "named": named and {"line": named.line, "place": named.place},
            "score": round(why.score, 4),
            "parts": {name: round(part, 4) for name, part in why.parts},
            "lines": [{"line": number, "words": list(words)} for number, words in why.lines],
        }
    return json_object(fields) + b"\n"


def json_object(fields: Mapping[str, object]) -> bytes:
    """The fields as JSON in UTF-8, on one line that steers no terminal."""
    return json.dumps(fields, ensure_ascii=False).translate(_CONTROLS).encode("utf-8", "replace")


def _path_fields(root: Path, relative: str) -> dict[str, str]:
    path = os.fsencode(shown_path(root, relative))
    shown = path.decode("utf-8", "replace")
    exact = shown == path.decode("utf-8", "ignore")
    return {"path": shown} if exact else {"path": shown, "path_bytes": base64.b64encode(path).decode()}


def shown_path(root: Path, path: str) -> str:
    """A path below the root as seen from the current folder."""
    try:
        return os.path.relpath(root / path)
    except ValueError:
        # On Windows, where the current folder is on another drive.
        return os.fspath(root / path)


def printable(text: str) -> str:
    """The text with control characters, which could steer a terminal, spelled out."""
    return "".join(
        character if character.isprintable() or character in "\t " else _spelled(character)
        for character in text
    )


def _spelled(character: str) -> str:
    return character.encode("unicode_escape", "backslashreplace").decode("ascii")
