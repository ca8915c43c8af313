"""What ladders of students came to, measured and written down: docs/models.md, its figure and its numbers.

    codesearch train report --corpus DIR --teacher DIR --passages DIR --students DIR --out DIR

Reads what `codesearch train students --passages` left, one folder a seed. Quality is that of the
checkpoints in full precision; the time of a query is that of the int8 files which they become, taken in turns
in one run.
"""

from __future__ import annotations

import io
import json
import tempfile
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import mean, median
from time import perf_counter
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.bar import Bar
from rich.console import Console
from rich.table import Table
from rich.text import Text

from codesearch.encode.encoder import Encoder
from codesearch.training.encoder import load_encoder
from codesearch.training.export import ExportSettings, export_encoder
from codesearch.training.heldout import choosing_pools
from codesearch.training.ladder import Trial, read_trials
from codesearch.training.pools import mrr
from codesearch.training.students import cross_scorer, encoders, passage_encoder
from codesearch.training.system import Ranked, System

NUMBERS, PAGE, FIGURE = "models.json", "models.md", "models.svg"
# Rounds of one query after the other with each model in turn.
_ROUNDS = 5
_TIMED = 60
_BAR_WIDTH = 40
Metrics = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class ReportSettings:
    """What is measured: a teacher and its students, all of the queries' encoder, beside one of passages."""

    corpus: Path
    teacher: Path
    passages: Path
    students: tuple[Path, ...]
    cross_encoder: Path | None = None
    threads: int = 1


@dataclass(frozen=True, slots=True)
class Measures:
    """A model's metrics by set of questions, as `alone` and with the cross-encoder (`reranked`)."""

    alone: Mapping[str, Metrics]
    reranked: Mapping[str, Metrics]

    @property
    def overall(self) -> float:
        """What the choice goes by: MRR@10 of the whole system, mean over the sets."""
        return mean(each["mrr@10"] for each in self.reranked.values())


@dataclass(frozen=True, slots=True)
class Ladder:
    """The trials of one seed, each with its measures."""

    seed: str
    trials: tuple[tuple[Trial, Measures], ...]


@dataclass(frozen=True, slots=True)
class Found:
    """Everything the report says. `milliseconds` is a query's time by number of layers, `queries` how many
    there are in each set, `repositories` how many they are about.
    """

    repositories: int
    queries: Mapping[str, int]
    teacher_layers: int
    teacher: Measures
    ladders: tuple[Ladder, ...]
    milliseconds: Mapping[int, float]
    with_cross_encoder: bool


