"""How well the product answers people's questions about several real repositories.

    python -m codesearch.evaluation.questions QUESTIONS CHECKOUTS [--compare] [--parts] [--budgets]

QUESTIONS has a line a question: {"repo", "root", "query", "kind", "gold": [{"path", "start_line",
"end_line"}], "also": [...]}. CHECKOUTS holds each repository as `<owner>+<name>`, at the revision that the
questions are about. Each `root` is indexed by the program itself and searched by it, as `codesearch eval`
does with one repository; "gold" and "also" spans are relevant alike.
"""

from __future__ import annotations

import json
from collections import defaultdict
from itertools import islice
from pathlib import Path
from typing import Annotated, Any

import typer

from codesearch.evaluation.bench import Measured, ablations, budgets, measure, searching, without_each
from codesearch.evaluation.cases import Case, Span
from codesearch.evaluation.report import as_json, as_leads, as_table
from codesearch.parse.unit import LineRange
from codesearch.render.colour import results_console
from codesearch.search.mode import Rerank
from codesearch.search.models import Models, load_models
from codesearch.training.checkout import indexed
from codesearch.training.corpus import file_stem


def read_rows(path: Path, by: str = "kind") -> dict[tuple[str, str], list[Case]]:
    """The questions by repository and root, their answers' paths below that root."""
    found: dict[tuple[str, str], list[Case]] = defaultdict(list)
    with path.open(encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            spans = tuple(_span(each, row["root"]) for each in (*row["gold"], *row["also"]))
            found[row["repo"], row["root"]].append(Case(row["query"], row[by], spans))
    return found


def _span(row: dict[str, Any], root: str) -> Span:
    below = "" if root in ("", ".") else f"{root}/"
    return Span(row["path"].removeprefix(below), LineRange(row["start_line"], row["end_line"]))


def answer_questions(
    root: Path, cases: list[Case], systems: dict[str, Models], reading: dict[str, Models]
) -> dict[str, list[Measured]]:
    """For each system what it does on each question about one root; they share an encoder and the index.

    Those `reading` read whatever the first stage says.
    """
    encoder = next(iter(systems.values())).encoder
    with indexed(root.resolve(), encoder) as searched:
        return measure(
            {
                **{name: searching(searched, each) for name, each in systems.items()},
                **{name: searching(searched, each, mode=Rerank.ALWAYS) for name, each in reading.items()},
            },
            cases,
        )


def main(
    questions: Annotated[Path, typer.Argument(help="Questions, a JSON object a line.")],
    checkouts: Annotated[Path, typer.Argument(help="A folder of repositories, <owner>+<name> each.")],
    weights: Annotated[
        Path | None, typer.Option(help="The dual encoder.  [default: the bundled one]")
    ] = None,
    cross: Annotated[
        Path | None, typer.Option(help="The cross-encoder.  [default: late interaction]")
    ] = None,
    out: Annotated[Path | None, typer.Option("--json", help="Write everything here.")] = None,
    compare: Annotated[
        bool, typer.Option(help="Measure it with the second stage and in parts, too.")
    ] = False,
    parts: Annotated[
        bool, typer.Option(help="Measure it with each part of the ranking left out, too.")
    ] = False,
    read: Annotated[
        bool, typer.Option("--budgets", help="Measure it with the second stage reading few and many, too.")
    ] = False,
    by: Annotated[str, typer.Option(help="What to group by: kind, language, repo.")] = "kind",
    threads: Annotated[int, typer.Option(help="The cores to use.")] = 2,
) -> None:
    """Prints the metrics over all questions and by group."""
    models = load_models(threads=threads, student=weights, cross_encoder=cross)
    every = ablations(models)
    systems = every if compare else dict(islice(every.items(), 1))
    if parts:
        systems |= without_each(models)
    reading = budgets(models) if read else {}
    measured: dict[str, list[Measured]] = {name: [] for name in (*systems, *reading)}
    for (repo, root), cases in sorted(read_rows(questions, by).items()):
        place = checkouts / file_stem(repo) / root
        for name, found in answer_questions(place, cases, systems, reading).items():
            measured[name].extend(found)
    shown = results_console()
    shown.print(as_table(measured))
    if compare or parts or read:
        shown.print("", as_leads(measured))
    if out is not None:
        out.write_text(json.dumps(as_json(measured), indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    typer.run(main)
