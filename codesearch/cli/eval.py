"""`codesearch eval [PATH]`"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from codesearch.cli.compared import Compared, compared
from codesearch.cli.options import ColourWanted, IndexDir, Threads, take_threads
from codesearch.errors import CodesearchError, said_by
from codesearch.render.colour import Colour, messages_console, results_console

if TYPE_CHECKING:
    from codesearch.evaluation.bench import System
    from codesearch.search.models import Models
    from codesearch.search.search import Target


def evaluate(
    context: typer.Context,
    path: Annotated[
        Path | None,
        typer.Argument(metavar="PATH", help="The repository.  [default: .]", show_default=False),
    ] = None,
    questions: Annotated[
        Path | None,
        typer.Option(
            "--questions",
            metavar="FILE",
            help="Ask these (JSON Lines: query, path, start_line, end_line) instead of the repository's own.",
            show_default=False,
        ),
    ] = None,
    compare: Annotated[
        list[str] | None,
        typer.Option(
            "--compare",
            metavar="OPTIONS",
            help="Compare with a search with these options of codesearch query, too, e.g. '--rerank always';"
            " may be repeated.",
            show_default=False,
        ),
    ] = None,
    most: Annotated[
        int, typer.Option("--most", min=1, metavar="N", help="Ask at most N questions of each kind.")
    ] = 100,
    seed: Annotated[int, typer.Option("--seed", metavar="N", help="Draw other questions.")] = 1,
    json: Annotated[bool, typer.Option("--json", help="Print everything as one JSON object.")] = False,
    svg: Annotated[
        Path | None,
        typer.Option("--svg", metavar="FILE", help="Write a plot to FILE, too.", show_default=False),
    ] = None,
    colour: ColourWanted = Colour.AUTO,
    index_dir: IndexDir = None,
    threads: Threads = None,
) -> None:
    """Measure how well questions about a repository are answered.

    Asks what the repository itself says: first sentences of doc comments (which are taken out of the code
    for this, in an index of its own that is thrown away), commits' subjects, functions' names. Compares with
    words alone, meaning alone and a search for keywords,
    and tells the time that each takes.
    """
    cores = take_threads(threads)
    import tempfile
    from functools import partial
    from json import dumps

    from codesearch.cli.building import build
    from codesearch.evaluation.bench import Measured, measure
    from codesearch.evaluation.cases import Case, own_cases, read_cases, without_doc
    from codesearch.evaluation.report import as_json, as_leads, as_svg, as_table
    from codesearch.index.location import Location, default_index_home, locate
    from codesearch.index.read import as_it_is
    from codesearch.render.output import drawn, write
    from codesearch.render.plain import printable
    from codesearch.render.progress import watched
    from codesearch.search.models import load_models
    from codesearch.search.search import target

    ways = compared(compare or (), context)
    location = locate(path or Path(), index_dir or default_index_home())
    console = messages_console(colour)
    cases = read_cases(questions) if questions else own_cases(location.root, most=most, seed=seed)
    if not cases:
        root = printable(str(location.root))
        raise CodesearchError(f"{root} has no doc comments, names or commits to ask; give --questions FILE")
    models = load_models(threads=cores)
    measured: dict[str, list[Measured]] = {}

    def ask(where: Location, some: list[Case], *, docs: bool) -> None:
        if not some:
            return
        adapt = as_it_is if docs else without_doc
        with build(where, models.encoder, console, wait=True, talk=False, adapt=adapt, stays=docs) as store:
            found = measure(
                _systems(target(where, store, models.encoder), models, ways),
                some,
                partial(watched, console, "asking"),
            )
        for name, rows in found.items():
            measured.setdefault(name, []).extend(rows)

    ask(location, [case for case in cases if questions or case.kind != "doc"], docs=True)
    with tempfile.TemporaryDirectory() as folder:
        without = Location(location.root, Path(folder), is_repository=True)
        ask(without, [case for case in cases if not questions and case.kind == "doc"], docs=False)
    if svg is not None:
        try:
            svg.write_text(as_svg(measured, f"codesearch eval {location.root.name}"), "utf-8")
        except OSError as error:
            raise CodesearchError(f"cannot write the plot to {svg}: {said_by(error)}") from error
    if json:
        write([dumps(as_json(measured), indent=1).encode() + b"\n"])
        return
    shown = results_console(colour)
    write([drawn(shown, as_table(measured)), b"\n", drawn(shown, as_leads(measured))])


def _systems(searched: Target, models: Models, ways: Sequence[Compared]) -> dict[str, System]:
    """What is compared: all of the program, its halves, a search for keywords, and other ways to search."""
    from codesearch.evaluation.bench import DEPTH, ablations, searching
    from codesearch.evaluation.keywords import keyword_search

    find = keyword_search(searched.location.root, searched.store)
    return {
        **{name: searching(searched, each) for name, each in ablations(models).items()},
        "keyword search": lambda query: [(place,) for place in find(query, DEPTH)],
        **{way.name: searching(searched, models, scope=way.scope, mode=way.rerank) for way in ways},
    }