def measure_ladders(settings: ReportSettings, report: Callable[[str], None]) -> Found:
    """Measures every student of every ladder, and how long each size takes for a query."""
    pools = choosing_pools(settings.corpus)
    system = System(pools, cross_scorer(settings.cross_encoder))
    code = passage_encoder(settings.passages)

    def measures(checkpoint: Path) -> Measures:
        found = _measures(system.ranks(*encoders(checkpoint, code)))
        report(f"{checkpoint.name}: {found.overall:.4f}")
        return found

    by_layers = {_layers(settings.teacher): settings.teacher}
    ladders: list[Ladder] = []
    for folder in settings.students:
        trials = read_trials(folder / "selection.json")
        by_layers |= {trial.layers: folder / trial.student for trial in trials}
        measured = tuple((trial, measures(folder / trial.student)) for trial in trials)
        ladders.append(Ladder(folder.name, measured))
    asked = [query for some in pools.values() for pool in some for query in pool.queries]
    return Found(
        len({pool.repository for some in pools.values() for pool in some}),
        {name: sum(len(pool.queries) for pool in some) for name, some in pools.items()},
        _layers(settings.teacher),
        measures(settings.teacher),
        tuple(ladders),
        _times(by_layers, settings, asked[:: max(1, len(asked) // _TIMED)][:_TIMED]),
        settings.cross_encoder is not None,
    )


def write_report(found: Found, out: Path) -> None:
    """Writes the page, its figure and the numbers that both are made of."""
    out.mkdir(parents=True, exist_ok=True)
    (out / NUMBERS).write_text(json.dumps(asdict(found), indent=1) + "\n", "utf-8")
    (out / PAGE).write_text(as_markdown(found), "utf-8")
    (out / FIGURE).write_text(as_svg(found), "utf-8")


def read_found(path: Path) -> Found:
    """The numbers as `write_report` wrote them."""
    row: dict[str, Any] = json.loads(path.read_text("utf-8"))
    ladders = tuple(
        Ladder(
            each["seed"], tuple((Trial(**trial), Measures(**measured)) for trial, measured in each["trials"])
        )
        for each in row.pop("ladders")
    )
    milliseconds = {int(layers): value for layers, value in row.pop("milliseconds").items()}
    return Found(**{**row, "teacher": Measures(**row["teacher"])}, ladders=ladders, milliseconds=milliseconds)


def as_markdown(found: Found) -> str:
    """The page."""
    sets = ", ".join(f"{count:,} {_SETS[name]}" for name, count in found.queries.items())
    second = (
        "the cross-encoder orders the best ten anew, its score and the cosine counting alike"
        if found.with_cross_encoder
        else "there is no cross-encoder to order the best anew, so that the system is the dual encoder alone"
    )
    return f"""# Models

How small may the queries' encoder be? This page is written by `codesearch train report` from
[models.json](models.json). What the bundled weights are made of is in
[their model card](../codesearch/encode/weights/student/README.md).

SPENCER (arXiv 2508.00546) distils the encoder of queries and leaves the encoder of code as it is. At each
size one student learns from the teacher and one from the teaching assistant, which is the student kept at
the size before; the better one is kept, by the performance of the whole system, and where the assistant's own
is better, the assistant teaches from then on. Here the teacher has {found.teacher_layers} layers and
{second}. Questions: {sets}, of {found.repositories} repositories that nothing was trained on, each a pool of
its own. They also made the choice, so that the kept students are a little flattered.

![Each student's share of the teacher's performance](models.svg)

## Every choice

{_table(_CHOICES, _choices(found))}

## Teacher or assistant

MRR@10 of the system, mean over the runs that tried both.

{_table(_RIVALS, _rivals(found))}

{_beside_straight(found)}## What is kept at what cost

The students kept at each size, mean over the runs. A query's time is that of its vector, int8 on one core.

{_table(_kept_headings(found), _kept(found))}
"""


def as_svg(found: Found) -> str:
    """A bar for each student: its part of the teacher's performance."""
    table = Table(box=None, show_header=False)
    for ladder in found.ladders:
        table.add_row(Text(ladder.seed, style="bold"))
        for trial, measured in ladder.trials:
            part = measured.overall / found.teacher.overall
            colour = "green" if trial.kept else "bright_black"
            name = Text(f"{trial.layers} layers {_LEARNT[trial.role]}", style=colour)
            table.add_row(name, Bar(1.0, 0.0, part, width=_BAR_WIDTH, color=colour), f"{part:.1%}")
    console = Console(
        record=True, width=90, file=io.StringIO(), force_terminal=True, color_system="truecolor"
    )
    console.print(table)
    return console.export_svg(
        title="Students' part of the teacher's performance; kept ones green", unique_id="models"
    )


_CHOICES = ("run", "layers", "learnt", "MRR@10 of the system", "of the teacher's", "kept")
_RIVALS = ("layers", "runs", "from the teacher", "from the assistant", "assistant better in")
_STRAIGHT = ("layers", "runs", "straight", "kept", "kept less straight", "kept better in")
_LEARNT = {"teacher": "from the teacher", "assistant": "from the assistant", "straight": "straight"}
_SETS = {"asked": "written questions", "doc": "doc comments, which the passages lack"}


def _choices(found: Found) -> list[tuple[str, ...]]:
    return [
        (
            ladder.seed,
            str(trial.layers),
            f"{_LEARNT[trial.role]} ({trial.taught_by} layers)",
            f"{measured.overall:.4f}",
            f"{measured.overall / found.teacher.overall:.1%}",
            "yes" if trial.kept else "",
        )
        for ladder in found.ladders
        for trial, measured in ladder.trials
    ]


def _rivals(found: Found) -> list[tuple[str, ...]]:
    pairs: dict[int, list[tuple[float, float]]] = defaultdict(list)
    for ladder in found.ladders:
        reached = {(trial.layers, trial.role): measured.overall for trial, measured in ladder.trials}
        for layers in {layers for layers, role in reached if role == "assistant"}:
            pairs[layers].append((reached[layers, "teacher"], reached[layers, "assistant"]))
    return [
        (
            str(layers),
            str(len(both)),
            f"{mean(teacher for teacher, _ in both):.4f}",
            f"{mean(assistant for _, assistant in both):.4f}",
            str(sum(assistant > teacher for teacher, assistant in both)),
        )
        for layers, both in sorted(pairs.items(), reverse=True)
    ]


def _beside_straight(found: Found) -> str:
    rows = _straight(found)
    if not rows:
        return ""
    return f"""## Assistants or straight from the teacher

What was kept at each size beside a student that learnt from the {found.teacher_layers} layers directly:
MRR@10 of the system, mean over the runs that tried both.

{_table(_STRAIGHT, rows)}

"""


def _straight(found: Found) -> list[tuple[str, ...]]:
    pairs: dict[int, list[tuple[float, float]]] = defaultdict(list)
    for ladder in found.ladders:
        kept = {trial.layers: measured.overall for trial, measured in ladder.trials if trial.kept}
        for trial, measured in ladder.trials:
            if trial.role == "straight":
                pairs[trial.layers].append((measured.overall, kept[trial.layers]))
    return [
        (
            str(layers),
            str(len(both)),
            f"{mean(straight for straight, _ in both):.4f}",
            f"{mean(kept for _, kept in both):.4f}",
            ", ".join(f"{kept - straight:+.4f}" for straight, kept in both),
            str(sum(kept > straight for straight, kept in both)),
        )
        for layers, both in sorted(pairs.items(), reverse=True)
    ]


def _kept_headings(found: Found) -> tuple[str, ...]:
    of_sets = [f"{name}: MRR@10" for name in found.queries]
    recalls = [f"recall@{depth}" for depth in (1, 5, 10)]
    return ("layers", *of_sets, *recalls, "system, of the teacher's", "a query's time, of the teacher's")


def _kept(found: Found) -> list[tuple[str, ...]]:
    kept: dict[int, list[Measures]] = {found.teacher_layers: [found.teacher]}
    for ladder in found.ladders:
        for trial, measured in ladder.trials:
            if trial.kept:
                kept.setdefault(trial.layers, []).append(measured)
    slowest = found.milliseconds[found.teacher_layers]
    return [
        (
            str(layers),
            *(f"{mean(each.alone[name]['mrr@10'] for each in some):.4f}" for name in found.queries),
            *(
                f"{mean(value[f'recall@{depth}'] for each in some for value in each.alone.values()):.3f}"
                for depth in (1, 5, 10)
            ),
            f"{mean(each.overall for each in some) / found.teacher.overall:.1%}",
            f"{found.milliseconds[layers] / slowest:.0%}",
        )
        for layers, some in sorted(kept.items(), reverse=True)
    ]


def _table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = (headings, ["---"] * len(headings), *rows)
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _measures(ranked: Mapping[str, Ranked]) -> Measures:
    return Measures(
        {name: _metrics(each.recalled) for name, each in ranked.items()},
        {name: _metrics(each.reranked) for name, each in ranked.items()},
    )


def _metrics(ranks: NDArray[np.int64]) -> Metrics:
    recalls = {f"recall@{depth}": float(np.mean(ranks <= depth)) for depth in (1, 5, 10)}
    return {"mrr@10": mrr(ranks), **recalls}


def _layers(checkpoint: Path) -> int:
    model: Any = load_encoder(checkpoint).encoder
    return len(model.encoder.layer)


def _times(by_layers: Mapping[int, Path], settings: ReportSettings, asked: Sequence[str]) -> dict[int, float]:
    """The median milliseconds of a query's vector by number of layers."""
    with tempfile.TemporaryDirectory() as folder:
        exported: dict[int, Encoder] = {}
        for layers, checkpoint in by_layers.items():
            out = Path(folder) / str(layers)
            export_encoder(ExportSettings(checkpoint, "timed", "Apache-2.0", out))
            exported[layers] = Encoder(out, threads=settings.threads)
        taken: dict[int, list[float]] = defaultdict(list)
        for _ in range(_ROUNDS):
            for query in asked:
                for layers, encoder in exported.items():
                    began = perf_counter()
                    encoder.encode_query(query)
                    taken[layers].append(1_000 * (perf_counter() - began))
    return {layers: median(times) for layers, times in sorted(taken.items())}
