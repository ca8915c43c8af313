"""What `query` and `tui` search: the indexes of the places that were named, open."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from rich.console import Console

from codesearch.cli.asked import paths_below, refuse_to_index_a_home
from codesearch.cli.building import as_it_stands, build
from codesearch.encode.encoder import Encoder
from codesearch.index.location import Location, locate
from codesearch.render.plain import printable, shown_path
from codesearch.search.scope import Scope
from codesearch.search.search import Target, target


def located(places: Sequence[Path], home: Path) -> dict[Location, tuple[str, ...]]:
    """The repositories that the places stand in, each with the paths under its root that a search in it is
    narrowed to; without places the whole of the one that the current folder stands in.

    Raises:
        CodesearchError: there is no such place.

    """
    if not places:
        return {locate(Path(), home): ()}
    found = [(locate(place, home), place) for place in places]
    return {
        location: paths_below(location, [place for where, place in found if where == location])
        for location, _ in found
    }


@contextmanager
def searched(
    scopes: Mapping[Location, Scope],
    encoder: Encoder,
    console: Console,
    *,
    update: bool,
    patience: float = math.inf,
) -> Iterator[list[tuple[Target, Scope]]]:
    """The indexes of some repositories, open, each with its scope. They serve the thread that opened them.

    Args:
        scopes: the repositories, and what the search in each is narrowed to.
        encoder: made, or makes, the indexes' vectors.
        console: where progress and messages go.
        update: whether the indexes are brought up to date first; else they must be there.
        patience: after so many seconds no more vectors of a repository are made.

    Raises:
        CodesearchError: an index cannot be used.

    """
    with ExitStack() as stack:
        found = []
        for location, scope in scopes.items():
            if update:
                first = not os.path.isdir(location.folder)
                if first:
                    refuse_to_index_a_home(location)
                store = stack.enter_context(
                    build(location, encoder, console, wait=False, talk=first, patience=patience)
                )
            else:
                store = stack.enter_context(as_it_stands(location, encoder))
            found.append((target(location, store, encoder), scope))
        yield found


def gaps(targets: Sequence[tuple[Target, Scope]], *, updated: bool) -> Iterator[str]:
    """What an answer does not cover though it was asked for, a sentence each.

    Args:
        targets: what is searched.
        updated: whether the indexes were brought up to date, which tells by itself what it could not do.

    """
    for where, scope in targets:
        root = where.location.root
        if not (updated or where.store.meta("complete")):
            shown = printable(str(root))
            yield f"the index of {shown} is unfinished: the answer is from what it holds so far"
        for path in scope.below:
            reasons = where.store.skipped_below(path)
            if "" not in reasons:
                because = ", ".join(sorted(reasons)) or "it is empty, or ignored"
                yield f"{printable(shown_path(root, path))} is not searched: {because}"
