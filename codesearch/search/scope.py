"""What part of an index a search is narrowed to."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from pathspec import GitIgnoreSpec

from codesearch.index.store import Store
from codesearch.index.stored import StoredFile, UnitPlace
from codesearch.parse.file import lines_of_file
from codesearch.parse.role import Role, role_of
from codesearch.parse.unit import Kind, LineRange
from codesearch.patterns import read_patterns
from codesearch.search.changed import Changes
from codesearch.search.mode import Tests


@dataclass(frozen=True, slots=True)
class Scope:
    """Conditions on units, all of which must hold.

    `below` are paths under the root, none for everything, and `files` the files there, None for all.
    `globs` are patterns as in ignore files, of which `read_globs` makes something; one with `!` before it
    excludes. `languages` are those searched,
    none for all, less `other_languages`. `changed` has the files of which only what has changed is searched,
    None for everything. `tests` says whether tests are searched. `pattern` must be found in a unit's lines,
    and so must each of `literals`, letter for letter.
    """

    below: tuple[str, ...] = ()
    files: frozenset[str] | None = None
    globs: tuple[str, ...] = ()
    languages: frozenset[str] = frozenset()
    other_languages: frozenset[str] = frozenset()
    kinds: frozenset[Kind] = frozenset()
    tests: Tests = Tests.YES
    changed: Mapping[str, Changes] | None = None
    pattern: re.Pattern[str] | None = None
    literals: tuple[str, ...] = ()

    @property
    def narrows(self) -> bool:
        """Whether anything is left out."""
        some = self.below or self.globs or self.languages or self.other_languages or self.kinds
        given = self.tests is not Tests.YES or self.files is not None or self.changed is not None
        return bool(some) or given or self.reads_lines

    @property
    def reads_lines(self) -> bool:
        """Whether a unit's lines must be read to tell whether it is in the scope."""
        return self.pattern is not None or bool(self.literals)

    def holds_lines(self, lines: str) -> bool:
        """Whether a unit with these lines is in the scope."""
        return all(each in lines for each in self.literals) and (
            self.pattern is None or self.pattern.search(lines) is not None
        )


EVERYTHING = Scope()


def units_in(scope: Scope, store: Store, root: Path) -> list[int]:
    """The ids of the units that the scope leaves. Where lines decide, the files below `root` are read."""
    files = _files_in(scope, store.files().values())
    if scope.changed is None and not scope.reads_lines:
        return store.unit_ids(files, scope.kinds)
    places = store.unit_places(files, scope.kinds)
    if scope.changed is not None:
        places = _changed(scope.changed, list(places), store)
    if not scope.reads_lines:
        return [place.id for place in places]
    found: list[int] = []
    for (path, digest), units in groupby(places, key=lambda place: (place.path, place.digest)):
        lines = lines_of_file(root, path, digest)
        # A file that has changed since is not shown either.
        if lines is not None:
            found.extend(
                place.id
                for place in units
                if scope.holds_lines("\n".join(lines[place.start_line - 1 : place.end_line]))
            )
    return found


def _files_in(scope: Scope, files: Iterable[StoredFile]) -> Iterator[StoredFile]:
    """The files that the scope does not leave out as a whole."""
    wanted, unwanted = read_globs(scope.globs)
    only_some = len(wanted.patterns) > 0
    for file in files:
        path = file.path
        if (
            (not scope.languages or file.language in scope.languages)
            and file.language not in scope.other_languages
            and (scope.files is None or path in scope.files)
            and (scope.changed is None or path in scope.changed)
            and (not scope.below or any(path == each or path.startswith(f"{each}/") for each in scope.below))
            and (not only_some or wanted.match_file(path))
            and not unwanted.match_file(path)
            and (scope.tests is Tests.YES or (role_of(path) is Role.TEST) == (scope.tests is Tests.ONLY))
        ):
            yield file


def read_globs(globs: Iterable[str]) -> tuple[GitIgnoreSpec, GitIgnoreSpec]:
    """The patterns of files that are wanted, and of those that are not.

    Raises:
        ValueError: one is no pattern.

    """
    some = list(globs)
    return (
        read_patterns(each for each in some if not each.startswith("!")),
        read_patterns(each[1:] for each in some if each.startswith("!")),
    )


def _changed(
    changed: Mapping[str, Changes], places: Iterable[UnitPlace], store: Store
) -> Iterator[UnitPlace]:
    """The units with lines that have changed: of a type those of its outline, its members being units too."""
    touched = [
        place for place in places if changed[place.path].touch(LineRange(place.start_line, place.end_line))
    ]
    types = [place.id for place in touched if not (place.kind.is_callable or place.kind is Kind.PASSAGE)]
    outlines = {stored.id: stored.unit.shown for stored in store.units(types)}
    for place in touched:
        shown = outlines.get(place.id)
        if shown is None or any(changed[place.path].touch(part) for part in shown):
            yield place
