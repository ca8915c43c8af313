"""How git is asked: by name, with nothing run that a repository names, and nothing fetched.

A repository's own configuration can name programs that git would run (file system monitors, hooks,
filters, diff drivers) and remotes that it would fetch missing objects from.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

_SAFE = ("git", "--no-pager", "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null")
# What names a repository other than the one in the folder: `git rev-parse --local-env-vars`, but for what
# passes settings on. In hooks of worktrees and submodules git sets some of them.
_ELSEWHERE = frozenset(
    {
        "GIT_ALTERNATE_OBJECT_DIRECTORIES",
        "GIT_COMMON_DIR",
        "GIT_CONFIG",
        "GIT_DIR",
        "GIT_GRAFT_FILE",
        "GIT_IMPLICIT_WORK_TREE",
        "GIT_INDEX_FILE",
        "GIT_INTERNAL_SUPER_PREFIX",
        "GIT_NO_REPLACE_OBJECTS",
        "GIT_OBJECT_DIRECTORY",
        "GIT_PREFIX",
        "GIT_REPLACE_REF_BASE",
        "GIT_SHALLOW_FILE",
        "GIT_WORK_TREE",
    }
)
# How git spells what it does not print as it is, in paths that it puts in quotes.
_ESCAPE = re.compile(rb'\\([0-7]{3}|[abtnvfr"\\])')
_ESCAPED = {
    b"a": b"\a",
    b"b": b"\b",
    b"t": b"\t",
    b"n": b"\n",
    b"v": b"\v",
    b"f": b"\f",
    b"r": b"\r",
    b'"': b'"',
    b"\\": b"\\",
}


def git_command(root: Path, *arguments: str) -> list[str]:
    """The command that asks git something about the repository at `root`."""
    return [*_SAFE, "-C", os.fspath(root), *arguments]


def git_environment() -> dict[str, str]:
    """The environment to run it in: no other repository is named, nothing is locked, and no protocol is
    allowed for fetching.
    """
    return {
        **{name: value for name, value in os.environ.items() if name not in _ELSEWHERE},
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_ALLOW_PROTOCOL": "none",
        "LC_ALL": "C",
    }


def unquoted(path: bytes) -> bytes:
    r"""A path as the file system spells it, from one as git prints it: `"caf\303\251.py"` or as it is."""
    if len(path) < 2 or not (path.startswith(b'"') and path.endswith(b'"')):
        return path
    return _ESCAPE.sub(
        lambda match: _ESCAPED[match[1]] if match[1] in _ESCAPED else bytes([int(match[1], 8) & 0xFF]),
        path[1:-1],
    )
