"""One line of what a program wrote -> the places in source files that it names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from itertools import islice
from pathlib import PurePosixPath
from urllib.parse import unquote

from codesearch.encode.text import last_name
from codesearch.parse.languages import could_be_code
from codesearch.parse.unit import LineRange

# A file's name ends and a line number follows, in one of the ways that programs write it:
# `x.c:12:5`, `x.ts(12,5)`, `x.cs:line 12`, `x.php on line 12`, `x.pl line 12`.
_ANCHOR = re.compile(
    r"\.([A-Za-z][A-Za-z0-9+]{0,9})(?::line (\d{1,7})|:(\d{1,7})(?::\d{1,7})?"
    r"|\((\d{1,7})(?:,\d{1,7})?\)| (?:on )?line (\d{1,7}))(?!\d|\.\d)"
)
# Python and OCaml put the name in quotes, and it may be any.
_QUOTED = re.compile(r'\b[Ff]ile "([^"]+)", lines? (\d{1,7})(?:-\d+)?(?:, in (.+))?')
# What a test runner says of a test that it does not place: `FAILED tests/test_x.py::TestX::test_y - why`.
_TEST = re.compile(r"^(?:FAILED|ERROR) ([^\s:]+\.\w+)::([\w:]+)")
_ENDS_PATH = " \t\"'`()<>|,;=[]{}*"
_MOST_IN_LINE = 8
_JVM = frozenset({"java", "kt", "scala", "groovy", "clj"})
# What a frame is told by: where it stands in its line, or what stands around it.
_CALL = re.compile(
    r"^\s*(?:at\s|from\s|#\d+\s|\d+:\s|\(\w+ [\d.]+\)|\[\d+\]|@\s)|:in ['`]|\+0x[0-9a-f]+\s*$|^\t"
)
# A test runner's: `x.py:12: in helper`, `x.py:12: ValueError`, `x.py:12:`.
_OUTER_FIRST = re.compile(r":\s*(?:in (\S+)|[A-Z][\w.]*)?\s*$")
_NAME_BEFORE = re.compile(
    r"(?:^|\b(?:at|in|from)\s+|^\s*#\d+\s+(?:0x[0-9a-f]+ )?(?:in )?)([^\s(][^()]*)\s*\((?:[\w-]+:)?$"
)
_NAME_AFTER = re.compile(r":in ['`](?:[^'`]*? in )?([^'`]+)['`]|:\s*([\w.?!]+)/\d+\s*$")
# `#1 0x4f in ns::add(int) /x.cc:3:5`, `#1 add (n=1) at x.c:3`; `at Shop.Cart.Add(Int32 n) in /x.cs:line 3`.
_NAME_OF_CALL = re.compile(
    r"^\s*#\d+\s+(?:0x[0-9a-f]+ )?(?:in )?(\S[^()]*?) ?(?:\(.*\))? (?:at )?$|^\s*at (\S+?)\(.*\) in $"
)
_NAME_ABOVE = re.compile(r"^\s*(?:\d+:\s+)?(?:0x[0-9a-f]+ - )?([\w.:<>*()/{}$-]+?)(?:\([^()]*\))?\s*$")
_HASH = re.compile(r"::h[0-9a-f]{16}$")
_RECEIVER = re.compile(r"\(\*(\w+)\)")
_INNER = re.compile(r"(?:\.func\d+(?:\.\d+)*|::\{\{?closure\}?\}|\$\d+|\.\{.*\})+$")


class Style(Enum):
    """How a place is named: by a frame of a call stack, the innermost one standing first or last in it, or
    by itself.
    """

    INNER_FIRST = "inner first"
    OUTER_FIRST = "outer first"
    SPOT = "spot"


@dataclass(frozen=True, slots=True)
class Frame:
    """A place that a text names.

    `path` is as the text spells it, with `/` between parts; `lines` are those of the file, None where only
    `name` tells where in it; `name` is the function's own, empty where none is given. `weight` is how much
    the place tells, from 0 to 1; of those in a call stack the outer ones tell less.
    """

    path: str
    lines: LineRange | None
    name: str = ""
    in_stack: bool = False
    weight: float = 1.0


def frames_in(line: str, before: str) -> Iterator[tuple[Frame, Style]]:
    """The places that a line names, in its order; `before` is the line above it."""
    if quoted := list(_QUOTED.finditer(line)):
        for match in quoted:
            yield Frame(_clean(match[1]), _line(match[2]), own_name(match[3] or "")), Style.OUTER_FIRST
        return
    if test := _TEST.match(line):
        yield Frame(_clean(test[1]), None, own_name(test[2])), Style.SPOT
    for match in islice(_ANCHOR.finditer(line), _MOST_IN_LINE):
        start = _path_start(line, match.start())
        path = line[start : match.end(1)]
        if line[:start].endswith("node:") or not could_be_code(PurePosixPath(path)):
            continue
        number = next(each for each in match.groups()[1:] if each)
        name = _name_around(line[:start], line[match.end() :], before)
        frame = Frame(_with_package(_clean(path), match[1], line[:start]), _line(number), name)
        yield frame, _style(line, line[match.end() :])


def said_of_place(line: str) -> str:
    """What a line says after a place that stands by itself, as in `x.c:12:5: missing semicolon`."""
    match = _ANCHOR.search(line)
    if match is None or _style(line, line[match.end() :]) is not Style.SPOT:
        return ""
    return line[match.end() :].lstrip(": ")


def own_name(name: str) -> str:
    """A function's own name, without its class, arguments and what a runtime adds; empty for none."""
    name = _RECEIVER.sub(r"\1", _HASH.sub("", name.strip()))
    name = name.partition(" [as ")[0].partition("(")[0]
    name = name.rpartition(" ")[2]
    name = _INNER.sub("", name)
    if name.endswith(".<init>"):
        name = name.removesuffix(".<init>")
    name = last_name(name.rstrip("."))
    if name.startswith("lambda$"):
        name = name.split("$")[1]
    name = name.rpartition("$")[2]
    return "" if not name or name.startswith(("<", "{")) else name


