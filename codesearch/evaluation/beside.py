"""The program beside another one on the same repository, whole processes in turn.

    python -m codesearch.evaluation.beside REPOSITORY "semble search {question} {repository}"

Each round begins with nothing in either one's cache folder: the first question makes the index, the second
finds it there. What the other one's answers are worth is not looked at. Its cache must follow `HOME` or
`XDG_CACHE_HOME`.
"""

from __future__ import annotations

import os
import shlex
import tempfile
from pathlib import Path
from statistics import median
from typing import Annotated

import typer

from codesearch.evaluation.speed import Cost, measure, program

_QUESTION = "where are errors reported to the user"
_WHEN = ("first question", "second question")


def one_round(command: list[str], repository: Path) -> list[Cost]:
    """What a first and a second question cost."""
    with tempfile.TemporaryDirectory() as home:
        cache = os.path.join(home, ".cache")
        indexes = os.path.join(cache, "codesearch")
        environment = {
            **os.environ,
            "HOME": home,
            "XDG_CACHE_HOME": cache,
            "CODESEARCH_INDEX_DIR": indexes,
        }
        return [measure(command, repository, environment) for _ in _WHEN]


def main(
    repository: Annotated[Path, typer.Argument(help="A folder with code in it.")],
    peer: Annotated[str, typer.Argument(help="A command with {question} and {repository} in it.")],
    rounds: Annotated[int, typer.Option(help="So often.")] = 5,
) -> None:
    """Prints a table: medians, and what ours costs as a part of the other's, round by round."""
    places = {"question": _QUESTION, "repository": os.fspath(repository.resolve())}
    commands = {
        "codesearch": program("query", _QUESTION),
        "the other": [word.format_map(places) for word in shlex.split(peer)],
    }
    costs: dict[str, list[list[Cost]]] = {name: [] for name in commands}
    for _ in range(rounds):
        for name, command in commands.items():
            costs[name].append(one_round(command, repository))
    print("| | | wall s | processor s | peak MB |\n| --- | --- | --- | --- | --- |")
    for number, when in enumerate(_WHEN):
        for name, found in costs.items():
            wall, processor, memory = (
                median(getattr(each[number], figure) for each in found)
                for figure in ("wall", "processor", "memory")
            )
            print(f"| {when} | {name} | {wall:.2f} | {processor:.2f} | {memory:.0f} |")
        ratios = [
            ours[number].wall / theirs[number].wall
            for ours, theirs in zip(costs["codesearch"], costs["the other"], strict=True)
        ]
        print(
            f"| | ratio of wall times | {median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f}) | | |"
        )


if __name__ == "__main__":
    typer.run(main)
