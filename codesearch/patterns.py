"""Patterns of ignore files, matched in time that does not explode.

`pathspec` makes a regular expression of each pattern. Python tries every way to share out a path among the
pattern's stars: with six of them, and a name made for it, that takes hours. But the first place where what
stands between two stars fits is as good as any later one, so none of the others need be tried.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterable
from itertools import count

from pathspec import GitIgnoreSpec

# A set of characters by those that are not in it: to `pathspec` it holds the slash, to git it does not.
_OTHERS = re.compile(r"\[\^(?!/)")
# What `pathspec` makes of `*` within a part of a path, and of `**` before, and amid, such parts.
_STAR = "[^/]*"
_FOLDERS = re.compile(r"(\(\?:\.\+/\)\?|\(\?:/\.\+\)\?)")
_FIRST_FOLDERS = {"(?:.+/)?": "(?:.+?/)??", "(?:/.+)?": "(?:/.+?)??"}


def read_patterns(lines: Iterable[str]) -> GitIgnoreSpec:
    """The patterns of an ignore file.

    Raises:
        ValueError: one is no pattern.

    """
    with warnings.catch_warnings():
        # Brackets in a pattern may mean something else to Python one day, which is no news for users.
        warnings.simplefilter("ignore", FutureWarning)
        try:
            spec = GitIgnoreSpec.from_lines(lines)
            for pattern in spec.patterns:
                regex = getattr(pattern, "regex", None)
                if regex is not None:
                    pattern.regex = re.compile(without_explosion(regex.pattern))
        except re.error as error:
            raise ValueError(str(error)) from error
    return spec


def without_explosion(regex: str) -> str:
    """A regular expression of `pathspec` that matches the same, but no slash for `[!a]`, and does not
    try what cannot help.
    """
    numbers = count()
    regex = _OTHERS.sub("[^/", regex)

    def first(what: str) -> str:
        # The first match and no other: what is in a lookahead is not tried again.
        name = f"first_{next(numbers)}"
        return f"(?=(?P<{name}>{what}))(?P={name})"

    start, *rest = _FOLDERS.split(regex)
    # Folders and what comes after them, in turn.
    pairs = list(zip(rest[::2], (_stars(each, first) for each in rest[1::2]), strict=True))
    made = [_stars(start, first)]
    for folders, then in pairs[:-1]:
        made.append(first(f"{_FIRST_FOLDERS[folders]}{then}(?=/)"))
    made.extend("".join(pair) for pair in pairs[-1:])
    return "".join(made)


def _stars(regex: str, first: Callable[[str], str]) -> str:
    """A part of a regular expression with all its stars but the last of each part of a path made so."""
    start, *rest = regex.split(_STAR)
    made = [start]
    for then in rest[:-1]:
        is_within = not set("/()|") & set(then.replace("[^/]", ""))
        made.append(first(f"{_STAR}?{then}") if is_within else _STAR + then)
    made.extend(_STAR + then for then in rest[-1:])
    return "".join(made)
