"""How well the product answers people's questions about real repositories.

    python -m codesearch.evaluation.questions QUESTIONS CHECKOUTS [--weights DIR] [--compare] [--json FILE]

QUESTIONS has a line a question: {"repo", "root", "query", "kind", "gold": [{"path", "start_line",
"end_line"}], "also": [...]}. CHECKOUTS holds each repository as `<owner>+<name>`, at the revision that the
questions are about. Each `root` is indexed by the program itself and searched by it; a result is
relevant where it covers at least half of a gold or also span together with it.
"""

from __future__ import annotations

import json
import tempfile
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from codesearch.encode.cross_encoder import CrossEncoder
from codesearch.encode.encoder import Encoder
from codesearch.encode.weights import student_folder
from codesearch.evaluation.metrics import means, ndcg, paired_bootstrap, reciprocal_rank, success
from codesearch.index.location import Location
from codesearch.index.open import open_index
from codesearch.index.refresh import refresh
from codesearch.parse.unit import LineRange
from codesearch.search.ranking import only, read_ranking
from codesearch.search.result import Place, Result
from codesearch.search.search import Models, search, target
from codesearch.training.corpus import file_stem

_DEPTH = 100


def relevant_ranks(results: Sequence[Result], spans: list[dict[str, Any]], root: str) -> list[int]:
    """For each span that was found, the rank (from 1) of the first result that is it."""
    found: list[int] = []
    for span in spans:
        for rank, result in enumerate(results, start=1):
            if any(_is(place, span, root) for place in (Place(result.path, result.unit), *result.alike)):
                found.append(rank)
                break
    return found


def _is(place: Place, span: dict[str, Any], root: str) -> bool:
    path = f"{root}/{place.path}" if root not in ("", ".") else place.path
    gold = LineRange(span["start_line"], span["end_line"])
    return bool(path == span["path"]) and place.unit.span.overlap(gold) >= 0.5


def answer_questions(
    rows: list[dict[str, Any]], checkout: Path, systems: dict[str, Models]
) -> dict[str, list[dict[str, Any]]]:
    """For each system the metrics of each question about one root of one repository, with its kind.

    The systems share an encoder, and so the index.
    """
    root = rows[0]["root"]
    encoder = next(iter(systems.values())).encoder
    measured: dict[str, list[dict[str, Any]]] = {name: [] for name in systems}
    with tempfile.TemporaryDirectory() as folder:
        location = Location((checkout / root).resolve(), Path(folder), is_repository=False)
        with open_index(location, encoder.manifest).store as store:
            refresh(location, store, encoder, lambda progress: None, before_waiting=None)
            searched = target(location, store, encoder)
            for row in rows:
                for name, models in systems.items():
                    results = search(searched, models, row["query"], limit=_DEPTH).results
                    measured[name].append(_metrics(row, results, root))
    return measured


def _metrics(row: dict[str, Any], results: Sequence[Result], root: str) -> dict[str, Any]:
    spans = [*row["gold"], *row["also"]]
    ranks = relevant_ranks(results, spans, root)
    return {
        "repo": row["repo"],
        "query": row["query"],
        "kind": row["kind"],
        "mrr@10": reciprocal_rank(ranks),
        "success@1": success(ranks, 1),
        "success@5": success(ranks, 5),
        "success@10": success(ranks, 10),
        "ndcg@10": ndcg(ranks, len(spans)),
        "recall@100": success(ranks, 100),
        "score": results[0].score if results else 0.0,
    }


def summary(measured: list[dict[str, Any]]) -> dict[str, dict[str, float]]:
    """The mean of each metric over all questions (`all`) and by kind."""
    groups: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in measured:
        groups["all"].append(row)
        groups[row["kind"]].append(row)
    metrics = [name for name in measured[0] if "@" in name]
    return {
        group: means({name: [row[name] for row in rows] for name in metrics})
        for group, rows in groups.items()
    }


def main(
    questions: Annotated[Path, typer.Argument(help="Questions, a JSON object a line.")],
    checkouts: Annotated[Path, typer.Argument(help="A folder of repositories, <owner>+<name> each.")],
    weights: Annotated[
        Path | None, typer.Option(help="The dual encoder.  [default: the bundled one]")
    ] = None,
    cross: Annotated[Path | None, typer.Option(help="The cross-encoder.  [default: none]")] = None,
    out: Annotated[Path | None, typer.Option("--json", help="Write each question's metrics here.")] = None,
    compare: Annotated[bool, typer.Option(help="Measure words alone and meaning alone too.")] = False,
    threads: Annotated[int, typer.Option(help="The cores to use.")] = 2,
) -> None:
    """Prints the metrics over all questions and by kind."""
    by_root: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    with questions.open(encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            by_root[row["repo"], row["root"]].append(row)
    folder = weights or student_folder()
    encoder = Encoder(folder, threads=threads)
    reranker = CrossEncoder(cross, threads=threads) if cross else None
    systems = {"all together": Models(encoder, read_ranking(folder), reranker)}
    if compare:
        systems["words alone (BM25)"] = Models(encoder, only("lexical"))
        systems["meaning alone (dense)"] = Models(encoder, only("dense"))
    measured: dict[str, list[dict[str, Any]]] = {name: [] for name in systems}
    for (repo, _), rows in sorted(by_root.items()):
        for name, found in answer_questions(rows, checkouts / file_stem(repo), systems).items():
            measured[name].extend(found)
    for name, found in measured.items():
        _print_table(name, found)
    ours = [row["mrr@10"] for row in measured["all together"]]
    for name in list(systems)[1:]:
        gap = paired_bootstrap(ours, [row["mrr@10"] for row in measured[name]])
        print(f"MRR@10 over {name}: {gap.mean:+.3f} (95 % of resamples {gap.low:+.3f} to {gap.high:+.3f})")
    if out is not None:
        out.write_text(json.dumps(measured, indent=1) + "\n", "utf-8")


def _print_table(name: str, measured: list[dict[str, Any]]) -> None:
    found = summary(measured)
    print(f"| {name} | questions |", " | ".join(found["all"]), "|")
    print("| --- |" + " --- |" * (len(found["all"]) + 1))
    for kind, values in sorted(found.items()):
        count = sum(kind in ("all", row["kind"]) for row in measured)
        print(f"| {kind} | {count} |", " | ".join(f"{value:.3f}" for value in values.values()), "|")
    print()


if __name__ == "__main__":
    typer.run(main)
