"""A unified diff -> the lines that it changes, and what it is about."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence

from codesearch.git import unquoted
from codesearch.parse.unit import LineRange
from codesearch.search.frames import Frame

_HUNK = re.compile(r"@@ -\d+(?:,(\d+))? \+(\d+)(?:,(\d+))? @@ ?(.*)")
# What stands above a diff and says nothing of it: headers of commits and mails.
_HEADER = re.compile(
    r"(?:commit [0-9a-f]+|(?:Author|Commit|AuthorDate|CommitDate|Date|From|To|Cc|Merge|MIME-\S+|Content-\S+):"
    r"|From [0-9a-f]{40} |Signed-off-by:|---$|diff |index |Index: |=+$)"
)
# What a file takes from others says little of what is done in it.
_IMPORT = re.compile(r"\s*(?:from \S+ import\b|import\b|#\s*include\b|using\b|use\b|require\b|package\b)")
# How lines of a hunk begin; an editor may have taken the blank of an empty one away.
_IN_HUNK = (" ", "+", "-", "\\", "")
_SUBJECT = re.compile(r"Subject: (?:\[[^\]]*\] )?")


def is_diff(lines: Sequence[str]) -> bool:
    """Whether a text is a unified diff, with whatever above it."""
    return any(
        line.startswith("+++ ") and above.startswith("--- ") and below.startswith("@@ -")
        for above, line, below in zip(lines, lines[1:], lines[2:], strict=False)
    )


def read_diff(lines: Sequence[str]) -> tuple[list[str], list[Frame]]:
    """What a diff is about, the most telling first (what stands above it, such as a commit's message, the
    headings of its hunks, the lines it puts in), and the places that it changes, by the files after it.
    """
    above: list[str] = []
    headings: list[str] = []
    added: list[str] = []
    frames: list[Frame] = []
    path = ""
    number = 0
    left = 0
    old_left = 0
    started = out = False
    for line in lines:
        if (left > 0 or old_left > 0) and line[:1] in _IN_HUNK:
            if line.startswith("+"):
                added.append(line[1:])
                _extend(frames, path, number)
                number, left, out = number + 1, left - 1, False
                continue
            if line.startswith("-"):
                old_left, out = old_left - 1, True
            elif not line.startswith("\\"):
                number, left, old_left = number + 1, left - 1, old_left - 1
            # What is taken out, and nothing put in its place, is looked for where it stood.
            if out and (not line.startswith("-") or not (left > 0 or old_left > 0)):
                _extend(frames, path, max(number - 1 - (not line.startswith(("-", "\\"))), 1))
                out = False
            continue
        left = old_left = 0
        if line.startswith("+++ "):
            path = _path(line[4:])
        elif match := _HUNK.match(line):
            number, left = int(match[2]), int(match[3] or 1)
            old_left = int(match[1] or 1)
            headings.append(match[4])
        elif line.startswith("--- "):
            started = True
        elif not started and not _HEADER.match(line):
            above.append(_SUBJECT.sub("", line.strip(), count=1))
        elif line.startswith(("diff ", "commit ")):
            started = line.startswith("diff ")
    told = [line for line in added if not _IMPORT.match(line)]
    return [*above, *headings, *told], [each for each in frames if each.path]


def _extend(frames: list[Frame], path: str, line: int) -> None:
    """Adds a line to the last place where it follows on that one, else as a place of its own."""
    last = frames[-1] if frames else None
    if last and last.lines and last.path == path and last.lines.start <= line <= last.lines.end + 1:
        frames[-1] = Frame(path, LineRange(last.lines.start, max(line, last.lines.end)))
    else:
        frames.append(Frame(path, LineRange(line, line)))


def _path(name: str) -> str:
    """The path after `+++ `, as the repository has it; empty where the file is taken away."""
    name = name.partition("\t")[0].rstrip()
    path = os.fsdecode(unquoted(os.fsencode(name)))
    return "" if path == "/dev/null" else path.removeprefix("b/")