def _line(number: str) -> LineRange | None:
    return LineRange(int(number), int(number)) if int(number) else None


def _path_start(line: str, end: int) -> int:
    """Where the path begins whose extension's point stands at `end`."""
    before = line[:end]
    start = -1
    if before.lstrip().startswith("at "):
        # JavaScript's frames and C#'s may have spaces and brackets in the path.
        start = max(before.find(mark) + len(mark) if mark in before else -1 for mark in (" (", ") in "))
    if start < 0:
        start = max(before.rfind(each) for each in _ENDS_PATH) + 1
    colon = before.rfind(":", start)
    if colon < 0:
        return start
    # `C:\x` and `C:/x` keep their letter.
    is_drive = before[colon + 1 : colon + 2] in ("\\", "/") and colon - 1 >= start
    is_drive = is_drive and before[colon - 1].isalpha() and (colon - 1 == start or before[colon - 2] in "/(")
    return colon - 1 if is_drive else colon + 1


def _clean(path: str) -> str:
    """The path with `/` between its parts, out of a URL or not."""
    if "\\" in path:
        path = path.replace("\\", "/")
    if path.startswith("///"):
        path = unquote(path[2:])
    return path.partition("?")[0].removeprefix("./")


def _with_package(path: str, extension: str, before: str) -> str:
    """The path below the folders that a package's name stands for: `at com.shop.Cart.add(Cart.java:3)`."""
    if extension not in _JVM or "/" in path or not before.endswith("("):
        return path
    qualified = before[:-1].rpartition(" ")[2].rpartition("/")[2]
    folders = qualified.split(".")[:-2]
    return "/".join([*folders, path])


def _name_around(before: str, after: str, above: str) -> str:
    """The name of the function that a frame is in, told beside the place or on the line above."""
    if match := _NAME_BEFORE.search(before):
        return own_name(match[1])
    if match := _NAME_AFTER.search(after[:200]) or _OUTER_FIRST.match(after[:200]):
        return own_name(next((each for each in match.groups() if each), ""))
    if match := _NAME_OF_CALL.search(before):
        return own_name(match[1] or match[2])
    # Go's and Rust's stacks have the name above the place.
    match = _NAME_ABOVE.match(above) if before.strip() in ("", "at") and before else None
    return own_name(match[1]) if match else ""


def _style(line: str, after: str) -> Style:
    if line.startswith("In file included"):
        return Style.SPOT
    if _CALL.search(line):
        return Style.INNER_FIRST
    return Style.OUTER_FIRST if _OUTER_FIRST.match(after) else Style.SPOT
