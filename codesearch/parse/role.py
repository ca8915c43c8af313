"""What a file is for, by its path: the program itself, or what stands around it."""

from __future__ import annotations

import re
from enum import Enum


class Role(str, Enum):
    """What a file is for."""

    SOURCE = "source"
    TEST = "test"
    EXAMPLE = "example"
    GENERATED = "generated"
    VENDORED = "vendored"
    LEGACY = "legacy"


# The first that matches counts.
_PATTERNS: tuple[tuple[Role, re.Pattern[str]], ...] = (
    (
        Role.VENDORED,
        re.compile(
            r"(^|/)(_?vendor(ed)?|third[_-]?party|3rdparty|externals?|node_modules|bower_components|deps)/",
            re.I,
        ),
    ),
    (
        Role.GENERATED,
        re.compile(
            r"(^|/)(dist|generated|gen|__generated__)/|\.min\.\w+$|[._](pb|g|generated|designer)\.\w+$|_pb2\w*\.py$",
            re.I,
        ),
    ),
    (
        Role.TEST,
        re.compile(
            r"(^|/)(tests?|specs?|__tests__|__mocks__|testing|testdata|fixtures|e2e|cypress)/"
            r"|(^|/)(test_|conftest\.)[^/]*$|[._-](tests?|specs?)\.\w+$|[a-z0-9](Tests?|Spec|TestCase|IT)\.\w+$"
        ),
    ),
    (
        Role.EXAMPLE,
        re.compile(
            r"(^|/)(examples?|samples?|demos?|docs?|docs_src|tutorials?|bench(marks?)?|playground)/", re.I
        ),
    ),
    (
        Role.LEGACY,
        re.compile(r"(^|/)(legacy|deprecated|obsolete|old|compat|attic)(/|\.\w+$)|[_.-](old|bak)\.", re.I),
    ),
)


def role_of(path: str) -> Role:
    """The role of a file; `path` is relative to the repository's root."""
    return next((role for role, pattern in _PATTERNS if pattern.search(path)), Role.SOURCE)
