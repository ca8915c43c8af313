"""The self-adaptive choice of teaching assistants (SPENCER, arXiv 2508.00546).

Students grow smaller step by step. At each size one student learns from the teacher and one from the
teaching assistant, the student kept at the size before; the better one is kept. Where the one from
the assistant wins, the assistant becomes the teacher. It ends at the smallest size whose performance,
that of the whole system, is within the limit. To tell what assistants are worth, a student of each size may
be distilled straight from the first teacher besides; none of these is kept.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Generic, TypeVar

Model = TypeVar("Model")


@dataclass(frozen=True, slots=True)
class Trial:
    """One student: its name, its layers, those of the model it learnt from, and how the whole system did.

    `drop` is the part of the teacher's performance that is lost. `kept` says that it was the better
    of its size, `role` whether it learnt from the `teacher` or the `assistant` of that time, or, to compare
    with, `straight` from the first teacher where an assistant had taken its place.
    """

    student: str
    layers: int
    taught_by: int
    role: str
    performance: float
    drop: float
    kept: bool


@dataclass(frozen=True, slots=True)
class Selection(Generic[Model]):
    """What the ladder chose: a model (None where even the largest student lost too much), its layers,
    the teacher's performance, the limit, and every trial in order.
    """

    model: Model | None
    layers: int
    teacher_performance: float
    limit: float
    trials: tuple[Trial, ...]


def climb_down(
    teacher: Model,
    teacher_layers: int,
    sizes: Sequence[int],
    *,
    distil: Callable[[Model, int, int], Model],
    performance: Callable[[Model], float],
    limit: float,
    straight: bool = False,
    name: Callable[[Model], str] = str,
) -> Selection[Model]:
    """Distils to ever smaller sizes and returns the smallest student within the limit.

    Args:
        teacher: the model that the first student learns from.
        teacher_layers: its number of layers.
        sizes: the students' numbers of layers, each smaller than the one before.
        distil: (model to learn from, its layers, the student's layers) -> the student.
        performance: that of the whole system with a model in it; higher is better.
        limit: the part of the teacher's performance that may be lost, 0.02 for two per cent.
        straight: whether the first teacher is tried where it no longer is the teacher, too.
        name: what a model is called in the trials.

    """
    whole = performance(teacher)
    first, first_layers = teacher, teacher_layers
    trials: list[Trial] = []

    def trial(source: Model, source_layers: int, size: int, role: str) -> tuple[Model, Trial]:
        student = distil(source, source_layers, size)
        reached = performance(student)
        tried = Trial(name(student), size, source_layers, role, reached, 1.0 - reached / whole, kept=False)
        return student, tried

    chosen: Model | None = None
    chosen_layers = teacher_layers
    assistant: Model | None = None
    assistant_layers = 0
    for size in sizes:
        if straight and teacher_layers != first_layers:
            trials.append(trial(first, first_layers, size, "straight")[1])
        student, tried = trial(teacher, teacher_layers, size, "teacher")
        if assistant is not None:
            rival, tried_rival = trial(assistant, assistant_layers, size, "assistant")
            if tried.performance > tried_rival.performance:
                trials.append(tried_rival)
            else:
                trials.append(tried)
                teacher, teacher_layers = assistant, assistant_layers
                student, tried = rival, tried_rival
        trials.append(replace(tried, kept=True))
        if tried.drop >= limit:
            break
        chosen, chosen_layers = student, size
        assistant, assistant_layers = student, size
    return Selection(chosen, chosen_layers, whole, limit, tuple(trials))


def write_selection(selection: Selection[Model], path: Path) -> None:
    """Keeps every choice as data."""
    found = {
        "teacher_performance": selection.teacher_performance,
        "limit": selection.limit,
        "chosen_layers": selection.layers,
        "trials": [asdict(each) for each in selection.trials],
    }
    path.write_text(json.dumps(found, indent=1) + "\n", "utf-8")


def read_trials(path: Path) -> tuple[Trial, ...]:
    """The trials of a selection as `write_selection` kept it."""
    return tuple(Trial(**row) for row in json.loads(path.read_text("utf-8"))["trials"])
