"""Which units of an index a text names: places in it, by other machines' paths, to units."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from codesearch.encode.text import last_name
from codesearch.index.store import Store
from codesearch.index.stored import StoredUnit
from codesearch.search.frames import Frame

# A name that more files have says too little of which is meant.
_MOST_ALIKE = 3
_MOST_LINES = 400
# The second frame of a stack tells three quarters of what the first does, the fourth half of it.
_OUTWARDS = 1.0 / 3.0
# Of places that tell the same, the first ones come first.
_ORDERLY = 0.995
# A file in one of these belongs to what was installed, not to what somebody works on: the folder's name, and
# then that of the package.
_INSTALLED = re.compile(
    r"(?:^|.*/)(?:site-packages|dist-packages|node_modules|gems|pkg/mod|\.cargo/registry/src/[^/]+"
    r"|\.cargo/git/checkouts)/(?=.)"
)
_VERSION = re.compile(r"(?:@v?|-v?(?=\d)).*$")
# Nobody's own source.
_SYSTEM = re.compile(
    r"^(?:/usr/(?:lib|include|share|local/(?:lib|include|go))/|/rustc/|/lib/|<)|/lib/python\d"
)


@dataclass(frozen=True, slots=True)
class Mention:
    """Where a text names a unit: by which line of its file, and as which place, 1 being the most telling.
    `weight` is how much that tells, from 0 to 1.
    """

    line: int
    place: int
    weight: float = 1.0


def mentioned(frames: Sequence[Frame], store: Store, root: Path) -> dict[int, Mention]:
    """The ids of the units at the places, each with the most telling one; `root` is that of the index."""
    if not frames:
        return {}
    files = _Files(store.files(), root)
    paths = {frame.path: files.like(frame.path) for frame in frames}
    units = _by_path(store.units_of(sorted({each for path in paths.values() for each in path})))
    found: dict[int, Mention] = {}
    place = depth = 0
    for frame in frames:
        hits = _hits(frame, [units.get(path, []) for path in paths[frame.path]])
        if not hits:
            continue
        place += 1
        # Frames outside of the index say nothing of how near those in it are to what went wrong.
        weight = frame.weight * _ORDERLY**place / (1.0 + _OUTWARDS * depth)
        depth += frame.in_stack
        for unit, line in hits.items():
            found.setdefault(unit, Mention(line, place, weight))
    return found


class _Files:
    """The files of an index, to be found by the ends of their paths."""

    def __init__(self, paths: Iterable[str], root: Path) -> None:
        self._root = root
        self._by_name: dict[str, list[tuple[str, ...]]] = {}
        for path in paths:
            parts = PurePosixPath(path).parts
            self._by_name.setdefault(parts[-1], []).append(parts)

    def like(self, path: str) -> list[str]:
        """The files that a path from anywhere may mean: those that share the most of its end, if enough."""
        named = PurePosixPath(path)
        parts = tuple(part for part in named.parts if part not in ("/", ".", ".."))
        if not parts:
            return []
        candidates = self._by_name.get(parts[-1], [])
        exact: tuple[str, ...] = ()
        if named.is_relative_to(self._root.as_posix()):
            exact = named.relative_to(self._root.as_posix()).parts
            if exact in candidates:
                return ["/".join(exact)]
        installed = _INSTALLED.match(path)
        if installed:
            parts = PurePosixPath(path[installed.end() :]).parts
        elif _SYSTEM.search(path) or exact:
            return []
        fits = ((self._fit(parts, each, installed=installed is not None), each) for each in candidates)
        scored = [(fit, each) for fit, each in fits if fit]
        best = max((fit for fit, _ in scored), default=0)
        alike = ["/".join(each) for fit, each in scored if fit == best]
        return alike if len(alike) <= _MOST_ALIKE else []

    def _fit(self, parts: tuple[str, ...], candidate: tuple[str, ...], *, installed: bool) -> int:
        """How much of the ends of two paths is the same, 0 where that is too little to go by."""
        # The root's own name is a part of the path, too, if it is called the same elsewhere.
        whole = (self._root.name, *candidate)
        shared = _shared_end(parts, whole)
        if installed:
            # What is installed is this repository's only if all of it from the package on is.
            if shared == len(parts) > 1 or candidate in (parts, ("src", *parts)):
                return shared
            above = parts[: -len(candidate)] if shared >= len(candidate) else ()
            return shared if above and _VERSION.sub("", above[-1]) == self._root.name else 0
        return shared if shared in (len(parts), len(candidate), len(whole)) or shared > 1 else 0


def _shared_end(one: tuple[str, ...], other: tuple[str, ...]) -> int:
    shared = 0
    for mine, yours in zip(reversed(one), reversed(other), strict=False):
        if mine != yours:
            break
        shared += 1
    return shared


def _by_path(units: Iterable[StoredUnit]) -> dict[str, list[StoredUnit]]:
    found: dict[str, list[StoredUnit]] = {}
    for each in units:
        found.setdefault(each.path, []).append(each)
    return found


def _hits(frame: Frame, files: Sequence[Sequence[StoredUnit]]) -> dict[int, int]:
    """The units that a place is in, each with its line, in one of the files that it may mean."""
    hits = [_at(frame, units) for units in files]
    # Where several files are called so, that is meant which has the function.
    meant = [lines for lines, is_named in hits if is_named] or [lines for lines, _ in hits]
    return {unit: line for lines in meant for unit, line in lines.items()}


def _at(frame: Frame, units: Sequence[StoredUnit]) -> tuple[dict[int, int], bool]:
    """The innermost units at a place of a file, each with its line, and whether they are of the place's name.

    Where the unit of that name is elsewhere, it is that one: the text may be about another version of the
    file.
    """
    start, end = (frame.lines.start, frame.lines.end) if frame.lines else (0, -1)
    found: dict[int, int] = {}
    for line in range(start, min(end, start + _MOST_LINES) + 1):
        inner = _innermost(units, line)
        if inner:
            found.setdefault(inner.id, line)
    named = [each for each in units if frame.name and last_name(each.unit.name) == frame.name]
    if not named or any(each.unit.start_line <= start <= each.unit.end_line for each in named):
        return found, bool(named)
    near = min(named, key=lambda each: abs(each.unit.line - start))
    return {near.id: near.unit.line}, True


def _innermost(units: Sequence[StoredUnit], line: int) -> StoredUnit | None:
    around = [each for each in units if each.unit.start_line <= line <= each.unit.end_line]
    return min(around, key=lambda each: each.unit.end_line - each.unit.start_line, default=None)
